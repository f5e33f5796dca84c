import { expect } from 'vitest';
import { bucketOf } from '../../src/runtime/buckets.ts';
import { simulatedPlatforms } from '../harness/casting.ts';
import { FaultProxy } from '../harness/fault-proxy.ts';
import { type Operator, startOperator } from '../harness/operator.ts';
import { sharedWorld } from '../harness/shared-world.ts';
import { channelWithTokens, shortDurations } from '../harness/stage.ts';
import { waitFor } from '../harness/wait.ts';
import type { World } from '../harness/world.ts';
import { isConnected, type OperatedStage, operatedStage, statusOf } from './operated-stage.ts';

export const buckets = 16;

/** One process of several that serve the same channels. */
export interface Replica {
  readonly operator: Operator;
  /** Its own ways to the API server and to Vault. */
  readonly kubernetes: FaultProxy;
  readonly vault: FaultProxy;
}

export interface ReplicatedStage {
  readonly stage: OperatedStage;
  readonly replicas: readonly [Replica, Replica, Replica];
  /** Waits until each bucket is held and the shares of those that run are even. */
  balanced(running?: readonly Replica[]): Promise<void>;
  removeAll(): Promise<void>;
}

/** As installed: the figures are those of an installation. */
const leases = ['--lease-duration', '15s', '--lease-renew-interval', '5s'];

/** Three replicas: one ServiceAccount, one namespace, one Vault prefix. `env` is the first one's. */
export async function replicatedStage(
  world: World = sharedWorld(),
  env: Readonly<Record<string, string>> = {},
): Promise<ReplicatedStage> {
  const { authority } = world;
  const ways = async () => ({
    kubernetes: await FaultProxy.start({ upstream: world.cluster.url, authority }),
    vault: await FaultProxy.start({ upstream: world.vault.url, authority }),
  });
  const first = await ways();
  const stage = await operatedStage({
    ...{ world, env, args: leases },
    kubernetesUrl: first.kubernetes.url,
    vaultUrl: first.vault.url,
  });
  const another = async (): Promise<Replica> => {
    const { kubernetes, vault } = await ways();
    const operator = await startOperator({
      world,
      namespaces: [stage.namespace],
      vaultPrefix: stage.vaultPrefix,
      operatorNamespace: stage.operator.namespace,
      kubernetesUrl: kubernetes.url,
      vaultUrl: vault.url,
      platformEndpoints: simulatedPlatforms(world.simulator?.url ?? ''),
      args: [...shortDurations, ...leases],
    });
    return { operator, kubernetes, vault };
  };
  const replicas = [{ operator: stage.operator, ...first }, await another(), await another()] as const;
  return {
    stage,
    replicas,
    balanced: async (running = replicas) => {
      const isEven = async () => {
        const owned = await Promise.all(running.map(ownedBy));
        const sum = owned.reduce((total, each) => total + each, 0);
        return sum === buckets && Math.max(...owned) - Math.min(...owned) <= 1;
      };
      await waitFor(isEven, {
        timeoutMs: 30_000,
        everyMs: 250,
        what: `${running.length} replicas to hold even shares`,
      });
    },
    removeAll: async () => {
      for (const { operator } of replicas.slice(1)) {
        operator.files.stopRenewing();
        await operator.kill();
      }
      await stage.removeAll();
      await Promise.all(replicas.flatMap(({ kubernetes, vault }) => [kubernetes.stop(), vault.stop()]));
    },
  };
}

export function ownedBy({ operator }: Replica): Promise<number> {
  return gauge(operator, 'socialchannel_buckets_owned');
}

export async function gauge(operator: Operator, name: string): Promise<number> {
  const [, value = 'NaN'] = new RegExp(`^${name} (\\S+)$`, 'm').exec(await operator.metrics()) ?? [];
  return Number(value);
}

/** The buckets that it holds by its own log. */
export function heldBy({ operator }: Replica): number[] {
  const held = new Set<number>();
  for (const { message, buckets: told } of operator.log()) {
    // A start later than a kill: what the one before held it holds no more.
    if (message === 'listening') held.clear();
    if (!Array.isArray(told)) continue;
    for (const bucket of told as number[]) {
      if (message === 'looks after more channels') held.add(bucket);
      else held.delete(bucket);
    }
  }
  return [...held];
}

/** When the bucket was taken up after `since` by one of these, epoch milliseconds. */
export function takenAt(by: readonly Replica[], bucket: number, since: number): number | undefined {
  const lines = by.flatMap(({ operator }) => operator.log());
  const taken = lines.filter(
    (line) => line.message === 'looks after more channels' && (line.buckets as number[]).includes(bucket),
  );
  return taken.map(({ time }) => Date.parse(String(time))).find((at) => at > since);
}

/** Waits until others have taken up all of these, and tells after how many milliseconds each. */
export async function takeover(by: readonly Replica[], which: readonly number[], since: number): Promise<number[]> {
  const times = await waitFor(
    () => {
      const taken = which.map((bucket) => takenAt(by, bucket, since));
      return taken.every((at) => at !== undefined) && taken;
    },
    { timeoutMs: 30_000, everyMs: 100, what: `buckets ${which.join(', ')} to be taken over` },
  );
  return times.map((at) => at - since);
}

/** Prints how long takeovers took, and returns the worst, milliseconds. */
export function tellTakeovers(what: string, times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  const worst = sorted.at(-1) ?? 0;
  const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
  process.stderr.write(
    `takeover of ${times.length} buckets ${what}: median ${seconds(sorted[Math.floor(sorted.length / 2)] ?? 0)}, worst ${seconds(worst)}\n`,
  );
  return worst;
}

/** Channels of one app whose refresh tokens rotate, all connected and shared evenly. */
export async function connectMany(
  { stage, balanced }: ReplicatedStage,
  names: readonly string[],
  accessLifetimeSeconds: number,
  timeoutMs = 120_000,
): Promise<void> {
  const app = await stage.simulatedApp('twitch', 'app', { rotate: 'always', accessLifetimeSeconds });
  const grants = await Promise.all(names.map((name) => stage.simulatedGrant('twitch', app, name)));
  await stage.apply(names.flatMap((name, at) => channelWithTokens(name, 'app', grants[at])));
  const areConnected = async () => (await stage.list('SocialChannel')).map(statusOf).every(isConnected);
  await waitFor(areConnected, { timeoutMs, everyMs: 500, what: `${names.length} channels to be connected` });
  await balanced();
}

/** Waits until each of these channels has a token that was given after `since`. */
export async function refreshed(
  { stage }: ReplicatedStage,
  which: readonly string[],
  since: number,
  timeoutMs = 20_000,
): Promise<void> {
  const areRefreshed = async () => {
    const statuses = (await stage.list('SocialChannel')).filter(({ metadata }) => which.includes(metadata.name));
    return statuses.map(statusOf).every((status) => Date.parse(status.lastRefreshTime ?? '') > since);
  };
  await waitFor(areRefreshed, { timeoutMs, everyMs: 250, what: `${which.length} channels to be refreshed` });
}

/** No token was sent twice, no grant was lost, and nobody was asked to reconnect, by whichever replica. */
export async function expectWhole({ stage, replicas }: ReplicatedStage): Promise<void> {
  await stage.expectCleanLedger();
  const lines = replicas.flatMap(({ operator }) => operator.log());
  expect(lines.filter((line) => line.state === 'NeedsReauth')).toEqual([]);
}

/** The channels that fall into one of these buckets. */
export function channelsIn(which: readonly number[], namespace: string, names: readonly string[]): string[] {
  return names.filter((name) => which.includes(bucketOf(`${namespace}/${name}`, buckets)));
}
