import { definePlatform, type ErrorRule } from './platform.ts';

/** Google's token endpoint: https://developers.google.com/identity/protocols/oauth2 */
const tokenErrors: readonly ErrorRule[] = [
  {
    phase: 'Token',
    status: [400],
    path: 'error_subtype',
    equals: 'invalid_rapt',
    family: 'Rejected',
    reason: 'ReauthPolicy',
  },
  {
    phase: 'Token',
    status: [400],
    path: 'error_description',
    contains: 'reauth',
    family: 'Rejected',
    reason: 'ReauthPolicy',
  },
  {
    phase: 'Token',
    status: [400],
    path: 'error_description',
    contains: 'account has been deleted',
    family: 'Rejected',
    reason: 'AccountDeleted',
  },
  {
    phase: 'Token',
    status: [400],
    path: 'error',
    equals: 'admin_policy_enforced',
    family: 'Rejected',
    reason: 'AdminPolicyBlocked',
  },
  // Where somebody agrees on another device, asking on would change nothing.
  {
    phase: 'Code',
    status: [400],
    path: 'error',
    equals: 'admin_policy_enforced',
    family: 'Rejected',
    reason: 'AdminPolicyBlocked',
  },
  {
    phase: 'Token',
    path: 'error',
    in: ['deleted_client', 'org_internal'],
    family: 'Misconfigured',
    reason: 'AppSuspended',
  },
  { phase: 'Token', path: 'error', equals: 'rate_limit_exceeded', family: 'Transient', reason: 'RateLimited' },
];

const reasonPath = 'error.errors[0].reason';

/** The YouTube Data API: https://developers.google.com/youtube/v3/docs/errors */
const channelErrors: readonly ErrorRule[] = [
  { phase: 'Any', path: reasonPath, equals: 'youtubeSignupRequired', family: 'Rejected', reason: 'NoChannel' },
  // A good answer of the right kind with no channel in it.
  {
    phase: 'Identity',
    status: [200],
    path: 'kind',
    equals: 'youtube#channelListResponse',
    family: 'Rejected',
    reason: 'NoChannel',
  },
  {
    phase: 'Any',
    path: reasonPath,
    in: ['authenticatedUserAccountSuspended', 'channelSuspended'],
    family: 'Rejected',
    reason: 'AccountSuspended',
  },
  {
    phase: 'Any',
    path: reasonPath,
    in: ['authenticatedUserAccountClosed', 'channelClosed'],
    family: 'Rejected',
    reason: 'AccountDeleted',
  },
  {
    phase: 'Any',
    path: reasonPath,
    in: ['authenticatedUserNotChannel', 'accountDelegationForbidden'],
    family: 'Rejected',
    reason: 'AdminRightsLost',
  },
  { phase: 'Any', path: reasonPath, equals: 'insufficientPermissions', family: 'Rejected', reason: 'ScopeMissing' },
  {
    phase: 'Any',
    path: 'error.message',
    contains: 'insufficient authentication scopes',
    family: 'Rejected',
    reason: 'ScopeMissing',
  },
  {
    phase: 'Any',
    path: reasonPath,
    in: ['liveStreamingNotEnabled', 'livePermissionBlocked', 'insufficientLivePermissions'],
    family: 'Misconfigured',
    reason: 'LiveStreamingDisabled',
  },
  {
    phase: 'Any',
    path: reasonPath,
    in: ['quotaExceeded', 'dailyLimitExceeded'],
    family: 'Misconfigured',
    reason: 'QuotaExhausted',
  },
  {
    phase: 'Any',
    path: reasonPath,
    in: ['rateLimitExceeded', 'userRateLimitExceeded'],
    family: 'Transient',
    reason: 'RateLimited',
  },
  { phase: 'Any', path: reasonPath, equals: 'accessNotConfigured', family: 'Misconfigured', reason: 'AppSuspended' },
];

/** YouTube: Google's OAuth and the channel that the login was given for. */
export const youtube = definePlatform({
  name: 'youtube',
  spec: {
    displayName: 'YouTube',
    advice: [
      {
        text: 'Choose the Google account first, and then the channel: a brand account is a choice of its own on the second page.',
      },
      {
        about: 'Role',
        text: 'Your Google account has to own or manage the brand account of this channel; who was removed from it sees other channels, or none.',
      },
      { about: 'Permission', text: 'Google shows each permission with a box of its own: tick all of them.' },
      {
        about: 'Account',
        text: 'Open youtube.com with this login first: the account needs a channel there, and must not be suspended.',
      },
    ],
    docsURL: 'https://developers.google.com/youtube/v3/guides/authentication',
    authorize: {
      url: 'https://accounts.google.com/o/oauth2/v2/auth',
      // Without both of them Google gives no refresh token to somebody who was here before.
      params: { access_type: 'offline', prompt: 'consent' },
      // openid tells the person: who gave how many logins, and whom a security event is about.
      scopes: {
        default: ['https://www.googleapis.com/auth/youtube', 'openid'],
        always: ['openid'],
        purposes: {
          'https://www.googleapis.com/auth/youtube': 'going live, and everything else at the channel',
          openid: 'telling which Google account it is',
        },
      },
      // Documented for installed apps; that a web app's request may carry a challenge is not confirmed.
      pkce: 'None',
    },
    token: { url: 'https://oauth2.googleapis.com/token', clientAuth: 'Post' },
    // Only where the person gave access for a limited time.
    response: { refreshExpiry: { path: 'refresh_token_expires_in', kind: 'RelativeSeconds' } },
    // A refresh token has no end of its own; only a consent given for a limited time has, and no refresh moves it.
    lifetimes: { access: '1h', refreshAnchor: 'Authorization', maxIdle: '4320h', testing: '168h' },
    rotation: { mode: 'Never', oldToken: 'Lives' },
    refresh: { strategy: 'RefreshToken', atPercentOfLifetime: 66 },
    // No quota is counted for this call. POST, because GET would put the token into the URL.
    introspect: {
      url: 'https://oauth2.googleapis.com/tokeninfo',
      method: 'POST',
      interval: '1h',
      clientID: ['aud', 'azp'],
      personID: ['sub'],
      scopes: { path: ['scope'] },
      expiry: { path: 'expires_in', kind: 'RelativeSeconds' },
    },
    // One unit of the project's 10,000 a day for each call, hence twice a day.
    identity: {
      url: 'https://www.googleapis.com/youtube/v3/channels?part=id,snippet&mine=true',
      interval: '12h',
      accountID: ['items[0].id'],
      handle: ['items[0].snippet.customUrl', 'items[0].snippet.title'],
    },
    // Whether the channel may stream live at all; one unit too.
    role: {
      url: 'https://www.googleapis.com/youtube/v3/liveBroadcasts?part=id&mine=true&maxResults=1',
      interval: '24h',
    },
    // Never while another login of the person lives in the project: it ends them all.
    revoke: {
      calls: [{ url: 'https://oauth2.googleapis.com/revoke' }],
      effect: 'Project',
      projectEndsAt: '-',
    },
    // Only for apps registered as TVs and limited input devices, and without the upload scope.
    device: {
      url: 'https://oauth2.googleapis.com/device/code',
      scopes: [
        'email',
        'openid',
        'profile',
        'https://www.googleapis.com/auth/youtube',
        'https://www.googleapis.com/auth/youtube.readonly',
      ],
      expiredWords: ['expired_token', 'invalid_grant'],
    },
    limits: { loginsPerPerson: 100 },
    push: [
      {
        event: 'https://schemas.openid.net/secevent/oauth/event-type/tokens-revoked',
        transport: 'SecurityEventToken',
        verification:
          "Signed JWT: Google's keys of https://www.googleapis.com/oauth2/v3/certs, iss https://accounts.google.com/, aud one of our client ids; repeated jti are dropped, exp says nothing.",
        docsURL: 'https://developers.google.com/identity/protocols/risc',
        receive: {
          subject: ['subject.sub'],
          names: [
            'https://schemas.openid.net/secevent/oauth/event-type/tokens-revoked',
            'https://schemas.openid.net/secevent/oauth/event-type/token-revoked',
            'https://schemas.openid.net/secevent/risc/event-type/sessions-revoked',
            'https://schemas.openid.net/secevent/risc/event-type/account-disabled',
            'https://schemas.openid.net/secevent/risc/event-type/account-enabled',
            'https://schemas.openid.net/secevent/risc/event-type/account-credential-change-required',
            'https://schemas.openid.net/secevent/risc/event-type/account-purged',
          ],
          issuer: 'https://accounts.google.com/',
          url: 'https://accounts.google.com/.well-known/risc-configuration',
        },
      },
    ],
    errors: [...tokenErrors, ...channelErrors],
    verifiedAt: '2026-11-22',
  },
});
