import { describe, expect, it } from 'vitest';
import { type Condition, type ConditionFacts, getCondition, setCondition } from '../../src/api/conditions.ts';

const beforeAt = Date.parse('2026-11-20T10:00:00Z');
const nowAt = Date.parse('2026-11-23T12:34:56.789Z');

const ready: ConditionFacts = {
  type: 'Ready',
  status: 'True',
  reason: 'Connected',
  message: 'The channel is connected.',
  observedGeneration: 3,
};
const others = setCondition([], { ...ready, type: 'TokenValid', reason: 'AccessTokenValid' }, beforeAt);
const written = setCondition(others, ready, beforeAt);

describe('setCondition', () => {
  it('adds a condition that was never written, with the time of now in whole seconds', () => {
    expect(setCondition([], ready, nowAt)).toEqual([{ ...ready, lastTransitionTime: '2026-11-23T12:34:56Z' }]);
  });

  it.each<[string, Partial<ConditionFacts>, string]>([
    ['moves the transition time when the status changes', { status: 'False' }, '2026-11-23T12:34:56Z'],
    ['moves it when the status becomes unknown', { status: 'Unknown' }, '2026-11-23T12:34:56Z'],
    ['keeps it when nothing changes', {}, '2026-11-20T10:00:00Z'],
    ['keeps it when only the reason changes', { reason: 'Expiring' }, '2026-11-20T10:00:00Z'],
    ['keeps it when only the message changes', { message: 'Still connected.' }, '2026-11-20T10:00:00Z'],
    ['keeps it when only the generation changes', { observedGeneration: 4 }, '2026-11-20T10:00:00Z'],
  ])('%s', (_, change, lastTransitionTime) => {
    const after = setCondition(written, { ...ready, ...change }, nowAt);
    expect(getCondition(after, 'Ready')).toEqual({ ...ready, ...change, lastTransitionTime });
  });

  it('keeps the place in the list and every other condition', () => {
    const list = setCondition(written, { ...ready, type: 'Stalled', status: 'False', reason: 'Progressing' }, beforeAt);
    const after = setCondition(list, { ...ready, status: 'False', reason: 'NeedsReauth' }, nowAt);
    expect(after.map(({ type }) => type)).toEqual(['TokenValid', 'Ready', 'Stalled']);
    expect([after[0], after[2]]).toEqual([list[0], list[2]]);
  });

  it('leaves the given list as it is', () => {
    const list: readonly Condition[] = Object.freeze(written.map((condition) => Object.freeze(condition)));
    setCondition(list, { ...ready, status: 'False' }, nowAt);
    expect(list).toEqual(written);
  });
});

describe('getCondition', () => {
  it('finds nothing in a status that was never written', () => {
    expect(getCondition(undefined, 'Ready')).toBeUndefined();
    expect(getCondition(others, 'Ready')).toBeUndefined();
  });
});
