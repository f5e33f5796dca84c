import { type CauseRow, tellCauses } from './story.ts';

const byConsent = { state: 'NeedsReauth', heals: 'consent' } as const;

const rows: readonly CauseRow[] = [
  { cause: 'disconnected', reason: 'AccessRevoked', ...byConsent },
  { cause: 'deleted', reason: 'AccessRevoked', ...byConsent },
  { cause: 'permission-withdrawn', reason: 'ScopeMissing', ...byConsent, scopes: ['user.info.basic'] },
  { cause: 'spam-blocked', state: 'Connected', reason: 'SpamBlocked', heals: 'cure' },
  { cause: 'token-ended-early', state: 'Connected', reason: 'Healthy', heals: 'renewal' },
  { cause: 'unused', reason: 'RefreshTokenExpired', ...byConsent, daysOld: 181 },
  {
    cause: 'consent-over',
    reason: 'RefreshTokenExpired',
    ...byConsent,
    daysOld: 366,
    app: { quirks: ['old-lifetimes'] },
  },
];

tellCauses({ platform: 'tiktok' }, rows);
