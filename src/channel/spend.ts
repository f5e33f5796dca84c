import { grantVersion } from '../api/names.ts';
import { isHeld } from '../core/brake.ts';
import { CasLost, Failure } from '../core/failure.ts';
import type { ChannelRef, PresentGrant, StoredGrant, Verdict } from '../core/grant.ts';
import { formatInstant } from '../core/instant.ts';
import type { AppFacts, Observation } from '../core/observation.ts';
import type { SpendOutcome, SpendRequest } from '../core/platform-port.ts';
import { isOfTheAccount } from '../core/rejections.ts';
import { accessExpiryAt, isMuchShorter } from '../core/schedule.ts';
import { commit, parkRaw } from './commit.ts';
import { takeRequest } from './context.ts';
import type { ChannelMemory } from './memory.ts';
import { refOf } from './observe.ts';
import { type Cause, deathCause } from './persons.ts';
import type { World } from './ports.ts';
import { COMMIT_BUDGET_MS } from './rescue.ts';

type ReadyApp = Extract<AppFacts, { state: 'Ready' }>;
export type SpendMode = 'Refresh' | 'Probe' | 'Heal';

/** What one spend needs; made by `act` from an observation whose app and grant are there. */
export interface SpendContext {
  readonly world: World;
  readonly o: Observation;
  readonly grant: PresentGrant;
  readonly app: ReadyApp;
  readonly memory: ChannelMemory;
  /** Whether the key stays ours for so long (Lease). */
  owns(forMs: number): boolean;
}

/**
 * Claim, spend, commit (design section 6). Once the request may have left, nothing but its outcome ends this function:
 * no abort, no deadline of the caller. It returns the grant as it then stands in Vault.
 *
 * @throws Failure when nothing was sent, when the token was not looked at, or when a rejection awaits its confirmation.
 */
export async function spend(context: SpendContext, mode: SpendMode): Promise<StoredGrant> {
  const { world, o, app } = context;
  const ref = refOf(o.channel);
  passGate(context);
  takeRequest(context, 'token');
  const fingerprint = o.fingerprint ?? '';
  // Measured from before the claim was asked for: the claim's own life starts later, at Vault's write.
  const claimedFrom = world.clock.monotonic();
  const claimed = await claim(context, ref, fingerprint);
  const request = requestOf(context, claimed);
  const leftMs = world.settings.claimLifeMs - (world.clock.monotonic() - claimedFrom);
  // Asked again at the last moment: a process that was frozen here sends nothing when it wakes.
  if (leftMs < request.timeoutMs + COMMIT_BUDGET_MS / 2 || !context.owns(0)) {
    await world.grants.release(ref, claimed);
    const message =
      'the claim took so long to write that it or the Lease no longer covers the request; nothing was sent';
    throw new Failure('Transient', 'VaultUnavailable', message, { source: 'Vault' });
  }
  const startedAt = world.clock.monotonic();
  const outcome = await app.platform.refresh(request);
  noteOutcome(context, outcome, world.clock.monotonic() - startedAt);
  const stored = await conclude(context, mode, ref, claimed, outcome, fingerprint);
  if (outcome.kind === 'Answered') celebrate(context, claimed, stored, world.clock.monotonic() - claimedFrom);
  return stored;
}

async function claim({ world, grant, app }: SpendContext, ref: ChannelRef, fingerprint: string): Promise<PresentGrant> {
  const { epoch } = grant.record;
  const { holder, settings } = world;
  const platform = app.platform.profile.name;
  try {
    const id = world.random.id();
    const claimed = await world.grants.claim(ref, grant, {
      id,
      holder,
      epoch,
      fingerprint,
      lifeMs: settings.claimLifeMs,
    });
    world.meter.claimed(platform, 'Won');
    return claimed;
  } catch (error) {
    world.meter.claimed(platform, error instanceof CasLost ? 'Lost' : 'Failed');
    throw error;
  }
}

/** Every gate of design section 6.1 that is not a rule of `decide`: they are asked at the last moment. */
function passGate({ world, owns }: SpendContext): void {
  const neededMs = world.settings.httpTimeoutMs + COMMIT_BUDGET_MS;
  // The write of the claim has to fit into the Lease; from then on the claim keeps every other replica off, for longer.
  if (!owns(COMMIT_BUDGET_MS)) {
    const message = 'this replica may lose the channel before a refresh would be over; its next owner refreshes it';
    throw new Failure('Transient', 'KubernetesUnavailable', message, { source: 'Kubernetes' });
  }
  if (world.grants.loginRemainingMs() < neededMs) {
    const message = "Vault's login ends before a refresh would be stored; the operator logs in again first";
    throw new Failure('Transient', 'VaultUnavailable', message, { source: 'Vault' });
  }
}

function requestOf({ world, app }: SpendContext, claimed: PresentGrant): SpendRequest {
  const { record } = claimed;
  // Left out while the platform has not told: that means "as granted", and one scope too many is refused (RFC 6749 6).
  const scopes = record.tokens.scopes ?? [];
  return {
    client: app.client,
    tokens: record.tokens,
    scopes,
    extras: record.extras,
    account: record.account?.id,
    timeoutMs: world.settings.httpTimeoutMs,
  };
}

function appRefOf({ app }: SpendContext) {
  return { namespace: app.app.metadata.namespace ?? '', name: app.app.metadata.name };
}

function noteOutcome(context: SpendContext, outcome: SpendOutcome, durationMs: number): void {
  const { world, app } = context;
  const appName = `${app.app.metadata.namespace}/${app.app.metadata.name}`;
  const family = outcome.kind === 'Answered' ? 'None' : outcome.failure.family;
  world.meter.spent(app.platform.profile.name, appName, outcome.kind, family, durationMs);
  if (outcome.kind === 'Answered' || outcome.kind === 'Rejected') world.appFaults.clear(appRefOf(context), 'Token');
  else if (outcome.failure.isAppFault) world.appFaults.report(appRefOf(context), outcome.failure, 'Token');
}

async function conclude(
  context: SpendContext,
  mode: SpendMode,
  ref: ChannelRef,
  claimed: PresentGrant,
  outcome: SpendOutcome,
  fingerprint: string,
): Promise<StoredGrant> {
  const { world, app } = context;
  switch (outcome.kind) {
    case 'Answered':
      return await commit(context, ref, claimed, outcome.answer, fingerprint);
    case 'NotSent':
    case 'Refused':
      await releaseOrLeave(world, ref, claimed);
      throw outcome.failure;
    case 'Rejected':
      return await rejected(context, mode, ref, claimed, outcome.failure, fingerprint);
    case 'Unknown': {
      // Whatever was heard before, of this spend nobody knows.
      delete context.memory.suspicion;
      // Where re-use is harmless nothing in those bytes is needed, and the claim has done its work; elsewhere they are
      // kept, and the claim stays as the memory of what was sent.
      if (app.platform.profile.oldToken === 'Lives') await releaseOrLeave(world, ref, claimed);
      else if (outcome.raw !== undefined) await parkRaw(world, ref, claimed, outcome.raw, fingerprint);
      throw outcome.failure;
    }
  }
}

/** If even this write fails the claim ends by its age; nothing was spent, so a later probe succeeds. */
async function releaseOrLeave(world: World, ref: ChannelRef, claimed: PresentGrant): Promise<void> {
  try {
    await world.grants.release(ref, claimed);
  } catch (error) {
    world.log.warn(
      { channel: `${ref.namespace}/${ref.name}`, err: error },
      'a claim could not be released; it ends by its age',
    );
  }
}

function celebrate(
  { world, o, app }: SpendContext,
  claimed: PresentGrant,
  stored: StoredGrant,
  durationMs: number,
): void {
  if (stored.state !== 'Present') return;
  const platform = app.platform.profile.name;
  const endedAt = accessExpiryAt(claimed.record.tokens, o.channel, app.platform.profile);
  world.meter.refreshed(platform, endedAt === undefined ? undefined : endedAt - world.clock.now(), durationMs);
  const { verdict } = claimed.record;
  // What was wrong with an account and is mended was true when it was said.
  if (verdict !== undefined && !isOfTheAccount(verdict.reason)) world.meter.falselyAccused(platform);
  if (isMuchShorter(stored.record.tokens)) world.meter.lifetimeShortened(platform);
  const { namespace, name } = refOf(o.channel);
  const grant = grantVersion(stored.record.epoch, stored.record.generation);
  const expiresAt = stored.record.tokens.accessExpiresAt;
  const expires = expiresAt === undefined ? 'never' : formatInstant(expiresAt);
  world.log.info({ channel: `${namespace}/${name}`, platform, grant, expires }, 'refreshed');
}

/** Step 7: read again first; a record that moved is adopted and nobody is accused. */
async function rejected(
  context: SpendContext,
  mode: SpendMode,
  ref: ChannelRef,
  claimed: PresentGrant,
  failure: Failure,
  fingerprint: string,
): Promise<StoredGrant> {
  const { world, app, memory } = context;
  const { cause, latest } = await lookedInto(context, mode, ref, claimed, failure, fingerprint);
  if (latest.state !== 'Present' || latest.version !== claimed.version) return latest;
  const isHarmless = app.platform.profile.oldToken === 'Lives';
  const suspected = memory.retries.Spend;
  const isConfirmed =
    suspected?.failure.family === 'Rejected' &&
    suspected.failure.reason === failure.reason &&
    // Of this very token: a rejection of an earlier login says nothing about the one that a person gave since.
    memory.rejectedOnce === fingerprint;
  const verdict = verdictOf(context, mode, claimed, cause, isConfirmed ? 2 : 1);
  // An answer that we lost explains it: the platform is not suspected, and a second replay would tell nothing.
  const isExplained = mode === 'Heal' || (mode === 'Probe' && !isHarmless);
  // Told in the status first, so that every replica sees whether it is one of many; a wave is not believed at once, unless
  // what is known here explains it.
  const isUnexplained = cause.reason === failure.reason && isHeld(context.o, 'Spend');
  if (!isExplained && (!isHarmless || !isConfirmed || isUnexplained)) {
    memory.rejectedOnce = fingerprint;
    if (!isHarmless) suspect(memory, claimed, fingerprint, verdict);
    // The platform's word is what is remembered, whether or not Vault takes the release of the claim.
    await releaseOrLeave(world, ref, claimed);
    throw failure;
  }
  world.meter.verdict(app.platform.profile.name, verdict.reason);
  return await world.grants.verdict(ref, claimed, verdict, fingerprint);
}

/**
 * What Vault tells beside the rejection: why the login died, and whether the record moved since. Where Vault is away just
 * then, nothing is believed, and what the platform said of this token is remembered as such: it is no unknown outcome.
 * @throws Failure the rejection, where Vault cannot be asked
 */
async function lookedInto(
  context: SpendContext,
  mode: SpendMode,
  ref: ChannelRef,
  claimed: PresentGrant,
  failure: Failure,
  fingerprint: string,
): Promise<{ cause: Cause; latest: StoredGrant }> {
  const { world, app, memory } = context;
  try {
    // Noted with the first suspicion: several logins of one app that die alike point to the app.
    const cause = await deathCause(context, claimed.record, failure);
    return { cause, latest: await world.grants.load(ref) };
  } catch (error) {
    // A verdict that stands is only looked at again.
    if (mode === 'Heal') throw error;
    if (app.platform.profile.oldToken !== 'Lives')
      suspect(memory, claimed, fingerprint, verdictOf(context, mode, claimed, failure, 1));
    throw failure;
  }
}

/** Remembers a rejection of a token that is not sent again to confirm it. */
function suspect(memory: ChannelMemory, { record }: PresentGrant, fingerprint: string, verdict: Verdict): void {
  const heard = memory.suspicion?.fingerprint === fingerprint ? memory.suspicion.claimIds : [];
  const claimIds = record.claim === undefined ? heard : [...heard, record.claim.id];
  memory.suspicion = { fingerprint, verdict, claimIds };
}

function verdictOf(
  { world, app }: SpendContext,
  mode: SpendMode,
  claimed: PresentGrant,
  cause: Cause,
  confirmations: number,
): Verdict {
  const standing = claimed.record.verdict;
  if (mode === 'Heal' && standing !== undefined) return { ...standing, probes: standing.probes + 1 };
  // A rejected probe says that we lost the answer, not that the person withdrew anything.
  if (mode === 'Probe' && app.platform.profile.oldToken !== 'Lives') {
    const { displayName } = app.platform.profile;
    const message = `A refresh was interrupted before its answer could be stored, and ${displayName} no longer takes the token that was sent with it. The account's owner did nothing wrong.`;
    return { reason: 'RefreshInterrupted', message, at: world.clock.now(), confirmations, probes: 0 };
  }
  const confirmed = confirmations > 1 ? ' It was confirmed twice.' : '';
  return {
    reason: cause.reason,
    message: cause.message + confirmed,
    at: world.clock.now(),
    confirmations,
    probes: 0,
  };
}
