import { type CauseRow, tellCauses } from './story.ts';

const byConsent = { state: 'NeedsReauth', heals: 'consent' } as const;
const byCure = { state: 'NeedsReauth', heals: 'cure' } as const;

const rows: readonly CauseRow[] = [
  { cause: 'disconnected', reason: 'AccessRevoked', ...byConsent },
  { cause: 'deleted', reason: 'AccessRevoked', ...byConsent },
  { cause: 'suspended', reason: 'AccountSuspended', ...byCure },
  { cause: 'role-lost', reason: 'AdminRightsLost', ...byCure, ofAsset: true },
  { cause: 'scope-set-changed', reason: 'AccessRevoked', ...byConsent },
  { cause: 'token-ended-early', state: 'Connected', reason: 'Healthy', heals: 'renewal' },
  { cause: 'consent-over', reason: 'RefreshTokenExpired', ...byConsent, daysOld: 366 },
  // Without the product for refresh tokens a person is needed every 60 days, or when LinkedIn ends a token before that.
  {
    cause: 'token-expired',
    reason: 'LifetimeShortened',
    ...byConsent,
    app: { quirks: ['no-refresh-tokens'] },
    isNotRefreshed: true,
  },
  {
    cause: 'token-expired',
    reason: 'DeadlinePassed',
    ...byConsent,
    app: { quirks: ['no-refresh-tokens'] },
    daysOld: 61,
  },
];

tellCauses({ platform: 'linkedin' }, rows);
