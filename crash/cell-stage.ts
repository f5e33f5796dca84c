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
  const { authority } = shared;
  const kind: Kind = kinds[kindName];
  const proxy = (upstream: string) => FaultProxy.start({ upstream, authority });
  const proxies = {
    vault: await proxy(shared.vault.url),
    kubernetes: await proxy(shared.cluster.url),
    platform: await proxy(shared.simulator?.url ?? ''),
  };
  const simulator = { url: proxies.platform.url, controlUrl: shared.simulator?.controlUrl ?? '' };
  const world: World = { ...shared, simulator };
  const stage = await createStage(world);
  const platform = await declaredPlatform(kindName, world, stage);
  const lifeSeconds = path === 'refresh' ? shortLifeSeconds : longLifeSeconds;
  const life = kind.hasShortLife ? { accessLifetimeSeconds: lifeSeconds } : {};
  const named = platform === undefined ? {} : { platform };
  const app = await stage.simulatedApp(kind.platform, 'app', { ...kind.app, ...life }, named);
  const operator = await startOperator({
    world,
    namespaces: [stage.namespace],
    vaultPrefix: stage.vaultPrefix,
    kubernetesUrl: proxies.kubernetes.url,
    vaultUrl: proxies.vault.url,
    platformEndpoints: simulatedPlatforms(simulator.url),
    privateHosts: [new URL(simulator.url).host.replace('127.0.0.1', 'localhost')],
    args: shortDurations,
  });
  return {
    ...stage,
    ...{ world, kind, app, operator, proxies },
    connect: async () => {
      const grant = await stage.simulatedGrant(kind.platform, app, channel, kind.mint());
      if (kind.hasShortLife) {
        const { clientId } = app;
        await stage.simulator.updateApp({
          platform: kind.platform,
          clientId,
          accessLifetimeSeconds: longLifeSeconds,
        });
      }
      const deletionPolicy = path === 'revoke' ? 'Revoke' : path === 'forget' ? 'Forget' : 'Retain';
      await stage.apply(channelWithTokens(channel, 'app', grant, { ...grant.spec, deletionPolicy }));
    },
    calls: () => callsOf(proxies),
    close: async () => {
      await operator.remove();
      // The cluster removes it in its own time: the next cell has another.
      await world.admin.delete({ apiVersion: 'v1', kind: 'Namespace', name: stage.namespace });
      await Promise.all(servers.map((name) => proxies[name].stop()));
    },
  };
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
