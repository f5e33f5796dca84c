import type { ObjectMeta } from './api/metadata.ts';
import { fieldManager, labels, sharedSecretValue } from './api/names.ts';
import type { SocialChannel } from './api/resources.gen.ts';
import { appView, type ChannelView, channelView, platformView, secretView } from './channel/views.ts';
import type { Config } from './config.ts';
import type { ApiClient } from './kube/client.ts';
import { Collection } from './kube/list-watch.ts';
import { apps, channels, platforms, type ResourceType, secrets } from './kube/resource.ts';
import type { Logger } from './log.ts';
import { random } from './main-process.ts';
import type { Component } from './runtime/manager.ts';
import { Reflector } from './runtime/reflector.ts';
import { ReflectorSet } from './runtime/reflector-set.ts';

/** What is listed and watched: one collection per kind and watched namespace. */
export function collectionsOf(client: ApiClient, config: Config) {
  const make = <T>(
    type: ResourceType,
    options: { labelSelector?: string; metadataOnly?: boolean; clusterScoped?: boolean } = {},
  ) => {
    const { clusterScoped, ...select } = options;
    return Collection.of<T>({ client, type, ...select }, clusterScoped ? [] : config.watchNamespaces);
  };
  return {
    channels: make<SocialChannel>(channels),
    apps: make<Parameters<typeof appView>[0]>(apps),
    platforms: make<Parameters<typeof platformView>[0]>(platforms, { clusterScoped: true }),
    shared: make<Parameters<typeof secretView>[0]>(secrets, {
      labelSelector: `${labels.use}=${sharedSecretValue}`,
      metadataOnly: true,
    }),
    projected: make<Parameters<typeof secretView>[0]>(secrets, {
      labelSelector: `${labels.managedBy}=${fieldManager}`,
      metadataOnly: true,
    }),
  };
}

/** What the reflectors keep: one set per kind, in it one reflector per watched namespace. */
export function watchCluster(client: ApiClient, config: Config, log: Logger) {
  const make = <T extends { metadata?: ObjectMeta }, P>(
    name: string,
    sources: readonly Collection<T>[],
    project: (object: T) => P,
  ) => {
    const reflectors = sources.map((source) => {
      const onError = watchLog(log, source.name);
      return new Reflector<T, P>({ name: source.name, source, project, random: random.unit, onError });
    });
    return new ReflectorSet<T, P>(name, reflectors);
  };
  const collections = collectionsOf(client, config);
  return {
    channels: make<SocialChannel, ChannelView>('channels', collections.channels, channelView),
    apps: make('apps', collections.apps, appView),
    platforms: make('platforms', collections.platforms, platformView),
    shared: make('shared secrets', collections.shared, secretView),
    projected: make('projected secrets', collections.projected, secretView),
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

/** All of them as one part of the process: started and synced together. */
export function watchComponent(watches: Watches): Component {
  const sets = Object.values(watches);
  return {
    name: 'watches',
    start: async () => {
      await Promise.all(sets.map((set) => set.start()));
    },
    stop: async () => {
      await Promise.all(sets.map((set) => set.stop()));
    },
    notReady: () => sets.map((set) => set.notReady()).find((objection) => objection !== undefined),
  };
}
