import { describe, expect, it, vi } from 'vitest';
import { Failure } from '../../src/core/failure.ts';
import { dayMs, hourMs, minuteMs, nowAt, reusable, secondMs, settings, singleUse } from './builders.ts';
import type { Illness } from './virtual/platform.ts';
import { VirtualWorld } from './virtual/world.ts';

/** The first refresh: two thirds of four hours, and the jitter of this uid at most. */
const earliestFirstMs = 0.66 * 4 * hourMs;

/** A connected channel whose platform falls ill just before the first refresh. */
async function ill(profile: typeof reusable, illness: Illness): Promise<VirtualWorld> {
  const world = new VirtualWorld(profile);
  await world.pass(earliestFirstMs - minuteMs);
  expect(world.story).toEqual(['Connected/Healthy']);
  world.platform.illness = illness;
  return world;
}

function expectNobodyLost({ platform, statuses }: VirtualWorld): void {
  expect(platform.lostAt).toBeUndefined();
  expect(statuses.filter(({ state }) => state === 'NeedsReauth')).toEqual([]);
}

function expectWorking(world: VirtualWorld): void {
  expect(world.status).toMatchObject({ state: 'Connected', reason: 'Healthy' });
  expect(world.platform.isAlive(world.projected)).toBe(true);
  expect(world.store.projected?.access.reveal()).toBe(world.projected);
}

describe('a platform of which other channels have found that it does not answer', () => {
  it('is not asked, nothing is claimed, and the refresh comes when it answers again', async () => {
    const world = new VirtualWorld(singleUse);
    await world.pass(earliestFirstMs - minuteMs);
    const { version } = world.store.kept;
    world.platform.heldBackMs = 90 * secondMs;
    await world.pass(hourMs);
    expect(world.platform.spends).toEqual([]);
    expect(world.store.kept.version).toBe(version);
    expect(world.story.at(-1)).toBe('Connected/PlatformUnavailable');
    world.platform.heldBackMs = 0;
    await world.pass(hourMs / 2);
    expect(world.platform.spends).toHaveLength(1);
    expectNobodyLost(world);
    expectWorking(world);
  });
});

describe('six hours of 503 that start at the first refresh, where a refresh token may be sent again', () => {
  it.each<Illness>(['BeforeWork', 'AfterWork'])('lose nothing when the platform fails %s', async (illness) => {
    const world = await ill(reusable, illness);
    await world.pass(6 * hourMs);
    world.platform.illness = undefined;
    const endedAt = world.clock.trueNow();
    await world.pass(2 * dayMs);
    expectNobodyLost(world);
    expectWorking(world);
    expect(world.story).toEqual([
      'Connected/Healthy',
      'Connected/PlatformUnavailable',
      'Expiring/RefreshFailing',
      'Connected/Healthy',
    ]);
    const [, , expiring, again] = world.statuses.filter(({ reason }, i, all) => reason !== all[i - 1]?.reason);
    expect(expiring?.at).toBeGreaterThanOrEqual(nowAt + 4 * hourMs - 2 * settings.propagationFloorMs);
    expect(expiring?.at).toBeLessThan(nowAt + 4 * hourMs);
    expect((again?.at ?? 0) - endedAt).toBeLessThanOrEqual(15 * minuteMs);
    expect(world.events).toEqual(['BootstrapConsumed', 'Connected', 'RefreshFailing', 'Connected']);
  });

  it('are asked about with patience, and leave no bytes behind', async () => {
    const world = await ill(reusable, 'BeforeWork');
    await world.pass(6 * hourMs);
    expect(world.platform.spends.length).toBeLessThan(50);
    expect(world.store.answers).toEqual([]);
  });

  it('change no state while the access token lasts', async () => {
    const world = await ill(reusable, 'BeforeWork');
    await world.pass(hourMs);
    expect(world.status.failure).toMatchObject({ family: 'Transient', code: 'PlatformUnavailable' });
    world.platform.illness = undefined;
    await world.pass(dayMs);
    expectNobodyLost(world);
    expect(world.states).toEqual(['Connected']);
    expect(world.events).toEqual(['BootstrapConsumed', 'Connected']);
  });

  it('are survived by processes that die every half an hour, without a state that flickers', async () => {
    const world = await ill(reusable, 'AfterWork');
    for (let i = 0; i < 12; i += 1) {
      await world.pass(30 * minuteMs);
      world.restart();
    }
    world.platform.illness = undefined;
    await world.pass(dayMs);
    expectNobodyLost(world);
    expectWorking(world);
    expect(world.states).toEqual(['Connected', 'Expiring', 'Connected']);
  });
});

describe('six hours of 503 that start at the first refresh, where a second use ends the grant', () => {
  const probesFromAt = nowAt + 4 * hourMs - settings.propagationFloorMs;

  it('lose nothing when nothing was replaced behind them', async () => {
    const world = await ill(singleUse, 'BeforeWork');
    await world.pass(6 * hourMs);
    const [first, second] = world.platform.spends;
    expect(first?.at).toBeLessThan(nowAt + 3 * hourMs);
    expect(second?.at).toBeGreaterThanOrEqual(probesFromAt);
    expect(second?.at).toBeLessThan(nowAt + 4 * hourMs);
    world.platform.illness = undefined;
    await world.pass(2 * dayMs);
    expectNobodyLost(world);
    expectWorking(world);
    expect(world.platform.spends.filter(({ isReplay }) => isReplay)).toEqual([]);
    expect(world.story).toEqual([
      'Connected/Healthy',
      'Connected/PlatformUnavailable',
      'Connected/OutcomeUnknown',
      'Expiring/RefreshFailing',
      'Connected/Healthy',
    ]);
  });

  it('say RefreshInterrupted when the token was replaced behind them, and heal by a new consent', async () => {
    const world = await ill(singleUse, 'AfterWork');
    await world.pass(20 * minuteMs);
    expect(world.platform.spends).toHaveLength(1);
    world.platform.illness = 'BeforeWork';
    await world.pass(6 * hourMs);
    expect(world.platform.spends[1]?.at).toBeGreaterThanOrEqual(probesFromAt);
    expect(world.statuses.filter(({ state }) => state === 'NeedsReauth')).toEqual([]);
    world.platform.illness = undefined;
    await world.pass(hourMs);
    expect(world.status).toMatchObject({ state: 'NeedsReauth', reason: 'RefreshInterrupted' });
    expect(world.statuses.map(({ reason }) => reason)).not.toContain('AccessRevoked');
    const { length } = world.platform.spends;
    await world.pass(2 * dayMs);
    expect(world.platform.spends).toHaveLength(length);
    world.supply();
    await world.pass(hourMs);
    expectWorking(world);
  });
});

describe('a platform that says no', () => {
  it('is asked again before a person is, where that is harmless', async () => {
    const world = new VirtualWorld(reusable);
    await world.pass(hourMs);
    world.platform.isMistakenOnce = true;
    await world.pass(dayMs);
    expectNobodyLost(world);
    expect(world.story).toEqual(['Connected/Healthy']);
  });

  it('is asked again as well by a process that follows one which died in a spend', async () => {
    const world = new VirtualWorld(reusable);
    await world.pass(hourMs);
    world.life.dieAt((moment) => moment === 'after spend');
    while (world.deaths === 0) await world.pass(10 * secondMs);
    // Its claim still lives; the next spend is the one that finds out.
    world.platform.isMistakenOnce = true;
    await world.pass(dayMs);
    expect(world.platform.spends[1]?.kind).toBe('Rejected');
    expectNobodyLost(world);
    expectWorking(world);
  });

  it('is believed when it means it, and a new consent heals the channel', async () => {
    const world = new VirtualWorld(reusable);
    await world.pass(30 * minuteMs);
    world.platform.withdraw();
    await world.pass(61 * minuteMs);
    expect(world.status).toMatchObject({ state: 'NeedsReauth', reason: 'AccessRevoked' });
    expect(world.story).toEqual(['Connected/Healthy', 'NeedsReauth/AccessRevoked']);
    await world.pass(3 * dayMs);
    // The confirmation, and three probes that could have healed it.
    expect(world.platform.spends).toHaveLength(5);
    world.supply();
    await world.pass(10 * minuteMs);
    expectWorking(world);
    expect(world.status.epoch).toBe(2);
  });
});

describe('a clock that is wrong for two hours', () => {
  it('loses nothing once it is right again', async () => {
    for (const skewMs of [-2 * hourMs, -10 * minuteMs, 10 * minuteMs, 2 * dayMs]) {
      const world = new VirtualWorld(singleUse);
      await world.pass(hourMs);
      world.clock.skewMs = skewMs;
      await world.pass(2 * hourMs);
      world.clock.skewMs = 0;
      await world.pass(2 * dayMs);
      expectNobodyLost(world);
      expectWorking(world);
      expect(world.platform.spends.filter(({ isReplay }) => isReplay)).toEqual([]);
    }
  });
});

describe('Vault', () => {
  it('away for two hours stops every spend, and costs nothing else', async () => {
    const world = new VirtualWorld(singleUse);
    await world.pass(earliestFirstMs - minuteMs);
    world.store.isAway = true;
    await world.pass(2 * hourMs);
    expect(world.platform.spends).toEqual([]);
    world.store.isAway = false;
    await world.pass(30 * secondMs);
    expectNobodyLost(world);
    expectWorking(world);
    expect(world.platform.spends).toHaveLength(1);
  });
});

describe('a commit that Vault did not take for ten minutes', () => {
  it('is not followed by a Secret for a channel that was deleted meanwhile', async () => {
    const world = new VirtualWorld(singleUse);
    await world.pass(earliestFirstMs - minuteMs);
    const { clock } = world;
    const sleep = clock.sleep.bind(clock);
    world.life.dieAt((moment) => {
      if (moment !== 'after spend') return false;
      world.store.isAway = true;
      const backAt = clock.trueNow() + 10 * minuteMs;
      clock.sleep = async (ms) => {
        await sleep(ms);
        if (clock.trueNow() < backAt) return;
        world.store.isAway = false;
        world.channel = undefined;
        world.secret = { state: 'Absent' };
        clock.sleep = sleep;
      };
      return false;
    });
    while (world.channel !== undefined) await world.pass(10 * secondMs);
    await world.pass(minuteMs);
    expect(world.platform.spends).toHaveLength(1);
    expect(world.secret).toEqual({ state: 'Absent' });
  });
});

describe('a rejection that is heard while Vault goes away, where a token is spent by one use', () => {
  async function rejected(awayMs: number): Promise<VirtualWorld> {
    const world = new VirtualWorld(singleUse);
    await world.pass(earliestFirstMs - minuteMs);
    world.platform.withdraw();
    world.platform.whenSpent = () => {
      world.store.awayUntil = world.clock.trueNow() + awayMs;
      delete world.platform.whenSpent;
    };
    await world.pass(6 * hourMs);
    return world;
  }

  it.each([
    ['for a second, so that the release of the claim fails', secondMs],
    ['for ten minutes', 10 * minuteMs],
    ['until the access token has ended', 2 * hourMs],
  ])('is the reason in the end, and no interruption: %s', async (_, awayMs) => {
    const world = await rejected(awayMs);
    expect(world.status).toMatchObject({ state: 'NeedsReauth', reason: 'AccessRevoked' });
  });

  it('is the reason too where only the release of the claim was refused', async () => {
    const world = new VirtualWorld(singleUse);
    await world.pass(earliestFirstMs - minuteMs);
    world.platform.withdraw();
    const away = new Failure('Transient', 'VaultUnavailable', 'Vault is away.', { source: 'Vault' });
    const refused = vi.spyOn(world.store, 'release').mockRejectedValueOnce(away);
    while (world.platform.spends.length === 0) await world.pass(secondMs);
    // The brake of every replica counts it.
    expect(world.status.failure).toMatchObject({ family: 'Rejected', code: 'AccessRevoked' });
    await world.pass(6 * hourMs);
    expect(refused).toHaveBeenCalled();
    expect(world.status).toMatchObject({ state: 'NeedsReauth', reason: 'AccessRevoked' });
    expect(world.platform.spends.length).toBeLessThanOrEqual(2);
  });

  it('is an interruption where the process that heard it died', async () => {
    const world = new VirtualWorld(singleUse);
    await world.pass(earliestFirstMs - minuteMs);
    world.platform.withdraw();
    world.life.dieAt((moment) => moment === 'after spend');
    await world.pass(6 * hourMs);
    expect(world.status).toMatchObject({ state: 'NeedsReauth', reason: 'RefreshInterrupted' });
  });
});
