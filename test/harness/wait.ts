export interface WaitOptions {
  readonly timeoutMs?: number;
  readonly everyMs?: number;
  /** What is waited for, as it should stand in the failure: "the Secret to be back". */
  readonly what: string;
  /** A probe that throws one of these is not asked again: waiting longer cannot help. */
  readonly giveUpOn?: new (
    message: string,
  ) => Error;
}

/**
 * Calls `probe` until it answers something other than undefined or false, and returns that.
 *
 * @throws when `timeoutMs` (default 15 s) have passed, with the last error that the probe threw.
 */
export async function waitFor<T>(
  probe: () => Promise<T | undefined | false> | T | undefined | false,
  { timeoutMs = 15_000, everyMs = 100, what, giveUpOn }: WaitOptions,
): Promise<T> {
  const startedAt = Date.now();
  let lastError: unknown;
  for (;;) {
    try {
      const result = await probe();
      if (result !== undefined && result !== false) return result;
      lastError = undefined;
    } catch (error) {
      if (giveUpOn !== undefined && error instanceof giveUpOn) throw error;
      lastError = error;
    }
    if (Date.now() - startedAt > timeoutMs) {
      const why = lastError === undefined ? '' : `; the last look failed: ${String(lastError)}`;
      throw new Error(`Waited ${timeoutMs} ms for ${what}${why}`, { cause: lastError });
    }
    await sleep(everyMs);
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
