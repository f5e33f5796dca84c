import { type BackoffLimits, fullJitterMs, pause, type Random } from './backoff.ts';
import { type ApiObject, asListWatchFailure, type ListWatch, ListWatchError, type WatchEvent } from './list-watch.ts';

/** Where a reflector stands. `waiting` is the pause after a failure; it always ends in `listing` or `following`. */
export type ReflectorState = 'idle' | 'listing' | 'following' | 'waiting' | 'stopped';

/** `now` is absent when the object is gone, `before` when it is new. */
export type ChangeListener<P> = (key: string, now: P | undefined, before: P | undefined) => void;

/** What was counted since the start; for metrics. */
export interface ReflectorCounters {
  lists: number;
  watches: number;
  /** Lists and watches that failed, other than by an expired version. */
  failures: number;
  /** Times that the server no longer knew our version (410), which costs a new list. */
  expired: number;
}

export interface ReflectorOptions<T, P> {
  /** What is listed, for messages: `socialchannels`. */
  readonly name: string;
  readonly source: ListWatch<T>;
  /** What is kept of an object. Keep it slim: at 100,000 objects this decides the process's memory. */
  readonly project: (object: T) => P;
  readonly random: Random;
  /** Told of failures that the reflector survives; it must not throw. */
  readonly onError: (error: unknown, attempt: number) => void;
  readonly pageSize?: number;
  readonly inactivityLimitMs?: number;
  readonly backoff?: BackoffLimits;
}

interface Entry<P> {
  readonly uid: string;
  readonly value: P;
}

const GONE = 410;
/** Bookmarks come every minute, but on a quiet collection of kube-apiserver 1.37 gaps of two minutes were seen. */
const SILENCE_LIMIT_MS = 150_000;
/** A watch that lived this long has proved that the server answers, even if nothing happened meanwhile. */
const PROVEN_AFTER_MS = 5_000;

/** `namespace/name`, or `name` for cluster-scoped objects. */
export function keyOf(object: ApiObject): string {
  const { namespace, name } = object.metadata ?? {};
  return namespace ? `${namespace}/${name ?? ''}` : (name ?? '');
}

/**
 * Keeps a local projection of one collection: lists it in pages, follows it by watch, and never gives up.
 *
 * Every event and bookmark advances the version; 410 drops it and lists anew; every other failure keeps it, so that no
 * deletion is lost, and backs off. Listeners hear of each change once, after the store has it; a recreated object
 * (other uid) is a deletion followed by an addition.
 */
export class Reflector<T extends ApiObject, P> {
  readonly name: string;
  /** Settles once, after the first complete list. */
  readonly synced: Promise<void>;
  readonly counters: ReflectorCounters = { lists: 0, watches: 0, failures: 0, expired: 0 };
  #state: ReflectorState = 'idle';
  #lastContactAt: number | undefined;
  #isSynced = false;
  #version: string | undefined;
  /** Unproductive rounds in a row: what the wait grows with. */
  #attempts = 0;
  #followingSince: number | undefined;
  #loop: Promise<void> | undefined;
  readonly #stop = new AbortController();
  readonly #store = new Map<string, Entry<P>>();
  readonly #listeners: ChangeListener<P>[] = [];
  readonly #options: Required<ReflectorOptions<T, P>>;
  readonly #markSynced: () => void;

  constructor(options: ReflectorOptions<T, P>) {
    this.#options = {
      // Small, so that a page's objects die young: what outlives the young generation stays resident for long.
      pageSize: 100,
      inactivityLimitMs: SILENCE_LIMIT_MS,
      backoff: { baseMs: 500, capMs: 30_000 },
      ...options,
    };
    this.name = options.name;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.synced = promise;
    this.#markSynced = resolve;
  }

  get state(): ReflectorState {
    return this.#state;
  }

  get isSynced(): boolean {
    return this.#isSynced;
  }

  /** When the server last answered a list page, an event or a bookmark; epoch milliseconds. */
  get lastContactAt(): number | undefined {
    return this.#lastContactAt;
  }

  get size(): number {
    return this.#store.size;
  }

  get(key: string): P | undefined {
    return this.#store.get(key)?.value;
  }

  *entries(): IterableIterator<[key: string, value: P]> {
    for (const [key, entry] of this.#store) yield [key, entry.value];
  }

  /** Listeners are called synchronously; one that throws is reported to `onError` and stops nothing. */
  onChange(listener: ChangeListener<P>): void {
    this.#listeners.push(listener);
  }

  /** Returns at once; `synced` tells when the store is complete. A stopped reflector cannot be started again. */
  start(): void {
    if (this.#state !== 'idle') throw new Error(`Reflector "${this.name}" was started before; make a new one.`);
    this.#state = 'listing';
    this.#loop = this.#run();
  }

  /** Resolves when no request, stream or timer is left. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#loop;
    this.#state = 'stopped';
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      this.#followingSince = undefined;
      let failure: unknown;
      try {
        await this.#round();
      } catch (error) {
        failure = error;
      }
      if (this.#stop.signal.aborted) return;
      const waitMs = this.#settle(failure);
      if (waitMs > 0) {
        this.#state = 'waiting';
        await pause(waitMs, this.#stop.signal);
      }
    }
  }

  /** One list if the version is unknown, then one watch. */
  async #round(): Promise<void> {
    if (this.#version === undefined) {
      this.#state = 'listing';
      this.#version = await this.#list();
      this.#isSynced = true;
      this.#markSynced();
    }
    this.#state = 'following';
    this.#followingSince = Date.now();
    await this.#follow(this.#version);
  }

  /** Sorts the end of a round and says how long to wait before the next. */
  #settle(failure: unknown): number {
    const { backoff, random, onError } = this.#options;
    // The watch alone counts: a slow list before a watch that fails at once proves nothing.
    const livedMs = this.#followingSince === undefined ? 0 : Date.now() - this.#followingSince;
    const { status, retryAfterMs = 0 } = asListWatchFailure(failure);
    const expired = status === GONE;
    if (livedMs >= PROVEN_AFTER_MS) this.#attempts = 0;
    // A quiet end after a long life, or after events, is the ordinary course: the server bounds every watch.
    if (failure === undefined && livedMs >= PROVEN_AFTER_MS) return 0;
    this.#attempts += 1;
    if (expired) {
      this.#version = undefined;
      this.counters.expired += 1;
      // The first relist goes at once; a server that answers 410 again and again is not hammered with full lists.
      return fullJitterMs(this.#attempts - 1, backoff, random);
    }
    if (failure === undefined) return fullJitterMs(this.#attempts - 1, backoff, random);
    this.counters.failures += 1;
    onError(failure, this.#attempts);
    return Math.max(Math.min(retryAfterMs, backoff.capMs), fullJitterMs(this.#attempts, backoff, random));
  }

  async #list(): Promise<string> {
    const { source, pageSize } = this.#options;
    const signal = this.#stop.signal;
    this.counters.lists += 1;
    const seen = new Set<string>();
    let next: string | undefined;
    for (;;) {
      const page = await source.list({ limit: pageSize, signal, ...(next ? { continue: next } : {}) });
      if (signal.aborted) throw new ListWatchError(`List of ${this.name} was stopped.`);
      this.#lastContactAt = Date.now();
      for (const object of page.items) {
        seen.add(keyOf(object));
        this.#put(object);
      }
      next = page.continue || undefined;
      if (next === undefined) {
        // Only after the last page: an incomplete list says nothing about what is gone.
        for (const key of [...this.#store.keys()]) if (!seen.has(key)) this.#remove(key);
        return page.resourceVersion;
      }
    }
  }

  async #follow(resourceVersion: string): Promise<void> {
    const { source, inactivityLimitMs, random } = this.#options;
    const ending = new AbortController();
    const signal = AbortSignal.any([this.#stop.signal, ending.signal]);
    let failure: ListWatchError | undefined;
    const end = (error: ListWatchError) => {
      failure ??= error;
      ending.abort();
    };
    const silence = setTimeout(() => {
      // An etcd that was put back to an earlier copy sends nothing until it comes to the version that we know, and not
      // even bookmarks: only a list shows what stands there now.
      this.#version = undefined;
      end(new ListWatchError(`Watch of ${this.name} was silent for ${inactivityLimitMs} ms; listing again.`));
    }, inactivityLimitMs);
    this.counters.watches += 1;
    try {
      // 5 to 10 minutes, drawn anew each time, so that the watches of many replicas do not end together.
      const timeoutSeconds = 300 + Math.floor(random() * 300);
      await source.watch({ resourceVersion, timeoutSeconds, signal }, (event) => {
        // A stream may still hand over what it had read before the abort; the next round reads it again.
        if (signal.aborted) return;
        silence.refresh();
        this.#take(event, end);
      });
    } catch (error) {
      if (failure === undefined) throw error;
    } finally {
      clearTimeout(silence);
    }
    if (failure !== undefined) throw failure;
  }

  #take(event: WatchEvent<T>, end: (error: ListWatchError) => void): void {
    if (event.type === 'ERROR') {
      const message = `Watch of ${this.name} ended with error ${event.code} ${event.reason}.`;
      end(new ListWatchError(message, event.code));
      return;
    }
    this.#lastContactAt = Date.now();
    this.#attempts = 0;
    if (event.type === 'BOOKMARK') {
      this.#version = event.resourceVersion;
      return;
    }
    if (event.type === 'DELETED') this.#remove(keyOf(event.object));
    else this.#put(event.object);
    // After the store: were the version ahead, a throw in between would lose this event for good.
    this.#version = event.object.metadata?.resourceVersion ?? this.#version;
  }

  #put(object: T): void {
    const key = keyOf(object);
    let entry: Entry<P>;
    try {
      entry = { uid: object.metadata?.uid ?? '', value: this.#options.project(object) };
    } catch (error) {
      this.#options.onError(error, 0);
      return;
    }
    if (this.#store.get(key)?.uid !== entry.uid) this.#remove(key);
    const before = this.#store.get(key);
    this.#store.set(key, entry);
    this.#tell(key, entry.value, before?.value);
  }

  #remove(key: string): void {
    const before = this.#store.get(key);
    if (before === undefined) return;
    this.#store.delete(key);
    this.#tell(key, undefined, before.value);
  }

  #tell(key: string, now: P | undefined, before: P | undefined): void {
    for (const listener of this.#listeners) {
      try {
        listener(key, now, before);
      } catch (error) {
        this.#options.onError(error, 0);
      }
    }
  }
}
