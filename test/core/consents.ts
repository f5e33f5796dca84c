import type { ConsentFacts, PendingConsent, PendingInvitation, StagedConsent } from '../../src/core/consent-records.ts';
import type { EscrowedAnswer } from '../../src/core/escrow.ts';
import { Sealed } from '../../src/core/sealed.ts';
import { identity, minuteMs, nowAt, record, secondMs } from './builders.ts';

/** Begun a minute ago, in a browser, while the present grant was there. */
export const consent: PendingConsent = {
  id: 'consent-1',
  identity,
  issuedTo: record.issuedTo,
  epoch: 2,
  by: { kind: 'SignedIn', id: 'dana', name: 'Dana Reyes' },
  startedAt: nowAt - minuteMs,
  expiresAt: nowAt + 9 * minuteMs,
  scopes: ['stream'],
  browser: {
    stateHash: 'hash of state',
    secretHash: 'hash of secret',
    codeVerifier: Sealed.of('verifier'),
    redirectURI: 'https://connect.example.com/callback',
  },
};

const { browser: _browser, ...begun } = consent;
export const deviceConsent: PendingConsent = {
  ...begun,
  by: { kind: 'Device', id: 'once', name: '' },
  device: {
    request: 'once',
    code: Sealed.of('device-code'),
    userCode: 'WDJB-MJHT',
    verificationURI: 'https://twitch.tv/activate',
    intervalMs: 5 * secondMs,
  },
};

export const consentAnswer = {
  access: Sealed.of('access-9'),
  refresh: Sealed.of('refresh-9'),
  obtainedAt: nowAt - secondMs,
  accessExpiresAt: nowAt + 60 * minuteMs,
  raw: Sealed.of('raw-9'),
};

export const staged: StagedConsent = {
  id: consent.id,
  identity,
  issuedTo: consent.issuedTo,
  epoch: consent.epoch,
  by: consent.by,
  startedAt: consent.startedAt,
  secretHash: 'hash of secret',
  stagedAt: nowAt - secondMs,
  answer: consentAnswer,
};

export const escrowedConsent: EscrowedAnswer = {
  claimId: consent.id,
  epoch: consent.epoch,
  generation: Number.MAX_SAFE_INTEGER,
  fingerprint: '',
  parkedAt: nowAt - secondMs,
  answer: consentAnswer,
  raw: consentAnswer.raw,
  place: { name: 'escrow-1', uid: 'escrow-uid-1' },
};

/** What Vault holds of consents. */
export function consents(of: {
  readonly pending?: PendingConsent;
  readonly staged?: StagedConsent;
  readonly invitation?: PendingInvitation;
  readonly pollAt?: number;
}): { consent: ConsentFacts } {
  const pending = { version: 1, value: { consent: of.pending, invitation: of.invitation } };
  return { consent: { state: 'Read', pending, staged: { version: 1, value: of.staged }, pollAt: of.pollAt } };
}
