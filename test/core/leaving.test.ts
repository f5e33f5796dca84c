import { describe, expect, it } from 'vitest';
import { isAbandoned } from '../../src/core/leaving.ts';
import { channel, deleted, hourMs, minuteMs, reusable } from './builders.ts';
import { VirtualWorld } from './virtual/world.ts';

const abandoned = { annotations: { 'socialops.dev/abandon': 'yes' } };

describe('a channel that leaves', () => {
  it.each([
    ['a person gave it up', deleted({ metadata: abandoned }), true],
    ['nobody gave it up', deleted(), false],
    ['it is not deleted', channel({ metadata: { ...abandoned, finalizers: ['socialops.dev/forget'] } }), false],
    ['nothing of ours holds it', deleted({ metadata: { ...abandoned, finalizers: ['other'] } }), false],
  ])('is abandoned or not: %s', (_, of, expected) => {
    expect(isAbandoned(of.channel)).toBe(expected);
  });

  it('can be given up while Vault is away', async () => {
    const world = new VirtualWorld(reusable);
    await world.pass(minuteMs);
    world.channel = deleted().channel;
    world.store.isAway = true;
    await world.pass(hourMs);
    expect(world.channel).toBeDefined();
    world.channel = deleted({ metadata: abandoned }).channel;
    await world.pass(minuteMs);
    expect(world.channel).toBeUndefined();
  });

  it('has its grant forgotten, and its token taken from Vault', async () => {
    const world = new VirtualWorld(reusable);
    await world.pass(minuteMs);
    expect(world.store.projected).toBeDefined();
    world.channel = deleted().channel;
    await world.pass(minuteMs);
    expect(world.channel).toBeUndefined();
    expect(world.store.kept.state).toBe('Forgotten');
    expect(world.store.projected).toBeUndefined();
  });
});
