import type { Observation, Retry } from './observation.ts';

/** Failures before the third stay out of status: most end by themselves, and a status that flickers is not read. */
export const SHOWN_FROM = 3;

/**
 * What goes on with a new login, or a link, says nothing of the login that is there: the page and status.device tell it.
 * Restarts have a condition of their own.
 */
export function ofTheChannel({
  Consent: _consent,
  Invite: _invite,
  Rollout: _rollout,
  ...retries
}: Observation['retries']): readonly Retry[] {
  return Object.values(retries);
}
