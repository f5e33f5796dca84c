import type { Clock } from '../../../src/core/ports.ts';

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

/** A point of the protocol, before or after which a process may die. */
export type Moment = `${'before' | 'after'} ${'claim' | 'spend' | 'commit' | 'token' | 'secret' | 'status'}`;
export const moments: readonly Moment[] = (['claim', 'spend', 'commit', 'token', 'secret', 'status'] as const).flatMap(
  (step): Moment[] => [`before ${step}`, `after ${step}`],
);

/** The life of the process: whoever passes a moment at which it dies never comes back. */
export class Life {
  #isDeadly: ((moment: Moment) => boolean) | undefined;
  #die: () => void = () => {};
  readonly passed: Moment[] = [];
  death: Promise<'died'> = this.#next();

  /** From now on the process dies at the first moment that is deadly. */
  dieAt(isDeadly: (moment: Moment) => boolean): void {
    this.#isDeadly = isDeadly;
  }

  async pass(moment: Moment): Promise<void> {
    this.passed.push(moment);
    if (this.#isDeadly?.(moment) !== true) return;
    this.#die();
    await new Promise<never>(() => {});
  }

  /** Around one call of the world. */
  async around<T>(step: 'claim' | 'spend' | 'commit' | 'token' | 'secret' | 'status', call: () => T): Promise<T> {
    await this.pass(`before ${step}`);
    const result = await call();
    await this.pass(`after ${step}`);
    return result;
  }

  startAgain(): void {
    this.#isDeadly = undefined;
    this.death = this.#next();
  }

  #next(): Promise<'died'> {
    return new Promise((resolve) => {
      this.#die = () => resolve('died');
    });
  }
}
