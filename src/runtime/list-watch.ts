/** What every Kubernetes object has, as far as a reflector needs it. */
export interface ApiObject {
  readonly metadata?: {
    readonly namespace?: string;
    readonly name?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
  };
}

/** One page of a list. `resourceVersion` is that of the whole list, the same on every page. */
export interface ListPage<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
  /** Absent on the last page. */
  readonly continue?: string;
}

/** One line of a watch stream (Kubernetes API concepts, "Efficient detection of changes"). */
export type WatchEvent<T> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T }
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string }
  | { readonly type: 'ERROR'; readonly code: number; readonly reason: string };

/** What a reflector reads of a thrown error. `status` is the HTTP status; 410 means that our version is too old. */
export interface ListWatchFailure {
  readonly status?: number | undefined;
  /** What the server asked for by Retry-After, milliseconds. */
  readonly retryAfterMs?: number | undefined;
}

/** Any thrown value, as far as a reflector reads it. */
export function asListWatchFailure(error: unknown): ListWatchFailure {
  return typeof error === 'object' && error !== null ? error : {};
}

/** A list or watch that a reflector itself calls failed. */
export class ListWatchError extends Error implements ListWatchFailure {
  readonly status: number | undefined;

  constructor(message: string, status?: number) {
    super(message);
    this.name = 'ListWatchError';
    this.status = status;
  }
}

/** The server side of a reflector: one collection that can be listed in pages and watched from a version on. */
export interface ListWatch<T> {
  /** What it throws is read as a {@link ListWatchFailure}. */
  list(page: { limit: number; continue?: string; signal: AbortSignal }): Promise<ListPage<T>>;
  /**
   * Resolves when the server ends the stream or when the signal is aborted; nothing stays open after it settled.
   * It throws, as `list` does, when the stream could not be opened or broke.
   */
  watch(
    from: { resourceVersion: string; timeoutSeconds: number; signal: AbortSignal },
    onEvent: (event: WatchEvent<T>) => void,
  ): Promise<void>;
}
