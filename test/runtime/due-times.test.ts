import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DueTimes } from '../../src/runtime/due-times.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

function recorded() {
  const fired: { key: string; at: number }[] = [];
  const due = new DueTimes((key) => fired.push({ key, at: Date.now() }));
  return { due, fired };
}

describe('due times', () => {
  it('fires each key once, in order of the instants', async () => {
    const { due, fired } = recorded();
    due.start();
    due.set('c', 1_000_300);
    due.set('a', 1_000_100);
    due.set('b', 1_000_200);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(fired).toEqual([
      { key: 'a', at: 1_000_100 },
      { key: 'b', at: 1_000_200 },
      { key: 'c', at: 1_000_300 },
    ]);
    expect(due.size).toBe(0);
  });

  it.each([
    ['earlier', 1_000_500, 1_000_100],
    ['later', 1_000_100, 1_000_500],
  ])('moves a key to %s', async (_, first, second) => {
    const { due, fired } = recorded();
    due.start();
    due.set('k', first);
    due.set('k', second);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(fired).toEqual([{ key: 'k', at: second }]);
  });

  it('holds one timer for any number of keys, and none after stop', () => {
    const { due } = recorded();
    due.start();
    for (let n = 0; n < 500; n += 1) due.set(`k${n}`, 1_000_000 + ((n * 7919) % 5_000));
    expect(vi.getTimerCount()).toBe(1);
    due.stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('waits for an instant that lies beyond what a timer can hold', async () => {
    const { due, fired } = recorded();
    const farAt = 1_000_000 + 60 * 24 * 3_600_000;
    due.start();
    due.set('far', farAt);
    await vi.advanceTimersByTimeAsync(59 * 24 * 3_600_000);
    expect(fired).toEqual([]);
    await vi.advanceTimersByTimeAsync(24 * 3_600_000);
    expect(fired).toEqual([{ key: 'far', at: farAt }]);
  });

  it('notices a wall clock that was stepped forward within half a minute', async () => {
    const { due, fired } = recorded();
    due.start();
    due.set('k', Date.now() + 3_600_000);
    vi.setSystemTime(Date.now() + 3_600_000);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(fired).toHaveLength(1);
  });

  it('lets the event loop turn between thousands of keys', async () => {
    const { due, fired } = recorded();
    due.start();
    for (let n = 0; n < 2_500; n += 1) due.set(`k${n}`, 1_000_000);
    vi.advanceTimersToNextTimer();
    expect(fired).toHaveLength(1_000);
    await vi.advanceTimersByTimeAsync(10);
    expect(fired).toHaveLength(2_500);
  });

  it('keeps keys that were set before the start', async () => {
    const { due, fired } = recorded();
    due.set('k', 1_000_050);
    await vi.advanceTimersByTimeAsync(100);
    expect(fired).toEqual([]);
    due.start();
    await vi.advanceTimersByTimeAsync(0);
    expect(fired).toHaveLength(1);
  });

  it('lets a key be set anew while it fires', async () => {
    const firedAt: number[] = [];
    const due: DueTimes = new DueTimes((key) => {
      firedAt.push(Date.now());
      if (firedAt.length < 3) due.set(key, Date.now() + 100);
    });
    due.start();
    due.set('k', 1_000_100);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(firedAt).toEqual([1_000_100, 1_000_200, 1_000_300]);
  });

  it('behaves as a plain map sorted by instant, whatever is set, moved or deleted', () => {
    const step = fc.oneof(
      fc.record({
        op: fc.constant('set' as const),
        key: fc.integer({ min: 0, max: 40 }),
        at: fc.integer({ min: 0, max: 999 }),
      }),
      fc.record({ op: fc.constant('delete' as const), key: fc.integer({ min: 0, max: 40 }), at: fc.constant(0) }),
    );
    fc.assert(
      fc.property(fc.array(step, { minLength: 40, maxLength: 160 }), (steps) => {
        vi.setSystemTime(0);
        const fired: number[] = [];
        const model = new Map<string, number>();
        const due = new DueTimes((key) => {
          fired.push(model.get(key) ?? -1);
          model.delete(key);
        });
        for (const { op, key, at } of steps) {
          if (op === 'set') {
            model.set(`k${key}`, at + 1);
            due.set(`k${key}`, at + 1);
          } else {
            expect(due.delete(`k${key}`)).toBe(model.delete(`k${key}`));
          }
        }
        expect(due.size).toBe(model.size);
        for (const [key, at] of model) expect(due.get(key)).toBe(at);
        const expected = [...model.values()].sort((a, b) => a - b);
        vi.setSystemTime(2_000);
        due.start();
        vi.advanceTimersByTime(0);
        due.stop();
        expect(fired).toEqual(expected);
        expect(model.size).toBe(0);
      }),
      { numRuns: 400 },
    );
  });
});
