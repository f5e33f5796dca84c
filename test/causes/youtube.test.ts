import { type CauseRow, tellCauses } from './story.ts';

const youtube = 'https://www.googleapis.com/auth/youtube';
const withMail = { mint: { scopes: [youtube, 'https://mail.google.com/'] } };
const byConsent = { state: 'NeedsReauth', heals: 'consent' } as const;
const byCure = { state: 'NeedsReauth', heals: 'cure' } as const;

const rows: readonly CauseRow[] = [
  // Only with mail scopes does a changed password end a login.
  { cause: 'password-changed', reason: 'AccessRevoked', ...byConsent, ...withMail },
  { cause: 'disconnected', reason: 'AccessRevoked', ...byConsent },
  { cause: 'permission-withdrawn', reason: 'ScopeMissing', ...byConsent, scopes: [youtube] },
  { cause: 'suspended', reason: 'AccountSuspended', ...byCure },
  { cause: 'deleted', reason: 'AccountDeleted', ...byConsent },
  { cause: 'no-channel', reason: 'NoChannel', ...byCure },
  { cause: 'live-disabled', state: 'Connected', reason: 'LiveStreamingDisabled', heals: 'cure' },
  { cause: 'role-lost', reason: 'AdminRightsLost', ...byCure },
  { cause: 'reauth-policy', reason: 'ReauthPolicy', ...byConsent },
  { cause: 'org-policy', reason: 'AdminPolicyBlocked', ...byConsent },
  { cause: 'unused', reason: 'ExpiredUnused', ...byConsent, daysOld: 181 },
  { cause: 'consent-over', reason: 'AccessRevoked', ...byConsent, app: { testing: true } },
  { cause: 'token-ended-early', state: 'Connected', reason: 'Healthy', heals: 'renewal' },
];

tellCauses({ platform: 'youtube' }, rows);
