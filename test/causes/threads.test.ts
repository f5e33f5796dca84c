import { type CauseRow, tellCauses } from './story.ts';

const byConsent = { state: 'NeedsReauth', heals: 'consent' } as const;
const byCure = { state: 'NeedsReauth', heals: 'cure' } as const;
/** The token works; what is refused is publishing, which this app is told in reads as well. */
const isBlocked = { state: 'Connected', heals: 'cure', app: { quirks: ['blocks-reads'] } } satisfies Partial<CauseRow>;
const [basic, publishing] = ['threads_basic', 'threads_content_publish'];
/** Code 10 says the same of an app that was never admitted, so that it accuses no login; a new one ends it. */
const isUnproven = { state: 'Connected', reason: 'PermissionRefused', heals: 'consent' } as const;
/** Nothing that an app may ask tells it. */
const isUntold = { state: 'Connected', reason: 'Healthy', heals: 'nothing' } as const;

const rows: readonly CauseRow[] = [
  { cause: 'password-changed', reason: 'PasswordChanged', ...byConsent },
  { cause: 'disconnected', reason: 'AppNotInstalled', ...byConsent },
  { cause: 'logged-out', reason: 'LoggedOut', ...byConsent },
  { cause: 'checkpoint', reason: 'AccountLocked', ...byCure },
  { cause: 'locked', reason: 'AccountLocked', ...byCure },
  { cause: 'unconfirmed', reason: 'AccountUnconfirmed', ...byCure },
  { cause: 'restricted', reason: 'SpamBlocked', ...isBlocked },
  { cause: 'spam-blocked', reason: 'SpamBlocked', ...isBlocked },
  { cause: 'permission-withdrawn', ...isUnproven, scopes: [basic] },
  { cause: 'permission-withdrawn', ...isUntold, scopes: [publishing] },
  // What a private account permits ends after 90 days; of others the token goes on as before.
  { cause: 'consent-over', ...isUnproven, account: { isPrivate: true } },
  { cause: 'consent-over', ...isUntold },
  { cause: 'token-ended-early', reason: 'AccessRevoked', ...byConsent },
  { cause: 'token-expired', reason: 'LifetimeShortened', ...byConsent },
  { cause: 'token-expired', reason: 'TokenExpired', ...byConsent, mint: { shortLived: false }, daysOld: 61 },
];

// Imported, and traded for the long life.
tellCauses({ platform: 'threads', mint: { shortLived: true }, connectedAt: 2, isRefreshedLater: true }, rows);
