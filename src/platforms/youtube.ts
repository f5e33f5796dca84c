import { type ErrorRule, type Platform, standardResponse } from './platform.ts';

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
  { phase: 'Identity', path: reasonPath, equals: 'youtubeSignupRequired', family: 'Rejected', reason: 'NoChannel' },
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
    phase: 'Identity',
    path: reasonPath,
    in: ['authenticatedUserAccountSuspended', 'channelSuspended'],
    family: 'Rejected',
    reason: 'AccountSuspended',
  },
  {
    phase: 'Identity',
    path: reasonPath,
    in: ['authenticatedUserAccountClosed', 'channelClosed'],
    family: 'Rejected',
    reason: 'AccountDeleted',
  },
  {
    phase: 'Identity',
    path: reasonPath,
    in: ['authenticatedUserNotChannel', 'accountDelegationForbidden'],
    family: 'Rejected',
    reason: 'AdminRightsLost',
  },
  {
    phase: 'Identity',
    path: reasonPath,
    equals: 'insufficientPermissions',
    family: 'Rejected',
    reason: 'ScopeMissing',
  },
  {
    phase: 'Identity',
    path: 'error.message',
    contains: 'insufficient authentication scopes',
    family: 'Rejected',
    reason: 'ScopeMissing',
  },
  {
    phase: 'Identity',
    path: reasonPath,
    in: ['quotaExceeded', 'dailyLimitExceeded'],
    family: 'Misconfigured',
    reason: 'QuotaExhausted',
  },
  {
    phase: 'Identity',
    path: reasonPath,
    in: ['rateLimitExceeded', 'userRateLimitExceeded'],
    family: 'Transient',
    reason: 'RateLimited',
  },
  {
    phase: 'Identity',
    path: reasonPath,
    equals: 'accessNotConfigured',
    family: 'Misconfigured',
    reason: 'AppSuspended',
  },
];

/** YouTube: Google's OAuth and the channel that the login was given for. */
export const youtube: Platform = {
  name: 'youtube',
  spec: {
    displayName: 'YouTube',
    docsURL: 'https://developers.google.com/youtube/v3/guides/authentication',
    authorize: { scopes: { default: ['https://www.googleapis.com/auth/youtube'], separator: ' ', send: true } },
    token: {
      url: 'https://oauth2.googleapis.com/token',
      clientAuth: 'Post',
      bodyFormat: 'Form',
      includeScopeOnRefresh: false,
      includeScopeOnReissue: true,
    },
    response: {
      accessToken: [...standardResponse.accessToken],
      refreshToken: [...standardResponse.refreshToken],
      expiry: standardResponse.expiry,
      // Only where the person gave access for a limited time.
      refreshExpiry: { path: 'refresh_token_expires_in', kind: 'RelativeSeconds' },
      scope: { path: ['scope'], separator: ' ' },
    },
    // A refresh token has no end of its own; only a consent given for a limited time has, and no refresh moves it.
    lifetimes: { access: '1h', refreshAnchor: 'Authorization', maxIdle: '4320h' },
    rotation: { mode: 'Never', oldToken: 'Lives' },
    refresh: { strategy: 'RefreshToken', atPercentOfLifetime: 66 },
    // No quota is counted for this call. POST, because GET would put the token into the URL.
    introspect: {
      url: 'https://oauth2.googleapis.com/tokeninfo',
      method: 'POST',
      tokenPlacement: 'Header',
      scheme: 'Bearer',
      clientAuth: 'None',
      interval: '1h',
      clientID: ['aud', 'azp'],
      scopes: { path: ['scope'], separator: ' ' },
      expiry: { path: 'expires_in', kind: 'RelativeSeconds' },
    },
    // One unit of the project's 10,000 a day for each call, hence twice a day.
    identity: {
      url: 'https://www.googleapis.com/youtube/v3/channels?part=id,snippet&mine=true',
      method: 'GET',
      scheme: 'Bearer',
      interval: '12h',
      accountID: ['items[0].id'],
      handle: ['items[0].snippet.customUrl', 'items[0].snippet.title'],
    },
    errors: [...tokenErrors, ...channelErrors],
    verifiedAt: '2026-11-22',
  },
};
