import { afterAll, beforeAll, expect, it } from 'vitest';
import { sleep } from '../harness/wait.ts';
import { type OwnWorld, startWorld } from '../harness/world.ts';
import { putBack } from './cluster-restore.ts';
import { isConnected, type OperatedStage, operatedStage } from './operated-stage.ts';

const name = 'one';
let world: OwnWorld;
let stage: OperatedStage;

beforeAll(async () => {
  world = await startWorld();
  stage = await operatedStage({ world });
  await stage.connect('x', await stage.simulatedApp('x', 'x'), 'x', name);
  await stage.until(name, 'it to connect', isConnected);
});

afterAll(async () => {
  await stage?.operator.kill();
  await world?.stop();
});

async function refresh(): Promise<void> {
  await sleep(1_000);
  const { generation: before = 0 } = await stage.status(name);
  const annotations = { 'socialops.dev/refresh': String(Date.now()) };
  await stage.patch('SocialChannel', name, { metadata: { annotations } });
  await stage.until(name, 'it to be refreshed', ({ generation = 0 }) => generation > before, 40_000);
}

it('an operator that nobody restarts finds out within minutes that etcd was put back', {
  timeout: 600_000,
}, async () => {
  const tokens = async () => [(await stage.secret(`${name}-token`))?.access_token];
  const spends = async () => (await stage.simulator.spends({})).length;
  const { back } = await putBack(world, { tokens, refresh, spends });
  const startedAt = Date.now();
  await back(400_000);
  process.stderr.write(`noticed after ${Math.round((Date.now() - startedAt) / 1_000)} s that etcd was put back\n`);
  await refresh();
  await stage.expectCleanLedger();
  expect(isConnected(await stage.status(name))).toBe(true);
});
