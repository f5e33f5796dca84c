import { castAccount } from '../test/harness/casting.ts';
import type { FaultProxy, RecordedRequest } from '../test/harness/fault-proxy.ts';
import { uniqueName } from '../test/harness/scratch.ts';
import { channelWithTokens, type Stage } from '../test/harness/stage.ts';
import { waitFor } from '../test/harness/wait.ts';
import type { World } from '../test/harness/world.ts';
import type { App } from '../test/simulator/model.ts';
import type { PathName } from './cells.ts';
import { type Kind, type KindName, kinds } from './kinds.ts';
import { type Lane, laneKindOf, type Replica } from './lane.ts';
import type { Slowness } from './pace.ts';
import type { Person } from './person.ts';
import { callOf, type Server, servers, taking } from './wire.ts';

/** Ends soon enough for a cell to see it, and late enough for an import on a busy machine. */
const shortLifeSeconds = 15;
/** Nothing falls due in a cell by itself. */
const longLifeSeconds = 1_800;

export interface Call {
  readonly call: string;
  readonly request: RecordedRequest;
}

/** One cell's own app, account and channel on a lane, and who plays which part. */
export interface CellStage extends Stage {
  readonly world: World;
  readonly kind: Kind;
  readonly app: App;
  readonly channel: string;
  readonly slowness: Slowness;
  /** The one that is killed. */
  readonly victim: Replica;
  /** The one that holds the channel before, where another takes it over. */
  readonly holder: Replica;
  /** Who connects the channel in a browser, where there are pages. */
  readonly person: Person | undefined;
  /** Applies the channel with the tokens of a new login. Answers whose it is at the platform. */
  connect(): Promise<string>;
  /** Applies the channel of an account that nobody has connected yet. */
  announce(): Promise<string>;
  /** The calls since `begin`, by whichever replica, in the order of their arrival. */
  calls(): Call[];
  /** From here on the calls are those of the path. */
  begin(): void;
  /** The calls that make the matrix: in a takeover those since the heir took the channel, its Lease included. */
  steps(): Call[];
  /** Takes away what was applied and starts whoever is down. */
  close(): Promise<void>;
}

export async function openCellStage(lane: Lane, path: PathName, kindName: KindName): Promise<CellStage> {
  const kind: Kind = kinds[kindName];
  const { world, stage, replicas, slowness, visitor } = lane;
  const { holder, heir: victim } = await partsOf(lane, path);
  const channel = uniqueName('live');
  const person = visitor?.person.again();
  const appName = uniqueName('app');
  for (const proxy of proxiesOf(lane)) proxy.requests.length = 0;
  const platform = await lane.platformOf(kindName);
  const isShort = path === 'refresh' || laneKindOf(path) === 'two replicas';
  const life = lifeOf(kind, isShort ? slowness * shortLifeSeconds : longLifeSeconds);
  const redirectUris = visitor && [`${visitor.url}/callback`];
  const about = { ...kind.app, ...life, ...(redirectUris && { redirectUris }) };
  const app = await stage.simulatedApp(kind.platform, appName, about, platform === undefined ? {} : { platform });
  const calls = () => callsOf(lane).filter(({ call }) => call !== taking);
  return {
    ...stage,
    ...{ world, kind, app, channel, victim, holder, slowness, person },
    connect: async () => {
      const grant = await stage.simulatedGrant(kind.platform, app, channel, kind.mint());
      const of = { platform: kind.platform, clientId: app.clientId };
      await stage.simulator.updateApp({ ...of, ...lifeOf(kind, longLifeSeconds) });
      const deletionPolicy = path === 'revoke' ? 'Revoke' : path === 'forget' ? 'Forget' : 'Retain';
      const owner = visitor === undefined ? {} : { owner: undefined };
      await stage.apply(channelWithTokens(channel, appName, grant, { ...grant.spec, ...owner, deletionPolicy }));
      return grant.accountId;
    },
    announce: async () => {
      const { accountId, spec } = await castAccount(stage.simulator, kind.platform, channel);
      await stage.apply(channelWithTokens(channel, appName, undefined, { ...spec, owner: undefined }));
      return accountId;
    },
    calls,
    begin: () => {
      for (const proxy of proxiesOf(lane)) proxy.requests.length = 0;
    },
    steps: () => (laneKindOf(path) === 'two replicas' ? sinceTaking(lane, victim) : calls()),
    close: async () => {
      person?.leave();
      for (const { operator } of replicas) if (!operator.process.running) operator.process.spawn();
      if ((await stage.find('SocialChannel', channel)) !== undefined) await stage.delete('SocialChannel', channel);
      const isGone = async () => (await stage.find('SocialChannel', channel)) === undefined;
      await waitFor(isGone, { timeoutMs: slowness * 30_000, what: 'the channel of the cell before to be gone' });
      await stage.delete('SocialApp', appName);
      await stage.delete('Secret', `${appName}-app`);
      // Who connects in a browser for the first time brings no tokens.
      if (path !== 'consent-first') await stage.delete('Secret', `${channel}-bootstrap`);
    },
  };
}

const lifeOf = ({ hasShortLife }: Kind, accessLifetimeSeconds: number) =>
  hasShortLife ? { accessLifetimeSeconds } : {};

async function partsOf(lane: Lane, path: PathName): Promise<{ holder: Replica; heir: Replica }> {
  if (laneKindOf(path) === 'two replicas') return lane.roles();
  const [only] = lane.replicas;
  if (only === undefined) throw new Error('this lane has no operator');
  return { holder: only, heir: only };
}

function namedProxies({ replicas }: Lane): Map<FaultProxy, Server> {
  return new Map(replicas.flatMap(({ proxies }) => servers.map((server) => [proxies[server], server] as const)));
}

const proxiesOf = (lane: Lane): FaultProxy[] => [...namedProxies(lane).keys()];

function callsOf(lane: Lane): Call[] {
  const calls = [...namedProxies(lane)].flatMap(([proxy, server]) => callsAt(proxy, server));
  return calls.sort((one, other) => one.request.arrivedAt - other.request.arrivedAt);
}

function callsAt(proxy: FaultProxy, server: Server): Call[] {
  return proxy.requests.flatMap((request) => {
    const call = callOf(server, request);
    return call === undefined ? [] : [{ call, request }];
  });
}

/** The one who held the channel is dead by then, so that what follows is the heir's. */
function sinceTaking(lane: Lane, { proxies }: Replica): Call[] {
  const first = callsAt(proxies.kubernetes, 'kubernetes').find(({ call }) => call === taking);
  if (first === undefined) return [];
  const later = callsOf(lane).filter(
    ({ call, request }) => call !== taking && request.arrivedAt >= first.request.arrivedAt,
  );
  return [first, ...later];
}
