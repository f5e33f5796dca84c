import { annotations, fieldManager, labels } from '../api/names.ts';
import type { LeaseApi, LeaseRecord, LeaseRole } from '../core/lease.ts';
import { type ApiClient, patchTypes } from './client.ts';
import { at, leases, microTime, nameOf } from './resource.ts';

export interface KubeLeasesOptions {
  readonly client: ApiClient;
  /** The operator's own namespace. */
  readonly namespace: string;
  /** Deadline of one call, milliseconds: a renewal that hangs must leave time for the next. */
  readonly deadlineMs: number;
  /** Epoch milliseconds; written for people who look at a Lease, never read. */
  readonly now: () => number;
}

/** coordination.k8s.io/v1 */
interface Lease {
  readonly metadata: {
    readonly name: string;
    readonly resourceVersion?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: {
    readonly holderIdentity?: string | null;
    readonly leaseDurationSeconds?: number | null;
  };
}

/** The Leases by which replicas share the channels, read fresh and written with the version that was read. */
export class KubeLeases implements LeaseApi {
  readonly #options: KubeLeasesOptions;

  constructor(options: KubeLeasesOptions) {
    this.#options = options;
  }

  async list(): Promise<readonly LeaseRecord[]> {
    const { client, namespace } = this.#options;
    const { items } = await client.call<{ items: readonly Lease[] | null }>({
      method: 'GET',
      verb: 'list',
      doing: `list Leases in namespace ${namespace}`,
      ...at(leases, { namespace }),
      query: { labelSelector: labels.lease },
      signal: this.#deadline(),
    });
    return (items ?? []).map(recordOf);
  }

  async write(lease: Omit<LeaseRecord, 'version'>, over: string | undefined): Promise<LeaseRecord> {
    const place = { namespace: this.#options.namespace, name: lease.name };
    const written = await this.#options.client.call<Lease>({
      ...(over === undefined
        ? { method: 'POST', doing: `create ${nameOf(leases, place)}`, ...at(leases, { namespace: place.namespace }) }
        : { method: 'PATCH', doing: `write ${nameOf(leases, place)}`, ...at(leases, place) }),
      contentType: over === undefined ? 'application/json' : patchTypes.merge,
      body: this.#bodyOf(lease, over),
      signal: this.#deadline(),
    });
    return recordOf(written);
  }

  async remove({ name, version }: LeaseRecord): Promise<void> {
    const place = { namespace: this.#options.namespace, name };
    await this.#options.client.find({
      method: 'DELETE',
      doing: `delete ${nameOf(leases, place)}`,
      ...at(leases, place),
      body: { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { resourceVersion: version } },
      signal: this.#deadline(),
    });
  }

  #bodyOf({ name, role, holder, durationMs, buckets }: Omit<LeaseRecord, 'version'>, over: string | undefined) {
    return {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: {
        name,
        resourceVersion: over,
        labels: { [labels.lease]: role, [labels.managedBy]: fieldManager },
        annotations: { [annotations.buckets]: String(buckets) },
      },
      spec: {
        holderIdentity: holder ?? null,
        // Rounded up: others wait longer, never shorter.
        leaseDurationSeconds: Math.ceil(durationMs / 1000),
        renewTime: microTime(this.#options.now()),
      },
    };
  }

  #deadline(): AbortSignal {
    return AbortSignal.timeout(this.#options.deadlineMs);
  }
}

function recordOf({ metadata, spec }: Lease): LeaseRecord {
  const role: LeaseRole = metadata.labels?.[labels.lease] === 'Bucket' ? 'Bucket' : 'Member';
  return {
    name: metadata.name,
    role,
    holder: spec?.holderIdentity || undefined,
    durationMs: (spec?.leaseDurationSeconds ?? 0) * 1000,
    buckets: Number(metadata.annotations?.[annotations.buckets] ?? 0),
    version: metadata.resourceVersion ?? '',
  };
}
