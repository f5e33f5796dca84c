import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { PatientClock, Random } from './core/ports.ts';
import type { Logger } from './log.ts';

export const clock: PatientClock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: async (ms) => {
    await pause(ms);
  },
  isSettledWithin: async (work, ms) => {
    const timer = new AbortController();
    const ended = work.then(
      () => true,
      () => true,
    );
    try {
      return await Promise.race([ended, pause(ms, false, { signal: timer.signal }).catch(() => false)]);
    } finally {
      timer.abort();
    }
  },
};

export const random: Random = {
  unit: () => Math.random(),
  id: () => randomUUID(),
  secret: () => randomBytes(32).toString('base64url'),
};

/** Repeats a step of the start until it succeeds: a dependency that is away must not become a crash loop. */
export async function untilDone<T>(
  step: string,
  log: Logger,
  isStopped: () => boolean,
  run: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run();
    } catch (error) {
      if (isStopped()) throw error;
      if ((attempt & (attempt - 1)) === 0)
        log.warn({ step, attempt, err: error }, 'a step of the start failed; it is repeated');
      await pause(Math.min(500 * 2 ** Math.min(attempt, 5), 10_000));
    }
  }
}

/** Values that come from bugs must not be printed by Node, which would print whatever they hold. */
export function logExceptions(log: Logger): void {
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'a promise was rejected and nobody listened'));
  process.on('uncaughtException', (error) => {
    log.error({ err: error }, 'an exception reached the top; the process ends');
    process.exit(70);
  });
}
