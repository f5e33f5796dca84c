import { byConsent, loginRows, pageRows } from './meta-rows.ts';
import { type CauseRow, tellCauses } from './story.ts';

const rows: readonly CauseRow[] = [
  ...loginRows,
  ...pageRows,
  { cause: 'permission-withdrawn', reason: 'ScopeMissing', ...byConsent, scopes: ['pages_manage_posts'] },
  { cause: 'live-disabled', state: 'Connected', reason: 'Healthy', heals: 'nothing' },
];

// Imported, derived, traded for the long life, derived again.
tellCauses({ platform: 'facebook', mint: { shortLived: true }, connectedAt: 4, isRefreshedLater: true }, rows);
