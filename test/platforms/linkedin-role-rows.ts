import { cited, dayMs, nowAt, type Question, type Recorded, type Row, type Source } from './rows.ts';

const docs = 'https://learn.microsoft.com/en-us/linkedin';
const introspection: Source = [`${docs}/shared/authentication/token-introspection`, '2026-11-22', 'documented'];
const pagination: Source = [`${docs}/shared/api-guide/concepts/pagination`, '2026-11-25', 'documented'];
const accessByRole: Source = [
  `${docs}/marketing/community-management/organizations/organization-access-control-by-role`,
  '2026-11-22',
  'documented',
];
const otherMembers: Source = ['https://github.com/gitroomhq/postiz-app', '2026-11-22', 'observed'];

const account = '77001122';
const person = 'aB3dE5fG7h';
export const scopes = ['r_basicprofile', 'rw_organization_admin', 'w_organization_social'];

const alive = {
  active: true,
  client_id: 'our-client',
  authorized_at: nowAt / 1_000 - 86_400,
  created_at: nowAt / 1_000 - 86_400,
  status: 'active',
  expires_at: nowAt / 1_000 + 5_000_000,
  scope: scopes.join(','),
  auth_type: '3L',
};
const me = { status: 200, body: { id: person, localizedFirstName: 'Ex', vanityName: 'ex-ample' } };
const role = (name: string, more: object = { organization: `urn:li:organization:${account}` }) => ({
  roleAssignee: `urn:li:person:${person}`,
  role: name,
  state: 'APPROVED',
  ...more,
});
const acls = (elements: readonly object[], paging: object = { start: 0, count: 100, links: [] }): Recorded => ({
  status: 200,
  body: { paging, elements },
});
const good = { Introspect: { status: 200, body: alive }, Identity: me, Role: acls([role('ADMINISTRATOR')]) };
export const valid = { kind: 'Valid', account: { id: account }, person, scopes, expiresInS: 5_000_000 } as const;

export const ask = (
  name: string,
  answers: Question['answers'],
  want: Question['want'],
  more: Partial<Question> = {},
) => ({
  ...{ name, call: 'introspect' as const, account, answers: { ...good, ...answers }, want },
  ...more,
});
const told = (body: object, status = 200) => ({ Introspect: { status, body } });

/** What is asked of LinkedIn, in order; only the last call has a version. */
export const requests = (version: string): NonNullable<Question['sent']> => [
  {
    method: 'POST',
    url: 'https://www.linkedin.com/oauth/v2/introspectToken',
    headers: {
      accept: 'application/json',
      'user-agent': 'social-channel-operator',
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: 'token=held-access-0001&client_id=our-client&client_secret=app-secret-0001',
  },
  {
    method: 'GET',
    url: 'https://api.linkedin.com/v2/me',
    headers: {
      accept: 'application/json',
      'user-agent': 'social-channel-operator',
      authorization: 'Bearer held-access-0001',
    },
    body: undefined,
  },
  {
    method: 'GET',
    url: 'https://api.linkedin.com/rest/organizationAcls?q=roleAssignee&state=APPROVED&count=100',
    headers: {
      accept: 'application/json',
      'user-agent': 'social-channel-operator',
      'linkedin-version': version,
      'x-restli-protocol-version': '2.0.0',
      authorization: 'Bearer held-access-0001',
    },
    body: undefined,
  },
];

const introspectionRows = cited(
  introspection,
  ask("the token, the member and the member's role, each with its own headers", {}, valid, {
    sent: requests('202609'),
  }),
  ask('scopes with spaces between them', told({ ...alive, scope: 'r_basicprofile  w_organization_social' }), {
    ...valid,
    scopes: ['r_basicprofile', 'w_organization_social'],
  }),
  ask(
    "a member's own profile, which has no role to ask for",
    {
      ...told({ ...alive, scope: 'openid,profile,w_member_social' }),
      Identity: { status: 200, body: { sub: person, name: 'Ex Ample', email: 'ex@example.com' } },
    },
    {
      kind: 'Valid',
      account: { id: person, handle: 'Ex Ample' },
      scopes: ['openid', 'profile', 'w_member_social'],
      expiresInS: 5_000_000,
    },
    { use: { accountKind: 'User' }, account: person },
  ),
  ask('a token that was revoked', told({ ...alive, active: false, status: 'revoked' }), {
    kind: 'AccessTokenDead',
    family: 'Rejected',
    reason: 'AccessRevoked',
  }),
  ask(
    'a token that has reached its end',
    told({ ...alive, active: false, status: 'expired' }),
    { kind: 'AccessTokenDead', family: 'Rejected', reason: 'TokenExpired' },
    { tokens: { refresh: undefined, accessExpiresAt: nowAt } },
  ),
  ask(
    'a token that ended weeks before its end',
    told({ ...alive, active: false, status: 'expired' }),
    { kind: 'AccessTokenDead', family: 'Rejected', reason: 'LifetimeShortened' },
    { tokens: { accessExpiresAt: nowAt + 20 * dayMs } },
  ),
  ask('a token that this app does not know', told({ active: false }), {
    kind: 'AccessTokenDead',
    family: 'Rejected',
    reason: 'AccessRevoked',
  }),
  ask('a living token of another app', told({ ...alive, client_id: 'their-client' }), {
    kind: 'Thrown',
    family: 'Misconfigured',
    reason: 'AppChanged',
  }),
  ask('a wrong client secret', told({ error: 'invalid_client' }, 401), {
    kind: 'Thrown',
    family: 'Misconfigured',
    reason: 'AppSecretInvalid',
    isAppFault: true,
  }),
  ask('a token of a wrong form, or a wrong client id', told({ error: 'invalid_request' }, 400), {
    kind: 'Thrown',
    family: 'Unexpected',
    reason: 'Unexpected',
  }),
);

const lost = { kind: 'Rejected', family: 'Rejected', reason: 'AdminRightsLost' } as const;
const short = 'gives a role for it that suffices (ADMINISTRATOR, CONTENT_ADMINISTRATOR)';
const roleRows = [
  ...cited(
    accessByRole,
    ask(
      'a role that suffices beside one that does not',
      { Role: acls([role('ANALYST'), role('ADMINISTRATOR')]) },
      valid,
    ),
    ask('a member who may publish and no more', { Role: acls([role('CONTENT_ADMINISTRATOR')]) }, valid),
    ask('roles of which none suffices', { Role: acls([role('ANALYST'), role('CURATOR')]) }, lost, { says: short }),
    ask(
      'a role on another page',
      { Role: acls([role('ADMINISTRATOR', { organization: 'urn:li:organization:99' })]) },
      lost,
      { says: 'names this account' },
    ),
    ask('a role nowhere', { Role: acls([]) }, lost),
  ),
  ...cited(
    otherMembers,
    ...['organizationTarget', 'organizationalTarget'].map((member) =>
      ask(
        `the page stands under ${member}`,
        { Role: acls([role('ADMINISTRATOR', { [member]: `urn:li:organization:${account}` })]) },
        valid,
      ),
    ),
  ),
];

const full = Array.from({ length: 100 }, (_, index) =>
  role('ANALYST', { organization: `urn:li:organization:${index}` }),
);
const pageRows = cited(
  pagination,
  ask(
    'a page on the second leaf, after a full one',
    { Role: [acls(full, { start: 0, count: 100 }), acls([role('ADMINISTRATOR')], { start: 100, count: 100 })] },
    valid,
  ),
  ask(
    'a leaf that is not full, and names another one all the same',
    {
      Role: [
        acls([role('ANALYST')], { start: 0, count: 100, links: [{ rel: 'next' }] }),
        acls([role('ADMINISTRATOR')], { start: 100, count: 100, links: [{ rel: 'prev' }] }),
      ],
    },
    valid,
  ),
  ask(
    'full leaves to the end, and the page on none of them',
    { Role: [acls(full, { start: 0, count: 100 }), acls([], { start: 100, count: 100, links: [{ rel: 'prev' }] })] },
    lost,
  ),
);

export const linkedinRoleRows: readonly Row[] = [...introspectionRows, ...roleRows, ...pageRows];
