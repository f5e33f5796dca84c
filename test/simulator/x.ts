import { randomBytes } from 'node:crypto';
import { authorization, basicUser, inForm, inOauth1, parameter } from './carriers.ts';
import { ages, endsAccessTokens, endsGrants, lasts } from './causes.ts';
import { authorize, type ConsentRules, refused } from './consent.ts';
import type { Answer, Call, End, Grant, Platform, Token } from './platform.ts';
import type { World } from './world.ts';
import { usersMe, verifyCredentials } from './x-api.ts';
import { accessToken, askPerson, authenticatePerson, invalidateToken, requestToken } from './x-oauth1.ts';
import { revoke, token } from './x-token.ts';

/**
 * X: `reject-as-invalid-grant`, `replay-spares-tokens` (a spent refresh token is refused and nothing else dies) and
 * `refresh-ends-access` are the token endpoint's; `client-not-enrolled`, `credits-depleted`, `usage-capped`,
 * `rate-limited`, `day-limit-reached` and `errors-beside-data` are the API's.
 */
export type XQuirk =
  | 'reject-as-invalid-grant'
  | 'replay-spares-tokens'
  | 'refresh-ends-access'
  | 'client-not-enrolled'
  | 'credits-depleted'
  | 'usage-capped'
  | 'rate-limited'
  | 'day-limit-reached'
  | 'errors-beside-data';

/** "Six months"; the shortest reading, so that a client which relies on more is found. */
const refreshLifeMs = 180 * 86_400_000;
const codeLifeMs = 30_000;
const maxStateLength = 500;

const consentRules: ConsentRules = {
  required: ['response_type', 'client_id', 'redirect_uri', 'scope', 'state'],
  optional: [],
  pkce: 'required',
  redirectMismatch: 'Something went wrong: the callback is not one of the app.',
  codeLifeMs,
};

const consent = (call: Call): Answer =>
  (call.request.query.get('state') ?? '').length > maxStateLength
    ? refused(call, `state is longer than ${maxStateLength} characters`)
    : authorize(call, consentRules);

/** One living grant of OAuth 2.0 per app and person: whoever signs in again cuts off what was there. */
function keepNewest(world: World, grant: Grant): void {
  if (grant.shape.tokenSecret) {
    return;
  }
  for (const other of world.livingGrants('x', grant.clientId, grant.accountId)) {
    if (other !== grant && !other.shape.tokenSecret) {
      world.endGrant(other, 'superseded');
    }
  }
}

/** Each refresh token lasts from its own issue. */
const unusedEnd = (grant: Grant, main: Token | undefined): End | null =>
  main && grant.shape.refreshToken ? { at: main.issuedAt + refreshLifeMs, cause: 'unused' } : null;

const random = (bytes: number): string => randomBytes(bytes).toString('base64url');
const marked = (mark: string): string => Buffer.from(`${random(30)}:1:1:${mark}:1`).toString('base64url');

const newSecret: Platform['newSecret'] = (kind) => {
  const shapes = {
    access: () => marked('at'),
    refresh: () => marked('rt'),
    code: () => random(24),
    // Nobody encodes it for the Basic header, which shows with these characters.
    'client-secret': () => `${random(30)}-_`,
  };
  return shapes[kind]();
};

const causes: Platform['causes'] = {
  disconnected: endsGrants(),
  deleted: endsGrants(),
  suspended: lasts('nothing'),
  // It clears without a new consent once the person has signed in at x.com.
  locked: lasts('nothing'),
  'spam-blocked': lasts('nothing'),
  'token-ended-early': endsAccessTokens,
  unused: ages('everything', (grant, _app, world) => unusedEnd(grant, world.tokens.newestRefresh(grant))?.at ?? null),
  // What came without `offline.access` lasts two hours.
  'token-expired': ages('everything', (grant, _app, world) =>
    grant.shape.refreshToken ? null : (world.endByAge(grant)?.at ?? null),
  ),
};

/**
 * X, from its documentation and observed answers. An app has one pair here, which is client id and secret of OAuth 2.0
 * as well as API key and secret of OAuth 1.0a.
 */
export const x: Platform = {
  name: 'x',
  newSecret,
  accessLifetimeSeconds: ({ grant }) => (grant.shape.tokenSecret ? null : 7200),
  singleUse: () => true,
  agedOut: (grant, _app, main) => unusedEnd(grant, main),
  grantShape: (_app, { scopes, oauth1 }) => {
    return { refreshToken: !oauth1 && scopes.includes('offline.access'), shortLived: false, tokenSecret: oauth1 };
  },
  opened: keepNewest,
  causes,
  carriers: {
    tokens: [parameter('refresh_token'), parameter('token'), authorization, inOauth1('oauth_token')],
    clientIds: [basicUser, parameter('client_id'), inOauth1('oauth_consumer_key')],
  },
  spends: [
    { operation: 'token', kind: 'refresh', at: inForm('refresh_token') },
    { operation: 'token', kind: 'code', at: inForm('code') },
    { operation: 'token', kind: 'code', at: inOauth1('oauth_verifier') },
    { operation: 'token', kind: 'code', at: inForm('oauth_verifier') },
  ],
  routes: [
    { method: 'GET', path: '/x.com/i/oauth2/authorize', operation: 'authorize', answer: consent },
    { method: 'POST', path: '/api.x.com/2/oauth2/token', operation: 'token', answer: token },
    { method: 'POST', path: '/api.x.com/2/oauth2/revoke', operation: 'revoke', answer: revoke },
    { method: 'GET', path: '/api.x.com/2/users/me', operation: 'identity', answer: usersMe },
    {
      method: 'GET',
      path: '/api.x.com/1.1/account/verify_credentials.json',
      operation: 'identity',
      answer: verifyCredentials,
    },
    { method: 'POST', path: '/api.x.com/oauth/request_token', operation: 'authorize', answer: requestToken },
    { method: 'GET', path: '/api.x.com/oauth/authorize', operation: 'authorize', answer: askPerson },
    { method: 'GET', path: '/api.x.com/oauth/authenticate', operation: 'authorize', answer: authenticatePerson },
    { method: 'POST', path: '/api.x.com/oauth/access_token', operation: 'token', answer: accessToken },
    {
      method: 'POST',
      path: '/api.x.com/1.1/oauth/invalidate_token.json',
      operation: 'revoke',
      answer: invalidateToken,
    },
  ],
};
