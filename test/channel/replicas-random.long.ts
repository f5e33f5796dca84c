import { afterAll, beforeAll, expect, it } from 'vitest';
import { sleep } from '../harness/wait.ts';
import { randomOf, replicaTroubles } from './replica-troubles.ts';
import {
  connectMany,
  expectWhole,
  heldBy,
  type ReplicatedStage,
  refreshed,
  replicatedStage,
  takeover,
  tellTakeovers,
} from './replicas-stage.ts';

const names = Array.from({ length: 200 }, (_, index) => `live-${index + 1}`);
/** Each channel rotates about once in half a minute. */
const lifeSeconds = 60;
const runMs = Number(process.env.REPLICAS_MINUTES ?? 5) * 60_000;
const seed = Number(process.env.REPLICAS_SEED ?? Date.now() % 1_000_000);

let replicated: ReplicatedStage;

beforeAll(async () => {
  replicated = await replicatedStage();
  await connectMany(replicated, names, lifeSeconds);
}, 240_000);
afterAll(async () => {
  await replicated?.removeAll();
});

/** Longer than a Lease, so that it ends while this lasts. */
const longMs = 19_000;

it(
  'two hundred channels rotate while one replica after the other is in trouble: nothing is sent twice, nothing is lost',
  async () => {
    const random = randomOf(seed);
    const pick = <T>(from: readonly T[]) => from[Math.floor(random() * from.length)] as T;
    const taken: number[] = [];
    const told: string[] = [];
    const endsAt = Date.now() + runMs;
    while (Date.now() < endsAt) {
      const [victim, trouble] = [pick(replicated.replicas), pick(replicaTroubles)];
      const others = replicated.replicas.filter((replica) => replica !== victim);
      const lost = heldBy(victim);
      const since = Date.now();
      told.push(`${replicated.replicas.indexOf(victim)} ${trouble.name}`);
      await trouble.begin(victim);
      if (trouble.isTakenOver) taken.push(...(await takeover(others, lost, since)));
      await sleep(Math.max(0, since + longMs - Date.now()));
      await trouble.end(victim);
      await replicated.balanced();
    }
    process.stderr.write(`seed ${seed}: ${told.join(', ')}\n`);
    const worstMs = tellTakeovers('in all', taken);
    await refreshed(replicated, names, Date.now(), 2 * lifeSeconds * 1_000);
    await expectWhole(replicated);
    expect(worstMs).toBeLessThan(20_000);
  },
  runMs + 240_000,
);
