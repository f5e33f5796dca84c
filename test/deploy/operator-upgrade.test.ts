import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Fleet } from '../channel/fleet.ts';
import { launchFleet, members, plusOne } from '../channel/fleet.ts';
import { documents } from '../harness/api-client.ts';
import { type Operator, startOperator } from '../harness/operator.ts';
import { repository } from '../harness/scratch.ts';
import { createStage, type Stage, shortDurations } from '../harness/stage.ts';
import { type OwnWorld, startWorld } from '../harness/world.ts';
import { partsOf, previousCommit } from './previous.ts';

/** A cluster of its own: the definitions of all channels are changed here. */
let world: OwnWorld;
let stage: Stage;
let fleet: Fleet;
let earlier: string;
/** The operator of the previous commit, and that of this one: replicas of one release, as in a rolling upgrade. */
let before: Operator;
let after: Operator;

const parts = ['src', 'crds', 'package.json'];

beforeAll(async () => {
  world = await startWorld();
  earlier = partsOf(previousCommit(['src', 'crds']), parts, join(world.folder, 'earlier'));
  stage = await createStage(world);
  await define(earlier);
  before = await run(join(earlier, 'src/main.ts'));
  fleet = await launchFleet({ world, stage });
  await fleet.connected();
});
afterAll(() => world?.stop());

async function run(program: string, operatorNamespace?: string): Promise<Operator> {
  const simulator = world.simulator?.url ?? '';
  return await startOperator({
    world,
    program,
    namespaces: [stage.namespace],
    vaultPrefix: stage.vaultPrefix,
    platformEndpoints: { twitch: simulator, youtube: simulator },
    privateHosts: [stage.oidcHost],
    args: shortDurations,
    ...(operatorNamespace === undefined ? {} : { operatorNamespace }),
  });
}

/** The CRDs of that checkout take the place of those that are there. */
async function define(folder: string): Promise<void> {
  const files = readdirSync(join(folder, 'crds'));
  await world.admin.apply(files.flatMap((file) => documents(readFileSync(join(folder, 'crds', file), 'utf8'))));
}

/** What people wrote and what makes it the same object. */
const kept = () =>
  Promise.all(
    members.map(async (name) => {
      const { metadata, spec } = await stage.get('SocialChannel', name);
      return { name, uid: metadata.uid, spec };
    }),
  );

/** One refresh of each, by whichever operator is there: sent once, stored once, and shown to pods. */
async function refreshAll(): Promise<void> {
  const [sent, generations] = [await fleet.sent(), await fleet.generations()];
  const tokens = await tokensOfPods();
  await fleet.askRefresh();
  await fleet.refreshed(generations);
  expect(await fleet.sent()).toEqual(plusOne(sent));
  const renewed = await tokensOfPods();
  for (const name of members) expect([name, renewed[name] === tokens[name]]).toEqual([name, false]);
}

const tokensOfPods = async () =>
  Object.fromEntries(
    await Promise.all(
      members.map(async (name) => [name, (await stage.secret(`${name}-token`))?.access_token] as const),
    ),
  );

async function records() {
  const all = await Promise.all(members.map((name) => world.root.read(stage.vaultPath(name, 'grant'))));
  return all.map((record) => ({ epoch: record?.data?.epoch, identity: record?.data?.identity }));
}

describe('channels that the operator of the previous commit connected', () => {
  let written: unknown;
  let grants: unknown;

  it('are served by it', async () => {
    await refreshAll();
    [written, grants] = [await kept(), await records()];
  });

  it('go on with the CRDs and the operator of this commit, side by side with the former one until that has ended', async () => {
    await define(repository);
    after = await run('src/main.ts', before.namespace);
    await refreshAll();
    expect((await before.stop()).signal).toBeNull();
    await refreshAll();
    expect(await kept()).toEqual(written);
    expect(await records()).toEqual(grants);
  });

  it('go back with the CRDs and the operator of the previous one', async () => {
    await before.start();
    expect((await after.stop()).signal).toBeNull();
    await define(earlier);
    await refreshAll();
    expect(await kept()).toEqual(written);
    expect(await records()).toEqual(grants);
  });

  it('lost nothing, were spent once each, and nobody was asked to reconnect', async () => {
    await fleet.expectWhole([before, after]);
    for (const operator of [before, after]) expect(operator.log().filter(({ level }) => level === 'error')).toEqual([]);
    // This commit's program is the one that is told of: it has done some of the work.
    expect(after.process.output()).not.toBe('');
  });
});
