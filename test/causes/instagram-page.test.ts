import { byConsent, byCure, loginRows, pageRows, threeDaysAgo } from './meta-rows.ts';
import { type CauseRow, tellCauses } from './story.ts';

const rows: readonly CauseRow[] = [
  ...loginRows,
  ...pageRows,
  // Without it the Page shows no account, as if it were unlinked.
  { cause: 'permission-withdrawn', reason: 'ScopeMissing', ...byConsent, scopes: ['instagram_basic'] },
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
  { cause: 'token-expired', reason: 'TokenExpired', ...byConsent, mint: { shortLived: false }, daysOld: 61 },
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
