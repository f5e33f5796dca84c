import type { Shape } from './contract-rows.ts';
import { cited, dayMs, held, nowAt, type Question, type Recorded, type Row, type Source } from './rows.ts';

const headers = { accept: 'application/json', 'user-agent': 'social-channel-operator' };
const formHeaders = { ...headers, 'content-type': 'application/x-www-form-urlencoded' };
const withToken = { ...headers, authorization: 'Bearer held-access-0001' };
const tokenURL = 'https://id.kick.com/oauth/token';
const revoked = { family: 'Rejected', reason: 'AccessRevoked' } as const;
const unexpected = { family: 'Unexpected', reason: 'Unexpected' } as const;

const oauth: Source = [
  'https://docs.kick.com/getting-started/generating-tokens-oauth2-flow',
  '2026-11-22',
  'documented',
];
const usersAPI: Source = ['https://docs.kick.com/apis/users', '2026-11-22', 'documented'];
const issues = 'https://github.com/KickEngineering/KickDevDocs/issues';
const observed: Source = [`${issues}/239`, '2026-11-22', 'observed'];
const thirtyDays: Source = [`${issues}/397`, '2026-11-22', 'observed'];
// Nobody wrote such an answer down; what is made of it must be safe all the same.
const unconfirmed: Source = ['https://docs.kick.com/apis/users', '2026-11-22', 'unconfirmed'];

const scopes = ['channel:read', 'user:read'];
const given = (life: string | number): Recorded => ({
  status: 200,
  body: {
    access_token: 'new-access',
    token_type: 'Bearer',
    refresh_token: 'new-refresh',
    expires_in: life,
    scope: 'user:read channel:read',
  },
});
const answered = {
  kind: 'Answered',
  access: 'new-access',
  refresh: 'new-refresh',
  expiresInS: 7200,
  scopes,
} as const;
const invalidGrant: Recorded = {
  status: 400,
  body: {
    error: 'invalid_grant',
    error_description:
      'The provided authorization grant (e.g., authorization code, resource owner credentials) or refresh token is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client',
  },
};
const invalidRequest: Recorded = { status: 400, body: { error: 'Invalid request' } };

const refresh = (name: string, answer: Recorded, want: Question['want']): Question => {
  return { name, call: 'refresh', answers: { Token: answer }, want };
};

const tokenRows = [
  ...cited(
    oauth,
    {
      name: 'the consent page, with the challenge that Kick demands',
      call: 'consent',
      answers: {},
      scopes: ['user:read', 'channel:read'],
      want: {
        kind: 'Consent',
        url: `https://id.kick.com/oauth/authorize?response_type=code&client_id=our-client&redirect_uri=https%3A%2F%2Fconnect.example.com%2Fcallback&scope=user%3Aread%20channel%3Aread&state=state-0001&code_challenge=${held.challenge}&code_challenge_method=S256`,
      },
    },
    {
      name: 'a code for tokens, with the verifier',
      call: 'code',
      answers: { Token: given('7200') },
      want: answered,
      sent: [
        {
          method: 'POST',
          url: tokenURL,
          headers: formHeaders,
          body: `code=${held.code}&redirect_uri=https%3A%2F%2Fconnect.example.com%2Fcallback&code_verifier=${held.verifier}&grant_type=authorization_code&client_id=our-client&client_secret=app-secret-0001`,
        },
      ],
    },
    {
      ...refresh('a new pair of tokens, with its life as text', given('7200'), answered),
      sent: [
        {
          method: 'POST',
          url: tokenURL,
          headers: formHeaders,
          body: 'refresh_token=held-refresh-0001&grant_type=refresh_token&client_id=our-client&client_secret=app-secret-0001',
        },
      ],
    },
    // So says Kick of whatever it does not like: it accuses nobody's login.
    refresh('a request that Kick does not like', invalidRequest, { kind: 'Refused', ...unexpected }),
  ),
  ...cited(
    observed,
    refresh('its life as a number', given(7200), answered),
    {
      ...refresh('a dead refresh token', invalidGrant, { kind: 'Rejected', ...revoked }),
      says: 'Kick rejected the stored login: "The provided authorization grant',
    },
    {
      name: 'an app token, with no scope asked for',
      call: 'reissue',
      answers: {
        Token: { status: 200, body: { access_token: 'app-access', token_type: 'Bearer', expires_in: '5184000' } },
      },
      want: { kind: 'Answered', access: 'app-access', expiresInS: 5_184_000 },
      sent: [
        {
          method: 'POST',
          url: tokenURL,
          headers: formHeaders,
          body: 'grant_type=client_credentials&client_id=our-client&client_secret=app-secret-0001',
        },
      ],
    },
  ),
  ...cited(
    thirtyDays,
    {
      ...refresh('a refresh token that nobody used for thirty days', invalidGrant, {
        kind: 'Rejected',
        family: 'Rejected',
        reason: 'RefreshTokenExpired',
      }),
      tokens: { obtainedAt: nowAt - 30 * dayMs },
    },
    {
      ...refresh('thirty days count from its own issue, not from the consent', invalidGrant, {
        kind: 'Rejected',
        ...revoked,
      }),
      tokens: { obtainedAt: nowAt - dayMs, consentedAt: nowAt - 90 * dayMs },
    },
  ),
  ...cited(
    unconfirmed,
    refresh(
      'a wrong secret, in the words of RFC 6749',
      { status: 401, body: { error: 'invalid_client' } },
      {
        kind: 'Refused',
        family: 'Misconfigured',
        reason: 'AppSecretInvalid',
        isAppFault: true,
      },
    ),
  ),
];

const active = {
  active: true,
  client_id: 'our-client',
  token_type: 'user',
  scope: 'user:read channel:read',
  exp: nowAt / 1_000 + 5_400,
};
const introspected = (data: object): Recorded => ({ status: 200, body: { data, message: 'OK' } });
const users = (...data: readonly object[]): Recorded => ({ status: 200, body: { data, message: 'OK' } });
const me = users({ user_id: 4711, name: 'arena', email: 'arena@example.com' });

const ask = (name: string, data: object, want: Question['want'], identity = me): Question => {
  return { name, call: 'introspect', answers: { Introspect: introspected(data), Identity: identity }, want };
};

const questionRows = [
  ...cited(
    usersAPI,
    {
      ...ask('a living token and its account', active, {
        kind: 'Valid',
        account: { id: '4711', handle: 'arena' },
        scopes,
        expiresInS: 5_400,
      }),
      sent: [
        { method: 'POST', url: 'https://id.kick.com/oauth/token/introspect', headers: withToken, body: '' },
        { method: 'GET', url: 'https://api.kick.com/public/v1/users', headers: withToken, body: undefined },
      ],
    },
    {
      ...ask(
        'a living app token, which is nobody',
        { ...active, token_type: 'app', scope: '' },
        {
          kind: 'Valid',
          scopes: [],
          expiresInS: 5_400,
        },
      ),
      kind: 'App',
    },
    ask('a dead access token, told with 200', { active: false }, { kind: 'AccessTokenDead', ...revoked }),
    ask(
      'a token of another app',
      { ...active, client_id: 'their-client' },
      {
        kind: 'Thrown',
        family: 'Misconfigured',
        reason: 'AppChanged',
      },
    ),
  ),
  ...cited(
    unconfirmed,
    ask('an answer that does not say whether it is active', {}, { kind: 'Thrown', ...unexpected }),
    ask('a living token and no account', active, { kind: 'Thrown', ...unexpected }, users()),
    ask(
      'a refusal that names no permission',
      active,
      { kind: 'Thrown', ...unexpected },
      {
        status: 403,
        body: { data: {}, message: 'Forbidden' },
      },
    ),
  ),
];

const revokeURL = 'https://id.kick.com/oauth/revoke';
const ok: Recorded = { status: 200, body: 'OK' };
const revoke = (name: string, answers: readonly Recorded[], want: Question['want']): Question => {
  return { name, call: 'revoke', answers: { Revoke: answers }, want };
};

const revokeRows = cited(
  oauth,
  {
    ...revoke('each token for itself, in the query', [ok, ok], { kind: 'Revoked' }),
    sent: [
      {
        method: 'POST',
        url: `${revokeURL}?token=held-refresh-0001&token_hint_type=refresh_token`,
        headers,
        body: '',
      },
      { method: 'POST', url: `${revokeURL}?token=held-access-0001&token_hint_type=access_token`, headers, body: '' },
    ],
  },
  revoke('a refresh token that took the access token with it', [ok, invalidRequest], { kind: 'Revoked' }),
  revoke('tokens that are dead already', [invalidRequest, invalidRequest], { kind: 'AlreadyGone' }),
  revoke('a platform that fails in between: it is tried again', [ok, { status: 503 }], {
    kind: 'Failed',
    family: 'Transient',
    reason: 'PlatformUnavailable',
  }),
);

export const kickRows: readonly Row[] = [...tokenRows, ...questionRows, ...revokeRows];

export const kickShape: Shape = { good: { Introspect: introspected(active), Identity: me } };
