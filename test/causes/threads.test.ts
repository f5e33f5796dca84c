import { byConsent, byCure, isBlocked, loginRows } from './meta-rows.ts';
import { type CauseRow, tellCauses } from './story.ts';

const [basic, publishing] = ['threads_basic', 'threads_content_publish'];
/** Code 10 says the same of an app that was never admitted, so that it accuses no login; a new one ends it. */
const isUnproven = { state: 'Connected', reason: 'PermissionRefused', heals: 'consent' } as const;
/** Nothing that an app may ask tells it. */
const isUntold = { state: 'Connected', reason: 'Healthy', heals: 'nothing' } as const;

const rows: readonly CauseRow[] = [
  ...loginRows,
  { cause: 'locked', reason: 'AccountLocked', ...byCure },
  { cause: 'restricted', reason: 'SpamBlocked', ...isBlocked },
  { cause: 'spam-blocked', reason: 'SpamBlocked', ...isBlocked },
  { cause: 'permission-withdrawn', ...isUnproven, scopes: [basic] },
  { cause: 'permission-withdrawn', ...isUntold, scopes: [publishing] },
  // What a private account permits ends after 90 days; of others the token goes on as before.
  { cause: 'consent-over', ...isUnproven, account: { isPrivate: true } },
  { cause: 'consent-over', ...isUntold },
  { cause: 'token-expired', reason: 'TokenExpired', ...byConsent, mint: { shortLived: false }, daysOld: 61 },
];

// Imported, and traded for the long life.
tellCauses({ platform: 'threads', mint: { shortLived: true }, connectedAt: 2, isRefreshedLater: true }, rows);
