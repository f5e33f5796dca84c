import { annotations, forgetFinalizer, secretNameOf } from '../api/names.ts';
import type { SocialChannel } from '../api/resources.gen.ts';
import { blockers, isAccountWrong, isAdoptionAdmitted, isForeignRecord, isRolledBack } from './blockers.ts';
import { checkDueAt, claimEndsAt, isClaimAlive, isWaiting, nextMoment, probeAt, refreshDueAt, usable } from './due.ts';
import type { ParkedAnswer, PresentGrant } from './grant.ts';
import type { Observation } from './observation.ts';
import { isAccountUnknown, isRenewable } from './schedule.ts';

/** One effect, with the reason why. `Wait` does nothing until `until` (or until something changes). */
export type Action =
  | { readonly kind: 'Wait'; readonly until: number | undefined }
  | { readonly kind: 'AddFinalizer' }
  | { readonly kind: 'RemoveFinalizer' }
  | { readonly kind: 'Forget' }
  | { readonly kind: 'RemoveSecret'; readonly name: string }
  | { readonly kind: 'AdoptIdentity' }
  | { readonly kind: 'Import' }
  | { readonly kind: 'AdoptParked'; readonly parked: ParkedAnswer }
  | { readonly kind: 'DropParked'; readonly claimIds: readonly string[] }
  | { readonly kind: 'ClaimAccount' }
  /** Marks an outcome that nobody saw, before anything is sent again. */
  | { readonly kind: 'MarkUnknown' }
  /** `Probe`: the outcome of an earlier spend is unknown, and this one finds out. `Heal`: the verdict may be wrong. */
  | { readonly kind: 'Spend'; readonly mode: 'Refresh' | 'Probe' | 'Heal' }
  /** Client credentials: nothing is used up. */
  | { readonly kind: 'Reissue' }
  | { readonly kind: 'Introspect' }
  | { readonly kind: 'Project' };

export interface Decision {
  /** Name of the rule that fired. */
  readonly rule: string;
  readonly action: Action;
}

type Rule = (o: Observation) => Action | undefined;

const wait = (until?: number): Action => ({ kind: 'Wait', until });

const leaving: Rule = (o) => {
  const { metadata } = o.channel;
  if (metadata.deletionTimestamp === undefined) return undefined;
  if (!(metadata.finalizers ?? []).includes(forgetFinalizer)) return wait();
  if (isWaiting(o, 'Finalize')) return wait(o.retries.Finalize?.nextAt);
  if (o.grant.state === 'Forgotten' || (o.grant.state === 'Absent' && o.grant.version === 0))
    return { kind: 'RemoveFinalizer' };
  // Another cluster's or team's grant is not ours to destroy.
  if (isForeignRecord(o)) return { kind: 'RemoveFinalizer' };
  // A spend in flight would otherwise commit into a record that is gone.
  if (o.grant.state === 'Present' && isClaimAlive(o)) return wait(claimEndsAt(o.grant, o.now));
  return { kind: 'Forget' };
};

/** A person gave up what Forget could not do: this must work without Vault, so it is asked before anything is observed. */
export function isAbandoned({ metadata }: SocialChannel): boolean {
  const isHeld = (metadata.finalizers ?? []).includes(forgetFinalizer);
  return (
    isHeld && metadata.deletionTimestamp !== undefined && metadata.annotations?.[annotations.abandon] !== undefined
  );
}

const finalizer: Rule = (o) => {
  if (isWaiting(o, 'Finalize')) return undefined;
  const has = (o.channel.metadata.finalizers ?? []).includes(forgetFinalizer);
  const wants = o.channel.spec.deletionPolicy === 'Forget';
  if (wants && !has) return { kind: 'AddFinalizer' };
  return has && !wants ? { kind: 'RemoveFinalizer' } : undefined;
};

const retiredSecret: Rule = (o) => {
  const previous = o.channel.status?.secretName;
  if (previous === undefined || previous === secretNameOf(o.channel) || isWaiting(o, 'Project')) return undefined;
  // Only once the new one is there: pods must find a token under one of the two names.
  return o.isSecretCurrent ? { kind: 'RemoveSecret', name: previous } : undefined;
};

const adopt: Rule = (o) => {
  if (!isForeignRecord(o)) return undefined;
  if (isWaiting(o, 'Import')) return wait(o.retries.Import?.nextAt);
  return isAdoptionAdmitted(o) ? { kind: 'AdoptIdentity' } : wait(o.now + o.settings.reReadIntervalMs);
};

const grantMissing: Rule = (o) =>
  blockers.grantMissing(o) === undefined ? undefined : wait(o.now + o.settings.reReadIntervalMs);

/** A verified token of this very grant goes to the pods, whatever else is wrong: a living token is worth more than order. */
const project: Rule = (o) => {
  if (o.grant.state !== 'Present' || isWaiting(o, 'Project') || o.namespace.isTerminating) return undefined;
  const { record } = o.grant;
  if (record.tokens.access === undefined || isRolledBack(o, o.grant) || isProjectionWithheld(o)) return undefined;
  const isSecretDone = o.isSecretCurrent || o.secret.state === 'Foreign';
  return isSecretDone && o.isVaultTokenCurrent ? undefined : { kind: 'Project' };
};

/** A token that may belong to somebody else's account is not shown to pods. */
function isProjectionWithheld(o: Observation): boolean {
  if (o.grant.state !== 'Present') return true;
  const { record } = o.grant;
  if (blockers.duplicateAccount(o) !== undefined) return true;
  if (isAccountWrong(o)) return true;
  return o.app.state === 'Ready' && isAccountUnknown(o.app.platform.profile, record);
}

const importBootstrap: Rule = (o) => {
  if (o.bootstrap.state !== 'Ready' || o.app.state !== 'Ready' || isWaiting(o, 'Import')) return undefined;
  return isConsumed(o, o.bootstrap.fingerprint) ? undefined : { kind: 'Import' };
};

/** A bootstrap is imported once; applying it again by GitOps changes nothing (design section 5, Forgetting). */
export function isConsumed(o: Observation, fingerprint: string): boolean {
  switch (o.grant.state) {
    case 'Absent':
      return false;
    case 'Forgotten':
      return o.grant.tombstone.consumedBootstraps.includes(fingerprint);
    case 'Present':
      return o.grant.record.consumedBootstraps.includes(fingerprint);
  }
}

const appUnusable: Rule = (o) => (o.app.state === 'Ready' ? undefined : wait(o.now + o.settings.reReadIntervalMs));

/** An answer that lost its commit is the newest token where nothing newer was stored since. */
const adoptParked: Rule = (o) => {
  if (o.grant.state !== 'Present' || o.parked.length === 0 || isWaiting(o, 'Spend')) return undefined;
  const { record } = o.grant;
  const heir = o.parked.find(
    (parked) => parked.answer !== undefined && parked.epoch === record.epoch && parked.fingerprint === o.fingerprint,
  );
  if (heir !== undefined) return { kind: 'AdoptParked', parked: heir };
  const superseded = o.parked.filter((parked) => parked.epoch < record.epoch || parked.generation < record.generation);
  return superseded.length === 0
    ? undefined
    : { kind: 'DropParked', claimIds: superseded.map((parked) => parked.claimId) };
};

const noGrant: Rule = (o) => {
  if (o.grant.state === 'Present' || o.app.state !== 'Ready') return undefined;
  if (o.channel.spec.grantType !== 'App')
    return wait(isWaiting(o, 'Import') ? o.retries.Import?.nextAt : o.now + o.settings.reReadIntervalMs);
  if (isSuspended(o)) return wait();
  return isWaiting(o, 'Spend') ? wait(o.retries.Spend?.nextAt) : { kind: 'Reissue' };
};

const appChanged: Rule = (o) => {
  if (blockers.appChanged(o) === undefined) return undefined;
  // An App grant is nobody's consent: the new client simply asks for its own.
  const isOwnToken = o.grant.state === 'Present' && o.grant.record.kind === 'App';
  if (isOwnToken && !isSuspended(o) && !isWaiting(o, 'Spend')) return { kind: 'Reissue' };
  return wait(o.now + o.settings.reReadIntervalMs);
};

const account: Rule = (o) => {
  if (o.grant.state !== 'Present' || o.grant.record.account === undefined || o.grant.record.kind === 'App')
    return undefined;
  if (blockers.duplicateAccount(o) !== undefined) return wait(o.now + o.settings.reReadIntervalMs);
  const isOurs =
    o.accountOwner?.namespace === o.channel.metadata.namespace && o.accountOwner?.name === o.channel.metadata.name;
  return isOurs || isWaiting(o, 'Account') ? undefined : { kind: 'ClaimAccount' };
};

/** Another account's grant is neither renewed nor asked about; a corrected spec or a new consent ends this at once. */
const wrongAccount: Rule = (o) => (isAccountWrong(o) ? wait(o.now + o.settings.reReadIntervalMs) : undefined);

/** 1 h, 6 h and 24 h after a verdict: only where sending the token again is harmless. */
const HEALING_PROBES_MS = [3_600_000, 6 * 3_600_000, 24 * 3_600_000] as const;
const HEALABLE = new Set<string>([
  'AccessRevoked',
  'RefreshTokenExpired',
  'PasswordChanged',
  'ExpiredUnused',
  'TestingModeExpired',
]);

const rejected: Rule = (o) => {
  if (o.grant.state !== 'Present' || o.grant.record.verdict === undefined) return undefined;
  const { verdict } = o.grant.record;
  const reReadAt = o.now + o.settings.reReadIntervalMs;
  const afterMs = HEALING_PROBES_MS[verdict.probes];
  const ready = usable(o);
  const isHarmless =
    ready !== undefined && ready.app.platform.profile.oldToken === 'Lives' && HEALABLE.has(verdict.reason);
  if (!isHarmless || afterMs === undefined || isSuspended(o) || isClaimAlive(o)) return wait(reReadAt);
  const { record } = ready.grant;
  if (record.kind === 'App' || !isRenewable(record, ready.app.platform.profile)) return wait(reReadAt);
  const healAt = Math.max(verdict.at + afterMs, o.retries.Spend?.nextAt ?? 0);
  return o.now >= healAt ? { kind: 'Spend', mode: 'Heal' } : wait(Math.min(reReadAt, healAt));
};

function isSuspended(o: Observation): boolean {
  return o.channel.spec.refresh?.policy === 'Suspended';
}

/** Nothing is sent, but the token's end is still to be told. */
const suspended: Rule = (o) => (isSuspended(o) ? wait(nextMoment(o)) : undefined);

const claimed: Rule = (o) =>
  o.grant.state === 'Present' && isClaimAlive(o) ? wait(claimEndsAt(o.grant, o.now)) : undefined;

/** A restored backup: the token in it may have been spent already, by ourselves. */
const rolledBack: Rule = (o) => {
  const ready = usable(o);
  if (ready === undefined || !isRolledBack(o, ready.grant) || isWaiting(o, 'Spend')) return undefined;
  const { record } = ready.grant;
  const { profile } = ready.app.platform;
  if (record.unknown !== undefined || record.kind === 'App' || !isRenewable(record, profile)) return undefined;
  return profile.oldToken === 'Lives' ? undefined : { kind: 'MarkUnknown' };
};

/** Whether the present refresh token may be sent without a verdict to heal. */
function isSpendable(o: Observation, grant: PresentGrant): boolean {
  return o.fingerprint === undefined || !grant.record.rejected.includes(o.fingerprint);
}

const unknownOutcome: Rule = (o) => {
  const at = probeAt(o);
  const ready = usable(o);
  if (at === undefined || ready === undefined || o.now < at || isWaiting(o, 'Spend')) return undefined;
  return isSpendable(o, ready.grant) ? { kind: 'Spend', mode: 'Probe' } : undefined;
};

const refresh: Rule = (o) => {
  const ready = usable(o);
  const dueAt = refreshDueAt(o);
  if (ready === undefined || dueAt === undefined || o.now < dueAt || isWaiting(o, 'Spend')) return undefined;
  if (!isSpendable(o, ready.grant)) return undefined;
  return ready.grant.record.kind === 'App' ? { kind: 'Reissue' } : { kind: 'Spend', mode: 'Refresh' };
};

const introspect: Rule = (o) => {
  const dueAt = checkDueAt(o);
  if (dueAt === undefined || o.now < dueAt || isWaiting(o, 'Introspect')) return undefined;
  return { kind: 'Introspect' };
};

const rest: Rule = (o) => wait(nextMoment(o));

/**
 * The ordered rules: the first that answers decides. What stands earlier is more urgent or safer; each has a row that
 * fires it, one that just misses it, and one where an earlier rule wins (test/core/decide.test.ts).
 */
export const rules: readonly (readonly [name: string, rule: Rule])[] = [
  ['leaving', leaving],
  ['finalizer', finalizer],
  ['adopt', adopt],
  ['grantMissing', grantMissing],
  ['project', project],
  ['retiredSecret', retiredSecret],
  ['appUnusable', appUnusable],
  ['importBootstrap', importBootstrap],
  ['noGrant', noGrant],
  ['adoptParked', adoptParked],
  ['appChanged', appChanged],
  ['wrongAccount', wrongAccount],
  ['account', account],
  ['rejected', rejected],
  ['suspended', suspended],
  ['claimed', claimed],
  ['rolledBack', rolledBack],
  ['unknownOutcome', unknownOutcome],
  ['refresh', refresh],
  ['introspect', introspect],
  ['rest', rest],
];

/** Pure: an observation to exactly one action. `table` is only for the test that removes rules. */
export function decide(o: Observation, table = rules): Decision {
  for (const [rule, answer] of table) {
    const action = answer(o);
    if (action !== undefined) return { rule, action };
  }
  return { rule: 'none', action: wait() };
}
