import { type CauseRow, tellCauses } from './story.ts';

const byConsent = { state: 'NeedsReauth', heals: 'consent' } as const;
const byCure = { state: 'NeedsReauth', heals: 'cure' } as const;

const rows: readonly CauseRow[] = [
  { cause: 'disconnected', reason: 'AccessRevoked', ...byConsent },
  { cause: 'deleted', reason: 'AccessRevoked', ...byConsent },
  { cause: 'suspended', reason: 'AccountSuspended', ...byCure },
  { cause: 'locked', reason: 'AccountLocked', ...byCure },
  { cause: 'spam-blocked', state: 'Connected', reason: 'SpamBlocked', heals: 'cure' },
  { cause: 'token-ended-early', state: 'Connected', reason: 'Healthy', heals: 'renewal' },
  { cause: 'unused', reason: 'RefreshTokenExpired', ...byConsent, daysOld: 181 },
  // Without offline.access nothing renews two hours; of an early end X says no more than that it does not know the token.
  {
    cause: 'token-expired',
    reason: 'AccessRevoked',
    ...byConsent,
    mint: { scopes: ['tweet.read', 'users.read'] },
    spec: { scopes: ['tweet.read', 'users.read'] },
    isNotRefreshed: true,
  },
  {
    cause: 'token-expired',
    reason: 'DeadlinePassed',
    ...byConsent,
    mint: { scopes: ['tweet.read', 'users.read'] },
    spec: { scopes: ['tweet.read', 'users.read'] },
    daysOld: 1,
  },
];

tellCauses({ platform: 'x' }, rows);
