import { afterAll, beforeAll, it } from 'vitest';
import { type OwnWorld, startWorld } from '../harness/world.ts';
import { soaked } from './soak-stage.ts';

const runMs = Number(process.env.SOAK_MINUTES ?? 30) * 60_000;
const seed = Number(process.env.SOAK_SEED ?? Date.now() % 1_000_000);
let world: OwnWorld;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => {
  await world?.stop();
});

it(
  'five hundred channels are refreshed through faults of every kind: nothing lost, nothing sent twice, nobody accused, nothing piled up',
  async () => {
    const { vault } = world.servers;
    await soaked({ world, vault, channels: 500, lifeSeconds: 180, runMs, everyMs: 3_000, seed });
  },
  runMs + 1_800_000,
);
