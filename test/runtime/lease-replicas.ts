import { vi } from 'vitest';
import { Failure } from '../../src/core/failure.ts';
import type { LeaseApi } from '../../src/core/lease.ts';
import { bucketOf, type Share } from '../../src/runtime/buckets.ts';
import { type BucketNews, LeaseBuckets } from '../../src/runtime/lease-buckets.ts';
import { LeaseServer } from './lease-server.ts';

const durationMs = 15_000;
const renewMs = 5_000;
const STEP_MS = 50;

/** What a replica's way to the API server is like. `Answers` are lost: the server does it, and nobody hears of it. */
export type Way = 'Open' | 'Cut' | 'AnswersLost';

interface ReplicaOptions {
  readonly buckets: number;
  /** How fast its clock runs, 1 being true. */
  readonly speed?: number;
}

/** A process: its clock, its way to the API server, and whether it runs at all. Its time is that of Vitest's fake timers. */
export class Replica {
  readonly leases: LeaseBuckets;
  readonly news: (BucketNews & { readonly at: number })[] = [];
  readonly troubles: unknown[] = [];
  way: Way = 'Open';
  /** Of a request, and again of its answer. */
  delayMs = 5;
  /** What `onLose` waits for, by bucket. */
  readonly inProgress = new Map<number, Promise<void>>();
  readonly #server: LeaseServer;
  readonly #speed: number;
  readonly #buckets: number;
  #thawed: PromiseWithResolvers<void> | undefined;

  constructor(name: string, server: LeaseServer, { buckets, speed = 1 }: ReplicaOptions) {
    this.#server = server;
    this.#speed = speed;
    this.#buckets = buckets;
    this.leases = new LeaseBuckets({
      api: this.#api(),
      holder: name,
      prefix: 'test',
      buckets,
      durationMs,
      renewMs,
      // Clocks of machines have nothing in common but their direction.
      clock: { monotonic: () => (performance.now() + name.length * 1e6) * speed, sleep: (ms) => this.#sleep(ms) },
      random: randomOf(name),
      onNews: (news) => this.news.push({ ...news, at: performance.now() }),
      onTrouble: (trouble) => this.troubles.push(trouble),
    });
    this.leases.onLose((share) => this.#ended(share));
  }

  /** SIGSTOP. */
  freeze(): void {
    this.#thawed ??= Promise.withResolvers<void>();
  }

  /** SIGCONT. */
  thaw(): void {
    this.#thawed?.resolve();
    this.#thawed = undefined;
  }

  /** SIGKILL: it never goes on. */
  crash(): void {
    this.freeze();
    this.thaw = () => {};
  }

  /** The buckets that it would say it owns if it were asked now. */
  owned(forMs = 0): number[] {
    return keysOf(this.#buckets).flatMap((key, index) => (this.leases.owns(key, forMs) ? [index] : []));
  }

  async #ended(share: Share): Promise<void> {
    const keys = keysOf(this.#buckets);
    await Promise.all([...this.inProgress].filter(([index]) => share(keys[index] ?? '')).map(([, end]) => end));
  }

  #api(): LeaseApi {
    return {
      list: () => this.#call(() => this.#server.list()),
      write: (lease, over) => this.#call(() => this.#server.write(lease, over)),
      remove: (record) => this.#call(() => this.#server.remove(record)),
    };
  }

  async #call<T>(work: () => T): Promise<T> {
    const late = pause(renewMs).then(() => {
      throw new Failure('Transient', 'KubernetesUnavailable', 'no answer', { source: 'Kubernetes' });
    });
    try {
      return await Promise.race([late, this.#travel(work)]);
    } finally {
      await this.#awake();
    }
  }

  async #travel<T>(work: () => T): Promise<T> {
    await pause(this.delayMs);
    if (this.way === 'Cut') return await new Promise<never>(() => {});
    try {
      return work();
    } finally {
      await pause(this.delayMs);
      if (this.way !== 'Open') await new Promise<never>(() => {});
    }
  }

  async #sleep(ms: number): Promise<void> {
    await pause(ms / this.#speed);
    await this.#awake();
  }

  async #awake(): Promise<void> {
    while (this.#thawed !== undefined) await this.#thawed.promise;
  }
}

/** Several replicas over one API server, watched at every step. */
export class Replicas {
  readonly server: LeaseServer;
  readonly all: Replica[] = [];
  /** The longest time during which nobody owned a bucket, since `resetGaps`. */
  longestGapMs = 0;
  readonly #buckets: number;
  readonly #ownedAt: number[];

  constructor(buckets = 16, server = new LeaseServer()) {
    this.server = server;
    this.#buckets = buckets;
    this.#ownedAt = Array.from({ length: buckets }, () => performance.now());
  }

  async join(name: string, options: Partial<ReplicaOptions> = {}): Promise<Replica> {
    const replica = new Replica(name, this.server, { buckets: this.#buckets, ...options });
    this.all.push(replica);
    void replica.leases.start();
    await this.run(STEP_MS);
    return replica;
  }

  /** @throws Error as soon as two processes would both say that they own a bucket */
  async run(ms: number): Promise<void> {
    const endsAt = performance.now() + ms;
    while (performance.now() < endsAt) {
      await vi.advanceTimersByTimeAsync(STEP_MS);
      this.#check();
    }
  }

  /** Runs until every bucket is owned by somebody, and tells how long that took. */
  async untilAllOwned(limitMs: number): Promise<number> {
    const beganAt = performance.now();
    while (!this.isAllOwned()) {
      if (performance.now() - beganAt > limitMs) throw new Error(`not every bucket is owned after ${limitMs} ms`);
      await this.run(STEP_MS);
    }
    return performance.now() - beganAt;
  }

  isAllOwned(): boolean {
    return this.all.flatMap((replica) => replica.owned()).length === this.#buckets;
  }

  /** How many each one owns. */
  shares(): number[] {
    return this.all.map((replica) => replica.owned().length);
  }

  resetGaps(): void {
    this.longestGapMs = 0;
    this.#ownedAt.fill(performance.now());
  }

  #check(): void {
    const owned = this.all.flatMap((replica) => replica.owned());
    const now = performance.now();
    const twice = owned.filter((index, at) => owned.indexOf(index) !== at);
    if (twice.length > 0) throw new Error(`two own buckets ${twice.join(', ')} at ${now}`);
    for (const index of owned) this.#ownedAt[index] = now;
    const gaps = this.#ownedAt.map((at) => now - at);
    this.longestGapMs = Math.max(this.longestGapMs, ...gaps);
  }
}

const keysByCount = new Map<number, string[]>();

/** One key of each bucket. */
export function keysOf(buckets: number): string[] {
  const known = keysByCount.get(buckets);
  if (known !== undefined) return known;
  const keys: string[] = [];
  for (let n = 0; keys.filter(Boolean).length < buckets; n += 1) keys[bucketOf(`ns/${n}`, buckets)] ??= `ns/${n}`;
  keysByCount.set(buckets, keys);
  return keys;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Another sequence for each name, the same in each run. */
function randomOf(name: string): () => number {
  let state = [...name].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7) >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
