import { randomBytes } from 'node:crypto';
import { authorize, liveGrant, openConsentedGrant, redeemCode } from './consent.ts';
import type { App } from './model.ts';
import type { Answer, Call, Grant, Platform, Token } from './platform.ts';
import { credentials, formProblems } from './request.ts';

const publicRefreshLifeMs = 30 * 86_400_000;
const maxAccessTokensPerRefreshToken = 50;
const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789';

const letters = (length: number): string =>
  [...randomBytes(length)].map((byte) => alphabet[byte % alphabet.length]).join('');

const idError = (status: number, message: string, outcome?: Answer['outcome']): Answer => ({
  status,
  body: { status, message },
  ...(outcome && { outcome }),
});

const parametersOf: Readonly<Record<string, readonly string[]>> = {
  authorization_code: ['grant_type', 'client_id', 'code', 'redirect_uri'],
  refresh_token: ['grant_type', 'client_id', 'refresh_token'],
  client_credentials: ['grant_type', 'client_id'],
};

const rejectedRefresh = (app: App): Answer =>
  idError(app.quirks.includes('reject-with-401') ? 401 : 400, 'Invalid refresh token', 'rejected');

function token(call: Call): Answer {
  const { form } = call.request;
  const grantType = form.get('grant_type') ?? '';
  const required = parametersOf[grantType] ?? ['grant_type'];
  const problems = formProblems(call.request, { required, optional: ['client_secret'] });
  for (const problem of problems) {
    call.complain(problem.text);
  }
  if (problems[0]) {
    return idError(400, problems[0].text);
  }
  if (parametersOf[grantType] === undefined) {
    call.complain('grant_type is not one that Twitch offers here');
    return idError(400, 'Invalid grant type');
  }
  const app = call.world.directory.findApp('twitch', form.get('client_id') ?? '');
  const refusal = app ? clientRefusal(call, app) : idError(400, 'invalid client');
  if (!app || refusal) {
    return refusal ?? idError(400, 'invalid client');
  }
  if (grantType === 'refresh_token') {
    return refresh(call, app);
  }
  return grantType === 'client_credentials' ? appToken(call, app) : exchangeCode(call, app);
}

function clientRefusal(call: Call, app: App): Answer | null {
  const secret = call.request.form.get('client_secret');
  if (app.suspended) {
    return idError(400, 'invalid client');
  }
  if (app.clientType === 'public') {
    return publicClientRefusal(call, secret);
  }
  if (!secret) {
    call.complain('a confidential client sent no client_secret');
    return idError(400, 'missing client secret');
  }
  return secret === app.clientSecret ? null : idError(403, 'invalid client secret');
}

function publicClientRefusal(call: Call, secret: string | null): Answer | null {
  if (secret !== null) {
    call.complain('a public client sent a client_secret');
    return idError(403, 'invalid client secret');
  }
  if (call.request.form.get('grant_type') !== 'refresh_token') {
    call.complain('a public client may only refresh, or use the device code flow');
    return idError(400, 'Invalid grant type');
  }
  return null;
}

function refresh(call: Call, app: App): Answer {
  const presented = call.world.tokens.find(call.request.form.get('refresh_token') ?? '');
  const { world } = call;
  if (presented?.kind !== 'refresh' || presented.grant.platform !== 'twitch') {
    return rejectedRefresh(app);
  }
  const { grant } = presented;
  if (grant.clientId !== app.clientId) {
    return rejectedRefresh(app);
  }
  if (call.platform.singleUse(app) && presented.spent) {
    const ofPair = (other: Grant) =>
      other.platform === 'twitch' && other.clientId === app.clientId && other.accountId === grant.accountId;
    world.endGrants(ofPair, 'replay');
    return rejectedRefresh(app);
  }
  if (!world.isAlive(presented)) {
    return rejectedRefresh(app);
  }
  const renewed = world.renew(presented, app);
  noteTokenLimit(call, renewed.refresh);
  return granted(call, app, renewed.access, renewed.refresh);
}

/** Twitch keeps at most 50 valid access tokens of one refresh token; what happens beyond is not known, so it is noted. */
function noteTokenLimit(call: Call, refreshToken: Token): void {
  const { world } = call;
  const out = world.tokens.of(refreshToken.grant).filter((one) => one.withRefresh === refreshToken.serial);
  if (out.filter((one) => world.isAlive(one)).length > maxAccessTokensPerRefreshToken) {
    call.complain(`more than ${maxAccessTokensPerRefreshToken} valid access tokens on one refresh token`);
  }
}

function granted(call: Call, app: App, access: Token, refreshToken: Token | null): Answer {
  const { scopes } = access.grant;
  const seconds = Math.floor(((access.announcedExpiresAt ?? call.now) - call.now) / 1000);
  const withScope = refreshToken !== null && scopes.length > 0 && !app.quirks.includes('omit-scope');
  return {
    status: 200,
    outcome: 'granted',
    body: {
      access_token: access.value,
      ...(app.quirks.includes('omit-expires-in') ? {} : { expires_in: seconds }),
      ...(refreshToken && { refresh_token: refreshToken.value }),
      ...(withScope && { scope: scopes }),
      token_type: 'bearer',
    },
  };
}

function appToken(call: Call, app: App): Answer {
  const known = liveGrant(call.world, app, null);
  const fresh = { platform: 'twitch', clientId: app.clientId, accountId: null, scopes: [], limitedUntilAt: null };
  const grant = known ?? call.world.openGrant({ ...fresh, consentedAt: call.now, lastUsedAt: call.now });
  grant.refreshes += known ? 1 : 0;
  grant.lastUsedAt = call.now;
  return granted(call, app, call.world.issue(grant, 'access', { issuedAt: call.now }), null);
}

function exchangeCode(call: Call, app: App): Answer {
  const code = redeemCode(call, app);
  if (!code) {
    return idError(400, 'Invalid authorization code', 'rejected');
  }
  if (code.redirectUri !== call.request.form.get('redirect_uri')) {
    call.complain('redirect_uri of the exchange differs from that of the consent');
    return idError(400, 'Parameter redirect_uri does not match registered URI');
  }
  const at = { consentedAt: call.now, obtainedAt: call.now, limitedUntilAt: null };
  const opened = openConsentedGrant(call.world, app, { accountId: code.accountId, scopes: code.scopes, ...at });
  return granted(call, app, opened.access, opened.refresh);
}

/** The living access token of a value, or nothing. */
function livingAccess(call: Call, value: string): Token | null {
  const found = call.world.tokens.find(value);
  const ours = found?.kind === 'access' && found.grant.platform === 'twitch';
  return ours && call.world.isAlive(found) ? found : null;
}

function validate(call: Call): Answer {
  const header = call.request.headers.authorization;
  const value = credentials(call.request, 'OAuth');
  if (value === null) {
    call.complain('validate needs "Authorization: OAuth <access token>", exactly so');
    return idError(401, header === undefined ? 'missing authorization token' : 'invalid access token');
  }
  const access = livingAccess(call, value);
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
  const problems = formProblems(call.request, { required: ['client_id', 'token'], optional: [] });
  for (const problem of problems) {
    call.complain(problem.text);
  }
  if (problems[0]) {
    return idError(400, problems[0].text);
  }
  const { form } = call.request;
  if (!call.world.directory.findApp('twitch', form.get('client_id') ?? '')) {
    return idError(404, 'client does not exist');
  }
  const access = livingAccess(call, form.get('token') ?? '');
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
  const access = livingAccess(call, value);
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

/** Twitch, from its documentation of authentication and from staff answers on what it leaves out. */
export const twitch: Platform = {
  name: 'twitch',
  newSecret: (kind) => letters(kind === 'refresh' ? 50 : 30),
  accessLifetimeSeconds: (forApp) => (forApp ? 5_184_000 : 14_210),
  singleUse: (app) => app.clientType === 'public',
  agedOut: (_grant, app, newestRefresh) =>
    app.clientType === 'public' ? { at: newestRefresh.issuedAt + publicRefreshLifeMs, cause: 'aged-out' } : null,
  endsWithPassword: () => true,
  suspensionStopsTokens: true,
  conditions: ['ok', 'suspended', 'deleted'],
  maxGrantsPerPerson: null,
  routes: [
    { method: 'POST', path: '/id.twitch.tv/oauth2/token', operation: 'token', answer: token },
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
          withRefreshToken: () => true,
        }),
    },
  ],
};
