#!/usr/bin/env node
import { gaugesOf } from './channel-meter.ts';
import { type Config, ConfigError, loadConfig, requestOf } from './config.ts';
import { helpText } from './config-help.ts';
import { ApiClient } from './kube/client.ts';
import { PooledKubeConfig } from './kube/connection.ts';
import { createLogger } from './log.ts';
import { controllersComponent } from './main-controllers.ts';
import { clock, logExceptions, untilDone } from './main-process.ts';
import { reflectorsOf, type Watches, watchCluster, watchComponent } from './main-watches.ts';
import { clusterIdOf, vaultOf, worldOf } from './main-world.ts';
import { createMetrics } from './metrics.ts';
import { SoleOwner } from './runtime/buckets.ts';
import type { Controller } from './runtime/controller.ts';
import { Manager } from './runtime/manager.ts';
import type { Vault } from './vault/vault.ts';
import { version } from './version.ts';
import { OpsServer } from './web/ops.ts';

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

main();
