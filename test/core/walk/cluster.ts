import { forgetFinalizer } from '../../../src/api/names.ts';
import type { SocialChannel, SocialChannelStatus } from '../../../src/api/resources.gen.ts';
import { CasLost, Failure } from '../../../src/core/failure.ts';
import type { SecretContent, SecretLookup, SharedSecret } from '../../../src/core/ports.ts';

/** What etcd holds of one channel. */
interface Objects {
  readonly channel: SocialChannel | undefined;
  readonly secret: SecretLookup;
  readonly bootstrap: SharedSecret | undefined;
  readonly namespaceUid: string;
  readonly adoptFrom: string | undefined;
}

export type ClusterSnapshot = Objects;

/** The API server's side of one channel: versions, finalizers, owners, and everything can be put back to an earlier moment. */
export class MemoryCluster {
  #objects: Objects;
  #revision = 1;
  /** Somebody else than the operator's status writes changed something. */
  onNews: () => void = () => {};
  onStatus: (channel: SocialChannel, status: SocialChannelStatus) => void = () => {};
  onSecret: (content: SecretContent) => void = () => {};

  constructor(channel: SocialChannel, bootstrap: SharedSecret) {
    const secret = { state: 'Absent' } as const;
    this.#objects = { channel, secret, bootstrap, namespaceUid: 'namespace-uid', adoptFrom: undefined };
  }

  get channel(): SocialChannel | undefined {
    return this.#objects.channel;
  }
  get secret(): SecretLookup {
    return this.#objects.secret;
  }
  get bootstrap(): SharedSecret | undefined {
    return this.#objects.bootstrap;
  }
  get namespaceUid(): string {
    return this.#objects.namespaceUid;
  }
  get adoptFrom(): string | undefined {
    return this.#objects.adoptFrom;
  }

  snapshot(): ClusterSnapshot {
    return this.#objects;
  }
  restore(snapshot: ClusterSnapshot): void {
    this.#objects = snapshot;
    this.onNews();
  }

  /** People and their tools. */
  change(of: Partial<Objects>): void {
    this.#objects = { ...this.#objects, ...of };
    this.onNews();
  }
  edit(spec: (before: SocialChannel['spec']) => SocialChannel['spec']): void {
    const { channel } = this.#objects;
    if (channel === undefined) return;
    const { metadata } = channel;
    const generation = (metadata.generation ?? 0) + 1;
    this.change({
      channel: {
        ...channel,
        metadata: { ...metadata, generation, resourceVersion: this.#next() },
        spec: spec(channel.spec),
      },
    });
  }
  delete(at: string): void {
    const { channel } = this.#objects;
    if (channel === undefined) return;
    if ((channel.metadata.finalizers ?? []).length === 0) this.#collect();
    else this.change({ channel: { ...channel, metadata: { ...channel.metadata, deletionTimestamp: at } } });
  }

  patchStatus(of: SocialChannel, status: SocialChannelStatus): SocialChannel {
    const written = { ...this.#current(of), status };
    const channel = { ...written, metadata: { ...written.metadata, resourceVersion: this.#next() } };
    this.#objects = { ...this.#objects, channel };
    this.onStatus(channel, status);
    return channel;
  }
  setFinalizer(of: SocialChannel, isHeld: boolean): void {
    const channel = this.#current(of);
    const { finalizers: _, ...metadata } = channel.metadata;
    const held = isHeld ? { finalizers: [forgetFinalizer] } : {};
    if (!isHeld && metadata.deletionTimestamp !== undefined) this.#collect();
    else this.change({ channel: { ...channel, metadata: { ...metadata, ...held, resourceVersion: this.#next() } } });
  }
  annotate(to: Readonly<Record<string, string | null>>): void {
    const { channel } = this.#objects;
    if (channel === undefined) return;
    const annotations = annotated(channel.metadata.annotations, to);
    this.change({
      channel: { ...channel, metadata: { ...channel.metadata, annotations, resourceVersion: this.#next() } },
    });
  }
  lookup(): SecretLookup {
    return this.#objects.secret;
  }
  apply(existing: SecretLookup, { name, data, labels, annotations, isOwned }: SecretContent): SecretLookup {
    const present = this.#objects.secret;
    const expected = existing.state === 'Ours' ? existing.secret.uid : undefined;
    if ((present.state === 'Ours' ? present.secret.uid : undefined) !== expected) throw conflict();
    const uid = expected ?? `secret-${this.#next()}`;
    this.#objects = {
      ...this.#objects,
      secret: { state: 'Ours', secret: { name, uid, data, labels, annotations, isOwned } },
    };
    this.onSecret({ name, data, labels, annotations, isOwned });
    return this.#objects.secret;
  }

  /** Its owner has gone, and with it what it owned. */
  #collect(): void {
    this.change({ channel: undefined, secret: { state: 'Absent' } });
  }
  #current(of: SocialChannel): SocialChannel {
    const { channel } = this.#objects;
    if (channel === undefined || channel.metadata.uid !== of.metadata.uid) throw conflict();
    if (channel.metadata.resourceVersion !== of.metadata.resourceVersion) throw new CasLost('The channel has moved.');
    return channel;
  }
  #next(): string {
    this.#revision += 1;
    return String(this.#revision);
  }
}

/** As a merge patch does: null takes one off. */
export function annotated(
  present: Readonly<Record<string, string>> = {},
  to: Readonly<Record<string, string | null>>,
): Record<string, string> {
  const all = Object.entries({ ...present, ...to });
  return Object.fromEntries(all.filter((entry): entry is [string, string] => entry[1] !== null));
}

function conflict(): Failure {
  return new Failure('Transient', 'KubernetesUnavailable', 'Another object stands there now.', {
    source: 'Kubernetes',
    status: 409,
  });
}
