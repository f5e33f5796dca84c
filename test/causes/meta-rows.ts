import type { CauseRow } from './story.ts';

export const byConsent = { state: 'NeedsReauth', heals: 'consent' } as const;
export const byCure = { state: 'NeedsReauth', heals: 'cure' } as const;
/** The token works; what is refused is publishing, which this app is told in reads as well. */
export const isBlocked = {
  state: 'Connected',
  heals: 'cure',
  app: { quirks: ['blocks-reads'] },
} satisfies Partial<CauseRow>;
/** So old that a renewal is allowed, and none is due. */
export const threeDaysAgo = Date.now() - 3 * 86_400_000;

/** What every login at a platform of Meta may meet, and is told alike. */
export const loginRows: readonly CauseRow[] = [
  { cause: 'password-changed', reason: 'PasswordChanged', ...byConsent },
  { cause: 'disconnected', reason: 'AppNotInstalled', ...byConsent },
  { cause: 'logged-out', reason: 'LoggedOut', ...byConsent },
  { cause: 'device-changed', reason: 'DeviceInvalidated', ...byConsent },
  { cause: 'checkpoint', reason: 'AccountLocked', ...byCure },
  { cause: 'many-addresses', reason: 'AccountLocked', ...byCure },
  { cause: 'unconfirmed', reason: 'AccountUnconfirmed', ...byCure },
  { cause: 'token-ended-early', reason: 'AccessRevoked', ...byConsent },
  // At Facebook the person's own; what the Page was given lives on, and nothing can be derived any more.
  { cause: 'token-expired', reason: 'LifetimeShortened', ...byConsent },
];

/** What else a login meets that reaches its account by a Page. */
export const pageRows: readonly CauseRow[] = [
  { cause: 'locked', reason: 'AccountLocked', ...byCure },
  { cause: 'permission-withdrawn', reason: 'ScopeMissing', ...byConsent, ofAsset: true },
  { cause: 'role-lost', reason: 'AdminRightsLost', ...byCure, ofAsset: true },
  { cause: 'two-factor-required', reason: 'AdminRightsLost', ...byCure, ofAsset: true },
  { cause: 'page-deleted', reason: 'PageUnavailable', ...byCure, ofAsset: true },
  // The list leaves it out, and its token works: neither a check nor what is derived after a renewal accuses anybody.
  { cause: 'page-hidden', state: 'Connected', reason: 'Healthy', heals: 'nothing', ofAsset: true },
  { cause: 'spam-blocked', reason: 'SpamBlocked', ...isBlocked },
  { cause: 'identity-check', reason: 'IdentityCheckRequired', ...isBlocked },
  { cause: 'publishing-unauthorized', reason: 'IdentityCheckRequired', ...isBlocked },
  // Whether reads are refused then is not confirmed; if they are, it is no fault of the app.
  { cause: 'consent-over', reason: 'DataAccessExpired', ...byConsent },
];
