#!/usr/bin/env node
import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { ObjectMeta } from './api/metadata.ts';
import { fieldManager, labels, sharedSecretValue } from './api/names.ts';
import type { SocialChannel, SocialPlatform } from './api/resources.gen.ts';
import { AppFaultBoard, AppReconciler } from './channel/app-reconciler.ts';
import { phaseOf } from './channel/observe.ts';
import type { World } from './channel/ports.ts';
import { ChannelReconciler } from './channel/reconcile.ts';
import {
  appView,
  type ChannelView,
  channelView,
  firstDueAt,
  isForeignEdit,
  isWish,
  type SecretView,
  secretView,
} from './channel/views.ts';
import { Wakeups } from './channel/wakeups.ts';
import { channelMeter, gaugesOf } from './channel-meter.ts';
import { type Config, ConfigError, loadConfig, requestOf, settingsOf } from './config.ts';
import { helpText } from './config-help.ts';
import { asFailure } from './core/failure.ts';
import type { Clock, Random } from './core/ports.ts';
import { KubeApps, KubePlatforms } from './kube/apps.ts';
import { KubeChannels } from './kube/channels.ts';
import { ApiClient } from './kube/client.ts';
import { PooledKubeConfig } from './kube/connection.ts';
import { KubeEvents } from './kube/events.ts';
import { Collection } from './kube/list-watch.ts';
import { clusterNamespace, KubeNamespaces } from './kube/namespaces.ts';
import { apps, channels, platforms, type ResourceType, secrets } from './kube/resource.ts';
import { KubeSecrets } from './kube/secrets.ts';
import { createLogger, type Logger } from './log.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { createPlatformRegistry } from './platforms/registry.ts';
import { SoleOwner } from './runtime/buckets.ts';
import { Controller } from './runtime/controller.ts';
import { type Component, Manager } from './runtime/manager.ts';
import { Reflector } from './runtime/reflector.ts';
import { createVault, type Vault } from './vault/vault.ts';
import { version } from './version.ts';
import { OpsServer } from './web/ops.ts';

const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: async (ms) => {
    await pause(ms);
  },
};
const random: Random = { unit: () => Math.random(), id: () => randomUUID() };

/** What the reflectors keep; one per kind and watched namespace. */
function watchCluster(client: ApiClient, config: Config, log: Logger) {
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
type Watches = ReturnType<typeof watchCluster>;

/** Ever fewer lines: a watch that fails for an hour is a handful of them. */
function watchLog(log: Logger, watch: string) {
  return (error: unknown, attempt: number) => {
    if ((attempt & (attempt - 1)) === 0)
      log.warn({ watch, attempt, err: error }, 'a watch failed; it is taken up again');
  };
}

function reflectorsOf(watches: Watches): Reflector<never, unknown>[] {
  return Object.values(watches).flat() as unknown as Reflector<never, unknown>[];
}

/** Longer than a bookmark takes to come, and than one failed attempt to follow again. */
const STALE_AFTER_MS = 180_000;

function watchComponent(watches: Watches): Component {
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

/** Repeats a step of the start until it succeeds: a dependency that is away must not become a crash loop. */
async function untilDone<T>(step: string, log: Logger, isStopped: () => boolean, run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run();
    } catch (error) {
      if (isStopped()) throw error;
      if ((attempt & (attempt - 1)) === 0)
        log.warn({ step, attempt, err: error }, 'a step of the start failed; it is repeated');
      await pause(Math.min(500 * 2 ** Math.min(attempt, 5), 10_000));
    }
  }
}

function vaultOf(config: Config, log: Logger, metrics: Metrics): Vault {
  const mount = config.vaultAuthMount;
  const methods = {
    kubernetes: { kind: 'kubernetes', mount, role: config.vaultAuthRole, jwtFile: config.vaultAuthTokenFile },
    jwt: { kind: 'jwt', mount, role: config.vaultAuthRole, jwtFile: config.vaultAuthTokenFile },
    approle: {
      kind: 'approle',
      mount,
      roleIdFile: config.vaultApproleRoleIdFile ?? '',
      secretIdFile: config.vaultApproleSecretIdFile ?? '',
    },
    'token-file': { kind: 'token-file', file: config.vaultTokenFile ?? '' },
  } as const;
  return createVault({
    address: config.vaultAddress,
    caFile: config.vaultCaFile,
    namespace: config.vaultNamespace,
    allowHttp: config.vaultAllowHttp,
    method: methods[config.vaultAuthMethod],
    mount: config.vaultMount,
    prefix: config.vaultPrefix,
    clock,
    random,
    namespaceToCheck: config.watchNamespaces[0],
    onBackgroundFailure: (error) => log.warn({ err: error }, "Vault's login could not be renewed; it is tried again"),
    onRequest: ({ operation, outcome, durationMs }) => {
      metrics.vaultRequests.inc({ operation, outcome });
      metrics.vaultRequestSeconds.observe({ operation }, durationMs / 1000);
    },
  });
}

/** A run's result for the log and the metrics: an error is a bug or a dependency that could not be asked. */
function runLog(controller: string, log: Logger, metrics: Metrics) {
  return (run: {
    key: string;
    outcome: 'success' | 'error';
    durationMs: number;
    attempts: number;
    error?: unknown;
  }) => {
    const result = run.outcome === 'success' ? 'Success' : asFailure(run.error).family;
    metrics.reconciles.inc({ controller, result });
    metrics.reconcileSeconds.observe({ controller }, run.durationMs / 1000);
    if (run.outcome === 'error' && (run.attempts & (run.attempts - 1)) === 0) {
      log.warn(
        { controller, key: run.key, attempt: run.attempts, err: run.error },
        'a reconcile failed; it is repeated',
      );
    }
  };
}

interface Parts {
  readonly config: Config;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly watches: Watches;
  readonly ownership: SoleOwner;
  readonly world: (faults: AppFaultBoard) => World;
}

function controllersOf({ config, log, metrics, watches, ownership, world: worldWith }: Parts) {
  const wakeups = new Wakeups(watches.channels, watches.apps);
  const shared = { ownership, workers: config.workers, random: random.unit };
  // The board needs the controller, the controller the handler, the handler the board: the news go round by name.
  const board: AppFaultBoard = new AppFaultBoard(clock.now, (app) => appController.touch(app));
  const world = worldWith(board);
  const channelReconciler = new ChannelReconciler(world);
  const appReconciler = new AppReconciler({ world, board, channelsOf: (app) => wakeups.channelsOf(app) });
  const channelController = new Controller({
    ...shared,
    name: 'channels',
    handler: (key, run) => channelReconciler.reconcile(key, run),
    onRun: runLog('channels', log, metrics),
  });
  const appController: Controller = new Controller({
    ...shared,
    name: 'apps',
    workers: 2,
    handler: (key) => appReconciler.reconcile(key),
    onRun: runLog('apps', log, metrics),
  });
  const secretOf = (view: ChannelView): SecretView | undefined =>
    watches.projected
      .map((store) => store.get(`${view.namespace}/${view.secretName}`))
      .find((found) => found !== undefined);
  for (const store of watches.channels) {
    const firstAt = (view: ChannelView) =>
      firstDueAt(view, secretOf(view), clock.now(), phaseOf(`${view.namespace}/${view.name}`));
    channelController.watch(store, { matters: isWish, firstDueAt: firstAt });
    const appsOf = (_: string, now?: ChannelView, before?: ChannelView) =>
      [now?.app, before?.app].filter((app) => app !== undefined);
    appController.watch(store, {
      keys: appsOf,
      matters: (now, before) => now?.state !== before?.state || now?.app !== before?.app,
    });
  }
  for (const store of watches.apps) {
    const isChange = (now?: { generation: number }, before?: { generation: number }) =>
      now?.generation !== before?.generation;
    channelController.watch(store, { keys: (key) => wakeups.byApp(key), matters: isChange, wakesAtStart: false });
    appController.watch(store, { matters: isChange });
  }
  wakeOnSecrets(channelController, appController, watches, wakeups);
  return { channelController, appController };
}

function wakeOnSecrets(
  channelController: Controller,
  appController: Controller,
  watches: Watches,
  wakeups: Wakeups,
): void {
  const isEdit = (now?: SecretView, before?: SecretView) => now?.resourceVersion !== before?.resourceVersion;
  for (const store of watches.shared) {
    const options = { matters: isEdit, wakesAtStart: false };
    channelController.watch(store, { ...options, keys: (_, now, before) => wakeups.bySecret(now ?? before) });
    appController.watch(store, { ...options, keys: (_, now, before) => wakeups.appsBySecret(now ?? before) });
  }
  for (const store of watches.projected) {
    const keys = (_: string, now?: SecretView, before?: SecretView) => wakeups.bySecret(now ?? before);
    channelController.watch(store, { matters: isForeignEdit, wakesAtStart: false, keys });
  }
  for (const store of watches.platforms) {
    channelController.watch(store, { keys: (name) => wakeups.byPlatform(name), wakesAtStart: false });
    appController.watch(store, { keys: (name) => wakeups.appsByPlatform(name), wakesAtStart: false });
  }
}

function worldOf(
  client: ApiClient,
  config: Config,
  log: Logger,
  metrics: Metrics,
  vault: Vault,
  cluster: { id: string },
) {
  const endpoints = Object.fromEntries(config.platformEndpoints.map(({ platform, base }) => [platform, base]));
  const registry = createPlatformRegistry({
    clock,
    minTokenLifetimeMs: config.minTokenLifetimeMs,
    maxTokenLifetimeMs: config.maxTokenLifetimeMs,
    endpoints,
    ca: config.platformCaFile === undefined ? undefined : readFileSync(config.platformCaFile, 'utf8'),
    proxy: config.platformProxy,
    allowPrivateHosts: config.allowPrivateHosts.map(({ host, port }) => `${host}:${port}`),
  });
  const kubeSecrets = new KubeSecrets(client);
  const world = (appFaults: AppFaultBoard): World => ({
    channels: new KubeChannels(client),
    apps: new KubeApps(client),
    platforms: new KubePlatforms(client),
    namespaces: new KubeNamespaces(client),
    sharedSecrets: kubeSecrets,
    secrets: kubeSecrets,
    events: new KubeEvents({ client, instance: hostname(), onLost: () => metrics.eventsLost.inc() }),
    grants: vault.store,
    registry,
    clock,
    random,
    settings: settingsOf(config),
    clusterId: cluster.id,
    adoptCluster: config.adoptCluster,
    metadataPrefixes: config.secretMetadataPrefixes,
    // Unique per start: a restarted pod must not take an earlier life's claim for its own.
    holder: `${hostname()}/${randomBytes(4).toString('hex')}`,
    meter: channelMeter(metrics),
    log,
    appFaults,
  });
  return { registry, world };
}

async function clusterIdOf(client: ApiClient, config: Config): Promise<string> {
  if (config.clusterId !== undefined) return config.clusterId;
  const namespace = await new KubeNamespaces(client).get(clusterNamespace);
  if (namespace === undefined) throw new Error(`there is no namespace ${clusterNamespace}; set --cluster-id`);
  return namespace.uid;
}

/** Starts everything in order, runs until a signal, stops in reverse. Returns the exit code. */
async function run(config: Config): Promise<number> {
  const log = createLogger(config.logLevel);
  for (const warning of config.warnings) log.warn({ warning }, 'a setting looks wrong');
  logExceptions(log);
  const kubeConfig = PooledKubeConfig.load(config.kubeconfig);
  const sources: { watches?: Watches; controllers: Controller[]; vault?: Vault } = { controllers: [] };
  const metrics = createMetrics({
    sources: scrapeSources(sources),
    version,
    now: clock.now,
    channelLimit: config.metricsChannelLimit,
  });
  const client = new ApiClient(kubeConfig, {
    onCall: ({ method, resource, status, durationMs }) => {
      const operation = `${method.toLowerCase()} ${resource}`;
      metrics.kubernetesRequests.inc({ operation, outcome: status === undefined ? 'none' : String(status) });
      metrics.kubernetesRequestSeconds.observe({ operation }, durationMs / 1000);
    },
  });
  const manager = new Manager({
    graceMs: config.shutdownGraceMs,
    onStep: ({ name, did, error }) =>
      did === 'failed'
        ? log.error({ step: name, err: error }, 'a part of the process failed')
        : log.info({ step: name, did }, 'step'),
  });
  const ops = new OpsServer(
    {
      isLive: () => manager.isLive(),
      notReady: () => manager.notReady(),
      metrics: () => metrics.scrape(),
      metricsContentType: metrics.contentType,
    },
    config.opsAddress,
  );
  const vault = vaultOf(config, log, metrics);
  const watches = watchCluster(client, config, log);
  Object.assign(sources, { vault, watches });
  const ownership = new SoleOwner();
  const cluster = { id: '' };
  const isStopped = { value: false };
  const { registry, world } = worldOf(client, config, log, metrics, vault, cluster);
  // An answer of a platform that is not stored yet is worth more than an exit in time: until then nothing is closed.
  const drained = async () => {
    await Promise.all(sources.controllers.map((controller) => controller.stop()));
  };
  const step = <T>(name: string, work: () => Promise<T>) => untilDone(name, log, () => isStopped.value, work);
  manager
    .add({ name: 'ops endpoints', start: () => ops.start(), stop: () => ops.stop() })
    .add({
      name: 'connections',
      start: async () => log.info({ ops: ops.address }, 'listening'),
      stop: async () => {
        await drained();
        await Promise.all([registry.close(), client.close()]);
      },
    })
    .add({
      name: 'Vault',
      start: () => step('Vault', () => vault.check()),
      stop: async () => {
        await drained();
        await vault.close();
      },
    })
    .add({
      name: 'cluster identity',
      start: async () => {
        cluster.id = await step('cluster identity', () => clusterIdOf(client, config));
      },
      stop: async () => {},
    })
    .add(watchComponent(watches))
    .add(controllersComponent({ config, log, metrics, watches, ownership, world }, sources));
  const stopped = manager.untilSignal(process);
  stopped.then(
    () => {
      isStopped.value = true;
    },
    () => {},
  );
  await manager.start();
  const report = await stopped;
  if (!report.clean)
    log.error({ unfinished: report.unfinished }, 'the grace ended before everything was finished; waiting on');
  await drained();
  return report.clean ? 0 : 1;
}

function controllersComponent(parts: Parts, sources: { controllers: Controller[] }): Component {
  return {
    name: 'controllers',
    // Made now, because the cluster's identity is known only after the start of what stands before.
    start: async () => {
      const { channelController, appController } = controllersOf(parts);
      sources.controllers.push(channelController, appController);
      await Promise.all(sources.controllers.map((controller) => controller.start()));
      await parts.ownership.start();
    },
    stop: async () => {
      await Promise.all(sources.controllers.map((controller) => controller.stop()));
      await parts.ownership.stop();
    },
    unfinished: () => sources.controllers.flatMap((controller) => controller.unfinished()),
  };
}

function scrapeSources(sources: { watches?: Watches; controllers: Controller[]; vault?: Vault }) {
  return {
    channels: {
      *list() {
        for (const store of sources.watches?.channels ?? [])
          for (const [, view] of store.entries()) yield gaugesOf(view);
      },
    },
    *queues() {
      for (const controller of sources.controllers) {
        const { depth, oldestAgeMs } = controller.stats();
        yield { controller: controller.name, depth, oldestAgeMs };
      }
    },
    *reflectors() {
      if (sources.watches === undefined) return;
      for (const { name, lastContactAt, counters } of reflectorsOf(sources.watches)) {
        yield { kind: name, lastContactAt, restarts: counters.failures };
      }
    },
    // One replica owns the one share there is; Lease buckets make this a number.
    bucketsOwned: () => (sources.controllers.length > 0 ? 1 : 0),
    vaultLoginExpiresAt: () => {
      const leftMs = sources.vault?.store.loginRemainingMs() ?? 0;
      return leftMs > 0 && Number.isFinite(leftMs) ? clock.now() + leftMs : undefined;
    },
  };
}

/** Values that come from bugs must not be printed by Node, which would print whatever they hold. */
function logExceptions(log: Logger): void {
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'a promise was rejected and nobody listened'));
  process.on('uncaughtException', (error) => {
    log.error({ err: error }, 'an exception reached the top; the process ends');
    process.exit(70);
  });
}

function main(): void {
  const argv = process.argv.slice(2);
  switch (requestOf(argv)) {
    case 'help':
      process.stdout.write(helpText());
      return;
    case 'version':
      process.stdout.write(`${version}\n`);
      return;
    case 'run':
      start(argv);
  }
}

function start(argv: readonly string[]): void {
  try {
    const config = loadConfig(argv, process.env);
    run(config).then(
      (code) => process.exit(code),
      (error: unknown) => {
        createLogger(config.logLevel).error({ err: error }, 'the operator could not start');
        process.exit(1);
      },
    );
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}

main();
