import { describe, expect, it } from 'vitest';
import { getCondition } from '../../src/api/conditions.ts';
import { statusOf } from '../../src/core/status.ts';
import { dayMs, hourMs, minuteMs, nowAt, reusable } from './builders.ts';
import { conditionRows, watching, workload } from './rows/restarts.ts';
import { VirtualWorld } from './virtual/world.ts';

const workloads = [{ kind: 'Deployment', name: 'encoder' } as const];
const facts = { uid: 'w', resourceVersion: '1', createdAt: nowAt - dayMs, restartedAt: undefined, shown: {} };

function restarting(minInterval = '10m'): VirtualWorld {
  const world = new VirtualWorld(reusable);
  if (world.channel !== undefined)
    world.channel = { ...world.channel, spec: { ...world.channel.spec, rollout: { workloads, minInterval } } };
  world.workloads.set('encoder', facts);
  return world;
}

const versions = ({ restarts }: VirtualWorld) => restarts.map((one) => one.with);

describe('the condition of restarts', () => {
  it.each(conditionRows)('where %s', (_, o, says) => {
    const condition = getCondition(statusOf(o).conditions, 'WorkloadsRestarted');
    expect(`${condition?.status}/${condition?.reason}`).toBe(says);
  });

  it('says where the permission comes from', () => {
    const [, , refused] = conditionRows.map(([, o]) => getCondition(statusOf(o).conditions, 'WorkloadsRestarted'));
    expect(refused?.message).toContain('rbac.rolloutRestarts');
  });

  it('goes with spec.rollout, and leaves Ready alone', () => {
    const o = watching([workload({ shown: { twitch: '2.7' } })]);
    const status = statusOf(o);
    const { rollout: _none, ...spec } = o.channel.spec;
    const without = statusOf({ ...o, workloads: undefined, channel: { ...o.channel, spec, status } });
    expect(getCondition(without.conditions, 'WorkloadsRestarted')).toBeUndefined();
    for (const [, seen] of conditionRows) expect(getCondition(statusOf(seen).conditions, 'Ready')?.status).toBe('True');
  });

  it('stays as it was while nothing new is known', () => {
    const o = watching([workload({ shown: { twitch: '2.7' } })]);
    const status = statusOf(o);
    expect(statusOf({ ...o, workloads: undefined, channel: { ...o.channel, status } })).toEqual(status);
  });
});

describe('a workload that reads its token at the start', () => {
  it('is restarted once for each token, and not for anything else', async () => {
    const world = restarting();
    await world.pass(dayMs);
    const tokens = new Set(world.restarts.map((one) => one.with));
    expect(world.platform.spends.length).toBeGreaterThan(4);
    expect(tokens.size).toBe(world.restarts.length);
    // The first is for the tokens that were imported.
    expect(world.restarts).toHaveLength(world.platform.spends.length + 1);
  });

  it('is not restarted again by a process that knows nothing', async () => {
    const world = restarting();
    await world.pass(hourMs);
    const before = versions(world);
    for (let times = 0; times < 5; times += 1) {
      world.restart();
      await world.pass(minuteMs);
    }
    expect(versions(world)).toEqual(before);
    expect(before).toHaveLength(1);
  });

  it.each(['before restart', 'after restart', 'before status', 'after secret'] as const)(
    'is restarted once for each token by processes that die %s',
    async (moment) => {
      const world = restarting();
      await world.pass(hourMs);
      world.life.dieAt((passed) => passed === moment);
      await world.pass(dayMs);
      expect(world.deaths).toBe(1);
      expect(new Set(versions(world)).size).toBe(world.restarts.length);
      expect(versions(world).at(-1)).toBe(`1.${world.status.generation}`);
    },
  );

  it('is never restarted sooner than spec.rollout.minInterval after the last time', async () => {
    const world = restarting('9h');
    await world.pass(5 * dayMs);
    const gaps = world.restarts.slice(1).map(({ at }, index) => at - (world.restarts[index]?.at ?? 0));
    expect(gaps.length).toBeGreaterThan(8);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(9 * hourMs);
  });

  it('is not restarted again and again where somebody takes the annotations off', async () => {
    const world = restarting();
    world.onRestart = () => void world.workloads.set('encoder', facts);
    await world.pass(2 * hourMs);
    // The second comes when the interval is over, because the first came too soon after the token to tell by its time.
    expect(world.restarts.length).toBeLessThanOrEqual(2);
    expect(getCondition(world.status.conditions, 'WorkloadsRestarted')?.reason).toBe('Restarted');
  });

  it('is restarted when it comes to be after the token but with an older template, and not when it is new', async () => {
    const world = restarting();
    world.workloads.clear();
    await world.pass(hourMs);
    const condition = () => getCondition(world.status.conditions, 'WorkloadsRestarted')?.reason;
    expect(condition()).toBe('WorkloadNotFound');
    world.workloads.set('encoder', { ...facts, createdAt: world.clock.trueNow() });
    await world.pass(10 * minuteMs);
    expect(condition()).toBe('Restarted');
    expect(world.restarts).toEqual([]);
  });
});
