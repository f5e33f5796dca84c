import { randomBytes } from 'node:crypto';
import { authorization, parameter } from './carriers.ts';
import { ages, endsAccessTokens, endsGrants } from './causes.ts';
import { authorize } from './consent.ts';
import { withBareNumbers } from './json-text.ts';
import { revoke, token } from './kick-token.ts';
import type { App } from './model.ts';
import type { Answer, Call, End, Grant, Platform, Token } from './platform.ts';
import { credentials } from './request.ts';

/**
 * Kick: `numeric-expiry` (documented is a string), `vague-rejection` (a dead refresh token is an `Invalid request` like
 * any other) and `hard-end` (thirty days after the consent, whatever was refreshed) are the token endpoint's. An app
 * with `rotate: 'always'` has the softened rotation of November 2025: a refresh token works until its successor does.
 */
export type KickQuirk = 'numeric-expiry' | 'vague-rejection' | 'hard-end';

const refreshLifeMs = 30 * 86_400_000;
const appTokenLifeSeconds = 60 * 86_400;

/** `POST /oauth/token/introspect`: the token introspects itself, and says of a dead one that it is not active. */
function introspect(call: Call): Answer {
  const { request, world } = call;
  const value = credentials(request, 'Bearer');
  if (value === null || request.body !== '' || request.query.size > 0) {
    call.complain('introspect needs "Authorization: Bearer <access token>", no body and no parameters');
    return { status: 400, body: { error: 'Invalid request' } };
  }
  const access = world.livingAccess('kick', value);
  return { status: 200, body: { data: access ? stateOf(access) : { active: false }, message: 'OK' } };
}

const stateOf = ({ grant, announcedExpiresAt }: Token): object => ({
  ...{ active: true, client_id: grant.clientId, token_type: grant.accountId === null ? 'app' : 'user' },
  ...{ scope: grant.scopes.join(' '), exp: Math.floor((announcedExpiresAt ?? 0) / 1000) },
});

/** `GET /public/v1/users`: the person of the token. */
function users(call: Call): Answer {
  const value = credentials(call.request, 'Bearer');
  if (value === null || call.request.query.size > 0) {
    call.complain('users needs "Authorization: Bearer <access token>" and no parameters');
  }
  const access = call.world.livingAccess('kick', value);
  const account = call.world.directory.findAccount('kick', access?.grant.accountId ?? null);
  if (!access || !account) {
    return { status: 401, body: { data: {}, message: 'Unauthorized' } };
  }
  if (!access.grant.scopes.includes('user:read')) {
    return { status: 403, body: { data: {}, message: 'Forbidden' } };
  }
  const { id, login, email } = account;
  const user = { user_id: id, name: login, email, profile_picture: `https://kick.example/${login}.webp` };
  const body = { data: [user], message: 'OK' };
  return { status: 200, body: /^\d+$/.test(id) ? withBareNumbers(body, ['user_id']) : body };
}

/** Thirty days from its own issue, whether or not it was used; a hard end lies earlier once there was a refresh. */
function refreshEnd(grant: Grant, { quirks }: App, main: Token): End {
  const from = quirks.includes('hard-end') ? grant.consentedAt : main.issuedAt;
  return { at: from + refreshLifeMs, cause: 'aged-out' };
}

const endAt = (isHard: boolean) =>
  ages('everything', (grant, app, world) => {
    const main = world.tokens.newestRefresh(grant);
    return main && app.quirks.includes('hard-end') === isHard ? refreshEnd(grant, app, main).at : null;
  });

const newSecret: Platform['newSecret'] = (kind) =>
  randomBytes(kind === 'code' ? 24 : 36)
    .toString('base64url')
    .toUpperCase();

/** Kick, from its documentation and from what others saw of refresh tokens. */
export const kick: Platform = {
  name: 'kick',
  newSecret,
  accessLifetimeSeconds: ({ grant }) => (grant.accountId === null ? appTokenLifeSeconds : 7200),
  singleUse: ({ rotate }) => rotate !== 'always',
  agedOut: refreshEnd,
  causes: {
    disconnected: endsGrants(),
    deleted: endsGrants(),
    'token-ended-early': endsAccessTokens,
    unused: endAt(false),
    'consent-over': endAt(true),
  },
  carriers: {
    tokens: [parameter('refresh_token'), parameter('token'), authorization],
    clientIds: [parameter('client_id')],
  },
  routes: [
    {
      method: 'GET',
      path: '/id.kick.com/oauth/authorize',
      operation: 'authorize',
      answer: (call) =>
        authorize(call, {
          required: ['response_type', 'client_id', 'redirect_uri', 'scope', 'state'],
          optional: [],
          pkce: 'required',
          redirectMismatch: 'invalid redirect uri',
        }),
    },
    { method: 'POST', path: '/id.kick.com/oauth/token', operation: 'token', answer: token },
    { method: 'POST', path: '/id.kick.com/oauth/token/introspect', operation: 'validate', answer: introspect },
    { method: 'POST', path: '/id.kick.com/oauth/revoke', operation: 'revoke', answer: revoke },
    { method: 'GET', path: '/api.kick.com/public/v1/users', operation: 'identity', answer: users },
  ],
};
