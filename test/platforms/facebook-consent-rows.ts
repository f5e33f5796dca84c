import { common, graph } from './meta-login-rows.ts';
import { graphError } from './meta-rows.ts';
import type { Source } from './rows.ts';
import { cited, dayMs, hourMs, nowAt, type Row } from './rows.ts';

const manualFlow: Source = [
  'https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow',
  '2026-11-22',
  'documented',
];
const longLived: Source = [
  'https://developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived',
  '2026-11-22',
  'documented',
];
const systemUsers: Source = [
  'https://developers.facebook.com/docs/business-management-apis/system-users/install-apps-and-generate-tokens',
  '2026-11-22',
  'documented',
];

const person = { use: { accountKind: 'User' } } as const;

/** How a person consents, and how a living token is traded. */
const consentRows = cited(
  manualFlow,
  {
    name: 'the dialog for a Page, with the scopes in one list',
    call: 'consent',
    answers: {},
    scopes: ['pages_show_list', 'publish_video'],
    want: {
      kind: 'Consent',
      url: 'https://www.facebook.com/v26.0/dialog/oauth?response_type=code&client_id=our-client&redirect_uri=https%3A%2F%2Fconnect.example.com%2Fcallback&scope=pages_show_list%2Cpublish_video&state=state-0001',
    },
  },
  {
    name: 'asks again for what was declined',
    call: 'consent',
    answers: {},
    scopes: ['publish_video'],
    reconnect: 'ScopeMissing',
    want: {
      kind: 'Consent',
      url: 'https://www.facebook.com/v26.0/dialog/oauth?response_type=code&client_id=our-client&redirect_uri=https%3A%2F%2Fconnect.example.com%2Fcallback&scope=publish_video&state=state-0001&auth_type=rerequest',
    },
  },
  {
    name: "renews the person's 90 days",
    call: 'consent',
    answers: {},
    scopes: ['publish_video'],
    reconnect: 'DataAccessExpired',
    want: {
      kind: 'Consent',
      url: 'https://www.facebook.com/v26.0/dialog/oauth?response_type=code&client_id=our-client&redirect_uri=https%3A%2F%2Fconnect.example.com%2Fcallback&scope=publish_video&state=state-0001&auth_type=reauthorize',
    },
  },
  {
    name: 'a code for the short-lived token of the person',
    call: 'code',
    answers: { Token: { status: 200, body: { access_token: 'EAAGshort', token_type: 'bearer', expires_in: 5108 } } },
    want: { kind: 'Answered', refresh: 'EAAGshort', refreshExpiresInS: 5108 },
    sent: [
      {
        method: 'GET',
        url: `${graph}/oauth/access_token?code=brought-code-0001&redirect_uri=https%3A%2F%2Fconnect.example.com%2Fcallback&client_id=our-client&client_secret=app-secret-0001`,
        headers: common,
        body: undefined,
      },
    ],
  },
  {
    name: 'a code whose answer says no life counts as short-lived',
    call: 'code',
    answers: { Token: { status: 200, body: { access_token: 'EAAGshort', token_type: 'bearer' } } },
    want: { kind: 'Answered', refresh: 'EAAGshort', refreshExpiresInS: 3600 },
  },
  {
    name: "a person's own profile keeps the token as its own",
    call: 'code',
    ...person,
    answers: { Token: { status: 200, body: { access_token: 'EAAGshort', expires_in: 5108 } } },
    want: { kind: 'Answered', access: 'EAAGshort', expiresInS: 5108 },
  },
);

const exchangeURL = `${graph}/oauth/access_token?fb_exchange_token=held-refresh-0001&grant_type=fb_exchange_token&client_id=our-client&client_secret=app-secret-0001`;
const exchanged = { status: 200, body: { access_token: 'EAAGlong', token_type: 'bearer', expires_in: 5183999 } };
const exchangeRows = [
  ...cited(
    longLived,
    {
      name: "the person's token is traded for a longer one, and pods keep the Page's",
      call: 'refresh',
      answers: { Token: exchanged },
      want: { kind: 'Answered', refresh: 'EAAGlong', refreshExpiresInS: 5_183_999 },
      sent: [{ method: 'GET', url: exchangeURL, headers: common, body: undefined }],
    },
    {
      name: 'a short-lived token is traded in the same way',
      call: 'refresh',
      tokens: { obtainedAt: nowAt, refreshExpiresAt: nowAt + hourMs },
      answers: { Token: exchanged },
      want: { kind: 'Answered', refresh: 'EAAGlong', refreshExpiresInS: 5_183_999 },
      sent: [{ method: 'GET', url: exchangeURL, headers: common, body: undefined }],
    },
    {
      name: "a person's own profile trades its own token",
      call: 'refresh',
      ...person,
      tokens: { refresh: undefined },
      answers: { Token: exchanged },
      want: { kind: 'Answered', access: 'EAAGlong', expiresInS: 5_183_999 },
    },
    {
      name: 'a token that has ended is not traded any more',
      call: 'refresh',
      tokens: { refreshExpiresAt: nowAt - hourMs },
      answers: { Token: graphError({ code: 190, subcode: 463 }) },
      want: { kind: 'Rejected', family: 'Rejected', reason: 'TokenExpired' },
    },
    {
      name: 'an end that comes before the announced one',
      call: 'refresh',
      tokens: { refreshExpiresAt: nowAt + 20 * dayMs },
      answers: { Token: graphError({ code: 190, subcode: 463 }) },
      want: { kind: 'Rejected', family: 'Rejected', reason: 'LifetimeShortened' },
    },
    {
      name: "the app's own token",
      call: 'reissue',
      answers: { Token: { status: 200, body: { access_token: 'our-client|fake', token_type: 'bearer' } } },
      use: { accountKind: 'User' },
      want: { kind: 'Answered', access: 'our-client|fake' },
    },
  ),
  ...cited(systemUsers, {
    name: 'a token of a system user is traded for another of 60 days',
    call: 'refresh',
    use: { accountKind: 'PageBySystemUser' },
    answers: { Token: exchanged },
    want: { kind: 'Answered', refresh: 'EAAGlong', refreshExpiresInS: 5_183_999 },
    sent: [
      {
        method: 'GET',
        url: `${graph}/oauth/access_token?fb_exchange_token=held-refresh-0001&set_token_expires_in_60_days=true&grant_type=fb_exchange_token&client_id=our-client&client_secret=app-secret-0001`,
        headers: common,
        body: undefined,
      },
    ],
  }),
];

export const facebookConsentRows: readonly Row[] = [...consentRows, ...exchangeRows];
