import { describe, expect, it } from 'vitest';
import { formatInstant, parseDuration, parseInstant } from '../../src/core/instant.ts';

describe('a duration', () => {
  it.each([
    ['1h30m', 5_400_000],
    ['45s', 45_000],
    ['500ms', 500],
    ['168h', 604_800_000],
    ['2m', 120_000],
    ['1m500ms', 60_500],
    ['1h2m3s4ms', 3_723_004],
    ['0s', 0],
  ])('%s is %i ms', (text, expected) => {
    expect(parseDuration(text)).toBe(expected);
  });

  it.each(['', '1', 'h', '1d', '-1h', '1.5h', '30m1h', ' 1h', '1h '])('"%s" is none', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});

describe('an instant', () => {
  it('is written with seconds, as Kubernetes does, never later than it was', () => {
    expect(formatInstant(Date.UTC(2026, 2, 1, 12, 0, 0, 999))).toBe('2026-03-01T12:00:00Z');
  });

  it('is read back', () => {
    expect(parseInstant('2026-03-01T12:00:00Z')).toBe(Date.UTC(2026, 2, 1, 12));
    expect(parseInstant('2026-03-01T13:00:00.5+01:00')).toBe(Date.UTC(2026, 2, 1, 12) + 500);
  });

  it.each([undefined, '', 'soon', '2026-13-01T00:00:00Z'])('is none: %s', (text) => {
    expect(parseInstant(text)).toBeUndefined();
  });
});
