import { expect, it } from 'vitest';
import type { SocialApp } from '../../src/api/resources.gen.ts';
import { TokenBuckets } from '../../src/channel/app-rates.ts';
import type { PlatformProfile } from '../../src/core/profile.ts';
import { reusable } from './builders.ts';

function appWith(rateLimit?: { requests: number; window: string }, uid = 'one'): SocialApp {
  const metadata = { name: 'twitch', namespace: 'main-stage', uid };
  return { apiVersion: 'socialops.dev/v1alpha1', kind: 'SocialApp', metadata, spec: { rateLimit } } as SocialApp;
}

const twoPerSecond = { requests: 2, window: '1s' };

/** Buckets on a clock that the test moves; whoever asks has a name. */
function buckets(profile: PlatformProfile = reusable, replicas = { count: 1 }) {
  const clock = { now: 0 };
  const rates = new TokenBuckets(
    () => clock.now,
    () => replicas.count,
  );
  const take = (asker: string, app = appWith(twoPerSecond), tooLateAt = 1_000_000) =>
    rates.take(app, profile, asker, tooLateAt);
  /** As `take`, by what is left. */
  const press = (asker: string, tooLateAt: number) => take(asker, appWith(twoPerSecond), tooLateAt);
  return { clock, take, press };
}

it('takes every request of an app without a limit', () => {
  const { take } = buckets();
  expect(['a', 'b', 'c'].map((asker) => take(asker, appWith()))).toEqual([0, 0, 0]);
});

it('takes as many as the window holds, and then says how long the next one has to wait', () => {
  const { clock, take } = buckets();
  expect(['a', 'b', 'c'].map((asker) => take(asker))).toEqual([0, 0, 500]);
  clock.now = 250;
  expect(take('c')).toBe(250);
  clock.now = 500;
  expect(take('c')).toBe(0);
});

it('spreads a wave: everybody gets a turn of their own, and nobody overtakes', () => {
  const { clock, take } = buckets();
  const wave = Array.from({ length: 100 }, (_, index) => `channel-${index}`);
  const waits = wave.map((asker) => take(asker));
  expect(waits.slice(0, 5)).toEqual([0, 0, 500, 1_000, 1_500]);
  expect(waits.at(-1)).toBe(98 * 500);
  clock.now = 500;
  expect(take('late')).toBe(98 * 500);
  expect(take('channel-2')).toBe(0);
  expect(take('channel-3')).toBe(500);
});

it('does not keep others waiting for a turn that nobody takes', () => {
  const { clock, take } = buckets();
  for (const asker of ['a', 'b', 'gone']) take(asker);
  clock.now = 10_000;
  expect(take('new')).toBe(0);
});

it('saves nothing beyond one window', () => {
  const { clock, take } = buckets();
  take('a');
  clock.now = 3_600_000;
  expect(['a', 'b', 'c'].map((asker) => take(asker))).toEqual([0, 0, 500]);
});

it('keeps the budgets of two apps apart', () => {
  const { take } = buckets();
  expect(['a', 'b'].map((asker) => take(asker))).toEqual([0, 0]);
  expect(take('c', appWith(twoPerSecond, 'two'))).toBe(0);
});

it('keeps what the platform publishes where the app says nothing, and counts the app more where it does', () => {
  const { take } = buckets({ ...reusable, limits: { requests: 1, windowMs: 60_000 } });
  expect([take('a', appWith()), take('b', appWith())]).toEqual([0, 60_000]);
  expect(['c', 'd'].map((asker) => take(asker, appWith(twoPerSecond, 'two')))).toEqual([0, 0]);
});

it('keeps what a platform counts by address over all apps together', () => {
  const { take } = buckets({ ...reusable, limits: { platformRequests: 1, windowMs: 60_000 } });
  expect([take('a', appWith()), take('b', appWith(undefined, 'two'))]).toEqual([0, 60_000]);
});

it('divides a budget among the replicas that are there, and none of them saves up more than its part', () => {
  const replicas = { count: 2 };
  const { clock, take } = buckets(reusable, replicas);
  expect(['a', 'b'].map((asker) => take(asker))).toEqual([0, 1_000]);
  replicas.count = 1;
  clock.now = 3_600_000;
  expect(['c', 'd', 'e'].map((asker) => take(asker))).toEqual([0, 0, 500]);
  replicas.count = 4;
  clock.now = 7_200_000;
  expect(['f', 'g'].map((asker) => take(asker))).toEqual([0, 2_000]);
});

it('begins anew where the budget itself was changed', () => {
  const { take } = buckets();
  expect(['a', 'b', 'c'].map((asker) => take(asker))).toEqual([0, 0, 500]);
  expect(take('c', appWith({ requests: 4, window: '1s' }))).toBe(0);
});

const person = 0;
const question = Number.MAX_SAFE_INTEGER;

it('serves what has least time left first, whoever came first: a person, then the tokens that end first, then questions', () => {
  const { clock, press } = buckets();
  const asked: [string, number][] = [
    ['question', question],
    ['ends-late', 90_000],
    ['ends-soon', 20_000],
    ['person', person],
    ['ends-first', 10_000],
  ];
  for (const taken of ['x', 'y']) press(taken, 1);
  for (const [asker, left] of asked) press(asker, left);
  const served: string[] = [];
  for (clock.now = 500; clock.now <= 2_500; clock.now += 500)
    for (const [asker, left] of asked) if (!served.includes(asker) && press(asker, left) === 0) served.push(asker);
  expect(served).toEqual(['person', 'ends-first', 'ends-soon', 'ends-late', 'question']);
});

it('has a turn for a person within one turn of the budget, however many wait', () => {
  const { press } = buckets();
  for (let index = 0; index < 1_000; index += 1) press(`channel-${index}`, index < 500 ? question : 60_000);
  expect(press('consent', person)).toBe(500);
});

it('tells a later turn to whoever was overtaken, and the same one to whoever asks twice', () => {
  const { clock, press } = buckets();
  for (const taken of ['x', 'y']) press(taken, 1);
  expect([press('question', question), press('question', question)]).toEqual([500, 500]);
  expect(press('refresh', 60_000)).toBe(500);
  clock.now = 500;
  expect(press('question', question)).toBe(500);
  expect(press('refresh', 60_000)).toBe(0);
  clock.now = 1_000;
  expect(press('question', question)).toBe(0);
});

it('moves whoever becomes more pressing meanwhile', () => {
  const { press } = buckets();
  for (const taken of ['x', 'y', 'z']) press(taken, 1);
  expect(press('asked-for', 60_000)).toBe(1_000);
  expect(press('asked-for', person)).toBe(500);
});
