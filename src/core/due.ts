import { annotations } from '../api/names.ts';
import { isRolledBack } from './blockers.ts';
import { isEscrowMissed } from './escrow.ts';
import type { GrantRecord, PresentGrant } from './grant.ts';
import { parseInstant } from './instant.ts';
import type { AppFacts, Attempt, Observation } from './observation.ts';
import { isOfTheAccount } from './rejections.ts';
import {
  accessExpiryAt,
  checkAt,
  deadlineOf,
  earliest,
  isRenewable,
  ladderOf,
  planRefresh,
  prolongedDeadline,
  type ScheduleFacts,
  spacingMs,
} from './schedule.ts';

type ReadyApp = Extract<AppFacts, { state: 'Ready' }>;

/** Whether this attempt failed lately with these very inputs and its time has not come. */
export function isWaiting(o: Observation, attempt: Attempt): boolean {
  const retry = o.retries[attempt];
  return retry !== undefined && retry.inputs === o.inputs && o.now < retry.nextAt;
}

export function claimEndsAt(grant: PresentGrant, now: number): number | undefined {
  if (grant.record.claim === undefined) return undefined;
  // Vault's clock on both sides: a pod whose clock is wrong neither robs a claim nor waits for ever.
  return now + grant.record.claim.lifeMs - (grant.readAt - grant.writtenAt);
}

export function isClaimAlive(o: Observation): boolean {
  return o.grant.state === 'Present' && (claimEndsAt(o.grant, o.now) ?? 0) > o.now;
}

export function isSuspended(o: Observation): boolean {
  return o.channel.spec.refresh?.policy === 'Suspended';
}

export interface Usable {
  readonly grant: PresentGrant;
  readonly app: ReadyApp;
}

/** The grant and its app, where both can be used by the rules that talk to the platform. */
export function usable(o: Observation): Usable | undefined {
  return o.grant.state === 'Present' && o.app.state === 'Ready' ? { grant: o.grant, app: o.app } : undefined;
}

export function factsOf(o: Observation, grant: PresentGrant, app: ReadyApp): ScheduleFacts {
  const { channel, settings, phase } = o;
  return { channel, app: app.app, profile: app.platform.profile, settings, record: grant.record, phase };
}

/** When an unknown outcome may be probed (design section 6, step 6). */
export function probeAt(o: Observation): number | undefined {
  const ready = usable(o);
  if (ready === undefined) return undefined;
  const { record } = ready.grant;
  const { profile } = ready.app.platform;
  if (wasHeard(o, record)) return undefined;
  const since = record.unknown?.since ?? (record.claim === undefined ? undefined : ready.grant.writtenAt);
  if (since === undefined || record.kind === 'App' || !isRenewable(record, profile)) return undefined;
  if (profile.oldToken === 'Lives') return o.now;
  if (profile.oldToken === 'Grace' && o.now < since + (profile.graceMs ?? 0)) return o.now;
  // Until then the living token is worth more than the answer: a replay may kill it.
  const ownExpiresAt =
    record.tokens.access === undefined || record.tokens.accessRefusedAt !== undefined
      ? undefined
      : accessExpiryAt(record.tokens, o.channel, profile);
  if (ownExpiresAt === undefined) return o.now;
  const expiresAt = Math.max(ownExpiresAt, shownExpiryAt(o, ready.grant) ?? ownExpiresAt);
  const lifeMs = expiresAt - record.tokens.obtainedAt;
  return expiresAt - Math.min(o.settings.propagationFloorMs, lifeMs / 4);
}

/** The record shows claims of spends that the platform rejected, as this process heard: nothing about them is unknown. */
function wasHeard({ suspicion, fingerprint }: Observation, { claim, unknown }: GrantRecord): boolean {
  if (suspicion === undefined || suspicion.fingerprint !== fingerprint) return false;
  const lost = [claim?.id, unknown?.claimId].filter((id) => id !== undefined);
  return lost.every((id) => suspicion.claimIds.includes(id));
}

/** When the token ends that pods hold, where it is newer than the record's: Vault was restored, and a replay would kill it. */
function shownExpiryAt(o: Observation, grant: PresentGrant): number | undefined {
  if (o.secret.state !== 'Ours' || !isRolledBack(o, grant)) return undefined;
  return parseInstant(o.secret.secret.data[o.channel.spec.secret.keys.expiresAt]?.reveal());
}

/** The value of the refresh annotation that has not been handled yet. */
export function refreshRequest(o: Observation): string | undefined {
  const asked = o.channel.metadata.annotations?.[annotations.refresh];
  return asked === undefined || asked === (o.handledRefreshRequest ?? o.channel.status?.lastHandledRefreshRequest)
    ? undefined
    : asked;
}

/** A request that can never be answered, because nothing can renew the grant or ask about it: it counts as handled. */
export function mootRefreshRequest(o: Observation): string | undefined {
  const ready = usable(o);
  if (ready === undefined || isRenewable(ready.grant.record, ready.app.platform.profile)) return undefined;
  if (ready.app.platform.profile.introspectIntervalMs !== undefined) return undefined;
  return o.channel.metadata.annotations?.[annotations.refresh];
}

/** When the present grant is refreshed next, as far as time alone decides; undefined: not by itself. */
export function refreshDueAt(o: Observation): number | undefined {
  const ready = usable(o);
  if (ready === undefined) return undefined;
  const { record } = ready.grant;
  if (record.verdict !== undefined && !isOfTheAccount(record.verdict.reason)) return undefined;
  const isProbing = probeAt(o) !== undefined && ready.app.platform.profile.oldToken !== 'Lives';
  if (isProbing) return probeAt(o);
  const plan = planRefresh(factsOf(o, ready.grant, ready.app));
  // A record older than what was seen may hold a token that is about to end: ask at once, where asking is harmless.
  const isOld = isRolledBack(o, ready.grant) || isAhead(o, record.tokens.obtainedAt);
  const asked = isOld || refreshRequest(o) !== undefined;
  if (!asked || !isRenewable(record, ready.app.platform.profile)) return plan.at;
  const spacedAt = record.tokens.obtainedAt + spacingMs({ settings: o.settings, profile: ready.app.platform.profile });
  return Math.min(isOld ? o.now : Math.max(o.now, spacedAt), plan.at ?? Number.POSITIVE_INFINITY);
}

/** When the platform is asked next; undefined where it cannot be, or where the access token is known to be dead. */
export function checkDueAt(o: Observation): number | undefined {
  const ready = usable(o);
  if (ready === undefined) return undefined;
  const { record } = ready.grant;
  const { profile } = ready.app.platform;
  const endsAt = accessExpiryAt(record.tokens, o.channel, profile);
  if (
    record.verdict !== undefined ||
    record.tokens.accessRefusedAt !== undefined ||
    (endsAt !== undefined && o.now >= endsAt)
  ) {
    return undefined;
  }
  if (isCheckAsked(o)) return o.now;
  const lastAt = o.lastCheckAt ?? parseInstant(o.channel.status?.lastCheckTime);
  const dueAt = checkAt(profile, record, isAhead(o, lastAt) ? undefined : lastAt, o.phase);
  // A process that starts anew has forgotten when it wanted to look at the app again.
  const isFaultOld = o.lastCheckAt === undefined && o.channel.status?.appFault !== undefined;
  return dueAt === undefined ? undefined : Math.min(dueAt, o.checkWantedAt ?? (isFaultOld ? o.now : dueAt));
}

/** Somebody asked for a refresh, and none is possible soon: what can be done at once is to ask the platform. */
export function isCheckAsked(o: Observation): boolean {
  if (refreshRequest(o) === undefined) return false;
  const dueAt = refreshDueAt(o);
  return dueAt === undefined || dueAt > o.now + o.settings.minRefreshIntervalMs;
}

/** An instant that was noted by a clock that ran ahead: it tells nothing, and waiting for it would let a token end. */
function isAhead(o: Observation, at: number | undefined): boolean {
  return at !== undefined && at > o.now + o.settings.propagationFloorMs;
}

/** Records are read again at least daily, spread by phase, so that a restored or edited Vault is noticed. */
const DAY_MS = 24 * 3_600_000;

/** How soon the escrow is asked for again where nothing is sent without it. */
const ESCROW_RETRY_MS = 15_000;

/** The next moment at which something changes by time alone. */
export function nextMoment(o: Observation): number | undefined {
  const ready = usable(o);
  const facts = ready === undefined ? undefined : factsOf(o, ready.grant, ready.app);
  const deadline = facts && deadlineOf(facts, o.now);
  const prolonged = facts && prolongedDeadline(facts);
  const moments = [
    later(refreshDueAt(o), o.retries.Spend?.nextAt),
    later(checkDueAt(o), o.retries.Introspect?.nextAt),
    o.retries.Project?.nextAt,
    o.retries.Account?.nextAt,
    o.retries.Import?.nextAt,
    o.retries.Derive?.nextAt,
    o.retries.Finalize?.nextAt,
    o.retries.Escrow?.nextAt,
    isEscrowMissed(o) ? o.now + ESCROW_RETRY_MS : undefined,
    // No watch tells that a Secret which is not ours has gone.
    o.secret.state === 'Foreign' ? o.now + o.settings.reReadIntervalMs : undefined,
    ...[deadline, prolonged].flatMap((end) => (end === undefined ? [] : [...ladderOf(end, o.channel), end.at])),
    ...expiryMoments(o),
    o.now + DAY_MS * (0.75 + o.phase / 4),
  ];
  return earliest(...moments.filter((at) => at !== undefined && at > o.now));
}

function later(at: number | undefined, notBefore: number | undefined): number | undefined {
  return at === undefined ? undefined : Math.max(at, notBefore ?? at);
}

/** The moments at which a token's own age changes what status says. */
function expiryMoments(o: Observation): number[] {
  const ready = usable(o);
  const endsAt = ready && accessExpiryAt(ready.grant.record.tokens, o.channel, ready.app.platform.profile);
  return endsAt === undefined ? [] : [endsAt - 2 * o.settings.propagationFloorMs, endsAt];
}
