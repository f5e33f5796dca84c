import { statusOf } from './linkedin-token.ts';
import type { Account } from './model.ts';
import type { Answer, Call, Token } from './platform.ts';
import { credentials, parameterProblems } from './request.ts';

const apiError = (status: number, code: string, message: string, serviceErrorCode?: number): Answer => {
  return { status, body: { status, ...(serviceErrorCode && { serviceErrorCode }), code, message } };
};

const dead = {
  unknown: () => apiError(401, 'INVALID_ACCESS_TOKEN', 'Invalid access token', 65600),
  revoked: () =>
    apiError(401, 'REVOKED_ACCESS_TOKEN', 'The token used in the request has been revoked by the user', 65601),
  expired: () => apiError(401, 'EXPIRED_ACCESS_TOKEN', 'The token used in the request has expired', 65602),
};

/** How long a fresh token may be unknown to parts of the platform. */
const propagationMs = 10_000;

/** Those of which the reference knows that they are served: older ones died, newer ones are not there yet. */
const versions = { oldest: '202512', newest: '202611' };

interface Method {
  /** Its name in a refusal. */
  name: string;
  /** Any of these will do. */
  scopes: readonly string[];
  required: readonly string[];
  optional: readonly string[];
  /** A call below `/rest/`, which names the version of the API. */
  versioned: boolean;
}

/** The living token that a call came with and its person, or why it is refused. */
function callerOf(call: Call, method: Method): { access: Token; account: Account } | Answer {
  const problems = parameterProblems(call.request.query, method).map(({ text }) => text);
  for (const text of problems) {
    call.complain(text);
  }
  if (problems[0]) {
    return apiError(400, 'ILLEGAL_ARGUMENT', problems[0]);
  }
  const access = tokenOf(call);
  if (!('grant' in access)) {
    return access;
  }
  const account = call.world.directory.account('linkedin', access.grant.accountId ?? '');
  return versionRefusal(call, method, access) ?? refusalOf(call, method, access) ?? { access, account };
}

function tokenOf(call: Call): Token | Answer {
  const value = credentials(call.request, 'Bearer');
  if (value === null) {
    call.complain('the call needs "Authorization: Bearer <access token>"');
    return apiError(401, 'EMPTY_ACCESS_TOKEN', 'Empty oauth2_access_token', 65604);
  }
  const { tokens, directory } = call.world;
  const known = tokens.find(value);
  if (known?.kind !== 'access' || known.grant.platform !== 'linkedin') {
    return dead.unknown();
  }
  const status = statusOf(call.world, known);
  if (status !== 'active') {
    return dead[status]();
  }
  const isSlow = directory.app('linkedin', known.grant.clientId).quirks.includes('slow-propagation');
  return isSlow && call.now - known.issuedAt < propagationMs ? dead.revoked() : known;
}

function versionRefusal(call: Call, { versioned }: Method, { grant }: Token): Answer | null {
  const { 'linkedin-version': version, 'x-restli-protocol-version': protocol } = call.request.headers;
  if (!versioned) {
    return null;
  }
  if (typeof version !== 'string' || !/^\d{4}(?:0[1-9]|1[0-2])$/.test(version)) {
    call.complain('the call needs a header Linkedin-Version of year and month');
    return apiError(
      400,
      'VERSION_MISSING',
      'A version must be present. Please specify a version by adding the header.',
    );
  }
  if (protocol !== '2.0.0') {
    call.complain('the call needs X-Restli-Protocol-Version: 2.0.0');
    return apiError(400, 'ILLEGAL_ARGUMENT', 'The protocol version is not supported');
  }
  const { apiVersionRetired } = call.world.directory.app('linkedin', grant.clientId);
  const isServed = !apiVersionRetired && version >= versions.oldest && version <= versions.newest;
  return isServed ? null : apiError(426, 'NONEXISTENT_VERSION', `Requested version ${version}01 is not active`);
}

/** What stands in the way of a living token. */
function refusalOf(call: Call, { name, scopes }: Method, { grant }: Token): Answer | null {
  const { troubles, directory } = call.world;
  const { quirks } = directory.app('linkedin', grant.clientId);
  if (troubles.has('suspended', grant)) {
    return apiError(401, 'RESTRICTED_MEMBER', 'The member is restricted', 65608);
  }
  if (quirks.includes('day-limit-reached')) {
    return apiError(
      429,
      'TOO_MANY_REQUESTS',
      `Resource level throttle APPLICATION DAY limit for calls to ${name} is reached.`,
    );
  }
  const isAllowed =
    grant.scopes.some((scope) => scopes.includes(scope)) &&
    !(name.startsWith('/rest') && quirks.includes('product-missing'));
  return isAllowed ? null : apiError(403, 'ACCESS_DENIED', `Not enough permissions to access: GET ${name}`);
}

const unversioned = { required: [], optional: [], versioned: false };

/** `GET /v2/userinfo`. */
export function userinfo(call: Call): Answer {
  const caller = callerOf(call, { ...unversioned, name: '/v2/userinfo', scopes: ['openid'] });
  if (!('account' in caller)) {
    return caller;
  }
  const { account, access } = caller;
  const has = (scope: string) => access.grant.scopes.includes(scope);
  const profile = { name: account.displayName, locale: { country: 'US', language: 'en' } };
  const picture = `https://media.linkedin.example/${account.id}.jpg`;
  const email = { email: account.email, email_verified: true };
  const body = { sub: account.id, ...(has('profile') && { ...profile, picture }), ...(has('email') && email) };
  return { status: 200, body };
}

/** `GET /v2/me`. */
export function member(call: Call): Answer {
  const caller = callerOf(call, { ...unversioned, name: '/v2/me', scopes: ['r_basicprofile'] });
  if (!('account' in caller)) {
    return caller;
  }
  const { id, displayName, login } = caller.account;
  return { status: 200, body: { id, localizedFirstName: displayName, vanityName: login } };
}

const adminScopes = ['rw_organization_admin', 'r_organization_admin'];

/** A role as tests give it: `ADMINISTRATOR`, or `ADMINISTRATOR/REQUESTED` where it is not approved. */
function roleOf(text: string): { role: string; state: string } {
  const [role = '', state = 'APPROVED'] = text.split('/');
  return { role, state };
}

function rolesOf(
  { world }: Call,
  account: Account,
  { quirks }: { quirks: readonly string[] },
): Record<string, string>[] {
  const key = quirks.includes('organization-target') ? 'organizationTarget' : 'organization';
  const roleAssignee = `urn:li:person:${account.id}`;
  const organizations = world.assets.of('linkedin', account.id).filter(({ condition }) => condition === 'ok');
  return organizations.flatMap(({ id }) =>
    world.assets.roles('linkedin', account.id, id).map((text) => {
      return { [key]: `urn:li:organization:${id}`, roleAssignee, ...roleOf(text) };
    }),
  );
}

/** `GET /rest/organizationAcls?q=roleAssignee`: the organizations on which the member has a role. */
export function organizationAcls(call: Call): Answer {
  const { query } = call.request;
  const name = '/rest/organizationAcls';
  const optional = ['role', 'state', 'start', 'count'];
  const caller = callerOf(call, { name, scopes: adminScopes, required: ['q'], optional, versioned: true });
  if (!('account' in caller)) {
    return caller;
  }
  if (query.get('q') !== 'roleAssignee') {
    call.complain('q must be roleAssignee');
    return apiError(400, 'ILLEGAL_ARGUMENT', 'q is not a known finder');
  }
  const app = call.world.directory.app('linkedin', caller.access.grant.clientId);
  const matches = (element: Record<string, string>) =>
    ['role', 'state'].every((filter) => (query.get(filter) ?? element[filter]) === element[filter]);
  const all = rolesOf(call, caller.account, app).filter(matches);
  const start = Number(query.get('start') ?? 0);
  const count = app.quirks.includes('short-pages') ? 1 : Number(query.get('count') ?? 10);
  const next = new URLSearchParams([...query].filter(([key]) => key !== 'start' && key !== 'count'));
  next.set('start', String(start + count));
  next.set('count', String(count));
  const links = start + count < all.length ? [{ rel: 'next', type: 'application/json', href: `${name}?${next}` }] : [];
  return { status: 200, body: { paging: { start, count, links }, elements: all.slice(start, start + count) } };
}

const authorizationKey =
  /^\(impersonator:urn%3Ali%3Aperson%3A([^,]+),organization:urn%3Ali%3Aorganization%3A(\d+),action:\(organization(?:Content|Role)AuthorizationAction:\(actionType:(\w+)\)\)\)$/i;

const mayDo: Readonly<Record<string, readonly string[]>> = {
  ORGANIC_SHARE_CREATE: ['ADMINISTRATOR', 'CONTENT_ADMINISTRATOR'],
  ADMINISTRATOR_READ: ['ADMINISTRATOR'],
};

/** `GET /rest/organizationAuthorizations/(impersonator:…,organization:…,action:…)`: may the member do this there? */
export function organizationAuthorization(call: Call): Answer {
  const name = '/rest/organizationAuthorizations';
  const caller = callerOf(call, { name, scopes: adminScopes, required: [], optional: [], versioned: true });
  if (!('account' in caller)) {
    return caller;
  }
  const [, person = '', organization = '', action = ''] = authorizationKey.exec(call.params.key ?? '') ?? [];
  const allowedTo = mayDo[action];
  if (!allowedTo) {
    call.complain('the key is none of organizationAuthorizations, or names an action that is not known here');
    return apiError(400, 'ILLEGAL_ARGUMENT', 'The key is malformed');
  }
  if (decodeURIComponent(person) !== caller.account.id) {
    return apiError(403, 'ACCESS_DENIED', 'The impersonator is not the member of the token');
  }
  const roles = call.world.assets.roles('linkedin', caller.account.id, organization).map(roleOf);
  const isAllowed = roles.some(({ role, state }) => state === 'APPROVED' && allowedTo.includes(role));
  const status = { [`com.linkedin.organization.${isAllowed ? 'Approved' : 'Denied'}`]: {} };
  return { status: 200, body: { organization: `urn:li:organization:${organization}`, status } };
}
