import { describe, expect, it } from 'vitest';
import type { ParkedAnswer } from '../../src/core/grant.ts';
import { tokensToGiveBack } from '../../src/core/late-answer.ts';
import type { Observation } from '../../src/core/observation.ts';
import { Sealed } from '../../src/core/sealed.ts';
import { grant, observation, parked, readyApp, record, singleUse, tokens } from './builders.ts';

const narrow = { ...singleUse, revokeEffect: 'Token' } as const;
/** An answer to a refresh of the login before the present one. */
const late: ParkedAnswer = { ...parked, epoch: 1, issuedTo: record.issuedTo };
const answer = {
  obtainedAt: 0,
  raw: Sealed.of('raw'),
  access: Sealed.of('access-old'),
  refresh: Sealed.of('refresh-old'),
};
const effect = (
  revokeEffect: NonNullable<typeof narrow.revokeEffect> | 'Grant' | 'Person' | 'Project' | undefined,
) => ({
  app: readyApp({ profile: { ...narrow, revokeEffect } }),
});

describe('an answer that a new consent has overtaken', () => {
  it.each<[string, Partial<Observation>, Partial<ParkedAnswer>, boolean]>([
    ['where only that token ends', effect('Token'), {}, true],
    ['where all of a login ends, which may be the new one', effect('Grant'), {}, false],
    ['where everything that the person gave ends', effect('Person'), {}, false],
    ['where everything at the project ends', effect('Project'), {}, false],
    ['where nothing can be given back', effect(undefined), {}, false],
    ['of the login that is used now', effect('Token'), { epoch: 2 }, false],
    ['that nobody understood', effect('Token'), { answer: undefined }, false],
    ['that an operator kept that did not write whose it is', effect('Token'), { issuedTo: undefined }, false],
    ['that another client was given', effect('Token'), { issuedTo: { ...record.issuedTo, clientId: 'before' } }, false],
    [
      'while the app is another one than the login is of',
      { app: readyApp({ profile: narrow, clientId: 'changed' }) },
      {},
      false,
    ],
    ['with the access token that is in use', effect('Token'), { answer: { ...answer, access: tokens.access } }, false],
    [
      'with the refresh token that is in use',
      effect('Token'),
      { answer: { ...answer, refresh: tokens.refresh } },
      false,
    ],
  ])('is given back or not: %s', (_, of, change, isGivenBack) => {
    const found = tokensToGiveBack(observation(grant(), of), { ...late, answer, ...change });
    expect(found !== undefined).toBe(isGivenBack);
  });
});
