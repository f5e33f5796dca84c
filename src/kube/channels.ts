import { forgetFinalizer } from '../api/names.ts';
import type { SocialChannel, SocialChannelStatus } from '../api/resources.gen.ts';
import type { ChannelApi, ObjectRef } from '../core/ports.ts';
import { type ApiClient, patchTypes } from './client.ts';
import { type JsonObject, mergePatch } from './merge-patch.ts';
import { at, channels, nameOf } from './resource.ts';

/** SocialChannels, read fresh and written with the version that was read. */
export class KubeChannels implements ChannelApi {
  readonly #client: ApiClient;

  constructor(client: ApiClient) {
    this.#client = client;
  }

  get(ref: ObjectRef): Promise<SocialChannel | undefined> {
    return this.#client.find({ method: 'GET', doing: `read ${nameOf(channels, ref)}`, ...at(channels, ref) });
  }

  async patchStatus(channel: SocialChannel, status: SocialChannelStatus): Promise<SocialChannel> {
    const patch = mergePatch((channel.status ?? {}) as JsonObject, status as JsonObject);
    if (patch === undefined) return channel;
    return this.#client.call({
      method: 'PATCH',
      doing: `write the status of ${nameOf(channels, channel.metadata)}`,
      ...at(channels, { ...placeOf(channel), subresource: 'status' }),
      contentType: patchTypes.merge,
      // With the version the server answers 409 instead of mixing two writers' views.
      body: { metadata: { resourceVersion: channel.metadata.resourceVersion }, status: patch },
    });
  }

  async addFinalizer(channel: SocialChannel): Promise<void> {
    const present = channel.metadata.finalizers ?? [];
    if (present.includes(forgetFinalizer)) return;
    await this.#setFinalizers(channel, [...present, forgetFinalizer]);
  }

  async removeFinalizer(channel: SocialChannel): Promise<void> {
    const present = channel.metadata.finalizers ?? [];
    if (!present.includes(forgetFinalizer)) return;
    await this.#setFinalizers(
      channel,
      present.filter((finalizer) => finalizer !== forgetFinalizer),
    );
  }

  async annotate(
    ref: ObjectRef,
    precondition: { uid: string; resourceVersion?: string },
    to: Readonly<Record<string, string | null>>,
  ) {
    await this.#client.find({
      method: 'PATCH',
      doing: `annotate ${nameOf(channels, ref)}`,
      ...at(channels, ref),
      contentType: patchTypes.merge,
      // With the uid the server answers 409 for a later channel of that name.
      body: { metadata: { ...precondition, annotations: to } },
    });
  }

  /** A merge patch replaces the whole list, so without the version it would drop what others added meanwhile. */
  async #setFinalizers(channel: SocialChannel, finalizers: string[]): Promise<void> {
    await this.#client.find({
      method: 'PATCH',
      doing: `change the finalizers of ${nameOf(channels, channel.metadata)}`,
      ...at(channels, placeOf(channel)),
      contentType: patchTypes.merge,
      body: { metadata: { resourceVersion: channel.metadata.resourceVersion, finalizers } },
    });
  }
}

function placeOf(object: SocialChannel) {
  return { namespace: object.metadata.namespace, name: object.metadata.name };
}
