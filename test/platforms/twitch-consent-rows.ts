import { cited, dayMs, held, nowAt, type Question, type Recorded, type Row, type Source } from './rows.ts';

const headers = { accept: 'application/json', 'user-agent': 'social-channel-operator' };
const formHeaders = { ...headers, 'content-type': 'application/x-www-form-urlencoded' };
const tokenURL = 'https://id.twitch.tv/oauth2/token';
const refused = { kind: 'Rejected', family: 'Rejected', reason: 'ConsentRefused' } as const;

const gettingTokens: Source = [
  'https://dev.twitch.tv/docs/authentication/getting-tokens-oauth/',
  '2026-11-22',
  'documented',
];
const refreshing: Source = ['https://dev.twitch.tv/docs/authentication/refresh-tokens/', '2026-11-22', 'documented'];
const revoking: Source = ['https://dev.twitch.tv/docs/authentication/revoke-tokens/', '2026-11-22', 'documented'];
const helixLimits: Source = ['https://dev.twitch.tv/docs/api/guide/#twitch-rate-limits', '2026-11-22', 'documented'];
// What others saw; Twitch documents none of these answers.
const seenMessages: Source = ['https://github.com/twitchdev/issues/issues', '2026-11-22', 'observed'];
const deviceWords: Source = ['RFC 8628 section 3.5', '2026-11-22', 'unconfirmed'];

const said = (status: number, message: string) => ({ status, body: { status, message } });
const scopes = ['channel:manage:broadcast', 'channel:read:stream_key'];
const given = {
  status: 200,
  body: {
    access_token: 'new-access',
    expires_in: 14_124,
    refresh_token: 'new-refresh',
    scope: scopes,
    token_type: 'bearer',
  },
};
const answered = {
  kind: 'Answered',
  access: 'new-access',
  refresh: 'new-refresh',
  expiresInS: 14_124,
  scopes,
} as const;

const consentURL =
  'https://id.twitch.tv/oauth2/authorize?response_type=code&client_id=our-client&redirect_uri=https%3A%2F%2Fconnect.example.com%2Fcallback&scope=channel%3Amanage%3Abroadcast%20channel%3Aread%3Astream_key&state=state-0001';
const codeBody = `code=${held.code}&redirect_uri=https%3A%2F%2Fconnect.example.com%2Fcallback&grant_type=authorization_code&client_id=our-client&client_secret=app-secret-0001`;

const consentRows = [
  ...cited(
    gettingTokens,
    {
      name: 'the consent page, without a challenge, which Twitch does not know',
      call: 'consent',
      answers: {},
      scopes,
      want: { kind: 'Consent', url: consentURL },
    },
    {
      name: 'somebody who comes again is asked again, and may take another account',
      call: 'consent',
      answers: {},
      scopes,
      reconnect: 'WrongAccount',
      want: { kind: 'Consent', url: `${consentURL}&force_verify=true` },
    },
    {
      name: 'a code for tokens',
      call: 'code',
      answers: { Token: given },
      want: answered,
      sent: [{ method: 'POST', url: tokenURL, headers: formHeaders, body: codeBody }],
    },
  ),
  ...cited(seenMessages, {
    name: 'a redirect URI that the app has not registered',
    call: 'code',
    answers: { Token: said(400, 'Parameter redirect_uri does not match registered URI') },
    want: { kind: 'Refused', family: 'Misconfigured', reason: 'RedirectURIMismatch', isAppFault: true },
    says: 'Parameter redirect_uri does not match registered URI',
  }),
];

const isPublic = { isPublic: true } as const;
const deviceStarted = {
  status: 200,
  body: {
    device_code: 'exampledevicecode0000000000000',
    expires_in: 1800,
    interval: 5,
    user_code: 'ABCDEFGH',
    verification_uri: 'https://www.twitch.tv/activate?public=true&device-code=ABCDEFGH',
  },
};
const pollBody =
  'device_code=device-code-0001&scopes=channel%3Amanage%3Abroadcast+channel%3Aread%3Astream_key&grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&client_id=our-client';

const poll = (name: string, answer: Recorded, want: Question['want']): Question => {
  return { name: `device: ${name}`, call: 'poll', scopes, use: isPublic, answers: { Token: answer }, want };
};

const deviceRows = [
  ...cited(
    gettingTokens,
    {
      name: 'a code for another device',
      call: 'device',
      scopes,
      use: isPublic,
      answers: { Device: deviceStarted },
      want: {
        kind: 'Device',
        userCode: 'ABCDEFGH',
        verificationURI: 'https://www.twitch.tv/activate?public=true&device-code=ABCDEFGH',
        expiresInS: 1800,
        intervalS: 5,
      },
      sent: [
        {
          method: 'POST',
          url: 'https://id.twitch.tv/oauth2/device',
          headers: formHeaders,
          body: 'scopes=channel%3Amanage%3Abroadcast+channel%3Aread%3Astream_key&client_id=our-client',
        },
      ],
    },
    poll('a person who has not agreed yet', said(400, 'authorization_pending'), { kind: 'Pending' }),
    poll('a code that is used, wrong or too old', said(400, 'invalid device code'), refused),
    {
      ...poll('a person who agreed, and an app without a secret', given, answered),
      sent: [{ method: 'POST', url: tokenURL, headers: formHeaders, body: pollBody }],
    },
    { ...poll('a person who agreed, and an app with a secret', given, answered), use: {} },
  ),
  ...cited(
    deviceWords,
    poll('a person who said no', said(400, 'access_denied'), refused),
    poll('questions that come too fast', said(400, 'slow_down'), { kind: 'Pending', slowDown: true }),
  ),
  ...cited(seenMessages, {
    name: 'a client id that Twitch does not know',
    call: 'device',
    use: isPublic,
    answers: { Device: said(400, 'invalid client') },
    want: { kind: 'Thrown', family: 'Misconfigured', reason: 'AppUnknown', isAppFault: true },
  }),
];

const refreshOf = (name: string, answer: Recorded, want: Question['want']): Question => {
  return { name: `public client: ${name}`, call: 'refresh', use: isPublic, answers: { Token: answer }, want };
};

const publicRows = cited(
  refreshing,
  {
    ...refreshOf('a refresh without a secret', given, answered),
    sent: [
      {
        method: 'POST',
        url: tokenURL,
        headers: formHeaders,
        body: 'refresh_token=held-refresh-0001&grant_type=refresh_token&client_id=our-client',
      },
    ],
  },
  refreshOf('a dead refresh token', said(400, 'Invalid refresh token'), {
    kind: 'Rejected',
    family: 'Rejected',
    reason: 'AccessRevoked',
  }),
  {
    ...refreshOf('a dead refresh token of more than thirty days', said(400, 'Invalid refresh token'), {
      kind: 'Rejected',
      family: 'Rejected',
      reason: 'RefreshTokenExpired',
    }),
    tokens: { obtainedAt: nowAt - 31 * dayMs },
  },
);

const revoke = (name: string, answer: Recorded, want: Question['want']): Question => {
  return { name, call: 'revoke', answers: { Revoke: answer }, want };
};

const revokeRows = cited(
  revoking,
  {
    name: 'the access token, with the id of the app and no secret',
    call: 'revoke',
    answers: { Revoke: { status: 200 } },
    want: { kind: 'Revoked' },
    sent: [
      {
        method: 'POST',
        url: 'https://id.twitch.tv/oauth2/revoke',
        headers: formHeaders,
        body: 'token=held-access-0001&client_id=our-client',
      },
    ],
  },
  revoke('a token that is dead already', said(400, 'Invalid token'), { kind: 'AlreadyGone' }),
  revoke('a client id that Twitch does not know: nothing is gone', said(404, 'client does not exist'), {
    kind: 'Failed',
    family: 'Misconfigured',
    reason: 'AppUnknown',
    isAppFault: true,
  }),
  {
    name: 'without an access token there is nothing that Twitch would take back',
    call: 'revoke',
    tokens: { access: undefined },
    answers: {},
    want: { kind: 'AlreadyGone' },
    sent: [],
  },
);

const limitRows = cited(helixLimits, {
  name: 'too many requests: it goes on when the count begins anew',
  call: 'introspect',
  answers: {
    Introspect: {
      status: 429,
      headers: { 'ratelimit-remaining': '0', 'ratelimit-reset': String(nowAt / 1_000 + 41) },
      body: { error: 'Too Many Requests', status: 429, message: 'Too Many Requests' },
    },
  },
  want: { kind: 'Thrown', family: 'Transient', reason: 'RateLimited', retryAfterS: 41 },
});

/** How a login comes, how an app without a secret keeps it, and how it is given back. */
export const twitchConsentRows: readonly Row[] = [
  ...consentRows,
  ...deviceRows,
  ...publicRows,
  ...revokeRows,
  ...limitRows,
];
