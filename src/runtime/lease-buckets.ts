import type { LeaseApi, LeaseRecord } from '../core/lease.ts';
import type { Clock } from '../core/ports.ts';
import type { Random } from './backoff.ts';
import { type Bucket, isKept, leasesOf } from './bucket.ts';
import { bucketOf, type Ownership, type Share } from './buckets.ts';
import { type Census, censusOf, OtherDivision } from './census.ts';
import { pick, quotaOf, type Standing } from './fair-share.ts';
import { type HeldLease, isOvertaken } from './held-lease.ts';
import { LeaseSight } from './lease-sight.ts';

/** What happened to buckets of this process. `Lost`: they could not be renewed in time, or somebody else has them. */
export interface BucketNews {
  readonly did: 'Acquired' | 'GivenUp' | 'Lost';
  readonly buckets: readonly number[];
  readonly owned: number;
  readonly replicas: number;
}

export interface LeaseBucketsOptions {
  readonly api: LeaseApi;
  /** Who we are: unique per start of a process. */
  readonly holder: string;
  /** Names of Leases begin with it. */
  readonly prefix: string;
  readonly buckets: number;
  readonly durationMs: number;
  readonly renewMs: number;
  readonly clock: Pick<Clock, 'monotonic' | 'sleep'>;
  readonly random: Random;
  /** Told of every change; it must not throw. */
  readonly onNews: (news: BucketNews) => void;
  /** Told of what went wrong, with how often in a row; it must not throw. */
  readonly onTrouble: (trouble: unknown, attempt: number) => void;
}

/**
 * Ownership shared by replicas: all keys in a fixed number of buckets, each bucket a Lease, and a Lease of its own by which
 * each replica says that it is there. Whoever is there holds an even share.
 *
 * Two rules make that two never own one key at the same time, whatever their clocks say. A holder counts from the moment
 * before its request left, and only a part of the duration. Everybody else counts from the moment at which they saw the
 * Lease change last, the whole duration, and then writes over exactly what they saw.
 */
export class LeaseBuckets implements Ownership {
  readonly name = 'leases';
  readonly #options: LeaseBucketsOptions;
  readonly #member: HeldLease;
  readonly #buckets: readonly Bucket[];
  readonly #sight = new LeaseSight();
  readonly #acquired: ((share: Share) => void)[] = [];
  readonly #lost: ((share: Share) => Promise<void>)[] = [];
  #standing: Standing = { rank: 0, members: 1 };
  #lookedAt: number | undefined;
  #troubles = 0;
  #looking: Promise<unknown> = Promise.resolve();
  #phase: 'New' | 'Running' | 'Stopping' | 'Stopped' = 'New';

  constructor(options: LeaseBucketsOptions) {
    this.#options = options;
    const { member, buckets } = leasesOf(options.prefix, { ...options, monotonic: options.clock.monotonic });
    this.#member = member;
    this.#buckets = buckets;
  }

  owns(key: string, forMs: number): boolean {
    const bucket = this.#bucketOf(key);
    return bucket.phase === 'Ours' && bucket.lease.isHeld(forMs);
  }

  /** Whether some replica, this one or another, is seen to hold the key. Where none is, nobody works on it. */
  isHeldByAnyone(key: string): boolean {
    const { phase, lease } = this.#bucketOf(key);
    const isOurs = phase === 'Ours' && lease.isHeld();
    return isOurs || (lease.record?.holder !== this.#options.holder && !this.#isFree(lease.record));
  }

  /** How many buckets this process holds at this moment. */
  owned(): number {
    return this.#buckets.filter(({ phase, lease }) => phase === 'Ours' && lease.isHeld()).length;
  }

  /** How many replicas are there, this one included, as far as was seen last. */
  replicas(): number {
    return this.#standing.members;
  }

  notReady(): string | undefined {
    const { durationMs, clock } = this.#options;
    const isFresh = this.#lookedAt !== undefined && clock.monotonic() - this.#lookedAt < durationMs;
    return isFresh ? undefined : 'The Leases cannot be read or written: nothing is refreshed by this replica.';
  }

  onAcquire(listener: (share: Share) => void): void {
    this.#acquired.push(listener);
  }

  onLose(listener: (share: Share) => Promise<void>): void {
    this.#lost.push(listener);
  }

  /**
   * Looks at the Leases for the first time, so that the end of those of a predecessor is not waited for once more after
   * everything else has started.
   */
  async peek(): Promise<void> {
    await this.#try(async () => void (await this.#list()));
  }

  /** Holds what is free when it resolves. Where the Leases cannot be reached it resolves too and goes on trying. */
  async start(): Promise<void> {
    const { renewMs, clock } = this.#options;
    this.#phase = 'Running';
    await this.#lookAround();
    void this.#repeat(
      () => this.#renew(),
      () => renewMs / 10,
    );
    void this.#repeat(
      () => this.#lookAround(),
      () => this.#pauseMs(clock.monotonic()),
    );
  }

  async stop(): Promise<void> {
    if (this.#phase !== 'Running') return;
    this.#phase = 'Stopping';
    // First of all, so that the others count without us and take each bucket as it comes.
    const gone = this.#try(() => this.#leave());
    await Promise.all([gone, this.#looking, this.#giveUp(this.#buckets.filter(({ phase }) => phase === 'Ours'))]);
    this.#phase = 'Stopped';
  }

  #bucketOf(key: string): Bucket {
    return this.#buckets[bucketOf(key, this.#options.buckets)] as Bucket;
  }

  #isFree(record: LeaseRecord | undefined): boolean {
    const { holder, clock } = this.#options;
    return record === undefined || record.holder === holder || !this.#sight.isLive(record, clock.monotonic());
  }

  async #repeat(work: () => Promise<unknown>, pauseMs: () => number): Promise<void> {
    for (;;) {
      await this.#options.clock.sleep(pauseMs());
      if (this.#phase === 'Stopped') return;
      await work();
    }
  }

  /** Until the next look: at the end of a Lease that nobody renews, and soon while others are to hand buckets over. */
  #pauseMs(now: number): number {
    const { renewMs, random, holder, buckets } = this.#options;
    const isWaiting = this.#count('Ours') < quotaOf(this.#standing, buckets);
    const pauseMs = (isWaiting ? renewMs / 10 : renewMs / 2.5) * (0.9 + 0.2 * random());
    const foreign = this.#buckets.flatMap(({ lease: { record } }) =>
      record === undefined || record.holder === holder ? [] : [record],
    );
    const endAt = this.#sight.nextEndAt(foreign, now);
    return endAt === undefined ? pauseMs : Math.min(pauseMs, endAt - now);
  }

  #count(wanted: Bucket['phase']): number {
    return this.#buckets.filter(({ phase }) => phase === wanted).length;
  }

  /** Renews what is due, each by itself: one that hangs holds up no other. */
  async #renew(): Promise<void> {
    this.#lose(this.#buckets.filter((bucket) => isKept(bucket) && !bucket.lease.isHeld()));
    const kept = this.#buckets.filter(isKept).map(({ lease }) => lease);
    // One that leaves says no more that it is there.
    const leases = this.#phase === 'Running' ? [this.#member, ...kept] : kept;
    for (const lease of leases) if (lease.isDue()) void this.#try(() => lease.claim());
  }

  #lookAround(): Promise<unknown> {
    this.#looking = this.#try(() => this.#look());
    return this.#looking;
  }

  async #look(): Promise<void> {
    const { clock, holder, buckets } = this.#options;
    if (this.#phase !== 'Running') return;
    let records = await this.#list();
    if (!this.#member.isHeld()) {
      // Read again after it was written: of two that begin at the same time at least one sees the other.
      await this.#member.claim();
      records = await this.#list();
    }
    const census = censusOf(records, { sight: this.#sight, now: clock.monotonic(), holder, buckets });
    this.#standing = census.standing;
    this.#lookedAt = clock.monotonic();
    this.#lose(this.#buckets.filter((bucket) => isKept(bucket) && bucket.lease.record?.holder !== holder));
    if (census.otherDivision !== undefined && this.owned() === 0)
      throw new OtherDivision(buckets, census.otherDivision);
    await this.#balance();
    await this.#sweep(census);
  }

  async #list(): Promise<readonly LeaseRecord[]> {
    const { api, clock } = this.#options;
    const askedAt = clock.monotonic();
    const records = await api.list();
    this.#sight.observe(records, clock.monotonic());
    const byName = new Map(records.map((record) => [record.name, record]));
    for (const lease of [this.#member, ...this.#buckets.map((bucket) => bucket.lease)]) {
      lease.see(byName.get(lease.name), askedAt);
    }
    return records;
  }

  async #balance(): Promise<void> {
    const { holder, buckets } = this.#options;
    const ours = this.#buckets.filter(({ phase }) => phase === 'Ours');
    const quota = quotaOf(this.#standing, buckets);
    // Not awaited: what is in progress there may last, and the other buckets are looked after meanwhile.
    void this.#giveUp(ours.slice(quota));
    const free = this.#buckets.filter(({ phase, lease }) => phase === 'Not' && this.#isFree(lease.record));
    const picked = pick(
      free.map(({ index }) => index),
      quota - ours.length,
      this.#standing,
    );
    const taken = free.filter(({ index }) => picked.includes(index));
    const outcomes = await Promise.all(taken.map(({ lease }) => this.#try(() => lease.claim())));
    await this.#acquire(taken.filter((_, at) => outcomes[at]));
    // Ours by name alone: lost while it could not be released, or found after a pause.
    const strays = free.filter(({ index, lease }) => !picked.includes(index) && lease.record?.holder === holder);
    await Promise.all(strays.map(({ lease }) => this.#try(() => lease.release())));
  }

  async #acquire(buckets: readonly Bucket[]): Promise<void> {
    if (buckets.length === 0) return;
    for (const bucket of buckets) bucket.phase = 'Ours';
    // A stop that began meanwhile has not seen these.
    if (this.#phase !== 'Running') return this.#giveUp(buckets);
    for (const listener of this.#acquired) listener(this.#shareOf(buckets));
    this.#tell('Acquired', buckets);
  }

  #lose(buckets: readonly Bucket[]): void {
    if (buckets.length === 0) return;
    const ours = buckets.filter(({ phase }) => phase === 'Ours');
    for (const bucket of buckets) bucket.phase = 'Not';
    for (const listener of this.#lost) void listener(this.#shareOf(ours));
    this.#tell('Lost', buckets);
  }

  /** Nothing new begins in them from now on; each is renewed until nothing is in progress in it, and then released. */
  async #giveUp(buckets: readonly Bucket[]): Promise<void> {
    for (const bucket of buckets) bucket.phase = 'Leaving';
    await Promise.all(
      buckets.map(async (bucket) => {
        await Promise.all(this.#lost.map((listener) => listener(this.#shareOf([bucket]))));
        if (bucket.phase !== 'Leaving') return;
        bucket.phase = 'Releasing';
        await this.#try(() => bucket.lease.release());
        bucket.phase = 'Not';
        this.#tell('GivenUp', [bucket]);
      }),
    );
  }

  #shareOf(buckets: readonly Bucket[]): Share {
    const indexes = new Set(buckets.map(({ index }) => index));
    return (key) => indexes.has(bucketOf(key, this.#options.buckets));
  }

  async #leave(): Promise<void> {
    const { record } = this.#member;
    if (record !== undefined) await this.#options.api.remove(record);
  }

  /** Takes away what replicas left behind that ended without a word; one of those who are there is enough for it. */
  async #sweep({ dead, standing }: Census): Promise<void> {
    if (standing.rank > 0) return;
    await Promise.all(dead.map((record) => this.#try(() => this.#options.api.remove(record))));
  }

  #tell(did: BucketNews['did'], buckets: readonly Bucket[]): void {
    const indexes = buckets.map(({ index }) => index);
    this.#options.onNews({ did, buckets: indexes, owned: this.owned(), replicas: this.replicas() });
  }

  /** @returns whether it succeeded */
  async #try(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      this.#troubles = 0;
      return true;
    } catch (error) {
      if (isOvertaken(error)) return false;
      this.#troubles += 1;
      this.#options.onTrouble(error, this.#troubles);
      return false;
    }
  }
}
