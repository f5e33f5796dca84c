import { expect, it } from 'vitest';
import type { SocialApp } from '../../src/api/resources.gen.ts';
import { TokenBuckets } from '../../src/channel/app-rates.ts';

function appWith(rateLimit?: { requests: number; window: string }, uid = 'one'): SocialApp {
  const metadata = { name: 'twitch', namespace: 'main-stage', uid };
  return { apiVersion: 'socialops.dev/v1alpha1', kind: 'SocialApp', metadata, spec: { rateLimit } } as SocialApp;
}

const twoPerSecond = { requests: 2, window: '1s' };

it('takes every request of an app without a limit', () => {
  const rates = new TokenBuckets(() => 0);
  expect([1, 2, 3].map(() => rates.take(appWith()))).toEqual([0, 0, 0]);
});

it('takes as many as the window holds, and then says how long the next one has to wait', () => {
  let now = 0;
  const rates = new TokenBuckets(() => now);
  expect([1, 2, 3].map(() => rates.take(appWith(twoPerSecond)))).toEqual([0, 0, 500]);
  now = 250;
  expect(rates.take(appWith(twoPerSecond))).toBe(250);
  now = 500;
  expect(rates.take(appWith(twoPerSecond))).toBe(0);
});

it('saves nothing beyond one window', () => {
  let now = 0;
  const rates = new TokenBuckets(() => now);
  rates.take(appWith(twoPerSecond));
  now = 3_600_000;
  expect([1, 2, 3].map(() => rates.take(appWith(twoPerSecond)))).toEqual([0, 0, 500]);
});

it('keeps the budgets of two apps apart', () => {
  const rates = new TokenBuckets(() => 0);
  expect([1, 2].map(() => rates.take(appWith(twoPerSecond)))).toEqual([0, 0]);
  expect(rates.take(appWith(twoPerSecond, 'two'))).toBe(0);
});
