import { randomBytes } from 'node:crypto';
import { authorization, inForm, parameter } from './carriers.ts';
import { ages, endsAccessTokens, endsGrants, lasts, withdrawsScopes } from './causes.ts';
import { authorize } from './consent.ts';
import type { App } from './model.ts';
import type { Answer, Call, Platform, Token } from './platform.ts';
import { credentials, parameterProblems } from './request.ts';
import { logId, refreshLifeMs, revoke, token } from './tiktok-token.ts';

/**
 * TikTok: `errors-with-200` (every refusal of the token endpoint) and `old-lifetimes` are the token endpoint's. The
 * latter is as pages of before November 2026 have it: a refresh token of 365 days that need not change (`rotate`); give
 * such an app `accessLifetimeSeconds: 86_400`. `scope-permission-missed`, `active-user-cap` and `rate-limited` are the
 * API's.
 */
export type TiktokQuirk =
  | 'errors-with-200'
  | 'old-lifetimes'
  | 'scope-permission-missed'
  | 'active-user-cap'
  | 'rate-limited';

const apiAnswer = (status: number, code: string, message: string, data: object = {}): Answer => {
  return { status, body: { data, error: { code, message, log_id: logId() } } };
};

const knownFields = ['open_id', 'union_id', 'avatar_url', 'display_name'];

/** `GET /v2/user/info/`. */
function userInfo(call: Call): Answer {
  const { query } = call.request;
  const fields = query.get('fields')?.split(',') ?? [];
  const problems = [
    ...parameterProblems(query, { required: ['fields'], optional: [] }).map(({ text }) => text),
    ...fields.filter((name) => !knownFields.includes(name)).map((name) => `field ${name} is not known here`),
  ];
  for (const problem of problems) {
    call.complain(problem);
  }
  if (problems[0]) {
    return apiAnswer(400, 'invalid_params', problems[0]);
  }
  const access = callerOf(call);
  if (!('grant' in access)) {
    return access;
  }
  const { id, displayName } = call.world.directory.account('tiktok', access.grant.accountId ?? '');
  const avatar = `https://p16.tiktokcdn.example/${id}.jpeg`;
  const all: Record<string, string> = {
    open_id: id,
    union_id: `u${id}`,
    avatar_url: avatar,
    display_name: displayName,
  };
  const user = Object.fromEntries(fields.map((name) => [name, all[name]]));
  return apiAnswer(200, 'ok', '', { user });
}

function callerOf(call: Call): Token | Answer {
  const value = credentials(call.request, 'Bearer');
  if (value === null) {
    call.complain('the call needs "Authorization: Bearer <access token>"');
  }
  const access = call.world.livingAccess('tiktok', value);
  if (!access?.grant.accountId) {
    return apiAnswer(401, 'access_token_invalid', 'The access token is invalid or not found in the request.');
  }
  return refusalOf(call, access) ?? access;
}

/** What stands in the way of a living token. */
function refusalOf({ world }: Call, { grant }: Token): Answer | null {
  const { quirks } = world.directory.app('tiktok', grant.clientId);
  if (quirks.includes('rate-limited')) {
    return apiAnswer(429, 'rate_limit_exceeded', 'The API rate limit was exceeded. Please try again later.');
  }
  if (quirks.includes('active-user-cap')) {
    return apiAnswer(403, 'reached_active_user_cap', 'The daily quota for active users of the app is reached.');
  }
  if (quirks.includes('scope-permission-missed')) {
    return apiAnswer(401, 'scope_permission_missed', 'The app has no permission for this scope.');
  }
  if (!grant.scopes.includes('user.info.basic')) {
    return apiAnswer(401, 'scope_not_authorized', 'The user did not authorize the scope required for completing this.');
  }
  return world.troubles.has('spam-blocked', grant)
    ? apiAnswer(403, 'spam_risk_user_banned_from_posting', 'The user is banned from making new posts.')
    : null;
}

const random = (bytes: number): string => randomBytes(bytes).toString('base64url');

const newSecret: Platform['newSecret'] = (kind) => {
  const shapes = {
    access: () => `act.${random(40)}!4521.e1`,
    refresh: () => `rft.${random(40)}!4522.e1`,
    code: () => `${random(60)}*0!4520.e1`,
    'client-secret': () => random(24),
  };
  return shapes[kind]();
};

const isOld = ({ quirks }: App): boolean => quirks.includes('old-lifetimes');

const causes: Platform['causes'] = {
  disconnected: endsGrants(),
  deleted: endsGrants(),
  'permission-withdrawn': withdrawsScopes,
  // Of what the account posts; it stays connected.
  'spam-blocked': lasts('nothing'),
  'token-ended-early': endsAccessTokens,
  unused: ages('everything', (grant, app, world) => {
    const main = world.tokens.newestRefresh(grant);
    return main && !isOld(app) ? main.issuedAt + refreshLifeMs(app) : null;
  }),
  'consent-over': ages('everything', (grant, app, world) => {
    const main = world.tokens.newestRefresh(grant);
    return main && isOld(app) ? main.issuedAt + refreshLifeMs(app) : null;
  }),
};

/** TikTok's Login Kit v2, from its documentation. */
export const tiktok: Platform = {
  name: 'tiktok',
  newSecret,
  accessLifetimeSeconds: () => 7200,
  singleUse: (app) => !isOld(app),
  agedOut: (_grant, app, main) => ({ at: main.issuedAt + refreshLifeMs(app), cause: 'aged-out' }),
  causes,
  carriers: {
    tokens: [inForm('refresh_token'), inForm('token'), authorization],
    clientIds: [parameter('client_key')],
  },
  routes: [
    { method: 'POST', path: '/open.tiktokapis.com/v2/oauth/token/', operation: 'token', answer: token },
    { method: 'POST', path: '/open.tiktokapis.com/v2/oauth/revoke/', operation: 'revoke', answer: revoke },
    { method: 'GET', path: '/open.tiktokapis.com/v2/user/info/', operation: 'identity', answer: userInfo },
    {
      method: 'GET',
      path: '/www.tiktok.com/v2/auth/authorize/',
      operation: 'authorize',
      answer: (call) =>
        authorize(call, {
          required: ['client_key', 'response_type', 'scope', 'redirect_uri', 'state'],
          optional: [],
          clientIdParameter: 'client_key',
          scopeSeparator: ',',
          redirectMismatch: 'redirect_uri',
        }),
    },
  ],
};
