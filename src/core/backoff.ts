import type { Failure } from './failure.ts';

/**
 * Delays before the next attempt, by how many failed in a row. Short at first, because most faults of networks and
 * restarts end within seconds; a quarter of an hour at most, because a platform's outage must not outlast its end by long.
 */
const TRANSIENT_MS = [1_000, 2_000, 5_000, 10_000, 20_000, 40_000, 60_000, 120_000, 300_000, 600_000, 900_000] as const;

/** A setting was wrong: it wakes on change, so this is only for what no watch brings (a Vault policy, a role). */
const MISCONFIGURED_MS = [5_000, 15_000, 30_000, 60_000, 120_000, 300_000] as const;

/** Not understood: patient from the start, so that a bug does not become a load. */
const UNEXPECTED_MS = [5_000, 15_000, 60_000, 120_000, 300_000, 600_000, 900_000] as const;

/** What of a failure decides how long to wait. */
type Cause = Pick<Failure, 'family' | 'retryAfterMs'>;

/**
 * Milliseconds until the next attempt. Full jitter over the upper half of the step: `unit` is uniform in [0, 1).
 * What the other side asked for (Retry-After) is never undercut.
 */
export function backoffMs(failure: Cause, count: number, unit: number): number {
  const steps = scheduleOf(failure);
  const step = steps[Math.min(Math.max(count, 1), steps.length) - 1] ?? 0;
  const jittered = step / 2 + (step / 2) * unit;
  return Math.max(jittered, failure.retryAfterMs ?? 0);
}

function scheduleOf(failure: Cause): readonly number[] {
  switch (failure.family) {
    case 'Transient':
    case 'Rejected':
      return TRANSIENT_MS;
    case 'Misconfigured':
      return MISCONFIGURED_MS;
    case 'Unexpected':
      return UNEXPECTED_MS;
  }
}
