import type { Shape } from './contract-rows.ts';
import { facebookConsentRows } from './facebook-consent-rows.ts';
import { bearer, common, type Data, debugged, debugURL, graph, loginRows, proofOf } from './meta-login-rows.ts';
import { graphError, graphRows, inSixtyDays } from './meta-rows.ts';
import { cited, nowAt, type Question, type Recorded, type Row, type Source } from './rows.ts';

const debugToken: Source = [
  'https://developers.facebook.com/docs/graph-api/reference/debug_token/',
  '2026-11-22',
  'documented',
];
const pageTokens: Source = ['https://developers.facebook.com/docs/pages/access-tokens', '2026-11-22', 'documented'];
const hiddenPages: Source = [
  'https://developers.facebook.com/docs/graph-api/changelog/version17.0#user-accounts',
  '2026-11-22',
  'documented',
];

const account = '100200300400500';
const scopes = ['pages_manage_posts', 'pages_read_engagement', 'pages_show_list', 'publish_video'];

const ofPage: Data = {
  app_id: 'our-client',
  type: 'PAGE',
  application: 'Stream Desk',
  expires_at: 0,
  data_access_expires_at: nowAt / 1_000 + 7_000_000,
  issued_at: nowAt / 1_000 - 86_400,
  is_valid: true,
  scopes,
  granular_scopes: [
    { scope: 'pages_show_list', target_ids: [account] },
    { scope: 'pages_manage_posts', target_ids: [account] },
    { scope: 'business_management', target_ids: ['900'] },
  ],
  profile_id: account,
  user_id: '122099887766554',
};
const ofPerson: Data = { ...ofPage, type: 'USER', profile_id: undefined, expires_at: inSixtyDays };
const inspected = (own: Data = ofPage, person: Data = ofPerson) => [debugged(person), debugged(own)];
const me = { status: 200, body: { id: account, name: 'Night Stream' } };
const tasks = (...names: string[]) => ({
  status: 200,
  body: {
    data: [{ id: account, name: 'Night Stream', tasks: names }],
    paging: { cursors: { before: 'A', after: 'B' } },
  },
});
const noPages = { status: 200, body: { data: [] } };
const good = { Introspect: inspected(), Identity: me, Role: tasks('ANALYZE', 'MANAGE') };
const valid = {
  kind: 'Valid',
  account: { id: account, handle: 'Night Stream' },
  person: '122099887766554',
  scopes,
  sourceExpiresInS: 5_184_000,
  consentExpiresInS: 7_000_000,
} as const;

const ask = (name: string, answers: Question['answers'], want: Question['want'], more: Partial<Question> = {}) => ({
  ...{ name, call: 'introspect' as const, account, answers: { ...good, ...answers }, want },
  ...more,
});
const person = { use: { accountKind: 'User' } } as const;

const accountsURL = `${graph}/me/accounts?fields=id%2Cname%2Ctasks&limit=100&appsecret_proof=${proofOf.refresh}`;
const pageURL = `${graph}/${account}?fields=id%2Cname%2Caccess_token&appsecret_proof=${proofOf.refresh}`;
const inspectionRows = [
  ...cited(
    debugToken,
    {
      ...ask('both tokens, the Page itself, and the tasks on it', {}, valid),
      sent: [
        { method: 'GET', url: debugURL('held-refresh-0001'), headers: common, body: undefined },
        { method: 'GET', url: debugURL('held-access-0001'), headers: common, body: undefined },
        {
          method: 'GET',
          url: `${graph}/me?fields=id%2Cname&appsecret_proof=${proofOf.access}`,
          headers: bearer('held-access-0001'),
          body: undefined,
        },
        { method: 'GET', url: accountsURL, headers: bearer('held-refresh-0001'), body: undefined },
      ],
    },
    ask(
      "a Page's token that was derived from a short-lived one",
      {
        Introspect: inspected({ ...ofPage, expires_at: nowAt / 1_000 + 4_000 }),
      },
      { ...valid, expiresInS: 4_000 },
    ),
    ask(
      'data access without an end',
      {
        Introspect: inspected({ ...ofPage, data_access_expires_at: 0 }, { ...ofPerson, data_access_expires_at: 0 }),
      },
      withoutConsentEnd(),
    ),
    ask(
      'data access that has ended',
      { Introspect: inspected({ ...ofPage }, { ...ofPerson, data_access_expires_at: nowAt / 1_000 - 60 }) },
      { ...valid, consentExpiresInS: -60 },
    ),
    ask(
      'a Page that was unticked',
      {
        Introspect: inspected({ ...ofPage, granular_scopes: [{ scope: 'pages_manage_posts', target_ids: ['999'] }] }),
      },
      { ...valid, scopes: scopes.slice(1) },
    ),
    ask(
      'a permission for all Pages has no list',
      {
        Introspect: inspected({ ...ofPage, granular_scopes: [{ scope: 'pages_manage_posts' }] }),
      },
      valid,
    ),
    ask(
      'a token of another app',
      { Introspect: inspected({ ...ofPage, app_id: 'their-client' }) },
      {
        kind: 'Thrown',
        family: 'Misconfigured',
        reason: 'AppChanged',
      },
    ),
    ask(
      'a Page that is another one',
      {
        Introspect: inspected({ ...ofPage, profile_id: '777' }),
        Identity: { status: 200, body: { id: '777', name: 'Day Stream' } },
      },
      { ...valid, account: { id: '777', handle: 'Day Stream' } },
    ),
    ask(
      "a person's own profile",
      {
        Introspect: debugged({ ...ofPerson, scopes: ['publish_video'] }),
        Identity: { status: 200, body: { id: '122099887766554', name: 'Dana' } },
      },
      {
        kind: 'Valid',
        account: { id: '122099887766554', handle: 'Dana' },
        person: '122099887766554',
        scopes: ['publish_video'],
        expiresInS: 5_184_000,
        consentExpiresInS: 7_000_000,
      },
      { ...person, tokens: { refresh: undefined } },
    ),
  ),
];

function withoutConsentEnd(): Question['want'] {
  const { consentExpiresInS: _end, ...rest } = valid;
  return rest;
}

const tokenless: Recorded = { status: 200, body: { id: account, name: 'Night Stream' } };
const untickedBy = (data: Data): Data => ({
  ...data,
  granular_scopes: ['pages_show_list', 'pages_manage_posts'].map((scope) => ({ scope, target_ids: ['100'] })),
});
const unticked = { kind: 'Rejected', family: 'Rejected', reason: 'ScopeMissing' } as const;
const lostRole = { kind: 'Rejected', family: 'Rejected', reason: 'AdminRightsLost' } as const;
const roleRows = [
  ...cited(
    pageTokens,
    ...['CREATE_CONTENT', 'MANAGE', 'PROFILE_PLUS_CREATE_CONTENT', 'PROFILE_PLUS_FULL_CONTROL'].map((task) =>
      ask(`the task ${task} suffices`, { Role: tasks('ANALYZE', task) }, valid),
    ),
    ask('tasks of which none suffices', { Role: tasks('ANALYZE', 'MODERATE', 'PROFILE_PLUS_ANALYZE') }, lostRole),
    ask(
      'a Page on the second leaf of the list',
      {
        Role: [
          { status: 200, body: { data: [{ id: '1', tasks: ['MANAGE'] }], paging: { cursors: { after: 'B' } } } },
          tasks('MANAGE'),
        ],
      },
      valid,
    ),
    {
      name: "a Page's token by the person's",
      call: 'derive',
      account,
      answers: { Derive: { status: 200, body: { id: account, name: 'Night Stream', access_token: 'EAAGpage' } } },
      want: { kind: 'Derived', access: 'EAAGpage', account: { id: account, handle: 'Night Stream' } },
      sent: [{ method: 'GET', url: pageURL, headers: bearer('held-refresh-0001'), body: undefined }],
    },
    {
      name: 'a Page that is shown without a token: no role on it any more',
      call: 'derive',
      account,
      scopes,
      answers: { Derive: tokenless, Introspect: debugged(ofPerson) },
      want: lostRole,
      says: 'holds an access token for this account',
    },
    {
      name: 'a Page that is shown without a token, to a login that nobody can look into',
      call: 'derive',
      account,
      scopes,
      answers: { Derive: tokenless, Introspect: debugged({ ...ofPerson, is_valid: false, error: { code: 190 } }) },
      want: lostRole,
    },
    {
      name: 'a Page that the person has taken out of the permissions is no lost role',
      call: 'derive',
      account,
      scopes,
      answers: { Derive: tokenless, Introspect: debugged(untickedBy(ofPerson)) },
      want: unticked,
      says: 'the person has not given pages_show_list for it',
    },
    {
      name: 'no Page was named',
      call: 'derive',
      answers: {},
      want: { kind: 'Thrown', family: 'Misconfigured', reason: 'AccountIDRequired' },
      sent: [],
    },
  ),
  ...cited(
    hiddenPages,
    {
      ...ask(
        'a Page that the list leaves out, because it belongs to a portfolio',
        {
          Role: noPages,
          Derive: { status: 200, body: { id: account, name: 'Night Stream', access_token: 'EAAGpage' } },
        },
        valid,
      ),
      sent: [
        { method: 'GET', url: debugURL('held-refresh-0001'), headers: common, body: undefined },
        { method: 'GET', url: debugURL('held-access-0001'), headers: common, body: undefined },
        {
          method: 'GET',
          url: `${graph}/me?fields=id%2Cname&appsecret_proof=${proofOf.access}`,
          headers: bearer('held-access-0001'),
          body: undefined,
        },
        { method: 'GET', url: accountsURL, headers: bearer('held-refresh-0001'), body: undefined },
        { method: 'GET', url: pageURL, headers: bearer('held-refresh-0001'), body: undefined },
      ],
    },
    ask(
      'a Page that neither the list nor the Page itself gives a token for',
      {
        Role: noPages,
        Derive: tokenless,
      },
      lostRole,
    ),
    ask(
      'a Page that the person has taken out of the permissions, and that nothing gives a token for',
      { Introspect: inspected(untickedBy(ofPage), untickedBy(ofPerson)), Role: noPages, Derive: tokenless },
      unticked,
      { scopes },
    ),
    ask(
      'a Page that nobody can see at all proves nothing',
      {
        Role: noPages,
        Derive: graphError({ code: 100, subcode: 33 }),
      },
      valid,
    ),
  ),
];

const alone = { ...good, Introspect: debugged(ofPage) };

export const facebookRows: readonly Row[] = [
  ...facebookConsentRows,
  ...inspectionRows,
  ...roleRows,
  ...loginRows({ account, scopes, ofPerson, ofPage, good, valid }),
  ...graphRows('Identity', alone, account),
];

export const facebookShape: Shape = { account, good: alone };
