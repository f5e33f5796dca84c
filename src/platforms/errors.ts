import type { Family } from '../core/failure.ts';
import type { Answer } from './paths.ts';
import { textOf, valueAt } from './paths.ts';
import type { ErrorRule, Phase } from './platform.ts';

/**
 * How any OAuth 2 platform's failed answers are sorted once its own rules have not matched: RFC 6749 section 5.2,
 * OpenID Connect Core 3.1.2.6, RFC 6750 section 3.1, RFC 7662 section 2.2, RFC 6585. What none of them knows is never
 * a rejection. `access_denied` and its kind count only with the status of an OAuth error, because firewalls use the same
 * words with 401 and 403.
 */
export const standardRules: readonly ErrorRule[] = [
  { phase: 'Token', status: [429], family: 'Transient', reason: 'RateLimited' },
  { phase: 'Token', status: [425], family: 'Transient', reason: 'PlatformUnavailable' },
  {
    phase: 'Token',
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
  { phase: 'Introspect', status: [429], family: 'Transient', reason: 'RateLimited' },
  { phase: 'Identity', status: [429], family: 'Transient', reason: 'RateLimited' },
  {
    phase: 'Introspect',
    path: 'error',
    in: ['invalid_client', 'unauthorized_client'],
    family: 'Misconfigured',
    reason: 'AppSecretInvalid',
  },
  { phase: 'Introspect', path: 'error', equals: 'invalid_token', family: 'Rejected', reason: 'AccessRevoked' },
  { phase: 'Introspect', path: 'active', equals: 'false', family: 'Rejected', reason: 'AccessRevoked' },
  { phase: 'Introspect', status: [401], family: 'Rejected', reason: 'AccessRevoked' },
  { phase: 'Identity', path: 'error', equals: 'invalid_token', family: 'Rejected', reason: 'AccessRevoked' },
  { phase: 'Identity', status: [401], family: 'Rejected', reason: 'AccessRevoked' },
];

/**
 * The first rule that matches. A rule without `status` does not match 5xx: what a platform says while it is broken is
 * not evidence against anybody, unless the platform's own rule names that very status.
 */
export function ruleFor(rules: readonly ErrorRule[], phase: Phase, answer: Answer): ErrorRule | undefined {
  return rules.find((rule) => rule.phase === phase && matchesStatus(rule, answer) && matchesBody(rule, answer));
}

function matchesStatus(rule: ErrorRule, answer: Answer): boolean {
  return rule.status === undefined ? answer.status < 500 : rule.status.includes(answer.status);
}

function matchesBody(rule: ErrorRule, answer: Answer): boolean {
  if (rule.path === undefined) return true;
  const text = textOf(valueAt(answer, rule.path))?.toLowerCase();
  if (text === undefined) return false;
  if (rule.contains !== undefined) return text.includes(rule.contains.toLowerCase());
  const wanted = rule.in ?? (rule.equals === undefined ? [] : [rule.equals]);
  return wanted.some((one) => one.toLowerCase() === text);
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
