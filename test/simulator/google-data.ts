import type { Account } from './model.ts';
import type { Answer, Call, Token } from './platform.ts';
import { credentials } from './request.ts';

const scopePrefix = 'https://www.googleapis.com/auth/';
const channelScopes = ['youtube', 'youtube.readonly', 'youtube.force-ssl', 'youtubepartner'];
const signInScopes = ['openid', 'email', 'profile', `${scopePrefix}userinfo.email`, `${scopePrefix}userinfo.profile`];
const emailScopes = ['email', `${scopePrefix}userinfo.email`];

/** The living access token of a value, or nothing. */
export function livingAccess(call: Call, value: string | null): Token | null {
  const found = value === null ? undefined : call.world.tokens.find(value);
  const ours = found?.kind === 'access' && found.grant.platform === 'youtube';
  return ours && call.world.isAlive(found) ? found : null;
}

export const hasAny = (token: Token, scopes: readonly string[]): boolean =>
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
  if (reason === 'accessNotConfigured') return 'usageLimits';
  return reason.startsWith('youtube') || reason.startsWith('authenticatedUser') ? 'youtube.header' : 'global';
};

const invalidCredentials = (): Answer => apiError(401, 'UNAUTHENTICATED', 'authError', 'Invalid Credentials');

/** `channels.list` of the YouTube Data API for the token's own channel. */
export function channels(call: Call): Answer {
  const { query } = call.request;
  const unknown = [...query.keys()].filter((name) => !['part', 'mine', 'maxResults', 'fields'].includes(name));
  if (unknown.length > 0 || query.get('mine') !== 'true' || !query.get('part')) {
    call.complain(`channels.list needs part and mine=true, and knows no ${unknown.join(', ') || 'others'}`);
    return apiError(400, 'INVALID_ARGUMENT', 'invalidParameter', 'Invalid or missing parameter');
  }
  const value = credentials(call.request, 'Bearer');
  if (value === null) {
    call.complain('channels.list needs "Authorization: Bearer <access token>"');
    return apiError(401, 'UNAUTHENTICATED', 'required', 'Login Required');
  }
  const access = livingAccess(call, value);
  return access ? channelsOf(call, access) : invalidCredentials();
}

function channelsOf(call: Call, access: Token): Answer {
  const { world } = call;
  const app = world.directory.app('youtube', access.grant.clientId);
  const account = world.directory.findAccount('youtube', access.grant.accountId);
  const wanted = channelScopes.map((scope) => scopePrefix + scope);
  if (app.quirks.includes('api-disabled')) {
    return apiError(403, 'PERMISSION_DENIED', 'accessNotConfigured', 'YouTube Data API v3 has not been used before');
  }
  if (app.quirks.includes('quota-exceeded')) {
    return apiError(403, 'PERMISSION_DENIED', 'quotaExceeded', 'You have exceeded your <a href="/quota">quota</a>.');
  }
  if (!hasAny(access, wanted)) {
    const message = 'Request had insufficient authentication scopes.';
    return apiError(403, 'PERMISSION_DENIED', 'insufficientPermissions', message);
  }
  if (account?.condition === 'suspended') {
    return apiError(403, 'PERMISSION_DENIED', 'authenticatedUserAccountSuspended', 'The account is suspended.');
  }
  if (!account?.channelId && app.quirks.includes('signup-required')) {
    return apiError(401, 'UNAUTHENTICATED', 'youtubeSignupRequired', 'Unauthorized');
  }
  return { status: 200, body: channelList(account) };
}

function channelList(account: Account | undefined): Record<string, unknown> {
  const kind = 'youtube#channelListResponse';
  if (!account?.channelId) {
    return { kind, etag: 'simulated', pageInfo: { totalResults: 0, resultsPerPage: 5 } };
  }
  const item = {
    kind: 'youtube#channel',
    id: account.channelId,
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
  const access = livingAccess(call, value);
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
