import { afterAll, beforeAll, expect, it } from 'vitest';
import { channelWithTokens } from '../harness/stage.ts';
import { sleep, waitFor } from '../harness/wait.ts';
import { isConnected, type OperatedStage, statusOf } from './operated-stage.ts';
import {
  channelsIn,
  gauge,
  heldBy,
  ownedBy,
  type Replica,
  type ReplicatedStage,
  replicatedStage,
  takeover,
} from './replicas-stage.ts';

const names = Array.from({ length: 24 }, (_, index) => `live-${index + 1}`);
/** Each channel rotates about once in six seconds. */
const lifeSeconds = 12;
/** As installed: the figures are those of an installation. */
const leases = ['--lease-duration', '15s', '--lease-renew-interval', '5s'];

let replicated: ReplicatedStage;
let stage: OperatedStage;

beforeAll(async () => {
  replicated = await replicatedStage(leases);
  ({ stage } = replicated);
  const app = await stage.simulatedApp('twitch', 'app', { rotate: 'always', accessLifetimeSeconds: lifeSeconds });
  const grants = await Promise.all(names.map((name) => stage.simulatedGrant('twitch', app, name)));
  await stage.apply(names.flatMap((name, at) => channelWithTokens(name, 'app', grants[at])));
  const areConnected = async () => (await stage.list('SocialChannel')).map(statusOf).every(isConnected);
  await waitFor(areConnected, { timeoutMs: 40_000, what: 'all channels to be connected' });
  await replicated.balanced();
});
afterAll(async () => {
  await replicated?.removeAll();
});

/** Waits until each of these channels has a token that was given after `since`. */
async function refreshed(which: readonly string[], since: number): Promise<void> {
  const areRefreshed = async () => {
    const statuses = (await stage.list('SocialChannel')).filter(({ metadata }) => which.includes(metadata.name));
    return statuses.map(statusOf).every((status) => Date.parse(status.lastRefreshTime ?? '') > since);
  };
  await waitFor(areRefreshed, { timeoutMs: 20_000, everyMs: 250, what: `${which.length} channels to be refreshed` });
}

async function generations(): Promise<Map<string, number>> {
  const read = async (name: string) => {
    const record = await stage.world.root.read(stage.vaultPath(name, 'grant'));
    return [name, Number((record?.data as { generation?: number } | undefined)?.generation)] as const;
  };
  return new Map(await Promise.all(names.map(read)));
}

const refreshesOf = ({ operator }: Replica) => operator.log().filter(({ message }) => message === 'refreshed').length;

const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
const print = (what: string, { medianMs, worstMs }: { medianMs: number; worstMs: number }) =>
  process.stderr.write(`takeover ${what}: median ${seconds(medianMs)}, worst ${seconds(worstMs)}\n`);

it('three replicas refresh the channels of their own share, and together all of them', async () => {
  await refreshed(names, Date.now());
  for (const replica of replicated.replicas) expect(refreshesOf(replica)).toBeGreaterThan(0);
});

it('the channels of one that is killed are refreshed by the others within 20 s', async () => {
  const [first, second, victim] = replicated.replicas;
  const left = heldBy(victim);
  const killedAt = Date.now();
  await victim.operator.kill();
  const took = await takeover([first, second], left, killedAt);
  print(`of ${left.length} buckets of a replica that was killed`, took);
  expect(took.worstMs).toBeLessThan(20_000);
  await refreshed(channelsIn(left, stage.namespace, names), killedAt + took.worstMs - 1_000);
  await victim.operator.start();
  await replicated.balanced();
});

it('of one that is stopped past its Leases and one that is cut off from the API server, the third takes everything over', async () => {
  const [left, frozen, cut] = replicated.replicas;
  const since = Date.now();
  const lost = { frozen: heldBy(frozen), cut: heldBy(cut) };
  frozen.operator.pause();
  await cut.kubernetes.refuse();
  const isNotOwner = async () => (await ownedBy(cut)) === 0;
  await waitFor(isNotOwner, { timeoutMs: 15_000, what: 'the replica that was cut off to own nothing' });
  const sent = refreshesOf(cut);
  for (const [name, which] of Object.entries(lost)) {
    const took = await takeover([left], which, since);
    print(`of ${which.length} buckets of a replica that was ${name}`, took);
    expect(took.worstMs).toBeLessThan(20_000);
  }
  await refreshed(names, Date.now() - 2_000);
  const isCounted = async () => (await gauge(cut.operator, 'socialchannel_refreshes_held')) === names.length;
  await waitFor(isCounted, { timeoutMs: 10_000, what: 'its metric to count all channels' });
  expect(await cut.operator.readyz()).toBe(503);
  expect(await cut.operator.healthz()).toBe(200);
  expect(refreshesOf(cut)).toBe(sent);
});

it('both come back: nothing was sent in between, and nothing is written over newer grants', async () => {
  const [, frozen, cut] = replicated.replicas;
  const before = await generations();
  const lines = frozen.operator.log().length;
  frozen.operator.resume();
  await cut.kubernetes.accept();
  await replicated.balanced();
  // Before it refreshes anything it says that it lost what it had.
  const told = frozen.operator.log().slice(lines);
  const firstLine = told.find(({ message, buckets }) => message === 'refreshed' || buckets !== undefined);
  expect(firstLine?.message).toBe('lost channels whose Leases could not be renewed in time');
  for (const [name, generation] of await generations()) {
    expect(generation, name).toBeGreaterThanOrEqual(before.get(name) ?? 0);
  }
  const isReady = async () => (await cut.operator.readyz()) === 200;
  await waitFor(isReady, { what: 'the replica that was cut off to be ready again' });
});

it('the books of the platform hold no token that was sent twice and no grant that was lost', async () => {
  await refreshed(names, Date.now());
  await sleep(1_000);
  await stage.expectCleanLedger();
  const asked = replicated.replicas
    .flatMap(({ operator }) => operator.log())
    .filter((line) => line.state === 'NeedsReauth');
  expect(asked).toEqual([]);
});
