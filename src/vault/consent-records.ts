import { z } from 'zod';
import type { ConsentOutcome, PendingRecord, StagedConsent } from '../core/consent-records.ts';
import type { RecordPath } from './paths.ts';
import {
  account,
  answer,
  count,
  encodeAnswer,
  identity,
  instant,
  issuedTo,
  type Json,
  schema,
  sealed,
  strictly,
  time,
  words,
} from './record.ts';

const by = z.object({ kind: z.enum(['SignedIn', 'Invited', 'Device']), id: z.string(), name: z.string() });
const begun = { id: z.string(), identity, issuedTo, epoch: count, by, startedAt: instant };
const message = z.string();

/** As `ConsentOutcome`; the one instant in it is a number there and here, because only the operator reads it. */
const outcome: z.ZodType<ConsentOutcome> = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('Refused'),
    refusal: z.enum(['Unknown', 'Expired', 'Used', 'Foreign', 'Superseded', 'Denied', 'Changed']),
    message,
  }),
  z.object({ kind: z.literal('Failed'), message, isKept: z.boolean(), isAnswerLost: z.boolean().optional() }),
  z.object({ kind: z.literal('AwaitsConfirmation'), account, until: z.number() }),
  z.object({ kind: z.literal('WrongAccount'), expected: account, found: account, isRevocable: z.boolean() }),
  z.object({ kind: z.literal('ScopesMissing'), missing: words, isStored: z.boolean() }),
  z.object({ kind: z.literal('Discarded'), isRevoked: z.boolean() }),
  z.object({ kind: z.literal('Connected'), account: account.optional(), at: z.number() }),
]);

const browser = z.object({
  stateHash: z.string(),
  secretHash: z.string(),
  temporaryTokenHash: z.string().optional(),
  temporarySecret: sealed.optional(),
  codeVerifier: sealed,
  redirectURI: z.string(),
});
const device = z.object({
  request: z.string(),
  code: sealed,
  userCode: z.string(),
  verificationURI: z.string(),
  intervalMs: z.number().positive(),
});
const consent = z.object({
  ...begun,
  expiresAt: instant,
  scopes: words,
  browser: browser.optional(),
  device: device.optional(),
  consumedAt: instant.optional(),
  outcome: outcome.optional(),
});
const invitation = z.object({ id: z.string(), expiresAt: instant, usedAt: instant.optional() });
const pending = z.object({
  schema: z.literal(schema),
  consent: consent.optional(),
  invitation: invitation.optional(),
});

const staged = z.object({
  schema: z.literal(schema),
  ...begun,
  stagedAt: instant,
  secretHash: z.string().optional(),
  answer: answer.optional(),
  finding: outcome.optional(),
  trouble: message.optional(),
  until: instant.optional(),
  confirmedAt: instant.optional(),
  discardedAt: instant.optional(),
});

/** @throws Failure when it is damaged */
export function decodePending(json: Json, at: RecordPath): PendingRecord {
  const { schema: _schema, ...record } = strictly(pending, json, at);
  return record;
}

export function encodePending({ consent: of, invitation: invited }: PendingRecord): Json {
  return {
    schema,
    consent: of && {
      ...of,
      startedAt: time(of.startedAt),
      expiresAt: time(of.expiresAt),
      consumedAt: time(of.consumedAt),
      browser: of.browser && {
        ...of.browser,
        temporarySecret: of.browser.temporarySecret?.reveal(),
        codeVerifier: of.browser.codeVerifier.reveal(),
      },
      device: of.device && { ...of.device, code: of.device.code.reveal() },
    },
    invitation: invited && { ...invited, expiresAt: time(invited.expiresAt), usedAt: time(invited.usedAt) },
  };
}

/** @throws Failure when it is damaged */
export function decodeStaged(json: Json, at: RecordPath): StagedConsent {
  const { schema: _schema, ...record } = strictly(staged, json, at);
  return record;
}

export function encodeStaged(of: StagedConsent): Json {
  return {
    schema,
    ...of,
    startedAt: time(of.startedAt),
    stagedAt: time(of.stagedAt),
    answer: of.answer && encodeAnswer(of.answer),
    until: time(of.until),
    confirmedAt: time(of.confirmedAt),
    discardedAt: time(of.discardedAt),
  };
}
