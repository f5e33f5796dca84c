/** How many are remembered: nobody may fill the memory by signing in and out. */
const mostRemembered = 10_000;

/**
 * Cookies of ours that were given up before their end, by the secret that each holds. Kept by this process alone: there
 * is no list that replicas share, so another replica, or the next process, opens a copy until its eight hours are over.
 */
export class EndedCookies {
  readonly #until = new Map<string, number>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** @param lifeMs after which such a cookie opens no more anyway */
  add(secret: string, lifeMs: number): void {
    const now = this.#now();
    // A Map keeps the order of insertion: what ended first goes first.
    for (const [ended, until] of this.#until) {
      if (until > now && this.#until.size < mostRemembered) break;
      this.#until.delete(ended);
    }
    this.#until.set(secret, now + lifeMs);
  }

  has(secret: string): boolean {
    return (this.#until.get(secret) ?? 0) > this.#now();
  }

  get size(): number {
    return this.#until.size;
  }
}
