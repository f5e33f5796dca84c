import { createHmac } from 'node:crypto';
import { deathOfToken } from './facebook-pages.ts';
import { type GraphProblem, unknownApp } from './meta-answers.ts';
import { type GraphHost, graphVersions } from './meta-calls.ts';
import type { Caller } from './meta-limits.ts';
import type { App } from './model.ts';
import type { Call, Token } from './platform.ts';

/** App tokens end when the secret is another than it was. */
const secretsOf = new WeakMap<Token, string | null>();

/** What an app has for itself, as it is sent: `{app id}|{value}`. */
export function appTokenValue({ clientId, clientSecret }: App, token: Token): string {
  secretsOf.set(token, clientSecret);
  return `${clientId}|${token.value}`;
}

function appTokenOwner({ world, platform }: Call, value: string): Caller | GraphProblem | null {
  const [id, rest] = value.split('|');
  if (id === undefined || rest === undefined) {
    return null;
  }
  const app = world.directory.findApp(platform.name, id);
  const issued = world.tokens.find(rest);
  const isIssued = issued?.grant.accountId === null && issued.grant.clientId === id;
  const isValid = isIssued ? secretsOf.get(issued) === app?.clientSecret : rest === app?.clientSecret;
  if (!app || !isValid) {
    return unknownApp();
  }
  return app.quirks.includes('native-app')
    ? { code: 104, message: '(#104) An access token is required to request this resource.' }
    : { app, token: null };
}

const proofLifeMs = 5 * 60_000;

const proofProblem = (message: string): GraphProblem => ({ code: 100, type: 'GraphMethodException', message });

/** Checks `appsecret_proof` where it is sent, and asks for it where the app requires it. */
function proofOf(call: Call, { app }: Caller, value: string): GraphProblem | null {
  const { query, form } = call.request;
  const read = (name: string) => query.get(name) ?? form.get(name);
  const [proof, time] = [read('appsecret_proof'), read('appsecret_time')];
  if (proof === null) {
    return app.quirks.includes('require-proof')
      ? proofProblem('API calls from the server require an appsecret_proof argument')
      : null;
  }
  const message = time === null ? value : `${value}|${time}`;
  const right = createHmac('sha256', app.clientSecret ?? '')
    .update(message)
    .digest('hex');
  const isFresh = time === null || Math.abs(call.now - Number(time) * 1000) <= proofLifeMs;
  return proof === right && isFresh ? null : proofProblem('Invalid appsecret_proof provided in the API argument');
}

function objection(call: Call, caller: Caller, value: string): GraphProblem | null {
  const problem = proofOf(call, caller, value);
  if (problem || !caller.token || !caller.app.quirks.includes('capability-missing')) {
    return problem;
  }
  return { code: 3, message: '(#3) Application does not have the capability to make this API call.' };
}

/** graph.facebook.com. */
export const facebookHost: GraphHost = {
  versions: graphVersions,
  everywhere: ['appsecret_proof', 'appsecret_time'],
  bearer: true,
  tokenShape: /^EAAG[\w-]{120}$/,
  appTokenOwner,
  deathOf: deathOfToken,
  objection,
};
