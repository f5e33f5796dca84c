import { type CauseRow, tellCauses } from './story.ts';

const byConsent = { state: 'NeedsReauth', heals: 'consent' } as const;
const byCure = { state: 'NeedsReauth', heals: 'cure' } as const;
/** The token works; what is refused is publishing, which this app is told in reads as well. */
const isBlocked = { state: 'Connected', heals: 'cure', app: { quirks: ['blocks-reads'] } } satisfies Partial<CauseRow>;

const rows: readonly CauseRow[] = [
  { cause: 'password-changed', reason: 'PasswordChanged', ...byConsent },
  { cause: 'disconnected', reason: 'AppNotInstalled', ...byConsent },
  { cause: 'logged-out', reason: 'LoggedOut', ...byConsent },
  { cause: 'checkpoint', reason: 'AccountLocked', ...byCure },
  { cause: 'locked', reason: 'AccountLocked', ...byCure },
  { cause: 'unconfirmed', reason: 'AccountUnconfirmed', ...byCure },
  { cause: 'permission-withdrawn', reason: 'ScopeMissing', ...byConsent, scopes: ['pages_manage_posts'] },
  { cause: 'permission-withdrawn', reason: 'ScopeMissing', ...byConsent, ofAsset: true },
  { cause: 'role-lost', reason: 'AdminRightsLost', ...byCure, ofAsset: true },
  { cause: 'two-factor-required', reason: 'AdminRightsLost', ...byCure, ofAsset: true },
  { cause: 'page-deleted', reason: 'PageUnavailable', ...byCure, ofAsset: true },
  { cause: 'page-hidden', state: 'Connected', reason: 'Healthy', heals: 'nothing', ofAsset: true },
  { cause: 'spam-blocked', reason: 'SpamBlocked', ...isBlocked },
  { cause: 'identity-check', reason: 'IdentityCheckRequired', ...isBlocked },
  { cause: 'publishing-unauthorized', reason: 'IdentityCheckRequired', ...isBlocked },
  { cause: 'live-disabled', state: 'Connected', reason: 'Healthy', heals: 'nothing' },
  { cause: 'token-ended-early', reason: 'AccessRevoked', ...byConsent },
  // The person's own; what the Page was given lives on, and nothing can be derived any more.
  { cause: 'token-expired', reason: 'LifetimeShortened', ...byConsent },
  { cause: 'consent-over', reason: 'DataAccessExpired', ...byConsent },
];

// Imported, derived, traded for the long life, derived again.
tellCauses({ platform: 'facebook', mint: { shortLived: true }, connectedAt: 4, isRefreshedLater: true }, rows);
