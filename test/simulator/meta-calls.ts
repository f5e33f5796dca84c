import {
  apiBlocked,
  type GraphProblem,
  graphError,
  rejected,
  requestBug,
  retiredVersion,
  unknownApp,
} from './meta-answers.ts';
import { type About, type Caller, type LimitQuirk, limitOf, usageHeaders } from './meta-limits.ts';
import type { App } from './model.ts';
import type { Answer, Call, Token } from './platform.ts';
import { credentials, formProblems, noteProblems, type ParameterRules, parameterProblems } from './request.ts';
import type { World } from './world.ts';

/** An app that Meta has switched off (beside `suspended`), or that is gone; dead tokens are told with code 102. */
export type MetaQuirk = LimitQuirk | 'deactivated' | 'deleted-app' | 'code-102';

/** Those of which the reference says that they are usable, oldest first. */
export const graphVersions = ['v21.0', 'v22.0', 'v23.0', 'v24.0', 'v25.0', 'v26.0'];

/** How one family of graph hosts is called. */
export interface GraphHost {
  /** Versions that are served, oldest first; a path without one names none. */
  versions: readonly string[];
  /** Parameters, beside the token, that every call may carry. */
  everywhere: readonly string[];
  /** The token may stand in the Authorization header too. */
  bearer: boolean;
  /** How tokens look; what looks otherwise is malformed. */
  tokenShape: RegExp;
  /** The app of a token that is an app's own; null where it is none. */
  appTokenOwner(call: Call, value: string): Caller | GraphProblem | null;
  deathOf(world: World, token: Token): GraphProblem | null;
  /** What else stands in the way of a living caller. */
  objection(call: Call, caller: Caller, value: string): GraphProblem | null;
}

/** A call of a graph host. */
export interface Method extends ParameterRules {
  about: About | ((call: Call, caller: Caller) => About);
  answer(call: Call, caller: Caller): Answer;
}

const ofToken = [102, 190];

const refusal = (problem: GraphProblem): Answer =>
  ofToken.includes(problem.code) ? rejected(graphError(problem)) : graphError(problem);

const isProblem = (found: Caller | GraphProblem): found is GraphProblem => 'message' in found;

/** Checked, answered, and counted. */
export const graphCall =
  (host: GraphHost, method: Method) =>
  (call: Call): Answer => {
    const caller = callerOf(call, host, method);
    if (isProblem(caller)) {
      return refusal(caller);
    }
    const about = typeof method.about === 'string' ? method.about : method.about(call, caller);
    const limit = limitOf(caller, about);
    const answer = limit ? graphError(limit) : method.answer(call, caller);
    return caller.app.quirks.includes('usage-headers')
      ? { ...answer, headers: { ...answer.headers, ...usageHeaders(caller, about, limit) } }
      : answer;
  };

/** The version in the path, where it is not one that is served. */
export function versionProblem(call: Call, { versions }: Pick<GraphHost, 'versions'>): GraphProblem | null {
  const { version } = call.params;
  if (version === undefined || versions.includes(version)) {
    return null;
  }
  call.complain('the version of the API in the path is not one that is served');
  return retiredVersion(versions.at(-1) ?? '');
}

function parameterProblem(call: Call, host: GraphHost, method: Method): GraphProblem | null {
  const { request } = call;
  const optional = [...method.optional, 'access_token', ...host.everywhere];
  const rules = { required: method.required, optional };
  const isForm = request.method === 'POST';
  const problem = noteProblems(
    call,
    isForm ? formProblems(request, { ...rules, authorization: host.bearer }) : parameterProblems(request.query, rules),
  );
  return problem ? requestBug(problem.text) : null;
}

/** Complains where there is none, or where it stands in two places. */
function tokenValue(call: Call, host: GraphHost): string | GraphProblem {
  const { request, params } = call;
  const parameter = request.query.get('access_token') ?? request.form.get('access_token');
  const header = request.headers.authorization;
  if (header !== undefined && (!host.bearer || parameter !== null)) {
    call.complain('the token stands in the Authorization header, it belongs in access_token alone');
    return requestBug('the token was sent otherwise than documented');
  }
  const value = parameter ?? credentials(request, 'Bearer');
  if (value) {
    return value;
  }
  call.complain('the call needs an access token');
  return params.node === 'me'
    ? { code: 2500, message: 'An active access token must be used to query information about the current user.' }
    : { code: 104, message: '(#104) An access token is required to request this resource.' };
}

function ownerOf(call: Call, host: GraphHost, value: string): Caller | GraphProblem {
  const ofApp = host.appTokenOwner(call, value);
  if (ofApp) {
    return ofApp;
  }
  const token = call.world.tokens.find(value);
  if (token?.kind !== 'access' || token.grant.platform !== call.platform.name || token.grant.accountId === null) {
    const isWhole = host.tokenShape.test(value);
    return { code: 190, message: isWhole ? 'Invalid OAuth access token.' : 'Malformed access token' };
  }
  return { app: call.world.directory.app(token.grant.platform, token.grant.clientId), token };
}

function callerOf(call: Call, host: GraphHost, method: Method): Caller | GraphProblem {
  const problem = parameterProblem(call, host, method) ?? versionProblem(call, host);
  if (problem) {
    return problem;
  }
  const value = tokenValue(call, host);
  if (typeof value !== 'string') {
    return value;
  }
  const caller = ownerOf(call, host, value);
  if (isProblem(caller)) {
    return caller;
  }
  const death = caller.token && host.deathOf(call.world, caller.token);
  return appProblem(call, host, caller) ?? death ?? host.objection(call, caller, value) ?? caller;
}

/** What is wrong with the app itself, whatever it asks. */
function appProblem(call: Call, { versions }: GraphHost, { app }: Caller): GraphProblem | null {
  const isVersioned = call.params.version !== undefined;
  return appRefusal(app) ?? (app.apiVersionRetired && isVersioned ? retiredVersion(versions.at(-1) ?? '') : null);
}

/** What an app that Meta has switched off is told, at every address. */
export function appRefusal({ suspended, quirks }: App): GraphProblem | null {
  if (suspended) {
    return apiBlocked();
  }
  if (quirks.includes('deleted-app')) {
    return unknownApp();
  }
  return quirks.includes('deactivated')
    ? { code: 200, message: 'API access deactivated. To reactivate, go to the app dashboard.' }
    : null;
}
