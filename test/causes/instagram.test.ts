import { byConsent, byCure, isBlocked, loginRows, threeDaysAgo } from './meta-rows.ts';
import { type CauseRow, tellCauses } from './story.ts';

const [basic, publishing] = ['instagram_business_basic', 'instagram_business_content_publish'];
/** Code 10 says the same of an app that was never admitted, so that it accuses no login; a new one ends it. */
const isUnproven = { state: 'Connected', reason: 'PermissionRefused', heals: 'consent' } as const;

const rows: readonly CauseRow[] = [
  ...loginRows,
  { cause: 'spam-blocked', reason: 'SpamBlocked', ...isBlocked },
  { cause: 'restricted', reason: 'AccountLocked', ...byCure },
  // "Unavailable" may be a moment of the platform's as well, and is no word against the login.
  { cause: 'suspended', state: 'Connected', reason: 'PlatformUnavailable', heals: 'cure' },
  { cause: 'account-type-changed', reason: 'AccountTypeChanged', ...byCure },
  { cause: 'permission-withdrawn', ...isUnproven, scopes: [basic] },
  // Only a renewal tells which permissions are left; what was never told before must be named to be missed.
  {
    cause: 'permission-withdrawn',
    reason: 'ScopeMissing',
    ...byConsent,
    scopes: [publishing],
    spec: { scopes: [basic, publishing] },
    mint: { shortLived: false, obtainedAt: threeDaysAgo },
    connectedAt: 1,
  },
  // What a private account permits ends after 90 days, and nothing else does.
  { cause: 'consent-over', ...isUnproven, account: { isPrivate: true } },
  { cause: 'token-expired', reason: 'TokenExpired', ...byConsent, mint: { shortLived: false }, daysOld: 61 },
];

// Imported, and traded for the long life.
tellCauses({ platform: 'instagram', mint: { shortLived: true }, connectedAt: 2, isRefreshedLater: true }, rows);
