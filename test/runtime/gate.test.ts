import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Controller } from '../../src/runtime/controller.ts';
import { Gate } from '../../src/runtime/gate.ts';

/** 10,000 keys that all have something to do, and a dependency that they need and that does not answer. */

const size = 10_000;
const minuteMs = 60_000;
const all = Array.from({ length: size }, (_, index) => `main-stage/channel-${index}`);

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

function fleet({
  isGated = true,
  answersInMs,
  keys = all,
}: {
  isGated?: boolean;
  answersInMs: number;
  keys?: string[];
}) {
  const world = { isAway: true, requests: [] as number[], served: new Set<string>(), most: 0, now: 0 };
  const ownership = {
    name: 'all',
    owns: () => true,
    onAcquire: () => {},
    onLose: () => {},
    start: async () => {},
    stop: async () => {},
  };
  const gate = new Gate({
    dependencies: ['vault'],
    now: () => Date.now(),
    random: () => 0.5,
    wake: (woken) => {
      for (const key of woken) controller.touch(key);
    },
  });
  const controller: Controller = new Controller({
    name: 'channels',
    ownership,
    workers: 16,
    random: Math.random,
    backoff: { baseMs: 1_000, capMs: 60_000 },
    onRun: () => {},
    ...(isGated ? { hold: (key: string) => gate.hold(key) } : {}),
    handler: async (key) => {
      world.requests.push(Date.now());
      world.now += 1;
      world.most = Math.max(world.most, world.now);
      await new Promise((resolve) => setTimeout(resolve, answersInMs));
      world.now -= 1;
      gate.report('vault', !world.isAway);
      if (world.isAway) throw new Error('it does not answer');
      world.served.add(key);
      return {};
    },
  });
  for (const key of keys) controller.touch(key);
  return { world, gate, controller };
}

const within = (requests: readonly number[], from: number, to: number) =>
  requests.filter((at) => at >= 1_000_000 + from && at < 1_000_000 + to).length;

it.each([2, 5_000])(
  'a dependency that fails after %i ms is asked by a probe at a time, and all are served when it is back',
  async (answersInMs) => {
    const { world, gate, controller } = fleet({ answersInMs });
    await controller.start();
    await vi.advanceTimersByTimeAsync(10 * minuteMs);
    // What was under way when it was noticed, then the probes of the first minute, then two or three a minute.
    expect(within(world.requests, 0, minuteMs)).toBeLessThanOrEqual(20 + 16 + 7);
    expect(within(world.requests, minuteMs, 10 * minuteMs)).toBeLessThanOrEqual(9 * 4);
    expect(within(world.requests, minuteMs, 10 * minuteMs)).toBeGreaterThanOrEqual(9);
    expect([...gate.waiting()][0]?.count).toBeGreaterThanOrEqual(size - 40);
    world.isAway = false;
    // Half a minute until a probe finds out, and then as many at a time as there are workers.
    await vi.advanceTimersByTimeAsync(35_000 + (size / 16) * answersInMs * 1.1);
    expect(world.served.size).toBe(size);
    expect(world.most).toBeLessThanOrEqual(16);
    expect([...gate.waiting()]).toEqual([{ dependency: 'vault', count: 0 }]);
  },
);

it('without a gate the same dependency is asked as often as keys come back by their own backoff', async () => {
  const { world, controller } = fleet({ isGated: false, answersInMs: 2, keys: all.slice(0, 500) });
  await controller.start();
  await vi.advanceTimersByTimeAsync(3 * minuteMs);
  expect(within(world.requests, 2 * minuteMs, 3 * minuteMs)).toBeGreaterThan(500);
});

it('another key probes where the first one is gone, and a key that nobody wakes comes back by itself', async () => {
  const woken: string[] = [];
  const gate = new Gate({
    dependencies: ['vault'],
    now: () => Date.now(),
    random: () => 0.5,
    wake: (some) => woken.push(...some),
  });
  for (let count = 0; count < 20; count += 1) gate.report('vault', false);
  expect(['gone', 'one'].map((key) => gate.hold(key))).toEqual([900_000, 900_000]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(woken).toEqual(['gone']);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(woken).toEqual(['gone', 'one']);
  expect(gate.hold('one')).toBeUndefined();
  gate.report('vault', true);
  expect(gate.hold('two')).toBeUndefined();
  gate.stop();
});

it('two that are away do not keep each other from being probed, and nobody is woken before both are back', async () => {
  const woken: string[] = [];
  const wake = (some: readonly string[]) => woken.push(...some);
  const gate = new Gate({ dependencies: ['kubernetes', 'vault'], now: () => Date.now(), random: () => 0.5, wake });
  for (const dependency of ['kubernetes', 'vault'] as const)
    for (let count = 0; count < 20; count += 1) gate.report(dependency, false);
  for (const key of ['a', 'b']) gate.hold(key);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(woken).toEqual(['a']);
  expect(gate.hold('a')).toBeUndefined();
  gate.report('kubernetes', true);
  expect([...gate.waiting()].map(({ count }) => count)).toEqual([0, 1]);
  expect(woken).toEqual(['a']);
  gate.report('vault', true);
  expect(woken).toEqual(['a', 'b']);
  gate.stop();
});
