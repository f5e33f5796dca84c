import { type BackoffLimits, fullJitterMs, type Random } from './backoff.ts';
import { DueTimes } from './due-times.ts';

/** What a run answers: when to look again, in milliseconds; without it only a change brings the key back. */
export interface RunResult {
  readonly afterMs?: number;
}

/** How a run ended, for metrics. */
export interface RunReport {
  readonly key: string;
  readonly outcome: 'success' | 'error';
  readonly durationMs: number;
  /** How long the key stood in the queue before this run. */
  readonly waitedMs: number;
  /** Failures of this key in a row; 0 after a success. */
  readonly attempts: number;
  readonly error?: unknown;
}

export interface WorkQueueOptions {
  readonly workers: number;
  readonly run: (key: string) => Promise<RunResult>;
  readonly random: Random;
  /** Told of every run; it must not throw. */
  readonly onRun: (report: RunReport) => void;
  readonly backoff?: BackoffLimits;
}

/** What the queue holds now, for metrics. */
export interface WorkQueueStats {
  /** Keys ready to run that wait for a worker. */
  readonly depth: number;
  /** How long the first of them has waited, milliseconds. */
  readonly oldestAgeMs: number;
  readonly running: number;
  /** Keys with an instant in the future. */
  readonly scheduled: number;
}

interface Running {
  /** Touched during the run: it runs again at once afterwards. */
  touched: boolean;
  /** Forgotten during the run: its result schedules nothing. */
  forgotten: boolean;
  readonly ended: PromiseWithResolvers<void>;
}

/**
 * Keyed work: each key stands in the queue once, is run by one worker at a time, and runs again if it was touched
 * meanwhile. A run that throws is repeated after a full-jitter backoff of that key; a touch ends the wait.
 */
export class WorkQueue {
  readonly #options: Required<WorkQueueOptions>;
  /** Ready keys in order of arrival, each with the instant of its arrival. */
  readonly #ready = new Map<string, number>();
  readonly #running = new Map<string, Running>();
  readonly #attempts = new Map<string, number>();
  readonly #due: DueTimes;
  #taking = false;
  #idle: (() => void)[] = [];

  constructor(options: WorkQueueOptions) {
    this.#options = { backoff: { baseMs: 1_000, capMs: 300_000 }, ...options };
    this.#due = new DueTimes((key) => this.add(key));
  }

  /** Begins to run keys. Keys may be added before. */
  start(): void {
    this.#taking = true;
    this.#due.start();
    this.#dispatch();
  }

  /** Runs the key as soon as a worker is free, whatever instant was set for it. */
  add(key: string): void {
    this.#due.delete(key);
    const running = this.#running.get(key);
    if (running !== undefined) {
      running.touched = true;
      running.forgotten = false;
      return;
    }
    if (!this.#ready.has(key)) this.#ready.set(key, Date.now());
    this.#dispatch();
  }

  /** Runs the key after `afterMs` at the latest: an earlier instant that is set already stays. */
  addAfter(key: string, afterMs: number): void {
    this.addAt(key, Date.now() + afterMs);
  }

  /** As `addAfter`, with an instant in epoch milliseconds. */
  addAt(key: string, atMs: number): void {
    if (this.#ready.has(key)) return;
    const set = this.#due.get(key);
    if (set === undefined || atMs < set) this.#due.set(key, atMs);
  }

  /** The instant set for a key, epoch milliseconds; nothing while it is ready to run. */
  dueAt(key: string): number | undefined {
    return this.#due.get(key);
  }

  /** Drops what is queued, scheduled or remembered of the key. A run in progress ends in its own time. */
  forget(key: string): void {
    this.#ready.delete(key);
    this.#due.delete(key);
    this.#attempts.delete(key);
    const running = this.#running.get(key);
    if (running !== undefined) {
      running.touched = false;
      running.forgotten = true;
    }
  }

  /** Starts no further run and resolves when those in progress have ended. Queued keys stay where they are. */
  async drain(): Promise<void> {
    this.#taking = false;
    this.#due.stop();
    if (this.#running.size === 0) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** Every key that is ready, scheduled or running. */
  keys(): Set<string> {
    return new Set([...this.#ready.keys(), ...this.#due.keys(), ...this.#running.keys()]);
  }

  /** Resolves when the runs of these keys that are in progress now have ended. */
  async settled(which: (key: string) => boolean): Promise<void> {
    const running = [...this.#running].filter(([key]) => which(key));
    await Promise.all(running.map(([, { ended }]) => ended.promise));
  }

  /** Keys whose run is in progress. */
  runningKeys(): string[] {
    return [...this.#running.keys()];
  }

  stats(): WorkQueueStats {
    const oldest = this.#ready.values().next().value;
    return {
      depth: this.#ready.size,
      oldestAgeMs: oldest === undefined ? 0 : Math.max(0, Date.now() - oldest),
      running: this.#running.size,
      scheduled: this.#due.size,
    };
  }

  #dispatch(): void {
    while (this.#taking && this.#running.size < this.#options.workers) {
      const next = this.#ready.entries().next().value;
      if (next === undefined) return;
      const [key, readyAt] = next;
      this.#ready.delete(key);
      this.#running.set(key, { touched: false, forgotten: false, ended: Promise.withResolvers<void>() });
      // #work catches what the run throws; nothing can reject here.
      void this.#work(key, readyAt);
    }
  }

  async #work(key: string, readyAt: number): Promise<void> {
    const startedAt = Date.now();
    let result: RunResult = {};
    let failure: { error: unknown } | undefined;
    try {
      result = await this.#options.run(key);
    } catch (error) {
      failure = { error };
    }
    const attempts = this.#close(key, result, failure !== undefined);
    this.#options.onRun({
      key,
      outcome: failure === undefined ? 'success' : 'error',
      durationMs: Date.now() - startedAt,
      waitedMs: startedAt - readyAt,
      attempts,
      ...failure,
    });
    this.#dispatch();
    if (this.#running.size > 0) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  /** Ends a run and decides when the key comes back. Returns its failures in a row. */
  #close(key: string, result: RunResult, failed: boolean): number {
    const { touched = false, forgotten = false, ended } = this.#running.get(key) ?? {};
    this.#running.delete(key);
    ended?.resolve();
    const attempts = failed ? (this.#attempts.get(key) ?? 0) + 1 : 0;
    if (attempts === 0 || forgotten) this.#attempts.delete(key);
    else this.#attempts.set(key, attempts);
    if (forgotten) return attempts;
    // A touch wins over the backoff: what changed may be what the run failed for.
    if (touched) this.add(key);
    else if (failed) this.addAfter(key, fullJitterMs(attempts, this.#options.backoff, this.#options.random));
    else if (result.afterMs !== undefined) this.addAfter(key, Math.max(0, result.afterMs));
    return attempts;
  }
}
