/** A small fleet in every state, for the samples in docs/cli.md and the rows that look at texts. */
import type { Condition, ConditionStatus, ConditionType } from '../src/api/conditions.ts';
import { isReason, type Reason } from '../src/api/reasons.ts';
import type { SocialChannel, SocialChannelStatus } from '../src/api/resources.gen.ts';

export const samplesAt = Date.parse('2026-03-01T21:48:00Z');
const ago = (minutes: number) => new Date(samplesAt - minutes * 60_000).toISOString().replace('.000', '');
const ahead = (minutes: number) => ago(-minutes);
const DAY = 24 * 60;

function condition(
  type: ConditionType,
  status: ConditionStatus,
  reason: Reason,
  message: string,
  since: string,
): Condition {
  return { type, status, reason, message, observedGeneration: 1, lastTransitionTime: since };
}

interface Facts {
  readonly owner?: readonly [name: string, email: string];
  readonly namespace?: string;
  readonly ready: ConditionStatus;
  readonly token?: readonly [ConditionStatus, Reason, since?: string];
  readonly since?: string;
}

const keys = {
  accessToken: 'access_token',
  expiresAt: 'expires_at',
  accountID: 'account_id',
  platform: 'platform',
  state: 'state',
  accessTokenSecret: 'access_token_secret',
};

/** A channel as the operator would leave it. */
export function sampleChannel(name: string, facts: Facts, status: Partial<SocialChannelStatus>): SocialChannel {
  const {
    owner: [person, email] = ['Dana Reyes', 'dana@example.com'],
    namespace = 'main-stage',
    since = ago(DAY),
  } = facts;
  const reason = status.reason ?? 'Healthy';
  const [tokenStatus, tokenReason, tokenSince = since] = facts.token ?? ['True', 'AccessTokenValid'];
  return {
    apiVersion: 'socialops.dev/v1alpha1',
    kind: 'SocialChannel',
    metadata: { name, namespace, uid: `uid-of-${name}`, generation: 1, creationTimestamp: ago(90 * DAY) },
    spec: {
      appRef: { name: status.platform ?? 'app' },
      owner: { name: person, email },
      grantType: 'User',
      refresh: { policy: 'Automatic' },
      expiringWindow: '168h',
      secret: { keys, deletionPolicy: 'Delete' },
      vaultToken: 'Enabled',
      deletionPolicy: 'Retain',
    },
    status: {
      observedGeneration: 1,
      epoch: 1,
      generation: 7,
      secretName: `${name}-token`,
      conditions: [
        condition('Ready', facts.ready, isReason(reason) ? reason : 'Unexpected', status.message ?? '', since),
        condition('TokenValid', tokenStatus, tokenReason, 'As far as the platform has told.', tokenSince),
        condition('SecretProjected', 'True', 'Projected', 'The Secret holds the access token.', since),
      ],
      ...status,
    },
  };
}

const alice = ['Alice Moreau', 'alice@example.com'] as const;

/** The story of docs: the password was changed at 21:42. */
export const lostChannel = sampleChannel(
  'main-stage-twitch',
  { ready: 'False', token: ['False', 'AccessTokenRefused', ago(6)] },
  {
    state: 'NeedsReauth',
    reason: 'AccessRevoked',
    message:
      'Twitch rejected the stored login: "Invalid refresh token". This happens when the password was changed or the app was disconnected in the account\'s settings. It was confirmed twice. Dana Reyes <dana@example.com> has to connect it: https://connect.example.com/c/main-stage/main-stage-twitch',
    platform: 'twitch',
    account: { id: '141981764', handle: 'mainstage' },
    needsReauthSince: ago(6),
    accessTokenExpiryTime: ahead(190),
    reconnectURL: 'https://connect.example.com/c/main-stage/main-stage-twitch',
  },
);

export const wellChannel = sampleChannel(
  'second-stage',
  { ready: 'True', owner: alice, since: ago(5 * 60) },
  {
    state: 'Connected',
    reason: 'Healthy',
    message: 'Connected as Second Stage.',
    platform: 'youtube',
    account: { id: 'UCx8a', handle: 'Second Stage' },
    accessTokenExpiryTime: ahead(48),
    nextRefreshTime: ahead(18),
    deadlineTime: ahead(140 * DAY),
    deadlineReason: 'ConsentEnds',
  },
);

export const sampleChannels: readonly SocialChannel[] = [
  wellChannel,
  sampleChannel(
    'archive',
    { ready: 'False', token: ['False', 'NoAccessToken'] },
    {
      state: 'Pending',
      reason: 'NeverConnected',
      message: 'Waiting for the first connection. Dana Reyes <dana@example.com> has to connect it.',
      platform: 'kick',
    },
  ),
  sampleChannel(
    'press-linkedin',
    { ready: 'True', owner: alice },
    {
      state: 'Expiring',
      reason: 'DeadlineNear',
      message:
        'The consent ends at 2026-03-06T09:00:00Z, and automation cannot move that moment. Alice Moreau <alice@example.com> has to connect it.',
      platform: 'linkedin',
      account: { id: 'urn:li:organization:77', handle: 'Main Stage Press' },
      accessTokenExpiryTime: ahead(20 * DAY),
      nextRefreshTime: ahead(3 * DAY),
      deadlineTime: ahead(4 * DAY + 11 * 60 + 12),
      deadlineReason: 'ConsentEnds',
      reconnectURL: 'https://connect.example.com/c/main-stage/press-linkedin',
    },
  ),
  sampleChannel(
    'clips-tiktok',
    { ready: 'True' },
    {
      state: 'Connected',
      reason: 'AppSecretInvalid',
      message:
        'TikTok refused the client secret of app "tiktok". Fix the Secret main-stage/tiktok-app; it is tried again when it changes.',
      platform: 'tiktok',
      account: { id: 'a9', handle: 'mainstage.clips' },
      accessTokenExpiryTime: ahead(9 * 60),
      failure: {
        family: 'Misconfigured',
        code: 'AppSecretInvalid',
        message: 'TikTok refused the client secret of app "tiktok".',
        count: 4,
        firstTime: ago(50),
        lastTime: ago(2),
        nextAttemptTime: ahead(8),
      },
    },
  ),
  lostChannel,
  sampleChannel(
    'backup-youtube',
    { ready: 'False', token: ['False', 'AccessTokenExpired', ago(3)] },
    {
      state: 'Expiring',
      reason: 'RefreshFailing',
      message:
        'YouTube answers 503. It is tried again. The access token ended 2026-03-01T21:45:00Z. Nobody needs to reconnect.',
      platform: 'youtube',
      account: { id: 'UCb1', handle: 'Main Stage Backup' },
      accessTokenExpiryTime: ago(3),
    },
  ),
];
