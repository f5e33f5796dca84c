import { issueAppToken } from './app-token.ts';
import { openConsentedGrant, redeemCode } from './consent.ts';
import type { App } from './model.ts';
import type { Answer, Call, Token } from './platform.ts';
import { formProblems, noteProblems, type ParameterRules, parameterProblems } from './request.ts';

const clientRules = ['client_id', 'client_secret'];
const parametersOf: Readonly<Record<string, ParameterRules>> = {
  authorization_code: {
    required: ['grant_type', 'code', 'redirect_uri', 'code_verifier', ...clientRules],
    optional: [],
  },
  refresh_token: { required: ['grant_type', 'refresh_token', ...clientRules], optional: [] },
  client_credentials: { required: ['grant_type', ...clientRules], optional: [] },
};

/** Kick says no more of what is wrong with a request. */
const invalidRequest = (): Answer => ({ status: 400, body: { error: 'Invalid request' } });

const rejected = (description: string): Answer => ({
  status: 400,
  outcome: 'rejected',
  body: { error: 'invalid_grant', error_description: description },
});

/** `POST /oauth/token`. */
export function token(call: Call): Answer {
  const { form } = call.request;
  const grantType = form.get('grant_type') ?? '';
  const rules = parametersOf[grantType];
  if (noteProblems(call, formProblems(call.request, rules ?? { required: ['grant_type'], optional: clientRules }))) {
    return invalidRequest();
  }
  if (!rules) {
    call.complain('grant_type is not one that Kick offers here');
    return invalidRequest();
  }
  const app = call.world.directory.findApp('kick', form.get('client_id') ?? '');
  if (!app || app.suspended || app.clientSecret !== form.get('client_secret')) {
    return { status: 401, body: { error: 'invalid_client' } };
  }
  if (grantType === 'refresh_token') {
    return refresh(call, app);
  }
  return grantType === 'client_credentials'
    ? granted(call, app, issueAppToken(call, app), null)
    : exchangeCode(call, app);
}

function refresh(call: Call, app: App): Answer {
  const { world } = call;
  const presented = world.tokens.find(call.request.form.get('refresh_token') ?? '');
  const isOurs = presented?.kind === 'refresh' && presented.grant.platform === 'kick';
  if (!isOurs || presented.grant.clientId !== app.clientId || !world.isAlive(presented)) {
    const isVague = app.quirks.includes('vague-rejection');
    return isVague ? { ...invalidRequest(), outcome: 'rejected' } : rejected('The refresh token is invalid or expired');
  }
  const renewed = world.renew(presented, app);
  return granted(call, app, renewed.access, renewed.refresh);
}

function exchangeCode(call: Call, app: App): Answer {
  const code = redeemCode(call, app);
  if (!code) {
    return rejected('The authorization code is invalid or expired');
  }
  if (code.redirectUri !== call.request.form.get('redirect_uri')) {
    call.complain('redirect_uri of the exchange differs from that of the consent');
    return invalidRequest();
  }
  const { accountId, scopes } = code;
  const at = { consentedAt: call.now, obtainedAt: call.now };
  const opened = openConsentedGrant(call.world, app, { accountId, scopes, ...at });
  return granted(call, app, opened.access, opened.refresh);
}

function granted(call: Call, app: App, access: Token, refreshToken: Token | null): Answer {
  const seconds = Math.floor(((access.announcedExpiresAt ?? call.now) - call.now) / 1000);
  return {
    status: 200,
    outcome: 'granted',
    body: {
      access_token: access.value,
      token_type: 'Bearer',
      ...(refreshToken && { refresh_token: refreshToken.value, scope: access.grant.scopes.join(' ') }),
      expires_in: app.quirks.includes('numeric-expiry') ? seconds : String(seconds),
    },
  };
}

/** `POST /oauth/revoke?token=…&token_hint_type=…`: a refresh token ends the grant, an access token itself. */
export function revoke(call: Call): Answer {
  const { query, body } = call.request;
  const problems = parameterProblems(query, { required: ['token', 'token_hint_type'], optional: [] });
  const hint = query.get('token_hint_type') ?? '';
  if (noteProblems(call, problems) || body !== '' || !['access_token', 'refresh_token'].includes(hint)) {
    call.complain('revoke needs token and token_hint_type (access_token or refresh_token) in the query, and no body');
    return invalidRequest();
  }
  const presented = call.world.tokens.find(query.get('token') ?? '');
  if (presented?.grant.platform !== 'kick' || `${presented.kind}_token` !== hint) {
    return invalidRequest();
  }
  if (presented.kind === 'refresh') {
    call.world.endGrant(presented.grant, 'revoked-by-client');
  } else {
    call.world.endToken(presented, 'revoked-by-client');
  }
  return { status: 200, body: 'OK' };
}
