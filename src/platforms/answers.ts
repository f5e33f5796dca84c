import type { Reason } from '../api/reasons.ts';
import type { Account, TokenAnswer } from '../core/grant.ts';
import { parseDuration } from '../core/instant.ts';
import type { SpendOutcome } from '../core/platform-port.ts';
import { Sealed } from '../core/sealed.ts';
import { failureOf, plainFailure, type Reading, sortedBy } from './failures.ts';
import { accessExpiresAt, refreshExpiresAt } from './lifetimes.ts';
import type { Answer, RawAnswer } from './paths.ts';
import { firstAt, parseAnswer, textAt } from './paths.ts';
import type { ErrorRule, PlatformSpec, ScopeRule } from './platform.ts';

/**
 * What became of a token request, from its complete answer. A token in a 2xx answer counts before everything else, so
 * none is dropped; then the rules; what no rule knows is never a rejection.
 */
export function spendOutcome(raw: RawAnswer, reading: Reading, phase: 'Token' | 'Code' = 'Token'): SpendOutcome {
  const answer = parseAnswer(raw);
  const { success } = reading.platform.spec.response;
  if (isSuccess(answer) && saysSuccess(answer, success)) {
    const given = tokenAnswer(answer, reading);
    if (given !== undefined) return { kind: 'Answered', answer: phase === 'Code' ? shortLived(given, reading) : given };
  }
  if (holdsUnknownToken(answer, reading.secrets)) {
    return unknown(answer, reading, 'Unexpected', 'Unexpected', 'answered with a token in an unknown place');
  }
  const rule = sortedBy(phase, answer, reading);
  if (rule !== undefined) return outcomeOf(rule, phase, answer, reading);
  return outcomeWithoutRule(answer, reading);
}

function outcomeOf(rule: ErrorRule, phase: 'Token' | 'Code', answer: Answer, reading: Reading): SpendOutcome {
  const failure = failureOf(rule, phase, answer, reading);
  if (failure.family === 'Rejected') return { kind: 'Rejected', failure };
  // A broken server may have rotated the token before it broke.
  if (isBroken(answer)) return { kind: 'Unknown', failure, raw: Sealed.of(answer.text) };
  return { kind: 'Refused', failure };
}

function outcomeWithoutRule(answer: Answer, reading: Reading): SpendOutcome {
  if (isBroken(answer)) return unknown(answer, reading, 'Transient', 'PlatformUnavailable', 'is failing');
  if (isSuccess(answer)) {
    return unknown(answer, reading, 'Unexpected', 'Unexpected', 'answered without a token that could be read');
  }
  if (answer.status >= 400 && typeof answer.body === 'object' && answer.body !== null) {
    const message = `${reading.platform.spec.displayName} refused the request for a reason that is not known here`;
    return { kind: 'Refused', failure: plainFailure('Unexpected', 'Unexpected', message, answer, reading) };
  }
  return unknown(
    answer,
    reading,
    'Transient',
    'PlatformUnavailable',
    'or something before it answered, but not as a token endpoint does',
  );
}

function unknown(
  answer: Answer,
  reading: Reading,
  family: 'Transient' | 'Unexpected',
  reason: Reason,
  what: string,
): SpendOutcome {
  const failure = plainFailure(family, reason, `${reading.platform.spec.displayName} ${what}`, answer, reading);
  return { kind: 'Unknown', failure, raw: Sealed.of(answer.text) };
}

/** What a touch brought: the same token, good from now on for as long as the platform documents. */
export function touchOutcome(raw: RawAnswer, reading: Reading, lifeMs: number): SpendOutcome {
  const answer = parseAnswer(raw);
  const access = reading.tokens?.access;
  if (isSuccess(answer) && saysSuccess(answer, reading.platform.spec.touch?.success) && access !== undefined) {
    const obtainedAt = answer.startedAt;
    return {
      kind: 'Answered',
      answer: { access, obtainedAt, accessExpiresAt: obtainedAt + lifeMs, raw: Sealed.of(answer.text) },
    };
  }
  const rule = sortedBy('Token', answer, reading) ?? sortedBy('Introspect', answer, reading);
  return rule === undefined ? outcomeWithoutRule(answer, reading) : outcomeOf(rule, 'Token', answer, reading);
}

/** What a consent gives lives for hours where a long-lived token has to be traded for it. */
function shortLived(given: TokenAnswer, { platform: { spec } }: Reading): TokenAnswer {
  const lifeMs = spec.lifetimes.shortLived === undefined ? undefined : parseDuration(spec.lifetimes.shortLived);
  const end = spec.derive === undefined ? 'accessExpiresAt' : 'refreshExpiresAt';
  return lifeMs === undefined || given[end] !== undefined ? given : { ...given, [end]: given.obtainedAt + lifeMs };
}

/** The new tokens; undefined where the answer holds no access token where it belongs. */
function tokenAnswer(answer: Answer, { platform, accepted, tokens }: Reading): TokenAnswer | undefined {
  const { response, derive } = platform.spec;
  const token = tokenAt(answer, response.accessToken);
  if (token === undefined) return undefined;
  // An empty or null refresh token counts as absent: the stored one stays (RFC 6749 section 6).
  const refresh = tokenAt(answer, response.refreshToken);
  const isTraded = platform.spec.refresh.strategy === 'Exchange';
  const expiresAt = accessExpiresAt(answer, response.expiry, accepted);
  const common = {
    obtainedAt: answer.startedAt,
    scopes: grantedAt(answer, response.scope),
    account: response.accountID === undefined ? undefined : accountAt(answer, response.accountID, [], platform.spec),
    extras: persistedAt(answer, platform.spec),
    raw: Sealed.of(answer.text),
  };
  // Pods get what is derived from this token; it stays here, and is what the next renewal spends.
  if (derive !== undefined) return { ...common, refresh: Sealed.of(token), refreshExpiresAt: expiresAt };
  return {
    ...common,
    access: Sealed.of(token),
    refresh: refresh === undefined || isTraded ? undefined : Sealed.of(refresh),
    accessExpiresAt: expiresAt,
    refreshExpiresAt: fixedEnd(
      platform.spec,
      tokens?.refreshExpiresAt,
      refreshExpiresAt(answer, response.refreshExpiry),
    ),
  };
}

/** An end that counts from the consent cannot move away: what an answer says beyond it is not believed. */
function fixedEnd({ lifetimes }: PlatformSpec, known: number | undefined, told: number | undefined) {
  if (lifetimes.refreshAnchor !== 'Authorization' || known === undefined || told === undefined) return told;
  return Math.min(known, told);
}

function persistedAt(answer: Answer, { response }: PlatformSpec): Readonly<Record<string, string>> | undefined {
  const found = Object.entries(response.persist ?? {}).flatMap(([name, path]) => {
    const text = textAt(answer, [path]);
    return text === undefined ? [] : [[name, text] as const];
  });
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

export function tokenAt(answer: Answer, paths: readonly string[]): string | undefined {
  const value = firstAt(answer, paths);
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** The scopes of a token answer; an empty text is not a scope (RFC 6749 section 3.3), so it tells nothing. */
function grantedAt(answer: Answer, rule: ScopeRule): readonly string[] | undefined {
  return firstAt(answer, rule.path) === '' ? undefined : scopesAt(answer, rule);
}

/** Scopes as a list or as one text, sorted; undefined where the platform does not tell. */
export function scopesAt(answer: Answer, rule: ScopeRule): readonly string[] | undefined {
  const value = firstAt(answer, rule.path);
  const parts = typeof value === 'string' ? splitAtAny(value, rule.separator) : value;
  if (!Array.isArray(parts)) return undefined;
  const scopes = parts.filter((part): part is string => typeof part === 'string').map((part) => part.trim());
  return [...new Set(scopes.filter((scope) => scope !== ''))].sort();
}

function splitAtAny(text: string, separators: string): string[] {
  return [...separators].reduce((parts, separator) => parts.flatMap((part) => part.split(separator)), [text]);
}

export function accountAt(
  answer: Answer,
  ids: readonly string[],
  handles: readonly string[],
  { accountPrefix = '' }: PlatformSpec,
): Account | undefined {
  const told = textAt(answer, ids);
  if (told === undefined) return undefined;
  const id = told.startsWith(accountPrefix) ? told.slice(accountPrefix.length) : told;
  return { id, handle: textAt(answer, handles) };
}

export function isSuccess(answer: Answer): boolean {
  return answer.status >= 200 && answer.status < 300;
}

/** What the body of a good answer says, where the platform tells success there. */
export function saysSuccess(
  answer: Answer,
  success: { readonly path: string; readonly equals: string } | undefined,
): boolean {
  return success === undefined || textAt(answer, [success.path])?.toLowerCase() === success.equals.toLowerCase();
}

/** 5xx, and 408 as gateways send it when the server behind them took too long. */
export function isBroken(answer: Answer): boolean {
  return answer.status >= 500 || answer.status === 408;
}

const tokenNames = /^(access|refresh)_?(token|jwt)$/i;

/** Whether a token that we did not send stands anywhere in the answer: such an answer is kept, whatever else it says. */
function holdsUnknownToken(answer: Answer, sent: readonly string[]): boolean {
  const search = (value: unknown): boolean => {
    if (typeof value !== 'object' || value === null) return false;
    return Object.entries(value).some(([name, inner]) => isToken(name, inner) || search(inner));
  };
  const isToken = (name: string, inner: unknown) =>
    tokenNames.test(name) && typeof inner === 'string' && inner !== '' && !sent.includes(inner);
  return search(answer.body);
}
