import { dataAccessEnd, hasScope, isTroubled, listedNode, listedPages } from './facebook-pages.ts';
import { type GraphProblem, graphError, invisible, lacksPermission, requestBug } from './meta-answers.ts';
import type { Method } from './meta-calls.ts';
import { fieldsOf, shown } from './meta-fields.ts';
import type { Caller } from './meta-limits.ts';
import type { Answer, Call, Grant, Token } from './platform.ts';

/** Publishing that a person may not do for now, though the token is fine. */
const blocks = [
  ['spam-blocked', { code: 368, subcode: 1390008, message: 'You are posting too fast: this action is limited.' }],
  ['identity-check', { code: 368, subcode: 4854002, message: 'Confirm your identity to publish as this Page.' }],
  [
    'publishing-unauthorized',
    { code: 200, subcode: 1404078, message: '(#200) Page Publishing Authorization is required.' },
  ],
] as const;

/** What keeps the person from writing; null is nothing. */
export function blockOf({ world }: Call, grant: Grant, pageId: string | null): GraphProblem | null {
  const [found] = blocks.filter(([cause]) => isTroubled(world, cause, grant, pageId));
  return found ? { title: 'Publishing is limited', ...found[1] } : null;
}

/** What stands in the way of a reading call, other than the token itself. */
export function readRefusal(call: Call, { app, token }: Caller): GraphProblem | null {
  if (!token) {
    return null;
  }
  const end = dataAccessEnd(token.grant);
  if (app.quirks.includes('data-access-enforced') && end !== null && end <= call.now) {
    return lacksPermission(10, 'access to the data of the person, which has expired');
  }
  if (app.quirks.includes('review-missing')) {
    return lacksPermission(10, "App Review: the feature is not approved for this app's use");
  }
  return app.quirks.includes('blocks-reads') ? blockOf(call, token.grant, token.assetId) : null;
}

/** `/{user-id}`, where only the person's own token, or the app, reaches; `me` is a page for the token of one. */
function personsToken({ params }: Call, { token }: Caller, edge: string): Token | GraphProblem {
  const { node = '' } = params;
  if (!token) {
    return invisible(node);
  }
  if (token.assetId !== null) {
    return requestBug(`Tried accessing nonexisting field (${edge}) on node type (Page)`);
  }
  return node === 'me' || node === token.grant.accountId ? token : invisible(node);
}

/** `GET /{user-id}/accounts`: pages, what the person may do there, and their tokens. */
export const accounts: Method = {
  required: [],
  optional: ['fields', 'limit', 'after', 'before'],
  about: 'page',
  answer: (call, caller) => {
    const user = personsToken(call, caller, 'accounts');
    if ('message' in user) {
      return graphError(user);
    }
    const refusal = readRefusal(call, caller);
    if (refusal) {
      return graphError(refusal);
    }
    if (!hasScope(user.grant, 'pages_show_list')) {
      return graphError(lacksPermission(200, 'pages_show_list'));
    }
    return listed(call, user);
  },
};

const usualFields = 'access_token,name,id,tasks';

const cursor = (at: number): string => Buffer.from(`page ${at}`).toString('base64url');

function listed(call: Call, user: Token): Answer {
  const { query } = call.request;
  const limit = Number(query.get('limit') ?? 25);
  if (!(Number.isInteger(limit) && limit > 0)) {
    call.complain('limit must be a number of pages');
    return graphError(requestBug('limit must be a positive integer'));
  }
  const pages = listedPages(call.world, user.grant);
  const after = pages.findIndex((_page, at) => cursor(at) === query.get('after'));
  const part = pages.slice(after + 1, after + 1 + Math.min(limit, 100));
  const example = { platform: '', id: '', kind: 'page', name: '', inPortfolio: false, instagram: null } as const;
  const asked = fieldsOf(call, listedNode(call, user, { ...example, condition: 'ok' }), usualFields);
  if (!(asked instanceof Map)) {
    return asked;
  }
  const data = part.map((page) => shown(listedNode(call, user, page, asked.has('access_token')), asked));
  const last = after + part.length;
  const cursors = { before: cursor(after + 1), after: cursor(last) };
  const next = last + 1 < pages.length ? { next: nextPage(call, user, cursors.after) } : {};
  return { status: 200, body: { data, ...(part.length > 0 && { paging: { cursors, ...next } }) } };
}

/** As the platform gives it: with the token, and without a proof. */
function nextPage({ request, params }: Call, user: Token, after: string): string {
  const query = new URLSearchParams(request.query);
  query.delete('appsecret_proof');
  query.delete('appsecret_time');
  query.set('access_token', user.value);
  query.set('after', after);
  return `https://graph.facebook.com/${params.version}/${user.grant.accountId}/accounts?${query}`;
}

/** The person's living grants that a call on `/{user-id}/permissions` reaches, newest last. */
function grantsOf(call: Call, caller: Caller): Grant[] | GraphProblem {
  const { world, platform, params } = call;
  if (!caller.token) {
    return world.livingGrants(platform.name, caller.app.clientId, params.node ?? '');
  }
  const user = personsToken(call, caller, 'permissions');
  return 'message' in user ? user : world.livingGrants(platform.name, caller.app.clientId, user.grant.accountId);
}

/** `GET /{user-id}/permissions`. */
export const permissions: Method = {
  required: [],
  optional: ['permission', 'status'],
  about: 'nothing',
  answer: (call, caller) => {
    const { query } = call.request;
    const grants = grantsOf(call, caller);
    if ('message' in grants) {
      return graphError(grants);
    }
    const grant = caller.token?.grant ?? grants.at(-1);
    const end = grant ? dataAccessEnd(grant) : null;
    const status = end !== null && end <= call.now ? 'expired' : 'granted';
    const data = [
      ...(grant?.scopes ?? []).map((permission) => ({ permission, status })),
      ...(grant?.declined ?? []).map((permission) => ({ permission, status: 'declined' })),
    ];
    const matches = (one: { permission: string; status: string }) =>
      (query.get('permission') ?? one.permission) === one.permission &&
      (query.get('status') ?? one.status) === one.status;
    return { status: 200, body: { data: data.filter(matches) } };
  },
};

/** `DELETE /{user-id}/permissions`, or one of them. All of them is the end of everything the person gave to the app. */
export const withdrawal: Method = {
  required: [],
  optional: [],
  about: 'nothing',
  answer: (call, caller) => {
    const grants = grantsOf(call, caller);
    if ('message' in grants) {
      return graphError(grants);
    }
    const { permission } = call.params;
    const own = caller.token?.grant ?? grants.at(-1);
    for (const grant of grants) {
      if (permission === undefined) {
        call.world.endGrant(grant, grant === own ? 'revoked-by-client' : 'revoked-with-sibling');
      } else if (grant.scopes.includes(permission)) {
        grant.scopes = grant.scopes.filter((scope) => scope !== permission);
        grant.declined = [...(grant.declined ?? []), permission];
      }
    }
    return { status: 200, body: caller.app.quirks.includes('success-object') ? { success: true } : true };
  },
};

/** `DELETE /{system-user-id}/access_tokens`. */
export const systemUserTokens: Method = {
  required: [],
  optional: [],
  about: 'nothing',
  answer: ({ world, params, platform }, { app }) => {
    const own = world.livingGrants(platform.name, app.clientId, params.node ?? '');
    const grants = own.filter(({ shape }) => shape.systemUser !== undefined);
    for (const grant of grants) {
      world.endGrant(grant, 'revoked-by-client');
    }
    return grants.length > 0 ? { status: 200, body: { success: true } } : graphError(invisible(params.node ?? ''));
  },
};
