import type { Shape } from './contract-rows.ts';
import { linkedinErrorRows } from './linkedin-error-rows.ts';
import { linkedinRoleRows } from './linkedin-role-rows.ts';
import { cited, dayMs, nowAt, type Question, type Row, type Source } from './rows.ts';

const docs = 'https://learn.microsoft.com/en-us/linkedin/shared/authentication';
const codeFlow: Source = [`${docs}/authorization-code-flow`, '2026-11-22', 'documented'];
const refreshTokens: Source = [`${docs}/programmatic-refresh-tokens`, '2026-11-22', 'documented'];
const lateCodes: Source = ['https://github.com/d3xt3r2909/linkedin_login/issues/75', '2026-11-25', 'observed'];
const nobodys: Source = [`${docs}/authorization-code-flow`, '2026-11-22', 'unconfirmed'];

const formHeaders = {
  accept: 'application/json',
  'user-agent': 'social-channel-operator',
  'content-type': 'application/x-www-form-urlencoded',
};
const tokenURL = 'https://www.linkedin.com/oauth/v2/accessToken';
const year = 365 * 86_400;

const given = {
  access_token: 'AQXexampleAccess0002',
  expires_in: 5_184_000,
  refresh_token: 'held-refresh-0001',
  refresh_token_expires_in: 26_352_000,
  scope: 'w_organization_social,rw_organization_admin,r_basicprofile',
  token_type: 'Bearer',
};
const scopes = ['r_basicprofile', 'rw_organization_admin', 'w_organization_social'];
const renewed = {
  kind: 'Answered',
  access: 'AQXexampleAccess0002',
  refresh: 'held-refresh-0001',
  expiresInS: 5_184_000,
  refreshExpiresInS: 26_352_000,
  scopes,
} as const;
const { refresh: _none, refreshExpiresInS: _noEnd, ...withoutRefresh } = renewed;
const { refresh_token: _token, refresh_token_expires_in: _end, ...plain } = given;

function tokenError(status: number, error: string, error_description: string) {
  return { Token: { status, body: { error, error_description } } };
}

function refresh(name: string, body: unknown, want: Question['want'], more: Partial<Question> = {}): Question {
  return { name, call: 'refresh', answers: { Token: { status: 200, body } }, want, ...more };
}

const consent = (scope: string, more: Partial<Question>): Question => ({
  name: 'the consent page',
  call: 'consent',
  answers: {},
  want: {
    kind: 'Consent',
    url: `https://www.linkedin.com/oauth/v2/authorization?response_type=code&client_id=our-client&redirect_uri=https%3A%2F%2Fconnect.example.com%2Fcallback&scope=${scope}&state=state-0001`,
  },
  ...more,
});

const consentRows = cited(
  codeFlow,
  consent('r_basicprofile%20rw_organization_admin', {
    name: 'the consent page for a company page, without a challenge',
    scopes: ['r_basicprofile', 'rw_organization_admin'],
  }),
  consent('openid%20profile%20w_member_social', {
    name: 'the consent page for a member',
    use: { accountKind: 'User' },
    scopes: ['openid', 'profile', 'w_member_social'],
    reconnect: 'AccessRevoked',
  }),
  {
    name: 'a code of an app with refresh tokens',
    call: 'code',
    answers: {
      Token: {
        status: 200,
        body: { ...given, refresh_token: 'AQXexampleRefresh0001', refresh_token_expires_in: year },
      },
    },
    want: { ...renewed, refresh: 'AQXexampleRefresh0001', refreshExpiresInS: year },
    sent: [
      {
        method: 'POST',
        url: tokenURL,
        headers: formHeaders,
        body: 'code=brought-code-0001&redirect_uri=https%3A%2F%2Fconnect.example.com%2Fcallback&grant_type=authorization_code&client_id=our-client&client_secret=app-secret-0001',
      },
    ],
  },
  {
    name: 'a code of an app without refresh tokens',
    call: 'code',
    answers: { Token: { status: 200, body: plain } },
    want: withoutRefresh,
  },
  {
    name: 'scopes with spaces between them',
    call: 'code',
    answers: { Token: { status: 200, body: { ...plain, scope: 'w_organization_social r_basicprofile' } } },
    want: { ...withoutRefresh, scopes: ['r_basicprofile', 'w_organization_social'] },
  },
  ...['user_cancelled_login', 'user_cancelled_authorize'].map(
    (error): Question => ({
      name: `a person who went away: ${error}`,
      call: 'code',
      callback: { error, error_description: 'The user cancelled', state: 'state-0001' },
      answers: {},
      want: { kind: 'NotSent', family: 'Rejected', reason: 'ConsentRefused' },
      says: `No consent came back from LinkedIn ("${error}")`,
      sent: [],
    }),
  ),
);

const refusedCode = { kind: 'Rejected', family: 'Rejected', reason: 'ConsentRefused' } as const;
const code = (name: string, status: number, error: string, text: string): Question => ({
  name,
  call: 'code',
  answers: tokenError(status, error, text),
  want: refusedCode,
});

const codeRows = [
  ...cited(
    codeFlow,
    code('a code that nobody knows', 401, 'invalid_request', 'authorization code not found'),
    code('a code for another address', 400, 'invalid_redirect_uri', 'The redirect_uri does not match'),
    code(
      'a code that is told like a refresh token',
      400,
      'invalid_request',
      'The provided authorization grant or refresh token is invalid, expired or revoked',
    ),
    {
      name: 'a code that came with a wrong secret',
      call: 'code',
      answers: tokenError(401, 'invalid_client', 'Client authentication failed'),
      want: { kind: 'Refused', family: 'Misconfigured', reason: 'AppSecretInvalid', isAppFault: true },
    },
  ),
  ...cited(
    lateCodes,
    code(
      'a code that is too old, or was used',
      400,
      'invalid_request',
      'Unable to retrieve access token: appid/redirect uri/code verifier does not match authorization code. Or authorization code expired. Or external member binding exists',
    ),
  ),
];

const dead = 'The provided authorization grant or refresh token is invalid, expired or revoked';
const refreshRows = cited(
  refreshTokens,
  {
    ...refresh('the same refresh token comes back, and its end counts down', given, renewed),
    sent: [
      {
        method: 'POST',
        url: tokenURL,
        headers: formHeaders,
        body: 'refresh_token=held-refresh-0001&grant_type=refresh_token&client_id=our-client&client_secret=app-secret-0001',
      },
    ],
  },
  refresh(
    'five days before the year is over both tokens end together',
    { ...given, expires_in: 432_000, refresh_token_expires_in: 432_000 },
    { ...renewed, expiresInS: 432_000, refreshExpiresInS: 432_000 },
    { tokens: { refreshExpiresAt: nowAt + 432_000_000 } },
  ),
  refresh(
    'an end that moves away from the consent is not believed',
    { ...given, refresh_token_expires_in: year },
    { ...renewed, refreshExpiresInS: 2_592_000 },
    { tokens: { refreshExpiresAt: nowAt + 30 * dayMs } },
  ),
  refresh('an answer that does not tell the end of the refresh token', { ...plain }, withoutRefresh),
  {
    name: 'a refresh token that was revoked',
    call: 'refresh',
    answers: tokenError(400, 'invalid_request', dead),
    want: { kind: 'Rejected', family: 'Rejected', reason: 'AccessRevoked' },
    says: `LinkedIn rejected the stored login: "${dead}".`,
  },
  {
    name: 'a refresh token past the end that was told',
    call: 'refresh',
    tokens: { refreshExpiresAt: nowAt - 1 },
    answers: tokenError(400, 'invalid_request', dead),
    want: { kind: 'Rejected', family: 'Rejected', reason: 'RefreshTokenExpired' },
  },
  {
    name: 'a refresh token a year after the consent, however often it was used since',
    call: 'refresh',
    tokens: { consentedAt: nowAt - 366 * dayMs, obtainedAt: nowAt - dayMs },
    answers: tokenError(400, 'invalid_request', dead),
    want: { kind: 'Rejected', family: 'Rejected', reason: 'RefreshTokenExpired' },
  },
  {
    name: 'the same word for a parameter that is missing',
    call: 'refresh',
    answers: tokenError(400, 'invalid_request', 'A required parameter "refresh_token" is missing'),
    want: { kind: 'Refused', family: 'Unexpected', reason: 'Unexpected' },
  },
  {
    name: 'the same text with another word',
    call: 'refresh',
    answers: tokenError(400, 'server_says', dead),
    want: { kind: 'Refused', family: 'Unexpected', reason: 'Unexpected' },
  },
  {
    name: 'the words of a rejection from a broken server',
    call: 'refresh',
    answers: tokenError(500, 'invalid_request', dead),
    want: { kind: 'Unknown', family: 'Transient', reason: 'PlatformUnavailable', hasRaw: true },
  },
  {
    name: 'a wrong client secret',
    call: 'refresh',
    answers: tokenError(401, 'invalid_client', 'Client authentication failed'),
    want: { kind: 'Refused', family: 'Misconfigured', reason: 'AppSecretInvalid', isAppFault: true },
    says: 'LinkedIn refused the client id or the client secret of the app (401 "Client authentication failed").',
  },
);

const revokeRows = cited(
  nobodys,
  {
    name: 'by the refresh token',
    call: 'revoke',
    answers: { Revoke: { status: 200 } },
    want: { kind: 'Revoked' },
    sent: [
      {
        method: 'POST',
        url: 'https://www.linkedin.com/oauth/v2/revoke',
        headers: formHeaders,
        body: 'token=held-refresh-0001&client_id=our-client&client_secret=app-secret-0001',
      },
    ],
  },
  {
    name: 'by the access token where there is no other',
    call: 'revoke',
    tokens: { refresh: undefined },
    answers: { Revoke: { status: 200 } },
    want: { kind: 'Revoked' },
  },
  {
    name: 'an address that is gone is no login that is gone',
    call: 'revoke',
    answers: { Revoke: { status: 404, body: '<html>' } },
    want: { kind: 'Failed', family: 'Unexpected', reason: 'Unexpected' },
  },
);

export const linkedinRows: readonly Row[] = [
  ...consentRows,
  ...codeRows,
  ...refreshRows,
  ...revokeRows,
  ...linkedinRoleRows,
  ...linkedinErrorRows,
];

export const linkedinShape: Shape = {
  account: '77001122',
  good: {
    Introspect: { status: 200, body: { active: true, client_id: 'our-client', status: 'active' } },
    // One answer for both kinds.
    Identity: { status: 200, body: { id: 'aB3dE5fG7h', sub: 'aB3dE5fG7h' } },
  },
};
