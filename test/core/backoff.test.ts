import { describe, expect, it } from 'vitest';
import { backoffMs } from '../../src/core/backoff.ts';
import { Failure, type Family } from '../../src/core/failure.ts';
import { minuteMs, secondMs } from './builders.ts';

const failed = (family: Family, retryAfterMs?: number) =>
  new Failure(family, 'Unexpected', 'It failed.', { source: 'Platform', retryAfterMs });
const families: Family[] = ['Transient', 'Misconfigured', 'Unexpected', 'Rejected'];

describe('the wait before the next attempt', () => {
  it.each<[Family, number, number]>([
    ['Transient', 1, secondMs],
    ['Transient', 3, 5 * secondMs],
    ['Transient', 11, 15 * minuteMs],
    ['Transient', 500, 15 * minuteMs],
    ['Misconfigured', 1, 5 * secondMs],
    ['Misconfigured', 99, 5 * minuteMs],
    ['Unexpected', 1, 5 * secondMs],
    ['Unexpected', 99, 15 * minuteMs],
    ['Rejected', 1, secondMs],
  ])('is, for %s and attempt %i, between half of %i ms and that', (family, count, stepMs) => {
    expect(backoffMs(failed(family), count, 0)).toBe(stepMs / 2);
    expect(backoffMs(failed(family), count, 0.999)).toBeLessThan(stepMs);
    expect(backoffMs(failed(family), count, 0.999)).toBeGreaterThan(0.99 * stepMs);
  });

  it.each(families)('never gets shorter with the count: %s', (family) => {
    const waits = Array.from({ length: 20 }, (_, count) => backoffMs(failed(family), count + 1, 0.5));
    expect(waits).toEqual(waits.toSorted((a, b) => a - b));
  });

  it.each(families)('is never shorter than the other side asked for: %s', (family) => {
    expect(backoffMs(failed(family, 42 * minuteMs), 1, 0)).toBe(42 * minuteMs);
    expect(backoffMs(failed(family, 1), 1, 0.5)).toBeGreaterThan(1);
  });
});
