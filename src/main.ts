#!/usr/bin/env node
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { gaugesOf } from './channel-meter.ts';
import { type Config, ConfigError, loadConfig, requestOf } from './config.ts';
import { helpText } from './config-help.ts';
import { ApiClient } from './kube/client.ts';
import { PooledKubeConfig } from './kube/connection.ts';
import { createLogger, type Logger } from './log.ts';
import { check } from './main-check.ts';
import { controllersComponent, type Served } from './main-controllers.ts';
import { DependencyGate } from './main-gate.ts';
import { leaseBuckets, operatorNamespaceOf, replicaGauges } from './main-leases.ts';
import { loadSinks, noticeDesk, type SinkMaker } from './main-notices.ts';
import type { pagesComponent } from './main-pages.ts';
import { clock, logExceptions, untilDone } from './main-process.ts';
import { type Watches, watchCluster, watchComponent } from './main-watches.ts';
import { clusterIdOf, endpointsOf, vaultOf, worldOf } from './main-world.ts';
import { createMetrics } from './metrics.ts';
import type { NoticeDesk } from './notices/desk.ts';
import type { Controller } from './runtime/controller.ts';
import type { LeaseBuckets } from './runtime/lease-buckets.ts';
import { Manager } from './runtime/manager.ts';
import type { Vault } from './vault/vault.ts';
import { version } from './version.ts';
import { OpsServer } from './web/ops.ts';

/** What the scrape reads; filled while the process starts. */
interface Sources {
  readonly gate: DependencyGate;
  watches?: Watches;
  vault?: Vault;
  ownership?: LeaseBuckets;
  notices?: NoticeDesk;
  readonly controllers: Controller[];
  /** What the pages work with, made with the controllers. */
  served?: Served;
}

function scrapeSources(sources: Sources) {
  return {
    channels: {
      *list() {
        for (const [key, view] of sources.watches?.channels.entries() ?? [])
          if (sources.ownership?.owns(key, 0)) yield gaugesOf(view);
      },
    },
    *queues() {
      for (const controller of sources.controllers) {
        const { depth, oldestAgeMs } = controller.stats();
        yield { controller: controller.name, depth, oldestAgeMs };
      }
    },
    *reflectors() {
      for (const set of Object.values(sources.watches ?? {})) {
        yield { kind: set.name, lastContactAt: set.lastContactAt, restarts: set.counters().failures };
      }
    },
    replicas: () => {
      const { ownership, watches } = sources;
      if (ownership === undefined || watches === undefined) return { bucketsOwned: 0, live: 0, refreshesHeld: 0 };
      return replicaGauges(ownership, watches);
    },
    channelsHeldBack: () => sources.gate.waiting(),
    noticesWaiting: () => sources.notices?.waiting() ?? [],
    vaultLoginExpiresAt: () => {
      const leftMs = sources.vault?.store.loginRemainingMs() ?? 0;
      return leftMs > 0 && Number.isFinite(leftMs) ? clock.now() + leftMs : undefined;
    },
  };
}

/** The adapters of one process, made but not started. */
function assemble(config: Config, log: Logger, manager: Manager, makeSinks: SinkMaker) {
  const gate = new DependencyGate();
  const sources: Sources = { gate, controllers: [] };
  const metrics = createMetrics({
    sources: scrapeSources(sources),
    version,
    now: clock.now,
    channelLimit: config.metricsChannelLimit,
  });
  const kubeConfig = PooledKubeConfig.load(config.kubeconfig);
  const client = new ApiClient(kubeConfig, {
    onCall: ({ method, resource, status, durationMs }) => {
      gate.report('kubernetes', status);
      const operation = `${method.toLowerCase()} ${resource}`;
      metrics.kubernetesRequests.inc({ operation, outcome: status === undefined ? 'none' : String(status) });
      metrics.kubernetesRequestSeconds.observe({ operation }, durationMs / 1000);
    },
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
  const vault = vaultOf(config, log, metrics, (status) => gate.report('vault', status));
  const watches = watchCluster(client, config, log);
  // Unique per start: a restarted pod must not take an earlier life's claims or Leases for its own.
  const holder = `${hostname()}/${randomBytes(4).toString('hex')}`;
  const namespace = operatorNamespaceOf(config, kubeConfig.namespace);
  const ownership = leaseBuckets({ client, config, log, metrics, namespace, holder });
  const cluster = { id: '' };
  const notices = noticeDesk(config, log, metrics, { make: makeSinks, clusterId: () => cluster.id });
  const { registry, world } = worldOf(client, config, log, metrics, vault, {
    cluster,
    namespace,
    holder,
    replicas: () => ownership.replicas(),
    notices,
  });
  Object.assign(sources, { vault, watches, ownership, notices });
  return { sources, metrics, client, ops, vault, watches, ownership, cluster, registry, world, notices, gate };
}

/** What starts after what; it stops in reverse. */
function inOrder(
  config: Config,
  makePages: PagesMaker | undefined,
  log: Logger,
  manager: Manager,
  parts: ReturnType<typeof assemble>,
): void {
  const { sources, metrics, client, ops, vault, watches, ownership, cluster, registry, world, notices, gate } = parts;
  const step = <T>(name: string, work: () => Promise<T>) => untilDone(name, log, () => manager.isStopping(), work);
  const identify = async () => {
    cluster.id = await step('cluster identity', () => clusterIdOf(client, config));
  };
  manager
    .add({ name: 'ops endpoints', start: () => ops.start(), stop: () => ops.stop() })
    .add({
      name: 'connections',
      start: async () => log.info({ ops: ops.address }, 'listening'),
      stop: () =>
        drained(sources)
          .then(() => Promise.all([registry.close(), client.close()]))
          .then(() => {}),
    })
    // Not waited for: it is of use only where it is early.
    .add({ name: 'first look at Leases', start: async () => void ownership.peek(), stop: async () => {} })
    .add({
      name: 'Vault',
      start: () => step('Vault', () => vault.check()),
      stop: () => drained(sources).then(() => vault.close()),
    })
    .add({ name: 'cluster identity', start: identify, stop: async () => {} })
    .add(watchComponent(watches))
    // Stops after the controllers: what they owe at the end is told by whoever goes on.
    .add({ name: 'notices', start: async () => {}, stop: () => notices.stop() })
    .add(controllersComponent({ config, log, metrics, watches, ownership, notices, gate, world }, sources));
  const served = () => sources.served;
  const pages = makePages?.({ config, log, metrics, client, registry, watches, vault, served });
  if (pages !== undefined) manager.add(pages);
}

/** An answer of a platform that is not stored yet is worth more than an exit in time: until then nothing is closed. */
async function drained({ controllers, served }: Sources): Promise<void> {
  await Promise.all([...controllers.map((controller) => controller.stop()), served?.desk.drained()]);
}

/** Starts everything in order, runs until a signal, stops in reverse. Returns the exit code. */
async function run(config: Config, makePages: PagesMaker | undefined): Promise<number> {
  const log = createLogger(config.logLevel);
  for (const warning of config.warnings) log.warn({ warning }, 'a setting looks wrong');
  logExceptions(log);
  const manager = new Manager({
    graceMs: config.shutdownGraceMs,
    onStep: ({ name, did, error }) =>
      did === 'failed'
        ? log.error({ part: name, err: error }, 'a part of the process failed')
        : log.info({ part: name, did }, 'the process changes'),
  });
  const parts = assemble(config, log, manager, await loadSinks(config));
  inOrder(config, makePages, log, manager, parts);
  const stopped = manager.untilSignal(process);
  await manager.start();
  const report = await stopped;
  // The manager listens no more: a second signal would end the process before the last answer is stored.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => {});
  if (!report.clean) log.error({ unfinished: report.unfinished }, 'the grace ended before everything was finished');
  await drained(parts.sources);
  return report.clean ? 0 : 1;
}

/** A person or `helm test` reads standard output; what is logged meanwhile stands beside it. */
async function tryOut(config: Config): Promise<number> {
  const log = createLogger('error', process.stderr);
  const works = await check(config, log, (line) => process.stdout.write(`${line}\n`));
  return works ? 0 : 1;
}

type PagesMaker = (options: Omit<Parameters<typeof pagesComponent>[0], 'files'>) => ReturnType<typeof pagesComponent>;

/**
 * The pages, loaded only where they are wanted; their files are read before anything starts.
 * @throws ConfigError with every problem of every file at once
 */
async function loadPages(config: Config): Promise<PagesMaker | undefined> {
  if (config.pagesURL === undefined) return undefined;
  const pages = await import('./main-pages.ts');
  const files = pages.readPagesFiles(config);
  return (options) => pages.pagesComponent({ ...options, files });
}

function start(
  argv: readonly string[],
  work: (config: Config, makePages: PagesMaker | undefined) => Promise<number>,
): void {
  try {
    const config = loadConfig(argv, process.env);
    endpointsOf(config);
    loadPages(config)
      .then((makePages) => work(config, makePages))
      .then(
        (code) => process.exit(code),
        (error: unknown) => {
          if (error instanceof ConfigError) refuse(error);
          createLogger(config.logLevel).error({ err: error }, 'the operator could not start');
          process.exit(1);
        },
      );
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    refuse(error);
  }
}

function refuse(error: ConfigError): never {
  process.stderr.write(`${error.message}\n`);
  process.exit(2);
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
    case 'check':
      start(argv, tryOut);
      return;
    case 'run':
      start(argv, run);
  }
}

main();
