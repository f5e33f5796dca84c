import { it } from 'vitest';
import { sharedWorld } from '../harness/shared-world.ts';
import { soaked } from './soak-stage.ts';

it('a hundred channels are refreshed through a minute of faults: nothing lost, nothing sent twice, nobody accused, nothing piled up', async () => {
  const seed = Number(process.env.SOAK_SEED ?? Date.now() % 1_000_000);
  await soaked({ world: sharedWorld(), channels: 100, lifeSeconds: 40, runMs: 60_000, everyMs: 2_000, seed });
}, 600_000);
