import type { BackoffLimits, Random } from './backoff.ts';
import type { Ownership, Share } from './buckets.ts';
import type { ChangeListener } from './reflector.ts';
import { type RunReport, type RunResult, WorkQueue, type WorkQueueStats } from './work-queue.ts';

/** What a controller needs of a reflector. */
export interface Watched<P> {
  entries(): Iterable<[key: string, value: P]>;
  onChange(listener: ChangeListener<P>): void;
}

/** What a handler is given beside its key. It is not told why it was called, so that it has to look at the world. */
export interface Run {
  /** Aborted when the key stops being ours. Stopping the process does not abort it: work in progress is finished. */
  readonly signal: AbortSignal;
  /** Whether the key stays ours for the coming `forMs` milliseconds. */
  owns(forMs: number): boolean;
}

export type Handler = (key: string, run: Run) => Promise<RunResult>;

export interface ControllerOptions {
  readonly name: string;
  readonly ownership: Ownership;
  readonly handler: Handler;
  readonly workers: number;
  readonly random: Random;
  /** Told of every run; it must not throw. */
  readonly onRun: (report: RunReport) => void;
  readonly backoff?: BackoffLimits;
  /** Asked before each run: for how long the key is put off, milliseconds; undefined: it runs. */
  readonly hold?: (key: string) => number | undefined;
}

export interface WatchOptions<P> {
  /** Which keys of this controller a change concerns; by default the changed object's own. */
  readonly keys?: (key: string, now: P | undefined, before: P | undefined) => Iterable<string>;
  /** Whether a change is worth a run: the place to ignore the echo of our own writes. By default every change is. */
  readonly matters?: (now: P | undefined, before: P | undefined) => boolean;
  /**
   * When an object that is seen for the first time (at start, or after its share was acquired) needs its first run,
   * epoch milliseconds; without an answer at once. It spreads a restart's work over the due times.
   */
  readonly firstDueAt?: (value: P) => number | undefined;
  /** False for objects whose mere presence asks for nothing: only their changes wake keys. By default true. */
  readonly wakesAtStart?: boolean;
}

/**
 * Joins watches, due times, ownership and workers: a change or a due time puts a key into the queue if the key is ours,
 * and the handler answers when it wants to see the key again.
 */
export class Controller {
  readonly name: string;
  readonly #options: ControllerOptions;
  readonly #queue: WorkQueue;
  readonly #signals = new Map<string, AbortController>();
  readonly #replays: ((share: Share) => void)[] = [];

  constructor(options: ControllerOptions) {
    this.name = options.name;
    this.#options = options;
    const { workers, random, onRun, backoff, ownership } = options;
    const run = (key: string) => this.#run(key);
    this.#queue = new WorkQueue({ workers, run, random, onRun, ...(backoff ? { backoff } : {}) });
    ownership.onAcquire((share) => {
      for (const replay of this.#replays) replay(share);
    });
    ownership.onLose((share) => this.#lose(share));
  }

  /** Feeds the queue from a watch. To be called before the reflector starts. */
  watch<P>(watched: Watched<P>, options: WatchOptions<P> = {}): this {
    const keys = options.keys ?? ((key: string) => [key]);
    const feed = (key: string, now: P | undefined, before: P | undefined, share: Share) => {
      const firstAt = now !== undefined && before === undefined ? options.firstDueAt?.(now) : undefined;
      for (const target of keys(key, now, before)) {
        if (!share(target)) continue;
        if (firstAt === undefined) this.#queue.add(target);
        else this.#queue.addAt(target, firstAt);
      }
    };
    watched.onChange((key, now, before) => {
      if (options.matters !== undefined && !options.matters(now, before)) return;
      feed(key, now, before, (target) => this.#options.ownership.owns(target, 0));
    });
    if (options.wakesAtStart === false) return this;
    this.#replays.push((share) => {
      for (const [key, value] of watched.entries()) feed(key, value, undefined, share);
    });
    return this;
  }

  /** Asks for a run now, for news that no watch brings. Ignored for keys that are not ours. */
  touch(key: string): void {
    if (this.#options.ownership.owns(key, 0)) this.#queue.add(key);
  }

  /** When the key runs next, epoch milliseconds, if an instant is set. */
  dueAt(key: string): number | undefined {
    return this.#queue.dueAt(key);
  }

  stats(): WorkQueueStats {
    return this.#queue.stats();
  }

  async start(): Promise<void> {
    this.#queue.start();
  }

  /** Takes no further work and resolves when every run in progress has ended by itself. */
  async stop(): Promise<void> {
    await this.#queue.drain();
  }

  /** What is still being worked on, for the report of an unclean stop. */
  unfinished(): string[] {
    return this.#queue.runningKeys();
  }

  async #run(key: string): Promise<RunResult> {
    const { ownership, handler } = this.#options;
    // Lost between queue and worker. Nothing is scheduled: acquiring it again brings it back.
    if (!ownership.owns(key, 0)) return {};
    const heldMs = this.#options.hold?.(key);
    if (heldMs !== undefined) return { afterMs: heldMs };
    const abort = new AbortController();
    this.#signals.set(key, abort);
    try {
      return await handler(key, { signal: abort.signal, owns: (forMs) => ownership.owns(key, forMs) });
    } finally {
      this.#signals.delete(key);
    }
  }

  async #lose(share: Share): Promise<void> {
    for (const replayed of this.#queue.keys()) if (share(replayed)) this.#queue.forget(replayed);
    for (const [key, abort] of this.#signals) if (share(key)) abort.abort();
    await this.#queue.settled(share);
  }
}
