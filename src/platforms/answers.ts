import type { Reason } from '../api/reasons.ts';
import { Failure } from '../core/failure.ts';
import type { Account, TokenAnswer, TokenSet } from '../core/grant.ts';
import type { SpendOutcome } from '../core/ports.ts';
import { Sealed } from '../core/sealed.ts';
import { deathReason } from './ages.ts';
import { defaultReason, ruleFor } from './errors.ts';
import type { AcceptedLifetimes } from './lifetimes.ts';
import { accessExpiresAt, refreshExpiresAt, waitMs } from './lifetimes.ts';
import type { Answer, RawAnswer } from './paths.ts';
import { firstAt, parseAnswer, textAt } from './paths.ts';
import type { ErrorRule, Phase, Platform, ScopeRule } from './platform.ts';
import { inBrackets, rejectedWords } from './words.ts';

/** What is needed to believe an answer: the platform, its rules in order, and what was asked. */
export interface Reading {
  readonly platform: Platform;
  /** The platform's own rules, then the standard ones. */
  readonly rules: readonly ErrorRule[];
  readonly accepted: AcceptedLifetimes;
  /** What was sent with the request; empty for client credentials. */
  readonly tokens?: TokenSet | undefined;
  readonly secrets: readonly string[];
}

/**
 * What became of a token request, from its complete answer. A token in a 2xx answer counts before everything else, so
 * none is dropped; then the rules; what no rule knows is never a rejection.
 */
export function spendOutcome(raw: RawAnswer, reading: Reading): SpendOutcome {
  const answer = parseAnswer(raw);
  if (isSuccess(answer)) {
    const given = tokenAnswer(answer, reading);
    if (given !== undefined) return { kind: 'Answered', answer: given };
  }
  if (holdsUnknownToken(answer, reading.secrets)) {
    return unknown(answer, reading, 'Unexpected', 'Unexpected', 'answered with a token in an unknown place');
  }
  const rule = ruleFor(reading.rules, 'Token', answer);
  if (rule !== undefined) return outcomeOf(rule, answer, reading);
  return outcomeWithoutRule(answer, reading);
}

function outcomeOf(rule: ErrorRule, answer: Answer, reading: Reading): SpendOutcome {
  const failure = failureOf(rule, answer, reading);
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

/** A failure in the engine's own words, for answers that no rule knows. */
export function plainFailure(
  family: 'Transient' | 'Unexpected',
  reason: Reason,
  what: string,
  answer: Answer,
  reading: Reading,
): Failure {
  const brackets = inBrackets(answer, reading.secrets);
  const next = 'The login is kept, and it is tried again.';
  return new Failure(family, reason, `${what} ${brackets}. ${next}`, {
    source: 'Platform',
    status: answer.status,
    retryAfterMs: waitMs(answer, '$header.retry-after'),
  });
}

/** A failed answer as the rule sorts it. */
export function failureOf(rule: ErrorRule, answer: Answer, reading: Reading): Failure {
  const stated = rule.reason ?? defaultReason(rule.family);
  const reason = rule.phase === 'Token' ? deathReason(stated, reading, answer.startedAt) : stated;
  return new Failure(rule.family, reason, sentence(rule, reason, answer, reading), {
    source: 'Platform',
    status: answer.status,
    isAppFault: rule.family === 'Misconfigured',
    retryAfterMs: waitMs(answer, rule.retryAfter ?? '$header.retry-after'),
  });
}

function sentence(rule: ErrorRule, reason: Reason, answer: Answer, reading: Reading): string {
  const { displayName } = reading.platform.spec;
  const brackets = inBrackets(answer, reading.secrets);
  switch (rule.family) {
    case 'Rejected':
      return rule.phase === 'Token'
        ? rejectedWords(displayName, reason, answer, reading.secrets)
        : refusedToken(rule.phase, displayName, brackets);
    case 'Misconfigured':
      return `${displayName} ${appFaults[reason] ?? 'refused the app'} ${brackets}. The channels keep their logins; it is tried again when the app or its Secret changes.`;
    case 'Transient':
      return `${displayName} ${reason === 'RateLimited' ? 'asks us to slow down' : 'cannot answer now'} ${brackets}. The login is kept, and it is tried again.`;
    case 'Unexpected':
      return `${displayName} answered in a way that is not understood here ${brackets}. The login is kept, and it is tried again.`;
  }
}

function refusedToken(phase: Phase, displayName: string, brackets: string): string {
  return phase === 'Introspect'
    ? `${displayName} says that the access token is not good any more ${brackets}.`
    : `${displayName} does not show the account to this access token ${brackets}.`;
}

const appFaults: Readonly<Partial<Record<Reason, string>>> = {
  AppSecretInvalid: 'refused the client id or the client secret of the app',
  AppSuspended: 'does not accept the app: it is suspended, deleted or not enabled there',
  QuotaExhausted: "says that the app's quota is used up",
  ApiVersionRetired: 'does not serve this version of its API any more',
  PlatformInvalid: 'does not take requests of this form: its definition here is wrong',
};

/** The new tokens; undefined where the answer holds no access token where it belongs. */
function tokenAnswer(answer: Answer, { platform, accepted }: Reading): TokenAnswer | undefined {
  const { response } = platform.spec;
  const access = tokenAt(answer, response.accessToken);
  if (access === undefined) return undefined;
  // An empty or null refresh token counts as absent: the stored one stays (RFC 6749 section 6).
  const refresh = tokenAt(answer, response.refreshToken);
  return {
    access: Sealed.of(access),
    refresh: refresh === undefined ? undefined : Sealed.of(refresh),
    obtainedAt: answer.startedAt,
    accessExpiresAt: accessExpiresAt(answer, response.expiry, accepted),
    refreshExpiresAt: refreshExpiresAt(answer, response.refreshExpiry),
    scopes: scopesAt(answer, response.scope),
    account: response.accountID === undefined ? undefined : accountAt(answer, response.accountID, []),
    raw: Sealed.of(answer.text),
  };
}

function tokenAt(answer: Answer, paths: readonly string[]): string | undefined {
  const value = firstAt(answer, paths);
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** Scopes as a list or as one text, sorted; undefined where the platform does not tell. */
export function scopesAt(answer: Answer, rule: ScopeRule): readonly string[] | undefined {
  const value = firstAt(answer, rule.path);
  const parts = typeof value === 'string' ? value.split(rule.separator) : value;
  if (!Array.isArray(parts)) return undefined;
  const scopes = parts.filter((part): part is string => typeof part === 'string').map((part) => part.trim());
  return [...new Set(scopes.filter((scope) => scope !== ''))].sort();
}

export function accountAt(answer: Answer, ids: readonly string[], handles: readonly string[]): Account | undefined {
  const id = textAt(answer, ids);
  return id === undefined ? undefined : { id, handle: textAt(answer, handles) };
}

export function isSuccess(answer: Answer): boolean {
  return answer.status >= 200 && answer.status < 300;
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
