import type { Account } from './model.ts';
import type { Answer, Call, Token } from './platform.ts';
import { credentials } from './request.ts';

const scopePrefix = 'https://www.googleapis.com/auth/';
const liveScopes = ['youtube', 'youtube.readonly', 'youtube.force-ssl'].map((scope) => scopePrefix + scope);
const channelScopes = [...liveScopes, `${scopePrefix}youtubepartner`];
const signInScopes = ['openid', 'email', 'profile', `${scopePrefix}userinfo.email`, `${scopePrefix}userinfo.profile`];
const emailScopes = ['email', `${scopePrefix}userinfo.email`];

const hasAny = (token: Token, scopes: readonly string[]): boolean =>
  token.grant.scopes.some((scope) => scopes.includes(scope));

/** Subject and e-mail, as far as the token's sign-in scopes show them. */
export function personFields(token: Token, account: Account | undefined): Record<string, string> {
  return {
    ...(account && hasAny(token, signInScopes) && { sub: account.id }),
    ...(account && hasAny(token, emailScopes) && { email: account.email, email_verified: 'true' }),
  };
}

const apiError = (code: number, status: string, reason: string, message: string): Answer => ({
  status: code,
  body: { error: { code, message, status, errors: [{ domain: domainOf(reason), reason, message }] } },
});

const domainOf = (reason: string): string => {
  if (reason === 'quotaExceeded') return 'youtube.quota';
  if (reason.startsWith('live')) return 'youtube.liveBroadcast';
  if (reason === 'accessNotConfigured') return 'usageLimits';
  return reason.startsWith('youtube') || reason.startsWith('authenticatedUser') ? 'youtube.header' : 'global';
};

const invalidCredentials = (): Answer => apiError(401, 'UNAUTHENTICATED', 'authError', 'Invalid Credentials');

/** What a method of the Data API is called with: always the person's own things, and the token as Bearer. */
interface Method {
  name: string;
  optional: readonly string[];
  scopes: readonly string[];
}

/** The living token that a call of the Data API came with, or why it is refused. */
function caller(call: Call, method: Method): Token | Answer {
  const { query } = call.request;
  const unknown = [...query.keys()].filter(
    (name) => !['part', 'mine', 'maxResults', ...method.optional].includes(name),
  );
  if (unknown.length > 0 || query.get('mine') !== 'true' || !query.get('part')) {
    call.complain(`${method.name} needs part and mine=true, and knows no ${unknown.join(', ') || 'others'}`);
    return apiError(400, 'INVALID_ARGUMENT', 'invalidParameter', 'Invalid or missing parameter');
  }
  const value = credentials(call.request, 'Bearer');
  if (value === null) {
    call.complain(`${method.name} needs "Authorization: Bearer <access token>"`);
    return apiError(401, 'UNAUTHENTICATED', 'required', 'Login Required');
  }
  const access = call.world.livingAccess('youtube', value);
  return access ? (refusalOf(call, access, method) ?? access) : invalidCredentials();
}

/** What stands in the way of a living token, whatever is asked. */
function refusalOf({ world }: Call, access: Token, { scopes }: Method): Answer | null {
  const { quirks } = world.directory.app('youtube', access.grant.clientId);
  if (quirks.includes('api-disabled')) {
    return apiError(403, 'PERMISSION_DENIED', 'accessNotConfigured', 'YouTube Data API v3 has not been used before');
  }
  if (quirks.includes('quota-exceeded')) {
    return apiError(403, 'PERMISSION_DENIED', 'quotaExceeded', 'You have exceeded your <a href="/quota">quota</a>.');
  }
  if (!hasAny(access, scopes)) {
    const message = 'Request had insufficient authentication scopes.';
    return apiError(403, 'PERMISSION_DENIED', 'insufficientPermissions', message);
  }
  if (world.troubles.has('suspended', access.grant)) {
    return apiError(403, 'PERMISSION_DENIED', 'authenticatedUserAccountSuspended', 'The account is suspended.');
  }
  if (world.troubles.has('role-lost', access.grant)) {
    const message = 'The authenticated user cannot act on behalf of the channel.';
    return apiError(403, 'PERMISSION_DENIED', 'accountDelegationForbidden', message);
  }
  return null;
}

/** `channels.list` of the YouTube Data API for the token's own channel. */
export function channels(call: Call): Answer {
  const access = caller(call, { name: 'channels.list', optional: ['fields'], scopes: channelScopes });
  if (!('grant' in access)) {
    return access;
  }
  const { directory, troubles } = call.world;
  const account = directory.findAccount('youtube', access.grant.accountId);
  const channelId = troubles.has('no-channel', access.grant) ? null : (account?.channelId ?? null);
  if (channelId === null && directory.app('youtube', access.grant.clientId).quirks.includes('signup-required')) {
    return apiError(401, 'UNAUTHENTICATED', 'youtubeSignupRequired', 'Unauthorized');
  }
  return { status: 200, body: channelList(account, channelId) };
}

/** `liveBroadcasts.list`: nobody has any here, but who may not stream is told so. */
export function liveBroadcasts(call: Call): Answer {
  const method = {
    name: 'liveBroadcasts.list',
    optional: ['broadcastStatus', 'broadcastType', 'fields'],
    scopes: liveScopes,
  };
  const access = caller(call, method);
  if (!('grant' in access)) {
    return access;
  }
  if (call.world.troubles.has('live-disabled', access.grant)) {
    const message = 'The user is not enabled for live streaming.';
    return apiError(403, 'PERMISSION_DENIED', 'liveStreamingNotEnabled', message);
  }
  const pageInfo = { totalResults: 0, resultsPerPage: Number(call.request.query.get('maxResults') ?? 5) };
  return { status: 200, body: { kind: 'youtube#liveBroadcastListResponse', etag: 'simulated', pageInfo, items: [] } };
}

function channelList(account: Account | undefined, channelId: string | null): Record<string, unknown> {
  const kind = 'youtube#channelListResponse';
  if (!account || channelId === null) {
    return { kind, etag: 'simulated', pageInfo: { totalResults: 0, resultsPerPage: 5 } };
  }
  const item = {
    kind: 'youtube#channel',
    id: channelId,
    snippet: { title: account.displayName, customUrl: `@${account.login}` },
    status: { privacyStatus: 'public', isLinked: true },
  };
  return { kind, etag: 'simulated', pageInfo: { totalResults: 1, resultsPerPage: 5 }, items: [item] };
}

/** OpenID Connect userinfo. */
export function userinfo(call: Call): Answer {
  const value = credentials(call.request, 'Bearer');
  if (value === null) {
    call.complain('userinfo needs "Authorization: Bearer <access token>"');
  }
  const access = call.world.livingAccess('youtube', value);
  if (!access) {
    return { status: 401, body: { error: 'invalid_request', error_description: 'Invalid Credentials' } };
  }
  if (!hasAny(access, signInScopes)) {
    return { status: 403, body: { error: 'insufficient_scope', error_description: 'A sign-in scope is needed' } };
  }
  const account = call.world.directory.findAccount('youtube', access.grant.accountId);
  const { email_verified, ...person } = personFields(access, account);
  return { status: 200, body: { ...person, ...(email_verified && { email_verified: true }) } };
}
