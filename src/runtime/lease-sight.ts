import type { LeaseRecord } from '../core/lease.ts';

interface Seen {
  readonly version: string;
  /** When this version was seen first, by our own monotonic clock. */
  readonly since: number;
}

/**
 * When this process saw a Lease change last. That is all that tells a living holder from a dead one: the times that are
 * written into a Lease are those of another machine's clock.
 */
export class LeaseSight {
  readonly #seen = new Map<string, Seen>();

  /** @param at when the list had arrived: later than every write in it, so that nobody is called dead too early */
  observe(records: readonly LeaseRecord[], at: number): void {
    const names = new Set(records.map(({ name }) => name));
    for (const name of this.#seen.keys()) if (!names.has(name)) this.#seen.delete(name);
    for (const { name, version } of records) {
      if (this.#seen.get(name)?.version !== version) this.#seen.set(name, { version, since: at });
    }
  }

  /** Whether its holder may still act on it. One that was never seen before may. */
  isLive(record: LeaseRecord, now: number): boolean {
    return record.holder !== undefined && now < this.#endsAt(record, now);
  }

  /** When the next of these would be taken for abandoned, if nobody renews it. */
  nextEndAt(records: readonly LeaseRecord[], now: number): number | undefined {
    const ends = records.filter(({ holder }) => holder !== undefined).map((record) => this.#endsAt(record, now));
    const coming = ends.filter((at) => at > now);
    return coming.length === 0 ? undefined : Math.min(...coming);
  }

  #endsAt({ name, version, durationMs }: LeaseRecord, now: number): number {
    const seen = this.#seen.get(name);
    return (seen?.version === version ? seen.since : now) + durationMs;
  }
}
