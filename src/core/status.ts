import {
  type Condition,
  type ConditionStatus,
  type ConditionType,
  getCondition,
  setCondition,
} from '../api/conditions.ts';
import { secretNameOf } from '../api/names.ts';
import type { Reason } from '../api/reasons.ts';
import type { SocialChannelStatus } from '../api/resources.gen.ts';
import { isAccountWrong } from './blockers.ts';
import { invitationOf } from './consent-rules.ts';
import { deviceStatus } from './device-status.ts';
import { checkDueAt, mootRefreshRequest, refreshDueAt } from './due.ts';
import { isBefore } from './grant.ts';
import { formatInstant } from './instant.ts';
import { toldWith } from './notice.ts';
import type { Observation, Retry } from './observation.ts';
import { reconnectURL } from './remedies.ts';
import { rolloutCondition } from './rollout.ts';
import { ofTheChannel, SHOWN_FROM } from './shown-retries.ts';
import { conflictMessage, type Facts, type Finding, find, gather } from './state.ts';

/**
 * Status from facts, not from what was done. It never flaps on routine renewal, and names NeedsReauth only with a
 * verdict in Vault. The result is written only when it differs from what is there.
 */
export function statusOf(o: Observation): SocialChannelStatus {
  const facts = gather(o);
  const finding = find(o, facts);
  const previous = o.channel.status;
  const status: SocialChannelStatus = {
    observedGeneration: o.channel.metadata.generation ?? 0,
    state: finding.state,
    reason: finding.reason,
    message: finding.message,
    conditions: conditionsOf(o, facts, finding),
    ...identityOf(o, facts),
    ...timesOf(o, facts),
    ...failureOf(o),
    ...appFaultOf(o),
  };
  if (finding.state === 'NeedsReauth') {
    const since = getCondition(status.conditions, 'ReauthRequired')?.lastTransitionTime;
    status.needsReauthSince =
      facts.record?.verdict === undefined ? (since ?? formatInstant(o.now)) : formatInstant(facts.record.verdict.at);
  }
  if (o.secret.state === 'Ours') status.secretName = secretNameOf(o.channel);
  else if (previous?.secretName !== undefined) status.secretName = previous.secretName;
  const handled = mootRefreshRequest(o) ?? o.handledRefreshRequest ?? previous?.lastHandledRefreshRequest;
  if (handled !== undefined) status.lastHandledRefreshRequest = handled;
  const page = reconnectURL(o);
  if (page !== undefined) status.reconnectURL = page;
  const device = deviceStatus(o);
  if (device !== undefined) status.device = device;
  const invitation = invitationOf(o);
  if (invitation !== undefined) status.invitation = invitation;
  const told = toldWith(previous?.notices, o.sentNotices ?? []);
  if (told !== undefined) status.notices = told;
  return status;
}

/** Reasons that go with a channel that works; with any other, Ready is False and names the cause. */
const FINE = new Set<Reason>([
  'Healthy',
  'LifetimeBelowFloor',
  'LifetimeChanged',
  'DeadlineNear',
  'Suspended',
  'OutcomeUnknown',
  'GrantRolledBack',
  // What ends by itself is told, but pods have a living token: an outage turns nothing red before it hurts.
  'PlatformUnavailable',
  'RateLimited',
  'RejectionsHeld',
  'VaultUnavailable',
  'KubernetesUnavailable',
  'Unexpected',
]);

function conditionsOf(o: Observation, facts: Facts, finding: Finding): Condition[] {
  const observedGeneration = o.channel.metadata.generation ?? 0;
  let conditions: Condition[] = [...(o.channel.status?.conditions ?? [])];
  const put = (type: ConditionType, status: ConditionStatus, reason: Reason, message: string) => {
    conditions = setCondition(conditions, { type, status, reason, message, observedGeneration }, o.now);
  };
  const isReady =
    (finding.state === 'Connected' || finding.state === 'Expiring') && facts.isTokenValid && FINE.has(finding.reason);
  const token = tokenCondition(o, facts);
  const [, tokenReason, tokenMessage] = token;
  if (isReady) put('Ready', 'True', finding.reason === 'Healthy' ? 'Connected' : finding.reason, finding.message);
  // Nothing is known to be wrong but the token itself: then that is the cause.
  else if (finding.reason === 'Healthy') put('Ready', 'False', tokenReason, tokenMessage);
  else put('Ready', 'False', finding.reason, finding.message);
  put('TokenValid', ...token);
  const needsReauth = finding.state === 'NeedsReauth';
  put(
    'ReauthRequired',
    needsReauth ? 'True' : 'False',
    needsReauth ? finding.reason : 'NotRequired',
    needsReauth ? finding.message : 'Nobody needs to reconnect.',
  );
  put('SecretProjected', ...secretCondition(o, facts));
  const isStalled = needsReauth || facts.blocker?.isStalled === true;
  put(
    'Stalled',
    isStalled ? 'True' : 'False',
    isStalled ? finding.reason : 'Progressing',
    isStalled ? finding.message : 'Nothing keeps the operator from its work.',
  );
  const restarted = rolloutCondition(o);
  if (restarted !== undefined) put('WorkloadsRestarted', ...restarted);
  return o.channel.spec.rollout === undefined
    ? conditions.filter(({ type }) => type !== 'WorkloadsRestarted')
    : conditions;
}

function tokenCondition(o: Observation, facts: Facts): [ConditionStatus, Reason, string] {
  const { record, accessEndsAt } = facts;
  if (record?.tokens.access === undefined) return ['False', 'NoAccessToken', 'There is no access token yet.'];
  const refusedAt = record.tokens.accessRefusedAt;
  if (refusedAt !== undefined) {
    return ['False', 'AccessTokenRefused', `The platform refused the access token at ${formatInstant(refusedAt)}.`];
  }
  if (isAccountWrong(o)) return ['False', 'WrongAccount', 'The token belongs to another account.'];
  if (!facts.isTokenValid && accessEndsAt !== undefined) {
    return ['False', 'AccessTokenExpired', `The access token ended at ${formatInstant(accessEndsAt)}.`];
  }
  return ['True', 'AccessTokenValid', 'The access token is alive as far as the platform has told.'];
}

function secretCondition(o: Observation, facts: Facts): [ConditionStatus, Reason, string] {
  const name = `${o.channel.metadata.namespace}/${secretNameOf(o.channel)}`;
  const failed = o.retries.Project;
  if (o.secret.state === 'Foreign') return ['False', 'Conflict', conflictMessage(o)];
  if (o.isSecretCurrent) return ['True', 'Projected', `Secret ${name} holds the access token.`];
  if (failed !== undefined) return ['False', failed.failure.reason, failed.failure.message];
  if (facts.record === undefined) return ['False', 'NoAccessToken', 'There is no access token yet.'];
  return ['False', 'Progressing', `Secret ${name} is not up to date yet.`];
}

function identityOf(o: Observation, facts: Facts): Partial<SocialChannelStatus> {
  const found: Partial<SocialChannelStatus> = {};
  const previous = o.channel.status;
  if (o.app.state === 'Ready') found.platform = o.app.platform.profile.name;
  else if (previous?.platform !== undefined) found.platform = previous.platform;
  const { record } = facts;
  // Never replaced by another account: it is the pin (spec.account.id, else the account first connected).
  const isPinnedOther =
    previous?.account !== undefined && record?.account !== undefined && previous.account.id !== record.account.id;
  if (record?.account !== undefined && !isPinnedOther && !isAccountWrong(o)) {
    const { id, handle } = record.account;
    found.account = { id, handle: handle ?? id };
    if (o.channel.spec.account?.kind !== undefined) found.account.kind = o.channel.spec.account.kind;
  } else if (previous?.account !== undefined) found.account = previous.account;
  if (record?.tokens.scopes !== undefined) found.grantedScopes = [...record.tokens.scopes];
  const stamp = newestStamp(record, previous);
  if (stamp?.epoch !== undefined) found.epoch = stamp.epoch;
  if (stamp?.generation !== undefined) found.generation = stamp.generation;
  return found;
}

/** Never back to an earlier grant than was shown: by this memory a restored backup is noticed. */
function newestStamp(record: Facts['record'], seen: Observation['channel']['status']) {
  if (record === undefined || seen?.generation === undefined) return record ?? seen;
  const { epoch = 0, generation } = seen;
  return isBefore(record, { epoch, generation }) ? seen : record;
}

function timesOf(o: Observation, facts: Facts): Partial<SocialChannelStatus> {
  const { record, deadline, accessEndsAt } = facts;
  const found: Partial<SocialChannelStatus> = {};
  if (record === undefined) return found;
  if (accessEndsAt !== undefined && record.tokens.access !== undefined)
    found.accessTokenExpiryTime = formatInstant(accessEndsAt);
  if (deadline !== undefined) {
    found.deadlineTime = formatInstant(deadline.at);
    found.deadlineReason = deadline.reason;
  }
  // Imported tokens of unknown age were obtained at no moment that could be told.
  if (record.tokens.obtainedAt > 0) found.lastRefreshTime = formatInstant(record.tokens.obtainedAt);
  if (o.channel.spec.refresh.policy === 'Suspended') return found;
  const refreshAt = refreshDueAt(o);
  if (refreshAt !== undefined) found.nextRefreshTime = formatInstant(Math.max(refreshAt, o.retries.Spend?.nextAt ?? 0));
  const nextCheckAt = checkDueAt(o);
  if (nextCheckAt !== undefined)
    found.nextCheckTime = formatInstant(Math.max(nextCheckAt, o.retries.Introspect?.nextAt ?? 0));
  if (o.lastCheckAt !== undefined) found.lastCheckTime = formatInstant(o.lastCheckAt);
  else if (o.channel.status?.lastCheckTime !== undefined) found.lastCheckTime = o.channel.status.lastCheckTime;
  return found;
}

/** A suspected rejection is shown at once: other replicas count suspicions. Transient failures from the third on. */
function failureOf(o: Observation): Partial<SocialChannelStatus> {
  const all = ofTheChannel(o.retries).filter(
    (retry) => retry.failure.family !== 'Transient' || retry.count >= SHOWN_FROM,
  );
  // A rejection first: the brake of every replica counts them.
  const isRejected = ({ failure }: Retry) => Number(failure.family === 'Rejected');
  const [worst] = all.sort((a, b) => isRejected(b) - isRejected(a) || b.count - a.count);
  if (worst === undefined) return {};
  const { failure, count, firstAt, lastAt, nextAt } = worst;
  return {
    failure: {
      family: failure.family,
      code: failure.reason,
      message: failure.message,
      count,
      firstTime: formatInstant(firstAt),
      lastTime: formatInstant(lastAt),
      nextAttemptTime: formatInstant(nextAt),
    },
  };
}

/** A restart forgets it; what was told stays told until the platform is asked again. */
function appFaultOf(o: Observation): Pick<SocialChannelStatus, 'appFault'> {
  const before = o.channel.status?.appFault;
  if (o.appFault === undefined) return before === undefined || o.lastCheckAt !== undefined ? {} : { appFault: before };
  const { failure, at } = o.appFault;
  // The same since an earlier process saw it.
  if (before?.code === failure.reason) return { appFault: before };
  return { appFault: { code: failure.reason, message: failure.message, time: formatInstant(at) } };
}

/** Whether the difference is worth a write: `lastCheckTime` and `nextCheckTime` alone are not. */
export function isSameStatus(a: object | undefined, b: object): boolean {
  return a !== undefined && isSameJSON(withoutCheckTimes(a), withoutCheckTimes(b));
}

function withoutCheckTimes(status: object): object {
  const { lastCheckTime: _last, nextCheckTime: _next, ...rest } = status as SocialChannelStatus;
  return rest;
}

/** As JSON they are the same: the order of fields tells nothing, and a field that is undefined is none. */
function isSameJSON(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const before = a as Readonly<Record<string, unknown>>;
  const after = b as Readonly<Record<string, unknown>>;
  const hasAll = Object.keys(before).every((key) => isSameJSON(before[key], after[key]));
  return hasAll && Object.keys(after).every((key) => after[key] === undefined || before[key] !== undefined);
}
