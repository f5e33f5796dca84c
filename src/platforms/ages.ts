import type { Reason } from '../api/reasons.ts';
import type { TokenSet } from '../core/grant.ts';
import { parseDuration } from '../core/instant.ts';
import type { Platform } from './platform.ts';

/** A platform's clock and ours, and the rounding of lives, differ by less. */
const TOLERANCE_MS = 3_600_000;

/**
 * Most platforms do not say why a token died. Where a known maximum age has passed, that is the reason; else the stated
 * one stands. A reason other than AccessRevoked and TokenExpired is the platform's own word and is never replaced.
 */
export function deathReason(
  stated: Reason,
  dead: { readonly platform: Platform; readonly tokens?: TokenSet | undefined },
  nowAt: number,
): Reason {
  const { tokens } = dead;
  if (tokens === undefined) return stated;
  if (stated === 'TokenExpired') return isEarly(dead.platform, tokens, nowAt) ? 'LifetimeShortened' : stated;
  if (stated !== 'AccessRevoked') return stated;
  const { lifetimes } = dead.platform.spec;
  if (tokens.refreshExpiresAt !== undefined && tokens.refreshExpiresAt <= nowAt) return 'RefreshTokenExpired';
  const bornAt = lifetimes.refreshAnchor === 'Authorization' ? tokens.consentedAt : tokens.obtainedAt;
  if (isOver(bornAt, lifetimes.refresh, nowAt)) return 'RefreshTokenExpired';
  return isOver(tokens.obtainedAt, lifetimes.maxIdle, nowAt) ? 'ExpiredUnused' : stated;
}

/** The platform says that the token has reached its end, and had announced a later one. */
function isEarly({ spec }: Platform, tokens: TokenSet, nowAt: number): boolean {
  const announcedAt = spec.derive === undefined ? tokens.accessExpiresAt : tokens.refreshExpiresAt;
  return announcedAt !== undefined && announcedAt > nowAt + TOLERANCE_MS;
}

function isOver(fromAt: number | undefined, life: string | undefined, nowAt: number): boolean {
  const lifeMs = life === undefined ? undefined : parseDuration(life);
  return fromAt !== undefined && lifeMs !== undefined && fromAt + lifeMs <= nowAt;
}
