import { cited, dayMs, held, nowAt, type Question, type Recorded, type Row, type Source } from './rows.ts';

const headers = { accept: 'application/json', 'user-agent': 'social-channel-operator' };
const formHeaders = { ...headers, 'content-type': 'application/x-www-form-urlencoded' };
const tokenURL = 'https://open.tiktokapis.com/v2/oauth/token/';
const docs = 'https://developers.tiktok.com';
const revoked = { family: 'Rejected', reason: 'AccessRevoked' } as const;
const ofApp = { family: 'Misconfigured', isAppFault: true } as const;
const unexpected = { family: 'Unexpected', reason: 'Unexpected' } as const;

const web: Source = [`${docs}/doc/login-kit-web`, '2026-11-22', 'documented'];
const getting: Source = [`${docs}/doc/oauth-user-access-token-management`, '2026-11-22', 'documented'];
const refreshing: Source = [`${docs}/docs/en/oauth-refresh-a-user-access-token`, '2026-11-22', 'documented'];
const revoking: Source = [`${docs}/docs/en/oauth-revoke-a-user-access-token`, '2026-11-22', 'documented'];
const oauthErrors: Source = [`${docs}/doc/oauth-error-handling`, '2026-11-22', 'documented'];
const apiErrors: Source = [`${docs}/doc/tiktok-api-v2-error-handling`, '2026-11-22', 'documented'];
const userInfo: Source = [`${docs}/doc/tiktok-api-v2-get-user-info`, '2026-11-22', 'documented'];
// The pages name the errors; whether some of them come with status 200 is said nowhere.
const oauthWith200: Source = [`${docs}/doc/oauth-error-handling`, '2026-11-22', 'unconfirmed'];
const apiWith200: Source = [`${docs}/doc/tiktok-api-v2-error-handling`, '2026-11-22', 'unconfirmed'];
// Known from posting; that this call answers with them too is not confirmed.
const ofPosting: Source = ['https://github.com/gitroomhq/postiz-app', '2026-11-22', 'observed'];

const logID = '20261122100000AB12CD34EF56AB78CD90';
const refused = (status: number, error: string, description = 'An error.'): Recorded => {
  return { status, body: { error, error_description: description, log_id: logID } };
};
const apiAnswer = (status: number, code: string, data: object = {}): Recorded => {
  return { status, body: { data, error: { code, message: '', log_id: logID } } };
};

const given = (life: number, refreshLife: number): Recorded => ({
  status: 200,
  body: {
    open_id: 'afd97af1-b87b-48b9-ac98-410aghda5344',
    scope: 'user.info.basic,video.list',
    access_token: 'new-access',
    expires_in: life,
    refresh_token: 'new-refresh',
    refresh_expires_in: refreshLife,
    token_type: 'Bearer',
  },
});
const answered = (life: number, refreshLife: number) =>
  ({
    kind: 'Answered',
    access: 'new-access',
    refresh: 'new-refresh',
    expiresInS: life,
    refreshExpiresInS: refreshLife,
    scopes: ['user.info.basic', 'video.list'],
    account: { id: 'afd97af1-b87b-48b9-ac98-410aghda5344' },
  }) as const;

const refresh = (name: string, answer: Recorded, want: Question['want']): Question => {
  return { name, call: 'refresh', answers: { Token: answer }, want };
};
const ask = (name: string, answer: Recorded, want: Question['want']): Question => {
  return { name, call: 'introspect', answers: { Identity: answer }, want };
};
const sentForm = (url: string, body: string): NonNullable<Row['sent']> => [
  { method: 'POST', url, headers: formHeaders, body },
];

const consentURL =
  'https://www.tiktok.com/v2/auth/authorize/?response_type=code&client_key=our-client&redirect_uri=https%3A%2F%2Fconnect.example.com%2Fcallback&scope=user.info.basic%2Cvideo.list&state=state-0001';

const consentRows = [
  ...cited(web, {
    name: 'the consent page, with the name that TikTok has for client ids, and commas',
    call: 'consent',
    answers: {},
    scopes: ['user.info.basic', 'video.list'],
    want: { kind: 'Consent', url: consentURL },
  }),
  ...cited(getting, {
    name: 'a code for tokens, with the account',
    call: 'code',
    answers: { Token: given(7_200, 15_552_000) },
    want: answered(7_200, 15_552_000),
    sent: sentForm(
      tokenURL,
      `code=${held.code}&redirect_uri=https%3A%2F%2Fconnect.example.com%2Fcallback&grant_type=authorization_code&client_key=our-client&client_secret=app-secret-0001`,
    ),
  }),
  ...cited(oauthWith200, {
    name: 'a code that was used already, told with 200',
    call: 'code',
    answers: { Token: refused(200, 'invalid_grant', 'Authorization code is expired.') },
    want: { kind: 'Rejected', family: 'Rejected', reason: 'ConsentRefused' },
  }),
];

const dead = refused(400, 'invalid_grant', 'Refresh token is invalid or expired.');

const refreshRows = [
  ...cited(
    refreshing,
    {
      ...refresh('a new pair of tokens', given(7_200, 15_552_000), answered(7_200, 15_552_000)),
      sent: sentForm(
        tokenURL,
        'refresh_token=held-refresh-0001&grant_type=refresh_token&client_key=our-client&client_secret=app-secret-0001',
      ),
    },
    {
      ...refresh('a dead refresh token of more than 180 days', dead, {
        kind: 'Rejected',
        family: 'Rejected',
        reason: 'RefreshTokenExpired',
      }),
      tokens: { obtainedAt: nowAt - 181 * dayMs },
    },
  ),
  ...cited(
    getting,
    refresh('the lives of older pages count where they are told', given(86_400, 31_536_000), {
      ...answered(86_400, 31_536_000),
    }),
    {
      name: 'an app token, with no scope asked for',
      call: 'reissue',
      answers: { Token: { status: 200, body: { access_token: 'app-access', expires_in: 7200, token_type: 'Bearer' } } },
      want: { kind: 'Answered', access: 'app-access', expiresInS: 7200 },
      sent: sentForm(tokenURL, 'grant_type=client_credentials&client_key=our-client&client_secret=app-secret-0001'),
    },
  ),
  ...cited(
    oauthErrors,
    {
      ...refresh('a dead refresh token', dead, { kind: 'Rejected', ...revoked }),
      says: 'TikTok rejected the stored login: "Refresh token is invalid or expired." This happens',
    },
    refresh('a wrong secret', refused(401, 'invalid_client'), {
      kind: 'Refused',
      reason: 'AppSecretInvalid',
      ...ofApp,
    }),
    refresh('an app that may not do this', refused(401, 'unauthorized_client'), {
      kind: 'Refused',
      reason: 'AppSuspended',
      ...ofApp,
    }),
    refresh('a request that TikTok does not understand', refused(400, 'invalid_request'), {
      kind: 'Refused',
      ...unexpected,
    }),
  ),
  ...cited(
    oauthWith200,
    refresh('a dead refresh token, told with 200', { ...dead, status: 200 }, { kind: 'Rejected', ...revoked }),
    refresh('a wrong secret, told with 200', refused(200, 'invalid_client'), {
      kind: 'Refused',
      reason: 'AppSecretInvalid',
      ...ofApp,
    }),
    refresh('an error that is not known here, told with 200', refused(200, 'invalid_request'), {
      kind: 'Unknown',
      ...unexpected,
      hasRaw: true,
    }),
  ),
];

const user = { user: { open_id: 'afd97af1-b87b-48b9-ac98-410aghda5344', display_name: 'Example Studio' } };
const ofThisGrant = (reason: string) => ({ kind: 'Rejected', family: 'Rejected', reason }) as const;
const thrown = (reason: string) => ({ kind: 'Thrown', reason, ...ofApp }) as const;
const transient = (reason: string) => ({ kind: 'Thrown', family: 'Transient', reason }) as const;

const identityRows = [
  ...cited(userInfo, {
    ...ask('a living token and its account', apiAnswer(200, 'ok', user), {
      kind: 'Valid',
      account: { id: 'afd97af1-b87b-48b9-ac98-410aghda5344', handle: 'Example Studio' },
    }),
    sent: [
      {
        method: 'GET',
        url: 'https://open.tiktokapis.com/v2/user/info/?fields=open_id,display_name',
        headers: { ...headers, authorization: 'Bearer held-access-0001' },
        body: undefined,
      },
    ],
  }),
  ...cited(
    apiErrors,
    ask('a dead access token', apiAnswer(401, 'access_token_invalid'), { kind: 'AccessTokenDead', ...revoked }),
    ask(
      'a permission that the person did not give',
      apiAnswer(401, 'scope_not_authorized'),
      ofThisGrant('ScopeMissing'),
    ),
    ask('a field that asks for more', apiAnswer(400, 'scope_permission_missed'), thrown('AppReviewMissing')),
    ask('too many requests', apiAnswer(429, 'rate_limit_exceeded'), transient('RateLimited')),
    ask('a platform that fails', apiAnswer(500, 'internal_error'), transient('PlatformUnavailable')),
    ask('a request that TikTok does not understand', apiAnswer(400, 'invalid_params'), {
      kind: 'Thrown',
      ...unexpected,
    }),
  ),
  ...cited(
    apiWith200,
    ask('a dead access token, told with 200', apiAnswer(200, 'access_token_invalid', user), {
      kind: 'AccessTokenDead',
      ...revoked,
    }),
    ask('too many requests, told with 200', apiAnswer(200, 'rate_limit_exceeded'), transient('RateLimited')),
    ask('a platform that fails, told with 200', apiAnswer(200, 'internal_error'), transient('PlatformUnavailable')),
    ask('an account beside an error that is not known here', apiAnswer(200, 'what_is_this', user), {
      kind: 'Thrown',
      ...unexpected,
    }),
  ),
  ...cited(
    ofPosting,
    ask('an app that has too many people today', apiAnswer(403, 'reached_active_user_cap'), thrown('QuotaExhausted')),
    ask(
      'an app that was not audited',
      apiAnswer(403, 'unaudited_client_can_only_post_to_private_accounts'),
      thrown('AppReviewMissing'),
    ),
    ask('a person who may not post for a while', apiAnswer(403, 'spam_risk_user_banned_from_posting'), {
      kind: 'Thrown',
      family: 'Misconfigured',
      reason: 'SpamBlocked',
    }),
  ),
];

const revoke = (name: string, answer: Recorded, want: Question['want']): Question => {
  return { name, call: 'revoke', answers: { Revoke: answer }, want };
};

const revokeRows = [
  ...cited(
    revoking,
    {
      ...revoke('the access token, which disconnects the app', { status: 200, body: {} }, { kind: 'Revoked' }),
      sent: sentForm(
        'https://open.tiktokapis.com/v2/oauth/revoke/',
        'token=held-access-0001&client_key=our-client&client_secret=app-secret-0001',
      ),
    },
    revoke('a token that is dead already', refused(400, 'invalid_grant'), { kind: 'AlreadyGone' }),
  ),
  ...cited(
    oauthWith200,
    revoke('a token that is dead already, told with 200', refused(200, 'invalid_grant'), { kind: 'AlreadyGone' }),
    revoke('a wrong secret, told with 200: nothing is gone', refused(200, 'invalid_client'), {
      kind: 'Failed',
      reason: 'AppSecretInvalid',
      ...ofApp,
    }),
  ),
];

export const tiktokRows: readonly Row[] = [...consentRows, ...refreshRows, ...identityRows, ...revokeRows];
