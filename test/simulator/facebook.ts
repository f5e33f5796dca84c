import { randomBytes } from 'node:crypto';
import { authorization, inQuery, type Place, parameter } from './carriers.ts';
import { authorize, type ConsentRules } from './consent.ts';
import { facebookCauses, instagramPageCauses } from './facebook-causes.ts';
import { debugToken } from './facebook-debug.ts';
import { facebookHost } from './facebook-host.ts';
import { fieldsOperation, liveVideos, newLiveVideo, node } from './facebook-nodes.ts';
import { accounts, permissions, systemUserTokens, withdrawal } from './facebook-person.ts';
import { revokeToken, token, tokenOperation } from './facebook-token.ts';
import { graphCall, type Method, versionProblem } from './meta-calls.ts';
import type { Operation } from './model.ts';
import type { Answer, Call, NewAccess, Platform, PlatformRequest } from './platform.ts';
import type { Route } from './routes.ts';

/**
 * Facebook, and Instagram through its pages. Of the app: `require-proof`, `native-app` (its own token counts as none),
 * `capability-missing` (code 3), `review-missing` (code 10 though the scope is there). Of tokens: `omit-expires-in`,
 * `post-only` (GET refused where codes are taken), `long-lived-login` (a second login gives sixty days at once),
 * `exchange-keeps-end` (sixty days are never more), `new-page-tokens` (another one each time, and the last one dies).
 * Of answers: `role-lost-in-words` (without 492), `connected-only` (Instagram linked in the settings of the page),
 * `blocks-reads` (what stops writes shows in reads too), `success-object` (where `true` is documented),
 * `data-access-enforced` (no reads after its end), `denial-code` (a dialog's refusal without `error`).
 */
export type FacebookQuirk =
  | 'require-proof'
  | 'native-app'
  | 'capability-missing'
  | 'review-missing'
  | 'omit-expires-in'
  | 'post-only'
  | 'long-lived-login'
  | 'exchange-keeps-end'
  | 'new-page-tokens'
  | 'role-lost-in-words'
  | 'connected-only'
  | 'blocks-reads'
  | 'success-object'
  | 'data-access-enforced'
  | 'denial-code';

/** A little more than an hour, or sixty days; a page's and a system user's may have no end. */
function accessLifetimeSeconds({ grant, shortLived, assetId }: NewAccess): number | null {
  if (shortLived) {
    return 5108;
  }
  return assetId !== null || grant.shape.systemUser === 'endless' ? null : 5_183_944;
}

const newSecret: Platform['newSecret'] = (kind) => {
  const shapes = {
    access: () => `EAAG${randomBytes(90).toString('base64url')}`,
    refresh: () => '',
    code: () => `AQ${randomBytes(90).toString('base64url')}`,
    'client-secret': () => randomBytes(16).toString('hex'),
  };
  return shapes[kind]();
};

/** `auth_type=rerequest` alone asks again for what the person had declined. */
function withoutDeclined(call: Call): PlatformRequest {
  const query = new URLSearchParams(call.request.query);
  const [clientId, person] = [query.get('client_id') ?? '', query.get('approve')];
  const earlier = call.world.livingGrants(call.platform.name, clientId, person).at(-1);
  if (person !== null && !query.has('approve_scopes') && query.get('auth_type') !== 'rerequest') {
    const asked = (query.get('scope') ?? '').split(',');
    query.set('approve_scopes', asked.filter((scope) => !earlier?.declined?.includes(scope)).join(','));
  }
  return { ...call.request, query };
}

/** A configuration stands instead of scopes, and asks for a code in words of its own. */
function dialogProblem(query: URLSearchParams): string | null {
  const isConfigured = query.has('config_id');
  if (isConfigured === query.has('scope')) {
    return 'either scope or config_id must be sent';
  }
  if (isConfigured && query.get('override_default_response_type') !== 'true') {
    return 'config_id needs override_default_response_type=true';
  }
  const isKnown = ['rerequest', 'reauthorize', 'reauthenticate', null].includes(query.get('auth_type'));
  return isKnown ? null : 'auth_type is not one that is known here';
}

const denial = { error: 'access_denied', error_reason: 'user_denied', error_description: 'Permissions error' };

const dialogRules: ConsentRules = {
  required: ['client_id', 'redirect_uri', 'state'],
  optional: [
    ...['response_type', 'scope', 'auth_type', 'auth_nonce', 'display'],
    ...['config_id', 'override_default_response_type'],
  ],
  redirectMismatch: 'URL blocked: the redirect URI is not one of the app',
  unknownClient: 'Invalid App ID',
  problem: dialogProblem,
  scopeSeparator: ',',
  denial,
};

function dialog(call: Call): Answer {
  const version = versionProblem(call, facebookHost);
  if (version) {
    return { status: 400, body: version.message };
  }
  const app = call.world.directory.findApp(call.platform.name, call.request.query.get('client_id') ?? '');
  const isCoded = app?.quirks.includes('denial-code');
  const coded = { error_code: '200', error_message: 'Permissions error' };
  return authorize({ ...call, request: withoutDeclined(call) }, { ...dialogRules, ...(isCoded && { denial: coded }) });
}

const graph = '/graph.facebook.com/:version';

const route = (method: Route['method'], path: string, operation: Route['operation'], answers: Method): Route => {
  return { method, path: `${graph}${path}`, operation, answer: graphCall(facebookHost, answers) };
};

const tokenRoute = (method: Route['method']): Route => {
  return { method, path: `${graph}/oauth/access_token`, operation: tokenOperation, answer: token };
};

const identity: Operation = 'identity';

const routes: readonly Route[] = [
  tokenRoute('GET'),
  tokenRoute('POST'),
  route('GET', '/oauth/revoke', 'revoke', revokeToken),
  route('GET', '/debug_token', 'validate', debugToken),
  route('GET', '/:node', fieldsOperation(identity), node),
  route('GET', '/:node/accounts', fieldsOperation('role'), accounts),
  route('GET', '/:node/permissions', 'validate', permissions),
  route('DELETE', '/:node/permissions', 'revoke', withdrawal),
  route('DELETE', '/:node/permissions/:permission', 'revoke', withdrawal),
  route('DELETE', '/:node/access_tokens', 'revoke', systemUserTokens),
  route('GET', '/:node/live_videos', 'role', liveVideos),
  route('POST', '/:node/live_videos', 'role', newLiveVideo),
  { method: 'GET', path: '/www.facebook.com/:version/dialog/oauth', operation: 'authorize', answer: dialog },
];

/** An app's own token, `{app id}|{secret or value}`, taken apart. */
const appTokenPart =
  (part: 0 | 1): Place =>
  (request) =>
    [...parameter('access_token')(request), ...authorization(request)]
      .map((value) => value.split('|'))
      .filter(({ length }) => length > 1)
      .map((parts) => parts[part] ?? '');

const meta: Omit<Platform, 'name' | 'causes'> = {
  newSecret,
  accessLifetimeSeconds,
  singleUse: () => false,
  agedOut: () => null,
  grantShape: (_app, { shortLived, systemUser }) => {
    return { refreshToken: false, shortLived, tokenSecret: false, ...(systemUser && { systemUser }) };
  },
  carriers: {
    tokens: [
      ...[inQuery('input_token'), parameter('fb_exchange_token'), inQuery('revoke_token')],
      ...[parameter('access_token'), authorization, appTokenPart(1)],
    ],
    clientIds: [parameter('client_id'), appTokenPart(0)],
  },
  spends: [
    { operation: 'token', kind: 'code', at: parameter('code') },
    { operation: 'exchange', kind: 'exchange', at: parameter('fb_exchange_token') },
  ],
  routes,
};

/** The Graph API and the login dialog, from the documentation and observed answers. */
export const facebook: Platform = { ...meta, name: 'facebook', causes: facebookCauses };

/** Instagram through the token of a page: the same addresses, with apps, persons and pages of its own. */
export const instagramPage: Platform = { ...meta, name: 'instagram-page', causes: instagramPageCauses };
