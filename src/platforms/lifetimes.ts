import type { Answer } from './paths.ts';
import { valueAt } from './paths.ts';
import type { ExpiryRule } from './platform.ts';

/** Lifetimes of access tokens outside of this range are not believed, but moved to its nearer end. */
export interface AcceptedLifetimes {
  readonly minMs: number;
  readonly maxMs: number;
}

/**
 * The instant at which the access token ends, on our clock; undefined where the answer does not say. Zero, negative,
 * empty and unreadable values say nothing.
 */
export function accessExpiresAt(answer: Answer, rule: ExpiryRule, accepted: AcceptedLifetimes): number | undefined {
  const lifeMs = statedLifeMs(answer, rule);
  if (lifeMs === undefined) return undefined;
  return answer.startedAt + Math.min(Math.max(lifeMs, accepted.minMs), accepted.maxMs);
}

const tenYearsMs = 10 * 365 * 86_400_000;

/** As `accessExpiresAt`, for refresh tokens: any life is believed, and more than ten years mean that it has no end. */
export function refreshExpiresAt(answer: Answer, rule: ExpiryRule | undefined): number | undefined {
  const lifeMs = rule === undefined ? undefined : statedLifeMs(answer, rule);
  return lifeMs === undefined || lifeMs > tenYearsMs ? undefined : answer.startedAt + lifeMs;
}

/** When the consent ends; zero and absence mean that it does not. An end in the past is believed too. */
export function consentExpiresAt(answer: Answer, rule: ExpiryRule): number | undefined {
  if (rule.path === undefined) return undefined;
  const value = valueAt(answer, rule.path);
  const lifeMs = Number(value) === 0 ? undefined : lifeOf(value, rule.kind, platformNow(answer));
  return lifeMs === undefined || !Number.isFinite(lifeMs) ? undefined : answer.startedAt + Math.round(lifeMs);
}

function statedLifeMs(answer: Answer, rule: ExpiryRule): number | undefined {
  if (rule.kind === 'Never' || rule.path === undefined) return undefined;
  const lifeMs = lifeOf(valueAt(answer, rule.path), rule.kind, platformNow(answer));
  return lifeMs !== undefined && Number.isFinite(lifeMs) && lifeMs > 0 ? Math.round(lifeMs) : undefined;
}

function lifeOf(value: unknown, kind: ExpiryRule['kind'], nowAt: number): number | undefined {
  const number = numberOf(value);
  switch (kind) {
    case 'RelativeSeconds':
      return number === undefined ? undefined : number * 1_000;
    case 'RelativeMillis':
      return number;
    case 'EpochSeconds':
      return number === undefined ? undefined : number * 1_000 - nowAt;
    case 'EpochMillis':
      return number === undefined ? undefined : number - nowAt;
    case 'ISO8601':
      return instantOf(value, nowAt);
    case 'Auto':
      return number === undefined ? instantOf(value, nowAt) : lifeBySize(number, nowAt);
    case 'Never':
      return undefined;
  }
}

/** No token lives for thirty years, and no epoch second lies below 10^9: the size tells seconds from instants. */
function lifeBySize(number: number, nowAt: number): number {
  if (number > 1e12) return number - nowAt;
  return number > 1e9 ? number * 1_000 - nowAt : number * 1_000;
}

function instantOf(value: unknown, nowAt: number): number | undefined {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}/.test(value)) return undefined;
  return Date.parse(value) - nowAt;
}

function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^\s*-?\d+(\.\d+)?\s*$/.test(value) ? Number(value) : undefined;
}

/**
 * The platform's own clock when it answered, ours where it does not tell. Instants are measured against the clock that
 * made them, so a platform that is ten minutes off does not shorten or stretch a token's life.
 */
export function platformNow(answer: Answer): number {
  const dateAt = Date.parse(answer.headers.date ?? '');
  return Number.isNaN(dateAt) ? answer.startedAt : dateAt;
}

const longestWaitMs = 86_400_000;

/** How long the platform asks us to wait: seconds, an epoch, an HTTP or ISO date (RFC 9110 section 10.2.3); at most a day. */
export function waitMs(answer: Answer, path: string, kind: ExpiryRule['kind'] = 'Auto'): number | undefined {
  const value = valueAt(answer, path);
  const nowAt = platformNow(answer);
  const isDate = kind === 'Auto' && numberOf(value) === undefined;
  const waitForMs = (isDate ? Date.parse(String(value ?? '')) - nowAt : lifeOf(value, kind, nowAt)) ?? 0;
  return waitForMs > 0 ? Math.min(waitForMs, longestWaitMs) : undefined;
}
