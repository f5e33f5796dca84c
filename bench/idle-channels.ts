import { randomUUID } from 'node:crypto';
import { phaseOf } from '../src/channel/observe.ts';
import { formatInstant } from '../src/core/instant.ts';
import type { KubernetesObject } from '../test/harness/api-client.ts';
import type { World } from '../test/harness/world.ts';
import { inParallel } from './parallel.ts';

const HOUR_MS = 3_600_000;
const apiVersion = 'socialops.dev/v1alpha1';

/** Channels that are as a connected one, but have nothing due for hours: made from one that the operator connected. */
export class IdleChannels {
  readonly #channel: KubernetesObject;
  readonly #secret: KubernetesObject;
  readonly #names: string[] = [];
  #tried = 0;

  constructor(channel: KubernetesObject, secret: KubernetesObject) {
    const later = (hours: number) => formatInstant(Date.now() + hours * HOUR_MS);
    const times = { nextRefreshTime: later(20), nextCheckTime: later(20), accessTokenExpiryTime: later(24) };
    const { bootstrap: _, ...spec } = channel.spec;
    this.#channel = { ...channel, spec, status: { ...channel.status, ...times, observedGeneration: 1 } };
    this.#secret = secret;
  }

  /** The name of an idle channel; its daily look, which is spread by its name, is not due soon. */
  name(index: number): string {
    while (this.#names.length <= index) {
      const name = `idle-${this.#tried++}`;
      if (phaseOf(`${this.#channel.metadata.namespace}/${name}`) > 0.15) this.#names.push(name);
    }
    return this.#names[index] as string;
  }

  /** Those from one index to another, in the real API server: channel, status, Secret. */
  async create({ admin }: World, from: number, to: number, onProgress: (done: number) => void): Promise<void> {
    const { namespace } = this.#channel.metadata;
    const indices = Array.from({ length: to - from }, (_, offset) => from + offset);
    let done = 0;
    let toldAt = Date.now();
    await inParallel(indices, 32, async (index) => {
      const name = this.name(index);
      const { spec, status } = this.#channel;
      const at = { apiVersion, kind: 'SocialChannel', namespace: namespace ?? '', name };
      const made = await admin.create({ apiVersion, kind: at.kind, metadata: { namespace, name }, spec });
      await admin.patch(at, { status: { ...status, secretName: `${name}-token` } }, 'status');
      await admin.create(this.#secretOf(name, made.metadata.uid ?? ''));
      done += 1;
      if (Date.now() - toldAt < 5_000) return;
      toldAt = Date.now();
      onProgress(done);
    });
  }

  /** As the API server would send it, managed fields included. */
  readonly channelText = (index: number): string => {
    const { metadata, status } = this.#channel;
    const name = this.name(index);
    const own = { ...metadata, name, uid: randomUUID(), generation: 1 };
    return JSON.stringify({ ...this.#channel, metadata: own, status: { ...status, secretName: `${name}-token` } });
  };

  /** The metadata of its Secret, as a list of metadata alone has it. */
  readonly secretText = (index: number): string => {
    const { metadata } = this.#secretOf(this.name(index), randomUUID());
    return JSON.stringify({ metadata: { ...this.#secret.metadata, ...metadata, uid: randomUUID() } });
  };

  #secretOf(channel: string, uid: string) {
    const { metadata, data, type } = this.#secret;
    return {
      apiVersion: 'v1',
      kind: 'Secret',
      type,
      metadata: {
        namespace: metadata.namespace,
        name: `${channel}-token`,
        labels: { ...metadata.labels, 'socialops.dev/channel': channel },
        annotations: { ...metadata.annotations, 'socialops.dev/channel-uid': uid },
      },
      data,
    };
  }
}
