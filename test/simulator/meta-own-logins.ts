import { randomBytes } from 'node:crypto';
import { inQuery, parameter } from './carriers.ts';
import { ages, endsAccessTokens, endsGrants, lasts, withdrawsScopes } from './causes.ts';
import { authorize } from './consent.ts';
import { type GraphHost, graphCall } from './meta-calls.ts';
import { deathOf } from './meta-deaths.ts';
import { codeExchange, dialogRules, exchange, lifeSeconds, refresh, type SixtyDays } from './meta-sixty-days.ts';
import type { Platform } from './platform.ts';
import type { Route } from './routes.ts';

const secretsOf =
  ({ tokenPrefix }: SixtyDays): Platform['newSecret'] =>
  (kind) => {
    const shapes = {
      access: () => `${tokenPrefix}${randomBytes(45).toString('base64url')}`,
      refresh: () => '',
      code: () => `AQ${randomBytes(60).toString('base64url')}`,
      'client-secret': () => randomBytes(16).toString('hex'),
    };
    return shapes[kind]();
  };

/** What Instagram and Threads have in common as platforms, beside their logins of sixty days. */
export const ownLogin = (login: SixtyDays): Omit<Platform, 'name' | 'carriers' | 'causes' | 'routes'> => ({
  newSecret: secretsOf(login),
  accessLifetimeSeconds: lifeSeconds,
  singleUse: () => false,
  agedOut: () => null,
  grantShape: (_app, { shortLived }) => ({ refreshToken: false, shortLived, tokenSecret: false }),
  spends: [
    { operation: 'token', kind: 'code', at: parameter('code') },
    { operation: 'exchange', kind: 'exchange', at: inQuery('access_token') },
  ],
});

/** What happens to logins at both, and ends or stops the same. */
export const ownLoginCauses: Platform['causes'] = {
  'password-changed': endsGrants(),
  disconnected: endsGrants(),
  'logged-out': endsGrants(),
  'device-changed': endsGrants(),
  'permission-withdrawn': withdrawsScopes,
  checkpoint: lasts('everything'),
  'many-addresses': lasts('everything'),
  unconfirmed: lasts('everything'),
  restricted: lasts('nothing'),
  'spam-blocked': lasts('nothing'),
  'token-ended-early': endsAccessTokens,
  'token-expired': ages('everything', (grant, _app, world) => world.endByAge(grant)?.at ?? null),
};

/** Hosts that know neither app tokens nor the Authorization header. */
export const ownLoginHost = ({ tokenPrefix }: SixtyDays): Omit<GraphHost, 'versions'> => ({
  everywhere: [],
  bearer: false,
  tokenShape: new RegExp(`^${tokenPrefix}[\\w-]{60}$`),
  appTokenOwner: () => null,
  deathOf,
  objection: () => null,
});

/** Where a code becomes a token of an hour. */
export const codeRoute = (login: SixtyDays, codes: string): Route => {
  return { method: 'POST', path: `${codes}/oauth/access_token`, operation: 'token', answer: codeExchange(login) };
};

/** Where that becomes one of sixty days, and that another one. */
export const renewalRoutes = (login: SixtyDays, host: GraphHost, graph: string): Route[] => [
  { method: 'GET', path: `${graph}/access_token`, operation: 'exchange', answer: graphCall(host, exchange(login)) },
  {
    method: 'GET',
    path: `${graph}/refresh_access_token`,
    operation: 'exchange',
    answer: graphCall(host, refresh(login)),
  },
];

export const dialogRoute = (login: SixtyDays, start: string, optional: readonly string[]): Route => ({
  method: 'GET',
  path: `${start}/oauth/authorize`,
  operation: 'authorize',
  answer: (call) =>
    authorize(call, {
      ...dialogRules(login),
      required: ['client_id', 'redirect_uri', 'response_type', 'scope'],
      optional,
    }),
});
