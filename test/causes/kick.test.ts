import { type CauseRow, tellCauses } from './story.ts';

const byConsent = { state: 'NeedsReauth', heals: 'consent' } as const;

const rows: readonly CauseRow[] = [
  { cause: 'disconnected', reason: 'AccessRevoked', ...byConsent },
  { cause: 'deleted', reason: 'AccessRevoked', ...byConsent },
  { cause: 'token-ended-early', state: 'Connected', reason: 'Healthy', heals: 'renewal' },
  { cause: 'unused', reason: 'RefreshTokenExpired', ...byConsent, daysOld: 31 },
  {
    cause: 'consent-over',
    reason: 'RefreshTokenExpired',
    ...byConsent,
    daysOld: 31,
    app: { quirks: ['hard-end'] },
  },
];

tellCauses({ platform: 'kick' }, rows);
