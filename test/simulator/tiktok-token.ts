import { randomInt } from 'node:crypto';
import { issueAppToken } from './app-token.ts';
import { openConsentedGrant, redeemCode } from './consent.ts';
import type { App } from './model.ts';
import type { Answer, Call, Token } from './platform.ts';
import { formProblems, noteProblems, type ParameterRules } from './request.ts';

const dayMs = 86_400_000;

/** A number by which TikTok's support finds a call. */
export const logId = (): string => `20261122${Array.from({ length: 24 }, () => randomInt(10)).join('')}`;

/** From the issue of the refresh token. */
export const refreshLifeMs = ({ quirks }: App): number => (quirks.includes('old-lifetimes') ? 365 : 180) * dayMs;

const clientRules = ['client_key', 'client_secret'];
const parametersOf: Readonly<Record<string, ParameterRules>> = {
  authorization_code: { required: ['grant_type', 'code', 'redirect_uri', ...clientRules], optional: [] },
  refresh_token: { required: ['grant_type', 'refresh_token', ...clientRules], optional: [] },
  client_credentials: { required: ['grant_type', ...clientRules], optional: [] },
};

const appOf = ({ request, world }: Call): App | undefined =>
  world.directory.findApp('tiktok', request.form.get('client_key') ?? '');

/** Which status its errors have is not known for sure: an app can be told to get 200. */
function oauthError(call: Call, status: number, error: string, description: string): Answer {
  const always = appOf(call)?.quirks.includes('errors-with-200');
  return { status: always ? 200 : status, body: { error, error_description: description, log_id: logId() } };
}

const rejected = (call: Call, description: string): Answer => ({
  ...oauthError(call, 400, 'invalid_grant', description),
  outcome: 'rejected',
});

/** `POST /v2/oauth/token/`. */
export function token(call: Call): Answer {
  const grantType = call.request.form.get('grant_type') ?? '';
  const rules = parametersOf[grantType];
  const app = clientOf(call, rules ?? { required: ['grant_type'], optional: clientRules });
  if (!('quirks' in app)) {
    return app;
  }
  if (!rules) {
    call.complain('grant_type is not one that TikTok offers here');
    return oauthError(call, 400, 'unsupported_grant_type', 'The authorization grant type is not supported.');
  }
  if (grantType === 'refresh_token') {
    return refresh(call, app);
  }
  return grantType === 'client_credentials' ? appToken(call, app) : exchangeCode(call, app);
}

/** The app of a form that is as documented. */
function clientOf(call: Call, rules: ParameterRules): App | Answer {
  const problem = noteProblems(call, formProblems(call.request, rules));
  if (problem) {
    return oauthError(call, 400, 'invalid_request', problem.text);
  }
  const app = appOf(call);
  if (!app || app.clientSecret !== call.request.form.get('client_secret')) {
    return oauthError(call, 401, 'invalid_client', 'Client key or secret is incorrect.');
  }
  return app.suspended ? oauthError(call, 401, 'unauthorized_client', 'The client is not authorized.') : app;
}

function refresh(call: Call, app: App): Answer {
  const { world } = call;
  const presented = world.tokens.find(call.request.form.get('refresh_token') ?? '');
  const isOurs = presented?.kind === 'refresh' && presented.grant.platform === 'tiktok';
  if (!isOurs || presented.grant.clientId !== app.clientId || !world.isAlive(presented)) {
    return rejected(call, 'Refresh token is invalid or expired.');
  }
  const renewed = world.renew(presented, app);
  return granted(call, app, renewed.access, renewed.refresh);
}

function exchangeCode(call: Call, app: App): Answer {
  const code = redeemCode(call, app);
  if (!code) {
    return rejected(call, 'Authorization code is expired.');
  }
  if (code.redirectUri !== call.request.form.get('redirect_uri')) {
    call.complain('redirect_uri of the exchange differs from that of the consent');
    return oauthError(call, 400, 'invalid_request', 'Redirect_uri is not matched with the uri when requesting code.');
  }
  const { accountId, scopes } = code;
  const at = { consentedAt: call.now, obtainedAt: call.now };
  const opened = openConsentedGrant(call.world, app, { accountId, scopes, ...at });
  return granted(call, app, opened.access, opened.refresh);
}

function appToken(call: Call, app: App): Answer {
  const access = issueAppToken(call, app);
  return {
    status: 200,
    outcome: 'granted',
    body: { access_token: access.value, expires_in: secondsOf(call, access), token_type: 'Bearer' },
  };
}

const secondsOf = ({ now }: Call, { announcedExpiresAt }: Token): number =>
  Math.floor(((announcedExpiresAt ?? now) - now) / 1000);

function granted(call: Call, app: App, access: Token, refreshToken: Token | null): Answer {
  const { accountId, scopes } = access.grant;
  const refreshEnd = (refreshToken?.issuedAt ?? call.now) + refreshLifeMs(app);
  return {
    status: 200,
    outcome: 'granted',
    body: {
      open_id: accountId,
      scope: scopes.join(','),
      access_token: access.value,
      expires_in: secondsOf(call, access),
      refresh_token: refreshToken?.value,
      refresh_expires_in: Math.floor((refreshEnd - call.now) / 1000),
      token_type: 'Bearer',
    },
  };
}

/** `POST /v2/oauth/revoke/`: either token ends the grant. */
export function revoke(call: Call): Answer {
  const app = clientOf(call, { required: [...clientRules, 'token'], optional: [] });
  if (!('quirks' in app)) {
    return app;
  }
  const presented = call.world.tokens.find(call.request.form.get('token') ?? '');
  const isOurs = presented?.grant.platform === 'tiktok' && presented.grant.clientId === app.clientId;
  if (!isOurs || !call.world.isAlive(presented)) {
    return oauthError(call, 400, 'invalid_grant', 'Token is invalid or expired.');
  }
  call.world.endGrant(presented.grant, 'revoked-by-client');
  return { status: 200, body: {} };
}
