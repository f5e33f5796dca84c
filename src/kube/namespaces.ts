import type { ObjectMeta } from '../api/metadata.ts';
import type { NamespaceApi, NamespaceFacts } from '../core/ports.ts';
import type { ApiClient } from './client.ts';
import { at, nameOf, namespaces } from './resource.ts';

/** The namespace whose uid identifies the cluster: it lives as long as the cluster and is never recreated. */
export const clusterNamespace = 'kube-system';

/** Namespaces, read fresh: their uid tells a recreated one from the one that a grant belongs to. */
export class KubeNamespaces implements NamespaceApi {
  readonly #client: ApiClient;

  constructor(client: ApiClient) {
    this.#client = client;
  }

  async get(name: string): Promise<NamespaceFacts | undefined> {
    const place = { name };
    const doing = `read ${nameOf(namespaces, place)}`;
    const found = await this.#client.find<{ metadata: ObjectMeta }>({ method: 'GET', doing, ...at(namespaces, place) });
    if (found === undefined) return undefined;
    const { uid = '', labels = {}, annotations = {}, deletionTimestamp } = found.metadata;
    return { uid, labels, annotations, isTerminating: deletionTimestamp !== undefined };
  }
}
