import { openConsentedGrant, redeemCode } from './consent.ts';
import { appTokenValue, facebookHost } from './facebook-host.ts';
import { deathOfToken } from './facebook-pages.ts';
import {
  type GraphProblem,
  graphError,
  rejected,
  requestBug,
  retiredVersion,
  unknownApp,
  unsupportedMethod,
  wrongSecret,
} from './meta-answers.ts';
import { appRefusal, type Method, versionProblem } from './meta-calls.ts';
import { limitOf } from './meta-limits.ts';
import type { App, Operation } from './model.ts';
import type { Answer, Call, PlatformRequest, Token } from './platform.ts';
import { formProblems, noteProblems, type ParameterRules, parameterProblems } from './request.ts';

const dayMs = 86_400_000;

const parametersOf: Readonly<Record<string, ParameterRules>> = {
  '': { required: ['client_id', 'client_secret', 'redirect_uri', 'code'], optional: [] },
  fb_exchange_token: {
    required: ['grant_type', 'client_id', 'client_secret', 'fb_exchange_token'],
    optional: ['set_token_expires_in_60_days'],
  },
  client_credentials: { required: ['grant_type', 'client_id', 'client_secret'], optional: [] },
};

const parametersIn = ({ method, form, query }: PlatformRequest): URLSearchParams => (method === 'POST' ? form : query);

/** A code or the app's own credentials, or a living token. */
export const tokenOperation = (request: PlatformRequest): Operation =>
  parametersIn(request).get('grant_type') === 'fb_exchange_token' ? 'exchange' : 'token';

/** `GET` or `POST /oauth/access_token`. */
export function token(call: Call): Answer {
  const parameters = parametersIn(call.request);
  const grantType = parameters.get('grant_type') ?? '';
  const app = clientOf(call, parameters, parametersOf[grantType] ?? parametersOf['']);
  if (!('quirks' in app)) {
    return graphError(app);
  }
  if (app.quirks.includes('post-only') && call.request.method === 'GET') {
    return graphError(unsupportedMethod('GET', 'GraphMethodException'));
  }
  if (grantType === 'fb_exchange_token') {
    return exchange(call, app, parameters);
  }
  return grantType === 'client_credentials' ? appToken(call, app) : exchangeCode(call, app, parameters);
}

/** The app that a request of the token endpoint names and proves to be, or what is wrong with it. */
function clientOf(call: Call, parameters: URLSearchParams, rules: ParameterRules | undefined): App | GraphProblem {
  const { request, world, platform } = call;
  const asked = rules ?? { required: [], optional: [] };
  const problems = request.method === 'POST' ? formProblems(request, asked) : parameterProblems(parameters, asked);
  const problem = noteProblems(call, problems);
  const wrong = problem ? requestBug(problem.text) : versionProblem(call, facebookHost);
  if (wrong) {
    return wrong;
  }
  const app = world.directory.findApp(platform.name, parameters.get('client_id') ?? '');
  const refusal = app ? appRefusal(app) : unknownApp();
  if (refusal || !app) {
    return refusal ?? unknownApp();
  }
  if (app.apiVersionRetired) {
    return retiredVersion(facebookHost.versions.at(-1) ?? '');
  }
  const isTrusted = parameters.get('client_secret') === app.clientSecret;
  return isTrusted ? (limitOf({ app, token: null }, 'nothing') ?? app) : wrongSecret(1);
}

const granted = (call: Call, app: App, access: Token): Answer => {
  const { announcedExpiresAt: end } = access;
  const isTold = end !== null && !app.quirks.includes('omit-expires-in');
  const life = isTold ? { expires_in: Math.floor((end - call.now) / 1000) } : {};
  return { status: 200, outcome: 'granted', body: { access_token: access.value, token_type: 'bearer', ...life } };
};

const deadCode = (message: string, subcode?: number): Answer =>
  rejected(graphError({ code: 100, message, ...(subcode && { subcode }) }));

function exchangeCode(call: Call, app: App, parameters: URLSearchParams): Answer {
  const { world, now, platform } = call;
  const issued = world.codes.get(parameters.get('code') ?? '');
  if (issued?.used) {
    return deadCode('This authorization code has been used.', 36009);
  }
  const isLate = issued !== undefined && issued.expiresAt <= now;
  const code = redeemCode(call, app, parameters);
  if (!code) {
    return deadCode(isLate ? 'This authorization code has expired.' : 'Invalid verification code format.');
  }
  if (code.redirectUri !== parameters.get('redirect_uri')) {
    call.complain('redirect_uri of the exchange differs from that of the consent');
    return deadCode('Error validating verification code. The redirect_uri must be identical to that of the dialog.');
  }
  const { accountId, scopes, declined = [], assetIds } = code;
  const isKnown = world.livingGrants(platform.name, app.clientId, accountId).length > 0;
  const shortLived = !(isKnown && app.quirks.includes('long-lived-login'));
  const at = { consentedAt: now, obtainedAt: now };
  const { access } = openConsentedGrant(world, app, { accountId, scopes, declined, assetIds, shortLived, ...at });
  return granted(call, app, access);
}

/** What is wrong with a token that is to be exchanged, beside its being dead. */
function exchangeProblem(call: Call, app: App, presented: Token, isSixtyDays: boolean): GraphProblem | null {
  const { grant, assetId } = presented;
  if (grant.clientId !== app.clientId) {
    return { code: 190, message: 'Error validating access token: The session does not belong to this application.' };
  }
  if (assetId !== null) {
    call.complain('the token of a page was sent for exchange: it is derived, not exchanged');
    return requestBug('fb_exchange_token must be the token of a person');
  }
  if ((grant.shape.systemUser !== undefined) !== isSixtyDays) {
    call.complain('set_token_expires_in_60_days belongs to tokens of system users, and to all of those');
    return requestBug('set_token_expires_in_60_days does not fit this token');
  }
  return null;
}

function exchange(call: Call, app: App, parameters: URLSearchParams): Answer {
  const { world } = call;
  const value = parameters.get('fb_exchange_token') ?? '';
  const presented = world.tokens.find(value);
  if (presented?.kind !== 'access' || presented.grant.platform !== call.platform.name) {
    const message = facebookHost.tokenShape.test(value) ? 'Invalid OAuth access token.' : 'Malformed access token';
    return rejected(graphError({ code: 190, message }));
  }
  const problem = exchangeProblem(call, app, presented, parameters.get('set_token_expires_in_60_days') === 'true');
  if (problem) {
    return graphError(problem);
  }
  const death = deathOfToken(world, presented);
  return death ? rejected(graphError(death)) : granted(call, app, longer(call, app, presented));
}

/** Sixty days from now; to a long-lived token of the same day nothing is added. */
function longer({ world, now }: Call, app: App, presented: Token): Token {
  const { shortLived, grant, issuedAt, announcedExpiresAt } = presented;
  const isLong = !shortLived && !grant.shape.systemUser;
  const keepsEnd = isLong && (now - issuedAt < dayMs || app.quirks.includes('exchange-keeps-end'));
  return world.exchange(presented, keepsEnd ? { expiresAt: announcedExpiresAt } : {});
}

const ofApp = { shape: { refreshToken: false, shortLived: false, tokenSecret: false }, assetIds: null, scopes: [] };

/** It lasts until the app's secret is another. */
function appToken({ world, now, platform }: Call, app: App): Answer {
  const [known] = world.livingGrants(platform.name, app.clientId, null);
  const names = { platform: platform.name, clientId: app.clientId, accountId: null, limitedUntilAt: null };
  const grant = known ?? world.openGrant({ ...names, ...ofApp, consentedAt: now, lastUsedAt: now });
  const access = world.issue(grant, 'access', { issuedAt: now, expiresAt: null });
  const body = { access_token: appTokenValue(app, access), token_type: 'bearer' };
  return { status: 200, outcome: 'granted', body };
}

/** `GET /oauth/revoke`: one token of a system user, in the name of another. */
export const revokeToken: Method = {
  required: ['client_id', 'client_secret', 'revoke_token'],
  optional: [],
  about: 'nothing',
  answer: ({ world, request: { query }, complain }, { app }) => {
    if (query.get('client_id') !== app.clientId) {
      return graphError(unknownApp());
    }
    if (query.get('client_secret') !== app.clientSecret) {
      return graphError(wrongSecret(1));
    }
    const doomed = world.tokens.find(query.get('revoke_token') ?? '');
    if (doomed?.grant.clientId !== app.clientId || !doomed.grant.shape.systemUser) {
      complain('oauth/revoke is documented for tokens of system users alone');
      return graphError(requestBug('revoke_token is no token of a system user of this app'));
    }
    world.endToken(doomed, 'revoked-by-client');
    return { status: 200, body: { success: true } };
  },
};
