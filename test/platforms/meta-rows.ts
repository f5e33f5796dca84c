import { cited, nowAt, type Place, type Question, type Recorded, type Row, type Seen, type Source } from './rows.ts';

/** Rows that all platforms of Meta share: one error shape, one list of codes. */

export const errorCodes: Source = [
  'https://developers.facebook.com/docs/graph-api/guides/error-handling',
  '2026-11-22',
  'documented',
];
export const rateLimits: Source = [
  'https://developers.facebook.com/docs/graph-api/overview/rate-limiting',
  '2026-11-22',
  'documented',
];
export const observed: Source = ['https://github.com/snarfed/bridgy/issues/436', '2026-11-22', 'observed'];
export const sdk: Source = ['https://github.com/facebook/facebook-android-sdk', '2026-11-22', 'observed'];

export interface Said {
  readonly code: number;
  readonly subcode?: number;
  readonly message?: string;
  readonly more?: Readonly<Record<string, unknown>>;
}

/** A failed answer of the Graph API. */
export function graphError({ code, subcode, message = 'An error', more = {} }: Said, status = 400): Recorded {
  const error = { message, type: 'OAuthException', code, ...(subcode === undefined ? {} : { error_subcode: subcode }) };
  return { status, body: { error: { ...error, ...more, fbtrace_id: 'AfakeTraceId' } } };
}

type Death = readonly [what: string, said: Said, reason: string, source: Source];

/** What a token has died of. The same list in a refused call and, under another name, in a good answer about a token. */
export const deaths: readonly Death[] = [
  ['the person removed the app', { code: 190, subcode: 458 }, 'AppNotInstalled', errorCodes],
  ['the same in an older code', { code: 102, subcode: 458 }, 'AppNotInstalled', errorCodes],
  ['a checkpoint', { code: 190, subcode: 459 }, 'AccountLocked', errorCodes],
  ['a checkpoint that blocks', { code: 190, subcode: 490 }, 'AccountLocked', observed],
  ['another password', { code: 190, subcode: 460 }, 'PasswordChanged', errorCodes],
  ['its end', { code: 190, subcode: 463 }, 'TokenExpired', errorCodes],
  ['a person who never confirmed', { code: 190, subcode: 464 }, 'AccountUnconfirmed', errorCodes],
  [
    'a log-out',
    {
      code: 190,
      subcode: 467,
      message: 'Error validating access token: The session is invalid because the user logged out.',
    },
    'LoggedOut',
    errorCodes,
  ],
  ['a session that was ended', { code: 190, subcode: 467 }, 'DeviceInvalidated', errorCodes],
  ['no role on the Page', { code: 190, subcode: 492 }, 'AdminRightsLost', errorCodes],
  [
    'no role on the Page, or no second factor',
    {
      code: 190,
      message: '(#190) The user must be an administrator, editor, or moderator of the page in order to impersonate it.',
    },
    'AdminRightsLost',
    observed,
  ],
  [
    'a Page that was deleted',
    { code: 190, message: 'Page access token belongs to a Page that has been deleted.' },
    'PageUnavailable',
    observed,
  ],
  [
    'a permission on the Page that was taken back',
    {
      code: 190,
      message: 'Any of the pages_read_engagement permission(s) must be granted before impersonating a user.',
    },
    'ScopeMissing',
    observed,
  ],
  [
    'another password, in words',
    {
      code: 190,
      message: 'The session has been invalidated because the user changed their password or for security reasons.',
    },
    'PasswordChanged',
    observed,
  ],
  [
    'its end, in words',
    { code: 190, message: 'Error validating access token: Session has expired on Monday.' },
    'TokenExpired',
    observed,
  ],
  ['a text that was cut', { code: 190, message: 'Malformed access token EAAG' }, 'TokenMalformed', observed],
  ['a text that is none', { code: 190, message: 'Cannot parse access token' }, 'TokenMalformed', observed],
  ['a text of another place', { code: 190, message: 'Invalid OAuth access token.' }, 'TokenMalformed', observed],
  ['no reason', { code: 190 }, 'AccessRevoked', errorCodes],
  ['no reason, in an older code', { code: 102 }, 'AccessRevoked', errorCodes],
];

/** Reasons that no new access token mends. */
const ofAccount = ['AccountLocked', 'AccountUnconfirmed', 'AdminRightsLost', 'PageUnavailable', 'ScopeMissing'];

/** What a dead token leads to where it is derived anew, and where nothing renews it but itself. */
export function deadToken(reason: string, isDerived: boolean): Seen {
  const kind = ofAccount.includes(reason) || !isDerived ? 'Rejected' : 'AccessTokenDead';
  return { kind, family: 'Rejected', reason };
}

type Fault = readonly [what: string, said: Said, failure: Omit<Seen, 'kind'>, source: Source];

const limited = { family: 'Transient', reason: 'RateLimited' } as const;
const down = { family: 'Transient', reason: 'PlatformUnavailable' } as const;
const appFault = { family: 'Misconfigured', isAppFault: true } as const;
const held = { family: 'Misconfigured' } as const;

/** What says nothing against any login: limits, faults of the app, faults of the platform, and what holds publishing up. */
export const faults: readonly Fault[] = [
  ['the limit of the app', { code: 4 }, limited, rateLimits],
  ['another limit of the app', { code: 341 }, limited, errorCodes],
  ['the limit of a person', { code: 17 }, limited, rateLimits],
  ['the limit of a Page', { code: 32 }, limited, rateLimits],
  ['a limit that the app has set', { code: 613 }, limited, rateLimits],
  ['uneven use', { code: 613, subcode: 1996 }, limited, rateLimits],
  ['the limit of a Page and its business', { code: 80001 }, limited, rateLimits],
  ['the limit of an Instagram account', { code: 80002 }, limited, rateLimits],
  ['a limit that only the SDK knows', { code: 9 }, limited, sdk],
  [
    'a dead token in a moment of which the platform says that it passes',
    { code: 190, more: { is_transient: true } },
    down,
    sdk,
  ],
  ['an unknown error', { code: 1 }, down, errorCodes],
  ['a service that is away', { code: 2 }, down, errorCodes],
  ['an error of the server', { code: -1 }, down, errorCodes],
  ['a server that was too slow', { code: -2 }, down, errorCodes],
  [
    'a wrong client secret, which comes as an unknown error',
    { code: 1, message: 'Error validating client secret.' },
    { ...appFault, reason: 'AppSecretInvalid' },
    observed,
  ],
  [
    'a proof that does not fit',
    { code: 100, message: 'Invalid appsecret_proof provided in the API argument' },
    { ...appFault, reason: 'AppSecretInvalid' },
    observed,
  ],
  [
    'an app that is not there, which comes as a dead token',
    { code: 190, message: 'Error validating application. Cannot get application info due to a system error.' },
    { ...appFault, reason: 'AppUnknown' },
    observed,
  ],
  [
    'an app that is blocked',
    { code: 200, message: 'API access blocked.' },
    { ...appFault, reason: 'AppSuspended' },
    observed,
  ],
  [
    'an app that was switched off',
    { code: 200, message: 'API access deactivated. To reactivate, go to the app dashboard.' },
    { ...appFault, reason: 'AppSuspended' },
    observed,
  ],
  ['a capability that the app lacks', { code: 3 }, { ...appFault, reason: 'AppReviewMissing' }, errorCodes],
  ['an API that is gone', { code: 12 }, { ...appFault, reason: 'ApiVersionRetired' }, observed],
  ['a version that is gone', { code: 2635 }, { ...appFault, reason: 'ApiVersionRetired' }, observed],
  ['too much at once', { code: 368, subcode: 1390008 }, { ...held, reason: 'SpamBlocked' }, observed],
  ['what was taken for spam', { code: 368 }, { ...held, reason: 'SpamBlocked' }, errorCodes],
  ...[4854002, 1404006, 1404112, 3858385].map(
    (subcode): Fault => [
      'a check of who the person is',
      { code: 368, subcode },
      { ...held, reason: 'IdentityCheckRequired' },
      observed,
    ],
  ),
  [
    'a Page that needs leave to publish',
    { code: 200, subcode: 1404078 },
    { ...held, reason: 'IdentityCheckRequired' },
    observed,
  ],
];

const busy: Recorded = {
  ...graphError({ code: 80001 }),
  headers: {
    'x-business-use-case-usage':
      '{"100200300400500":[{"type":"pages","call_count":101,"estimated_time_to_regain_access":19},{"type":"pages","call_count":9,"estimated_time_to_regain_access":0}]}',
  },
};

/** The list in the answers to a renewal, and to one kind of question; `account` where pods get a derived token. */
export function graphRows(place: Place, good: Question['answers'], account?: string): readonly Row[] {
  const question = (name: string, answer: Recorded, want: Seen): Question => ({
    name: `${place}: ${name}`,
    call: 'introspect',
    answers: { ...good, [place]: answer },
    ...(account === undefined ? {} : { tokens: { refresh: undefined }, account }),
    want,
  });
  const spend = (name: string, answer: Recorded, want: Seen): Question => ({
    name: `Token: ${name}`,
    call: 'refresh',
    answers: { Token: answer },
    want,
  });
  return [
    ...deaths.flatMap(([what, said, reason, source]) =>
      cited(source, spend(what, graphError(said), { kind: 'Rejected', family: 'Rejected', reason })),
    ),
    ...deaths.flatMap(([what, said, reason, source]) =>
      cited(source, question(what, graphError(said), deadToken(reason, account !== undefined))),
    ),
    ...faults.flatMap(([what, said, failure, source]) =>
      cited(
        source,
        spend(what, graphError(said), { kind: 'Refused', ...failure }),
        question(what, graphError(said), { kind: 'Thrown', ...failure }),
      ),
    ),
    ...cited(rateLimits, spend('a limit with its end', busy, { kind: 'Refused', ...limited, retryAfterS: 1_140 })),
    ...cited(
      errorCodes,
      spend('500 with a code is an unknown outcome', graphError({ code: 2 }, 500), {
        kind: 'Unknown',
        ...down,
        hasRaw: true,
      }),
      spend('a parameter of ours that is wrong', graphError({ code: 100 }), {
        kind: 'Refused',
        family: 'Unexpected',
        reason: 'Unexpected',
      }),
      question('an object that this token does not see', graphError({ code: 100, subcode: 33 }), {
        kind: 'Thrown',
        family: 'Unexpected',
        reason: 'Unexpected',
      }),
    ),
  ];
}

export const inSixtyDays = nowAt / 1_000 + 5_184_000;
