import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { SocialApp } from '../../src/api/resources.gen.ts';
import { TokenBuckets } from '../../src/channel/app-rates.ts';
import { phaseOf } from '../../src/channel/observe.ts';
import { planRefresh } from '../../src/core/schedule.ts';
import { bucketOf, type Share } from '../../src/runtime/buckets.ts';
import { Controller } from '../../src/runtime/controller.ts';
import { app, channel, hourMs, minuteMs, nowAt, record, secondMs, settings, singleUse, tokens } from './builders.ts';

/** After an hour in which nothing could be refreshed: the real queues, due times and request budgets of three replicas. */

const size = 10_000;
const replicas = 3;
const workers = 16;
const lifeMs = 4 * hourMs;
const perMinute = 1_200;
const limited: SocialApp = { ...app, spec: { ...app.spec, rateLimit: { requests: perMinute, window: '1m' } } };
const keys = Array.from({ length: size }, (_, index) => `main-stage/channel-${index}`);

/** When a channel whose token was given at that moment is refreshed by plan. */
function plannedAt(key: string, obtainedAt: number): number {
  const set = { ...tokens, obtainedAt, accessExpiresAt: obtainedAt + lifeMs };
  const facts = { channel: channel().channel, app: limited, profile: singleUse, settings, phase: phaseOf(key) };
  return planRefresh({ ...facts, record: { ...record, tokens: set } }).at ?? 0;
}

interface Refresh {
  readonly key: string;
  readonly at: number;
}

/** One replica's share, with everything that it needs to send requests. */
function replica(
  index: number,
  given: ReadonlyMap<string, number>,
  endOf: (key: string) => number,
  sent: Refresh[],
  busy: { most: number; now: number },
) {
  const isOurs: Share = (key) => bucketOf(key, 16) % replicas === index;
  let begin: (share: Share) => void = () => {};
  const ownership = {
    name: 'a third',
    owns: isOurs,
    onAcquire: (listener: (share: Share) => void) => {
      begin = listener;
    },
    onLose: () => {},
    start: async () => begin(isOurs),
    stop: async () => {},
  };
  const rates = new TokenBuckets(
    () => Date.now(),
    () => replicas,
  );
  const controller = new Controller({
    name: 'channels',
    ownership,
    workers,
    random: () => 0.5,
    onRun: () => {},
    handler: async (key) => {
      const waitMs = rates.take(limited, singleUse, key, endOf(key));
      if (waitMs > 0) return { afterMs: waitMs };
      busy.now += 1;
      busy.most = Math.max(busy.most, busy.now);
      sent.push({ key, at: Date.now() });
      await new Promise((resolve) => setTimeout(resolve, 150));
      busy.now -= 1;
      return {};
    },
  });
  controller.watch({ entries: () => given.entries(), onChange: () => {} }, { firstDueAt: (at) => at });
  return { controller, ownership };
}

beforeEach(() => {
  vi.useFakeTimers({ now: nowAt });
});
afterEach(() => {
  vi.useRealTimers();
});

it('10,000 channels that became due meanwhile are refreshed within the budget of their app, those whose tokens end first before the others', async () => {
  // Given over hours, so that all of them became due within the hour in which nobody could refresh them.
  const obtained = new Map(
    keys.map((key, index) => {
      const dueAt = nowAt - hourMs + (index / size) * hourMs;
      return [key, nowAt - (plannedAt(key, nowAt) - nowAt) - (nowAt - dueAt)] as const;
    }),
  );
  const due = new Map(keys.map((key) => [key, plannedAt(key, obtained.get(key) ?? 0)] as const));
  const endOf = (key: string) => (obtained.get(key) ?? 0) + lifeMs;
  const sent: Refresh[] = [];
  const busy = Array.from({ length: replicas }, () => ({ most: 0, now: 0 }));
  for (const [index, one] of busy.entries()) {
    const { controller, ownership } = replica(index, due, endOf, sent, one);
    await controller.start();
    await ownership.start();
  }
  // What was saved up goes at once, the rest at the pace of the budget; one replica has six of the sixteen buckets.
  const longestMs = ((size * 6) / 16 / (perMinute / replicas) - 1) * minuteMs;
  await vi.advanceTimersByTimeAsync(1.1 * longestMs);
  expect(new Set(sent.map(({ key }) => key)).size).toBe(size);
  expect(sent).toHaveLength(size);
  for (const { most } of busy) expect(most).toBeLessThanOrEqual(workers);

  const perSecond = counted(
    sent.map(({ at }) => at).filter((at) => at >= nowAt + minuteMs),
    secondMs,
  );
  expect(Math.max(...perSecond)).toBeLessThanOrEqual((perMinute / 60) * 1.2);
  expect(sent.filter(({ at }) => at < nowAt + minuteMs).length).toBeLessThanOrEqual(2 * perMinute);

  // Nobody's token ended: a third of its life had been left for such an hour.
  const gaps = sent.filter(({ key, at }) => at > (obtained.get(key) ?? 0) + lifeMs);
  expect(gaps).toEqual([]);
  // Whose token ends first in each replica, up to as many as are under way together, once the saved-up budget is spent.
  for (let index = 0; index < replicas; index += 1) {
    const order = sent.filter(({ key }) => bucketOf(key, 16) % replicas === index).map(({ key }) => endOf(key));
    expect(overtaken(order.slice(perMinute / replicas + 60))).toEqual([]);
  }

  // And the next time they do not come together: each minute holds less than the app may ask.
  const next = sent.map(({ key, at }) => plannedAt(key, at));
  expect(Math.max(...counted(next, minuteMs))).toBeLessThan(perMinute);
});

it('where the budget of an app is what lacks, those whose tokens end first go first in each replica, whenever they were due', async () => {
  const few = keys.slice(0, 3_000);
  // Due in the order of their names, and with the less time left the later they were due.
  const due = new Map(few.map((key, index) => [key, nowAt - hourMs + index]));
  const left = new Map(few.map((key, index) => [key, nowAt + 4 * hourMs - index * secondMs]));
  const sent: Refresh[] = [];
  for (let index = 0; index < replicas; index += 1) {
    const busy = { most: 0, now: 0 };
    const { controller, ownership } = replica(index, due, (key) => left.get(key) ?? 0, sent, busy);
    await controller.start();
    await ownership.start();
  }
  await vi.advanceTimersByTimeAsync(6 * minuteMs);
  expect(sent).toHaveLength(few.length);
  for (let index = 0; index < replicas; index += 1) {
    const ours = sent.filter(({ key }) => bucketOf(key, 16) % replicas === index).map(({ key }) => left.get(key) ?? 0);
    // What had been saved up went to those that were due first; from then on nobody with more time went before one with less.
    const waited = ours.slice(perMinute / replicas + 60);
    expect(waited.length).toBeGreaterThan(300);
    expect(overtaken(waited)).toEqual([]);
  }
});

/** Those that went before one with less time left, further than as many as are under way together. */
function overtaken(order: readonly number[]): readonly number[] {
  return order.filter((at, place) => at > (order[place + workers] ?? Number.POSITIVE_INFINITY));
}

/** How many fall into each span of that length. */
function counted(times: readonly number[], spanMs: number): number[] {
  const spans = new Map<number, number>();
  for (const at of times) spans.set(Math.floor(at / spanMs), (spans.get(Math.floor(at / spanMs)) ?? 0) + 1);
  return [...spans.values()];
}
