import { describe, expect, it } from 'vitest';
import type { PlatformProfile } from '../../src/core/profile.ts';
import { failure, hourMs, minuteMs, reusable, singleUse } from './builders.ts';
import { VirtualFleet } from './virtual/fleet.ts';

const size = 20;
/** Just before the first refresh of everybody: two thirds of four hours. */
const beforeRefreshMs = 0.66 * 4 * hourMs - minuteMs;
const no = failure('Rejected', 'AccessRevoked');

async function connected(profile: PlatformProfile): Promise<VirtualFleet> {
  const fleet = new VirtualFleet(size, profile);
  await fleet.pass(beforeRefreshMs);
  return fleet;
}

const statesOf = ({ worlds }: VirtualFleet) => worlds.map(({ status }) => status.state);
const everAccused = ({ worlds }: VirtualFleet) => worlds.filter(({ states }) => states.includes('NeedsReauth')).length;

const profiles = [
  ['may be sent again', reusable],
  ['is spent by one use', singleUse],
] as const;

describe.each(profiles)('twenty accounts of one app, where a refresh token %s', (_, profile) => {
  it('are not asked to reconnect while the platform rejects every login for three hours, and recover by themselves', async () => {
    const fleet = await connected(profile);
    fleet.illness = no;
    await fleet.pass(3 * hourMs);
    expect(everAccused(fleet)).toBe(0);
    expect(fleet.worlds.filter(({ status }) => status.reason === 'RejectionsHeld')).toHaveLength(size);
    expect(fleet.appStory).toEqual(['Accepted', 'RejectionsHeld']);
    fleet.illness = undefined;
    await fleet.pass(hourMs);
    expect(everAccused(fleet)).toBe(0);
    for (const { status, platform, projected } of fleet.worlds) {
      expect(status).toMatchObject({ state: 'Connected', reason: 'Healthy' });
      expect(platform.isAlive(projected)).toBe(true);
    }
    expect(fleet.appStory).toEqual(['Accepted', 'RejectionsHeld', 'Accepted']);
  });

  it('send little while they wait: one goes on asking', async () => {
    const fleet = await connected(profile);
    fleet.illness = no;
    await fleet.pass(3 * hourMs);
    const sent = fleet.worlds.map(({ platform }) => platform.spends.length).sort((a, b) => a - b);
    // The first rejection, and its confirmation where that is harmless; only the canary goes on.
    expect(sent.at(-2)).toBeLessThanOrEqual(3);
    expect(sent.at(-1)).toBeGreaterThan(3);
    expect(sent.at(-1)).toBeLessThan(40);
  });

  it('are not accused by what the platform said before it began to fail', async () => {
    const fleet = await connected(profile);
    fleet.illness = no;
    await fleet.pass(20 * minuteMs);
    expect(fleet.appStory).toEqual(['Accepted', 'RejectionsHeld']);
    fleet.illness = failure('Transient', 'PlatformUnavailable');
    await fleet.pass(2 * hourMs);
    fleet.illness = undefined;
    await fleet.pass(hourMs);
    expect(everAccused(fleet)).toBe(0);
    expect(statesOf(fleet)).toEqual(fleet.worlds.map(() => 'Connected'));
  });

  it('are asked in the end where their logins have really ended', async () => {
    const fleet = await connected(profile);
    for (const { platform } of fleet.worlds) platform.withdraw();
    await fleet.pass(3 * hourMs);
    expect(everAccused(fleet)).toBe(0);
    await fleet.pass(2 * hourMs);
    expect(statesOf(fleet)).toEqual(fleet.worlds.map(() => 'NeedsReauth'));
  });

  it('are asked no later because the operator started anew meanwhile', async () => {
    const fleet = await connected(profile);
    fleet.illness = no;
    await fleet.pass(2 * hourMs);
    for (const world of fleet.worlds) world.restart();
    await fleet.pass(hourMs);
    expect(everAccused(fleet)).toBe(0);
    await fleet.pass(hourMs + 20 * minuteMs);
    expect(everAccused(fleet)).toBe(size);
  });

  it('are asked at once where it is one of them whose login ended', async () => {
    const fleet = await connected(profile);
    fleet.worlds[7]?.platform.withdraw();
    await fleet.pass(10 * minuteMs);
    expect(statesOf(fleet).filter((state) => state === 'NeedsReauth')).toHaveLength(1);
    expect(fleet.appStory).toEqual(['Accepted']);
  });
});

describe('twenty accounts of one app, whose answers we lost', () => {
  it('are not held, for that explains the rejections, and no token is replayed twice', async () => {
    const fleet = await connected(singleUse);
    fleet.illness = 'AfterWork';
    await fleet.pass(20 * minuteMs);
    fleet.illness = undefined;
    await fleet.pass(6 * hourMs);
    for (const { status, platform } of fleet.worlds) {
      expect(status).toMatchObject({ state: 'NeedsReauth', reason: 'RefreshInterrupted' });
      expect(platform.spends.filter(({ kind }) => kind === 'Rejected')).toHaveLength(1);
    }
  });
});
