import { ages, endsAccessTokens, endsGrants, lasts } from './causes.ts';
import { authorize } from './consent.ts';
import type { App } from './model.ts';
import type { Answer, Call, Platform, Token } from './platform.ts';
import { credentials, formProblems, noteProblems } from './request.ts';
import { device, idError, letters, token, tokenOperation } from './twitch-token.ts';

/**
 * Twitch: `omit-expires-in`, `omit-scope` and `reject-with-401` are answers of the token endpoint,
 * `empty-validate-body` is a 401 of validate without a word.
 */
export type TwitchQuirk = 'omit-expires-in' | 'omit-scope' | 'reject-with-401' | 'empty-validate-body';

const publicRefreshLifeMs = 30 * 86_400_000;

function validate(call: Call): Answer {
  const header = call.request.headers.authorization;
  const value = credentials(call.request, 'OAuth');
  if (value === null) {
    call.complain('validate needs "Authorization: OAuth <access token>", exactly so');
    return idError(401, header === undefined ? 'missing authorization token' : 'invalid access token');
  }
  const access = call.world.livingAccess('twitch', value);
  if (!access) {
    const app = call.world.directory.findApp('twitch', call.world.tokens.find(value)?.grant.clientId ?? '');
    const empty = app?.quirks.includes('empty-validate-body');
    return empty ? { status: 401, body: '' } : idError(401, 'invalid access token');
  }
  const { clientId, accountId, scopes } = access.grant;
  const account = call.world.directory.findAccount('twitch', accountId);
  return {
    status: 200,
    body: {
      client_id: clientId,
      ...(account && { login: account.login, user_id: account.id }),
      scopes: scopes.length > 0 ? scopes : null,
      expires_in: Math.floor(((access.announcedExpiresAt ?? call.now) - call.now) / 1000),
    },
  };
}

function revoke(call: Call): Answer {
  const problem = noteProblems(call, formProblems(call.request, { required: ['client_id', 'token'], optional: [] }));
  if (problem) {
    return idError(400, problem.text);
  }
  const { form } = call.request;
  if (!call.world.directory.findApp('twitch', form.get('client_id') ?? '')) {
    return idError(404, 'client does not exist');
  }
  const access = call.world.livingAccess('twitch', form.get('token'));
  if (!access || access.grant.clientId !== form.get('client_id')) {
    return idError(400, 'Invalid token');
  }
  call.world.endToken(access, 'revoked-by-client');
  return { status: 200, body: '' };
}

const helixError = (status: number, error: string, message: string): Answer => ({
  status,
  headers: rateHeaders,
  body: { error, status, message },
});

const rateHeaders = { 'Ratelimit-Limit': '800', 'Ratelimit-Remaining': '799' };

function users(call: Call): Answer {
  const value = credentials(call.request, 'Bearer');
  const clientId = call.request.headers['client-id'];
  if (value === null || clientId === undefined || call.request.query.size > 0) {
    call.complain('helix/users needs "Authorization: Bearer", a Client-Id header and no parameters');
    return helixError(401, 'Unauthorized', 'OAuth token is missing');
  }
  const access = call.world.livingAccess('twitch', value);
  if (!access) {
    return helixError(401, 'Unauthorized', 'Invalid OAuth token');
  }
  if (access.grant.clientId !== clientId) {
    return helixError(401, 'Unauthorized', 'Client ID and OAuth token do not match');
  }
  const account = call.world.directory.findAccount('twitch', access.grant.accountId);
  if (!account) {
    call.complain('an app token has no user: helix/users needs parameters with it');
    return helixError(400, 'Bad Request', 'Must provide an ID, Login or OAuth Token');
  }
  const { id, login, displayName, email } = account;
  const withEmail = access.grant.scopes.includes('user:read:email') ? { email } : {};
  const user = { id, login, display_name: displayName, type: '', broadcaster_type: 'affiliate', ...withEmail };
  return { status: 200, headers: rateHeaders, body: { data: [user] } };
}

const publicEnd = (app: App, refreshToken: Token): number | null =>
  app.clientType === 'public' ? refreshToken.issuedAt + publicRefreshLifeMs : null;

/** Twitch, from its documentation of authentication and from staff answers on what it leaves out. */
export const twitch: Platform = {
  name: 'twitch',
  newSecret: (kind) => letters(kind === 'refresh' ? 50 : 30),
  accessLifetimeSeconds: ({ grant }) => (grant.accountId === null ? 5_184_000 : 14_210),
  singleUse: (app) => app.clientType === 'public',
  agedOut: (_grant, app, main) => {
    const at = publicEnd(app, main);
    return at === null ? null : { at, cause: 'aged-out' };
  },
  causes: {
    'password-changed': endsGrants(),
    disconnected: endsGrants(),
    suspended: lasts('everything'),
    deleted: endsGrants(),
    'token-ended-early': endsAccessTokens,
    // Only what was given to a public client dies when nobody uses it.
    unused: ages('everything', (grant, app, world) => {
      const refreshToken = world.tokens.newestRefresh(grant);
      return refreshToken ? publicEnd(app, refreshToken) : null;
    }),
  },
  routes: [
    { method: 'POST', path: '/id.twitch.tv/oauth2/token', operation: tokenOperation, answer: token },
    { method: 'POST', path: '/id.twitch.tv/oauth2/device', operation: 'device', answer: device },
    { method: 'GET', path: '/id.twitch.tv/oauth2/validate', operation: 'validate', answer: validate },
    { method: 'POST', path: '/id.twitch.tv/oauth2/revoke', operation: 'revoke', answer: revoke },
    { method: 'GET', path: '/api.twitch.tv/helix/users', operation: 'identity', answer: users },
    {
      method: 'GET',
      path: '/id.twitch.tv/oauth2/authorize',
      operation: 'authorize',
      answer: (call) =>
        authorize(call, {
          required: ['client_id', 'redirect_uri', 'response_type', 'scope', 'state'],
          optional: ['force_verify'],
          redirectMismatch: 'redirect_mismatch',
          callback: ({ scopes }) => ({ scope: scopes.join(' ') }),
        }),
    },
  ],
};
