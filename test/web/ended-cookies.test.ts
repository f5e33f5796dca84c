import { expect, it } from 'vitest';
import { EndedCookies } from '../../src/web/pages/ended-cookies.ts';

it('remembers until the cookie would end by itself', () => {
  let now = 0;
  const ended = new EndedCookies(() => now);
  ended.add('a', 1_000);
  expect([ended.has('a'), ended.has('b')]).toEqual([true, false]);
  now = 1_000;
  expect(ended.has('a')).toBe(false);
  ended.add('b', 1_000);
  expect(ended.size).toBe(1);
});

it('remembers only so many, and forgets what ended first', () => {
  const ended = new EndedCookies(() => 0);
  for (let count = 0; count <= 10_000; count += 1) ended.add(String(count), 1_000);
  expect([ended.size, ended.has('0'), ended.has('1'), ended.has('10000')]).toEqual([10_000, false, true, true]);
});
