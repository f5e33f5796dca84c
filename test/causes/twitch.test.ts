import { type CauseRow, tellCauses } from './story.ts';

const revoked = { state: 'NeedsReauth', reason: 'AccessRevoked', heals: 'consent' } as const;

/** Twitch says one and the same of every dead login. */
const rows: readonly CauseRow[] = [
  { cause: 'password-changed', ...revoked },
  { cause: 'disconnected', ...revoked },
  { cause: 'deleted', ...revoked },
  { cause: 'suspended', ...revoked },
  { cause: 'token-ended-early', state: 'Connected', reason: 'Healthy', heals: 'renewal' },
  {
    cause: 'unused',
    state: 'NeedsReauth',
    reason: 'RefreshTokenExpired',
    heals: 'consent',
    app: { clientType: 'public', clientSecret: null },
    daysOld: 31,
  },
];

tellCauses({ platform: 'twitch' }, rows);
