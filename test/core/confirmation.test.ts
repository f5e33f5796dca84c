import { expect, it } from 'vitest';
import { ChannelReconciler } from '../../src/channel/reconcile.ts';
import { hourMs, reusable, secondMs } from './builders.ts';
import { VirtualWorld } from './virtual/world.ts';

const kinds = ({ platform }: VirtualWorld) => platform.spends.map(({ kind }) => kind);

it('a rejection of the login before does not confirm one of the login that a person gave since', async () => {
  const world = new VirtualWorld(reusable);
  await world.pass(2 * hourMs);
  world.platform.isMistakenOnce = true;
  while (!kinds(world).includes('Rejected')) await world.pass(secondMs);
  world.supply();
  // Another replica takes it up, for as long as two believe that the channel is theirs.
  await new ChannelReconciler(world.asWorld()).reconcile('main-stage/twitch', { owns: () => true });
  world.platform.isMistakenOnce = true;
  await world.pass(3 * hourMs);
  expect(kinds(world)).toEqual(['Rejected', 'Rejected', 'Answered']);
  expect(world.states).not.toContain('NeedsReauth');
});
