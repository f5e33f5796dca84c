import type { ObjectMeta } from '../api/metadata.ts';
import { annotations, channelOfShownToken, fieldManager } from '../api/names.ts';
import type { WorkloadApi, WorkloadFacts, WorkloadRef } from '../core/ports.ts';
import { type ApiClient, patchTypes } from './client.ts';
import { at, nameOf, type ResourceType } from './resource.ts';

const types: Readonly<Record<WorkloadRef['kind'], ResourceType>> = {
  Deployment: { kind: 'Deployment', group: 'apps', version: 'v1', plural: 'deployments' },
  StatefulSet: { kind: 'StatefulSet', group: 'apps', version: 'v1', plural: 'statefulsets' },
  DaemonSet: { kind: 'DaemonSet', group: 'apps', version: 'v1', plural: 'daemonsets' },
};

interface RawWorkload {
  readonly metadata: ObjectMeta;
  readonly spec?: { readonly template?: { readonly metadata?: { readonly annotations?: Record<string, string> } } };
}

/** Workloads, of which only the pod template's annotations are looked at and changed. */
export class KubeWorkloads implements WorkloadApi {
  readonly #client: ApiClient;

  constructor(client: ApiClient) {
    this.#client = client;
  }

  async get(namespace: string, { kind, name }: WorkloadRef): Promise<WorkloadFacts | undefined> {
    const place = { namespace, name };
    const doing = `read ${nameOf(types[kind], place)}`;
    const found = await this.#client.find<RawWorkload>({ method: 'GET', doing, ...at(types[kind], place) });
    return found === undefined ? undefined : factsOf(found);
  }

  async restart(
    namespace: string,
    { kind, name }: WorkloadRef,
    { uid, resourceVersion }: WorkloadFacts,
    to: Readonly<Record<string, string>>,
  ): Promise<void> {
    const place = { namespace, name };
    await this.#client.find({
      method: 'PATCH',
      doing: `restart ${nameOf(types[kind], place)}`,
      ...at(types[kind], place),
      query: { fieldManager },
      contentType: patchTypes.merge,
      body: { metadata: { uid, resourceVersion }, spec: { template: { metadata: { annotations: to } } } },
    });
  }
}

function factsOf({ metadata, spec }: RawWorkload): WorkloadFacts {
  const noted = spec?.template?.metadata?.annotations ?? {};
  const shown = Object.entries(noted).flatMap(([key, value]) => {
    const channel = channelOfShownToken(key);
    return channel === undefined ? [] : [[channel, value] as const];
  });
  const restartedAt = Date.parse(noted[annotations.restartedAt] ?? '');
  return {
    uid: metadata.uid ?? '',
    resourceVersion: metadata.resourceVersion ?? '',
    createdAt: Date.parse(metadata.creationTimestamp ?? '') || 0,
    restartedAt: Number.isNaN(restartedAt) ? undefined : restartedAt,
    shown: Object.fromEntries(shown),
  };
}
