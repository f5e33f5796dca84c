import { describe, expect, it } from 'vitest';
import type { ConsentProgress } from '../../src/core/consent.ts';
import { progressOf, refused } from '../../src/core/consent-progress.ts';
import type { ConsentOutcome, PendingConsent, StagedConsent } from '../../src/core/consent-records.ts';
import { minuteMs, nowAt, secondMs, settings } from './builders.ts';
import { consent, staged } from './consents.ts';

const account = { id: '42', handle: 'mainstage' };
const { answer: _answer, ...concluded } = staged;
const working = { kind: 'Working' } as const;
const awaits = { kind: 'AwaitsConfirmation', account, until: nowAt } as const;
const wrong = { kind: 'WrongAccount', expected: account, found: { id: '43' }, isRevocable: true } as const;

/** Every outcome that Vault keeps is told as it stands. */
const outcomes: readonly ConsentOutcome[] = [
  refused('Superseded'),
  { kind: 'Failed', message: 'It failed.', isKept: false },
  awaits,
  wrong,
  { kind: 'ScopesMissing', missing: ['chat'], isStored: false },
  { kind: 'Discarded', isRevoked: true },
  { kind: 'Connected', account, at: nowAt },
];

const rows: readonly [
  when: string,
  pending: PendingConsent | undefined,
  staged: StagedConsent | undefined,
  told: object,
][] = [
  ['the person is at the platform', consent, undefined, { kind: 'Waiting', until: consent.expiresAt }],
  ['the person stayed too long', { ...consent, expiresAt: nowAt }, undefined, { kind: 'Refused', refusal: 'Expired' }],
  ['it was refused', { ...consent, consumedAt: nowAt, outcome: refused('Denied') }, undefined, { refusal: 'Denied' }],
  [
    'its answer is fetched',
    { ...consent, consumedAt: nowAt - secondMs },
    undefined,
    { ...working, message: 'The answer of the platform is being fetched.' },
  ],
  [
    'its answer is late',
    { ...consent, consumedAt: nowAt - 2 * minuteMs },
    undefined,
    { ...working, message: expect.stringContaining('looked for') },
  ],
  ['its answer is staged', { ...consent, consumedAt: nowAt }, staged, working],
  [
    'the platform cannot be asked',
    undefined,
    { ...staged, trouble: 'Twitch is failing.' },
    { kind: 'Failed', isKept: true, message: 'Twitch is failing.' },
  ],
  ['the person confirmed', undefined, { ...staged, finding: awaits, confirmedAt: nowAt }, working],
  ['the person threw it away', undefined, { ...staged, finding: wrong, discardedAt: nowAt }, working],
  ['a newer one was begun', { ...consent, id: 'consent-2' }, undefined, { refusal: 'Unknown' }],
  ['a newer one was begun, and it was staged before', { ...consent, id: 'consent-2' }, staged, working],
  ['there is nothing', undefined, undefined, { refusal: 'Unknown' }],
  ...outcomes.map((finding): [string, undefined, StagedConsent, object] => [
    `it ended as ${finding.kind}`,
    undefined,
    { ...concluded, finding },
    finding,
  ]),
];

describe('the progress of a consent', () => {
  it.each(rows)('is told when %s', (_, pending, lies, told) => {
    const found: ConsentProgress = progressOf('consent-1', { consent: pending }, lies, { now: nowAt, settings });
    expect(found).toMatchObject(told);
  });

  it.each(['Unknown', 'Expired', 'Used', 'Foreign', 'Superseded', 'Denied', 'Changed'] as const)(
    'has a sentence for %s',
    (refusal) => {
      expect(refused(refusal).message).toMatch(/^[A-Z].*\.$/);
    },
  );
});
