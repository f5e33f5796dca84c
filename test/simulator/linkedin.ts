import { randomBytes } from 'node:crypto';
import { ages, endsAccessTokens, endsGrants, lasts, losesRoles } from './causes.ts';
import { authorize } from './consent.ts';
import { member, organizationAcls, organizationAuthorization, userinfo } from './linkedin-api.ts';
import { consentLifeMs, introspect, revoke, token } from './linkedin-token.ts';
import type { Answer, Call, Grant, NewAccess, Platform } from './platform.ts';
import type { World } from './world.ts';

/**
 * LinkedIn: `no-refresh-tokens` (an app without programmatic refresh), `space-scopes` and `refresh-end-in-minutes` are
 * the token endpoint's; `slow-propagation` (a token is refused in its first ten seconds), `day-limit-reached`,
 * `product-missing` (of the organizations), `short-pages` (one element each) and `organization-target` (another name of
 * the organization's member) are the API's.
 */
export type LinkedinQuirk =
  | 'no-refresh-tokens'
  | 'space-scopes'
  | 'refresh-end-in-minutes'
  | 'slow-propagation'
  | 'day-limit-reached'
  | 'product-missing'
  | 'short-pages'
  | 'organization-target';

const accessLifeSeconds = 60 * 86_400;
const codeLifeMs = 30 * 60_000;

const consentEnd = (grant: Grant): number => grant.consentedAt + consentLifeMs;

/** Sixty days, but not beyond the end of the refresh token. */
function accessLifetime({ grant, issuedAt }: NewAccess): number {
  const left = Math.floor((consentEnd(grant) - issuedAt) / 1000);
  return grant.shape.refreshToken ? Math.min(accessLifeSeconds, left) : accessLifeSeconds;
}

const asSet = (scopes: readonly string[]): string => [...new Set(scopes)].sort().join(' ');

/** Who consents to another set of scopes ends what was given before; with the same set both go on. */
function endOtherScopeSets(world: World, grant: Grant): void {
  for (const other of world.livingGrants('linkedin', grant.clientId, grant.accountId)) {
    if (asSet(other.scopes) !== asSet(grant.scopes)) {
      world.endGrant(other, 'scope-set-changed');
    }
  }
}

const random = (bytes: number): string => randomBytes(bytes).toString('base64url');

const newSecret: Platform['newSecret'] = (kind) => {
  const shapes = {
    access: () => `AQX${random(370)}`,
    refresh: () => `AQW${random(370)}`,
    code: () => `AQT${random(90)}`,
    'client-secret': () => `WPL_AP1.${random(12)}`,
  };
  return shapes[kind]();
};

/** What an app without the product of the organizations may not even ask for. */
const ofOrganizations = [
  'r_organization_social',
  'w_organization_social',
  'rw_organization_admin',
  'r_organization_admin',
];

function consent(call: Call): Answer {
  const { query } = call.request;
  const app = call.world.directory.findApp('linkedin', query.get('client_id') ?? '');
  const asked = (query.get('scope') ?? '').split(' ');
  const isUnauthorized = app?.quirks.includes('product-missing') && asked.some((one) => ofOrganizations.includes(one));
  const answering = new URLSearchParams(query);
  if (isUnauthorized) {
    answering.set('decline', '1');
  }
  return authorize(
    { ...call, request: { ...call.request, query: answering } },
    {
      required: ['response_type', 'client_id', 'redirect_uri', 'state', 'scope'],
      optional: [],
      redirectMismatch: 'The redirect_uri does not match the registered value',
      codeLifeMs,
      denial: isUnauthorized
        ? { error: 'unauthorized_scope_error', error_description: 'Scope is not authorized for your application' }
        : { error: 'user_cancelled_authorize', error_description: 'The user cancelled the authorization' },
    },
  );
}

const causes: Platform['causes'] = {
  disconnected: endsGrants(),
  deleted: endsGrants(),
  suspended: lasts('nothing'),
  'role-lost': losesRoles,
  // The member consented elsewhere, with the same app, to another set of scopes.
  'scope-set-changed': endsGrants(),
  'token-ended-early': endsAccessTokens,
  'consent-over': ages('everything', (grant) => (grant.shape.refreshToken ? consentEnd(grant) : null)),
  'token-expired': ages('everything', (grant, _app, world) =>
    grant.shape.refreshToken ? null : (world.endByAge(grant)?.at ?? null),
  ),
};

/** LinkedIn's authorization server and API, from its documentation and observed answers. */
export const linkedin: Platform = {
  name: 'linkedin',
  newSecret,
  accessLifetimeSeconds: accessLifetime,
  singleUse: () => false,
  agedOut: (grant) => (grant.shape.refreshToken ? { at: consentEnd(grant), cause: 'aged-out' } : null),
  grantShape: ({ quirks }) => {
    return { refreshToken: !quirks.includes('no-refresh-tokens'), shortLived: false, tokenSecret: false };
  },
  opened: endOtherScopeSets,
  causes,
  routes: [
    { method: 'GET', path: '/www.linkedin.com/oauth/v2/authorization', operation: 'authorize', answer: consent },
    { method: 'POST', path: '/www.linkedin.com/oauth/v2/accessToken', operation: 'token', answer: token },
    { method: 'POST', path: '/www.linkedin.com/oauth/v2/introspectToken', operation: 'validate', answer: introspect },
    { method: 'POST', path: '/www.linkedin.com/oauth/v2/revoke', operation: 'revoke', answer: revoke },
    { method: 'GET', path: '/api.linkedin.com/v2/userinfo', operation: 'identity', answer: userinfo },
    { method: 'GET', path: '/api.linkedin.com/v2/me', operation: 'identity', answer: member },
    { method: 'GET', path: '/api.linkedin.com/rest/organizationAcls', operation: 'role', answer: organizationAcls },
    {
      method: 'GET',
      path: '/api.linkedin.com/rest/organizationAuthorizations/:key',
      operation: 'role',
      answer: organizationAuthorization,
    },
  ],
};
