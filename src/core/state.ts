import { secretNameOf } from '../api/names.ts';
import { isBlocked, type Reason } from '../api/reasons.ts';
import type { SocialChannelStatus } from '../api/resources.gen.ts';
import {
  type Blocker,
  blockerOf,
  expectedAccountId,
  isAccountWrong,
  isForeignRecord,
  isRolledBack,
  missingScopes,
} from './blockers.ts';
import { heldAttempt } from './brake.ts';
import { factsOf, probeAt, usable } from './due.ts';
import { isEscrowMissed } from './escrow.ts';
import type { GrantRecord } from './grant.ts';
import { formatInstant } from './instant.ts';
import type { Observation, Retry } from './observation.ts';
import { heldMessage, howToReconnect, remedyOf } from './remedies.ts';
import {
  accessExpiryAt,
  type Deadline,
  deadlineOf,
  expiringFrom,
  isAccountUnknown,
  isMuchShorter,
  isRenewable,
  planRefresh,
} from './schedule.ts';
import { ofTheChannel, SHOWN_FROM } from './shown-retries.ts';

type State = NonNullable<SocialChannelStatus['state']>;

/** The facts that state and conditions are made of, each derived once. */
export interface Facts {
  readonly record: GrantRecord | undefined;
  readonly blocker: Blocker | undefined;
  readonly deadline: Deadline | undefined;
  readonly accessEndsAt: number | undefined;
  readonly isTokenValid: boolean;
  readonly failing: Retry | undefined;
}

export interface Finding {
  readonly state: State;
  readonly reason: Reason;
  readonly message: string;
}

export function gather(o: Observation): Facts {
  const record = o.grant.state === 'Present' && !isForeignRecord(o) ? o.grant.record : undefined;
  const ready = usable(o);
  const accessEndsAt =
    record === undefined
      ? undefined
      : ready === undefined
        ? record.tokens.accessExpiresAt
        : accessExpiryAt(record.tokens, o.channel, ready.app.platform.profile);
  const isAlive = record?.tokens.access !== undefined && record.tokens.accessRefusedAt === undefined;
  return {
    record,
    blocker: blockerOf(o),
    deadline: ready === undefined ? undefined : deadlineOf(factsOf(o, ready.grant, ready.app), o.now),
    accessEndsAt,
    isTokenValid: isAlive && (accessEndsAt === undefined || o.now < accessEndsAt) && !isAccountWrong(o),
    failing: failingOf(o, accessEndsAt),
  };
}

/** A refresh that keeps failing; one failure alone counts only where the access token has ended meanwhile. */
function failingOf(o: Observation, accessEndsAt: number | undefined): Retry | undefined {
  const retry = o.retries.Spend ?? o.retries.Derive;
  if (retry === undefined) return undefined;
  const hasEnded = accessEndsAt !== undefined && o.now >= accessEndsAt;
  return retry.count >= SHOWN_FROM || hasEnded ? retry : undefined;
}

export function find(o: Observation, facts: Facts): Finding {
  const { record, blocker } = facts;
  // Before what this channel itself was told: that login is the lender's, and its person the one to be asked.
  if (o.lender.state === 'Ready' && o.lender.needsReauth) {
    return {
      state: 'NeedsReauth',
      reason: 'LenderNeedsReauth',
      message: `This channel lives from the login of SocialChannel ${o.lender.name}, which needs a person: ${o.lender.message}`,
    };
  }
  if (record?.verdict !== undefined) {
    const { reason, message } = record.verdict;
    return { state: 'NeedsReauth', reason, message: message + (remedyOf(o, reason) ?? howToReconnect(o)) };
  }
  if (record === undefined) return pending(o, blocker);
  const personNeeded = personNeededFor(o, facts);
  if (personNeeded !== undefined) return { state: 'NeedsReauth', ...personNeeded };
  const unverified = unverifiedOf(o, record);
  if (unverified !== undefined) return unverified;
  const expiring = deadlineNear(o, facts) ?? expiringOf(o, facts);
  if (expiring !== undefined) return expiring;
  if (blocker !== undefined) return { state: 'Connected', reason: blocker.reason, message: blocker.message };
  return { state: 'Connected', ...healthy(o, facts) };
}

/** A person is needed by what the platform itself stated: whose account it is, what was granted, when it ended. */
function personNeededFor(o: Observation, facts: Facts): Omit<Finding, 'state'> | undefined {
  const { record, accessEndsAt } = facts;
  if (isAccountWrong(o)) {
    const { id, handle } = record?.account ?? { id: '' };
    return {
      reason: 'WrongAccount',
      message: `The login belongs to ${handle ?? 'the account'} (id ${id}), this channel to the account with id ${expectedAccountId(o)}. Its token is not shown to pods.${howToReconnect(o)}`,
    };
  }
  const missing = missingScopes(o);
  if (missing.length > 0) {
    return {
      reason: 'ScopeMissing',
      message: `The login lacks ${missing.join(', ')}. What was granted goes on working and is renewed.${howToReconnect(o)}`,
    };
  }
  const consentEndsAt = record?.tokens.consentExpiresAt;
  if (consentEndsAt !== undefined && o.now >= consentEndsAt) {
    return {
      reason: 'DataAccessExpired',
      message: `The consent ended at ${formatInstant(consentEndsAt)}; no renewal moves that moment.${howToReconnect(o)}`,
    };
  }
  const isStated = record?.tokens.accessExpiresAt !== undefined;
  const ready = usable(o);
  const canRenew =
    ready === undefined || record?.lender !== undefined || isRenewable(ready.grant.record, ready.app.platform.profile);
  if (canRenew || !isStated || accessEndsAt === undefined || o.now < accessEndsAt) return undefined;
  return {
    reason: 'DeadlinePassed',
    message: `The access token ended at ${formatInstant(accessEndsAt)}, and there is nothing to renew it with.${howToReconnect(o)}`,
  };
}

function pending(o: Observation, blocker: Blocker | undefined): Finding {
  // A grant that vanished says nothing new about the account: the state stays what it was.
  const kept = blocker?.reason === 'GrantMissing' ? (o.channel.status?.state ?? 'Pending') : 'Pending';
  if (blocker !== undefined) return { state: kept, reason: blocker.reason, message: blocker.message };
  const failed = [o.retries.Import, o.retries.Spend, o.retries.Derive].find((retry) => retry?.inputs === o.inputs);
  if (failed !== undefined) return { state: 'Pending', reason: failed.failure.reason, message: failed.failure.message };
  if (o.grant.state === 'Forgotten' && o.bootstrap.state === 'Ready') {
    return {
      state: 'Pending',
      reason: 'GrantForgotten',
      message: `The grant was forgotten when the channel was deleted; the tokens in the bootstrap Secret were used up by it and are not imported again.${howToReconnect(o)}`,
    };
  }
  if (o.lender.state === 'Ready') {
    const message = `Getting the access token by the login of SocialChannel ${o.lender.name}.`;
    return { state: 'Pending', reason: 'Importing', message };
  }
  return {
    state: 'Pending',
    reason: 'NeverConnected',
    message: `Waiting for the first connection.${howToReconnect(o)}`,
  };
}

/** Who must act. The address of a page is added once something answers there (design section 4). */
function unverifiedOf(o: Observation, record: GrantRecord): Finding | undefined {
  if (o.app.state !== 'Ready' || !isAccountUnknown(o.app.platform.profile, record)) return undefined;
  // An account that was connected before keeps its state while the new token is looked at.
  if (o.channel.status?.account !== undefined) return undefined;
  const failed = o.retries.Introspect ?? o.retries.Derive ?? o.retries.Spend;
  if (failed !== undefined) return { state: 'Pending', reason: failed.failure.reason, message: failed.failure.message };
  return {
    state: 'Pending',
    reason: 'Importing',
    message: 'Asking the platform whose account the imported tokens belong to.',
  };
}

function deadlineNear(o: Observation, { deadline }: Facts): Finding | undefined {
  if (deadline === undefined || o.now < expiringFrom(deadline, o.channel)) return undefined;
  const at = formatInstant(deadline.at);
  const what = {
    ConsentEnds: `The consent ends at ${at}, and automation cannot move that moment.`,
    RefreshTokenEnds: `The refresh token ends at ${at}, and automation cannot move that moment.`,
    AccessTokenEnds: `The access token ends and cannot be renewed at ${at}, and automation cannot move that moment.`,
    ExchangeOverdue: `The access token ends at ${at}, and the platform has not prolonged it so far. It is tried again; a new consent is safer.`,
  }[deadline.reason];
  return { state: 'Expiring', reason: 'DeadlineNear', message: what + howToReconnect(o) };
}

function expiringOf(o: Observation, facts: Facts): Finding | undefined {
  const { failing, accessEndsAt, record } = facts;
  const hasEnded = accessEndsAt !== undefined && o.now >= accessEndsAt;
  const isLow = accessEndsAt !== undefined && accessEndsAt - o.now <= 2 * o.settings.propagationFloorMs;
  const until =
    accessEndsAt === undefined
      ? ''
      : ` The access token ${hasEnded ? 'ended' : 'lasts until'} ${formatInstant(accessEndsAt)}.`;
  const isHeldNow = heldAttempt(o) !== undefined;
  if (isHeldNow && (isLow || record?.tokens.accessRefusedAt !== undefined))
    return { state: 'Expiring', reason: 'RejectionsHeld', message: heldMessage(o) + until };
  if (failing !== undefined && (isLow || record?.tokens.accessRefusedAt !== undefined)) {
    return {
      state: 'Expiring',
      reason: 'RefreshFailing',
      message: `${failing.failure.message} It is tried again.${until} Nobody needs to reconnect.`,
    };
  }
  // A restart forgets the count of failures; what people were told stays told until a renewal succeeds.
  const { status } = o.channel;
  const isSameGrant = status?.epoch === record?.epoch && status?.generation === record?.generation;
  if (status?.reason === 'RefreshFailing' && isSameGrant && isLow)
    return { state: 'Expiring', reason: 'RefreshFailing', message: status.message ?? '' };
  if (hasEnded && facts.blocker !== undefined)
    return { state: 'Expiring', reason: facts.blocker.reason, message: facts.blocker.message + until };
  const unlisted = unlistedEscrow(o);
  if (hasEnded && unlisted !== undefined)
    return { state: 'Expiring', reason: unlisted.reason, message: unlisted.message + until };
  if (hasEnded && probeAt(o) !== undefined) {
    return {
      state: 'Expiring',
      reason: 'OutcomeUnknown',
      message: `Nobody saw the answer to the last refresh.${until} It is being found out.`,
    };
  }
  return undefined;
}

function unlistedEscrow(o: Observation): Omit<Finding, 'state'> | undefined {
  if (o.escrow.state !== 'Unlisted' || !isEscrowMissed(o)) return undefined;
  const { reason, message } = o.escrow.failure;
  return { reason, message: `${message} Until then nothing is sent: the answer to the last refresh may lie there.` };
}

/** What stands in the way of the projected Secret. */
export function conflictMessage(o: Observation): string {
  const name = `${o.channel.metadata.namespace}/${secretNameOf(o.channel)}`;
  return `Secret ${name} exists and is not managed by this channel. Choose spec.secret.name, or delete it.`;
}

function healthy(o: Observation, facts: Facts): Omit<Finding, 'state'> {
  const ready = usable(o);
  if (ready !== undefined && isRolledBack(o, ready.grant)) {
    return {
      reason: 'GrantRolledBack',
      message:
        'Vault holds an older grant than this channel had: it was restored from a backup. A refresh finds out whether it still works.',
    };
  }
  // Connected, but pods get nothing: Ready must not be True.
  if (o.secret.state === 'Foreign') return { reason: 'Conflict', message: conflictMessage(o) };
  const blocked = blockedBy(o);
  if (blocked !== undefined) return blocked;
  const retries = ofTheChannel(o.retries);
  const misconfigured = retries.find(({ failure }) => failure.family === 'Misconfigured')?.failure;
  if (misconfigured !== undefined) return { reason: misconfigured.reason, message: misconfigured.message };
  if (o.channel.spec.refresh.policy === 'Suspended') {
    return {
      reason: 'Suspended',
      message: 'Renewal and checks are suspended by spec.refresh.policy; the token ends at its time.',
    };
  }
  const unlisted = unlistedEscrow(o);
  if (unlisted !== undefined) return unlisted;
  if (probeAt(o) !== undefined && ready?.app.platform.profile.oldToken !== 'Lives') {
    return {
      reason: 'OutcomeUnknown',
      message:
        'Nobody saw the answer to the last refresh. The living access token is kept as long as it lasts, then the platform is asked.',
    };
  }
  if (heldAttempt(o) !== undefined) return { reason: 'RejectionsHeld', message: heldMessage(o) };
  const lasting = retries.find(({ count }) => count >= SHOWN_FROM)?.failure;
  if (lasting !== undefined) return { reason: lasting.reason, message: lasting.message };
  if (ready !== undefined && planRefresh(factsOf(o, ready.grant, ready.app)).isLifetimeBelowFloor) {
    return {
      reason: 'LifetimeBelowFloor',
      message:
        'Connected. The platform gives tokens that live less than twice the propagation floor: pods may see one end before the next arrives.',
    };
  }
  const changed = lifetimeChange(facts);
  if (changed !== undefined) return { reason: 'LifetimeChanged', message: changed };
  const handle = facts.record?.account?.handle;
  return { reason: 'Healthy', message: handle === undefined ? 'Connected.' : `Connected as ${handle}.` };
}

/** What the owner has to lift at the platform; a restart forgets it, so what people were told stays told until the next check. */
function blockedBy(o: Observation): Omit<Finding, 'state'> | undefined {
  if (o.blocked !== undefined) return { reason: o.blocked.reason, message: o.blocked.message };
  const { reason, message = '' } = o.channel.status ?? {};
  const isUnasked = o.lastCheckAt === undefined;
  return reason !== undefined && isBlocked(reason) && isUnasked ? { reason, message } : undefined;
}

function lifetimeChange({ record }: Facts): string | undefined {
  const { obtainedAt, accessExpiresAt = 0, lifeBeforeMs = 0 } = record?.tokens ?? { obtainedAt: 0 };
  if (record === undefined || !isMuchShorter(record.tokens)) return undefined;
  const minutes = (ms: number) => `${Math.round(ms / 60_000)} min`;
  return `Connected. The access token lives ${minutes(accessExpiresAt - obtainedAt)}, the one before lived ${minutes(lifeBeforeMs)}; it is renewed accordingly.`;
}
