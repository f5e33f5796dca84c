import { parameter } from './carriers.ts';
import { ages, lasts } from './causes.ts';
import { withBareNumbers } from './json-text.ts';
import { type GraphProblem, graphError, lacksPermission, unknownApp, wrongSecret } from './meta-answers.ts';
import { appRefusal, type GraphHost, graphCall, type Method } from './meta-calls.ts';
import { deathOf } from './meta-deaths.ts';
import { nodeAnswer } from './meta-fields.ts';
import { codeRoute, dialogRoute, ownLogin, ownLoginCauses, ownLoginHost, renewalRoutes } from './meta-own-logins.ts';
import { dataAccessEnd, type SixtyDays, type SixtyDaysQuirk, scopesOf } from './meta-sixty-days.ts';
import type { Cause } from './model.ts';
import type { Answer, Call, Platform, Token } from './platform.ts';
import { noteProblems, parameterProblems } from './request.ts';
import type { Route } from './routes.ts';

/** Threads: `blocks-reads` shows in reads too what stops writes. */
export type ThreadsQuirk = SixtyDaysQuirk | 'blocks-reads';

const basicScope = 'threads_basic';

const login: SixtyDays = {
  prefix: 'th',
  tokenPrefix: 'THAA',
  basicScope,
  unknownApp: 'No app ID was provided in the request (error_code 4476002)',
  withCode: (_app, { value, grant }) => withBareNumbers({ access_token: value, user_id: grant.accountId }, ['user_id']),
  withRefresh: () => ({}),
  objection: () => null,
};

const host: GraphHost = { ...ownLoginHost(login), versions: ['v1.0'] };

const blocks: readonly [Cause, GraphProblem][] = [
  ['restricted', { code: 368, subcode: 4279013, message: 'The user is restricted.' }],
  ['spam-blocked', { code: 368, subcode: 2207051, message: 'We restrict certain activity to protect our community.' }],
];

/** `GET /me`. */
const me: Method = {
  required: [],
  optional: ['fields'],
  about: 'nothing',
  answer: (call, { app, token }) => {
    const { id, login: username } = call.world.directory.account('threads', token?.grant.accountId ?? '');
    const [block] = blocks.filter(([cause]) => token && call.world.troubles.has(cause, token.grant));
    if (block && app.quirks.includes('blocks-reads')) {
      return graphError(block[1]);
    }
    if (token && !scopesOf(call, token.grant).includes(basicScope)) {
      return graphError(lacksPermission(10, basicScope));
    }
    const picture = `https://scontent.threads.example/${id}.jpg`;
    const fields = { id, username, threads_profile_picture_url: picture };
    return nodeAnswer(call, { type: 'ThreadsUser', fields }, 'id');
  },
};

const seconds = (at: number | null): number => Math.floor((at ?? 0) / 1000);

/** `GET /debug_token`, for testers of the app alone. */
const debugToken: Method = {
  required: ['input_token'],
  optional: [],
  about: 'nothing',
  answer: (call, { app, token }) => {
    const { world, request } = call;
    if (!world.directory.findAccount('threads', token?.grant.accountId ?? null)?.isTester) {
      call.complain('debug_token needs the token of a tester of the app');
      return graphError(lacksPermission(10, 'the token of a tester of the app'));
    }
    const input = world.tokens.find(request.query.get('input_token') ?? '');
    const isOurs =
      input?.kind === 'access' && input.grant.platform === 'threads' && input.grant.clientId === app.clientId;
    return { status: 200, body: { data: isOurs ? described(call, input) : malformed } };
  },
};

const malformed = { is_valid: false, scopes: [], error: { code: 190, message: 'Malformed access token' } };

function described(call: Call, input: Token): object {
  const { grant, announcedExpiresAt, issuedAt } = input;
  const death = deathOf(call.world, input);
  const { project } = call.world.directory.app('threads', grant.clientId);
  const ends = {
    data_access_expires_at: seconds(dataAccessEnd(grant)),
    expires_at: seconds(announcedExpiresAt),
  };
  const known = { type: 'USER', application: project, ...ends, issued_at: seconds(issuedAt), user_id: grant.accountId };
  if (!death) {
    return { ...known, is_valid: true, scopes: scopesOf(call, grant) };
  }
  const { code, subcode, message } = death;
  return { ...known, is_valid: false, scopes: [], error: { code, ...(subcode && { subcode }), message } };
}

/** `GET /oauth/access_token`: what an app has for itself. It names the secret, and ends with it. */
function appToken(call: Call): Answer {
  const { query } = call.request;
  const rules = { required: ['client_id', 'client_secret', 'grant_type'], optional: [] };
  const problem = noteProblems(call, parameterProblems(query, rules));
  if (problem || query.get('grant_type') !== 'client_credentials') {
    return graphError({ code: 100, message: `(#100) ${problem?.text ?? 'grant_type must be client_credentials'}` });
  }
  const app = call.world.directory.findApp('threads', query.get('client_id') ?? '');
  const refusal = app ? appRefusal(app) : unknownApp();
  if (refusal || !app || query.get('client_secret') !== app.clientSecret) {
    return graphError(refusal ?? wrongSecret(100));
  }
  return {
    status: 200,
    outcome: 'granted',
    body: { access_token: `TH|${app.clientId}|${app.clientSecret}`, token_type: 'bearer' },
  };
}

const causes: Platform['causes'] = {
  ...ownLoginCauses,
  locked: lasts('everything'),
  // Access to the person's data; a private account's permissions end with it.
  'consent-over': ages('consent', dataAccessEnd),
};

/** Both answer. */
const graphHosts = ['/graph.threads.net', '/graph.threads.com'];
const dialogHosts = ['/threads.com', '/threads.net', '/www.threads.net'];

const graphRoutes = (graph: string): Route[] => [
  codeRoute(login, graph),
  { method: 'GET', path: `${graph}/oauth/access_token`, operation: 'token', answer: appToken },
  ...renewalRoutes(login, host, graph),
  { method: 'GET', path: `${graph}/:version/me`, operation: 'identity', answer: graphCall(host, me) },
  // With a version or without: the documentation shows both.
  ...['', '/:version'].map((version): Route => {
    const path = `${graph}${version}/debug_token`;
    return { method: 'GET', path, operation: 'validate', answer: graphCall(host, debugToken) };
  }),
];

/** The Threads API, from the documentation and observed answers. */
export const threads: Platform = {
  ...ownLogin(login),
  name: 'threads',
  carriers: {
    tokens: [parameter('input_token'), parameter('access_token')],
    clientIds: [parameter('client_id')],
  },
  causes,
  routes: [...graphHosts.flatMap(graphRoutes), ...dialogHosts.map((start) => dialogRoute(login, start, ['state']))],
};
