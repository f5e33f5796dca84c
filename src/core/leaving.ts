import { annotations, forgetFinalizer } from '../api/names.ts';
import type { SocialChannel } from '../api/resources.gen.ts';
import { type Rule, wait } from './action.ts';
import { isForeignRecord } from './blockers.ts';
import { claimEndsAt, isClaimAlive, isWaiting } from './due.ts';
import type { Observation } from './observation.ts';

/** So long a deletion waits for a platform that does not answer: a namespace can always be deleted. */
export const revokePatienceMs = 60_000;

/** What is left to do before a channel that is deleted may go. */
export const leaving: Rule = (o) => {
  const { metadata } = o.channel;
  if (metadata.deletionTimestamp === undefined) return undefined;
  if (!(metadata.finalizers ?? []).includes(forgetFinalizer)) return wait();
  const retryAt = finalizeAt(o);
  if (o.now < retryAt) return wait(retryAt);
  if (o.grant.state === 'Forgotten' || (o.grant.state === 'Absent' && o.grant.version === 0))
    return { kind: 'RemoveFinalizer' };
  // Another cluster's or team's grant is not ours to destroy.
  if (isForeignRecord(o)) return { kind: 'RemoveFinalizer' };
  // A spend in flight would otherwise commit into a record that is gone.
  if (o.grant.state === 'Present' && isClaimAlive(o)) return wait(claimEndsAt(o.grant, o.now));
  return { kind: 'Forget' };
};

/** When a deletion that failed goes on: by the schedule, and at the end of the patience, when no platform is waited for. */
function finalizeAt(o: Observation): number {
  const retry = o.retries.Finalize;
  if (retry === undefined || !isWaiting(o, 'Finalize')) return 0;
  const patienceEndsAt = retry.firstAt + revokePatienceMs;
  return retry.lastAt < patienceEndsAt ? Math.min(retry.nextAt, patienceEndsAt) : retry.nextAt;
}

/** A person gave up what Forget could not do: this must work without Vault, so it is asked before anything is observed. */
export function isAbandoned({ metadata }: SocialChannel): boolean {
  const isHeld = (metadata.finalizers ?? []).includes(forgetFinalizer);
  return (
    isHeld && metadata.deletionTimestamp !== undefined && metadata.annotations?.[annotations.abandon] !== undefined
  );
}
