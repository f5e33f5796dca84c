import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Operator, startOperator } from '../harness/operator.ts';
import { sharedWorld } from '../harness/shared-world.ts';
import { createStage, type Stage, shortDurations } from '../harness/stage.ts';
import { waitFor } from '../harness/wait.ts';
import { condition, type Fleet, hasReason, launchFleet, members, plusOne, statusOf } from './fleet.ts';

const world = sharedWorld();
const operators: Operator[] = [];
let stage: Stage;
let fleet: Fleet;

/** An operator of the cluster `id`, on the same namespace, mount and prefix. */
async function startCluster(id: string, adopt?: string): Promise<Operator> {
  const simulator = world.simulator?.url ?? '';
  const operator = await startOperator({
    world,
    namespaces: [stage.namespace],
    vaultPrefix: stage.vaultPrefix,
    platformEndpoints: { twitch: simulator, youtube: simulator },
    privateHosts: [stage.oidcHost],
    args: [...shortDurations, '--cluster-id', id, ...(adopt === undefined ? [] : ['--adopt-cluster', adopt])],
  });
  operators.push(operator);
  return operator;
}

beforeAll(async () => {
  stage = await createStage(world);
  const first = await startCluster('main');
  fleet = await launchFleet({ world, stage });
  await fleet.connected();
  await first.stop();
  // The other cluster knows nothing of this one: same names, no status, no Secrets.
  for (const name of members) {
    await stage.delete('Secret', `${name}-token`);
    await stage.delete('SocialChannel', name);
  }
  await stage.apply(Object.values(fleet.manifests).flat());
});

afterAll(async () => {
  await Promise.all(operators.map((operator) => operator.remove()));
  await stage?.remove();
});

const records = () =>
  Promise.all(
    members.flatMap((name) =>
      ['grant', 'token'].map(async (leaf) => (await world.root.read(stage.vaultPath(name, leaf)))?.version),
    ),
  );

async function runs(operator: Operator): Promise<number> {
  const line = /^socialchannel_reconcile_total\{controller="channels",result="Success"\} (\d+)$/m;
  return Number(line.exec(await operator.metrics())?.[1] ?? 0);
}

async function refuses(operator: Operator, cluster: string): Promise<void> {
  await fleet.askRefresh();
  for (const name of members) {
    const what = `${name} to ask for adoption`;
    const refused = await stage.waitFor('SocialChannel', name, hasReason('AdoptionRequired'), { what });
    expect(condition(refused, 'Stalled')?.status).toBe('True');
    expect(statusOf(refused).message).toContain(`another cluster (${cluster})`);
    expect(statusOf(refused).message).toContain(`--adopt-cluster=${cluster}`);
  }
  const asked = await runs(operator);
  // Each of the four is looked at several times, at once and every two seconds.
  const areLookedAt = async () => (await runs(operator)) >= asked + 8;
  await waitFor(areLookedAt, { timeoutMs: 30_000, what: 'the channels to be looked at again' });
}

describe("a second cluster on the first one's Vault prefix", () => {
  it('says AdoptionRequired, projects nothing, spends nothing, writes nothing; adopts when an administrator says so', async () => {
    const [sent, stored] = [await fleet.sent(), await records()];
    const second = await startCluster('spare');
    await refuses(second, 'main');
    for (const name of members) expect(await stage.find('Secret', `${name}-token`)).toBeUndefined();
    expect(await fleet.sent()).toEqual(sent);
    expect(await records()).toEqual(stored);
    await second.stop();

    await startCluster('spare', 'main');
    await fleet.connected();
    const [takenOver, before] = [await fleet.sent(['gaming', 'vlog']), await fleet.generations()];
    await fleet.askRefresh();
    await fleet.refreshed(before);
    expect(await fleet.sent(['gaming', 'vlog'])).toEqual(plusOne(takenOver));
    for (const name of members) {
      const record = await world.root.read(stage.vaultPath(name, 'grant'));
      expect(record?.data?.identity).toMatchObject({ clusterId: 'spare' });
      expect((await stage.secret(`${name}-token`))?.state).toBe('Connected');
    }
    await fleet.expectWhole(operators);
  });

  it('leaves the first cluster without them from then on', async () => {
    const [first, , adopter] = operators as [Operator, Operator, Operator];
    await adopter.stop();
    const [sent, stored] = [await fleet.sent(), await records()];
    await first.start();
    await refuses(first, 'spare');
    expect(await fleet.sent()).toEqual(sent);
    expect(await records()).toEqual(stored);
    await fleet.expectWhole(operators);
  });
});
