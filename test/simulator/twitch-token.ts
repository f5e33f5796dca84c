import { randomBytes } from 'node:crypto';
import { issueAppToken } from './app-token.ts';
import { openConsentedGrant, redeemCode } from './consent.ts';
import type { App, Operation } from './model.ts';
import type { Answer, Call, Grant, PlatformRequest, Token } from './platform.ts';
import { formProblems, noteProblems, type ParameterRules } from './request.ts';

const maxAccessTokensPerRefreshToken = 50;
const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789';

export const letters = (length: number): string =>
  [...randomBytes(length)].map((byte) => alphabet[byte % alphabet.length]).join('');

export const idError = (status: number, message: string, outcome?: Answer['outcome']): Answer => ({
  status,
  body: { status, message },
  ...(outcome && { outcome }),
});

const deviceGrantType = 'urn:ietf:params:oauth:grant-type:device_code';

const parametersOf: Readonly<Record<string, ParameterRules>> = {
  authorization_code: { required: ['grant_type', 'client_id', 'code', 'redirect_uri'], optional: ['client_secret'] },
  refresh_token: { required: ['grant_type', 'client_id', 'refresh_token'], optional: ['client_secret'] },
  client_credentials: { required: ['grant_type', 'client_id'], optional: ['client_secret'] },
  [deviceGrantType]: { required: ['grant_type', 'client_id', 'scopes', 'device_code'], optional: [] },
};

const unknownGrantType: ParameterRules = { required: ['grant_type'], optional: ['client_secret'] };

const rejectedRefresh = (app: App): Answer =>
  idError(app.quirks.includes('reject-with-401') ? 401 : 400, 'Invalid refresh token', 'rejected');

/** A poll is part of the device flow, whichever address serves it. */
export const tokenOperation = ({ form }: PlatformRequest): Operation =>
  form.get('grant_type') === deviceGrantType ? 'device' : 'token';

export function token(call: Call): Answer {
  const { form } = call.request;
  const grantType = form.get('grant_type') ?? '';
  const rules = parametersOf[grantType];
  const problem = noteProblems(call, formProblems(call.request, rules ?? unknownGrantType));
  if (problem) {
    return idError(400, problem.text);
  }
  if (!rules) {
    call.complain('grant_type is not one that Twitch offers here');
    return idError(400, 'Invalid grant type');
  }
  const app = call.world.directory.findApp('twitch', form.get('client_id') ?? '');
  if (!app || app.suspended) {
    return idError(400, 'invalid client');
  }
  if (grantType === deviceGrantType) {
    return poll(call, app);
  }
  const refusal = clientRefusal(call, app);
  if (refusal) {
    return refusal;
  }
  if (grantType === 'refresh_token') {
    return refresh(call, app);
  }
  return grantType === 'client_credentials'
    ? granted(call, app, issueAppToken(call, app), null)
    : exchangeCode(call, app);
}

function clientRefusal(call: Call, app: App): Answer | null {
  const secret = call.request.form.get('client_secret');
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

function exchangeCode(call: Call, app: App): Answer {
  const code = redeemCode(call, app);
  if (!code) {
    return idError(400, 'Invalid authorization code', 'rejected');
  }
  if (code.redirectUri !== call.request.form.get('redirect_uri')) {
    call.complain('redirect_uri of the exchange differs from that of the consent');
    return idError(400, 'Parameter redirect_uri does not match registered URI');
  }
  return newGrant(call, app, code);
}

function newGrant(
  call: Call,
  app: App,
  { accountId, scopes }: { accountId: string; scopes: readonly string[] },
): Answer {
  const at = { consentedAt: call.now, obtainedAt: call.now };
  const opened = openConsentedGrant(call.world, app, { accountId, scopes, ...at });
  return granted(call, app, opened.access, opened.refresh);
}

const deviceLifeSeconds = 1800;

/** First step of the device code flow: what the device shows, and what it polls with. */
export function device(call: Call): Answer {
  const { form } = call.request;
  const problem = noteProblems(call, formProblems(call.request, { required: ['client_id', 'scopes'], optional: [] }));
  if (problem) {
    return idError(400, problem.text);
  }
  const app = call.world.directory.findApp('twitch', form.get('client_id') ?? '');
  if (!app || app.suspended) {
    return idError(400, 'invalid client');
  }
  const deviceCode = letters(40);
  const userCode = letters(8).toUpperCase();
  const intervalSeconds = app.deviceIntervalSeconds ?? 5;
  call.world.devices.open({
    ...{ platform: 'twitch', clientId: app.clientId, deviceCode, userCode, intervalSeconds },
    scopes: scopesOf(call),
    expiresAt: call.now + deviceLifeSeconds * 1000,
  });
  const query = `${app.clientType === 'public' ? 'public=true&' : ''}device-code=${userCode}`;
  return {
    status: 200,
    body: {
      device_code: deviceCode,
      expires_in: deviceLifeSeconds,
      interval: intervalSeconds,
      user_code: userCode,
      verification_uri: `https://www.twitch.tv/activate?${query}`,
    },
  };
}

const scopesOf = ({ request }: Call): string[] => (request.form.get('scopes') ?? '').split(' ').filter(Boolean);

/** Twitch documents no answer to a poll that comes too soon, nor one to a person who denies. */
function poll(call: Call, app: App): Answer {
  const deviceCode = call.request.form.get('device_code') ?? '';
  const polled = call.world.devices.poll({ platform: 'twitch', clientId: app.clientId, deviceCode }, call.now);
  switch (polled.verdict) {
    case 'too-soon':
      call.complain('a device code was polled before its interval had passed');
      return idError(400, 'authorization_pending');
    case 'waiting':
      return idError(400, 'authorization_pending');
    case 'denied':
    case 'gone':
      return idError(400, 'invalid device code');
    case 'approved':
      return newGrant(call, app, polled.device);
  }
}
