import { expect, it } from 'vitest';
import { HeldLease } from '../../src/runtime/held-lease.ts';
import { LeaseServer } from './lease-server.ts';

/** A Lease of 15 s whose writes are done at once and answered after `answerMs`. */
function lease(answerMs: () => number) {
  const server = new LeaseServer();
  let now = 1_000;
  const held = new HeldLease('Bucket', 'bucket', {
    api: {
      list: async () => server.list(),
      write: async (record, over) => {
        const written = server.write(record, over);
        now += answerMs();
        return written;
      },
      remove: async (record) => server.remove(record),
    },
    ...{ holder: 'a', buckets: 16, durationMs: 15_000, renewMs: 5_000, random: () => 0.5 },
    monotonic: () => now,
  });
  return { server, held, pass: (ms: number) => (now += ms) };
}

it.each([
  [0, 11_999, true],
  [0, 12_000, false],
  [3_000, 8_999, true],
  [3_000, 9_000, false],
  [12_000, 0, false],
  [60_000, 0, false],
])('answered after %i ms a Lease is good for another %i ms: %s', async (answerMs, forMs, expected) => {
  const { held, pass } = lease(() => answerMs);
  await held.claim();
  expect(held.isHeld(forMs)).toBe(expected);
  pass(forMs);
  expect(held.isHeld()).toBe(expected);
});

it('is renewed after four to five seconds, over the version that was written last', async () => {
  const { held, pass, server } = lease(() => 0);
  await held.claim();
  pass(4_499);
  expect(held.isDue()).toBe(false);
  pass(1);
  expect(held.isDue()).toBe(true);
  await held.claim();
  expect(server.list()).toMatchObject([{ holder: 'a', version: '2' }]);
});

it('learns nothing from a list that was asked for before its own write', async () => {
  const { held, server, pass } = lease(() => 0);
  await held.claim();
  const [old] = server.list();
  pass(1);
  await held.claim();
  held.see(old, 1_000);
  await expect(held.claim()).resolves.toBeUndefined();
});

it('is free for the next at once when it was released, even amid a renewal', async () => {
  const { held, server } = lease(() => 0);
  const renewal = held.claim();
  await held.release();
  await renewal;
  expect(held.isHeld()).toBe(false);
  expect(server.list()).toMatchObject([{ holder: undefined, version: '2' }]);
});
