import { simulatedPlatforms } from '../test/harness/casting.ts';
import { FaultProxy } from '../test/harness/fault-proxy.ts';
import { type Ingress, startIngress } from '../test/harness/ingress.ts';
import { type Operator, startOperator } from '../test/harness/operator.ts';
import { pagesFlags } from '../test/harness/pages.ts';
import { uniqueName } from '../test/harness/scratch.ts';
import { createStage, type Stage, shortDurations } from '../test/harness/stage.ts';
import { sleep, waitFor } from '../test/harness/wait.ts';
import type { World } from '../test/harness/world.ts';
import { isConsent, type PathName } from './cells.ts';
import { declareGrace, type KindName, kinds } from './kinds.ts';
import { type Slowness, slowed } from './pace.ts';
import { Person } from './person.ts';
import { type Server, servers } from './wire.ts';

/** An operator that reaches nothing but through these. Replicas share the one before the platform. */
export interface Replica {
  readonly operator: Operator;
  readonly proxies: Readonly<Record<Server, FaultProxy>>;
}

/** A namespace with an operator (or two replicas) that plays one cell after the other, each with an app and an account of its own. */
export interface Lane {
  readonly world: World;
  readonly stage: Stage;
  readonly replicas: readonly Replica[];
  readonly slowness: Slowness;
  /** Where its pages are served: their address, and somebody who has signed in there. */
  readonly visitor?: { readonly url: string; readonly person: Person };
  /** The name of the declared platform of such apps, which is applied when it is first asked for. */
  platformOf(kind: KindName): Promise<string | undefined>;
  /** The one that holds the channels, and the other, which would take them over. Waits until both are there. */
  roles(): Promise<{ holder: Replica; heir: Replica }>;
  close(): Promise<void>;
}

export type LaneKind = 'alone' | 'two replicas' | 'with pages';

export function laneKindOf(path: PathName): LaneKind {
  if (path === 'takeover' || path === 'rescue') return 'two replicas';
  return isConsent(path) ? 'with pages' : 'alone';
}

/**
 * One share, so that one replica holds all channels. The Lease is as long as the claim's life allows: renewing it, and
 * looking whether it has ended, was most of what an operator did that waits. Of a flag the last value counts.
 */
const leases = ['--lease-buckets', '1', '--lease-duration', '6s', '--lease-renew-interval', '2400ms'];
const settings = [...shortDurations, ...leases];

export interface LaneOptions {
  /** The operator that runs in it. */
  readonly program: string;
  readonly slowness: Slowness;
  readonly kind: LaneKind;
}

export async function openLane(shared: World, { program, slowness, kind: laneKind }: LaneOptions): Promise<Lane> {
  const { authority } = shared;
  const proxy = (upstream: string) => FaultProxy.start({ upstream, authority });
  const platform = await proxy(shared.simulator?.url ?? '');
  const simulator = { url: platform.url, controlUrl: shared.simulator?.controlUrl ?? '' };
  const world: World = { ...shared, simulator };
  const stage = await createStage(world);
  const ingress = laneKind === 'with pages' ? await startIngress(authority) : undefined;
  const name = uniqueName('dana');
  const pages = ingress === undefined ? [] : await pagesFlags(world, ingress, name);
  const args = [...slowed(settings, slowness), ...pages];
  const another = async (before: readonly Replica[]): Promise<Replica> => {
    const proxies = { vault: await proxy(world.vault.url), kubernetes: await proxy(world.cluster.url), platform };
    const [first] = before;
    const of = first === undefined ? {} : { operatorNamespace: first.operator.namespace };
    return { proxies, operator: await operatorBehind({ proxies, world, stage, program, args, ...of }) };
  };
  const replicas = [await another([])];
  if (laneKind === 'two replicas') replicas.push(await another(replicas));
  const visitor = ingress && (await signedIn(shared, stage, ingress, name));
  let declared: Promise<string> | undefined;
  return {
    ...{ world, stage, replicas, slowness, ...(visitor && { visitor }) },
    platformOf: async (kind) => {
      if (!kinds[kind].isDeclared) return undefined;
      declared ??= declareGrace(world, stage);
      return declared;
    },
    roles: () => rolesOf(replicas, slowness),
    close: async () => {
      await Promise.all(replicas.slice(1).map(({ operator }) => operator.kill()));
      for (const { operator } of replicas.slice(1)) operator.files.stopRenewing();
      await replicas[0]?.operator.remove();
      await ingress?.stop();
      // The cluster removes it in its own time.
      await world.admin.delete({ apiVersion: 'v1', kind: 'Namespace', name: stage.namespace });
      const name = await declared;
      if (name !== undefined) await world.admin.delete({ ...platformResource, name });
      await Promise.all(replicas.flatMap(({ proxies }) => servers.map((name) => proxies[name].stop())));
    },
  };
}

async function signedIn(
  { simulator, authority }: World,
  { oidc }: Stage,
  { url }: Ingress,
  name: string,
): Promise<NonNullable<Lane['visitor']>> {
  const person = new Person({ origin: url, platform: simulator?.url ?? '', ca: authority.certificate });
  await person.signIn('/', async (at) => await oidc.consent({ url: at, accountId: name }));
  return { url, person };
}

const platformResource = { apiVersion: 'socialops.dev/v1alpha1', kind: 'SocialPlatform' };

function operatorBehind(of: {
  readonly proxies: Replica['proxies'];
  readonly world: World;
  readonly stage: Stage;
  readonly program: string;
  readonly args: readonly string[];
  readonly operatorNamespace?: string;
}): Promise<Operator> {
  const { proxies, world, stage, ...more } = of;
  return startOperator({
    ...{ world, ...more },
    namespaces: [stage.namespace],
    vaultPrefix: stage.vaultPrefix,
    kubernetesUrl: proxies.kubernetes.url,
    vaultUrl: proxies.vault.url,
    platformEndpoints: simulatedPlatforms(proxies.platform.url),
    privateHosts: [new URL(proxies.platform.url).host.replace('127.0.0.1', 'localhost')],
  });
}

/** A replica that joins may take the share over at once: then who has it a moment later. */
const handoverMs = 1_500;

async function rolesOf(
  [one, other]: readonly Replica[],
  slowness: Slowness,
): Promise<{ holder: Replica; heir: Replica }> {
  if (one === undefined || other === undefined) throw new Error('this lane has one replica only');
  const look = async () => {
    const [mine, its] = [await sharesOf(one), await sharesOf(other)];
    if (mine.live !== 2 || its.live !== 2 || mine.owned + its.owned !== 1) return undefined;
    return mine.owned === 1 ? { holder: one, heir: other } : { holder: other, heir: one };
  };
  const isSettled = async () => {
    const before = await look();
    if (before === undefined) return undefined;
    await sleep(slowness * handoverMs);
    const after = await look();
    return after?.holder === before.holder ? after : undefined;
  };
  return waitFor(isSettled, {
    timeoutMs: slowness * 60_000,
    everyMs: 300,
    what: 'two replicas, one of which holds the channels',
  });
}

async function sharesOf({ operator }: Replica): Promise<{ live: number; owned: number }> {
  const text = await operator.metrics();
  const gauge = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
  return { live: gauge('socialchannel_replicas'), owned: gauge('socialchannel_buckets_owned') };
}
