import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/core/failure.ts';
import type { PlatformProfile } from '../../src/core/profile.ts';
import { failure, hourMs, minuteMs, reusable, secondMs, singleUse } from './builders.ts';
import { VirtualFleet } from './virtual/fleet.ts';
import type { Illness } from './virtual/platform.ts';

const size = 50;
/** Just before the first refresh of everybody: two thirds of four hours. */
const beforeRefreshMs = 0.66 * 4 * hourMs - minuteMs;

const ofApp = (reason: Failure['reason']) =>
  new Failure('Misconfigured', reason, `Message of ${reason}.`, { source: 'Platform', isAppFault: true });
const tooMany = new Failure('Transient', 'RateLimited', 'Too many.', {
  source: 'Platform',
  retryAfterMs: 90 * secondMs,
});
const page = failure('Unexpected', 'Unexpected');

async function connected(profile: PlatformProfile): Promise<VirtualFleet> {
  const fleet = new VirtualFleet(size, profile);
  await fleet.pass(beforeRefreshMs);
  expect(fleet.worlds.map(({ states }) => states)).toEqual(fleet.worlds.map(() => ['Connected']));
  return fleet;
}

function expectNobodyAccused({ worlds }: VirtualFleet): void {
  const states = new Set(worlds.flatMap((world) => world.states));
  expect([...states].filter((state) => state !== 'Connected' && state !== 'Expiring')).toEqual([]);
  expect(worlds.filter(({ platform }) => platform.lostAt !== undefined)).toEqual([]);
}

function expectAllWell({ worlds, clock }: VirtualFleet): void {
  for (const world of worlds) {
    expect(world.status).toMatchObject({ state: 'Connected', reason: 'Healthy' });
    expect(world.platform.isAlive(world.projected)).toBe(true);
    expect(world.platform.spends.at(-1)?.kind).toBe('Answered');
  }
  expect(clock.trueNow()).toBeGreaterThan(0);
}

const profiles = [
  ['may be sent again', reusable],
  ['is spent by one use', singleUse],
] as const;

describe.each(profiles)('fifty accounts of one app, where a refresh token %s', (_, profile) => {
  it.each<[string, Illness, string[]]>([
    ['its client secret is wrong', ofApp('AppSecretInvalid'), ['AppSecretInvalid', 'Accepted']],
    ['it is suspended', ofApp('AppSuspended'), ['AppSuspended', 'Accepted']],
    ['its version of the API is retired', ofApp('ApiVersionRetired'), ['ApiVersionRetired', 'Accepted']],
    ['the platform fails', 'BeforeWork', []],
    ['the platform asks for fewer requests', tooMany, []],
    ['something else answers with a page', page, []],
  ])('keep their states for an hour while %s, and recover by themselves', async (__, illness, appStory) => {
    const fleet = await connected(profile);
    fleet.illness = illness;
    await fleet.pass(hourMs);
    expectNobodyAccused(fleet);
    expect(fleet.worlds.filter(({ platform }) => platform.spends.length === 0)).toEqual([]);
    fleet.illness = undefined;
    // No person does anything: what waits is tried again within a quarter of an hour, or when its token is about to end.
    await fleet.pass(2 * hourMs);
    expectNobodyAccused(fleet);
    expectAllWell(fleet);
    expect(fleet.appStory).toEqual(appStory);
  });

  it('are told at their app by a replica that looks after none of them, until one of them succeeds', async () => {
    const fleet = new VirtualFleet(size, profile, true);
    await fleet.pass(beforeRefreshMs);
    fleet.illness = ofApp('AppSecretInvalid');
    await fleet.pass(hourMs);
    expectNobodyAccused(fleet);
    expect(fleet.appStory).toEqual(['AppSecretInvalid']);
    fleet.illness = undefined;
    await fleet.pass(hourMs);
    expectAllWell(fleet);
    expect(fleet.appStory).toEqual(['AppSecretInvalid', 'Accepted']);
  });

  it.each([
    ['another replica', true],
    ['the same replica', false],
  ])(
    'are told at their app by %s what only questions tell beside good logins, for as long as it lasts',
    async (__, isElsewhere) => {
      const fleet = new VirtualFleet(size, profile, isElsewhere);
      await fleet.pass(beforeRefreshMs);
      const fault = ofApp('ApiVersionRetired');
      for (const { platform } of fleet.worlds) platform.appFault = fault;
      await fleet.pass(2 * hourMs);
      expectNobodyAccused(fleet);
      expect(fleet.appStory.at(-1)).toBe('ApiVersionRetired');
      // Some process starts anew, and knows of it by the statuses alone.
      for (const world of fleet.worlds) world.restart();
      await fleet.pass(hourMs);
      expect(fleet.appStory.at(-1)).toBe('ApiVersionRetired');
      // Whoever starts anew asks again as soon as the one before would have.
      for (const world of fleet.worlds) {
        world.platform.appFault = undefined;
        world.restart();
      }
      await fleet.pass(20 * minuteMs);
      expect(fleet.appStory.at(-1)).toBe('Accepted');
      expect(fleet.worlds.filter(({ status }) => status.appFault !== undefined)).toEqual([]);
    },
  );

  it('wait together for an app that is mended: the first to notice wakes the others', async () => {
    const fleet = await connected(profile);
    fleet.illness = ofApp('AppSecretInvalid');
    await fleet.pass(hourMs);
    const { total, connected: well, needsReauth } = fleet.appStatus?.channels ?? {};
    expect({ total, well, needsReauth }).toEqual({ total: size, well: size, needsReauth: 0 });
    const refusals = fleet.worlds.map(({ platform }) => platform.spends.length);
    // Some dozens in an hour each would be a load of its own.
    expect(Math.max(...refusals)).toBeLessThan(30);
    fleet.illness = undefined;
    await fleet.pass(6 * minuteMs);
    expectAllWell(fleet);
    const mendedAt = fleet.worlds.map(
      ({ platform }) => platform.spends.find(({ kind }) => kind === 'Answered')?.at ?? 0,
    );
    expect(Math.max(...mendedAt) - Math.min(...mendedAt)).toBeLessThan(secondMs);
  });
});
