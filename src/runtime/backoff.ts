/** A source of numbers in [0, 1), as `Math.random`. Injected so that tests can decide the jitter. */
export type Random = () => number;

/** How long to wait between attempts: the ceiling doubles from `baseMs` with every attempt until it reaches `capMs`. */
export interface BackoffLimits {
  readonly baseMs: number;
  readonly capMs: number;
}

/**
 * Full jitter: a wait drawn evenly from zero to the ceiling of this attempt, so that many clients that failed together
 * do not come back together.
 *
 * @param attempt number of failures so far, 1 for the first; lower values wait nothing
 * @returns milliseconds, never above `capMs`
 */
export function fullJitterMs(attempt: number, limits: BackoffLimits, random: Random): number {
  if (attempt < 1) return 0;
  // 2 ** 1024 is Infinity; the cap below makes the exponent's size harmless.
  const ceilingMs = Math.min(limits.capMs, limits.baseMs * 2 ** (attempt - 1));
  return Math.floor(random() * ceilingMs);
}

/**
 * Waits, unless the signal ends the wait first. Never rejects: the caller looks at the signal.
 *
 * @param waitMs milliseconds
 */
export function pause(waitMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, waitMs);
    signal.addEventListener('abort', done, { once: true });
  });
}
