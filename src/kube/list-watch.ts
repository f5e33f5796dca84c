import { Failure } from '../core/failure.ts';
import type { ApiClient } from './client.ts';
import { pathOf, type ResourceType } from './resource.ts';

/** One line of a watch, in the form that a reflector takes. */
export type CollectionEvent<T> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T }
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string }
  | { readonly type: 'ERROR'; readonly code: number; readonly reason: string };

/** One page of a list. */
export interface CollectionPage<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
  readonly continue?: string;
}

export interface CollectionOptions {
  readonly client: ApiClient;
  readonly type: ResourceType;
  /** Absent: all namespaces, or a cluster-scoped type. */
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  /** Only names, labels, annotations and owners are sent by the server: for Secrets, whose data must not travel. */
  readonly metadataOnly?: boolean;
}

interface RawList<T> {
  readonly items: readonly T[] | null;
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
}

interface RawEvent {
  readonly type: string;
  readonly object: {
    readonly code?: number;
    readonly reason?: string;
    readonly metadata?: { readonly resourceVersion?: string };
  };
}

/** No plain `application/json` beside it: a server that cannot do this must refuse (406) instead of sending the data. */
const METADATA_LIST = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
const METADATA = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';

/**
 * A collection of the API server that can be listed in pages and watched; it fits the reflector's port `ListWatch`.
 * Both methods throw `Failure`; its `status` is the HTTP status.
 */
export class Collection<T> {
  readonly #options: CollectionOptions;

  constructor(options: CollectionOptions) {
    this.#options = options;
  }

  /** One collection per namespace of the list, or a single one of all namespaces when the list is empty. */
  static of<T>(options: Omit<CollectionOptions, 'namespace'>, namespaces: readonly string[]): Collection<T>[] {
    if (namespaces.length === 0) return [new Collection<T>(options)];
    return namespaces.map((namespace) => new Collection<T>({ ...options, namespace }));
  }

  /** `secrets in namespace main-stage`, for messages. */
  get name(): string {
    const { type, namespace } = this.#options;
    return namespace === undefined ? type.plural : `${type.plural} in namespace ${namespace}`;
  }

  async list(page: { limit: number; continue?: string; signal: AbortSignal }): Promise<CollectionPage<T>> {
    const { client, labelSelector, metadataOnly } = this.#options;
    const list = await client.call<RawList<T>>({
      ...this.#errand('list'),
      query: { limit: String(page.limit), continue: page.continue, labelSelector },
      signal: page.signal,
      ...(metadataOnly ? { accept: METADATA_LIST } : {}),
    });
    const rest = list.metadata.continue ? { continue: list.metadata.continue } : {};
    return { items: list.items ?? [], resourceVersion: list.metadata.resourceVersion, ...rest };
  }

  async watch(
    from: { resourceVersion: string; timeoutSeconds: number; signal: AbortSignal },
    onEvent: (event: CollectionEvent<T>) => void,
  ): Promise<void> {
    const { client, labelSelector, metadataOnly } = this.#options;
    const query = {
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion: from.resourceVersion,
      timeoutSeconds: String(from.timeoutSeconds),
      labelSelector,
    };
    const call = {
      ...this.#errand('watch'),
      query,
      signal: from.signal,
      ...(metadataOnly ? { accept: METADATA } : {}),
    };
    await client.stream(call, (line) => onEvent(this.#event(line)));
  }

  #errand(verb: 'list' | 'watch') {
    const { type, namespace } = this.#options;
    const path = pathOf(type, { namespace });
    return { doing: `${verb} ${this.name}`, method: 'GET' as const, verb, path, resource: type.plural, namespace };
  }

  #event(line: string): CollectionEvent<T> {
    const { type, object } = this.#parse(line);
    switch (type) {
      case 'ADDED':
      case 'MODIFIED':
      case 'DELETED':
        return { type, object: object as T };
      case 'BOOKMARK':
        return { type, resourceVersion: object.metadata?.resourceVersion ?? '' };
      case 'ERROR':
        return { type, code: object.code ?? 0, reason: object.reason ?? 'Unknown' };
      default:
        throw this.#unreadable();
    }
  }

  #parse(line: string): RawEvent {
    try {
      return JSON.parse(line) as RawEvent;
    } catch {
      throw this.#unreadable();
    }
  }

  /** Ends the watch: going on behind a line that was not understood could lose the event in it for good. */
  #unreadable(): Failure {
    const message = `Could not watch ${this.name}: a line of the stream is not an event. The watch is opened again.`;
    return new Failure('Transient', 'KubernetesUnavailable', message, { source: 'Kubernetes' });
  }
}
