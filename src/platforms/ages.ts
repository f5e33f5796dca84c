import type { Reason } from '../api/reasons.ts';
import type { TokenSet } from '../core/grant.ts';
import { parseDuration } from '../core/instant.ts';
import type { Platform } from './platform.ts';

/**
 * Most platforms do not say why a refresh token died. Where a known maximum age has passed, that is the reason; else
 * the stated one stands. A reason other than AccessRevoked is the platform's own word and is never replaced.
 */
export function deathReason(
  stated: Reason,
  dead: { readonly platform: Platform; readonly tokens?: TokenSet | undefined },
  nowAt: number,
): Reason {
  if (stated !== 'AccessRevoked' || dead.tokens === undefined) return stated;
  const { lifetimes } = dead.platform.spec;
  const { tokens } = dead;
  if (tokens.refreshExpiresAt !== undefined && tokens.refreshExpiresAt <= nowAt) return 'RefreshTokenExpired';
  const bornAt = lifetimes.refreshAnchor === 'Authorization' ? tokens.consentedAt : tokens.obtainedAt;
  if (isOver(bornAt, lifetimes.refresh, nowAt)) return 'RefreshTokenExpired';
  return isOver(tokens.obtainedAt, lifetimes.maxIdle, nowAt) ? 'ExpiredUnused' : stated;
}

function isOver(fromAt: number | undefined, life: string | undefined, nowAt: number): boolean {
  const lifeMs = life === undefined ? undefined : parseDuration(life);
  return fromAt !== undefined && lifeMs !== undefined && fromAt + lifeMs <= nowAt;
}
