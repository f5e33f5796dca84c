import { expect, it } from 'vitest';
import { failuresToOpen } from '../../src/core/breaker.ts';
import { HostHealth } from '../../src/platforms/host-health.ts';

const token = 'https://id.example.com';
const api = 'https://api.example.com';
const tokens = { kind: 'Token', clientId: 'app' } as const;
const questions = { kind: 'Other', clientId: 'app' } as const;
const another = { kind: 'Token', clientId: 'another' } as const;

function health(unit = 0) {
  const clock = { at: 0, monotonic: () => clock.at };
  const hosts = new HostHealth(clock, () => unit);
  const fail = (times: number, status?: number) => {
    for (let count = 0; count < times; count += 1) hosts.report(token, tokens, status);
  };
  return { clock, hosts, fail };
}

it.each<[string, number | undefined, number, boolean]>([
  ['no answer, many times', undefined, failuresToOpen, true],
  ['no answer, a few times', undefined, failuresToOpen - 1, false],
  ['503', 503, failuresToOpen, true],
  ["a rate limit, which is the app's", 429, 100, false],
  ['rejections, which are answers', 400, 100, false],
])('holds requests back after %s', (_, status, times, isHeld) => {
  const { hosts, fail } = health();
  fail(times, status);
  expect(hosts.heldMs(token, tokens) > 0).toBe(isHeld);
  expect(hosts.admit(token, tokens) > 0).toBe(isHeld);
});

it('holds back only what goes to that host, and nothing once it has answered', () => {
  const { hosts, fail } = health();
  fail(failuresToOpen);
  expect(hosts.heldMs(api, tokens)).toBe(0);
  hosts.report(token, tokens, 400);
  expect(hosts.heldMs(token, tokens)).toBe(0);
});

it.each([
  ['questions that nothing answers hold back no renewal', questions, tokens],
  ['renewals that nothing answers hold back no question', tokens, questions],
  ['an app that the platform fails alone holds back no other', another, tokens],
] as const)('%s at the same host', (_, failing, asked) => {
  const { hosts } = health();
  for (let count = 0; count < failuresToOpen; count += 1) hosts.report(token, failing, 503);
  expect(hosts.heldMs(token, failing)).toBeGreaterThan(0);
  expect(hosts.admit(token, asked)).toBe(0);
});

it('lets one request through when its time has come, and asking about it lets none', () => {
  const { clock, hosts, fail } = health();
  fail(failuresToOpen);
  clock.at = 500;
  expect([hosts.heldMs(token, tokens), hosts.heldMs(token, tokens)]).toEqual([0, 0]);
  expect(hosts.admit(token, tokens)).toBe(0);
  expect(hosts.admit(token, tokens)).toBe(30_000);
});

it('10,000 requests in an hour of an outage are a probe at a time, and what is put off comes back spread', () => {
  const { clock, hosts } = health(0.999);
  const sent: number[] = [];
  for (let count = 0; count < 10_000; count += 1) {
    clock.at = count * 360;
    if (hosts.admit(token, tokens) > 0) continue;
    sent.push(clock.at);
    hosts.report(token, tokens, undefined);
  }
  // Those that showed it, six in the first minute, and then two a minute.
  expect(sent.length).toBeLessThanOrEqual(failuresToOpen + 6 + 2 * 60);
  expect(sent.length).toBeGreaterThanOrEqual(failuresToOpen + 60);
  expect(hosts.heldMs(token, tokens)).toBeGreaterThan(29_000);
});
