import { expect, it } from 'vitest';
import { ChannelReconciler } from '../../src/channel/reconcile.ts';
import { hourMs, minuteMs, singleUse } from './builders.ts';
import { VirtualWorld } from './virtual/world.ts';

/** A channel that is connected and whose refresh is due, before any replica that looks after it. */
async function due(): Promise<VirtualWorld> {
  const world = new VirtualWorld(singleUse);
  await world.pass(minuteMs);
  expect(world.story).toEqual(['Connected/Healthy']);
  await world.clock.sleep(3.5 * hourMs);
  return world;
}

/** One reconcile by a replica whose Lease answers so, one answer after the other, the last one for ever. */
async function reconcile(world: VirtualWorld, ...answers: readonly boolean[]): Promise<number[]> {
  const asked: number[] = [];
  const owns = (forMs: number) => {
    asked.push(forMs);
    return answers[asked.length - 1] ?? answers.at(-1) ?? false;
  };
  const { namespace, name } = world.channel?.metadata ?? {};
  await new ChannelReconciler(world.asWorld()).reconcile(`${namespace}/${name}`, { owns });
  return asked;
}

it.each<[string, readonly boolean[], number, readonly number[]]>([
  ['sends once while the Lease holds', [true], 1, [2_000, 0]],
  ['neither claims nor sends where the Lease ends before a claim could be written', [false], 0, [2_000]],
  ['sends nothing where the Lease was lost while the claim was written', [true, false], 0, [2_000, 0]],
])('a replica %s', async (_, answers, sent, expected) => {
  const world = await due();
  expect(await reconcile(world, ...answers)).toEqual(expected);
  expect(world.platform.spends).toHaveLength(sent);
  expect(world.status.state).toBe('Connected');
});

it('what a replica left undone the next one does at once, unhindered by a claim', async () => {
  const world = await due();
  await reconcile(world, true, false);
  await reconcile(world, true);
  expect(world.platform.spends).toHaveLength(1);
  expect(world.story).toEqual(['Connected/Healthy']);
});
