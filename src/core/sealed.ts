/**
 * A secret that refuses to be printed or serialised: logs, JSON, template strings and `util.inspect` show `[sealed]`.
 * The only way to the value is `reveal()`, so every place that handles a secret in the clear can be found by that word.
 */
export class Sealed {
  readonly #value: string;

  private constructor(value: string) {
    this.#value = value;
  }

  static of(value: string): Sealed {
    return new Sealed(value);
  }

  /** The secret in the clear: only for the body of a request to the platform, to Vault, or for the projected Secret. */
  reveal(): string {
    return this.#value;
  }

  /** Compares two secrets without printing either. */
  equals(other: Sealed | undefined): boolean {
    return other !== undefined && other.#value === this.#value;
  }

  toString(): string {
    return '[sealed]';
  }

  toJSON(): string {
    return '[sealed]';
  }

  [Symbol.toPrimitive](): string {
    return '[sealed]';
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[sealed]';
  }
}
