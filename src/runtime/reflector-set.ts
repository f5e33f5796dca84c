import type { ApiObject } from './list-watch.ts';
import type { ChangeListener, Reflector, ReflectorCounters } from './reflector.ts';

/** Longer than the silence that makes a reflector reconnect, with time for the new watch to bring its first bookmark. */
const STALE_AFTER_MS = 240_000;

/** Several reflectors that are looked at as one, such as one per watched namespace. Their keys must not overlap. */
export class ReflectorSet<T extends ApiObject, P> {
  readonly name: string;
  readonly #reflectors: readonly Reflector<T, P>[];

  constructor(name: string, reflectors: readonly Reflector<T, P>[]) {
    this.name = name;
    this.#reflectors = reflectors;
  }

  get size(): number {
    return this.#reflectors.reduce((sum, reflector) => sum + reflector.size, 0);
  }

  get(key: string): P | undefined {
    for (const reflector of this.#reflectors) {
      const value = reflector.get(key);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  *entries(): IterableIterator<[key: string, value: P]> {
    for (const reflector of this.#reflectors) yield* reflector.entries();
  }

  onChange(listener: ChangeListener<P>): void {
    for (const reflector of this.#reflectors) reflector.onChange(listener);
  }

  /** Resolves when every store is complete. */
  async start(): Promise<void> {
    for (const reflector of this.#reflectors) reflector.start();
    await Promise.all(this.#reflectors.map((reflector) => reflector.synced));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#reflectors.map((reflector) => reflector.stop()));
  }

  /** Why what the stores hold may be incomplete or old, a sentence per reflector; nothing when all is well. */
  notReady(): string | undefined {
    const objections = this.#reflectors.flatMap((reflector) => objection(reflector) ?? []);
    return objections.length === 0 ? undefined : objections.join(' ');
  }

  /** When the one that was silent longest was last heard of, epoch milliseconds; undefined before all were. */
  get lastContactAt(): number | undefined {
    const instants = this.#reflectors.map((reflector) => reflector.lastContactAt);
    return instants.includes(undefined) ? undefined : Math.min(...(instants as number[]));
  }

  /** The sum over all reflectors. */
  counters(): ReflectorCounters {
    const sum: ReflectorCounters = { lists: 0, watches: 0, failures: 0, expired: 0 };
    for (const { counters } of this.#reflectors) {
      sum.lists += counters.lists;
      sum.watches += counters.watches;
      sum.failures += counters.failures;
      sum.expired += counters.expired;
    }
    return sum;
  }
}

function objection<T extends ApiObject, P>(reflector: Reflector<T, P>): string | undefined {
  if (!reflector.isSynced) return `The first list of ${reflector.name} is not complete.`;
  const silentMs = Date.now() - (reflector.lastContactAt ?? 0);
  if (silentMs <= STALE_AFTER_MS) return undefined;
  return `Nothing was heard about ${reflector.name} for ${Math.round(silentMs / 1_000)} s.`;
}
