import { randomBytes } from 'node:crypto';
import { ages, type CauseHandler, endsAccessTokens, endsGrants, lasts, withdrawsScopes } from './causes.ts';
import { authorize } from './consent.ts';
import { channels, liveBroadcasts, personFields, userinfo } from './google-data.ts';
import { device, formRefusal, oauthError, token, tokenOperation } from './google-token.ts';
import type { App } from './model.ts';
import type { Answer, Call, End, Grant, Platform } from './platform.ts';
import { credentials } from './request.ts';
import { riscConfiguration, riscKeys } from './signals.ts';
import type { World } from './world.ts';

/**
 * YouTube: `return-refresh-token`, `deleted-client` and `org-internal` are answers of the token endpoint,
 * `quota-exceeded`, `api-disabled` and `signup-required` (for an account without a channel) of the Data API.
 */
export type GoogleQuirk =
  | 'return-refresh-token'
  | 'deleted-client'
  | 'org-internal'
  | 'quota-exceeded'
  | 'api-disabled'
  | 'signup-required';

const dayMs = 86_400_000;
const testingLifeMs = 7 * dayMs;
/** "Six months" unused; the shortest reading, so that a client which relies on more is found. */
const unusedLifeMs = 180 * dayMs;
const nameOnlyScopes = ['openid', 'email', 'profile'].flatMap((scope) => [
  scope,
  `https://www.googleapis.com/auth/userinfo.${scope}`,
]);

function tokeninfo(call: Call): Answer {
  const { request } = call;
  const value = credentials(request, 'Bearer') ?? request.form.get('access_token') ?? request.query.get('access_token');
  if (!value) {
    call.complain('tokeninfo needs an access token: as Bearer, or as parameter access_token');
    return oauthError(400, 'invalid_request', 'Either access_token, id_token, or token_handle required');
  }
  const access = call.world.livingAccess('youtube', value);
  if (!access) {
    return oauthError(400, 'invalid_token', 'Invalid Value');
  }
  const { grant } = access;
  const expiresAt = access.announcedExpiresAt ?? call.now;
  return {
    status: 200,
    body: {
      azp: grant.clientId,
      aud: grant.clientId,
      ...personFields(access, call.world.directory.findAccount('youtube', grant.accountId)),
      scope: grant.scopes.join(' '),
      exp: String(Math.floor(expiresAt / 1000)),
      expires_in: String(Math.floor((expiresAt - call.now) / 1000)),
      access_type: call.world.tokens.newestRefresh(grant) ? 'offline' : 'online',
    },
  };
}

/** Ends everything that this person gave to any client of the same Cloud project. */
function revoke(call: Call): Answer {
  const inQuery = call.request.query.get('token');
  const refusal = inQuery === null ? formRefusal(call, { required: ['token'], optional: [] }) : null;
  if (refusal) {
    return refusal;
  }
  const presented = call.world.tokens.find(call.request.form.get('token') ?? inQuery ?? '');
  if (presented?.grant.platform !== 'youtube' || !call.world.isAlive(presented)) {
    return oauthError(400, 'invalid_token', 'Token expired or revoked');
  }
  const { directory } = call.world;
  const projectOf = (grant: Grant) => directory.app('youtube', grant.clientId).project;
  call.world.endGrant(presented.grant, 'revoked-by-client');
  const sibling = (grant: Grant) =>
    grant.platform === 'youtube' &&
    grant.accountId === presented.grant.accountId &&
    projectOf(grant) === projectOf(presented.grant);
  call.world.endGrants(sibling, 'revoked-with-sibling');
  return { status: 200, body: {} };
}

/** When the consent itself runs out: seven days where the app is in testing, or as the person limited it. */
function consentEnd(grant: Grant, app: App): End | null {
  const ends: End[] = [];
  if (app.testing && !grant.scopes.every((scope) => nameOnlyScopes.includes(scope))) {
    ends.push({ at: grant.consentedAt + testingLifeMs, cause: 'testing-expired' });
  }
  if (grant.limitedUntilAt !== null) {
    ends.push({ at: grant.limitedUntilAt, cause: 'access-ended' });
  }
  return ends.sort((one, other) => one.at - other.at)[0] ?? null;
}

const unusedEnd = (grant: Grant): End => ({ at: grant.lastUsedAt + unusedLifeMs, cause: 'unused' });

function agedOut(grant: Grant, app: App): End {
  const unused = unusedEnd(grant);
  const consent = consentEnd(grant, app);
  return consent && consent.at <= unused.at ? consent : unused;
}

/** The oldest grants of one person and client end beyond the hundredth. */
function keepHundred(world: World, { clientId, accountId }: Grant): void {
  const living = world.livingGrants('youtube', clientId, accountId);
  for (const oldest of living.slice(0, Math.max(0, living.length - 100))) {
    world.endGrant(oldest, 'token-limit');
  }
}

const deleted: CauseHandler = {
  strike: (context) => lasts('nothing').strike(context) + endsGrants().strike(context),
};

const causes: Platform['causes'] = {
  // Google ends tokens with Gmail scopes only when the password changes.
  'password-changed': endsGrants(({ scopes }) => scopes.some((scope) => /mail\.google\.com|\/auth\/gmail/.test(scope))),
  disconnected: endsGrants(),
  'permission-withdrawn': withdrawsScopes,
  suspended: lasts('nothing'),
  deleted,
  'no-channel': lasts('nothing'),
  // The owner never switched live streaming on, or YouTube took the right away for a while.
  'live-disabled': lasts('nothing'),
  // A manager whom the brand account dropped: its channel is not this person's to act for any more.
  'role-lost': lasts('nothing'),
  'reauth-policy': lasts('renewal'),
  'org-policy': lasts('renewal'),
  unused: ages('everything', (grant) => unusedEnd(grant).at),
  'consent-over': ages('consent', (grant, app) => consentEnd(grant, app)?.at ?? null),
  'token-ended-early': endsAccessTokens,
};

const random = (bytes: number): string => randomBytes(bytes).toString('base64url');

const newSecret: Platform['newSecret'] = (kind) => {
  const shapes = {
    access: () => `ya29.a0${random(60)}`,
    refresh: () => `1//0g${random(45)}`,
    code: () => `4/0A${random(40)}`,
    'client-secret': () => `GOCSPX-${random(21)}`,
  };
  return shapes[kind]();
};

/** Google's authorization server and the YouTube Data API, from Google's documentation and observed answers. */
export const google: Platform = {
  name: 'youtube',
  newSecret,
  accessLifetimeSeconds: () => 3599,
  singleUse: () => false,
  agedOut,
  opened: keepHundred,
  causes,
  routes: [
    { method: 'POST', path: '/oauth2.googleapis.com/token', operation: tokenOperation, answer: token },
    { method: 'POST', path: '/oauth2.googleapis.com/device/code', operation: 'device', answer: device },
    { method: 'GET', path: '/oauth2.googleapis.com/tokeninfo', operation: 'validate', answer: tokeninfo },
    { method: 'POST', path: '/oauth2.googleapis.com/tokeninfo', operation: 'validate', answer: tokeninfo },
    { method: 'POST', path: '/oauth2.googleapis.com/revoke', operation: 'revoke', answer: revoke },
    { method: 'GET', path: '/www.googleapis.com/youtube/v3/channels', operation: 'identity', answer: channels },
    { method: 'GET', path: '/www.googleapis.com/youtube/v3/liveBroadcasts', operation: 'role', answer: liveBroadcasts },
    {
      method: 'GET',
      path: '/accounts.google.com/.well-known/risc-configuration',
      operation: 'keys',
      answer: riscConfiguration,
    },
    { method: 'GET', path: '/www.googleapis.com/oauth2/v3/certs', operation: 'keys', answer: riscKeys },
    { method: 'GET', path: '/openidconnect.googleapis.com/v1/userinfo', operation: 'identity', answer: userinfo },
    {
      method: 'GET',
      path: '/accounts.google.com/o/oauth2/v2/auth',
      operation: 'authorize',
      answer: (call) =>
        authorize(call, {
          required: ['client_id', 'redirect_uri', 'response_type', 'scope', 'state', 'access_type'],
          optional: ['prompt', 'include_granted_scopes', 'login_hint', 'enable_granular_consent'],
          pkce: 'optional',
          redirectMismatch: 'redirect_uri_mismatch',
          callback: ({ scopes }) => ({ scope: scopes.join(' ') }),
          withRefreshToken: (query, knownPerson) =>
            query.get('access_type') === 'offline' &&
            (!knownPerson || (query.get('prompt') ?? '').split(' ').includes('consent')),
        }),
    },
  ],
};
