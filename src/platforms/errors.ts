import type { Family } from '../core/failure.ts';
import { parseDuration } from '../core/instant.ts';
import type { Answer } from './paths.ts';
import { textOf, valueAt } from './paths.ts';
import type { ErrorRule, IntrospectCall, Matcher, Phase, PlatformSpec } from './platform.ts';

/** Questions about a token; 401 and `invalid_token` are an answer to them (RFC 6750 section 3.1). */
const questions = ['Introspect', 'Identity', 'Role', 'Derive'] as const;

/**
 * How any OAuth 2 platform's failed answers are sorted once its own rules have not matched: RFC 6749 section 5.2,
 * OpenID Connect Core 3.1.2.6, RFC 6750 section 3.1, RFC 7662 section 2.2, RFC 6585. What none of them knows is never
 * a rejection. `access_denied` and its kind count only with the status of an OAuth error, because firewalls use the same
 * words with 401 and 403.
 */
export const standardRules: readonly ErrorRule[] = [
  { phase: 'Any', status: [429], family: 'Transient', reason: 'RateLimited' },
  { phase: 'Token', status: [425], family: 'Transient', reason: 'PlatformUnavailable' },
  {
    phase: 'Any',
    path: 'error',
    in: ['invalid_client', 'unauthorized_client'],
    family: 'Misconfigured',
    reason: 'AppSecretInvalid',
  },
  {
    phase: 'Token',
    status: [401],
    path: '$header.www-authenticate',
    contains: 'Basic',
    family: 'Misconfigured',
    reason: 'AppSecretInvalid',
  },
  { phase: 'Token', path: 'error', equals: 'invalid_grant', family: 'Rejected', reason: 'AccessRevoked' },
  { phase: 'Code', path: 'error', equals: 'invalid_grant', family: 'Rejected', reason: 'ConsentRefused' },
  {
    phase: 'Code',
    path: 'error',
    equals: 'redirect_uri_mismatch',
    family: 'Misconfigured',
    reason: 'RedirectURIMismatch',
  },
  {
    phase: 'Token',
    path: 'error',
    in: ['temporarily_unavailable', 'server_error', 'slow_down'],
    family: 'Transient',
    reason: 'PlatformUnavailable',
  },
  {
    phase: 'Token',
    status: [400],
    path: 'error',
    in: ['access_denied', 'consent_required', 'interaction_required', 'login_required'],
    family: 'Rejected',
    reason: 'AccessRevoked',
  },
  {
    phase: 'Token',
    path: 'error',
    equals: 'unsupported_grant_type',
    family: 'Misconfigured',
    reason: 'PlatformInvalid',
  },
  { phase: 'Introspect', path: 'active', equals: 'false', family: 'Rejected', reason: 'AccessRevoked' },
  ...questions.flatMap((phase): ErrorRule[] => [
    { phase, path: 'error', equals: 'invalid_token', family: 'Rejected', reason: 'AccessRevoked' },
    { phase, status: [401], family: 'Rejected', reason: 'AccessRevoked' },
  ]),
];

/**
 * Where the app itself asks about a token, 401 is about the app (RFC 7662 section 2.3): a secret that was changed must not
 * look like the end of every login.
 */
export const askedByApp: ErrorRule = {
  phase: 'Introspect',
  status: [401],
  family: 'Misconfigured',
  reason: 'AppSecretInvalid',
};

/** The rules of one platform in their order: its own, then the standard ones. */
export function rulesOf({ introspect, errors = [] }: PlatformSpec, standard = standardRules): readonly ErrorRule[] {
  return [...errors, ...(introspect !== undefined && isAskedByApp(introspect) ? [askedByApp] : []), ...standard];
}

/** Whether the app's own secret, not the token, admits to the call. */
export function isAskedByApp({ clientAuth, params = {} }: IntrospectCall): boolean {
  return clientAuth !== 'None' || Object.values(params).some((text) => text.includes('{{client.secret}}'));
}

/**
 * The first rule that matches. A rule without `status` does not match 5xx: what a platform says while it is broken is
 * not evidence against anybody, unless the platform's own rule names that very status.
 * @param tokenAgeMs how long the token is ours that the answer is about; undefined where it is not known
 */
export function ruleFor(
  rules: readonly ErrorRule[],
  phase: Phase,
  answer: Answer,
  tokenAgeMs?: number,
): ErrorRule | undefined {
  return rules.find(
    (rule) =>
      isOfPhase(rule, phase) &&
      matchesStatus(rule, answer) &&
      matchesBody(rule, answer) &&
      (rule.and ?? []).every((matcher) => matches(matcher, answer)) &&
      matchesAge(rule, tokenAgeMs),
  );
}

/** A code that is refused says nothing of any login; what is wrong with the app shows there as with a refresh. */
function isOfPhase({ phase, family }: ErrorRule, asked: Phase): boolean {
  if (asked !== 'Code') return phase === asked || phase === 'Any';
  return phase === 'Code' || (family !== 'Rejected' && (phase === 'Token' || phase === 'Any'));
}

function matchesStatus(rule: ErrorRule, answer: Answer): boolean {
  return rule.status === undefined ? answer.status < 500 : rule.status.includes(answer.status);
}

function matchesBody({ path, ...compared }: ErrorRule, answer: Answer): boolean {
  return path === undefined || matches({ path, ...compared }, answer);
}

function matches({ path, contains, between, equals, in: oneOf }: Matcher, answer: Answer): boolean {
  const text = textOf(valueAt(answer, path))?.toLowerCase();
  if (text === undefined) return false;
  if (contains !== undefined) return text.includes(contains.toLowerCase());
  if (between !== undefined) return isBetween(text, between);
  const wanted = oneOf ?? (equals === undefined ? [] : [equals]);
  return wanted.some((one) => one.toLowerCase() === text);
}

function isBetween(text: string, [least = 0, greatest = 0]: readonly number[]): boolean {
  return /^-?\d+$/.test(text) && Number(text) >= least && Number(text) <= greatest;
}

function matchesAge({ youngerThan }: ErrorRule, tokenAgeMs: number | undefined): boolean {
  if (youngerThan === undefined) return true;
  return tokenAgeMs !== undefined && tokenAgeMs < (parseDuration(youngerThan) ?? 0);
}

/** The reason that goes with a family where the rule names none. */
export function defaultReason(
  family: Family,
): 'PlatformUnavailable' | 'AccessRevoked' | 'PlatformInvalid' | 'Unexpected' {
  switch (family) {
    case 'Transient':
      return 'PlatformUnavailable';
    case 'Rejected':
      return 'AccessRevoked';
    case 'Misconfigured':
      return 'PlatformInvalid';
    case 'Unexpected':
      return 'Unexpected';
  }
}
