import { waitMs as waitUntil } from './lifetimes.ts';
import type { Answer } from './paths.ts';
import { definePlatform, type ErrorRule, type Hooks, type SparseSpec } from './platform.ts';

/** https://docs.x.com/fundamentals/authentication/oauth-2-0/user-access-token; the words are observed. */
const tokenErrors: readonly ErrorRule[] = [
  {
    phase: 'Token',
    status: [400],
    path: 'error_description',
    contains: 'value passed for the token was invalid',
    and: [{ path: 'error', equals: 'invalid_request' }],
    family: 'Rejected',
    reason: 'AccessRevoked',
  },
  // A code lives for 30 seconds.
  {
    phase: 'Code',
    path: 'error_description',
    contains: 'value passed for the authorization code was invalid',
    family: 'Rejected',
    reason: 'ConsentRefused',
  },
  { phase: 'Token', path: 'error', equals: 'invalid_client', family: 'Misconfigured', reason: 'AppUnknown' },
];

/** The host before it differs from answer to answer. */
const problem = (name: string) => ({ path: 'type', contains: `/problems/${name}` });

/** https://docs.x.com/x-api/fundamentals/response-codes-and-errors */
const problems: readonly ErrorRule[] = [
  // Requests are paid for in advance.
  { phase: 'Any', status: [402], family: 'Misconfigured', reason: 'QuotaExhausted' },
  // With the status of a rate limit, but it ends with the month or with another plan.
  { phase: 'Any', ...problem('usage-capped'), family: 'Misconfigured', reason: 'QuotaExhausted' },
  { phase: 'Any', ...problem('client-forbidden'), family: 'Misconfigured', reason: 'AppReviewMissing' },
  { phase: 'Any', ...problem('app-suspended'), family: 'Misconfigured', reason: 'AppSuspended' },
  { phase: 'Any', status: [403], ...problem('user-suspended'), family: 'Rejected', reason: 'AccountSuspended' },
];

const code = 'errors[0].code';

/** Numbers of the older API, which signed requests are answered with, and others now and then. */
const numbered: readonly ErrorRule[] = [
  // Keys or signature: it says nothing of the person's consent.
  { phase: 'Any', path: code, in: ['32', '99', '215'], family: 'Misconfigured', reason: 'AppSecretInvalid' },
  { phase: 'Any', path: code, equals: '416', family: 'Misconfigured', reason: 'AppSuspended' },
  { phase: 'Any', path: code, in: ['87', '93', '220', '261'], family: 'Misconfigured', reason: 'AppReviewMissing' },
  // Our clock is wrong, and nobody else can do anything about it.
  { phase: 'Any', path: code, equals: '135', family: 'Unexpected', reason: 'Unexpected' },
  { phase: 'Any', path: code, equals: '226', family: 'Misconfigured', reason: 'SpamBlocked' },
  // 63 is about the user who was looked up: the only one who is ever looked up here is the person.
  { phase: 'Any', path: code, in: ['63', '64'], family: 'Rejected', reason: 'AccountSuspended' },
  // It ends when the person logs in at X; the tokens stay good.
  { phase: 'Any', path: code, equals: '326', family: 'Rejected', reason: 'AccountLocked' },
  { phase: 'Any', path: code, equals: '89', family: 'Rejected', reason: 'AccessRevoked' },
];

const errors = [...tokenErrors, ...problems, ...numbered];

/** Of the three steps of OAuth 1.0a, and of requests that are signed. */
const signedErrors: readonly ErrorRule[] = [
  // The address that a person comes back to is not registered with the app.
  { phase: 'Code', path: code, in: ['415', '417'], family: 'Misconfigured', reason: 'AppReviewMissing' },
  { phase: 'Code', path: code, equals: '89', family: 'Rejected', reason: 'ConsentRefused' },
  { phase: 'Code', path: '$text', contains: 'invalid oauth_verifier', family: 'Rejected', reason: 'ConsentRefused' },
  // Without a number it is said of a wrong signature too, and there is no refresh that would settle it.
  { phase: 'Identity', status: [401], family: 'Unexpected', reason: 'Unexpected' },
];

/** https://docs.x.com/x-api/fundamentals/rate-limits: windows of a quarter of an hour, and of a day where one is used up. */
const waitMs: NonNullable<Hooks['waitMs']> = (answer: Answer) => {
  if (answer.status !== 429) return undefined;
  const days = ['x-app-limit-24hour', 'x-user-limit-24hour'].filter(
    (name) => answer.headers[`${name}-remaining`] === '0',
  );
  const waits = [...days, 'x-rate-limit'].map((name) => waitUntil(answer, `$header.${name}-reset`) ?? 0);
  return Math.max(...waits) || undefined;
};

/**
 * OAuth 1.0a: a token and its secret, without scopes and without an end. Its client id and secret are the API key and
 * secret of the app, not those of its OAuth 2.
 */
const oauth1: SparseSpec = {
  authorize: { scopes: { default: [], send: false } },
  response: { expiry: { path: undefined, kind: 'Never' } },
  lifetimes: { access: undefined, refresh: undefined },
  rotation: undefined,
  refresh: { strategy: 'None' },
  identity: { scheme: 'OAuth1' },
  revoke: {
    calls: [
      {
        url: 'https://api.x.com/1.1/oauth/invalidate_token.json',
        token: 'Access',
        tokenPlacement: 'Header',
        scheme: 'OAuth1',
      },
    ],
  },
  limits: { loginsPerPerson: undefined },
  errors: [...errors, ...signedErrors],
};

/** X: OAuth 2 with single-use refresh tokens, and OAuth 1.0a. */
export const x = definePlatform({
  name: 'x',
  spec: {
    displayName: 'X',
    advice: [
      {
        text: 'Log in to X as the account that posts, and look at the name at the top of its consent page: X takes whoever is logged in.',
      },
      { about: 'Role', text: 'X knows no roles: only the login of the account itself can connect it.' },
      { about: 'Permission', text: 'X lets nobody take out a single permission: agree to the whole list.' },
      {
        about: 'Account',
        text: 'Log in at x.com first: a locked account is unlocked there, and the channel then goes on without a new consent.',
      },
    ],
    docsURL: 'https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code',
    authorize: {
      url: 'https://x.com/i/oauth2/authorize',
      // Without offline.access there is no refresh token; the others are what the "who am I" asks for, and publishing.
      scopes: {
        default: ['offline.access', 'tweet.read', 'tweet.write', 'users.read'],
        purposes: {
          'offline.access': 'any renewal: access would end after two hours',
          'tweet.read': 'reading posts, which X asks for beside all others',
          'tweet.write': 'publishing posts',
          'users.read': 'telling whose account it is',
        },
      },
    },
    // The documentation joins id and secret as they are.
    token: { url: 'https://api.x.com/2/oauth2/token', clientAuth: 'BasicRaw' },
    // Six months by an article of X's own people; that each refresh token has its own six is likely, and not confirmed.
    lifetimes: { access: '2h', refresh: '4320h', refreshAnchor: 'Issue' },
    // Single use, without a documented grace. That a replay ends the whole login is claimed by one project only; taken for
    // true, because a probe that spares a living token costs less than one that ends it.
    rotation: { mode: 'Always', oldToken: 'ReplayRevokesAll' },
    refresh: { strategy: 'RefreshToken' },
    // Every look at a user is paid for, once in a UTC day: hence once a day. In between each refresh shows that
    // the login lives.
    identity: {
      url: 'https://api.x.com/2/users/me',
      interval: '24h',
      accountID: ['data.id'],
      handle: ['data.username'],
    },
    // Either token may be given back, and which ends which is not said. With the one login of the person all of it ends.
    revoke: {
      calls: [
        { url: 'https://api.x.com/2/oauth2/revoke', clientAuth: 'BasicRaw' },
        { url: 'https://api.x.com/2/oauth2/revoke', clientAuth: 'BasicRaw', token: 'Access' },
      ],
      effect: 'Person',
    },
    // The headers count one person at one endpoint: at worst the app waits for a quarter of an hour that it need not.
    // One login of one person lives in one app: whoever consents again ends the one before.
    limits: {
      remaining: '$header.x-rate-limit-remaining',
      reset: '$header.x-rate-limit-reset',
      loginsPerPerson: 1,
    },
    push: [
      {
        event: 'oauth.revoke',
        transport: 'Webhook',
        verification:
          'x-twitter-webhooks-signature: sha256= and the base64 HMAC-SHA256 of the raw body by the consumer secret; the address is proved by answering crc_token in the same way.',
        docsURL: 'https://docs.x.com/x-api/activity/introduction',
        receive: {
          subject: ['data.payload.user_id'],
          id: 'data.event_uuid',
          name: 'data.event_type',
          names: ['oauth.revoke'],
          signature: { header: 'x-twitter-webhooks-signature', prefix: 'sha256=', encoding: 'Base64' },
          queryChallenge: { parameter: 'crc_token', field: 'response_token' },
        },
      },
    ],
    errors,
    verifiedAt: '2026-11-22',
  },
  variants: {
    publicClient: {
      token: { clientAuth: 'None' },
      revoke: {
        calls: [
          { url: 'https://api.x.com/2/oauth2/revoke', clientAuth: 'IDOnly' },
          { url: 'https://api.x.com/2/oauth2/revoke', clientAuth: 'IDOnly', token: 'Access' },
        ],
      },
    },
    oauth1,
  },
  hooks: { waitMs },
  oauth1: {
    requestURL: 'https://api.x.com/oauth/request_token',
    authorizeURL: 'https://api.x.com/oauth/authorize',
    tokenURL: 'https://api.x.com/oauth/access_token',
    accountID: 'user_id',
    handle: 'screen_name',
  },
});
