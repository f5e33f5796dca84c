import { parameter } from './carriers.ts';
import { ages, lasts } from './causes.ts';
import { withBareNumbers } from './json-text.ts';
import { type GraphProblem, graphError, lacksPermission, notBusiness, unsupportedMethod } from './meta-answers.ts';
import { type GraphHost, graphCall, graphVersions, type Method } from './meta-calls.ts';
import { deathOf } from './meta-deaths.ts';
import { nodeAnswer } from './meta-fields.ts';
import { codeRoute, dialogRoute, ownLogin, ownLoginCauses, ownLoginHost, renewalRoutes } from './meta-own-logins.ts';
import { permissionsEnd, type SixtyDays, type SixtyDaysQuirk, scopesOf } from './meta-sixty-days.ts';
import type { Account, App, Cause } from './model.ts';
import type { Call, Grant, Platform, Token } from './platform.ts';
import { sha256 } from './token-store.ts';
import type { World } from './world.ts';

/**
 * Instagram: `data-array` is the documented shape of what a code gives, else it is the flat one with a bare number;
 * `subcodes` are told where expiry and changed password go without; `blocks-reads` shows in reads too what stops writes.
 */
export type InstagramQuirk = SixtyDaysQuirk | 'data-array' | 'subcodes' | 'blocks-reads';

const basicScope = 'instagram_business_basic';

/** Of a login through Facebook's Page tokens the same account has another id. */
const appScopedId = ({ clientId }: App, { id }: Account): string =>
  String(10n ** 16n + (BigInt(`0x${sha256(`${clientId}/${id}`).slice(0, 15)}`) % (9n * 10n ** 16n)));

const login: SixtyDays = {
  prefix: 'ig',
  tokenPrefix: 'IGAA',
  basicScope,
  unknownApp: 'Invalid platform app',
  withCode: (app, { value, grant }) => {
    const ids = { access_token: value, user_id: grant.accountId };
    return app.quirks.includes('data-array')
      ? { data: [{ ...ids, permissions: grant.scopes.join(',') }] }
      : withBareNumbers({ ...ids, permissions: grant.scopes }, ['user_id']);
  },
  withRefresh: (scopes) => ({ permissions: scopes.join(',') }),
  // An app in development is served for its testers alone, and says so in words that mean other things too.
  objection: ({ world, platform }, { app, token }) => {
    const isTester = world.directory.findAccount(platform.name, token?.grant.accountId ?? null)?.isTester;
    return app.testing && !isTester ? unsupportedMethod('GET') : null;
  },
};

/** Expiry and changed password are told in words alone. */
function deathInWords(world: World, token: Token): GraphProblem | null {
  const death = deathOf(world, token);
  const { quirks } = world.directory.app(token.grant.platform, token.grant.clientId);
  if (!death || quirks.includes('subcodes') || ![460, 463].includes(death.subcode ?? 0)) {
    return death;
  }
  const { subcode: _subcode, ...inWords } = death;
  return inWords;
}

const host: GraphHost = { ...ownLoginHost(login), versions: graphVersions, deathOf: deathInWords };

const obstacles: readonly [Cause, GraphProblem][] = [
  ['account-type-changed', notBusiness()],
  ['restricted', { code: 25, subcode: 2207050, message: 'The Instagram account is restricted.' }],
  ['suspended', { code: 9009, message: 'The Instagram user is unavailable.' }],
];

const spam: GraphProblem = {
  code: 4,
  subcode: 2207051,
  message: 'We restrict certain activity to protect our community.',
};

/** What stands in the way of a person's living token. */
function obstacleOf(call: Call, app: App, grant: Grant): GraphProblem | null {
  const { troubles } = call.world;
  if (app.quirks.includes('blocks-reads') && troubles.has('spam-blocked', grant)) {
    return spam;
  }
  const [found] = obstacles.filter(([cause]) => troubles.has(cause, grant));
  return found?.[1] ?? (scopesOf(call, grant).includes(basicScope) ? null : lacksPermission(10, basicScope));
}

/** `GET /me`. */
const me: Method = {
  required: [],
  optional: ['fields'],
  about: 'instagram',
  answer: (call, { app, token }) => {
    const account = call.world.directory.account('instagram', token?.grant.accountId ?? '');
    const obstacle = token && obstacleOf(call, app, token.grant);
    if (obstacle) {
      return graphError(obstacle);
    }
    const ids = { id: appScopedId(app, account), user_id: account.id };
    const fields = { ...ids, username: account.login, account_type: 'BUSINESS' };
    return nodeAnswer(call, { type: 'IGUser', fields }, 'id');
  },
};

const causes: Platform['causes'] = {
  ...ownLoginCauses,
  suspended: lasts('nothing'),
  'account-type-changed': lasts('nothing'),
  // What a private account permits lasts ninety days.
  'consent-over': ages('consent', (grant, _app, world) => permissionsEnd(grant, world)),
};

const graph = '/graph.instagram.com';

/** The Instagram API with Instagram Login, from the documentation and observed answers. */
export const instagram: Platform = {
  ...ownLogin(login),
  name: 'instagram',
  carriers: { tokens: [parameter('access_token')], clientIds: [parameter('client_id')] },
  causes,
  routes: [
    codeRoute(login, '/api.instagram.com'),
    ...renewalRoutes(login, host, graph),
    { method: 'GET', path: `${graph}/:version/me`, operation: 'identity', answer: graphCall(host, me) },
    dialogRoute(login, '/www.instagram.com', ['state', 'force_reauth', 'enable_fb_login']),
  ],
};
