import { cited, nowAt, type Question, type Row, type Source } from './rows.ts';

const basic = `Basic ${Buffer.from('our-client:app-secret-0001').toString('base64')}`;
const headers = {
  accept: 'application/json',
  'user-agent': 'social-channel-operator',
  'content-type': 'application/x-www-form-urlencoded',
  authorization: basic,
};
const active = {
  active: true,
  sub: 'account-1',
  client_id: 'our-client',
  scope: 'openid offline_access',
  exp: nowAt / 1_000 + 300,
};

function refused(
  name: string,
  status: number,
  error: string,
  want: Row['want'],
  more: Record<string, string> = {},
): Question {
  return { name, call: 'refresh', answers: { Token: { status, body: { error, ...more } } }, want };
}

const documented: Source = ['RFC 6749 section 5, RFC 7662 section 2', '2026-11-22', 'documented'];

export const oidcProviderRows: readonly Row[] = cited(
  documented,
  {
    name: 'new tokens',
    call: 'refresh',
    answers: {
      Token: {
        status: 200,
        body: {
          access_token: 'new-access',
          expires_in: 60,
          refresh_token: 'new-refresh',
          scope: 'openid offline_access',
          token_type: 'Bearer',
          id_token: 'x.y.z',
        },
      },
    },
    want: {
      kind: 'Answered',
      access: 'new-access',
      refresh: 'new-refresh',
      expiresInS: 60,
      scopes: ['offline_access', 'openid'],
    },
    sent: [
      {
        method: 'POST',
        url: 'https://auth.example.com/token',
        headers,
        body: 'refresh_token=held-refresh-0001&grant_type=refresh_token',
      },
    ],
  },
  {
    name: 'an app token with the scopes that were asked for',
    call: 'reissue',
    answers: { Token: { status: 200, body: { access_token: 'app-access', expires_in: 600, token_type: 'Bearer' } } },
    want: { kind: 'Answered', access: 'app-access', expiresInS: 600 },
    sent: [
      {
        method: 'POST',
        url: 'https://auth.example.com/token',
        headers,
        body: 'scope=one+two&grant_type=client_credentials',
      },
    ],
  },
  {
    ...refused(
      'a replayed or unknown token',
      400,
      'invalid_grant',
      { kind: 'Rejected', family: 'Rejected', reason: 'AccessRevoked' },
      { error_description: 'grant request is invalid' },
    ),
    says: 'OIDC Provider rejected the stored login: "grant request is invalid".',
  },
  refused('a wrong secret', 401, 'invalid_client', {
    kind: 'Refused',
    family: 'Misconfigured',
    reason: 'AppSecretInvalid',
    isAppFault: true,
  }),
  refused('a client that may not refresh', 400, 'unauthorized_client', {
    kind: 'Refused',
    family: 'Misconfigured',
    reason: 'AppSecretInvalid',
    isAppFault: true,
  }),
  refused('a grant type that the server does not have', 400, 'unsupported_grant_type', {
    kind: 'Refused',
    family: 'Misconfigured',
    reason: 'PlatformInvalid',
    isAppFault: true,
  }),
  refused('invalid_request, which may be our own fault', 400, 'invalid_request', {
    kind: 'Refused',
    family: 'Unexpected',
    reason: 'Unexpected',
  }),
  ...['temporarily_unavailable', 'server_error', 'slow_down'].map((error) =>
    refused(error, 400, error, { kind: 'Refused', family: 'Transient', reason: 'PlatformUnavailable' }),
  ),
  ...['access_denied', 'consent_required', 'interaction_required', 'login_required'].map((error) =>
    refused(error, 400, error, { kind: 'Rejected', family: 'Rejected', reason: 'AccessRevoked' }),
  ),
  refused('access_denied as firewalls say it', 403, 'access_denied', {
    kind: 'Refused',
    family: 'Unexpected',
    reason: 'Unexpected',
  }),
  {
    name: 'a 401 that asks for Basic credentials',
    call: 'refresh',
    answers: { Token: { status: 401, headers: { 'www-authenticate': 'Basic realm="token"' } } },
    want: { kind: 'Refused', family: 'Misconfigured', reason: 'AppSecretInvalid', isAppFault: true },
  },
  {
    name: 'an answer that comes too early for the server',
    call: 'refresh',
    answers: { Token: { status: 425 } },
    want: { kind: 'Refused', family: 'Transient', reason: 'PlatformUnavailable' },
  },
  {
    name: 'an error with status 200',
    call: 'refresh',
    answers: { Token: { status: 200, body: { error: 'invalid_grant' } } },
    want: { kind: 'Rejected', family: 'Rejected', reason: 'AccessRevoked' },
  },
  {
    name: 'a living token, its end measured by the clock of the server',
    call: 'introspect',
    answers: {
      Introspect: {
        status: 200,
        headers: { date: new Date(nowAt + 600_000).toUTCString() },
        body: { ...active, exp: (nowAt + 600_000) / 1_000 + 300 },
      },
    },
    want: { kind: 'Valid', account: { id: 'account-1' }, scopes: ['offline_access', 'openid'], expiresInS: 300 },
    sent: [
      { method: 'POST', url: 'https://auth.example.com/token/introspection', headers, body: 'token=held-access-0001' },
    ],
  },
  {
    name: 'a token that is not active',
    call: 'introspect',
    answers: { Introspect: { status: 200, body: { active: false } } },
    want: { kind: 'AccessTokenDead', family: 'Rejected', reason: 'AccessRevoked' },
  },
  {
    name: 'a wrong secret',
    call: 'introspect',
    answers: { Introspect: { status: 401, body: { error: 'invalid_client' } } },
    want: { kind: 'Thrown', family: 'Misconfigured', reason: 'AppSecretInvalid', isAppFault: true },
  },
  {
    name: 'a client that may not introspect',
    call: 'introspect',
    answers: { Introspect: { status: 401, body: { error: 'unauthorized_client' } } },
    want: { kind: 'Thrown', family: 'Misconfigured', reason: 'AppSecretInvalid', isAppFault: true },
  },
);
