import { definePlatform, type ErrorRule } from './platform.ts';

/** Of the API: https://developers.tiktok.com/doc/tiktok-api-v2-error-handling. Its codes count more than its statuses. */
const apiErrors: readonly ErrorRule[] = [
  {
    phase: 'Identity',
    path: 'error.code',
    equals: 'access_token_invalid',
    family: 'Rejected',
    reason: 'AccessRevoked',
  },
  // 401 as for a dead token, but no new token would have the permission.
  { phase: 'Identity', path: 'error.code', equals: 'scope_not_authorized', family: 'Rejected', reason: 'ScopeMissing' },
  // Says that a field asks for another permission, not that the person withheld one: what they gave stands in each token
  // response. Were it taken for theirs, a field that moves to another permission would end every login of the app.
  {
    phase: 'Any',
    path: 'error.code',
    equals: 'scope_permission_missed',
    family: 'Misconfigured',
    reason: 'AppReviewMissing',
  },
  {
    phase: 'Any',
    path: 'error.code',
    contains: 'unaudited_client',
    family: 'Misconfigured',
    reason: 'AppReviewMissing',
  },
  {
    phase: 'Any',
    path: 'error.code',
    equals: 'reached_active_user_cap',
    family: 'Misconfigured',
    reason: 'QuotaExhausted',
  },
  { phase: 'Any', path: 'error.code', contains: 'spam_risk', family: 'Misconfigured', reason: 'SpamBlocked' },
  { phase: 'Any', path: 'error.code', equals: 'rate_limit_exceeded', family: 'Transient', reason: 'RateLimited' },
  { phase: 'Any', path: 'error.code', equals: 'internal_error', family: 'Transient', reason: 'PlatformUnavailable' },
];

/** TikTok's Login Kit v2: https://developers.tiktok.com/doc/oauth-user-access-token-management */
export const tiktok = definePlatform({
  name: 'tiktok',
  spec: {
    displayName: 'TikTok',
    advice: [
      { text: 'Log in to TikTok as the account that streams.' },
      { about: 'Role', text: 'TikTok lends an account to no other login: only the account itself can connect it.' },
      { about: 'Permission', text: 'TikTok shows each permission with a switch of its own: leave all of them on.' },
      {
        about: 'Account',
        text: 'Open TikTok with this login first and see whether the account is banned or restricted.',
      },
    ],
    docsURL: 'https://developers.tiktok.com/doc/oauth-user-access-token-management',
    authorize: {
      url: 'https://www.tiktok.com/v2/auth/authorize/',
      paramNames: { client_id: 'client_key' },
      // No permission of the public API gives a stream key: https://developers.tiktok.com/doc/scopes-overview
      scopes: {
        default: ['user.info.basic'],
        always: ['user.info.basic'],
        separator: ',',
        purposes: { 'user.info.basic': 'telling whose account it is' },
      },
      // Only for desktop and mobile apps, and with the digest in hexadecimal there.
      pkce: 'None',
    },
    token: {
      url: 'https://open.tiktokapis.com/v2/oauth/token/',
      clientAuth: 'Post',
      paramNames: { client_id: 'client_key' },
      clientCredentials: { include: [] },
    },
    response: {
      accountID: ['open_id'],
      refreshExpiry: { path: 'refresh_expires_in', kind: 'RelativeSeconds' },
      scope: { separator: ',' },
    },
    // Since November 2026; older pages say 24 hours and 365 days, and a token response that says so counts.
    lifetimes: { access: '2h', refresh: '4320h', refreshAnchor: 'Issue' },
    rotation: { mode: 'Always', oldToken: 'Dies' },
    refresh: { strategy: 'RefreshToken', atPercentOfLifetime: 66 },
    // There is no other call that says whether a token is good.
    identity: {
      url: 'https://open.tiktokapis.com/v2/user/info/?fields=open_id,display_name',
      success: { path: 'error.code', equals: 'ok' },
      interval: '1h',
      accountID: ['data.user.open_id'],
      handle: ['data.user.display_name'],
    },
    // It disconnects the app from the account, whichever of its tokens is given back.
    revoke: {
      calls: [
        {
          url: 'https://open.tiktokapis.com/v2/oauth/revoke/',
          token: 'Access',
          clientAuth: 'Post',
          paramNames: { client_id: 'client_key' },
        },
      ],
      effect: 'Person',
    },
    limits: { requests: 600, window: '1m' },
    push: [
      {
        event: 'authorization.removed',
        transport: 'Webhook',
        verification:
          'TikTok-Signature: t=<timestamp>,s=<signature>; HMAC-SHA256 with the client secret over timestamp, "." and raw body, in hexadecimal; old timestamps are dropped.',
        docsURL: 'https://developers.tiktok.com/doc/webhooks-verification',
      },
    ],
    errors: [
      // Of an app that may not use this way at all; its secret is not in doubt.
      {
        phase: 'Token',
        path: 'error',
        equals: 'unauthorized_client',
        family: 'Misconfigured',
        reason: 'AppSuspended',
      },
      ...apiErrors,
    ],
    verifiedAt: '2026-11-22',
  },
});
