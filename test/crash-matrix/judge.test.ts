import { describe, expect, it } from 'vitest';
import type { Cell } from '../../crash/cells.ts';
import { type Facts, isNeverKilled, judge, type PersonFacts } from '../../crash/judge.ts';

const cell: Cell = {
  path: 'refresh',
  kind: 'single-use',
  call: 'vault POST channels/live/grant (commit)',
  nth: 1,
  point: 'before-forward',
  trouble: 'nothing',
};

/** A refresh that went well. */
const whole: Facts = {
  isFired: true,
  state: 'Connected',
  reason: 'Healthy',
  isGone: false,
  isStored: true,
  isStoredAlive: true,
  isShownAlive: true,
  isGrantAlive: true,
  isGivenBack: false,
  granted: 1,
  committed: 1,
  isAnswerUndelivered: false,
  isKilledInWindow: false,
  doubleSpends: 0,
  complaints: [],
};

/** The answer is gone, and a probe was rejected. */
const interrupted: Facts = {
  ...whole,
  state: 'NeedsReauth',
  reason: 'RefreshInterrupted',
  isStoredAlive: false,
  isShownAlive: false,
  committed: 0,
  doubleSpends: 1,
};

const gone: Facts = { ...whole, isGone: true, isStored: false, isStoredAlive: false, isShownAlive: false, granted: 0 };

const given: PersonFacts = { agreed: 1, codesTwice: 0, droppedInHand: 0, droppedUnheard: 0, droppedInWindow: 0 };

describe('the judge of a consent', () => {
  it.each<[string, Partial<Cell>, Partial<Facts>, Partial<PersonFacts>, string]>([
    ['connected at once', {}, {}, {}, 'kept'],
    ['begun anew where nothing was exchanged', {}, {}, { agreed: 2 }, 'kept'],
    ['an answer that died on the wire', {}, {}, { agreed: 2, droppedUnheard: 1 }, 'unknowable'],
    ['an answer that died with the process', {}, {}, { agreed: 2, droppedInWindow: 1 }, 'unknowable'],
    ['an answer lost, and then a kill', { trouble: 'answer-lost' }, {}, { agreed: 3, droppedUnheard: 2 }, 'unknowable'],
    ['a person who has to come three times', {}, {}, { agreed: 3 }, 'FAILED'],
    ['an answer that was in hand', {}, {}, { agreed: 2, droppedInHand: 1 }, 'LOST'],
    ['a code that was exchanged twice', {}, {}, { codesTwice: 1 }, 'FAILED'],
    ['a refresh token that was spent twice', {}, { doubleSpends: 1 }, {}, 'FAILED'],
    ['a dead login in Vault', {}, { isStoredAlive: false }, {}, 'LOST'],
    ['a dead token in the Secret', {}, { isShownAlive: false }, {}, 'LOST'],
    ['a verdict amid a consent', {}, {}, { blamedFor: 'AccessRevoked' }, 'FALSE'],
  ])('calls %s by its name', (_, about, facts, person, outcome) => {
    const of: Cell = { ...cell, path: 'consent-again', ...about };
    expect(judge(of, true, { ...whole, ...facts, person: { ...given, ...person } }).outcome).toBe(outcome);
  });
});

describe('the judge of a cell', () => {
  it.each<[string, Partial<Cell>, Facts, string]>([
    ['everything in its place', {}, whole, 'kept'],
    ['refreshed once more after its commit', {}, { ...whole, granted: 2, committed: 2 }, 'kept'],
    ['an answer that nobody stored', {}, { ...whole, granted: 2, committed: 1 }, 'unknown-then-kept'],
    ['an answer that died on the wire', {}, { ...interrupted, isAnswerUndelivered: true }, 'unknowable'],
    ['a kill before the acknowledgement', {}, { ...interrupted, isKilledInWindow: true }, 'unknowable'],
    ['an answer that was in hand', {}, interrupted, 'LOST'],
    ['a token that may be sent again', { kind: 'reusable' }, { ...interrupted, isAnswerUndelivered: true }, 'LOST'],
    ['a person who is blamed', {}, { ...interrupted, isAnswerUndelivered: true, reason: 'AccessRevoked' }, 'FALSE'],
    ['a verdict on a living login', {}, { ...interrupted, isStoredAlive: true }, 'FALSE'],
    ['Connected with a dead token in Vault', {}, { ...whole, isStoredAlive: false }, 'LOST'],
    ['Connected with a dead token in the Secret', {}, { ...whole, isShownAlive: false }, 'LOST'],
    ['a single-use token that was spent twice', {}, { ...whole, doubleSpends: 1 }, 'FAILED'],
    ['a kill that never fired', {}, { ...whole, isFired: false }, 'FAILED'],
    ['a channel without rest', {}, { ...whole, unsettled: 'Connected (OutcomeUnknown)' }, 'FAILED'],
    ['a platform that complains', {}, { ...whole, complaints: ['no such parameter'] }, 'FAILED'],
    ['given back and forgotten', { path: 'revoke' }, { ...gone, isGrantAlive: false, isGivenBack: true }, 'kept'],
    ['not given back', { path: 'revoke' }, gone, 'LOST'],
    ['forgotten here alone', { path: 'forget' }, gone, 'kept'],
    ['ended although only to be forgotten', { path: 'forget' }, { ...gone, isGrantAlive: false }, 'LOST'],
    ['tokens that stayed in Vault', { path: 'forget' }, { ...gone, isStored: true }, 'FAILED'],
    ['a channel that is not let go', { path: 'forget' }, { ...gone, isGone: false }, 'FAILED'],
  ])('calls %s by its name', (_, about, facts, outcome) => {
    const of = { ...cell, ...about };
    expect(judge(of, of.kind === 'single-use', facts).outcome).toBe(outcome);
  });

  it('knows a cell that says nothing about the operator, and takes no other for one', () => {
    expect(isNeverKilled(judge(cell, true, { ...whole, isFired: false }))).toBe(true);
    expect(isNeverKilled(judge(cell, true, { ...whole, unsettled: 'Connected (OutcomeUnknown)' }))).toBe(false);
    expect(isNeverKilled(judge(cell, true, interrupted))).toBe(false);
  });
});
