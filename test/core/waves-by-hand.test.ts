import { describe, expect, it } from 'vitest';
import { annotations } from '../../src/api/names.ts';
import { failure, hourMs, minuteMs, reusable, singleUse } from './builders.ts';
import { VirtualFleet } from './virtual/fleet.ts';

const size = 20;
const no = failure('Rejected', 'AccessRevoked');
const { releaseRejections, confirmRejections } = annotations;

/** Twenty accounts, all rejected for twenty minutes and not believed. */
async function held(profile: typeof reusable): Promise<VirtualFleet> {
  const fleet = new VirtualFleet(size, profile);
  await fleet.pass(0.66 * 4 * hourMs - minuteMs);
  fleet.illness = no;
  await fleet.pass(20 * minuteMs);
  expect(fleet.appStory).toEqual(['Accepted', 'RejectionsHeld']);
  return fleet;
}

/** The moment in the command that the app's condition shows. */
function shown({ appMessage }: VirtualFleet, annotation: string): string {
  const [, command = ''] =
    new RegExp(`\`kubectl annotate socialapp video -n main-stage --overwrite ${annotation}=(\\S+)\``).exec(
      appMessage,
    ) ?? [];
  return command;
}

const statesOf = ({ worlds }: VirtualFleet) => new Set(worlds.map(({ status }) => `${status.state}/${status.reason}`));
const everAccused = ({ worlds }: VirtualFleet) => worlds.filter(({ states }) => states.includes('NeedsReauth')).length;
const spends = ({ worlds }: VirtualFleet) => worlds.map(({ platform }) => platform.spends.length);

describe.each([
  ['may be sent again', reusable],
  ['is spent by one use', singleUse],
] as const)('twenty held rejections, where a refresh token %s', (_, profile) => {
  it('are forgotten by a release: all are asked within the minute and go on', async () => {
    const fleet = await held(profile);
    fleet.illness = undefined;
    await fleet.annotate(releaseRejections, shown(fleet, releaseRejections));
    await fleet.pass(minuteMs);
    expect(statesOf(fleet)).toEqual(new Set(['Connected/Healthy']));
    expect(fleet.appStatus?.rejections?.releasedTime).toBe(fleet.appStatus?.rejections?.lastHandledRelease);
    expect(fleet.appEvents).toContain('RejectionsReleased');
    expect(fleet.appStory.at(-1)).toBe('Accepted');
    expect(everAccused(fleet)).toBe(0);
  });

  it('are held anew after a release that came too early, and the first of them accuses nobody', async () => {
    const fleet = await held(profile);
    const before = spends(fleet);
    await fleet.annotate(releaseRejections, shown(fleet, releaseRejections));
    await fleet.pass(3 * hourMs);
    expect(everAccused(fleet)).toBe(0);
    const asked = spends(fleet).filter((count, index) => count > (before[index] ?? 0));
    expect(asked).toHaveLength(size);
    expect(fleet.appStory.at(-1)).toBe('RejectionsHeld');
    // The hours of a held rejection begin with the release.
    await fleet.pass(hourMs - 2 * minuteMs);
    expect(everAccused(fleet)).toBe(0);
    await fleet.pass(hourMs);
    expect(everAccused(fleet)).toBe(size);
  });

  it('are believed by a confirmation, within minutes, and by one more question at most', async () => {
    const fleet = await held(profile);
    const before = spends(fleet);
    await fleet.annotate(confirmRejections, shown(fleet, confirmRejections));
    await fleet.pass(2 * minuteMs);
    expect(statesOf(fleet)).toEqual(new Set(['NeedsReauth/AccessRevoked']));
    for (const [index, count] of spends(fleet).entries()) expect(count - (before[index] ?? 0)).toBeLessThanOrEqual(1);
    expect(fleet.appEvents).toContain('RejectionsConfirmed');
  });

  it('are not believed by an old confirmation of another wave, and it says so', async () => {
    const fleet = await held(profile);
    const old = shown(fleet, confirmRejections);
    fleet.illness = undefined;
    await fleet.pass(4 * hourMs);
    fleet.illness = no;
    await fleet.pass(20 * minuteMs + 4 * hourMs * 0.66);
    expect(fleet.appStory.at(-1)).toBe('RejectionsHeld');
    // They are due at different times by now, and nobody knows of a wave until it is one.
    const first = everAccused(fleet);
    expect(first).toBeLessThanOrEqual(2);
    await fleet.annotate(confirmRejections, old);
    await fleet.pass(10 * minuteMs);
    expect(everAccused(fleet)).toBe(first);
    expect(fleet.appEvents).toContain('RejectionsUnknown');
    expect(fleet.appStatus?.rejections).toEqual({ lastHandledConfirmation: old });
  });
});
