import type { App } from './model.ts';
import type { Unsigned } from './oauth1-check.ts';
import type { Answer, Call, Grant } from './platform.ts';

/** How an answer speaks: `problem` to a Bearer token, `number` (a legacy code) to a request that is signed. */
export type Voice = 'problem' | 'number';

/** The host in `type` differs from problem to problem, in the field too. */
type TypeHost = 'api.x.com' | 'api.twitter.com' | 'developer.x.com';

const problem = (status: number, host: TypeHost, suffix: string, detail: string, more: object = {}): Answer => {
  const title = suffix.replace(/(^|-)\w/g, (letter) => letter.replace('-', ' ').toUpperCase());
  return { status, body: { title, type: `https://${host}/2/problems/${suffix}`, status, detail, ...more } };
};

const numbered = (status: number, code: number, message: string): Answer => {
  return { status, body: { errors: [{ code, message }] } };
};

export const unauthorized = (): Answer => {
  return { status: 401, body: { title: 'Unauthorized', type: 'about:blank', status: 401, detail: 'Unauthorized' } };
};

export const lacksScopes = (): Answer => {
  const detail = 'The token lacks required scopes: tweet.read users.read';
  return { status: 403, body: { title: 'Forbidden', type: 'about:blank', status: 403, detail } };
};

export const invalidRequest = (detail: string): Answer => problem(400, 'api.x.com', 'invalid-request', detail);

export const wrongKindOfToken = (): Answer =>
  problem(403, 'api.twitter.com', 'unsupported-authentication', 'This kind of token is not for this endpoint.');

export const deadToken = (): Answer => numbered(401, 89, 'Invalid or expired token.');

export const foreignCallback = (): Answer =>
  numbered(403, 415, 'Callback URL not approved for this client application.');

export const appSuspended = (): Answer => numbered(401, 416, 'Invalid / suspended application');

const couldNotAuthenticate = (): Answer => numbered(401, 32, 'Could not authenticate you.');

/** What X says to a request whose signature does not count. */
export const unsignedAnswer: Record<Unsigned, () => Answer> = {
  malformed: () => numbered(400, 215, 'Bad Authentication data.'),
  'unknown-app': couldNotAuthenticate,
  'unknown-token': deadToken,
  clock: () => numbered(401, 135, 'Timestamp out of bounds.'),
  'used-nonce': couldNotAuthenticate,
  'wrong-signature': couldNotAuthenticate,
};

/** What stands in the way of a living token, whatever is asked: the first that is there. */
interface Obstacle {
  isThere(app: App, call: Call, grant: Grant): boolean;
  answer: Record<Voice, () => Answer>;
}

const both = (answer: () => Answer): Obstacle['answer'] => ({ problem: answer, number: answer });

const notEnrolled = { reason: 'client-not-enrolled', required_enrollment: 'Standard Basic' };
const notAllowed = 'When authenticating requests, you must use keys of a developer app that is enrolled.';
const locked = 'To protect our users from spam and other malicious activity, this account is temporarily locked.';
const looksAutomated = 'This request looks like it might be automated.';

const obstacles: readonly Obstacle[] = [
  {
    isThere: (app) => app.suspended,
    answer: {
      problem: () => problem(403, 'api.x.com', 'app-suspended', 'The app is suspended.'),
      number: appSuspended,
    },
  },
  {
    isThere: ({ quirks }) => quirks.includes('client-not-enrolled'),
    answer: {
      problem: () => problem(403, 'api.twitter.com', 'client-forbidden', notAllowed, notEnrolled),
      number: () => numbered(403, 261, 'Application cannot perform write actions. Contact support.'),
    },
  },
  {
    isThere: ({ quirks }) => quirks.includes('credits-depleted'),
    answer: both(() => problem(402, 'developer.x.com', 'CreditsDepleted', 'The account has no credits left.')),
  },
  {
    isThere: ({ quirks }) => quirks.includes('usage-capped'),
    answer: both(() => problem(429, 'api.twitter.com', 'usage-capped', 'Usage cap exceeded: Monthly product cap')),
  },
  {
    isThere: ({ quirks }) => quirks.includes('rate-limited') || quirks.includes('day-limit-reached'),
    answer: {
      problem: () => problem(429, 'developer.x.com', 'rate-limit-exceeded', 'Too Many Requests'),
      number: () => numbered(429, 88, 'Rate limit exceeded'),
    },
  },
  {
    isThere: (_app, { world }, grant) => world.troubles.has('suspended', grant),
    answer: {
      problem: () => problem(403, 'api.twitter.com', 'user-suspended', 'The user used for authentication is suspended'),
      number: () => numbered(403, 64, 'Your account is suspended and is not permitted to access this feature.'),
    },
  },
  {
    isThere: (_app, { world }, grant) => world.troubles.has('locked', grant),
    answer: both(() => numbered(403, 326, locked)),
  },
  {
    isThere: (_app, { world }, grant) => world.troubles.has('spam-blocked', grant),
    answer: both(() => numbered(403, 226, looksAutomated)),
  },
];

/** What X says to a living token before it looks at what is asked; null is nothing. */
export function obstacleTo(call: Call, grant: Grant, voice: Voice): Answer | null {
  const app = call.world.directory.app('x', grant.clientId);
  return obstacles.find(({ isThere }) => isThere(app, call, grant))?.answer[voice]() ?? null;
}

const quarterHourMs = 15 * 60_000;
const dayMs = 86_400_000;

const endOf = (windowMs: number, now: number): string => String(((Math.floor(now / windowMs) + 1) * windowMs) / 1000);

/** X counts by windows of a quarter of an hour and, where it says so, by days. */
export function rateHeaders({ quirks }: App, now: number): Record<string, string> {
  const quarter = {
    limit: '75',
    remaining: quirks.includes('rate-limited') ? '0' : '74',
    reset: endOf(quarterHourMs, now),
  };
  const day = { limit: '500', remaining: '0', reset: endOf(dayMs, now) };
  const named = (prefix: string, window: object) =>
    Object.entries(window).map(([name, value]): [string, string] => [`${prefix}-${name}`, value]);
  return Object.fromEntries([
    ...named('x-rate-limit', quarter),
    ...(quirks.includes('day-limit-reached') ? named('x-user-limit-24hour', day) : []),
  ]);
}
