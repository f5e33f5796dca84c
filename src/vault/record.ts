import { z } from 'zod';
import { isReason, type Reason } from '../api/reasons.ts';
import { Failure } from '../core/failure.ts';
import type { GrantRecord, ParkedAnswer, TokenAnswer, TokenSet, Tombstone } from '../core/grant.ts';
import { Sealed } from '../core/sealed.ts';
import type { RecordPath } from './paths.ts';

/**
 * Raised by a change that an older operator would misread; fields that are only added leave it as it is. A record with a
 * higher number is refused.
 */
export const schema = 1;

export const sealed = z.string().min(1).transform(Sealed.of);
export const instant = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));
export const words = z.array(z.string());
export const count = z.int().nonnegative();
export const account = z.object({ id: z.string().min(1), handle: z.string().optional() });
export const issuedTo = z.object({ platform: z.string(), clientId: z.string(), tokenOrigin: z.string() });
const texts = z.record(z.string(), z.string());
export const identity = z.object({ clusterId: z.string(), namespaceUid: z.string(), channelUid: z.string() });

const tokens = z.object({
  access: sealed.optional(),
  refresh: sealed.optional(),
  secret: sealed.optional(),
  obtainedAt: instant,
  accessExpiresAt: instant.optional(),
  refreshExpiresAt: instant.optional(),
  consentExpiresAt: instant.optional(),
  lifeBeforeMs: z.number().optional(),
  isEndFixed: z.boolean().optional(),
  derivedFrom: z.string().optional(),
  consentedAt: instant.optional(),
  scopes: words.optional(),
  accessRefusedAt: instant.optional(),
});

/** A word that only a newer operator knows is a rejection all the same. */
const rejection = z.string().transform((word): Reason => (isReason(word) ? word : 'AccessRevoked'));
const memories = { consumedBootstraps: words, rejected: words };

const grant = z.object({
  schema: z.literal(schema),
  state: z.literal('Present'),
  writeId: z.string(),
  kind: z.enum(['User', 'App']),
  identity,
  issuedTo,
  account: account.optional(),
  person: z.string().optional(),
  lender: z.string().optional(),
  consent: z.string().optional(),
  consentScopes: words.optional(),
  epoch: count,
  generation: count,
  tokens,
  extras: texts,
  claim: z
    .object({
      id: z.string(),
      holder: z.string(),
      epoch: count,
      fingerprint: z.string(),
      lifeMs: z.number().positive(),
    })
    .optional(),
  unknown: z.object({ claimId: z.string(), since: instant }).optional(),
  verdict: z
    .object({ reason: rejection, message: z.string(), at: instant, confirmations: count, probes: count })
    .optional(),
  ...memories,
  raw: sealed.optional(),
});

const tombstone = z.object({
  schema: z.literal(schema),
  state: z.literal('Forgotten'),
  writeId: z.string(),
  forgottenAt: instant,
  identity,
  epoch: count,
  generation: count,
  ...memories,
});

export const answer = z.object({
  access: sealed.optional(),
  secret: sealed.optional(),
  refresh: z.string().transform(Sealed.of).optional(),
  obtainedAt: instant,
  accessExpiresAt: instant.optional(),
  refreshExpiresAt: instant.optional(),
  scopes: words.optional(),
  account: account.optional(),
  extras: texts.optional(),
  raw: z.string().transform(Sealed.of),
});

const parkedAnswer = z.object({
  claimId: z.string(),
  epoch: count,
  generation: count,
  fingerprint: z.string(),
  parkedAt: instant,
  issuedTo: issuedTo.optional(),
  answer: answer.optional(),
  raw: z.string().transform(Sealed.of),
});

/** A list, so that their order is kept and no name can be special. */
const parked = z.object({ schema: z.literal(schema), answers: z.array(parkedAnswer) });

export type Json = Readonly<Record<string, unknown>>;

/** Fields that a newer operator wrote and this one does not know: they are written back as they came. */
export type UnknownFields = Json;

export type DecodedGrant =
  | { readonly state: 'Present'; readonly record: GrantRecord; readonly unknownFields: UnknownFields }
  | { readonly state: 'Forgotten'; readonly tombstone: Tombstone };

/**
 * Reads what {@link encodeGrant} or {@link encodeTombstone} wrote.
 * @throws Failure when it is damaged: a record that cannot be read is never taken for one that is not there
 */
export function decodeGrant(json: Json, at: RecordPath): DecodedGrant {
  if (json.state === 'Forgotten') {
    const { schema: _schema, state: _state, ...decoded } = strictly(tombstone, json, at);
    return { state: 'Forgotten', tombstone: decoded };
  }
  const { schema: _schema, state: _state, ...record } = strictly(grant, json, at);
  return { state: 'Present', record, unknownFields: fieldsBeyond(grant.shape, json) };
}

/** The record as it lies in Vault: instants in RFC 3339, secrets in the clear. Nothing else may see the result. */
export function encodeGrant(record: GrantRecord, unknownFields: UnknownFields): Json & { readonly writeId: string } {
  const { claim, unknown, verdict, raw, tokens: set } = record;
  return {
    ...unknownFields,
    schema,
    state: 'Present',
    ...record,
    tokens: {
      ...encodeTokens(set),
      consentExpiresAt: time(set.consentExpiresAt),
      lifeBeforeMs: set.lifeBeforeMs,
      isEndFixed: set.isEndFixed,
      derivedFrom: set.derivedFrom,
      consentedAt: time(set.consentedAt),
      accessRefusedAt: time(set.accessRefusedAt),
    },
    claim,
    unknown: unknown && { ...unknown, since: time(unknown.since) },
    verdict: verdict && { ...verdict, at: time(verdict.at) },
    raw: raw?.reveal(),
  };
}

export function encodeTombstone(of: Tombstone): Json & { readonly writeId: string } {
  return { schema, state: 'Forgotten', ...of, forgottenAt: time(of.forgottenAt) };
}

/** @throws Failure when it is damaged */
export function decodeParked(json: Json, at: RecordPath): readonly ParkedAnswer[] {
  return strictly(parked, json, at).answers;
}

export function encodeParked(answers: readonly ParkedAnswer[]): Json {
  return { schema, answers: answers.map(encodeParkedAnswer) };
}

function encodeParkedAnswer(of: ParkedAnswer): Json {
  const { answer: given, raw } = of;
  return { ...of, parkedAt: time(of.parkedAt), answer: given && encodeAnswer(given), raw: raw.reveal() };
}

/** An answer as the platform stated it, in the clear. */
export function encodeAnswer(of: TokenAnswer): Json {
  return { ...encodeTokens(of), account: of.account, extras: of.extras, raw: of.raw.reveal() };
}

function encodeTokens(of: Omit<TokenSet, 'consentedAt'>): Json {
  return {
    access: of.access?.reveal(),
    refresh: of.refresh?.reveal(),
    secret: of.secret?.reveal(),
    obtainedAt: time(of.obtainedAt),
    accessExpiresAt: time(of.accessExpiresAt),
    refreshExpiresAt: time(of.refreshExpiresAt),
    scopes: of.scopes,
  };
}

/** RFC 3339 in UTC with milliseconds. */
export function time(at: number | undefined): string | undefined {
  return at === undefined ? undefined : new Date(at).toISOString();
}

/** Reads with zod. @throws Failure Misconfigured that names the fields, never what is in them. */
export function strictly<Output>(type: z.ZodType<Output>, json: Json, at: RecordPath): Output {
  const result = type.safeParse(json);
  if (result.success) return result.data;
  const newer = typeof json.schema === 'number' && json.schema > schema;
  const fields = [...new Set(result.error.issues.map(({ path }) => path.slice(0, 2).join('.')))].slice(0, 5).join(', ');
  const fault = newer ? `was written by a newer operator (schema ${json.schema})` : `is damaged (${fields})`;
  const message = `A secret in Vault, ${at.path}, ${fault}. It is left as it is and looked at again; restore an earlier version of it, or run the newer operator.`;
  throw new Failure('Misconfigured', 'Unexpected', message, { source: 'Vault' });
}

function fieldsBeyond(shape: Json, json: Json): UnknownFields {
  return Object.fromEntries(Object.entries(json).filter(([name]) => !Object.hasOwn(shape, name)));
}
