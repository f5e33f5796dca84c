import { type CauseRow, tellCauses } from './story.ts';

const byConsent = { state: 'NeedsReauth', heals: 'consent' } as const;
const byCure = { state: 'NeedsReauth', heals: 'cure' } as const;
/** The token works; what is refused is publishing, which this app is told in reads as well. */
const isBlocked = { state: 'Connected', heals: 'cure', app: { quirks: ['blocks-reads'] } } satisfies Partial<CauseRow>;
/** So old that a renewal is allowed, and none is due. */
const threeDaysAgo = Date.now() - 3 * 86_400_000;

const rows: readonly CauseRow[] = [
  { cause: 'password-changed', reason: 'PasswordChanged', ...byConsent },
  { cause: 'disconnected', reason: 'AppNotInstalled', ...byConsent },
  { cause: 'logged-out', reason: 'LoggedOut', ...byConsent },
  { cause: 'checkpoint', reason: 'AccountLocked', ...byCure },
  { cause: 'locked', reason: 'AccountLocked', ...byCure },
  { cause: 'unconfirmed', reason: 'AccountUnconfirmed', ...byCure },
  // Without it the Page shows no account, as if it were unlinked.
  { cause: 'permission-withdrawn', reason: 'ScopeMissing', ...byConsent, scopes: ['instagram_basic'] },
  { cause: 'permission-withdrawn', reason: 'ScopeMissing', ...byConsent, ofAsset: true },
  { cause: 'role-lost', reason: 'AdminRightsLost', ...byCure, ofAsset: true },
  { cause: 'two-factor-required', reason: 'AdminRightsLost', ...byCure, ofAsset: true },
  { cause: 'page-deleted', reason: 'PageUnavailable', ...byCure, ofAsset: true },
  // The list leaves it out, and its token works: neither a check nor what is derived after a renewal accuses anybody.
  { cause: 'page-hidden', state: 'Connected', reason: 'Healthy', heals: 'nothing', ofAsset: true },
  {
    cause: 'page-hidden',
    state: 'Connected',
    reason: 'Healthy',
    heals: 'renewal',
    ofAsset: true,
    variant: 'renewed',
    mint: { shortLived: false, obtainedAt: threeDaysAgo },
    connectedAt: 2,
  },
  { cause: 'page-unlinked', reason: 'PageUnlinked', ...byCure, ofAsset: true },
  // What the settings of the Page name then is shown without a name.
  { cause: 'account-type-changed', reason: 'AccountTypeChanged', ...byCure, ofAsset: true },
  { cause: 'spam-blocked', reason: 'SpamBlocked', ...isBlocked },
  { cause: 'identity-check', reason: 'IdentityCheckRequired', ...isBlocked },
  { cause: 'publishing-unauthorized', reason: 'IdentityCheckRequired', ...isBlocked },
  { cause: 'token-ended-early', reason: 'AccessRevoked', ...byConsent },
  // The person's own; what the Page was given lives on, and nothing can be derived any more.
  { cause: 'token-expired', reason: 'LifetimeShortened', ...byConsent },
  { cause: 'token-expired', reason: 'TokenExpired', ...byConsent, mint: { shortLived: false }, daysOld: 61 },
  // Whether reads are refused then is not confirmed; if they are, it is no fault of the app.
  { cause: 'consent-over', reason: 'DataAccessExpired', ...byConsent },
  {
    cause: 'consent-over',
    reason: 'DataAccessExpired',
    ...byConsent,
    variant: 'enforced',
    app: { quirks: ['data-access-enforced'] },
  },
];

// Imported, derived, traded for the long life, derived again.
tellCauses({ platform: 'instagram-page', mint: { shortLived: true }, connectedAt: 4, isRefreshedLater: true }, rows);
