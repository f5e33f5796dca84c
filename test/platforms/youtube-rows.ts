import type { Shape } from './contract-rows.ts';
import { cited, dayMs, nowAt, type Question, type Row, type Source } from './rows.ts';

const refused = { family: 'Misconfigured', isAppFault: true } as const;

function tokenError(status: number, error: string, more: Record<string, string> = {}) {
  return { Token: { status, body: { error, ...more } } };
}

function apiError(status: number, reason: string, message = 'An error') {
  return {
    ...alive,
    Identity: { status, body: { error: { code: status, message, errors: [{ domain: 'global', reason, message }] } } },
  };
}

const exp = String(nowAt / 1_000 + 3_481);
const told = (scope: string) => {
  const body = { azp: 'our-client', aud: 'our-client', scope, exp, expires_in: '3481', access_type: 'offline' };
  return { Introspect: { status: 200, body } };
};
const alive = told('openid https://www.googleapis.com/auth/youtube');
const mayStream = { status: 200, body: { kind: 'youtube#liveBroadcastListResponse', items: [] } };
const channel = {
  kind: 'youtube#channelListResponse',
  pageInfo: { totalResults: 1, resultsPerPage: 5 },
  items: [
    { kind: 'youtube#channel', id: 'UCexample', snippet: { title: 'Example Studio', customUrl: '@examplestudio' } },
  ],
};
const headers = {
  accept: 'application/json',
  'user-agent': 'social-channel-operator',
  authorization: 'Bearer held-access-0001',
};

function lost(name: string, answers: Row['answers'], reason: string): Question {
  return { name, call: 'refresh', answers, want: { kind: 'Rejected', family: 'Rejected', reason } };
}
function lostAccount(name: string, answers: Row['answers'], reason: string): Question {
  return { name, call: 'introspect', answers, want: { kind: 'Rejected', family: 'Rejected', reason } };
}

const documented: Source = ['https://developers.google.com/identity/protocols/oauth2', '2026-11-22', 'documented'];
const apiErrors: Source = ['https://developers.google.com/youtube/v3/docs/errors', '2026-11-22', 'documented'];
const observed: Source = ['https://github.com/googleapis/google-auth-library-nodejs/issues', '2026-11-22', 'observed'];
// Which of two answers comes, or what a documented reason says of a login, is not told anywhere.
const unconfirmed: Source = ['https://developers.google.com/youtube/v3/docs/errors', '2026-11-22', 'unconfirmed'];

export const youtubeRows: readonly Row[] = [
  ...cited(
    documented,
    {
      name: 'a new access token and no new refresh token',
      call: 'refresh',
      answers: {
        Token: {
          status: 200,
          body: {
            access_token: 'new-access',
            expires_in: 3599,
            scope: 'https://www.googleapis.com/auth/youtube openid',
            token_type: 'Bearer',
          },
        },
      },
      want: {
        kind: 'Answered',
        access: 'new-access',
        expiresInS: 3599,
        scopes: ['https://www.googleapis.com/auth/youtube', 'openid'],
      },
      sent: [
        {
          method: 'POST',
          url: 'https://oauth2.googleapis.com/token',
          headers: {
            accept: 'application/json',
            'user-agent': 'social-channel-operator',
            'content-type': 'application/x-www-form-urlencoded',
          },
          body: 'refresh_token=held-refresh-0001&grant_type=refresh_token&client_id=our-client&client_secret=app-secret-0001',
        },
      ],
    },
    {
      name: 'access that was given for a limited time',
      call: 'refresh',
      answers: {
        Token: {
          status: 200,
          body: { access_token: 'new-access', expires_in: 3599, refresh_token_expires_in: 604_799 },
        },
      },
      want: { kind: 'Answered', access: 'new-access', expiresInS: 3599, refreshExpiresInS: 604_799 },
    },
    {
      ...lost('a dead refresh token past its limited time', tokenError(400, 'invalid_grant'), 'RefreshTokenExpired'),
      tokens: { refreshExpiresAt: nowAt - 1 },
    },
    {
      ...lost(
        'a dead refresh token that nobody used for six months',
        tokenError(400, 'invalid_grant'),
        'ExpiredUnused',
      ),
      tokens: { obtainedAt: nowAt - 181 * dayMs },
    },
    lost(
      'a session policy, by subtype',
      tokenError(400, 'invalid_grant', { error_subtype: 'invalid_rapt' }),
      'ReauthPolicy',
    ),
    lost('a Workspace policy', tokenError(400, 'admin_policy_enforced'), 'AdminPolicyBlocked'),
    {
      name: 'a wrong client secret',
      call: 'refresh',
      answers: tokenError(401, 'invalid_client', { error_description: 'Unauthorized' }),
      want: { kind: 'Refused', reason: 'AppSecretInvalid', ...refused },
    },
    {
      name: 'a deleted client',
      call: 'refresh',
      answers: tokenError(401, 'deleted_client'),
      want: { kind: 'Refused', reason: 'AppSuspended', ...refused },
    },
    {
      name: 'an internal app and a foreign account',
      call: 'refresh',
      answers: tokenError(403, 'org_internal'),
      want: { kind: 'Refused', reason: 'AppSuspended', ...refused },
    },
    {
      name: 'a limit on new tokens',
      call: 'refresh',
      answers: tokenError(403, 'rate_limit_exceeded'),
      want: { kind: 'Refused', family: 'Transient', reason: 'RateLimited' },
    },
    {
      name: 'a living token and its channel',
      call: 'introspect',
      answers: { ...alive, Identity: { status: 200, body: channel }, Role: mayStream },
      want: {
        kind: 'Valid',
        account: { id: 'UCexample', handle: '@examplestudio' },
        scopes: ['https://www.googleapis.com/auth/youtube', 'openid'],
        expiresInS: 3481,
      },
      sent: [
        { method: 'POST', url: 'https://oauth2.googleapis.com/tokeninfo', headers, body: '' },
        {
          method: 'GET',
          url: 'https://www.googleapis.com/youtube/v3/channels?part=id,snippet&mine=true',
          headers,
          body: undefined,
        },
        {
          method: 'GET',
          url: 'https://www.googleapis.com/youtube/v3/liveBroadcasts?part=id&mine=true&maxResults=1',
          headers,
          body: undefined,
        },
      ],
    },
    {
      name: 'a token of another app',
      call: 'introspect',
      answers: { Introspect: { ...alive.Introspect, body: { ...alive.Introspect.body, aud: 'their-client' } } },
      want: { kind: 'Thrown', family: 'Misconfigured', reason: 'AppChanged' },
    },
  ),
  ...cited(
    observed,
    {
      ...lost(
        'a dead refresh token',
        tokenError(400, 'invalid_grant', { error_description: 'Token has been expired or revoked.' }),
        'AccessRevoked',
      ),
      says: 'YouTube rejected the stored login: "Token has been expired or revoked." This happens',
    },
    lost(
      'a session policy, by description',
      tokenError(400, 'invalid_grant', { error_description: 'Reauth related error' }),
      'ReauthPolicy',
    ),
    lost(
      'a deleted account',
      tokenError(400, 'invalid_grant', { error_description: 'The account has been deleted' }),
      'AccountDeleted',
    ),
    {
      name: 'a dead access token',
      call: 'introspect',
      answers: { Introspect: { status: 400, body: { error: 'invalid_token', error_description: 'Invalid Value' } } },
      want: { kind: 'AccessTokenDead', family: 'Rejected', reason: 'AccessRevoked' },
    },
  ),
  ...cited(
    apiErrors,
    ...['liveStreamingNotEnabled', 'livePermissionBlocked', 'insufficientLivePermissions'].map(
      (reason): Question => ({
        name: `${reason}: the login is good, and the owner has something to do`,
        call: 'introspect',
        answers: {
          ...alive,
          Identity: { status: 200, body: channel },
          Role: apiError(403, reason, 'The user is not enabled for live streaming.').Identity,
        },
        want: {
          kind: 'Valid',
          account: { id: 'UCexample', handle: '@examplestudio' },
          scopes: ['https://www.googleapis.com/auth/youtube', 'openid'],
          expiresInS: 3481,
          beside: 'LiveStreamingDisabled',
        },
        says: 'has not enabled live streaming for the account',
      }),
    ),
    {
      name: 'a token that died between the two questions',
      call: 'introspect',
      answers: apiError(401, 'authError', 'Invalid Credentials'),
      want: { kind: 'AccessTokenDead', family: 'Rejected', reason: 'AccessRevoked' },
    },
    lostAccount('no channel, as an error', apiError(401, 'youtubeSignupRequired'), 'NoChannel'),
    lostAccount('a suspended account', apiError(403, 'authenticatedUserAccountSuspended'), 'AccountSuspended'),
    lostAccount('a suspended channel', apiError(403, 'channelSuspended'), 'AccountSuspended'),
    lostAccount('a closed account', apiError(403, 'authenticatedUserAccountClosed'), 'AccountDeleted'),
    lostAccount('a closed channel', apiError(403, 'channelClosed'), 'AccountDeleted'),
    lostAccount('too few scopes, by reason', apiError(403, 'insufficientPermissions'), 'ScopeMissing'),
    lostAccount(
      'too few scopes, by message',
      apiError(403, 'forbidden', 'Request had insufficient authentication scopes.'),
      'ScopeMissing',
    ),
    ...['quotaExceeded', 'dailyLimitExceeded'].map(
      (reason): Question => ({
        name: `${reason} before the channel was ever told`,
        call: 'introspect',
        answers: apiError(403, reason, 'You have exceeded your <a href="/quota">quota</a>.'),
        want: { kind: 'Thrown', reason: 'QuotaExhausted', ...refused },
      }),
    ),
    ...['rateLimitExceeded', 'userRateLimitExceeded'].map(
      (reason): Question => ({
        name: reason,
        call: 'introspect',
        answers: apiError(403, reason),
        want: { kind: 'Thrown', family: 'Transient', reason: 'RateLimited' },
      }),
    ),
    {
      name: 'an API that is not enabled',
      call: 'introspect',
      answers: apiError(403, 'accessNotConfigured'),
      want: { kind: 'Thrown', reason: 'AppSuspended', ...refused },
    },
  ),
  ...cited(
    unconfirmed,
    lostAccount(
      'no channel, as an empty list',
      { ...alive, Identity: { status: 200, body: { kind: 'youtube#channelListResponse', items: [] } } },
      'NoChannel',
    ),
    {
      name: 'an empty object that is not a list of channels',
      call: 'introspect',
      answers: { ...alive, Identity: { status: 200, body: {} } },
      want: { kind: 'Thrown', family: 'Unexpected', reason: 'Unexpected' },
    },
    lostAccount('a person who is no manager any more', apiError(403, 'authenticatedUserNotChannel'), 'AdminRightsLost'),
    {
      ...lostAccount(
        'a lost role is not taken for a scope that was never given and shows no account',
        { ...apiError(403, 'authenticatedUserNotChannel'), ...told('https://www.googleapis.com/auth/youtube') },
        'AdminRightsLost',
      ),
      scopes: ['https://www.googleapis.com/auth/youtube', 'openid'],
    },
    lostAccount('a delegation that ended', apiError(403, 'accountDelegationForbidden'), 'AdminRightsLost'),
    {
      name: 'forbidden alone, which proves nothing',
      call: 'introspect',
      answers: apiError(403, 'forbidden'),
      want: { kind: 'Thrown', family: 'Unexpected', reason: 'Unexpected' },
    },
  ),
];

export const youtubeShape: Shape = {
  good: {
    Introspect: { status: 200, body: { aud: 'our-client', expires_in: '3481' } },
    Identity: { status: 200, body: { items: [{ id: 'UCexample' }] } },
    Role: { status: 200, body: { items: [] } },
  },
};
