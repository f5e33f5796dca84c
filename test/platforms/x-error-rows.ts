import { cited, nowAt, type Question, type Recorded, type Row, type Source } from './rows.ts';

const errorPage = 'https://docs.x.com/x-api/fundamentals/response-codes-and-errors';
const documented: Source = [errorPage, '2026-11-22', 'documented'];
const unconfirmed: Source = [errorPage, '2026-11-22', 'unconfirmed'];
const rateLimits: Source = ['https://docs.x.com/x-api/fundamentals/rate-limits', '2026-11-22', 'documented'];
const dayLimits: Source = ['https://github.com/PLhery/node-twitter-api-v2', '2026-11-22', 'observed'];
const emptyAccounts: Source = ['https://github.com/tryethernal/ethernal/issues/1314', '2026-11-25', 'observed'];
const notEnrolled: Source = ['https://github.com/cursor/plugins/issues/270', '2026-11-25', 'observed'];
const suspended: Source = ['https://github.com/gitroomhq/postiz-app', '2026-11-22', 'observed'];
const lockedAccounts: Source = ['https://twittercommunity.com/t/89348', '2026-11-22', 'observed'];
/** The table of numbers, which stood there until 2025. */
const numbers: Source = ['https://developer.x.com/en/support/x-api/error-troubleshooting', '2026-11-22', 'documented'];

const ofType = (status: number, type: string, detail: string, more: object = {}): Recorded => ({
  status,
  body: { title: 'Forbidden', type, status, detail, ...more },
});
const numbered = (status: number, code: number, message: string): Recorded => ({
  status,
  body: { errors: [{ code, message }] },
});
const ask = (name: string, answer: Recorded, want: Question['want'], more: Partial<Question> = {}): Question => ({
  name,
  call: 'introspect',
  answers: { Identity: answer },
  want,
  ...more,
});

const ofApp = (reason: string) => ({ kind: 'Thrown', family: 'Misconfigured', reason, isAppFault: true }) as const;
const lost = (reason: string) => ({ kind: 'Rejected', family: 'Rejected', reason }) as const;
const dead = { kind: 'AccessTokenDead', family: 'Rejected', reason: 'AccessRevoked' } as const;
const odd = { kind: 'Thrown', family: 'Unexpected', reason: 'Unexpected' } as const;
const limited = { kind: 'Thrown', family: 'Transient', reason: 'RateLimited' } as const;
const problems = 'https://api.twitter.com/2/problems';

const problemRows = [
  ...cited(
    documented,
    ask('a dead access token: the refresh token is asked next', ofType(401, 'about:blank', 'Unauthorized'), dead),
    ask('a bare refusal proves nothing', ofType(403, 'about:blank', 'Forbidden'), odd),
    ask(
      'something that this login may not see',
      ofType(403, `${problems}/not-authorized-for-resource`, 'Sorry, you are not authorized to see the user.'),
      odd,
    ),
    ask(
      "the month's requests are used up, with the status of a rate limit",
      ofType(429, `${problems}/usage-capped`, 'Usage cap exceeded: Monthly product cap'),
      ofApp('QuotaExhausted'),
      { says: "X says that the app's quota is used up" },
    ),
    ask(
      "the month's requests are used up, with the other status",
      ofType(403, 'https://developer.x.com/2/problems/usage-capped', 'Usage cap exceeded: Monthly product cap'),
      ofApp('QuotaExhausted'),
    ),
    ask(
      'an app without a plan',
      ofType(403, `${problems}/client-forbidden`, 'You must use keys of an app that is enrolled.', {
        reason: 'client-not-enrolled',
        required_enrollment: 'Standard Basic',
      }),
      ofApp('AppReviewMissing'),
    ),
  ),
  ...cited(
    notEnrolled,
    ask(
      'the same problem under another host and for another reason',
      ofType(403, 'https://api.x.com/2/problems/client-forbidden', 'Enroll it in Pay-per-use.', {
        reason: 'user-not-enrolled',
      }),
      ofApp('AppReviewMissing'),
    ),
  ),
  ...cited(
    emptyAccounts,
    ask(
      'no credits are left',
      { status: 402, body: { title: 'CreditsDepleted', status: 402 } },
      ofApp('QuotaExhausted'),
    ),
    {
      name: 'no credits are left for a refresh',
      call: 'refresh',
      answers: { Token: { status: 402, body: {} } },
      want: { ...ofApp('QuotaExhausted'), kind: 'Refused' },
    },
  ),
  ...cited(
    suspended,
    ask(
      'an account that X suspended',
      ofType(403, `${problems}/user-suspended`, 'The user used for authentication is suspended'),
      lost('AccountSuspended'),
    ),
    ask(
      'a token of another kind',
      ofType(403, `${problems}/unsupported-authentication`, 'Authenticating with Application-Only is forbidden.'),
      odd,
    ),
  ),
  ...cited(
    unconfirmed,
    ask('an app that X suspended', ofType(403, `${problems}/app-suspended`, 'Suspended.'), ofApp('AppSuspended')),
    ask(
      'the problem of a suspended account with another status',
      ofType(404, `${problems}/user-suspended`, 'User has been suspended.'),
      odd,
    ),
  ),
];

const inMinutes = (minutes: number) => String(nowAt / 1_000 + minutes * 60);
const tooMany = (headers: Readonly<Record<string, string>>): Recorded => ({
  ...ofType(429, `${problems}/rate-limit-exceeded`, 'Too Many Requests'),
  headers,
});
const quarter = { 'x-rate-limit-limit': '75', 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': inMinutes(10) };
const limitRows = [
  ...cited(
    rateLimits,
    ask('too many requests: until the quarter of an hour is over', tooMany(quarter), { ...limited, retryAfterS: 600 }),
    ask(
      'the same by its number',
      { ...numbered(429, 88, 'Rate limit exceeded'), headers: quarter },
      {
        ...limited,
        retryAfterS: 600,
      },
    ),
    ask('too many requests, and nothing says until when', tooMany({}), limited),
    {
      name: 'too many refreshes',
      call: 'refresh',
      answers: { Token: { status: 429, headers: quarter } },
      want: { ...limited, kind: 'Refused', retryAfterS: 600 },
    },
  ),
  ...cited(
    dayLimits,
    ...['app', 'user'].map((whose) =>
      ask(
        `the day's requests of the ${whose} are used up`,
        tooMany({
          ...quarter,
          [`x-${whose}-limit-24hour-remaining`]: '0',
          [`x-${whose}-limit-24hour-reset`]: inMinutes(300),
        }),
        { ...limited, retryAfterS: 18_000 },
      ),
    ),
    ask(
      'a day that is far from used up does not count',
      tooMany({ ...quarter, 'x-app-limit-24hour-remaining': '7', 'x-app-limit-24hour-reset': inMinutes(300) }),
      { ...limited, retryAfterS: 600 },
    ),
  ),
];

const numberRows = [
  ...cited(
    numbers,
    ...(
      [
        [401, 32, 'Could not authenticate you.', 'AppSecretInvalid'],
        [403, 99, 'Unable to verify your credentials.', 'AppSecretInvalid'],
        [400, 215, 'Bad Authentication data.', 'AppSecretInvalid'],
        [401, 416, 'Invalid / suspended application', 'AppSuspended'],
        [403, 87, 'Client is not permitted to perform this action.', 'AppReviewMissing'],
        [403, 93, 'This application is not allowed to access your messages.', 'AppReviewMissing'],
        [403, 220, 'Your credentials do not allow access to this resource.', 'AppReviewMissing'],
        [403, 261, 'Application cannot perform write actions.', 'AppReviewMissing'],
      ] as const
    ).map(([status, code, message, reason]) =>
      ask(`${code}: the app's fault, ${reason}`, numbered(status, code, message), ofApp(reason)),
    ),
    ask('135: a clock that is wrong accuses nobody', numbered(401, 135, 'Timestamp out of bounds.'), odd),
    ask('226: looks automated; the login stays good', numbered(403, 226, 'This request looks automated.'), {
      kind: 'Thrown',
      family: 'Misconfigured',
      reason: 'SpamBlocked',
    }),
    ask('64: the account is suspended', numbered(403, 64, 'Your account is suspended.'), lost('AccountSuspended')),
    ask('63: the user is suspended', numbered(403, 63, 'User has been suspended.'), lost('AccountSuspended')),
    ask('89: the token is dead', numbered(401, 89, 'Invalid or expired token.'), dead),
    ask('89 with the status of the older table', numbered(403, 89, 'Invalid or expired token.'), dead),
    ask('a number that nobody has written down', numbered(403, 9_999, 'Computer says no.'), odd),
    ask('131: an error of X', numbered(500, 131, 'Internal error'), {
      kind: 'Thrown',
      family: 'Transient',
      reason: 'PlatformUnavailable',
    }),
  ),
  ...cited(
    lockedAccounts,
    ask(
      '326: the account is locked until the person logs in at X',
      numbered(403, 326, 'To protect our users from spam, this account is temporarily locked.'),
      lost('AccountLocked'),
    ),
  ),
];

export const xErrorRows: readonly Row[] = [...problemRows, ...limitRows, ...numberRows];
