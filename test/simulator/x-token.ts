import { openConsentedGrant, redeemCode } from './consent.ts';
import type { App } from './model.ts';
import type { Answer, Call, Token } from './platform.ts';
import { basicCredentials, formProblems, noteEncodedSecret, noteProblems, type ParameterRules } from './request.ts';

const oauthError = (status: number, error: string, description: string): Answer => {
  return { status, body: { error, error_description: description } };
};

const rejected = (answer: Answer): Answer => ({ ...answer, outcome: 'rejected' });

const parametersOf: Readonly<Record<string, ParameterRules>> = {
  authorization_code: { required: ['grant_type', 'code', 'redirect_uri', 'code_verifier'], optional: ['client_id'] },
  refresh_token: { required: ['grant_type', 'refresh_token'], optional: ['client_id'] },
};

const anyGrantType: ParameterRules = { required: ['grant_type'], optional: ['client_id'] };

/** No header, and a wrong secret, are told apart by nobody. */
const missingHeader = (): Answer => oauthError(401, 'unauthorized_client', 'Missing valid authorization header');

/** `POST /2/oauth2/token`. */
export function token(call: Call): Answer {
  const { form } = call.request;
  const grantType = form.get('grant_type') ?? '';
  const rules = parametersOf[grantType];
  const refusal = formRefusal(call, rules ?? anyGrantType);
  if (refusal) {
    return refusal;
  }
  if (!rules) {
    call.complain('grant_type is not one that X offers here');
    return oauthError(400, 'unsupported_grant_type', 'Value passed for the grant type was invalid.');
  }
  const app = clientOf(call);
  if (!('quirks' in app)) {
    return app;
  }
  return grantType === 'refresh_token' ? refresh(call, app) : exchangeCode(call, app);
}

function formRefusal(call: Call, rules: ParameterRules): Answer | null {
  const problem = noteProblems(call, formProblems(call.request, { ...rules, authorization: true }));
  return problem ? oauthError(400, 'invalid_request', problem.text) : null;
}

/** The app that asks: by Basic where it is confidential, by `client_id` where it is public. */
function clientOf(call: Call): App | Answer {
  const { request, world } = call;
  const named = request.form.get('client_id');
  const basic = basicCredentials(request);
  const hasHeader = request.headers.authorization !== undefined;
  const app = world.directory.findApp('x', basic?.user ?? named ?? '');
  if (!hasHeader && named === null) {
    call.complain('neither a Basic header nor client_id says which app asks');
    return missingHeader();
  }
  if (!app) {
    return oauthError(hasHeader ? 401 : 400, 'invalid_client', 'Value passed for the client id was invalid.');
  }
  return refusalOf(call, app, basic?.password ?? null) ?? app;
}

function refusalOf(call: Call, app: App, password: string | null): Answer | null {
  const named = call.request.form.get('client_id') ?? app.clientId;
  if (named !== app.clientId) {
    call.complain('client_id differs from that of the Basic header');
    return oauthError(400, 'invalid_request', 'Value passed for the client id was invalid.');
  }
  if ((app.clientType === 'public') !== (password === null)) {
    call.complain(password === null ? 'a confidential client sent no Basic header' : 'a public client sent a secret');
    return missingHeader();
  }
  if (password !== app.clientSecret) {
    noteEncodedSecret(call, password ?? '', app.clientSecret);
    return missingHeader();
  }
  return app.suspended ? oauthError(401, 'invalid_client', 'The app is suspended.') : null;
}

function deadRefreshToken(app: App): Answer {
  const error = app.quirks.includes('reject-as-invalid-grant') ? 'invalid_grant' : 'invalid_request';
  return rejected(oauthError(400, error, 'Value passed for the token was invalid.'));
}

/** Single use without a grace period; whoever comes again costs the person the connection, as X is assumed to do. */
function refresh(call: Call, app: App): Answer {
  const { world } = call;
  const presented = world.tokens.find(call.request.form.get('refresh_token') ?? '');
  const { grant } = presented ?? {};
  if (presented?.kind !== 'refresh' || grant?.platform !== 'x' || grant.clientId !== app.clientId) {
    return deadRefreshToken(app);
  }
  if (presented.spent && !app.quirks.includes('replay-spares-tokens')) {
    world.endGrant(presented.grant, 'replay');
  }
  if (!world.isAlive(presented)) {
    return deadRefreshToken(app);
  }
  if (app.quirks.includes('refresh-ends-access')) {
    for (const access of world.tokens.of(presented.grant).filter(({ kind }) => kind === 'access')) {
      world.endToken(access, 'rotated');
    }
  }
  const renewed = world.renew(presented, app);
  return granted(call, renewed.access, renewed.refresh);
}

function exchangeCode(call: Call, app: App): Answer {
  const code = redeemCode(call, app);
  if (!code) {
    return rejected(oauthError(400, 'invalid_request', 'Value passed for the authorization code was invalid.'));
  }
  if (code.redirectUri !== call.request.form.get('redirect_uri')) {
    call.complain('redirect_uri of the exchange differs from that of the consent');
    return oauthError(400, 'invalid_request', 'Value passed for the redirect uri was invalid.');
  }
  const { accountId, scopes } = code;
  const at = { consentedAt: call.now, obtainedAt: call.now };
  const opened = openConsentedGrant(call.world, app, { accountId, scopes, ...at });
  return granted(call, opened.access, opened.refresh);
}

function granted(call: Call, access: Token, refreshToken: Token | null): Answer {
  return {
    status: 200,
    outcome: 'granted',
    body: {
      token_type: 'bearer',
      expires_in: Math.floor(((access.announcedExpiresAt ?? call.now) - call.now) / 1000),
      access_token: access.value,
      scope: access.grant.scopes.join(' '),
      ...(refreshToken && { refresh_token: refreshToken.value }),
    },
  };
}

/** `POST /2/oauth2/revoke`: either token ends the whole grant; one that is gone already is no error. */
export function revoke(call: Call): Answer {
  const refusal = formRefusal(call, { required: ['token'], optional: ['client_id', 'token_type_hint'] });
  if (refusal) {
    return refusal;
  }
  const app = clientOf(call);
  if (!('quirks' in app)) {
    return app;
  }
  const presented = call.world.tokens.find(call.request.form.get('token') ?? '');
  if (presented?.grant.platform === 'x' && presented.grant.clientId === app.clientId) {
    call.world.endGrant(presented.grant, 'revoked-by-client');
  }
  return { status: 200, body: { revoked: true } };
}
