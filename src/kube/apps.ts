import type { SocialApp, SocialAppStatus, SocialPlatform } from '../api/resources.gen.ts';
import type { AppApi, ObjectRef, PlatformApi } from '../core/ports.ts';
import { type ApiClient, patchTypes } from './client.ts';
import { type JsonObject, mergePatch } from './merge-patch.ts';
import { apps, at, nameOf, platforms } from './resource.ts';

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
    const patch = mergePatch((app.status ?? {}) as JsonObject, status as JsonObject);
    if (patch === undefined) return;
    const { namespace, name, resourceVersion } = app.metadata;
    await this.#client.call({
      method: 'PATCH',
      doing: `write the status of ${nameOf(apps, app.metadata)}`,
      ...at(apps, { namespace, name, subresource: 'status' }),
      contentType: patchTypes.merge,
      body: { metadata: { resourceVersion }, status: patch },
    });
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
}
