import { appErrors, blockErrors, deathErrors, graphVersion, inspectionErrors, waitMs } from './meta.ts';
import type { ErrorRule, Hooks, SparseSpec } from './platform.ts';

/** The login of graph.facebook.com, as every platform has it whose accounts are reached through it. */

export const graph = `https://graph.facebook.com/${graphVersion}`;
/** On every call: apps may refuse those without. */
export const proof = { appsecret_proof: '{{proof}}' };

/** Sessions of older APIs; a code that was used, is too old or was meant for somebody else. */
const furtherErrors: readonly ErrorRule[] = [
  { phase: 'Any', path: 'error.code', equals: '450', family: 'Rejected', reason: 'TokenExpired' },
  { phase: 'Any', path: 'error.code', equals: '452', family: 'Rejected', reason: 'TokenMalformed' },
  { phase: 'Any', path: 'error.code', equals: '412', family: 'Rejected', reason: 'AppNotInstalled' },
  {
    phase: 'Code',
    path: 'error.error_subcode',
    in: ['36007', '36008', '36009'],
    family: 'Rejected',
    reason: 'ConsentRefused',
  },
  {
    phase: 'Code',
    path: 'error.message',
    contains: 'authorization code',
    family: 'Rejected',
    reason: 'ConsentRefused',
  },
  {
    phase: 'Code',
    path: 'error.message',
    contains: 'redirect_uri',
    family: 'Misconfigured',
    reason: 'RedirectURIMismatch',
  },
  { phase: 'Code', path: 'error.message', contains: 'verification code', family: 'Rejected', reason: 'ConsentRefused' },
  // A permission that was taken back, or one that the app was never admitted to: the token's own scopes tell which.
  ...(['Identity', 'Role', 'Derive'] as const).flatMap((phase): ErrorRule[] => [
    { phase, path: 'error.code', equals: '10', family: 'Rejected', reason: 'ScopeMissing' },
    { phase, path: 'error.code', between: [200, 299], family: 'Rejected', reason: 'ScopeMissing' },
  ]),
];

/** The app's own token asks: what is wrong with it must not look like the end of every login. */
const ofTheAsker: ErrorRule = {
  phase: 'Introspect',
  path: 'error.code',
  in: ['190', '102'],
  family: 'Misconfigured',
  reason: 'AppSecretInvalid',
};

/** A living token is traded for one that lives longer. */
export function exchangeOf(params: Readonly<Record<string, string>>) {
  return { grantType: 'fb_exchange_token', paramNames: { refresh_token: 'fb_exchange_token' }, params };
}

/** Where a list of a person's Pages goes on. */
export const nextPage = { path: 'paging.cursors.after', param: 'after' };
/** Tasks on a Page of which one suffices to go live; Pages of the new experience have names of their own. */
export const liveTasks = ['CREATE_CONTENT', 'MANAGE', 'PROFILE_PLUS_CREATE_CONTENT', 'PROFILE_PLUS_FULL_CONTROL'];

/**
 * There are no refresh tokens: a living token is traded for one that lives longer, and once it has ended only a person
 * helps. Whether trading a long-lived one again moves its end is not confirmed, hence early and with a look at it.
 */
export const login = {
  docsURL: 'https://developers.facebook.com/documentation/facebook-login/auth-vs-data',
  authorize: {
    url: `https://www.facebook.com/${graphVersion}/dialog/oauth`,
    scopes: { separator: ',' },
    pkce: 'None',
  },
  token: {
    url: `${graph}/oauth/access_token`,
    // As documented; that a POST works as well is observed only.
    method: 'GET',
    allowSecretInURL: true,
    clientAuth: 'Post',
    code: { paramNames: { grant_type: '' } },
    refresh: exchangeOf({}),
    clientCredentials: { include: [] },
  },
  rotation: { mode: 'Always', oldToken: 'Lives' },
  refresh: { strategy: 'Exchange', atPercentOfLifetime: 25, minTokenAge: '24h' },
  // The app's own token asks, which is answered for dead tokens too. Two clocks: the token's, and the person's 90 days.
  introspect: {
    url: `${graph}/debug_token`,
    tokenPlacement: 'Query',
    tokenParam: 'input_token',
    params: { access_token: '{{client.id}}|{{client.secret}}', ...proof },
    allowSecretInURL: true,
    interval: '1h',
    success: { path: 'data.is_valid', equals: 'true' },
    clientID: ['data.app_id'],
    personID: ['data.user_id'],
    scopes: { path: ['data.scopes'] },
    expiry: { path: 'data.expires_at', kind: 'EpochSeconds' },
    consentExpiry: { path: 'data.data_access_expires_at', kind: 'EpochSeconds' },
  },
  push: [
    {
      event: 'deauthorize',
      transport: 'SignedRequest',
      verification:
        'signed_request: base64url of HMAC-SHA256 by the app secret over the encoded payload, whose algorithm says HMAC-SHA256; user_id is the person.',
      docsURL: 'https://developers.facebook.com/docs/development/create-an-app/app-dashboard/data-deletion-callback',
      receive: { subject: ['user_id'] },
    },
    {
      event: 'permissions',
      transport: 'Webhook',
      verification: 'X-Hub-Signature-256: sha256= and the hexadecimal HMAC-SHA256 of the raw body by the app secret.',
      docsURL: 'https://developers.facebook.com/docs/graph-api/webhooks/reference/permissions/',
    },
  ],
  errors: [...appErrors, ...blockErrors, ofTheAsker, ...deathErrors, ...inspectionErrors, ...furtherErrors],
  verifiedAt: '2026-11-22',
} as const satisfies SparseSpec;

/** What a person gives lives for hours; the token that is traded for it lives for 60 days. */
export const personal = {
  token: { upgrade: exchangeOf({}) },
  lifetimes: { access: '1440h', shortLived: '1h' },
  refresh: { upgradeBelow: '24h' },
  revoke: {
    calls: [
      {
        url: `${graph}/me/permissions`,
        method: 'DELETE',
        tokenPlacement: 'Header',
        params: proof,
        allowSecretInURL: true,
      },
    ],
    effect: 'Person',
  },
} as const satisfies SparseSpec;

/** A token of a business portfolio: without an end, or of 60 days and then traded with this parameter alone. */
export const bySystemUser = {
  token: { refresh: exchangeOf({ set_token_expires_in_60_days: 'true' }) },
} as const satisfies SparseSpec;

export const hooks: Hooks = {
  waitMs,
  // The one asks for what was declined; the other renews the person's 90 days.
  reconnectParams: (reason) => ({
    auth_type: reason === 'DataAccessExpired' || reason === 'DeadlineNear' ? 'reauthorize' : 'rerequest',
  }),
};
