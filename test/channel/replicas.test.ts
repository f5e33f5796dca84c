import { afterAll, beforeAll, expect, it } from 'vitest';
import { sleep, waitFor } from '../harness/wait.ts';
import type { OperatedStage } from './operated-stage.ts';
import {
  channelsIn,
  connectMany,
  expectWhole,
  gauge,
  heldBy,
  ownedBy,
  type Replica,
  type ReplicatedStage,
  refreshed,
  replicatedStage,
  takeover,
  tellTakeovers,
} from './replicas-stage.ts';

const names = Array.from({ length: 24 }, (_, index) => `live-${index + 1}`);
/** Each channel rotates about once in six seconds. */
const lifeSeconds = 12;
let replicated: ReplicatedStage;
let stage: OperatedStage;

beforeAll(async () => {
  replicated = await replicatedStage();
  ({ stage } = replicated);
  await connectMany(replicated, names, lifeSeconds);
});
afterAll(async () => {
  await replicated?.removeAll();
});

async function generations(): Promise<Map<string, number>> {
  const read = async (name: string) => {
    const record = await stage.world.root.read(stage.vaultPath(name, 'grant'));
    return [name, Number((record?.data as { generation?: number } | undefined)?.generation)] as const;
  };
  return new Map(await Promise.all(names.map(read)));
}

const refreshesOf = ({ operator }: Replica) => operator.log().filter(({ message }) => message === 'refreshed').length;

it('three replicas refresh the channels of their own share, and together all of them', async () => {
  await refreshed(replicated, names, Date.now());
  for (const replica of replicated.replicas) expect(refreshesOf(replica)).toBeGreaterThan(0);
});

it('the channels of one that is killed are refreshed by the others within 20 s', async () => {
  const [first, second, victim] = replicated.replicas;
  const left = heldBy(victim);
  const killedAt = Date.now();
  await victim.operator.kill();
  const worstMs = tellTakeovers('of a replica that was killed', await takeover([first, second], left, killedAt));
  expect(worstMs).toBeLessThan(20_000);
  await refreshed(replicated, channelsIn(left, stage.namespace, names), killedAt + worstMs - 1_000);
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
    const worstMs = tellTakeovers(`of a replica that was ${name}`, await takeover([left], which, since));
    expect(worstMs).toBeLessThan(20_000);
  }
  await refreshed(replicated, names, Date.now() - 2_000);
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
  await refreshed(replicated, names, Date.now());
  await sleep(1_000);
  await expectWhole(replicated);
});
