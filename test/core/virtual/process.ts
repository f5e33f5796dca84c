import { setImmediate } from 'node:timers/promises';
import type { Clock, PatientClock } from '../../../src/core/ports.ts';

/** Time that passes only when somebody waits. `skewMs` is what the pod's wall clock is off by. */
export class VirtualClock implements Clock {
  skewMs = 0;
  #at: number;

  constructor(startAt: number) {
    this.#at = startAt;
  }

  /** What Vault and the platform go by. */
  trueNow(): number {
    return this.#at;
  }
  now(): number {
    return this.#at + this.skewMs;
  }
  monotonic(): number {
    return this.#at;
  }
  async sleep(ms: number): Promise<void> {
    this.#at += ms;
  }
}

/** The clock as one process has it: whoever waits by it in a process that died never comes back. */
export function clockOf(clock: VirtualClock, isDead: () => boolean): PatientClock {
  const live = async () => {
    if (isDead()) await new Promise<never>(() => {});
  };
  const sleep = async (ms: number) => {
    await live();
    await clock.sleep(ms);
  };
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    sleep,
    // What ends without any time passing has ended; for all else the whole time passes.
    isSettledWithin: async (work, ms) => {
      const hasEnded = await endsAtOnce(work);
      await live();
      if (!hasEnded) await sleep(ms);
      return hasEnded;
    },
  };
}

async function endsAtOnce(work: Promise<unknown>): Promise<boolean> {
  let hasEnded = false;
  const end = () => {
    hasEnded = true;
  };
  work.then(end, end);
  await setImmediate();
  return hasEnded;
}

type Step =
  | 'claim'
  | 'spend'
  | 'commit'
  | 'escrow'
  | 'token'
  | 'secret'
  | 'status'
  | 'consume'
  | 'exchange'
  | 'stage'
  | 'promote'
  | 'restart';
/** A point of the protocol, before or after which a process may die. */
export type Moment = `${'before' | 'after'} ${Step}`;
/** Those that every refresh passes. */
export const moments: readonly Moment[] = (['claim', 'spend', 'commit', 'token', 'secret', 'status'] as const).flatMap(
  (step): Moment[] => [`before ${step}`, `after ${step}`],
);

/** The life of the process: whoever passes a moment at which it dies never comes back. */
export class Life {
  #isDeadly: ((moment: Moment) => boolean) | undefined;
  #die: () => void = () => {};
  readonly passed: Moment[] = [];
  isOver = false;
  death: Promise<'died'> = this.#next();

  /** From now on the process dies at the first moment that is deadly. */
  dieAt(isDeadly: (moment: Moment) => boolean): void {
    this.#isDeadly = isDeadly;
  }

  async pass(moment: Moment): Promise<void> {
    this.passed.push(moment);
    if (this.#isDeadly?.(moment) !== true) return;
    this.isOver = true;
    this.#die();
    await new Promise<never>(() => {});
  }

  /** Around one call of the world. */
  async around<T>(step: Step, call: () => T): Promise<T> {
    await this.pass(`before ${step}`);
    const result = await call();
    await this.pass(`after ${step}`);
    return result;
  }

  startAgain(): void {
    this.#isDeadly = undefined;
    this.isOver = false;
    this.death = this.#next();
  }

  #next(): Promise<'died'> {
    return new Promise((resolve) => {
      this.#die = () => resolve('died');
    });
  }
}
