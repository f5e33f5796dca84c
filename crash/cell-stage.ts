import { simulatedPlatforms } from '../test/harness/casting.ts';
import { FaultProxy, type RecordedRequest } from '../test/harness/fault-proxy.ts';
import { type Operator, startOperator } from '../test/harness/operator.ts';
import { channelWithTokens, createStage, type Stage, shortDurations } from '../test/harness/stage.ts';
import type { World } from '../test/harness/world.ts';
import type { App } from '../test/simulator/model.ts';
import type { PathName } from './cells.ts';
import { declaredPlatform, type Kind, type KindName, kinds } from './kinds.ts';
import { callOf, type Server, servers } from './wire.ts';

/** The one channel of each cell. */
export const channel = 'live';

/** Ends soon enough for a cell to see it, and late enough for an import on a busy machine. */
const shortLifeSeconds = 30;
/** Nothing falls due in a cell by itself. */
const longLifeSeconds = 1_800;

export interface Call {
  readonly call: string;
  readonly request: RecordedRequest;
}

/** A namespace, an app, an account, an operator and three proxies of one cell's own, on servers that all cells share. */
export interface CellStage extends Stage {
  readonly world: World;
  readonly kind: Kind;
  readonly app: App;
  readonly operator: Operator;
  readonly proxies: Readonly<Record<Server, FaultProxy>>;
  /** Applies the channel with the tokens of a new login. */
  connect(): Promise<void>;
  /** The calls so far, in the order of their arrival. */
  calls(): Call[];
  close(): Promise<void>;
}

export async function openCellStage(shared: World, path: PathName, kindName: KindName): Promise<CellStage> {
  const kind: Kind = kinds[kindName];
  const proxies = await proxiesTo(shared);
  const simulator = { url: proxies.platform.url, controlUrl: shared.simulator?.controlUrl ?? '' };
  const world: World = { ...shared, simulator };
  const stage = await createStage(world);
  const platform = await declaredPlatform(kindName, world, stage);
  const named = platform === undefined ? {} : { platform };
  const life = path === 'refresh' ? shortLifeSeconds : longLifeSeconds;
  const app = await stage.simulatedApp(kind.platform, 'app', { ...kind.app, ...lifeOf(kind, life) }, named);
  const operator = await operatorBehind(proxies, world, stage);
  return {
    ...stage,
    ...{ world, kind, app, operator, proxies },
    connect: async () => {
      const grant = await stage.simulatedGrant(kind.platform, app, channel, kind.mint());
      const of = { platform: kind.platform, clientId: app.clientId };
      await stage.simulator.updateApp({ ...of, ...lifeOf(kind, longLifeSeconds) });
      const deletionPolicy = path === 'revoke' ? 'Revoke' : path === 'forget' ? 'Forget' : 'Retain';
      await stage.apply(channelWithTokens(channel, 'app', grant, { ...grant.spec, deletionPolicy }));
    },
    calls: () => callsOf(proxies),
    close: async () => {
      await operator.remove();
      // The cluster removes it in its own time: the next cell has another.
      await world.admin.delete({ apiVersion: 'v1', kind: 'Namespace', name: stage.namespace });
      if (platform !== undefined) await world.admin.delete({ ...platformResource, name: platform });
      await Promise.all(servers.map((name) => proxies[name].stop()));
    },
  };
}

const platformResource = { apiVersion: 'socialops.dev/v1alpha1', kind: 'SocialPlatform' };

const lifeOf = ({ hasShortLife }: Kind, accessLifetimeSeconds: number) =>
  hasShortLife ? { accessLifetimeSeconds } : {};

async function proxiesTo({ authority, vault, cluster, simulator }: World): Promise<CellStage['proxies']> {
  const proxy = (upstream: string) => FaultProxy.start({ upstream, authority });
  return {
    vault: await proxy(vault.url),
    kubernetes: await proxy(cluster.url),
    platform: await proxy(simulator?.url ?? ''),
  };
}

/** An operator that reaches nothing but through the proxies. */
function operatorBehind(proxies: CellStage['proxies'], world: World, stage: Stage): Promise<Operator> {
  return startOperator({
    world,
    namespaces: [stage.namespace],
    vaultPrefix: stage.vaultPrefix,
    kubernetesUrl: proxies.kubernetes.url,
    vaultUrl: proxies.vault.url,
    platformEndpoints: simulatedPlatforms(proxies.platform.url),
    privateHosts: [new URL(proxies.platform.url).host.replace('127.0.0.1', 'localhost')],
    args: shortDurations,
  });
}

function callsOf(proxies: CellStage['proxies']): Call[] {
  const calls = servers.flatMap((server) =>
    proxies[server].requests.flatMap((request) => {
      const call = callOf(server, request);
      return call === undefined ? [] : [{ call, request }];
    }),
  );
  return calls.sort((one, other) => one.request.arrivedAt - other.request.arrivedAt);
}
