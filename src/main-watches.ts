import type { ObjectMeta } from './api/metadata.ts';
import { fieldManager, labels, sharedSecretValue } from './api/names.ts';
import type { SocialChannel, SocialPlatform } from './api/resources.gen.ts';
import { appView, type ChannelView, channelView, secretView } from './channel/views.ts';
import type { Config } from './config.ts';
import type { ApiClient } from './kube/client.ts';
import { Collection } from './kube/list-watch.ts';
import { apps, channels, platforms, type ResourceType, secrets } from './kube/resource.ts';
import type { Logger } from './log.ts';
import { random } from './main-process.ts';
import type { Component } from './runtime/manager.ts';
import { Reflector } from './runtime/reflector.ts';

/** What the reflectors keep; one per kind and watched namespace. */
export function watchCluster(client: ApiClient, config: Config, log: Logger) {
  const make = <T extends { metadata?: ObjectMeta }, P>(
    type: ResourceType,
    project: (object: T) => P,
    options: { labelSelector?: string; metadataOnly?: boolean; clusterScoped?: boolean } = {},
  ) => {
    const { clusterScoped, ...select } = options;
    const sources = Collection.of<T>({ client, type, ...select }, clusterScoped ? [] : config.watchNamespaces);
    return sources.map(
      (source) =>
        new Reflector<T, P>({
          name: source.name,
          source,
          project,
          random: random.unit,
          onError: watchLog(log, source.name),
        }),
    );
  };
  return {
    channels: make<SocialChannel, ChannelView>(channels, channelView),
    apps: make(apps, appView),
    platforms: make(platforms, (platform: SocialPlatform) => platform.metadata.name, { clusterScoped: true }),
    shared: make(secrets, secretView, { labelSelector: `${labels.use}=${sharedSecretValue}`, metadataOnly: true }),
    projected: make(secrets, secretView, { labelSelector: `${labels.managedBy}=${fieldManager}`, metadataOnly: true }),
  };
}

export type Watches = ReturnType<typeof watchCluster>;

/** Ever fewer lines: a watch that fails for an hour is a handful of them. */
function watchLog(log: Logger, watch: string) {
  return (error: unknown, attempt: number) => {
    if ((attempt & (attempt - 1)) === 0)
      log.warn({ watch, attempt, err: error }, 'a watch failed; it is taken up again');
  };
}

export function reflectorsOf(watches: Watches): Reflector<never, unknown>[] {
  return Object.values(watches).flat() as unknown as Reflector<never, unknown>[];
}

/** Longer than a bookmark takes to come, and than one failed attempt to follow again. */
const STALE_AFTER_MS = 180_000;

export function watchComponent(watches: Watches): Component {
  const reflectors = reflectorsOf(watches);
  return {
    name: 'watches',
    start: async () => {
      for (const reflector of reflectors) reflector.start();
      await Promise.all(reflectors.map((reflector) => reflector.synced));
    },
    stop: async () => {
      await Promise.all(reflectors.map((reflector) => reflector.stop()));
    },
    notReady: () => {
      const stale = reflectors.find(({ lastContactAt = 0 }) => Date.now() - lastContactAt > STALE_AFTER_MS);
      return stale && `Nothing was heard of ${stale.name} for over ${STALE_AFTER_MS / 60_000} minutes.`;
    },
  };
}
