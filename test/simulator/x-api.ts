import { withBareNumbers } from './json-text.ts';
import type { Account, App } from './model.ts';
import { signedBy } from './oauth1-check.ts';
import type { Answer, Call, Token } from './platform.ts';
import { credentials, parameterProblems } from './request.ts';
import {
  deadToken,
  invalidRequest,
  lacksScopes,
  obstacleTo,
  rateHeaders,
  unauthorized,
  unsignedAnswer,
  type Voice,
  wrongKindOfToken,
} from './x-answers.ts';

/** The secret of an access token of OAuth 1.0a, dead ones too: a dead token is told so, not that its signature is wrong. */
function tokenSecretOf({ world }: Call): (value: string) => string | undefined {
  return (value) => {
    const token = world.tokens.find(value);
    return (token?.grant.platform === 'x' ? token.secret : null) ?? undefined;
  };
}

/** The living token of a signed request, or what X says to it. */
export function signedToken(call: Call, query: readonly string[]): Token | Answer {
  const signed = signedBy(call, { required: [], query, secretOf: tokenSecretOf(call) });
  if (typeof signed === 'string') {
    return unsignedAnswer[signed]();
  }
  const access = call.world.livingAccess('x', signed.parameters.oauth_token ?? '');
  return access?.grant.clientId === signed.app.clientId ? access : deadToken();
}

function bearerToken(call: Call, query: readonly string[]): Token | Answer {
  const value = credentials(call.request, 'Bearer');
  if (value === null) {
    call.complain('this call needs "Authorization: Bearer", or a signature of OAuth 1.0a');
    return unauthorized();
  }
  const [problem] = parameterProblems(call.request.query, { required: [], optional: query });
  if (problem) {
    call.complain(problem.text);
    return invalidRequest(problem.text);
  }
  const access = call.world.livingAccess('x', value);
  return access && access.secret === null && access.grant.accountId !== null ? access : unauthorized();
}

interface Method {
  /** Parameters that it may have. */
  query: readonly string[];
  /** Of a Bearer token. */
  scopes: readonly string[];
  answer(account: Account, app: App, call: Call): unknown;
}

/** Answers with the person of a token that may ask. */
function personal(call: Call, method: Method): Answer {
  const { request, world } = call;
  const voice: Voice = request.headers.authorization?.startsWith('OAuth ') ? 'number' : 'problem';
  const access = voice === 'number' ? signedToken(call, method.query) : bearerToken(call, method.query);
  if (!('grant' in access)) {
    return access;
  }
  const { grant } = access;
  const app = world.directory.app('x', grant.clientId);
  const headers = rateHeaders(app, call.now);
  const obstacle = obstacleTo(call, grant, voice);
  if (obstacle) {
    return { ...obstacle, headers };
  }
  if (voice === 'problem' && !method.scopes.every((scope) => grant.scopes.includes(scope))) {
    return { ...lacksScopes(), headers };
  }
  const account = world.directory.account('x', grant.accountId ?? '');
  return { status: 200, headers, body: method.answer(account, app, call) };
}

const beside = [
  {
    title: 'Not Found Error',
    type: 'https://api.twitter.com/2/problems/resource-not-found',
    detail: 'A part is missing.',
  },
];

/** `GET /2/users/me`: the person of a token, whichever kind it is. */
export const usersMe = (call: Call): Answer =>
  personal(call, {
    query: ['user.fields'],
    scopes: ['tweet.read', 'users.read'],
    answer: ({ id, displayName, login }, { quirks }, { request }) => {
      const asked = request.query.get('user.fields')?.split(',') ?? [];
      const more = ['verified', 'protected'].filter((name) => asked.includes(name)).map((name) => [name, false]);
      const data = { id, name: displayName, username: login, ...Object.fromEntries(more) };
      return { data, ...(quirks.includes('errors-beside-data') && { errors: beside }) };
    },
  });

/** `GET /1.1/account/verify_credentials.json`, for signed requests alone. The number in `id` is beyond 2^53. */
export function verifyCredentials(call: Call): Answer {
  if (credentials(call.request, 'Bearer') !== null) {
    call.complain('verify_credentials needs a signature of OAuth 1.0a');
    return wrongKindOfToken();
  }
  return personal(call, {
    query: ['include_email', 'include_entities', 'skip_status'],
    scopes: [],
    answer: ({ id, displayName, login }) => {
      const user = { id, id_str: id, name: displayName, screen_name: login };
      return /^\d+$/.test(id) ? withBareNumbers(user, ['id']) : user;
    },
  });
}
