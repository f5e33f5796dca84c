import { hostname } from 'node:os';
import type { SocialChannel } from './api/resources.gen.ts';
import { AppFaultBoard } from './channel/app-fault-board.ts';
import { lookAt } from './channel/look.ts';
import type { World } from './channel/ports.ts';
import { type Config, ConfigError } from './config.ts';
import { asFailure } from './core/failure.ts';
import { ApiClient } from './kube/client.ts';
import { PooledKubeConfig } from './kube/connection.ts';
import { EscrowSecrets } from './kube/escrow-secrets.ts';
import { KubeLeases } from './kube/leases.ts';
import { Collection } from './kube/list-watch.ts';
import { channels } from './kube/resource.ts';
import type { Logger } from './log.ts';
import { operatorNamespaceOf } from './main-leases.ts';
import { loadSinks, noticeDesk } from './main-notices.ts';
import { clock } from './main-process.ts';
import { collectionsOf } from './main-watches.ts';
import { clusterIdOf, vaultOf, worldOf } from './main-world.ts';
import { createMetrics, nothingToScrape } from './metrics.ts';
import { version } from './version.ts';

/** One thing that must work. `work` answers what was seen, in a few words. */
interface Step {
  readonly name: string;
  readonly work: () => Promise<string>;
  /** Names of steps without which this one says nothing new. */
  readonly needs?: readonly string[];
}

/** So many channels are looked at: enough to see that it works, few enough for a pod that is waited for. */
const CHANNELS = 20;

/**
 * Tries what the operator needs and looks at channels without touching them: `--check`. Nothing is written, but for the
 * key for escrow where Vault has none yet, which the first start would make.
 *
 * @returns whether everything works
 */
export async function check(config: Config, log: Logger, say: (line: string) => void): Promise<boolean> {
  for (const warning of config.warnings) say(line('warning', 'configuration', warning));
  say(line('ok', 'configuration', `version ${version}`));
  const metrics = createMetrics({ sources: nothingToScrape, version, now: clock.now, channelLimit: 0 });
  const kubeConfig = PooledKubeConfig.load(config.kubeconfig);
  const client = new ApiClient(kubeConfig);
  const namespace = operatorNamespaceOf(config, kubeConfig.namespace);
  const vault = vaultOf(config, log, metrics);
  const cluster = { id: '' };
  const holder = `${hostname()}/check`;
  const notices = noticeDesk(config, log, metrics, { make: await loadSinks(config), clusterId: () => cluster.id });
  const process = { cluster, namespace, holder, replicas: () => 1, notices };
  const parts = worldOf(client, config, log, metrics, vault, process);
  const world = parts.world(new AppFaultBoard(clock.now, () => {}), { of: () => undefined });
  try {
    return await inTurn(steps({ config, client, namespace, vault, cluster, world }), say);
  } finally {
    await Promise.all([notices.stop(), vault.close(), parts.registry.close(), client.close()]);
  }
}

interface Parts {
  readonly config: Config;
  readonly client: ApiClient;
  readonly namespace: string;
  readonly vault: ReturnType<typeof vaultOf>;
  readonly cluster: { id: string };
  readonly world: World;
}

function steps({ config, client, namespace, vault, cluster, world }: Parts): Step[] {
  return [
    {
      name: 'Vault',
      work: async () => {
        await vault.check();
        return `login, mount ${config.vaultMount} and policy at ${config.vaultAddress}`;
      },
    },
    {
      name: 'cluster identity',
      work: async () => {
        cluster.id = await clusterIdOf(client, config);
        return cluster.id;
      },
    },
    { name: 'watched resources', work: () => listAll(client, config) },
    {
      name: 'Leases',
      work: async () => {
        const leases = new KubeLeases({ client, namespace, deadlineMs: config.leaseRenewMs, now: clock.now });
        return `${(await leases.list()).length} in namespace ${namespace}`;
      },
    },
    {
      name: 'escrow',
      work: async () => {
        await new EscrowSecrets(client, namespace).check();
        return `Secrets of namespace ${namespace} take sealed answers (dry run)`;
      },
    },
    {
      name: 'dry reconcile',
      work: () => dryReconcile(client, config, world),
      needs: ['Vault', 'cluster identity', 'watched resources'],
    },
  ];
}

async function listAll(client: ApiClient, config: Config): Promise<string> {
  const all = Object.values(collectionsOf(client, config)).flat();
  for (const collection of all)
    await collection.list({ limit: 1, signal: AbortSignal.timeout(config.leaseDurationMs) });
  const where = config.watchNamespaces.length === 0 ? 'all namespaces' : config.watchNamespaces.join(', ');
  return `channels, apps, platforms and Secrets can be listed in ${where}`;
}

async function dryReconcile(client: ApiClient, config: Config, world: World): Promise<string> {
  const collections = Collection.of<SocialChannel>({ client, type: channels }, config.watchNamespaces);
  const some: SocialChannel[] = [];
  for (const collection of collections) {
    const limit = CHANNELS - some.length;
    if (limit > 0) some.push(...(await collection.list({ limit, signal: AbortSignal.timeout(30_000) })).items);
  }
  const seen: string[] = [];
  for (const channel of some) {
    const { rule, action } = await lookAt(world, channel);
    seen.push(`\n${channel.metadata.namespace}/${channel.metadata.name}: ${action.kind} (${rule})`);
  }
  const count = `${some.length} ${some.length === 1 ? 'channel' : 'channels'} read with grant and Secret, nothing changed`;
  return some.length === 0 ? 'there is no channel yet' : count + seen.join('');
}

async function inTurn(all: readonly Step[], say: (line: string) => void): Promise<boolean> {
  const failed = new Set<string>();
  for (const { name, work, needs = [] } of all) {
    const missing = needs.filter((need) => failed.has(need));
    if (missing.length > 0) {
      failed.add(name);
      say(line('skipped', name, `needs ${missing.join(', ')}`));
      continue;
    }
    try {
      say(line('ok', name, await work()));
    } catch (error) {
      if (error instanceof ConfigError) throw error;
      failed.add(name);
      say(line('failed', name, asFailure(error).message));
    }
  }
  return failed.size === 0;
}

function line(result: 'ok' | 'failed' | 'skipped' | 'warning', name: string, told: string): string {
  return `${result.padEnd(9)}${name.padEnd(19)}${told.replaceAll('\n', `\n${' '.repeat(28)}`)}`;
}
