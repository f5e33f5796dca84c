import { readFileSync } from 'node:fs';
import { type CauseRow, tellCauses } from './story.ts';

const byConsent = { state: 'NeedsReauth', heals: 'consent' } as const;
const byCure = { state: 'NeedsReauth', heals: 'cure' } as const;

/** A platform that nobody has heard of, described by somebody who had read the documentation alone. */
const rows: readonly CauseRow[] = [
  { cause: 'password-changed', reason: 'PasswordChanged', ...byConsent },
  { cause: 'disconnected', reason: 'AppNotInstalled', ...byConsent },
  { cause: 'deleted', reason: 'AccountDeleted', ...byConsent },
  { cause: 'permission-withdrawn', reason: 'ScopeMissing', ...byConsent, scopes: ['me.read'] },
  { cause: 'suspended', reason: 'AccountSuspended', ...byCure },
  { cause: 'locked', reason: 'AccountLocked', ...byCure },
  { cause: 'spam-blocked', state: 'Connected', reason: 'SpamBlocked', heals: 'cure' },
  { cause: 'token-ended-early', state: 'Connected', reason: 'Healthy', heals: 'renewal' },
  { cause: 'unused', reason: 'ExpiredUnused', ...byConsent, daysOld: 91 },
  { cause: 'consent-over', reason: 'RefreshTokenExpired', ...byConsent },
];

tellCauses({ platform: 'odd', definition: readFileSync(new URL('odd.yaml', import.meta.url), 'utf8') }, rows);
