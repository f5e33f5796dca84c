// A flat table: the rules of consents and invitations.
import type { ConsentOutcome } from '../../../src/core/consent-records.ts';
import {
  absent,
  channel,
  deleted,
  fresh,
  grant,
  hourMs,
  minuteMs,
  nowAt,
  observation,
  readyApp,
  retries,
  secondMs,
  suspended,
  unusable,
} from '../builders.ts';
import { consent, consents, deviceConsent, escrowedConsent, staged } from '../consents.ts';
import { escrowOf } from '../kept-answers.ts';
import { fires, misses, type Row, waits, yields } from './row.ts';

const refused = (refusal: 'Changed' | 'Superseded' | 'Expired', message: string): ConsentOutcome => ({
  kind: 'Refused',
  refusal,
  message,
});
const changed = refused(
  'Changed',
  'The channel or its app is another one by now. Nothing was replaced; connect it once more.',
);
const superseded = refused(
  'Superseded',
  'A newer login came meanwhile. It stays, and what was granted before it was not used.',
);
const tooLate = refused('Expired', 'Nobody entered the code in time. Nothing was replaced.');
const lost: ConsentOutcome = {
  kind: 'Failed',
  message:
    'The answer of the platform was lost before it could be stored: the operator was interrupted. Nothing was replaced; connect the channel once more.',
  isKept: false,
  isAnswerLost: true,
};
const pages = { pagesURL: 'https://connect.example.com' };
const asking = (annotations: Record<string, string>, status?: object) =>
  channel({
    metadata: { annotations },
    ...(status === undefined ? {} : { status: { ...channel().channel.status, ...status } }),
  });

const account = { id: '42', handle: 'mainstage' };
const awaits = {
  ...staged,
  finding: { kind: 'AwaitsConfirmation', account, until: nowAt + minuteMs } as const,
  until: nowAt + minuteMs,
};
const wrong = {
  ...staged,
  finding: { kind: 'WrongAccount', expected: account, found: { id: '43' }, isRevocable: true } as const,
  until: nowAt + minuteMs,
};
const { answer: _answer, ...concluded } = { ...staged, finding: { kind: 'Connected', account, at: nowAt } as const };
const exchanging = { ...consent, consumedAt: nowAt - secondMs };
const interrupted = { ...consent, consumedAt: nowAt - 75 * secondMs };
const verify = { kind: 'VerifyConsent' } as const;
const conclude = (outcome: ConsentOutcome) => ({ kind: 'ConcludeConsent', outcome }) as const;
const discard = { kind: 'DiscardConsent' } as const;
/** Until the present grant is checked next. */
const idle = waits(47 * minuteMs);

const stagedRows: Row[] = [
  fires('stagedConsent', 'an answer waits to be verified', observation(consents({ staged })), verify),
  fires(
    'stagedConsent',
    'the channel was never connected',
    observation(fresh, absent, consents({ staged: { ...staged, epoch: 0 } })),
    verify,
  ),
  fires(
    'stagedConsent',
    'another channel of that name began it',
    observation(consents({ staged: { ...staged, identity: { ...staged.identity, channelUid: 'earlier' } } })),
    conclude(changed),
  ),
  fires(
    'stagedConsent',
    'it was granted to another client',
    observation(consents({ staged }), { app: readyApp({ clientId: 'newer' }) }),
    conclude(changed),
  ),
  fires(
    'stagedConsent',
    'a newer login came',
    observation(grant({ epoch: 3 }), consents({ staged })),
    conclude(superseded),
  ),
  fires(
    'stagedConsent',
    'it was promoted already',
    observation(grant({ epoch: 3, consent: 'consent-1' }), consents({ staged })),
    conclude({ kind: 'Connected', account, at: nowAt - hourMs }),
  ),
  fires(
    'stagedConsent',
    'the person threw it away',
    observation(consents({ staged: { ...wrong, discardedAt: nowAt } })),
    discard,
  ),
  fires(
    'stagedConsent',
    'nobody said in time what becomes of it',
    observation(consents({ staged: { ...wrong, until: nowAt } })),
    discard,
  ),
  fires(
    'stagedConsent',
    'the person confirmed the account',
    observation(fresh, absent, consents({ staged: { ...awaits, epoch: 0, confirmedAt: nowAt } })),
    verify,
  ),
  fires(
    'stagedConsent',
    'the account was written to the spec meanwhile',
    observation(consents({ staged: awaits })),
    verify,
  ),
  misses(
    'stagedConsent',
    'the account was not confirmed yet',
    observation(fresh, absent, consents({ staged: { ...awaits, epoch: 0 } })),
    'noGrant',
    waits(minuteMs),
  ),
  misses(
    'stagedConsent',
    'another account is shown to the person',
    observation(consents({ staged: wrong })),
    'rest',
    waits(minuteMs),
  ),
  misses('stagedConsent', 'it is over', observation(consents({ staged: concluded })), 'rest', idle),
  misses(
    'stagedConsent',
    'the platform could not be asked a moment ago',
    observation(consents({ staged }), retries('Consent', { nextAt: nowAt + 10 * secondMs })),
    'rest',
    waits(10 * secondMs),
  ),
  misses('stagedConsent', 'nothing hints at any', observation(), 'rest', idle),
  yields(
    'stagedConsent',
    'the app cannot be used',
    observation(consents({ staged }), { app: unusable() }),
    'appUnusable',
    waits(5 * minuteMs),
  ),
  yields(
    'stagedConsent',
    'pods do not have the present token yet',
    observation(consents({ staged }), { isSecretCurrent: false }),
    'project',
    { kind: 'Project' },
  ),
];

const unstagedRows: Row[] = [
  fires(
    'unstagedConsent',
    'its answer lies in escrow',
    observation(consents({ pending: exchanging }), escrowOf(escrowedConsent)),
    { kind: 'AdoptConsent', escrowed: escrowedConsent },
  ),
  fires(
    'unstagedConsent',
    'the answer to a device lies in escrow',
    observation(consents({ pending: deviceConsent }), escrowOf(escrowedConsent)),
    { kind: 'AdoptConsent', escrowed: escrowedConsent },
  ),
  fires(
    'unstagedConsent',
    'it is nowhere, and its process must have ended',
    observation(consents({ pending: interrupted })),
    {
      kind: 'EndPending',
      outcome: lost,
    },
  ),
  fires(
    'unstagedConsent',
    'it was given up, and its answer came to the escrow after that',
    observation(consents({ pending: { ...interrupted, outcome: lost } }), escrowOf(escrowedConsent)),
    { kind: 'AdoptConsent', escrowed: escrowedConsent },
  ),
  fires(
    'unstagedConsent',
    'a device was refused its answer a second time, and the first one lies in escrow',
    observation(consents({ pending: { ...deviceConsent, outcome: lost } }), escrowOf(escrowedConsent)),
    { kind: 'AdoptConsent', escrowed: escrowedConsent },
  ),
  misses(
    'unstagedConsent',
    'it was given up, and nothing came after that',
    observation(consents({ pending: { ...interrupted, outcome: lost } })),
    'rest',
    idle,
  ),
  misses(
    'unstagedConsent',
    'it was given up, and what lies in escrow is of another one',
    observation(
      consents({ pending: { ...interrupted, outcome: lost } }),
      escrowOf({ ...escrowedConsent, claimId: 'consent-0' }),
    ),
    'rest',
    idle,
  ),
  misses(
    'unstagedConsent',
    'its answer is being fetched',
    observation(consents({ pending: exchanging })),
    'rest',
    waits(secondMs),
  ),
  misses(
    'unstagedConsent',
    'the escrow cannot be listed',
    observation(consents({ pending: interrupted }), { escrow: { state: 'Unasked' } }),
    'rest',
    waits(secondMs),
  ),
  misses(
    'unstagedConsent',
    'its answer was staged',
    observation(consents({ pending: interrupted, staged: concluded })),
    'rest',
    idle,
  ),
  misses('unstagedConsent', 'the person is at the platform', observation(consents({ pending: consent })), 'rest', idle),
  yields(
    'unstagedConsent',
    'an earlier answer waits to be verified',
    observation(
      consents({ pending: { ...exchanging, id: 'consent-2' }, staged }),
      escrowOf({ ...escrowedConsent, claimId: 'consent-2' }),
    ),
    'stagedConsent',
    verify,
  ),
];

const asksDevice = asking({ 'socialops.dev/connect-device': 'once' });
const shown = asking(
  { 'socialops.dev/connect-device': 'once' },
  { device: { request: 'once', userCode: 'WDJB-MJHT' } },
);
const start = { kind: 'StartDevice', request: 'once' } as const;
const deviceRows: Row[] = [
  fires('deviceConsent', 'the annotation asks for a code', observation(asksDevice, consents({})), start),
  fires(
    'deviceConsent',
    'it is asked for once more',
    observation(
      asking({ 'socialops.dev/connect-device': 'twice' }, { device: { request: 'once' } }),
      consents({ pending: { ...deviceConsent, outcome: lost } }),
    ),
    {
      kind: 'StartDevice',
      request: 'twice',
    },
  ),
  fires(
    'deviceConsent',
    'its interval is over',
    observation(shown, consents({ pending: deviceConsent, pollAt: nowAt })),
    { kind: 'PollDevice' },
  ),
  fires(
    'deviceConsent',
    'nobody entered the code',
    observation(shown, consents({ pending: { ...deviceConsent, expiresAt: nowAt }, pollAt: nowAt })),
    {
      kind: 'EndPending',
      outcome: tooLate,
    },
  ),
  misses(
    'deviceConsent',
    'its interval is not over',
    observation(shown, consents({ pending: deviceConsent, pollAt: nowAt + 2 * secondMs })),
    'rest',
    waits(2 * secondMs),
  ),
  misses(
    'deviceConsent',
    'the code of this request was given out',
    observation(asksDevice, consents({ pending: deviceConsent, pollAt: nowAt + secondMs })),
    'rest',
    waits(secondMs),
  ),
  misses(
    'deviceConsent',
    'it ended',
    observation(shown, consents({ pending: { ...deviceConsent, outcome: lost }, pollAt: nowAt })),
    'rest',
    idle,
  ),
  misses(
    'deviceConsent',
    'the channel is suspended',
    observation(
      asking({ 'socialops.dev/connect-device': 'once' }),
      { channel: { ...asksDevice.channel, spec: suspended.channel.spec } },
      consents({}),
    ),
    'suspended',
    idle,
  ),
  yields(
    'deviceConsent',
    'an answer waits to be verified',
    observation(asksDevice, consents({ staged })),
    'stagedConsent',
    verify,
  ),
];

const hinted = asking({ 'socialops.dev/consented': 'consent-1.staged' });
const hintRows: Row[] = [
  fires(
    'consentHint',
    'nothing of it is open',
    observation(hinted, consents({ pending: { ...consent, consumedAt: nowAt }, staged: concluded })),
    { kind: 'DropHint' },
  ),
  misses(
    'consentHint',
    'an answer waits to be verified',
    observation(hinted, consents({ staged })),
    'stagedConsent',
    verify,
  ),
  misses(
    'consentHint',
    'an answer is being fetched',
    observation(hinted, consents({ pending: exchanging })),
    'rest',
    waits(secondMs),
  ),
  misses(
    'consentHint',
    'its answer came back, and is about to be consumed',
    observation(asking({ 'socialops.dev/consented': 'consent-1.exchange' }), consents({ pending: consent })),
    'rest',
    waits(secondMs),
  ),
  fires(
    'consentHint',
    'its answer came back, and was never consumed',
    observation(
      asking({ 'socialops.dev/consented': 'consent-1.exchange' }),
      consents({ pending: { ...consent, expiresAt: nowAt } }),
    ),
    { kind: 'DropHint' },
  ),
  fires(
    'consentHint',
    'another consent took the place of the one that came back',
    observation(asking({ 'socialops.dev/consented': 'consent-0.exchange' }), consents({ pending: consent })),
    { kind: 'DropHint' },
  ),
  misses(
    'consentHint',
    'what is to be destroyed first could not be a moment ago',
    observation(hinted, consents({ staged: concluded }), retries('Consent', { nextAt: nowAt + 10 * secondMs })),
    'rest',
    waits(10 * secondMs),
  ),
  misses('consentHint', 'there is none', observation(consents({ staged: concluded })), 'rest', idle),
  yields(
    'consentHint',
    'the channel is being deleted',
    observation(
      deleted({ metadata: { annotations: { 'socialops.dev/consented': 'consent-1.staged' } } }),
      consents({}),
    ),
    'leaving',
    { kind: 'Forget' },
  ),
];

const asksInvitation = asking({ 'socialops.dev/invite': 'dana' });
const invited = (expiryTime: string) =>
  asking({}, { invitation: { request: 'dana', secretName: 'twitch-invitation', expiryTime } });
const invite = { kind: 'Invite', request: 'dana' } as const;
const invitationRows: Row[] = [
  fires('invitation', 'the annotation asks for one', observation(asksInvitation, pages), invite),
  fires('invitation', 'the link is too old', observation(invited('2026-03-01T12:00:00Z'), pages), {
    kind: 'EndInvitation',
  }),
  fires(
    'invitation',
    'the link was used',
    observation(
      invited('2026-03-01T13:00:00Z'),
      pages,
      consents({ invitation: { id: 'i', expiresAt: nowAt + hourMs, usedAt: nowAt } }),
    ),
    { kind: 'EndInvitation' },
  ),
  misses('invitation', 'there are no pages', observation(asksInvitation), 'rest', idle),
  misses(
    'invitation',
    'it was made',
    observation(asking({ 'socialops.dev/invite': 'dana' }, { invitation: { request: 'dana' } }), pages),
    'rest',
    idle,
  ),
  misses(
    'invitation',
    'the link may still be used',
    observation(invited('2026-03-01T12:10:00Z'), pages),
    'rest',
    waits(10 * minuteMs),
  ),
  misses(
    'invitation',
    'it could not be made a moment ago',
    observation(asksInvitation, pages, retries('Invite', { nextAt: nowAt + secondMs })),
    'rest',
    waits(secondMs),
  ),
  yields(
    'invitation',
    'a hint is to be taken off',
    observation(asking({ 'socialops.dev/consented': 'x', 'socialops.dev/invite': 'dana' }), pages, consents({})),
    'consentHint',
    { kind: 'DropHint' },
  ),
];

export const consentRows: readonly Row[] = [
  ...stagedRows,
  ...unstagedRows,
  ...deviceRows,
  ...hintRows,
  ...invitationRows,
];
