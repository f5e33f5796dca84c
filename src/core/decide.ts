import { forgetFinalizer, secretNameOf } from '../api/names.ts';
import { type Action, type Rule, wait } from './action.ts';
import { adoptEscrow, adoptParked, dropEscrow } from './adoption.ts';
import {
  blockers,
  expectedAccountId,
  isAccountWrong,
  isAdoptionAdmitted,
  isForeignRecord,
  isRolledBack,
} from './blockers.ts';
import { heldAttempt, isHeld, isSilenced } from './brake.ts';
import {
  consentHint,
  consentMoment,
  deviceConsent,
  invitation,
  stagedConsent,
  unstagedConsent,
} from './consent-rules.ts';
import { isDerivationDue } from './derivation.ts';
import {
  checkDueAt,
  claimEndsAt,
  isClaimAlive,
  isSuspended,
  isWaiting,
  nextMoment,
  probeAt,
  refreshDueAt,
  usable,
} from './due.ts';
import { isEscrowMissed } from './escrow.ts';
import type { PresentGrant } from './grant.ts';
import { healingOf, verdictMoment } from './healing.ts';
import { leaving } from './leaving.ts';
import type { Attempt, Observation } from './observation.ts';
import { isOfTheAccount } from './rejections.ts';
import { restart, rolloutMoment } from './rollout.ts';
import { earliest, isAccountUnknown, isRenewable } from './schedule.ts';

export interface Decision {
  /** Name of the rule that fired. */
  readonly rule: string;
  readonly action: Action;
}

const finalizer: Rule = (o) => {
  if (isWaiting(o, 'Finalize')) return undefined;
  const has = (o.channel.metadata.finalizers ?? []).includes(forgetFinalizer);
  const wants = o.channel.spec.deletionPolicy !== 'Retain';
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

/** Which of several accounts is meant is asked before anything is sent for one. */
const accountNameless: Rule = (o) => {
  if (o.app.state !== 'Ready' || !o.app.platform.profile.isAccountNamed) return undefined;
  return expectedAccountId(o) === undefined ? wait(o.now + o.settings.reReadIntervalMs) : undefined;
};

/** Nothing is used up by it, but a claim that another replica holds would lose its commit. */
const derive: Rule = (o) => {
  if (isSuspended(o) || isResting(o, 'Derive') || isClaimAlive(o)) return undefined;
  const isOtherApp = o.channel.spec.grantFrom === undefined && blockers.appChanged(o) !== undefined;
  return !isOtherApp && isDerivationDue(o) ? { kind: 'Derive' } : undefined;
};

const noGrant: Rule = (o) => {
  if (o.grant.state === 'Present' || o.app.state !== 'Ready') return undefined;
  if (o.channel.spec.grantFrom !== undefined)
    return wait(o.retries.Derive?.nextAt ?? o.now + o.settings.reReadIntervalMs);
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

const rejected: Rule = (o) => {
  if (o.grant.state !== 'Present' || o.grant.record.verdict === undefined) return undefined;
  const healing = healingOf(o);
  if (healing !== undefined && o.now >= healing.at) {
    if (healing.kind === 'Recheck') return { kind: 'Recheck' };
    return isEscrowMissed(o) ? wait(nextMoment(o)) : { kind: 'Spend', mode: 'Heal' };
  }
  // What is wrong with the account is no reason to let its login end.
  return isOfTheAccount(o.grant.record.verdict.reason) ? undefined : wait(verdictMoment(o));
};

/** Nothing is sent, but the token's end is still to be told. */
const suspended: Rule = (o) => (isSuspended(o) ? wait(nextLook(o)) : undefined);

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
  if (isEscrowMissed(o)) return false;
  return o.fingerprint === undefined || !grant.record.rejected.includes(o.fingerprint);
}

/** A token that is spent by one use is not sent twice to confirm its rejection: what is waited for is whether many are rejected. */
const suspicion: Rule = (o) => {
  const retry = o.retries.Spend;
  if (o.suspicion === undefined || o.suspicion.fingerprint !== o.fingerprint) return undefined;
  // The platform's last word counts: whatever came after the rejection, a 503 or new tokens, makes it nobody's verdict.
  if (retry?.failure.family !== 'Rejected' || isWaiting(o, 'Spend') || isHeld(o, 'Spend')) return undefined;
  // It was kept waiting by a wave that is over: the platform is asked once more, because it may have meant nobody. A claim
  // that Vault would not release keeps it waiting too, and is no news.
  const claimEnd = o.grant.state === 'Present' ? claimEndsAt(o.grant, o.now) : undefined;
  const isStale = o.now > Math.max(retry.nextAt, claimEnd ?? 0) + o.settings.confirmPauseMs;
  return isStale ? undefined : { kind: 'Condemn' };
};

const unknownOutcome: Rule = (o) => {
  const at = probeAt(o);
  const ready = usable(o);
  if (at === undefined || ready === undefined || o.now < at || isResting(o, 'Spend')) return undefined;
  return isSpendable(o, ready.grant) ? { kind: 'Spend', mode: 'Probe' } : undefined;
};

const refresh: Rule = (o) => {
  const ready = usable(o);
  const dueAt = refreshDueAt(o);
  if (ready === undefined || dueAt === undefined || o.now < dueAt || isResting(o, 'Spend')) return undefined;
  if (!isSpendable(o, ready.grant)) return undefined;
  return ready.grant.record.kind === 'App' ? { kind: 'Reissue' } : { kind: 'Spend', mode: 'Refresh' };
};

/** Whether this attempt waits for its time, or for the end of a wave of rejections. */
function isResting(o: Observation, attempt: Attempt): boolean {
  return isWaiting(o, attempt) || isSilenced(o, attempt);
}

const introspect: Rule = (o) => {
  const dueAt = checkDueAt(o);
  if (dueAt === undefined || o.now < dueAt || isResting(o, 'Introspect')) return undefined;
  return { kind: 'Introspect' };
};

const rest: Rule = (o) => wait(nextLook(o));

function nextLook(o: Observation): number | undefined {
  // No watch tells how the wave goes.
  const waveAt = heldAttempt(o) === undefined ? undefined : o.now + o.settings.reReadIntervalMs;
  const moments = [nextMoment(o), verdictMoment(o), waveAt];
  return earliest(...moments.filter((at) => at !== undefined));
}

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
  ['restart', restart],
  ['consentHint', consentHint],
  ['invitation', invitation],
  ['appUnusable', appUnusable],
  ['accountNameless', accountNameless],
  ['stagedConsent', stagedConsent],
  ['unstagedConsent', unstagedConsent],
  ['deviceConsent', deviceConsent],
  ['importBootstrap', importBootstrap],
  ['derive', derive],
  ['noGrant', noGrant],
  ['adoptParked', adoptParked],
  ['adoptEscrow', adoptEscrow],
  ['dropEscrow', dropEscrow],
  ['appChanged', appChanged],
  ['wrongAccount', wrongAccount],
  ['account', account],
  ['rejected', rejected],
  ['suspended', suspended],
  ['claimed', claimed],
  ['rolledBack', rolledBack],
  ['suspicion', suspicion],
  ['unknownOutcome', unknownOutcome],
  ['refresh', refresh],
  ['introspect', introspect],
  ['rest', rest],
];

/** Whatever else is waited for, a consent, an invitation and a restart have moments of their own. */
function noLater(until: number | undefined, o: Observation): number | undefined {
  return earliest(until, consentMoment(o), rolloutMoment(o));
}

/** Pure: an observation to exactly one action. `table` is only for the test that removes rules. */
export function decide(o: Observation, table = rules): Decision {
  for (const [rule, answer] of table) {
    const action = answer(o);
    if (action !== undefined) return { rule, action: action.kind === 'Wait' ? wait(noLater(action.until, o)) : action };
  }
  return { rule: 'none', action: wait() };
}
