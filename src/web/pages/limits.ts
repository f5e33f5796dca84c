/** So many at once, and refilled evenly over the period. */
export interface Rate {
  readonly count: number;
  readonly perMs: number;
}

interface Level {
  left: number;
  at: number;
}

/** How many keys are remembered: an attacker with many addresses must not fill the memory. */
const remembered = 10_000;

/** A token bucket for each key; the key that was quiet for longest is forgotten first. */
export class RateLimit {
  readonly #levels = new Map<string, Level>();
  readonly #rate: Rate;
  readonly #now: () => number;

  constructor(rate: Rate, now: () => number) {
    this.#rate = rate;
    this.#now = now;
  }

  /** Takes one; answers 0 where there was one, else the milliseconds until there is. */
  take(key: string): number {
    const { count, perMs } = this.#rate;
    const now = this.#now();
    const before = this.#levels.get(key) ?? { left: count, at: now };
    const left = Math.min(count, before.left + (Math.max(0, now - before.at) * count) / perMs);
    this.#levels.delete(key);
    const isTaken = left >= 1;
    this.#levels.set(key, { left: isTaken ? left - 1 : left, at: now });
    this.#forget();
    return isTaken ? 0 : Math.ceil(((1 - left) * perMs) / count);
  }

  get size(): number {
    return this.#levels.size;
  }

  #forget(): void {
    // A Map keeps the order of insertion, and every take inserts anew.
    for (const key of this.#levels.keys()) {
      if (this.#levels.size <= remembered) return;
      this.#levels.delete(key);
    }
  }
}
