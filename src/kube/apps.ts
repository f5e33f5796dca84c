import type { SocialApp, SocialAppStatus, SocialPlatform, SocialPlatformStatus } from '../api/resources.gen.ts';
import type { AppApi, ObjectRef, PlatformApi } from '../core/ports.ts';
import { type ApiClient, patchTypes } from './client.ts';
import { type JsonObject, mergePatch } from './merge-patch.ts';
import { apps, at, nameOf, platforms, type ResourceType } from './resource.ts';

/** SocialApps, read fresh and written with the version that was read. */
export class KubeApps implements AppApi {
  readonly #client: ApiClient;

  constructor(client: ApiClient) {
    this.#client = client;
  }

  get(ref: ObjectRef): Promise<SocialApp | undefined> {
    return this.#client.find({ method: 'GET', doing: `read ${nameOf(apps, ref)}`, ...at(apps, ref) });
  }

  async patchStatus(app: SocialApp, status: SocialAppStatus): Promise<void> {
    await patchStatus(this.#client, apps, app, status);
  }
}

/** SocialPlatforms, which are cluster-scoped. */
export class KubePlatforms implements PlatformApi {
  readonly #client: ApiClient;

  constructor(client: ApiClient) {
    this.#client = client;
  }

  get(name: string): Promise<SocialPlatform | undefined> {
    return this.#client.find({
      method: 'GET',
      doing: `read ${nameOf(platforms, { name })}`,
      ...at(platforms, { name }),
    });
  }

  async patchStatus(platform: SocialPlatform, status: SocialPlatformStatus): Promise<void> {
    await patchStatus(this.#client, platforms, platform, status);
  }
}

/** A merge patch of what differs, with the version that was read: another writer's view is not mixed in. */
async function patchStatus(
  client: ApiClient,
  type: ResourceType,
  object: SocialApp | SocialPlatform,
  status: object,
): Promise<void> {
  const patch = mergePatch((object.status ?? {}) as JsonObject, status as JsonObject);
  if (patch === undefined) return;
  const { namespace, name, resourceVersion } = object.metadata;
  await client.call({
    method: 'PATCH',
    doing: `write the status of ${nameOf(type, object.metadata)}`,
    ...at(type, { namespace, name, subresource: 'status' }),
    contentType: patchTypes.merge,
    body: { metadata: { resourceVersion }, status: patch },
  });
}
