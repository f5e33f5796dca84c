import { openConsentedGrant, redeemCode } from './consent.ts';
import type { App } from './model.ts';
import type { Answer, Call, Token } from './platform.ts';
import { formProblems, noteProblems, type ParameterRules } from './request.ts';

const oauthError = (status: number, error: string, description: string): Answer => {
  return { status, body: { error, error_description: description } };
};

const rejected = (answer: Answer): Answer => ({ ...answer, outcome: 'rejected' });

const clientRules = ['client_id', 'client_secret'];
const parametersOf: Readonly<Record<string, ParameterRules>> = {
  authorization_code: { required: ['grant_type', 'code', 'redirect_uri', ...clientRules], optional: [] },
  refresh_token: { required: ['grant_type', 'refresh_token', ...clientRules], optional: [] },
};

/** The refresh token lasts a year from the consent, whatever is done with it. */
export const consentLifeMs = 365 * 86_400_000;

/** `POST /oauth/v2/accessToken`. */
export function token(call: Call): Answer {
  const grantType = call.request.form.get('grant_type') ?? '';
  const rules = parametersOf[grantType];
  const refusal = formRefusal(call, rules ?? { required: ['grant_type'], optional: clientRules });
  if (refusal) {
    return refusal;
  }
  if (!rules) {
    call.complain('grant_type is not one that LinkedIn offers here');
    return oauthError(400, 'unsupported_grant_type', 'The grant type is not supported');
  }
  const app = clientOf(call, 401);
  if (!('quirks' in app)) {
    return app;
  }
  return grantType === 'refresh_token' ? refresh(call, app) : exchangeCode(call, app);
}

function formRefusal(call: Call, rules: ParameterRules): Answer | null {
  const problem = noteProblems(call, formProblems(call.request, rules));
  return problem ? oauthError(400, 'invalid_request', problem.text) : null;
}

/** @param unknown the status of an answer to a client id that nobody has */
function clientOf(call: Call, unknown: 400 | 401): App | Answer {
  const { form } = call.request;
  const app = call.world.directory.findApp('linkedin', form.get('client_id') ?? '');
  if (!app) {
    return oauthError(unknown, 'invalid_client', 'Client authentication failed');
  }
  const isTrusted = app.clientSecret === form.get('client_secret') && !app.suspended;
  return isTrusted ? app : oauthError(401, 'invalid_client', 'Client authentication failed');
}

function refresh(call: Call, app: App): Answer {
  const { world } = call;
  const presented = world.tokens.find(call.request.form.get('refresh_token') ?? '');
  const isOurs = presented?.kind === 'refresh' && presented.grant.platform === 'linkedin';
  if (!isOurs || presented.grant.clientId !== app.clientId || !world.isAlive(presented)) {
    const text = 'The provided authorization grant or refresh token is invalid, expired or revoked';
    return rejected(oauthError(400, 'invalid_request', text));
  }
  const renewed = world.renew(presented, app);
  return granted(call, app, renewed.access, renewed.refresh);
}

function exchangeCode(call: Call, app: App): Answer {
  const { form } = call.request;
  const issued = call.world.codes.get(form.get('code') ?? '');
  const isLate = issued?.clientId === app.clientId && !issued.used && issued.expiresAt <= call.now;
  const code = redeemCode(call, app);
  if (isLate) {
    return rejected(oauthError(400, 'invalid_redirect_uri', 'The redirect_uri or the code is not valid any more'));
  }
  if (!code) {
    return rejected(oauthError(401, 'invalid_request', 'authorization code not found'));
  }
  if (code.redirectUri !== form.get('redirect_uri')) {
    call.complain('redirect_uri of the exchange differs from that of the consent');
    return oauthError(400, 'invalid_redirect_uri', 'The redirect_uri does not match');
  }
  const { accountId, scopes } = code;
  const at = { consentedAt: call.now, obtainedAt: call.now };
  const opened = openConsentedGrant(call.world, app, { accountId, scopes, ...at });
  const answer = granted(call, app, opened.access, opened.refresh);
  const idToken = scopes.includes('openid') ? { id_token: idTokenOf(opened.access) } : {};
  return { ...answer, body: { ...(answer.body as object), ...idToken } };
}

/** A token for signing in, which proves nothing about the grant. Its signature is none. */
function idTokenOf({ grant, issuedAt }: Token): string {
  const issuer = { iss: 'https://www.linkedin.com/oauth', aud: grant.clientId, sub: grant.accountId };
  const iat = Math.floor(issuedAt / 1000);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return [part({ alg: 'RS256', kid: 'simulated' }), part({ ...issuer, iat, exp: iat + 3600 }), 'c2lnbmVk'].join('.');
}

function granted(call: Call, app: App, access: Token, refreshToken: Token | null): Answer {
  const seconds = (at: number) => Math.floor((at - call.now) / 1000);
  const left = seconds(access.grant.consentedAt + consentLifeMs);
  const announced = app.quirks.includes('refresh-end-in-minutes') ? Math.floor(left / 60) : left;
  return {
    status: 200,
    outcome: 'granted',
    body: {
      access_token: access.value,
      expires_in: seconds(access.announcedExpiresAt ?? call.now),
      ...(refreshToken && { refresh_token: refreshToken.value, refresh_token_expires_in: announced }),
      scope: scopeText(access, app),
      token_type: 'Bearer',
    },
  };
}

/** Documented with spaces, seen with commas. */
const scopeText = ({ grant }: Token, { quirks }: App): string =>
  grant.scopes.join(quirks.includes('space-scopes') ? ' ' : ',');

/** `POST /oauth/v2/introspectToken`: 200 for dead tokens too; another app's is just not active. */
export function introspect(call: Call): Answer {
  const refusal = formRefusal(call, { required: [...clientRules, 'token'], optional: [] });
  const app = refusal ?? clientOf(call, 400);
  if (!('quirks' in app)) {
    return app;
  }
  const value = call.request.form.get('token') ?? '';
  if (!value.startsWith('AQ')) {
    call.complain('token is none of LinkedIn’s');
    return oauthError(400, 'invalid_request', 'The token is malformed');
  }
  const known = call.world.tokens.find(value);
  const isOurs = known?.kind === 'access' && known.grant.platform === 'linkedin';
  return { status: 200, body: isOurs && known.grant.clientId === app.clientId ? stateOf(call, app, known) : inactive };
}

const inactive = { active: false };

function stateOf({ world }: Call, app: App, access: Token): object {
  const { clientId, consentedAt } = access.grant;
  const seconds = (at: number) => Math.floor(at / 1000);
  const status = statusOf(world, access);
  return {
    active: status === 'active',
    client_id: clientId,
    authorized_at: seconds(consentedAt),
    created_at: seconds(access.issuedAt),
    status,
    expires_at: seconds(access.announcedExpiresAt ?? 0),
    scope: scopeText(access, app),
    auth_type: '3L',
  };
}

export function statusOf(world: Call['world'], access: Token): 'active' | 'expired' | 'revoked' {
  world.settleTokens(access.grant);
  if (world.isAlive(access)) {
    return 'active';
  }
  return access.endedBy === 'expired' ? 'expired' : 'revoked';
}

/** `POST /oauth/v2/revoke` stands in no documentation; many clients call it, and so it is here. */
export function revoke(call: Call): Answer {
  const refusal = formRefusal(call, { required: [...clientRules, 'token'], optional: [] });
  const app = refusal ?? clientOf(call, 401);
  if (!('quirks' in app)) {
    return app;
  }
  const presented = call.world.tokens.find(call.request.form.get('token') ?? '');
  if (presented?.grant.platform === 'linkedin' && presented.grant.clientId === app.clientId) {
    call.world.endGrant(presented.grant, 'revoked-by-client');
  }
  return { status: 200, body: '' };
}
