import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayMs, hourMs, reusable, settings, singleUse } from './builders.ts';
import { type Moment, moments } from './virtual/process.ts';
import { VirtualWorld } from './virtual/world.ts';

const isReplay = ({ isReplay: is }: { isReplay: boolean }) => is;

async function killedAt(profile: typeof reusable, moment: Moment): Promise<VirtualWorld> {
  const world = new VirtualWorld(profile);
  await world.pass(hourMs);
  world.life.dieAt((passed) => passed === moment);
  await world.pass(2 * dayMs);
  expect(world.deaths).toBe(1);
  return world;
}

describe.each(moments)('a process that dies %s', (moment) => {
  it('loses nothing where a refresh token may be sent again', async () => {
    const world = await killedAt(reusable, moment);
    expect(world.status).toMatchObject({ state: 'Connected', reason: 'Healthy' });
    expect(world.platform.isAlive(world.projected)).toBe(true);
    expect(world.statuses.every(({ state }) => state === 'Connected')).toBe(true);
  });

  it('loses a single-use token only between its spend and the commit, and says so', async () => {
    const world = await killedAt(singleUse, moment);
    const isLost = moment === 'after spend' || moment === 'before commit';
    if (isLost) {
      expect(world.status).toMatchObject({ state: 'NeedsReauth', reason: 'RefreshInterrupted' });
      expect(world.platform.spends.filter(isReplay)).toHaveLength(1);
      return;
    }
    expect(world.status).toMatchObject({ state: 'Connected', reason: 'Healthy' });
    expect(world.platform.isAlive(world.projected)).toBe(true);
    expect(world.platform.spends.filter(isReplay)).toEqual([]);
  });
});

// A backstop for machines that are busy with something else.
describe('processes that die at any moments', { timeout: 30_000 }, () => {
  const everyNth = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 12 });

  it('never bring a channel to NeedsReauth where a refresh token may be sent again', async () => {
    await fc.assert(
      fc.asyncProperty(everyNth, fc.boolean(), async (gaps, isIll) => {
        const world = new VirtualWorld(reusable);
        for (const gap of gaps) {
          const deadlyAt = world.life.passed.length + gap;
          world.life.dieAt(() => world.life.passed.length === deadlyAt);
          world.platform.illness = isIll && gap % 2 === 0 ? 'AfterWork' : undefined;
          await world.pass(5 * hourMs);
        }
        world.platform.illness = undefined;
        await world.pass(5 * hourMs);
        expect(world.statuses.filter(({ state }) => state === 'NeedsReauth')).toEqual([]);
        expect(world.platform.isAlive(world.projected)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('never replay a single-use token while its access token lives, nor blame the person', async () => {
    await fc.assert(
      fc.asyncProperty(everyNth, async (gaps) => {
        const world = new VirtualWorld(singleUse);
        for (const gap of gaps) {
          const deadlyAt = world.life.passed.length + gap;
          world.life.dieAt(() => world.life.passed.length === deadlyAt);
          await world.pass(5 * hourMs);
        }
        const reasons = world.statuses.filter(({ state }) => state === 'NeedsReauth').map(({ reason }) => reason);
        expect(reasons.every((reason) => reason === 'RefreshInterrupted')).toBe(true);
        for (const { leftMs } of world.platform.spends.filter(isReplay)) {
          expect(leftMs).toBeLessThanOrEqual(settings.propagationFloorMs);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('an answer whose commit was lost to a Vault that was put back', () => {
  it('is adopted before the token that it replaced is sent a second time', async () => {
    const world = new VirtualWorld(singleUse);
    await world.pass(hourMs);
    const { kept } = world.store;
    world.life.dieAt((moment) => {
      // The backup knows nothing of this claim, and somebody wrote to it since.
      if (moment === 'after spend') world.store.kept = { ...kept, version: kept.version + 5 };
      return false;
    });
    await world.pass(3 * hourMs);
    expect(world.store.answers).toEqual([]);
    expect(world.platform.spends.filter(isReplay)).toEqual([]);
    expect(world.status).toMatchObject({ state: 'Connected', reason: 'Healthy' });
  });
});

describe('a process that dies between a rejection and its belief', () => {
  it('asks once more in its next life, and then asks the person for the same reason', async () => {
    const world = new VirtualWorld(singleUse);
    await world.pass(hourMs);
    world.platform.withdraw();
    while (world.platform.spends.length === 0) await world.clock.sleep(Math.max(await world.runOnce(), 1));
    expect(world.status.state).not.toBe('NeedsReauth');
    world.restart();
    await world.pass(hourMs);
    expect(world.status).toMatchObject({ state: 'NeedsReauth', reason: 'AccessRevoked' });
    expect(world.platform.spends.map(({ kind }) => kind)).toEqual(['Rejected', 'Rejected']);
  });
});
