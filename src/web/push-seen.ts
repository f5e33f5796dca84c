/** So many messages are remembered; an attacker cannot fill it, because only genuine ones are. */
const REMEMBERED = 10_000;

/** The messages that were passed on, the oldest forgotten first: a repetition does nothing. */
export class SeenMessages {
  // A Set keeps the order in which it was filled.
  readonly #ids = new Set<string>();

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  add(id: string): void {
    this.#ids.add(id);
    const [oldest] = this.#ids;
    if (this.#ids.size > REMEMBERED && oldest !== undefined) this.#ids.delete(oldest);
  }
}
