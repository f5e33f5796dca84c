import type { ApiObject, ListPage, ListWatch, WatchEvent } from '../../src/runtime/list-watch.ts';

export interface Thing extends ApiObject {
  readonly metadata: { namespace: string; name: string; uid: string; resourceVersion: string };
  readonly spec?: string;
}

export function thing(name: string, resourceVersion: number, spec = '', uid = `uid-${name}`): Thing {
  return { metadata: { namespace: 'ns', name, uid, resourceVersion: String(resourceVersion) }, spec };
}

/** One open watch that the test feeds by hand. */
export interface OpenWatch {
  readonly resourceVersion: string;
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
  emit(event: WatchEvent<Thing>): void;
  end(): void;
  fail(error: Error): void;
}

/** An API server in this process: a collection to list, watches to feed, failures to hand out in order. */
export class ScriptedSource implements ListWatch<Thing> {
  objects: Thing[] = [];
  version = 1;
  readonly lists: { limit: number; continue?: string }[] = [];
  readonly watches: OpenWatch[] = [];
  open = 0;
  readonly listFailures: Error[] = [];
  readonly watchFailures: Error[] = [];

  async list(page: { limit: number; continue?: string; signal: AbortSignal }): Promise<ListPage<Thing>> {
    this.lists.push({ limit: page.limit, ...(page.continue ? { continue: page.continue } : {}) });
    const failure = this.listFailures.shift();
    if (failure) throw failure;
    const from = Number(page.continue ?? 0);
    const until = from + page.limit;
    const rest = until < this.objects.length ? { continue: String(until) } : {};
    return { items: this.objects.slice(from, until), resourceVersion: String(this.version), ...rest };
  }

  async watch(
    from: { resourceVersion: string; timeoutSeconds: number; signal: AbortSignal },
    onEvent: (event: WatchEvent<Thing>) => void,
  ): Promise<void> {
    const failure = this.watchFailures.shift();
    if (failure) throw failure;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.open += 1;
    from.signal.addEventListener('abort', () => resolve(), { once: true });
    this.watches.push({ ...from, emit: onEvent, end: resolve, fail: reject });
    try {
      await promise;
    } finally {
      this.open -= 1;
    }
  }

  /** The watch opened last. */
  get current(): OpenWatch {
    const last = this.watches.at(-1);
    if (last === undefined) throw new Error('no watch was opened');
    return last;
  }
}

export const httpError = (status: number, retryAfterMs?: number): Error =>
  Object.assign(new Error(`HTTP ${status}`), { status, retryAfterMs });
