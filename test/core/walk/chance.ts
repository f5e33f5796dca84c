/** Chance that can be drawn again from the same number (mulberry32): a seed is a whole run. */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = (Math.imul(seed + 1, 0x9e3779b1) ^ 0x5bd1e995) >>> 0;
  }

  /** Uniform in [0, 1). */
  unit(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
  between(low: number, high: number): number {
    return low + this.unit() * (high - low);
  }
  /** Between the two, and every order of magnitude as likely: short troubles and long ones. */
  spread(low: number, high: number): number {
    return low * (high / low) ** this.unit();
  }
  isTrue(probability: number): boolean {
    return this.unit() < probability;
  }
  one<T>(of: readonly T[]): T {
    return of[Math.floor(this.unit() * of.length)] as T;
  }
}
