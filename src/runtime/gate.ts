import { afterFailure, type Breaker, closedBreaker, heldMs, letThrough } from '../core/breaker.ts';
import type { Random } from './backoff.ts';

/** Nobody waits for longer than twice this for being woken. */
const HELD_MS = 600_000;
/** So soon another key is sent to probe where the one before it did not ask. */
const NEXT_PROBER_MS = 5_000;

export interface GateOptions<D extends string> {
  /** What every key needs. */
  readonly dependencies: readonly D[];
  /** Milliseconds that never jump back. */
  readonly now: () => number;
  readonly random: Random;
  /** Lets these keys run; called with one to probe, and with all of them when everything answers again. */
  readonly wake: (keys: readonly string[]) => void;
}

/**
 * Keeps keys from running while something that all of them need does not answer: they wait here without a request, one
 * of them probes, and when it is answered all are woken, as many at a time as there are workers.
 */
export class Gate<D extends string> {
  readonly #options: GateOptions<D>;
  readonly #breakers: Map<D, Breaker>;
  readonly #held = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: GateOptions<D>) {
    this.#options = options;
    this.#breakers = new Map(options.dependencies.map((name) => [name, closedBreaker]));
  }

  /** How many keys wait because of each dependency; 0 for one that answers. */
  *waiting(): Iterable<{ readonly dependency: D; readonly count: number }> {
    for (const [dependency, { probeAt }] of this.#breakers)
      yield { dependency, count: probeAt === undefined ? 0 : this.#held.size };
  }

  /** Undefined: the key may run. Else it waits to be woken, for so many milliseconds at most. */
  hold(key: string): number | undefined {
    const now = this.#options.now();
    if (this.#heldMs(now) === 0) {
      for (const [name, breaker] of this.#breakers) this.#breakers.set(name, letThrough(breaker, now));
      this.#held.delete(key);
      return undefined;
    }
    this.#held.add(key);
    this.#arm();
    return HELD_MS * (1 + this.#options.random());
  }

  /** Told of every request to a dependency. */
  report(dependency: D, isAnswered: boolean): void {
    const { now, random, wake } = this.#options;
    const breaker = this.#breakers.get(dependency) ?? closedBreaker;
    this.#breakers.set(dependency, isAnswered ? closedBreaker : afterFailure(breaker, now(), random()));
    if (!isAnswered || this.#held.size === 0 || this.#isOpen()) return;
    const keys = [...this.#held];
    this.#held.clear();
    wake(keys);
  }

  /** Leaves no timer. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #isOpen(): boolean {
    return [...this.#breakers.values()].some(({ probeAt }) => probeAt !== undefined);
  }

  #heldMs(now: number): number {
    return Math.max(0, ...[...this.#breakers.values()].map((breaker) => heldMs(breaker, now)));
  }

  #arm(): void {
    this.#timer ??= setTimeout(() => this.#probe(), Math.max(this.#heldMs(this.#options.now()), 1));
  }

  #probe(): void {
    this.#timer = undefined;
    const [key] = this.#held;
    if (key === undefined) return;
    if (this.#heldMs(this.#options.now()) > 0) {
      this.#arm();
      return;
    }
    this.#held.delete(key);
    this.#options.wake([key]);
    this.#timer = setTimeout(() => this.#probe(), NEXT_PROBER_MS);
  }
}
