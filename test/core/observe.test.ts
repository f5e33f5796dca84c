import { expect, it } from 'vitest';
import type { SocialChannel } from '../../src/api/resources.gen.ts';
import { observe, readInputs } from '../../src/channel/observe.ts';
import { nowAt, reusable } from './builders.ts';
import { VirtualWorld } from './virtual/world.ts';

it('an observation is of one instant: what is wanted at once is due in the same pass, though the clock goes on', async () => {
  const virtual = new VirtualWorld(reusable);
  let at = nowAt;
  const world = { ...virtual.asWorld(), clock: { ...virtual.clock, now: () => ++at } };
  const inputs = await readInputs(world as never, virtual.channel as SocialChannel);
  const o = await observe(world as never, inputs, { retries: {}, faultyInputs: 'before the app was mended' }, {});
  expect(o.checkWantedAt).toBe(o.now);
});
