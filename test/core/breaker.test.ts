import { describe, expect, it } from 'vitest';
import {
  afterFailure,
  type Breaker,
  closedBreaker,
  failuresToOpen,
  heldMs,
  letThrough,
} from '../../src/core/breaker.ts';

const failing = (times: number, from: Breaker = closedBreaker, now = 0) =>
  Array.from({ length: times }).reduce<Breaker>((breaker) => afterFailure(breaker, now, 1), from);
const open = failing(failuresToOpen);

describe('a breaker', () => {
  it.each<[string, Breaker, number, number]>([
    ['lets through while all is answered', closedBreaker, 0, 0],
    ['lets through after a few failures', failing(failuresToOpen - 1), 0, 0],
    ['holds after many in a row', open, 0, 1_000],
    ['lets one through when the time has come', open, 1_000, 0],
    ['holds while that one is out', letThrough(open, 1_000), 1_000, 30_000],
    ['lets another through when nothing was heard of it', letThrough(open, 1_000), 31_000, 0],
    ['waits twice as long after a probe in vain', afterFailure(letThrough(open, 1_000), 1_000, 1), 1_000, 2_000],
    ['does not count what was under way when it opened', failing(50, open), 0, 1_000],
    ['is not opened anew by what was under way', afterFailure(open, 900, 1), 900, 100],
    ['spreads by half of the wait', failing(1, failing(failuresToOpen - 1)), 0, 1_000],
    ['spreads by half of the wait, the early half', afterFailure(failing(failuresToOpen - 1), 0, 0), 0, 500],
  ])('%s', (_, breaker, now, expected) => {
    expect(heldMs(breaker, now)).toBe(expected);
  });

  it('never waits longer than half a minute for the next probe', () => {
    let breaker = open;
    let now = 0;
    const waits: number[] = [];
    for (let probe = 0; probe < 60; probe += 1) {
      now += heldMs(breaker, now);
      breaker = afterFailure(letThrough(breaker, now), now, 1);
      waits.push(heldMs(breaker, now));
    }
    expect(waits.slice(0, 6)).toEqual([2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    expect(Math.max(...waits)).toBe(30_000);
  });

  it('leaves a closed one closed, whoever is let through', () => {
    expect(letThrough(closedBreaker, 5)).toBe(closedBreaker);
  });
});
