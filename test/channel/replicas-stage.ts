import { bucketOf } from '../../src/runtime/buckets.ts';
import { simulatedPlatforms } from '../harness/casting.ts';
import { FaultProxy } from '../harness/fault-proxy.ts';
import { type Operator, startOperator } from '../harness/operator.ts';
import { sharedWorld } from '../harness/shared-world.ts';
import { shortDurations } from '../harness/stage.ts';
import { waitFor } from '../harness/wait.ts';
import { type OperatedStage, operatedStage } from './operated-stage.ts';

export const buckets = 16;

/** One process of several that serve the same channels. */
export interface Replica {
  readonly operator: Operator;
  /** Its own way to the API server. */
  readonly kubernetes: FaultProxy;
}

export interface ReplicatedStage {
  readonly stage: OperatedStage;
  readonly replicas: readonly [Replica, Replica, Replica];
  /** Waits until each bucket is held and the shares of those that run are even. */
  balanced(running?: readonly Replica[]): Promise<void>;
  removeAll(): Promise<void>;
}

/** Three replicas: one ServiceAccount, one namespace, one Vault prefix. */
export async function replicatedStage(args: readonly string[]): Promise<ReplicatedStage> {
  const world = sharedWorld();
  const proxy = () => FaultProxy.start({ upstream: world.cluster.url, authority: world.authority });
  const proxies = [await proxy(), await proxy(), await proxy()] as const;
  const stage = await operatedStage({ kubernetesUrl: proxies[0].url, args });
  const another = async (kubernetes: FaultProxy): Promise<Replica> => {
    const operator = await startOperator({
      world,
      namespaces: [stage.namespace],
      vaultPrefix: stage.vaultPrefix,
      operatorNamespace: stage.operator.namespace,
      kubernetesUrl: kubernetes.url,
      platformEndpoints: simulatedPlatforms(world.simulator?.url ?? ''),
      args: [...shortDurations, ...args],
    });
    return { operator, kubernetes };
  };
  const first = { operator: stage.operator, kubernetes: proxies[0] };
  const replicas = [first, await another(proxies[1]), await another(proxies[2])] as const;
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
      await Promise.all(proxies.map((each) => each.stop()));
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
export async function takeover(
  by: readonly Replica[],
  which: readonly number[],
  since: number,
): Promise<{ medianMs: number; worstMs: number }> {
  const times = await waitFor(
    () => {
      const taken = which.map((bucket) => takenAt(by, bucket, since));
      return taken.every((at) => at !== undefined) && taken;
    },
    { timeoutMs: 30_000, everyMs: 100, what: `buckets ${which.join(', ')} to be taken over` },
  );
  const sorted = times.map((at) => at - since).sort((a, b) => a - b);
  return { medianMs: sorted[Math.floor(sorted.length / 2)] ?? 0, worstMs: sorted.at(-1) ?? 0 };
}

/** The channels that fall into one of these buckets. */
export function channelsIn(which: readonly number[], namespace: string, names: readonly string[]): string[] {
  return names.filter((name) => which.includes(bucketOf(`${namespace}/${name}`, buckets)));
}
