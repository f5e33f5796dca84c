import { randomBytes } from 'node:crypto';
import { authorize, liveGrant, openConsentedGrant, redeemCode } from './consent.ts';
import { channels, livingAccess, personFields, userinfo } from './google-data.ts';
import type { Account, App } from './model.ts';
import type { Answer, Call, Code, End, Grant, Platform, Token } from './platform.ts';
import { credentials, formProblems } from './request.ts';

const dayMs = 86_400_000;
const testingLifeMs = 7 * dayMs;
/** "Six months" unused; the shortest reading, so that a client which relies on more is found. */
const unusedLifeMs = 180 * dayMs;
const nameOnlyScopes = ['openid', 'email', 'profile'].flatMap((scope) => [
  scope,
  `https://www.googleapis.com/auth/userinfo.${scope}`,
]);

const oauthError = (status: number, error: string, description: string, more?: Record<string, string>): Answer => ({
  status,
  body: { error, error_description: description, ...more },
});

const rejected = (answer: Answer): Answer => ({ ...answer, outcome: 'rejected' });

const deadGrant = (): Answer => rejected(oauthError(400, 'invalid_grant', 'Token has been expired or revoked.'));

const parametersOf: Readonly<Record<string, { required: string[]; optional: string[] }>> = {
  authorization_code: {
    required: ['grant_type', 'client_id', 'client_secret', 'code', 'redirect_uri'],
    optional: ['code_verifier'],
  },
  refresh_token: { required: ['grant_type', 'client_id', 'client_secret', 'refresh_token'], optional: [] },
};

/** Notes every problem of the form; the platform names the first. */
function formRefusal(call: Call, rules: { required: readonly string[]; optional: readonly string[] }): Answer | null {
  const problems = formProblems(call.request, rules);
  for (const problem of problems) {
    call.complain(problem.text);
  }
  return problems[0] ? oauthError(400, 'invalid_request', problems[0].text) : null;
}

function token(call: Call): Answer {
  const { form } = call.request;
  const grantType = form.get('grant_type') ?? '';
  const rules = parametersOf[grantType];
  if (!rules && grantType !== '') {
    call.complain('grant_type is not one that Google offers here');
    return oauthError(400, 'unsupported_grant_type', 'Invalid grant_type');
  }
  const refusal = formRefusal(call, rules ?? { required: ['grant_type'], optional: [] });
  if (refusal) {
    return refusal;
  }
  const app = call.world.directory.findApp('youtube', form.get('client_id') ?? '');
  if (!app) {
    return oauthError(401, 'invalid_client', 'The OAuth client was not found.');
  }
  return clientRefusal(call, app) ?? (grantType === 'refresh_token' ? refresh(call, app) : exchangeCode(call, app));
}

function clientRefusal(call: Call, app: App): Answer | null {
  if (app.quirks.includes('deleted-client')) {
    return oauthError(401, 'deleted_client', 'The OAuth client was deleted.');
  }
  if (app.suspended) {
    return oauthError(401, 'invalid_client', 'The OAuth client was disabled.');
  }
  if (call.request.form.get('client_secret') !== app.clientSecret) {
    return oauthError(401, 'invalid_client', 'Unauthorized');
  }
  return app.quirks.includes('org-internal')
    ? oauthError(403, 'org_internal', 'This client is restricted to users within its organization.')
    : null;
}

function accountRefusal(account: Account | undefined): Answer | null {
  switch (account?.condition) {
    case 'deleted':
      return rejected(oauthError(400, 'invalid_grant', 'Account has been deleted'));
    case 'reauth-policy':
      return rejected(
        oauthError(400, 'invalid_grant', 'reauth related error (invalid_rapt)', {
          error_uri: 'https://support.google.com/a/answer/9368756',
          error_subtype: 'invalid_rapt',
        }),
      );
    case 'admin-policy':
      return rejected(oauthError(400, 'admin_policy_enforced', 'Access was restricted by the administrator.'));
    case 'ok':
    case 'suspended':
    case undefined:
      return null;
  }
}

function refresh(call: Call, app: App): Answer {
  const { world } = call;
  const presented = world.tokens.find(call.request.form.get('refresh_token') ?? '');
  if (presented?.kind !== 'refresh' || presented.grant.platform !== 'youtube') {
    return rejected(oauthError(400, 'invalid_grant', 'Bad Request'));
  }
  if (presented.grant.clientId !== app.clientId) {
    return oauthError(401, 'unauthorized_client', 'Unauthorized');
  }
  const refusal = accountRefusal(world.directory.findAccount('youtube', presented.grant.accountId));
  if (refusal) {
    return refusal;
  }
  if (!world.isAlive(presented)) {
    return deadGrant();
  }
  const renewed = world.renew(presented, app);
  const shows = renewed.refresh !== presented || app.quirks.includes('return-refresh-token');
  return granted(call, renewed.access, shows ? renewed.refresh : null);
}

function granted(call: Call, access: Token, refreshToken: Token | null): Answer {
  const { scopes, limitedUntilAt } = access.grant;
  const seconds = (at: number | null) => Math.floor(((at ?? call.now) - call.now) / 1000);
  return {
    status: 200,
    outcome: 'granted',
    body: {
      access_token: access.value,
      expires_in: seconds(access.announcedExpiresAt),
      ...(refreshToken && { refresh_token: refreshToken.value }),
      ...(limitedUntilAt !== null && { refresh_token_expires_in: seconds(limitedUntilAt) }),
      scope: scopes.join(' '),
      token_type: 'Bearer',
    },
  };
}

function exchangeCode(call: Call, app: App): Answer {
  const code = redeemCode(call, app);
  if (!code) {
    return rejected(oauthError(400, 'invalid_grant', 'Bad Request'));
  }
  if (code.redirectUri !== call.request.form.get('redirect_uri')) {
    call.complain('redirect_uri of the exchange differs from that of the consent');
    return oauthError(400, 'redirect_uri_mismatch', 'Bad Request');
  }
  return code.withRefreshToken ? newGrant(call, app, code) : accessOnly(call, app, code);
}

function newGrant(call: Call, app: App, { accountId, scopes }: Code): Answer {
  const at = { consentedAt: call.now, obtainedAt: call.now, limitedUntilAt: null };
  const opened = openConsentedGrant(call.world, app, { accountId, scopes, ...at });
  return granted(call, opened.access, opened.refresh);
}

/** Without a new consent Google gives no refresh token: the earlier one goes on. */
function accessOnly(call: Call, app: App, { accountId, scopes }: Code): Answer {
  const at = { consentedAt: call.now, lastUsedAt: call.now, limitedUntilAt: null };
  const names = { platform: app.platform, clientId: app.clientId, accountId, scopes };
  const grant = liveGrant(call.world, app, accountId) ?? call.world.openGrant({ ...names, ...at });
  return granted(call, call.world.issue(grant, 'access', { issuedAt: call.now }), null);
}

function tokeninfo(call: Call): Answer {
  const { request } = call;
  const value = credentials(request, 'Bearer') ?? request.form.get('access_token') ?? request.query.get('access_token');
  if (!value) {
    call.complain('tokeninfo needs an access token: as Bearer, or as parameter access_token');
    return oauthError(400, 'invalid_request', 'Either access_token, id_token, or token_handle required');
  }
  const access = livingAccess(call, value);
  if (!access) {
    return oauthError(400, 'invalid_token', 'Invalid Value');
  }
  const { grant } = access;
  const expiresAt = access.announcedExpiresAt ?? call.now;
  return {
    status: 200,
    body: {
      azp: grant.clientId,
      aud: grant.clientId,
      ...personFields(access, call.world.directory.findAccount('youtube', grant.accountId)),
      scope: grant.scopes.join(' '),
      exp: String(Math.floor(expiresAt / 1000)),
      expires_in: String(Math.floor((expiresAt - call.now) / 1000)),
      access_type: call.world.tokens.newestRefresh(grant) ? 'offline' : 'online',
    },
  };
}

/** Ends everything that this person gave to any client of the same Cloud project. */
function revoke(call: Call): Answer {
  const inQuery = call.request.query.get('token');
  const refusal = inQuery === null ? formRefusal(call, { required: ['token'], optional: [] }) : null;
  if (refusal) {
    return refusal;
  }
  const presented = call.world.tokens.find(call.request.form.get('token') ?? inQuery ?? '');
  if (presented?.grant.platform !== 'youtube' || !call.world.isAlive(presented)) {
    return oauthError(400, 'invalid_token', 'Token expired or revoked');
  }
  const { directory } = call.world;
  const projectOf = (grant: Grant) => directory.app('youtube', grant.clientId).project;
  call.world.endGrant(presented.grant, 'revoked-by-client');
  const sibling = (grant: Grant) =>
    grant.platform === 'youtube' &&
    grant.accountId === presented.grant.accountId &&
    projectOf(grant) === projectOf(presented.grant);
  call.world.endGrants(sibling, 'revoked-with-sibling');
  return { status: 200, body: {} };
}

function agedOut(grant: Grant, app: App): End | null {
  const ends: End[] = [{ at: grant.lastUsedAt + unusedLifeMs, cause: 'unused' }];
  if (app.testing && !grant.scopes.every((scope) => nameOnlyScopes.includes(scope))) {
    ends.push({ at: grant.consentedAt + testingLifeMs, cause: 'testing-expired' });
  }
  if (grant.limitedUntilAt !== null) {
    ends.push({ at: grant.limitedUntilAt, cause: 'access-ended' });
  }
  return ends.sort((one, other) => one.at - other.at)[0] ?? null;
}

const random = (bytes: number): string => randomBytes(bytes).toString('base64url');

const newSecret: Platform['newSecret'] = (kind) => {
  const shapes = {
    access: () => `ya29.a0${random(60)}`,
    refresh: () => `1//0g${random(45)}`,
    code: () => `4/0A${random(40)}`,
    'client-secret': () => `GOCSPX-${random(21)}`,
  };
  return shapes[kind]();
};

/** Google's authorization server and the YouTube Data API, from Google's documentation and observed answers. */
export const google: Platform = {
  name: 'youtube',
  newSecret,
  accessLifetimeSeconds: () => 3599,
  singleUse: () => false,
  agedOut,
  // Google ends tokens with Gmail scopes only when the password changes.
  endsWithPassword: (grant) => grant.scopes.some((scope) => /mail\.google\.com|\/auth\/gmail/.test(scope)),
  suspensionStopsTokens: false,
  conditions: ['ok', 'suspended', 'deleted', 'reauth-policy', 'admin-policy'],
  maxGrantsPerPerson: 100,
  routes: [
    { method: 'POST', path: '/oauth2.googleapis.com/token', operation: 'token', answer: token },
    { method: 'GET', path: '/oauth2.googleapis.com/tokeninfo', operation: 'validate', answer: tokeninfo },
    { method: 'POST', path: '/oauth2.googleapis.com/tokeninfo', operation: 'validate', answer: tokeninfo },
    { method: 'POST', path: '/oauth2.googleapis.com/revoke', operation: 'revoke', answer: revoke },
    { method: 'GET', path: '/www.googleapis.com/youtube/v3/channels', operation: 'identity', answer: channels },
    { method: 'GET', path: '/openidconnect.googleapis.com/v1/userinfo', operation: 'identity', answer: userinfo },
    {
      method: 'GET',
      path: '/accounts.google.com/o/oauth2/v2/auth',
      operation: 'authorize',
      answer: (call) =>
        authorize(call, {
          required: ['client_id', 'redirect_uri', 'response_type', 'scope', 'state', 'access_type'],
          optional: [
            'prompt',
            'include_granted_scopes',
            'login_hint',
            'enable_granular_consent',
            'code_challenge',
            'code_challenge_method',
          ],
          redirectMismatch: 'redirect_uri_mismatch',
          withRefreshToken: (query, knownPerson) =>
            query.get('access_type') === 'offline' &&
            (!knownPerson || (query.get('prompt') ?? '').split(' ').includes('consent')),
        }),
    },
  ],
};
