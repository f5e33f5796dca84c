import { isBlocked, type Reason } from '../api/reasons.ts';
import { Failure, loginIsKept } from '../core/failure.ts';
import type { TokenSet } from '../core/grant.ts';
import { deathReason } from './ages.ts';
import { defaultReason, ruleFor } from './errors.ts';
import type { AcceptedLifetimes } from './lifetimes.ts';
import { waitMs } from './lifetimes.ts';
import type { Answer } from './paths.ts';
import type { ErrorRule, Phase, Platform } from './platform.ts';
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

/** The rule that sorts this answer; undefined where none knows it. */
export function sortedBy(phase: Phase, answer: Answer, { rules, tokens }: Reading): ErrorRule | undefined {
  const ageMs = tokens === undefined || tokens.obtainedAt === 0 ? undefined : answer.startedAt - tokens.obtainedAt;
  return ruleFor(rules, phase, answer, ageMs);
}

/** A failed answer as the rule sorts it. */
export function failureOf(rule: ErrorRule, phase: Phase, answer: Answer, reading: Reading): Failure {
  const stated = rule.reason ?? defaultReason(rule.family);
  const reason = deathReason(stated, reading, answer.startedAt);
  return new Failure(rule.family, reason, sentence(rule, phase, reason, answer, reading), {
    source: 'Platform',
    status: answer.status,
    isAppFault: rule.family === 'Misconfigured' && !isBlocked(reason),
    retryAfterMs:
      reading.platform.hooks?.waitMs?.(answer) ??
      waitMs(answer, rule.retryAfter ?? '$header.retry-after', rule.retryAfterKind),
  });
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
  return new Failure(family, reason, `${what} ${brackets}. ${loginIsKept}`, {
    source: 'Platform',
    status: answer.status,
    retryAfterMs: waitMs(answer, '$header.retry-after'),
  });
}

function sentence({ family }: ErrorRule, phase: Phase, reason: Reason, answer: Answer, reading: Reading): string {
  const { displayName } = reading.platform.spec;
  const brackets = inBrackets(answer, reading.secrets);
  switch (family) {
    case 'Rejected':
      return phase === 'Token'
        ? rejectedWords(displayName, reason, answer, reading.secrets)
        : refusedToken(phase, displayName, brackets);
    case 'Misconfigured':
      return isBlocked(reason)
        ? `${displayName} ${blocks[reason] ?? 'holds something against the account'} ${brackets}. The login stays good and in use; it is looked at again by itself.`
        : `${displayName} ${appFaults[reason] ?? 'refused the app'} ${brackets}. The channels keep their logins; it is tried again when the app or its Secret changes.`;
    case 'Transient':
      return `${displayName} ${reason === 'RateLimited' ? 'asks us to slow down' : 'cannot answer now'} ${brackets}. ${loginIsKept}`;
    case 'Unexpected':
      return `${displayName} answered in a way that is not understood here ${brackets}. ${loginIsKept}`;
  }
}

function refusedToken(phase: Exclude<Phase, 'Token'>, displayName: string, brackets: string): string {
  switch (phase) {
    case 'Introspect':
      return `${displayName} says that the access token is not good any more ${brackets}.`;
    case 'Identity':
      return `${displayName} does not show the account to this access token ${brackets}.`;
    case 'Role':
      return `${displayName} does not let this login act for the account ${brackets}.`;
    case 'Derive':
      return `${displayName} gives this login no access token for the account ${brackets}.`;
    case 'Code':
      return `${displayName} did not accept what the person brought back ${brackets}.`;
  }
}

const appFaults: Readonly<Partial<Record<Reason, string>>> = {
  AppSecretInvalid: 'refused the client id or the client secret of the app',
  AppUnknown: 'knows no app with this client id',
  AppSuspended: 'does not accept the app: it is suspended, deleted or not enabled there',
  AppReviewMissing: 'has not approved the app for what was asked',
  RedirectURIMismatch: 'does not know the address that people come back to after their consent',
  QuotaExhausted: "says that the app's quota is used up",
  ApiVersionRetired: 'does not serve this version of its API any more',
  PlatformInvalid: 'does not take requests of this form: its definition here is wrong',
};

const blocks: Readonly<Partial<Record<Reason, string>>> = {
  SpamBlocked: 'blocks the account for a while because it took something for spam or for too much at once',
  IdentityCheckRequired: 'wants a person to confirm who they are before anything is published for the account',
  PermissionRefused:
    'refuses what was asked: a permission was taken back, or the app may not ask, which it does not say',
  LiveStreamingDisabled: 'has not enabled live streaming for the account',
};
