import type { LedgerFilter, LedgerSummary, LostGrant } from './ledger-entries.ts';
import type { EndCause, GrantView, Interval, Secret, TokenState, TokenView } from './model.ts';
import type { Grant, Token } from './platform.ts';
import { matchesFilter, sha256 } from './token-store.ts';
import type { World } from './world.ts';

/** Ends that nobody ordered and that age does not explain: keeping the grant was possible. */
const lossCauses: readonly EndCause[] = ['replay', 'token-limit', 'revoked-with-sibling'];

/** The part of `whole` that lies outside all of `holes`. */
export function intervalsWithout(whole: Interval, holes: readonly Interval[]): Interval[] {
  const sorted = [...holes].sort((one, other) => one.from - other.from);
  const parts: Interval[] = [];
  let from = whole.from;
  for (const hole of sorted) {
    if (hole.from > from) {
      parts.push({ from, to: Math.min(hole.from, whole.to ?? Infinity) });
    }
    from = Math.max(from, hole.to ?? Infinity);
  }
  if (from < Infinity) {
    parts.push({ from, to: whole.to });
  }
  return parts.filter((part) => part.to === null || part.from < part.to);
}

export const covers = (intervals: readonly Interval[], at: number): boolean =>
  intervals.some(({ from, to }) => from <= at && (to === null || at < to));

function grantView(world: World, grant: Grant): GrantView {
  world.settle(grant);
  const whole = { from: grant.openedMachineAt, to: grant.endedMachineAt };
  const mainKind = grant.shape.refreshToken ? 'refresh' : 'access';
  const intervals = intervalsWithout(whole, world.troubles.stopping(grant, mainKind));
  return {
    id: grant.id,
    platform: grant.platform,
    clientId: grant.clientId,
    accountId: grant.accountId,
    scopes: [...grant.scopes],
    consentedAt: world.clocks.toMachine(grant.platform, grant.consentedAt),
    alive: covers(intervals, world.clocks.machine()),
    intervals,
    endedBy: grant.endedBy,
    refreshes: grant.refreshes,
  };
}

function tokenEnd(world: World, token: Token): { at: number | null; cause: EndCause | null } {
  world.settle(token.grant);
  if (token.endedMachineAt !== null || token.expiresAt === null) {
    return { at: token.endedMachineAt, cause: token.endedBy };
  }
  const at = world.clocks.toMachine(token.grant.platform, token.expiresAt);
  return { at, cause: at <= world.clocks.machine() ? 'expired' : null };
}

export function tokenView(world: World, token: Token): TokenView {
  const { grant } = token;
  const end = tokenEnd(world, token);
  const holes = world.troubles.stopping(grant, token.kind);
  const announced = token.announcedExpiresAt;
  return {
    kind: token.kind,
    platform: grant.platform,
    grantId: grant.id,
    clientId: grant.clientId,
    accountId: grant.accountId,
    assetId: token.assetId,
    hash: token.hash,
    issuedAt: token.issuedMachineAt,
    announcedExpiresAt: announced === null ? null : world.clocks.toMachine(grant.platform, announced),
    intervals: intervalsWithout({ from: token.issuedMachineAt, to: end.at }, holes),
    endedBy: end.cause,
  };
}

export const grantsOf = (world: World, filter: LedgerFilter): Grant[] =>
  [...world.grants.values()].filter((grant) => matchesFilter(grant, filter));

export const grantViews = (world: World, filter: LedgerFilter): GrantView[] =>
  grantsOf(world, filter).map((grant) => grantView(world, grant));

export function tokenAt(world: World, value: string, at: number): TokenState {
  const token = world.tokens.findByHash(sha256(value));
  if (!token) {
    return { known: false, alive: false, endedBy: null };
  }
  const view = tokenView(world, token);
  return { known: true, alive: covers(view.intervals, at), endedBy: view.endedBy };
}

/** The main token came by rotation or exchange, and neither it nor the access token beside it was ever presented. */
function unconfirmedRotation(world: World, grant: Grant): Token | null {
  const main = world.tokens.mainOf(grant);
  if (!main || main.rotatedFrom === null || main.seen) {
    return null;
  }
  const beside = world.tokens.of(grant).filter((token) => token.withRefresh === main.serial);
  return beside.some((token) => token.seen) ? null : main;
}

/** An undelivered token is out of everybody's reach where the one that it replaced died of the exchange. */
function isOutOfReach(world: World, token: Token): boolean {
  const replaced = world.tokens.of(token.grant).find(({ serial }) => serial === token.rotatedFrom);
  return !token.delivered && replaced?.endedBy === 'rotated';
}

function lossOf(world: World, grant: Grant): LostGrant | null {
  const view = grantView(world, grant);
  if (grant.endedBy !== null) {
    return lossCauses.includes(grant.endedBy) ? { grant: view, cause: grant.endedBy, at: grant.endedMachineAt } : null;
  }
  const unseen = unconfirmedRotation(world, grant);
  return unseen && isOutOfReach(world, unseen)
    ? { grant: view, cause: 'answer-lost', at: unseen.issuedMachineAt }
    : null;
}

export function summary(world: World, filter: LedgerFilter): LedgerSummary {
  const spends = world.ledger.spends(filter);
  const grants = grantsOf(world, filter);
  return {
    doubleSpends: spends.filter((spend) => spend.overlap || (spend.replay && spend.singleUse)),
    replays: spends.filter((spend) => spend.replay),
    lostGrants: grants.map((grant) => lossOf(world, grant)).filter((loss) => loss !== null),
    unconfirmedRotations: grants.filter((grant) => unconfirmedRotation(world, grant)).map((grant) => grant.id),
    refreshesByGrant: Object.fromEntries(grants.map((grant) => [grant.id, grant.refreshes])),
    complaints: world.ledger.complaints(filter),
  };
}

/** Every token, code and client secret ever given out, in clear: for searching a system's output for leaks. */
export function secrets(world: World, filter: LedgerFilter): Secret[] {
  const tokens = world.tokens
    .all(filter)
    .flatMap(({ kind, value, secret, grant: { platform } }): Secret[] => [
      { kind, platform, value },
      ...(secret === null ? [] : [{ kind: 'token-secret' as const, platform, value: secret }]),
    ]);
  const codes = [...world.codes.values()].map(({ platform, value }) => ({ kind: 'code' as const, platform, value }));
  const devices = world.devices.all().map(({ platform, deviceCode }) => {
    return { kind: 'device-code' as const, platform, value: deviceCode };
  });
  const temporary = world.temporary.all().flatMap(({ platform, value, secret }): Secret[] => [
    { kind: 'request-token', platform, value },
    { kind: 'token-secret', platform, value: secret },
  ]);
  const others = [...world.directory.clientSecrets(), ...codes, ...devices, ...temporary];
  return [...tokens, ...others.filter(({ platform }) => (filter.platform ?? platform) === platform)];
}
