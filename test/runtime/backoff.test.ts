import { getEventListeners } from 'node:events';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fullJitterMs, pause } from '../../src/runtime/backoff.ts';

const limits = { baseMs: 100, capMs: 30_000 };

describe('full jitter', () => {
  it.each([
    [0, 0],
    [1, 99],
    [2, 199],
    [3, 399],
    [9, 25_599],
    [10, 29_999],
    [5_000, 29_999],
  ])('after %i failures waits at most %i ms', (attempt, expected) => {
    expect(fullJitterMs(attempt, limits, () => 0.999999)).toBe(expected);
    expect(fullJitterMs(attempt, limits, () => 0)).toBe(0);
  });

  it('never leaves the range from zero to the cap', () => {
    fc.assert(
      fc.property(fc.nat(), fc.double({ min: 0, max: 0.9999999, noNaN: true }), (attempt, chance) => {
        const waitMs = fullJitterMs(attempt, limits, () => chance);
        expect(waitMs).toBeGreaterThanOrEqual(0);
        expect(waitMs).toBeLessThan(limits.capMs);
      }),
    );
  });
});

describe('a pause', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('ends when its time is over or when it is aborted, and leaves no timer', async () => {
    const stop = new AbortController();
    const ended: string[] = [];
    void pause(1_000, stop.signal).then(() => ended.push('short'));
    void pause(60_000, stop.signal).then(() => ended.push('long'));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(ended).toEqual(['short']);
    expect(getEventListeners(stop.signal, 'abort')).toHaveLength(1);
    stop.abort();
    await vi.advanceTimersByTimeAsync(0);
    expect(ended).toEqual(['short', 'long']);
    await pause(60_000, stop.signal);
    expect(vi.getTimerCount()).toBe(0);
  });
});
