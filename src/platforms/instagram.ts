import { appErrors, blockErrors, deathErrors, graphVersion, ownLoginErrors, waitMs } from './meta.ts';
import { definePlatform, type ErrorRule } from './platform.ts';

/** Before everything else: the code beside them is one of several. */
const subcodeErrors: readonly ErrorRule[] = [
  { phase: 'Any', path: 'error.error_subcode', equals: '2207050', family: 'Rejected', reason: 'AccountLocked' },
  { phase: 'Any', path: 'error.error_subcode', equals: '2207051', family: 'Misconfigured', reason: 'SpamBlocked' },
];

const furtherErrors: readonly ErrorRule[] = [
  {
    phase: 'Any',
    path: 'error.message',
    contains: 'failed to decrypt',
    family: 'Rejected',
    reason: 'TokenMalformed',
  },
  {
    phase: 'Any',
    path: 'error.message',
    contains: 'not an instagram business',
    family: 'Rejected',
    reason: 'AccountTypeChanged',
  },
  { phase: 'Any', path: 'error.code', equals: '9009', family: 'Transient', reason: 'PlatformUnavailable' },
  ...ownLoginErrors,
];

const graph = 'https://graph.instagram.com';

/**
 * Instagram by its own login. A token of 60 days is renewed while it lives, and never on its first day; there is no call
 * that tells its scopes or its end.
 */
export const instagram = definePlatform({
  name: 'instagram',
  spec: {
    displayName: 'Instagram',
    advice: [
      {
        text: 'Log in to Instagram as the account itself. Changing its password, or logging out everywhere, ends the connection.',
      },
      {
        about: 'Role',
        text: 'Instagram lends an account to no other login here: only the account itself can connect it.',
      },
      { about: 'Permission', text: 'Leave every permission switched on that Instagram shows.' },
      {
        about: 'Account',
        text: 'It has to be a professional account (business or creator): see in the settings of Instagram. A security check has to be passed there first.',
      },
    ],
    docsURL:
      'https://developers.facebook.com/documentation/instagram-platform/instagram-api-with-instagram-login/business-login',
    authorize: {
      url: 'https://www.instagram.com/oauth/authorize',
      // Who is logged in to the browser is seldom the account that is meant.
      reconnectParams: { force_reauth: 'true' },
      scopes: {
        default: ['instagram_business_basic', 'instagram_business_content_publish'],
        separator: ',',
        purposes: {
          instagram_business_basic: 'reading the account: whose it is, and its name',
          instagram_business_content_publish: 'publishing',
        },
      },
      pkce: 'None',
    },
    token: {
      url: 'https://api.instagram.com/oauth/access_token',
      clientAuth: 'Post',
      // The two calls below are GETs, with the token and the secret in the query.
      allowSecretInURL: true,
      upgrade: {
        url: `${graph}/access_token`,
        method: 'GET',
        grantType: 'ig_exchange_token',
        paramNames: { refresh_token: 'access_token', client_id: '' },
      },
      refresh: {
        url: `${graph}/refresh_access_token`,
        method: 'GET',
        grantType: 'ig_refresh_token',
        clientAuth: 'None',
        paramNames: { refresh_token: 'access_token', client_id: '' },
      },
    },
    response: {
      accessToken: ['access_token', 'data[0].access_token'],
      scope: { path: ['permissions', 'data[0].permissions'], separator: ',' },
    },
    lifetimes: { access: '1440h', shortLived: '1h' },
    // Whether the string changes, and what becomes of the former one, is not confirmed.
    rotation: { mode: 'Sometimes', oldToken: 'Lives' },
    // 24 h is the platform's rule; the hour is for clocks that differ.
    refresh: { strategy: 'Exchange', atPercentOfLifetime: 15, minTokenAge: '25h', upgradeBelow: '24h' },
    identity: {
      url: `${graph}/${graphVersion}/me?fields=user_id,username,account_type`,
      tokenPlacement: 'Query',
      allowSecretInURL: true,
      interval: '1h',
      accountID: ['user_id'],
      handle: ['username'],
    },
    push: [
      {
        event: 'deauthorize',
        transport: 'SignedRequest',
        verification:
          'signed_request: base64url of HMAC-SHA256 over the encoded payload; that the secret is the one of the Instagram app is not confirmed.',
        docsURL: 'https://developers.facebook.com/docs/development/create-an-app/app-dashboard/data-deletion-callback',
        receive: { subject: ['user_id'] },
      },
    ],
    errors: [...subcodeErrors, ...appErrors, ...blockErrors, ...furtherErrors, ...deathErrors],
    verifiedAt: '2026-11-22',
  },
  hooks: { waitMs },
});
