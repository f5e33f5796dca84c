import { type Answer, textAt, valueAt } from './paths.ts';
import { definePlatform, type ErrorRule, type NextPage, type SparseSpec } from './platform.ts';

/** https://learn.microsoft.com/en-us/linkedin/shared/authentication/programmatic-refresh-tokens */
const tokenErrors: readonly ErrorRule[] = [
  {
    phase: 'Token',
    status: [400],
    path: 'error_description',
    contains: 'invalid, expired or revoked',
    and: [{ path: 'error', equals: 'invalid_request' }],
    family: 'Rejected',
    reason: 'AccessRevoked',
  },
  // The word for a wrong address comes with codes that are too old as well.
  { phase: 'Code', path: 'error', equals: 'invalid_redirect_uri', family: 'Rejected', reason: 'ConsentRefused' },
  {
    phase: 'Code',
    path: 'error_description',
    contains: 'authorization code',
    family: 'Rejected',
    reason: 'ConsentRefused',
  },
  {
    phase: 'Code',
    path: 'error_description',
    contains: 'invalid, expired or revoked',
    family: 'Rejected',
    reason: 'ConsentRefused',
  },
  // The address at which a login is given back is documented nowhere: its absence must not pass for a login that is gone.
  { phase: 'Token', status: [404], family: 'Unexpected', reason: 'Unexpected' },
];

/** By name and by number: neither comes always, and the numbers are promised by nobody. */
function refusals(code: string, number: string, sorted: Omit<ErrorRule, 'phase'>): readonly ErrorRule[] {
  return [
    { phase: 'Any', status: [401], path: 'code', equals: code, ...sorted },
    { phase: 'Any', status: [401], path: 'serviceErrorCode', equals: number, ...sorted },
  ];
}

/** https://learn.microsoft.com/en-us/linkedin/shared/api-guide/concepts/error-handling */
const apiErrors: readonly ErrorRule[] = [
  // For some seconds the API does not know a token that was just given. Later the same words mean what they say.
  ...refusals('REVOKED_ACCESS_TOKEN', '65601', {
    youngerThan: '1m',
    family: 'Transient',
    reason: 'PlatformUnavailable',
  }),
  ...refusals('EXPIRED_ACCESS_TOKEN', '65602', { family: 'Rejected', reason: 'TokenExpired' }),
  ...refusals('RESTRICTED_MEMBER', '65608', { family: 'Rejected', reason: 'AccountSuspended' }),
  // A proxy that strips the header must not make tokens look dead.
  { phase: 'Any', path: 'serviceErrorCode', equals: '65604', family: 'Unexpected', reason: 'Unexpected' },
  {
    phase: 'Any',
    path: 'message',
    contains: 'empty oauth2_access_token',
    family: 'Unexpected',
    reason: 'Unexpected',
  },
  // A permission that was not given, or a product that the app does not have: the token's own scopes tell which.
  ...(['Identity', 'Role'] as const).flatMap((phase): ErrorRule[] => [
    { phase, status: [403], path: 'code', equals: 'ACCESS_DENIED', family: 'Rejected', reason: 'ScopeMissing' },
    {
      phase,
      status: [403],
      path: 'message',
      contains: 'not enough permissions',
      family: 'Rejected',
      reason: 'ScopeMissing',
    },
  ]),
  { phase: 'Any', status: [426], family: 'Misconfigured', reason: 'ApiVersionRetired' },
  {
    phase: 'Role',
    status: [400],
    path: 'message',
    contains: 'version',
    family: 'Misconfigured',
    reason: 'ApiVersionRetired',
  },
  // Of a token that was asked about: it has reached its end, and nobody revoked it.
  { phase: 'Introspect', path: 'status', equals: 'expired', family: 'Rejected', reason: 'TokenExpired' },
];

/** https://learn.microsoft.com/en-us/linkedin/shared/api-guide/concepts/pagination: only a page that is not full is the last. */
function nextPage(answer: Answer): NextPage | undefined {
  const number = (path: string) => Number(textAt(answer, [path]));
  const links = valueAt(answer, 'paging.links');
  const elements = valueAt(answer, 'elements');
  const isLinked = Array.isArray(links) && links.some((link) => link?.rel === 'next');
  const isFull = Array.isArray(elements) && elements.length > 0 && elements.length >= number('paging.count');
  return isLinked || isFull ? [['start', String(number('paging.start') + number('paging.count'))]] : undefined;
}

/**
 * A company page: the token is a member's, who has to have a role on it. LinkedIn gives the product with these scopes only
 * to an app that has no other product, hence another "who am I" than for members.
 */
const organization: SparseSpec = {
  advice: [
    {
      text: 'Log in to LinkedIn as yourself, not as the company. A new consent with other permissions ends the one before it.',
    },
    {
      about: 'Role',
      text: 'You need to be super admin or content admin of the company page; another super admin gives you that role.',
    },
    { about: 'Permission', text: 'LinkedIn lets nobody take out a single permission: agree to the whole list.' },
    {
      about: 'Account',
      text: 'Log in at linkedin.com first and see whether you, or the company page, are restricted.',
    },
  ],
  authorize: {
    scopes: {
      default: ['r_basicprofile', 'rw_organization_admin', 'w_organization_social'],
      purposes: {
        r_basicprofile: 'telling who you are',
        rw_organization_admin: 'looking up your role on the company page',
        w_organization_social: 'posts and live events of the company page',
      },
    },
  },
  identity: {
    url: 'https://api.linkedin.com/v2/me',
    interval: '24h',
    accountID: ['id'],
    handle: ['vanityName', 'localizedFirstName'],
  },
  // An element for each role that a member has on a page. The app in development may ask 500 times a day.
  role: {
    url: 'https://api.linkedin.com/rest/organizationAcls?q=roleAssignee&state=APPROVED&count=100',
    headers: { 'LinkedIn-Version': '{{settings.apiVersion}}', 'X-Restli-Protocol-Version': '2.0.0' },
    interval: '24h',
    pick: {
      list: 'elements',
      where: ['organization', 'organizationTarget', 'organizationalTarget'],
      prefix: 'urn:li:organization:',
    },
    roles: 'role',
    accepted: ['ADMINISTRATOR', 'CONTENT_ADMINISTRATOR'],
  },
};

/** A member's own profile. */
const member: SparseSpec = {
  authorize: {
    scopes: {
      default: ['openid', 'profile', 'w_member_social'],
      purposes: {
        openid: 'telling who you are',
        profile: 'telling who you are',
        w_member_social: 'posts and live events of your profile',
      },
    },
  },
  identity: {
    url: 'https://api.linkedin.com/v2/userinfo',
    interval: '24h',
    accountID: ['sub'],
    handle: ['name'],
  },
};

/** LinkedIn: company pages and members, with refresh tokens for apps that are approved for them and without for others. */
export const linkedin = definePlatform({
  name: 'linkedin',
  spec: {
    displayName: 'LinkedIn',
    advice: [
      { text: 'Log in to LinkedIn as yourself. A new consent with other permissions ends the one before it.' },
      { about: 'Role', text: 'You can connect your own profile only; for a company page the channel has to name it.' },
      { about: 'Permission', text: 'LinkedIn lets nobody take out a single permission: agree to the whole list.' },
      { about: 'Account', text: 'Log in at linkedin.com first and see whether the account is restricted.' },
    ],
    docsURL: 'https://learn.microsoft.com/en-us/linkedin/shared/authentication/authorization-code-flow',
    settings: {
      apiVersion: {
        description:
          'The version of the REST API, year and month; each is served for about a year. The newest one is named at https://learn.microsoft.com/en-us/linkedin/marketing/versioning',
        default: '202609',
        example: '202609',
      },
    },
    authorize: {
      url: 'https://www.linkedin.com/oauth/v2/authorization',
      // One member and one app: who consents to another set of scopes ends what was given before.
      scopes: { change: 'EndsEarlierTokens' },
      // None in the documented flow; what apps without a secret may send is not confirmed.
      pkce: 'None',
    },
    token: { url: 'https://www.linkedin.com/oauth/v2/accessToken', clientAuth: 'Post' },
    // Without the product for refresh tokens the answers hold none, and the access token's end is the deadline.
    response: {
      refreshExpiry: { path: 'refresh_token_expires_in', kind: 'RelativeSeconds' },
      // Documented with spaces, seen with commas.
      scope: { separator: ' ,' },
    },
    // 365 days from the consent, which no refresh moves; an access token never outlives its refresh token.
    lifetimes: { access: '1440h', refresh: '8760h', refreshAnchor: 'Authorization' },
    rotation: { mode: 'Never' },
    refresh: { strategy: 'RefreshToken' },
    introspect: {
      url: 'https://www.linkedin.com/oauth/v2/introspectToken',
      method: 'POST',
      tokenPlacement: 'Form',
      clientAuth: 'Post',
      interval: '6h',
      success: { path: 'active', equals: 'true' },
      clientID: ['client_id'],
      scopes: { path: ['scope'], separator: ' ,' },
      expiry: { path: 'expires_at', kind: 'EpochSeconds' },
    },
    // Not documented; many clients call it. What else it ends is not known, hence never while a sibling lives.
    revoke: {
      calls: [{ url: 'https://www.linkedin.com/oauth/v2/revoke', clientAuth: 'Post' }],
      effect: 'Person',
    },
    errors: [...tokenErrors, ...apiErrors],
    verifiedAt: '2026-11-22',
  },
  variants: { kinds: { Organization: organization, User: member } },
  hooks: { nextPage },
});
