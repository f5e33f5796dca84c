import type { GraphProblem } from './meta-answers.ts';
import type { App } from './model.ts';
import type { Token } from './platform.ts';

/**
 * What one app can be told to meet at the graph hosts. Outages: `code-1` (unknown), `code-2` (transient),
 * `instagram-server-error`, `instagram-timeout`. Limits, by their code: of the app (4, 341, 613), of a person's token
 * (17), of calls on a page with a person's token (32), of calls with a page's or a system user's token (80001), of calls
 * on Instagram (80002). `usage-headers` are sent beside every answer.
 */
export type LimitQuirk =
  | 'code-1'
  | 'code-2'
  | 'instagram-server-error'
  | 'instagram-timeout'
  | 'limit-4'
  | 'limit-17'
  | 'limit-32'
  | 'limit-341'
  | 'limit-613'
  | 'limit-80001'
  | 'limit-80002'
  | 'usage-headers';

/** What a call is about, beside the token that it comes with. */
export type About = 'nothing' | 'page' | 'instagram';

/** Who calls a graph host. */
export interface Caller {
  app: App;
  /** null is the app itself. */
  token: Token | null;
}

interface Limit extends GraphProblem {
  quirk: LimitQuirk;
  meets(caller: Caller, about: About): boolean;
}

const everyCall: Limit['meets'] = () => true;
const onInstagram: Limit['meets'] = (_caller, about) => about === 'instagram';
const asPerson: Limit['meets'] = ({ token }) => token !== null && token.assetId === null;
const onPageAsOther: Limit['meets'] = ({ token }, about) => about === 'page' && !token?.assetId;
const asPage = ({ token }: Caller): boolean =>
  token !== null && (token.assetId !== null || token.grant.shape.systemUser !== undefined);

const limit = (quirk: LimitQuirk, meets: Limit['meets'], problem: GraphProblem): Limit => ({
  ...problem,
  quirk,
  meets,
});

const tooMany = (what: string): string => `There have been too many calls to this ${what}. Wait a bit and try again.`;

const limits: readonly Limit[] = [
  limit('code-1', everyCall, { status: 500, code: 1, message: 'An unknown error occurred' }),
  limit('code-2', everyCall, { status: 500, code: 2, isTransient: true, message: 'Service temporarily unavailable' }),
  limit('instagram-server-error', onInstagram, {
    code: -1,
    subcode: 2207001,
    message: 'Instagram server error. Try again.',
  }),
  limit('instagram-timeout', onInstagram, { code: -2, message: 'It takes too long. Try again.' }),
  limit('limit-4', everyCall, { status: 403, code: 4, message: '(#4) Application request limit reached' }),
  limit('limit-17', asPerson, { status: 403, code: 17, message: '(#17) User request limit reached' }),
  limit('limit-32', onPageAsOther, { status: 403, code: 32, message: '(#32) Page request limit reached' }),
  limit('limit-341', everyCall, { code: 341, message: '(#341) Application limit reached' }),
  limit('limit-613', everyCall, {
    status: 403,
    code: 613,
    subcode: 1996,
    message: '(#613) Inconsistent request volume',
  }),
  limit('limit-80001', asPage, { code: 80001, message: `(#80001) ${tooMany('Page account')}` }),
  limit('limit-80002', onInstagram, { code: 80002, message: `(#80002) ${tooMany('Instagram account')}` }),
];

/** What this call meets today; null is nothing. */
export const limitOf = (caller: Caller, about: About): GraphProblem | null =>
  limits.find(({ quirk, meets }) => caller.app.quirks.includes(quirk) && meets(caller, about)) ?? null;

/** How much of its allowance an app, and a business, has used: percent. */
export function usageHeaders(caller: Caller, about: About, limit: GraphProblem | null): Record<string, string> {
  const used = (code: number[]) => (limit && code.includes(limit.code) ? 100 : 28);
  const ofApp = used([4, 341, 613]);
  const ofBusiness = used([80001, 80002]);
  const headers = { 'X-App-Usage': JSON.stringify({ call_count: ofApp, total_time: 25, total_cputime: 25 }) };
  const business = caller.token?.assetId ?? caller.token?.grant.accountId;
  if (!business || (!asPage(caller) && about !== 'instagram')) {
    return headers;
  }
  const usage = { call_count: ofBusiness, total_cputime: 23, total_time: 23 };
  // Minutes, where the other header tells none.
  const regained = { estimated_time_to_regain_access: ofBusiness === 100 ? 19 : 0 };
  const type = about === 'instagram' ? 'instagram' : 'pages';
  return { ...headers, 'X-Business-Use-Case-Usage': JSON.stringify({ [business]: [{ type, ...usage, ...regained }] }) };
}
