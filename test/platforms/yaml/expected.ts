import type { Reason } from '../../../src/api/reasons.ts';
import type { Seen } from '../rows.ts';

/** New tokens, as they are read from an answer. */
export const newAccess = { kind: 'Answered', access: 'new-access' } as const;
export const newTokens = { ...newAccess, refresh: 'new-refresh' } as const;

export const rejected = (reason: Reason): Seen => ({ kind: 'Rejected', family: 'Rejected', reason });
export const tokenDead: Seen = { kind: 'AccessTokenDead', family: 'Rejected', reason: 'AccessRevoked' };

/** `Refused` is what a token request ends in, `Thrown` a question, `Failed` a revocation. */
type Kind = 'Refused' | 'Thrown' | 'Failed';
export const ofApp = (kind: Kind, reason: Reason): Seen => ({
  kind,
  family: 'Misconfigured',
  reason,
  isAppFault: true,
});
export const unexpected = (kind: Kind): Seen => ({ kind, family: 'Unexpected', reason: 'Unexpected' });
export const limited = (kind: Kind, retryAfterS?: number): Seen => ({
  kind,
  family: 'Transient',
  reason: 'RateLimited',
  ...(retryAfterS === undefined ? {} : { retryAfterS }),
});
export const unavailable = (kind: 'Thrown' | 'Failed'): Seen => ({
  kind,
  family: 'Transient',
  reason: 'PlatformUnavailable',
});
/** A token request after which the platform may have replaced the tokens, or not. */
export const unknownOutcome: Seen = {
  kind: 'Unknown',
  family: 'Transient',
  reason: 'PlatformUnavailable',
  hasRaw: true,
};
