import type { Shape } from './contract-rows.ts';
import { graphError, graphRows, observed } from './meta-rows.ts';
import { cited, dayMs, hourMs, nowAt, type Question, type Recorded, type Row, type Source } from './rows.ts';

const login: Source = [
  'https://developers.facebook.com/documentation/instagram-platform/instagram-api-with-instagram-login/business-login',
  '2026-11-22',
  'documented',
];
const exchanges: Source = [
  'https://developers.facebook.com/documentation/instagram-platform/reference/access_token',
  '2026-11-22',
  'documented',
];
const refreshes: Source = [
  'https://developers.facebook.com/docs/instagram-platform/reference/refresh_access_token',
  '2026-11-22',
  'documented',
];
const codes: Source = [
  'https://developers.facebook.com/documentation/instagram-platform/instagram-graph-api/reference/error-codes',
  '2026-11-22',
  'documented',
];
const nango: Source = ['https://github.com/NangoHQ/nango', '2026-11-22', 'observed'];
const instafeed: Source = ['https://github.com/stevenschobert/instafeed.js/issues/747', '2026-11-22', 'observed'];

const headers = { accept: 'application/json', 'user-agent': 'social-channel-operator' };
const graph = 'https://graph.instagram.com';
const account = { id: '17841405822304915', handle: 'nightstream' };
const me = { status: 200, body: { user_id: account.id, username: account.handle, account_type: 'BUSINESS' } };
const alone = { tokens: { refresh: undefined } } as const;
const long = { access_token: 'IGlong', token_type: 'bearer', expires_in: 5183944 };
const scopes = ['instagram_business_basic', 'instagram_business_content_publish'];

const bring = (name: string, answer: Recorded, want: Question['want'], more: Partial<Question> = {}): Question => ({
  name: `Code: ${name}`,
  call: 'code',
  answers: { Token: answer },
  want,
  ...more,
});
const ask = (name: string, answer: Recorded, want: Question['want'], more: Partial<Question> = {}): Question => ({
  name,
  call: 'introspect',
  ...alone,
  answers: { Identity: answer },
  want,
  ...more,
});
const flat = (message: string): Recorded => ({
  status: 400,
  body: { error_type: 'OAuthException', code: 400, error_message: message },
});
const rejected = (reason: string) => ({ kind: 'Rejected', family: 'Rejected', reason }) as const;
const unexpected = { family: 'Unexpected', reason: 'Unexpected' } as const;
const secretInvalid = { family: 'Misconfigured', reason: 'AppSecretInvalid', isAppFault: true } as const;

const consentRows = [
  ...cited(
    login,
    {
      name: 'the consent page',
      call: 'consent',
      answers: {},
      scopes,
      want: {
        kind: 'Consent',
        url: 'https://www.instagram.com/oauth/authorize?response_type=code&client_id=our-client&redirect_uri=https%3A%2F%2Fconnect.example.com%2Fcallback&scope=instagram_business_basic%2Cinstagram_business_content_publish&state=state-0001',
      },
    },
    {
      name: 'the consent page for somebody who was here before asks for the password',
      call: 'consent',
      answers: {},
      scopes: ['instagram_business_basic'],
      reconnect: 'WrongAccount',
      want: {
        kind: 'Consent',
        url: 'https://www.instagram.com/oauth/authorize?response_type=code&client_id=our-client&redirect_uri=https%3A%2F%2Fconnect.example.com%2Fcallback&scope=instagram_business_basic&state=state-0001&force_reauth=true',
      },
    },
    bring(
      'a token of one hour, as documented',
      {
        status: 200,
        body: {
          data: [{ access_token: 'IGshort', user_id: account.id, permissions: scopes.join(',') }],
        },
      },
      { kind: 'Answered', access: 'IGshort', expiresInS: 3600, scopes },
      {
        sent: [
          {
            method: 'POST',
            url: 'https://api.instagram.com/oauth/access_token',
            headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
            body: 'code=brought-code-0001&redirect_uri=https%3A%2F%2Fconnect.example.com%2Fcallback&grant_type=authorization_code&client_id=our-client&client_secret=app-secret-0001',
          },
        ],
      },
    ),
    bring('it was used', flat('Matching code was not found or was already used'), rejected('ConsentRefused')),
    {
      name: 'a person who said no',
      call: 'code',
      callback: { error: 'access_denied', error_reason: 'user_denied', error_description: 'The user denied' },
      answers: {},
      want: { kind: 'NotSent', family: 'Rejected', reason: 'ConsentRefused' },
      sent: [],
    },
  ),
  ...cited(
    nango,
    bring(
      'a token of one hour, as it also comes: a bare number and a list',
      {
        status: 200,
        body: `{"access_token":"IGshort","user_id":17841405822304915,"permissions":${JSON.stringify(scopes)}}`,
      },
      { kind: 'Answered', access: 'IGshort', expiresInS: 3600, scopes },
    ),
  ),
  ...cited(
    [login[0], '2026-11-22', 'unconfirmed'],
    bring('a wrong client secret', flat('Error validating client secret.'), { kind: 'Refused', ...secretInvalid }),
  ),
];

const renewalRows = [
  ...cited(exchanges, {
    name: 'a token of one hour is traded for one of 60 days',
    call: 'refresh',
    answers: { Token: { status: 200, body: long } },
    tokens: { refresh: undefined, obtainedAt: nowAt, accessExpiresAt: nowAt + hourMs },
    want: { kind: 'Answered', access: 'IGlong', expiresInS: 5_183_944 },
    sent: [
      {
        method: 'GET',
        url: `${graph}/access_token?access_token=held-access-0001&grant_type=ig_exchange_token&client_secret=app-secret-0001`,
        headers,
        body: undefined,
      },
    ],
  }),
  ...cited(
    refreshes,
    {
      name: 'a token of 60 days is renewed, without the secret',
      call: 'refresh',
      answers: { Token: { status: 200, body: { ...long, permissions: 'instagram_business_basic' } } },
      tokens: { refresh: undefined, obtainedAt: nowAt - 9 * dayMs, accessExpiresAt: nowAt + 51 * dayMs },
      want: { kind: 'Answered', access: 'IGlong', expiresInS: 5_183_944, scopes: ['instagram_business_basic'] },
      sent: [
        {
          method: 'GET',
          url: `${graph}/refresh_access_token?access_token=held-access-0001&grant_type=ig_refresh_token`,
          headers,
          body: undefined,
        },
      ],
    },
    {
      name: 'a token that nobody renewed for 60 days',
      call: 'refresh',
      answers: { Token: graphError({ code: 190, subcode: 463 }) },
      tokens: { refresh: undefined, accessExpiresAt: nowAt - hourMs },
      want: rejected('TokenExpired'),
    },
    {
      name: 'a token that ended before its time',
      call: 'refresh',
      answers: { Token: graphError({ code: 190, message: 'Session has expired on Monday' }) },
      tokens: { refresh: undefined, accessExpiresAt: nowAt + 40 * dayMs },
      want: rejected('LifetimeShortened'),
    },
  ),
  ...cited(
    instafeed,
    {
      name: 'a renewal that gives the same text',
      call: 'refresh',
      ...alone,
      answers: { Token: { status: 200, body: { ...long, access_token: 'held-access-0001' } } },
      want: { kind: 'Answered', access: 'held-access-0001', expiresInS: 5_183_944 },
    },
    {
      name: 'a token that is long-lived already cannot be traded, and is good all the same',
      call: 'refresh',
      answers: { Token: graphError({ code: 452, message: 'Session key invalid' }) },
      tokens: { refresh: undefined, obtainedAt: nowAt, accessExpiresAt: nowAt + hourMs },
      want: { kind: 'Refused', ...unexpected },
    },
    {
      name: 'a refusal that may have four causes accuses nobody',
      call: 'refresh',
      ...alone,
      answers: { Token: graphError({ code: 100, message: 'Unsupported request - method type: get' }) },
      want: { kind: 'Refused', ...unexpected },
    },
    {
      name: 'a secret of another app',
      call: 'refresh',
      answers: { Token: graphError({ code: 100, message: 'Error validating client secret.' }) },
      tokens: { refresh: undefined, obtainedAt: nowAt, accessExpiresAt: nowAt + hourMs },
      want: { kind: 'Refused', ...secretInvalid },
    },
  ),
];

const identityRows = [
  ...cited(
    login,
    ask(
      'whose it is',
      me,
      { kind: 'Valid', account },
      {
        sent: [
          {
            method: 'GET',
            url: `${graph}/v26.0/me?fields=user_id%2Cusername%2Caccount_type&access_token=held-access-0001`,
            headers,
            body: undefined,
          },
        ],
      },
    ),
    ask(
      'an id of seventeen digits as a bare number',
      { status: 200, body: '{"user_id":17841405822304915,"username":"nightstream"}' },
      { kind: 'Valid', account },
    ),
  ),
  ...cited(
    codes,
    ask('an account that cannot be had', graphError({ code: 9009 }), {
      kind: 'Thrown',
      family: 'Transient',
      reason: 'PlatformUnavailable',
    }),
    ...[200, 299].map((code) =>
      ask(`code ${code}: a permission that was taken back`, graphError({ code }, 403), rejected('ScopeMissing')),
    ),
    ask(
      'code 10 accuses nobody, because an app that was not admitted is told the same',
      graphError({ code: 10 }, 403),
      { kind: 'Thrown', family: 'Misconfigured', reason: 'PermissionRefused' },
    ),
  ),
  ...cited(
    observed,
    ask(
      'a text that cannot be read',
      graphError({ code: 190, message: 'Failed to decrypt' }),
      rejected('TokenMalformed'),
    ),
    ask(
      'an account that is a personal one now',
      graphError({ code: 100, message: 'The user is not an Instagram Business' }),
      rejected('AccountTypeChanged'),
    ),
    ask('a locked account', graphError({ code: 100, subcode: 2207050 }), rejected('AccountLocked')),
    ask('a block for spam', graphError({ code: -1, subcode: 2207051 }), {
      kind: 'Thrown',
      family: 'Misconfigured',
      reason: 'SpamBlocked',
    }),
    ask('a server error beside a number of publishing', graphError({ code: -1, subcode: 2207001 }), {
      kind: 'Thrown',
      family: 'Transient',
      reason: 'PlatformUnavailable',
    }),
    ask('a quota of publishing', graphError({ code: 9, subcode: 2207042 }), {
      kind: 'Thrown',
      family: 'Transient',
      reason: 'RateLimited',
    }),
  ),
];

export const instagramRows: readonly Row[] = [
  ...consentRows,
  ...renewalRows,
  ...identityRows,
  ...graphRows('Identity', {}),
];

export const instagramShape: Shape = {};
