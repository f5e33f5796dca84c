import { randomBytes } from 'node:crypto';
import { basicUser, inHeader, inJson, inOauth1, inQuery, parameter } from './carriers.ts';
import { ages, changesAsset, endsGrants, lasts, losesRoles } from './causes.ts';
import { authorize, type ConsentRules, openConsentedGrant, redeemCode } from './consent.ts';
import { withBareNumbers } from './json-text.ts';
import type { Answer, Call, Platform, Token } from './platform.ts';
import { type RunningSimulator, runSimulator } from './running.ts';

const daySeconds = 86_400;

const granted = (call: Call, access: Token, more: object = {}): Answer => ({
  status: 200,
  outcome: 'granted',
  body: { access_token: access.value, expires_in: access.expiresAt && (access.expiresAt - call.now) / 1000, ...more },
});

const refused: Answer = { status: 400, outcome: 'rejected', body: { error: 'refused' } };

/** Which of the ways there are is the test's choice. */
function exchange(call: Call): Answer {
  const { query } = call.request;
  const presented = call.world.livingAccess('sample', query.get('living_token'));
  const keepsValue = query.get('way') === 'same-value';
  const endsPresented = query.get('way') === 'old-dies';
  const expiresAt = query.get('way') === 'no-longer' ? { expiresAt: presented?.expiresAt ?? null } : {};
  return presented
    ? granted(call, call.world.exchange(presented, { keepsValue, endsPresented, ...expiresAt }))
    : refused;
}

function exchangeCode(call: Call): Answer {
  const { query } = call.request;
  const app = call.world.directory.app('sample', query.get('client_key') ?? '');
  const code = redeemCode(call, app, query);
  if (!code) {
    return refused;
  }
  const { accountId, scopes, assetIds } = code;
  const at = { consentedAt: call.now, obtainedAt: call.now };
  const { access } = openConsentedGrant(call.world, app, { accountId, scopes, assetIds, shortLived: true, ...at });
  return granted(call, access, { scopes, ticked: access.grant.assetIds });
}

function pageToken(call: Call): Answer {
  const user = call.world.livingAccess('sample', call.request.query.get('access_token'));
  const { page = '' } = call.params;
  const { shortLived = false } = user ?? {};
  return user
    ? granted(call, call.world.issue(user.grant, 'access', { issuedAt: call.now, shortLived, assetId: page }))
    : refused;
}

const page = ({ params, request, world }: Call): Answer => {
  const roles = world.assets.roles('sample', request.query.get('account') ?? '', params.page ?? '');
  return { status: 200, body: { roles } };
};

const echo = (call: Call): Answer => ({ status: 200, body: { ...call.params, method: call.request.method } });

const consent = (rules: Partial<ConsentRules>) => (call: Call) =>
  authorize(call, {
    required: ['client_key', 'redirect_uri', 'scope'],
    optional: ['state', 'response_type'],
    redirectMismatch: 'mismatch',
    clientIdParameter: 'client_key',
    ...rules,
  });

const host = '/api.sample.example';

/** A platform that is none: it has what the simulator offers to platforms and neither Twitch nor YouTube uses. */
export const sample: Platform = {
  name: 'sample',
  newSecret: (kind) => `${kind}-${randomBytes(12).toString('hex')}`,
  accessLifetimeSeconds: ({ grant, shortLived, assetId }) => {
    if (grant.shape.tokenSecret || (assetId !== null && !shortLived)) return null;
    return shortLived ? 3600 : 60 * daySeconds;
  },
  singleUse: () => true,
  agedOut: () => null,
  grantShape: (_app, { scopes, shortLived, oauth1 }) => {
    return { refreshToken: scopes.includes('offline'), shortLived, tokenSecret: oauth1 };
  },
  opened: (world, grant) => {
    for (const earlier of world.livingGrants('sample', grant.clientId, grant.accountId).slice(0, -1)) {
      world.endGrant(earlier, 'superseded');
    }
  },
  carriers: {
    tokens: [parameter('living_token'), parameter('access_token'), inJson('refreshToken'), inOauth1('oauth_token')],
    clientIds: [
      ...[parameter('client_key'), inJson('clientId'), basicUser],
      ...[inOauth1('oauth_consumer_key'), inHeader('X-Client')],
    ],
  },
  spends: [
    { operation: 'exchange', kind: 'exchange', at: inQuery('living_token') },
    { operation: 'token', kind: 'refresh', at: inJson('refreshToken') },
    { operation: 'token', kind: 'code', at: inQuery('code') },
  ],
  causes: {
    disconnected: endsGrants(),
    'spam-blocked': lasts('nothing'),
    checkpoint: lasts('everything'),
    'role-lost': losesRoles,
    'page-hidden': changesAsset({ inPortfolio: true }),
    'token-expired': ages('everything', (grant, _app, world) => world.endByAge(grant)?.at ?? null),
  },
  routes: [
    {
      method: 'GET',
      path: `${host}/token`,
      operation: ({ query }) => (query.has('living_token') ? 'exchange' : 'token'),
      answer: (call) => (call.request.query.has('living_token') ? exchange(call) : exchangeCode(call)),
    },
    { method: 'POST', path: `${host}/token`, operation: 'token', answer: () => refused },
    { method: 'GET', path: `${host}/:version/:node`, operation: 'identity', answer: echo },
    { method: 'PUT', path: `${host}/:version/:node`, operation: 'identity', answer: echo },
    { method: 'DELETE', path: `${host}/:version/:node/grant`, operation: 'revoke', answer: echo },
    { method: 'GET', path: `${host}/pages/:page`, operation: 'role', answer: page },
    { method: 'POST', path: `${host}/pages/:page/token`, operation: 'derive', answer: pageToken },
    {
      method: 'GET',
      path: `${host}/number`,
      operation: 'identity',
      answer: () => ({ status: 200, body: withBareNumbers({ user_id: '17841405822304915' }, ['user_id']) }),
    },
    {
      method: 'GET',
      path: '/sample.example/dialog',
      operation: 'authorize',
      answer: consent({
        scopeSeparator: ',',
        codeLifeMs: 30_000,
        fragment: '#_',
        denial: { error: 'access_denied', error_reason: 'user_denied' },
        callback: ({ scopes }) => ({ granted: scopes.join('+') }),
      }),
    },
    { method: 'GET', path: '/sample.example/pkce', operation: 'authorize', answer: consent({ pkce: 'required' }) },
  ],
};

/** Beside what `runSimulator` has: app `sa` and account `s1` of the sample platform. */
export async function runWithSample(): Promise<RunningSimulator> {
  const simulator = await runSimulator([sample]);
  const redirectUris = ['https://127.0.0.1/callback'];
  await simulator.control.createApp({ platform: 'sample', clientId: 'sa', clientSecret: 'sa-secret', redirectUris });
  await simulator.control.createAccount({ platform: 'sample', id: 's1' });
  return simulator;
}

export const samplePaths = {
  token: `${host}/token`,
  number: `${host}/number`,
  node: (node: string) => `${host}/v1/${node}`,
  pageToken: (page: string, accessToken: string) => `${host}/pages/${page}/token?access_token=${accessToken}`,
  dialog: '/sample.example/dialog',
  pkce: '/sample.example/pkce',
};
