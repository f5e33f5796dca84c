import { graphError, graphRows, observed } from './meta-rows.ts';
import { cited, dayMs, hourMs, nowAt, type Question, type Row, type Source } from './rows.ts';

const consents: Source = [
  'https://developers.facebook.com/documentation/threads/get-started/get-access-tokens-and-permissions',
  '2026-11-22',
  'documented',
];
const longLived: Source = [
  'https://developers.facebook.com/docs/threads/get-started/long-lived-tokens',
  '2026-11-22',
  'documented',
];
const flatErrors: Source = [consents[0], '2026-11-22', 'unconfirmed'];

const headers = { accept: 'application/json', 'user-agent': 'social-channel-operator' };
const graph = 'https://graph.threads.net';
const longToken = {
  status: 200,
  body: { access_token: 'THlong', token_type: 'bearer', expires_in: 5183944 },
};
const account = { id: '17841400000000002', handle: 'nightstream' };
const me = { status: 200, body: { id: account.id, username: account.handle } };
const alone = { tokens: { refresh: undefined } } as const;

const code = (name: string, message: string, want: Question['want']): Question => ({
  name: `Code: ${name}`,
  call: 'code',
  answers: { Token: { status: 400, body: { error_type: 'OAuthException', code: 400, error_message: message } } },
  want,
});

export const threadsRows: readonly Row[] = [
  ...cited(
    consents,
    {
      name: 'the consent page',
      call: 'consent',
      answers: {},
      scopes: ['threads_basic', 'threads_content_publish'],
      want: {
        kind: 'Consent',
        url: 'https://threads.com/oauth/authorize?response_type=code&client_id=our-client&redirect_uri=https%3A%2F%2Fconnect.example.com%2Fcallback&scope=threads_basic%2Cthreads_content_publish&state=state-0001',
      },
    },
    {
      name: 'the consent page at the host of older documentation',
      call: 'consent',
      use: { settings: { dialogHost: 'threads.net' } },
      answers: {},
      scopes: ['threads_basic'],
      want: {
        kind: 'Consent',
        url: 'https://threads.net/oauth/authorize?response_type=code&client_id=our-client&redirect_uri=https%3A%2F%2Fconnect.example.com%2Fcallback&scope=threads_basic&state=state-0001',
      },
    },
    {
      name: 'a code for a token of one hour',
      call: 'code',
      answers: { Token: { status: 200, body: '{"access_token":"THshort","user_id":17841400000000002}' } },
      want: { kind: 'Answered', access: 'THshort', expiresInS: 3600 },
      sent: [
        {
          method: 'POST',
          url: `${graph}/oauth/access_token`,
          headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
          body: 'code=brought-code-0001&redirect_uri=https%3A%2F%2Fconnect.example.com%2Fcallback&grant_type=authorization_code&client_id=our-client&client_secret=app-secret-0001',
        },
      ],
    },
    code('it was used', 'Matching code was not found or was already used', {
      kind: 'Rejected',
      family: 'Rejected',
      reason: 'ConsentRefused',
    }),
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
    flatErrors,
    code('a wrong client secret', 'Error validating client secret.', {
      kind: 'Refused',
      family: 'Misconfigured',
      reason: 'AppSecretInvalid',
      isAppFault: true,
    }),
  ),
  ...cited(
    longLived,
    {
      name: 'a token of one hour is traded for one of 60 days',
      call: 'refresh',
      answers: { Token: longToken },
      tokens: { refresh: undefined, obtainedAt: nowAt, accessExpiresAt: nowAt + hourMs },
      want: { kind: 'Answered', access: 'THlong', expiresInS: 5_183_944 },
      sent: [
        {
          method: 'GET',
          url: `${graph}/access_token?access_token=held-access-0001&grant_type=th_exchange_token&client_secret=app-secret-0001`,
          headers,
          body: undefined,
        },
      ],
    },
    {
      name: 'a token of 60 days is renewed, without the secret',
      call: 'refresh',
      answers: { Token: longToken },
      tokens: { refresh: undefined, obtainedAt: nowAt - 9 * dayMs, accessExpiresAt: nowAt + 51 * dayMs },
      want: { kind: 'Answered', access: 'THlong', expiresInS: 5_183_944 },
      sent: [
        {
          method: 'GET',
          url: `${graph}/refresh_access_token?access_token=held-access-0001&grant_type=th_refresh_token`,
          headers,
          body: undefined,
        },
      ],
    },
    {
      name: 'a renewal that gives the same text',
      call: 'refresh',
      ...alone,
      answers: { Token: { status: 200, body: { ...longToken.body, access_token: 'held-access-0001' } } },
      want: { kind: 'Answered', access: 'held-access-0001', expiresInS: 5_183_944 },
    },
    {
      name: 'a token that nobody renewed for 60 days',
      call: 'refresh',
      answers: { Token: graphError({ code: 190, subcode: 463 }) },
      tokens: { refresh: undefined, accessExpiresAt: nowAt - hourMs },
      want: { kind: 'Rejected', family: 'Rejected', reason: 'TokenExpired' },
    },
    {
      name: 'a token that ended before its time',
      call: 'refresh',
      answers: { Token: graphError({ code: 190, subcode: 463 }) },
      tokens: { refresh: undefined, accessExpiresAt: nowAt + 40 * dayMs },
      want: { kind: 'Rejected', family: 'Rejected', reason: 'LifetimeShortened' },
    },
    {
      name: "the app's own token",
      call: 'reissue',
      answers: { Token: { status: 200, body: { access_token: 'TH|1|fake', token_type: 'bearer' } } },
      want: { kind: 'Answered', access: 'TH|1|fake' },
      sent: [
        {
          method: 'GET',
          url: `${graph}/oauth/access_token?grant_type=client_credentials&client_id=our-client&client_secret=app-secret-0001`,
          headers,
          body: undefined,
        },
      ],
    },
  ),
  ...cited(
    ['https://github.com/gitroomhq/postiz-app', '2026-11-22', 'observed'],
    {
      name: 'whose it is',
      call: 'introspect',
      ...alone,
      answers: { Identity: me },
      want: { kind: 'Valid', account },
      sent: [
        {
          method: 'GET',
          url: `${graph}/v1.0/me?fields=id%2Cusername&access_token=held-access-0001`,
          headers,
          body: undefined,
        },
      ],
    },
    {
      name: 'an API that moved to the other host',
      call: 'introspect',
      ...alone,
      use: { settings: { apiHost: 'graph.threads.com' } },
      answers: { Identity: me },
      want: { kind: 'Valid', account },
      sent: [
        {
          method: 'GET',
          url: 'https://graph.threads.com/v1.0/me?fields=id%2Cusername&access_token=held-access-0001',
          headers,
          body: undefined,
        },
      ],
    },
    ...[2207051, 4279013].map(
      (subcode): Question => ({
        name: `a block for spam, ${subcode}`,
        call: 'introspect',
        ...alone,
        answers: { Identity: graphError({ code: -1, subcode }) },
        want: { kind: 'Thrown', family: 'Misconfigured', reason: 'SpamBlocked' },
      }),
    ),
  ),
  ...cited(
    observed,
    ...[200, 299].map(
      (number): Question => ({
        name: `code ${number}: a permission that was taken back`,
        call: 'introspect',
        ...alone,
        answers: { Identity: graphError({ code: number }, 403) },
        want: { kind: 'Rejected', family: 'Rejected', reason: 'ScopeMissing' },
      }),
    ),
    {
      name: 'code 10 accuses nobody, because an app that was not admitted is told the same',
      call: 'introspect',
      ...alone,
      answers: { Identity: graphError({ code: 10 }, 403) },
      want: { kind: 'Thrown', family: 'Misconfigured', reason: 'PermissionRefused' },
    },
  ),
  ...graphRows('Identity', {}),
];
