import { cited, dayMs, nowAt, type Row, type Source } from './rows.ts';

const formHeaders = {
  accept: 'application/json',
  'user-agent': 'social-channel-operator',
  'content-type': 'application/x-www-form-urlencoded',
};
const revoked = { family: 'Rejected', reason: 'AccessRevoked' } as const;
const wrongSecret = { kind: 'Refused', family: 'Misconfigured', reason: 'AppSecretInvalid', isAppFault: true } as const;

function refusal(status: number, message: string) {
  return { Token: { status, body: { status, message } } };
}

const valid = {
  client_id: 'our-client',
  login: 'examplestreamer',
  scopes: ['user:read:chat', 'channel:manage:broadcast'],
  user_id: '123456789',
  expires_in: 13_987,
};

const documented: Source = ['https://dev.twitch.tv/docs/authentication/', '2026-11-22', 'documented'];
const observed: Source = ['https://github.com/twitchdev/issues/issues', '2026-11-22', 'observed'];
// Nobody wrote such an answer down; what is made of it must be safe all the same.
const unconfirmed: Source = ['https://dev.twitch.tv/docs/authentication/', '2026-11-22', 'unconfirmed'];

export const twitchRows: readonly Row[] = [
  ...cited(
    documented,
    {
      name: 'new tokens, scopes as a list',
      call: 'refresh',
      answers: {
        Token: {
          status: 200,
          body: {
            access_token: 'new-access',
            expires_in: 14_210,
            refresh_token: 'new-refresh',
            scope: ['user:read:chat', 'channel:manage:broadcast'],
            token_type: 'bearer',
          },
        },
      },
      want: {
        kind: 'Answered',
        access: 'new-access',
        refresh: 'new-refresh',
        expiresInS: 14_210,
        scopes: ['channel:manage:broadcast', 'user:read:chat'],
      },
      sent: [
        {
          method: 'POST',
          url: 'https://id.twitch.tv/oauth2/token',
          headers: formHeaders,
          body: 'refresh_token=held-refresh-0001&grant_type=refresh_token&client_id=our-client&client_secret=app-secret-0001',
        },
      ],
    },
    {
      name: 'an answer without expires_in and scope, as some are documented',
      call: 'refresh',
      answers: { Token: { status: 200, body: { access_token: 'new-access', refresh_token: 'held-refresh-0001' } } },
      want: { kind: 'Answered', access: 'new-access', refresh: 'held-refresh-0001' },
    },
    {
      name: 'an app token, with no scope asked for and no refresh token given',
      call: 'reissue',
      answers: {
        Token: { status: 200, body: { access_token: 'app-access', expires_in: 5_011_271, token_type: 'bearer' } },
      },
      want: { kind: 'Answered', access: 'app-access', expiresInS: 5_011_271 },
      sent: [
        {
          method: 'POST',
          url: 'https://id.twitch.tv/oauth2/token',
          headers: formHeaders,
          body: 'grant_type=client_credentials&client_id=our-client&client_secret=app-secret-0001',
        },
      ],
    },
    {
      name: 'a dead refresh token, with the status that is documented',
      call: 'refresh',
      answers: refusal(401, 'invalid refresh token'),
      want: { kind: 'Rejected', ...revoked },
    },
    {
      name: 'a living user token',
      call: 'introspect',
      answers: { Introspect: { status: 200, body: valid } },
      want: {
        kind: 'Valid',
        account: { id: '123456789', handle: 'examplestreamer' },
        scopes: ['channel:manage:broadcast', 'user:read:chat'],
        expiresInS: 13_987,
      },
      sent: [
        {
          method: 'GET',
          url: 'https://id.twitch.tv/oauth2/validate',
          headers: {
            accept: 'application/json',
            'user-agent': 'social-channel-operator',
            authorization: 'OAuth held-access-0001',
          },
          body: undefined,
        },
      ],
    },
    {
      name: 'a living app token, which has no user',
      call: 'introspect',
      kind: 'App',
      answers: { Introspect: { status: 200, body: { client_id: 'our-client', scopes: null, expires_in: 4_000_000 } } },
      want: { kind: 'Valid', expiresInS: 4_000_000 },
    },
    {
      name: 'a token of another app',
      call: 'introspect',
      answers: { Introspect: { status: 200, body: { ...valid, client_id: 'their-client' } } },
      want: { kind: 'Thrown', family: 'Misconfigured', reason: 'AppChanged' },
      says: 'belongs to the app with client id "their-client", not to "our-client"',
    },
    {
      name: 'a dead access token',
      call: 'introspect',
      answers: { Introspect: { status: 401, body: { status: 401, message: 'invalid access token' } } },
      want: { kind: 'AccessTokenDead', ...revoked },
      says: 'Twitch says that the access token is not good any more (401 "invalid access token").',
    },
    {
      name: 'a header that got lost on the way',
      call: 'introspect',
      answers: { Introspect: { status: 401, body: { status: 401, message: 'missing authorization token' } } },
      want: { kind: 'Thrown', family: 'Unexpected', reason: 'Unexpected' },
    },
  ),
  ...cited(
    observed,
    {
      name: 'a dead refresh token, with the status that comes',
      call: 'refresh',
      answers: refusal(400, 'Invalid refresh token'),
      want: { kind: 'Rejected', ...revoked },
      says: 'Twitch rejected the stored login: "Invalid refresh token". This happens when the password was changed or the app was disconnected',
    },
    {
      name: 'an odd refresh token',
      call: 'refresh',
      answers: refusal(400, 'Invalid grant'),
      want: { kind: 'Rejected', ...revoked },
    },
    {
      name: 'a wrong client id',
      call: 'refresh',
      answers: refusal(400, 'invalid client'),
      want: { ...wrongSecret, reason: 'AppUnknown' },
    },
    {
      name: 'a wrong client secret',
      call: 'refresh',
      answers: refusal(403, 'invalid client secret'),
      want: wrongSecret,
      says: 'Twitch refused the client id or the client secret of the app (403 "invalid client secret").',
    },
    {
      name: 'a missing client secret',
      call: 'refresh',
      answers: refusal(400, 'missing client secret'),
      want: wrongSecret,
    },
    {
      name: 'a token of a very old client, which never ends',
      call: 'introspect',
      answers: { Introspect: { status: 200, body: { ...valid, expires_in: 0, scopes: null } } },
      want: { kind: 'Valid', account: { id: '123456789', handle: 'examplestreamer' } },
    },
  ),
  ...cited(
    unconfirmed,
    {
      name: 'a dead refresh token past the end that was known',
      call: 'refresh',
      tokens: { refreshExpiresAt: nowAt - dayMs },
      answers: refusal(400, 'Invalid refresh token'),
      want: { kind: 'Rejected', family: 'Rejected', reason: 'RefreshTokenExpired' },
      says: 'older than the platform lets it become',
    },
    {
      name: 'the words of a rejection with another status',
      call: 'refresh',
      answers: refusal(503, 'Invalid refresh token'),
      want: { kind: 'Unknown', family: 'Transient', reason: 'PlatformUnavailable', hasRaw: true },
    },
    {
      name: 'a code that was used, is late, or belongs to another app',
      call: 'code',
      answers: refusal(400, 'Invalid authorization code'),
      want: { kind: 'Rejected', family: 'Rejected', reason: 'ConsentRefused' },
    },
    {
      name: 'a message nobody has written down',
      call: 'refresh',
      answers: refusal(400, 'Computer says no'),
      want: { kind: 'Refused', family: 'Unexpected', reason: 'Unexpected' },
    },
    {
      name: 'a user token that tells no user',
      call: 'introspect',
      answers: { Introspect: { status: 200, body: { client_id: 'our-client', scopes: [], expires_in: 10_000 } } },
      want: { kind: 'Thrown', family: 'Unexpected', reason: 'Unexpected' },
    },
    {
      name: 'a dead access token, told without a body',
      call: 'introspect',
      answers: { Introspect: { status: 401 } },
      want: { kind: 'AccessTokenDead', ...revoked },
    },
  ),
];
