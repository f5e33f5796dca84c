import { appErrors, blockErrors, deathErrors, ownLoginErrors, waitMs } from './meta.ts';
import { definePlatform, type ErrorRule } from './platform.ts';

/** Before everything else: the code beside them is one of several. */
const spam: ErrorRule = {
  phase: 'Any',
  path: 'error.error_subcode',
  in: ['2207051', '4279013'],
  family: 'Misconfigured',
  reason: 'SpamBlocked',
};

const graph = 'https://{{settings.apiHost}}';

/**
 * Threads: a token of 60 days is renewed while it lives, and never on its first day. Its debug_token answers only to a tester of the app, so the
 * account itself is asked for.
 */
export const threads = definePlatform({
  name: 'threads',
  spec: {
    displayName: 'Threads',
    advice: [
      {
        text: 'Log in to Threads as the profile itself. Changing the password of its account ends every connection.',
      },
      { about: 'Role', text: 'Threads lends a profile to no other login: only the account itself can connect it.' },
      { about: 'Permission', text: 'Leave every permission switched on that Threads shows.' },
      {
        about: 'Account',
        text: 'Log in at threads.com first: a security check there has to be passed before anything works.',
      },
    ],
    docsURL: 'https://developers.facebook.com/documentation/threads/get-started/get-access-tokens-and-permissions',
    // The documentation moves from threads.net to threads.com, page by page.
    settings: {
      dialogHost: { kind: 'Host', description: 'The host of the consent page.', default: 'threads.com' },
      apiHost: { kind: 'Host', description: 'The host of the API.', default: 'graph.threads.net' },
    },
    authorize: {
      url: 'https://{{settings.dialogHost}}/oauth/authorize',
      scopes: {
        default: ['threads_basic', 'threads_content_publish'],
        separator: ',',
        purposes: {
          threads_basic: 'reading the profile: whose it is, and its name',
          threads_content_publish: 'publishing',
        },
      },
      pkce: 'None',
    },
    token: {
      url: `${graph}/oauth/access_token`,
      clientAuth: 'Post',
      // The two calls below are GETs, with the token and the secret in the query.
      allowSecretInURL: true,
      upgrade: {
        url: `${graph}/access_token`,
        method: 'GET',
        grantType: 'th_exchange_token',
        paramNames: { refresh_token: 'access_token', client_id: '' },
      },
      refresh: {
        url: `${graph}/refresh_access_token`,
        method: 'GET',
        grantType: 'th_refresh_token',
        clientAuth: 'None',
        paramNames: { refresh_token: 'access_token', client_id: '' },
      },
      clientCredentials: { method: 'GET', include: [] },
    },
    lifetimes: { access: '1440h', shortLived: '1h' },
    // Whether the string changes, and what becomes of the former one, is not confirmed.
    rotation: { mode: 'Sometimes', oldToken: 'Lives' },
    // 24 h is the platform's rule; the hour is for clocks that differ.
    refresh: { strategy: 'Exchange', atPercentOfLifetime: 15, minTokenAge: '25h', upgradeBelow: '24h' },
    identity: {
      url: `${graph}/v1.0/me?fields=id,username`,
      tokenPlacement: 'Query',
      allowSecretInURL: true,
      interval: '1h',
      accountID: ['id'],
      handle: ['username'],
    },
    push: [
      {
        event: 'uninstall',
        transport: 'SignedRequest',
        verification:
          'signed_request: base64url of HMAC-SHA256 over the encoded payload; that the secret is the one of the Threads app is not confirmed.',
        docsURL: 'https://developers.facebook.com/docs/development/create-an-app/app-dashboard/data-deletion-callback',
        receive: { subject: ['user_id'] },
      },
    ],
    errors: [spam, ...appErrors, ...blockErrors, ...ownLoginErrors, ...deathErrors],
    verifiedAt: '2026-11-22',
  },
  hooks: { waitMs },
});
