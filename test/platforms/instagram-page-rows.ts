import type { Shape } from './contract-rows.ts';
import { bearer, common, type Data, debugged, debugURL, graph, loginRows, proofOf } from './meta-login-rows.ts';
import { graphError, graphRows, inSixtyDays } from './meta-rows.ts';
import { cited, nowAt, type Question, type Recorded, type Row, type Source } from './rows.ts';

const pageFields: Source = [
  'https://developers.facebook.com/docs/graph-api/reference/page/',
  '2026-11-22',
  'documented',
];
const platform: Source = ['https://developers.facebook.com/docs/instagram-platform', '2026-11-22', 'documented'];
const restfb: Source = ['https://github.com/restfb/restfb/pull/1191', '2026-11-25', 'observed'];
const authVsData: Source = [
  'https://developers.facebook.com/documentation/facebook-login/auth-vs-data',
  '2026-11-22',
  'unconfirmed',
];
const postiz: Source = ['https://github.com/gitroomhq/postiz-app', '2026-11-22', 'observed'];

const account = '17841405822304915';
const page = '100200300400500';
const scopes = ['instagram_basic', 'instagram_content_publish', 'pages_read_engagement', 'pages_show_list'];

const data = {
  app_id: 'our-client',
  expires_at: 0,
  data_access_expires_at: nowAt / 1_000 + 7_000_000,
  is_valid: true,
  scopes,
  // The ids of one list are Pages, which makes no permission missing here; those of another are Instagram accounts.
  granular_scopes: [
    { scope: 'pages_show_list', target_ids: [page] },
    { scope: 'instagram_basic', target_ids: [account] },
  ],
  user_id: '122099887766554',
};
const ofPerson = { ...data, type: 'USER', expires_at: inSixtyDays };
const ofPage = { ...data, type: 'PAGE', profile_id: page };
const inspected = [debugged(ofPerson), debugged(ofPage)];
const linked = (id = account) => ({ instagram_business_account: { id, username: 'nightstream' } });
const me = (more: object) => ({ status: 200, body: { id: page, ...more } });
const listed = (more: object, tasks = ['CREATE_CONTENT']): Recorded => ({
  status: 200,
  body: { data: [{ id: page, name: 'Night Stream', tasks, access_token: 'EAAGpage', ...more }] },
});
/** The person gave the permissions of Instagram for these accounts alone; without ids for all. */
const givenFor = (data: Data, targets: { readonly target_ids?: readonly string[] }): Recorded =>
  debugged({
    ...data,
    granular_scopes: [
      { scope: 'pages_show_list', target_ids: ['200'] },
      ...scopes.slice(0, 2).map((scope) => ({ scope, ...targets })),
    ],
  });
const bothGivenFor = (targets: Parameters<typeof givenFor>[1]) => [
  givenFor(ofPerson, targets),
  givenFor(ofPage, targets),
];
const over = { data_access_expires_at: nowAt / 1_000 - 60 };
const nobody: Recorded = { status: 200, body: { data: [] } };
const good = { Introspect: inspected, Identity: me(linked()), Role: listed(linked()), Derive: listed(linked()) };
const valid = {
  kind: 'Valid',
  account: { id: account, handle: 'nightstream' },
  person: '122099887766554',
  scopes,
  sourceExpiresInS: 5_184_000,
  consentExpiresInS: 7_000_000,
} as const;

const ask = (name: string, answers: Question['answers'], want: Question['want']): Question => ({
  name,
  call: 'introspect',
  account,
  answers: { ...good, ...answers },
  want,
});
const derive = (
  name: string,
  answer: Question['answers']['Derive'],
  want: Question['want'],
  more: Question['answers'] = {},
): Question => ({
  name: `Derive: ${name}`,
  call: 'derive',
  account,
  scopes,
  answers: { Derive: answer ?? nobody, ...more },
  want,
});

const fields = 'instagram_business_account%7Bid%2Cusername%7D%2Cconnected_instagram_account%7Bid%2Cusername%7D';
const listURL = `${graph}/me/accounts?fields=id%2Cname%2Ctasks%2Caccess_token%2C${fields}&limit=100&appsecret_proof=${proofOf.refresh}`;
const unlinked = { kind: 'Rejected', family: 'Rejected', reason: 'PageUnlinked' } as const;

const ownRows = [
  ...cited(
    pageFields,
    {
      ...ask('the Page says which account it is linked to', {}, valid),
      sent: [
        ...['held-refresh-0001', 'held-access-0001'].map((token) => ({
          method: 'GET' as const,
          url: debugURL(token),
          headers: common,
          body: undefined,
        })),
        {
          method: 'GET',
          url: `${graph}/me?fields=id%2C${fields}&appsecret_proof=${proofOf.access}`,
          headers: bearer('held-access-0001'),
          body: undefined,
        },
        { method: 'GET', url: listURL, headers: bearer('held-refresh-0001'), body: undefined },
      ],
    },
    ask('a Page that is linked to nobody any more', { Identity: me({}) }, unlinked),
    ask(
      'a Page whose settings name a personal account',
      { Identity: me({ connected_instagram_account: { id: account } }) },
      { kind: 'Rejected', family: 'Rejected', reason: 'AccountTypeChanged' },
    ),
    derive('a personal account', listed({ connected_instagram_account: { id: account } }), unlinked, {
      Introspect: debugged(ofPerson),
    }),
    ask(
      'a Page that is linked to another account',
      { Identity: me(linked('99')) },
      {
        ...valid,
        account: { id: '99', handle: 'nightstream' },
      },
    ),
    {
      ...derive('the token of the Page that is linked to the account', listed(linked()), {
        kind: 'Derived',
        access: 'EAAGpage',
        account: { id: account, handle: 'nightstream' },
      }),
      sent: [{ method: 'GET', url: listURL, headers: bearer('held-refresh-0001'), body: undefined }],
    },
    ...[listed(linked('99')), nobody].flatMap((list, at) => [
      derive(`no Page is linked to it (${at})`, list, unlinked, { Introspect: debugged(ofPerson) }),
      derive(
        `no Page is shown for the lack of a permission (${at})`,
        list,
        { kind: 'Rejected', family: 'Rejected', reason: 'ScopeMissing' },
        { Introspect: debugged({ ...ofPerson, scopes: scopes.slice(1) }) },
      ),
    ]),
    derive(
      'a Page on the second leaf of the list',
      [{ status: 200, body: { data: [{ id: '1' }], paging: { cursors: { after: 'B' } } } }, listed(linked())],
      { kind: 'Derived', access: 'EAAGpage', account: { id: account, handle: 'nightstream' } },
    ),
  ),
  ...cited(
    authVsData,
    ...(['Identity', 'Role'] as const).map((place) => ({
      ...ask(
        `what a person gave is over, and the app is not to blame for a refusal (${place})`,
        {
          Introspect: [ofPerson, ofPage].map((one) => debugged({ ...one, ...over })),
          [place]: graphError({ code: 10 }, 403),
        },
        {
          kind: 'Valid',
          scopes,
          person: valid.person,
          consentExpiresInS: -60,
          sourceExpiresInS: valid.sourceExpiresInS,
        },
      ),
      scopes,
    })),
    derive(
      'what the person gave is over',
      graphError({ code: 10 }, 403),
      { kind: 'Rejected', family: 'Rejected', reason: 'DataAccessExpired' },
      { Introspect: debugged({ ...ofPerson, ...over }) },
    ),
  ),
  ...cited(
    restfb,
    ask(
      'an account that the person unticked, while the token of its Page works',
      { Introspect: bothGivenFor({ target_ids: ['99'] }), Role: [nobody, nobody] },
      { ...valid, scopes: scopes.slice(2) },
    ),
    derive(
      'an account that the person unticked',
      nobody,
      { kind: 'Rejected', family: 'Rejected', reason: 'ScopeMissing' },
      { Introspect: givenFor(ofPerson, { target_ids: [] }) },
    ),
    ask('permissions without ids are for every account', { Introspect: bothGivenFor({}) }, valid),
  ),
  ...cited(
    postiz,
    derive(
      'a Page that is linked in its settings only',
      listed({ connected_instagram_account: { id: account, username: 'nightstream' } }),
      { kind: 'Derived', access: 'EAAGpage', account: { id: account, handle: 'nightstream' } },
    ),
  ),
  ...cited(
    platform,
    ask(
      'tasks on the Page of which none suffices',
      { Role: listed(linked(), ['ANALYZE']) },
      {
        kind: 'Rejected',
        family: 'Rejected',
        reason: 'AdminRightsLost',
      },
    ),
    {
      ...ask('a list without the Page accuses nobody while its token works', {}, valid),
      answers: { ...good, Role: [nobody, nobody] },
    },
    {
      name: 'the dialog asks for what Instagram needs',
      call: 'consent',
      answers: {},
      scopes,
      want: {
        kind: 'Consent',
        url: 'https://www.facebook.com/v26.0/dialog/oauth?response_type=code&client_id=our-client&redirect_uri=https%3A%2F%2Fconnect.example.com%2Fcallback&scope=instagram_basic%2Cinstagram_content_publish%2Cpages_read_engagement%2Cpages_show_list&state=state-0001',
      },
    },
  ),
];

export const instagramPageRows: readonly Row[] = [
  ...ownRows,
  ...loginRows({ account, scopes, ofPerson, ofPage, good, valid }),
  ...graphRows('Identity', { ...good, Introspect: debugged(ofPage) }, account),
];

export const instagramPageShape: Shape = { account, good: { ...good, Introspect: debugged(ofPage) } };
