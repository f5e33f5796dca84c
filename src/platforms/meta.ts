import type { ErrorRule, Hooks, Phase } from './platform.ts';

/**
 * What the Graph APIs of Meta say alike. Sorted by `code` and `error_subcode`, never by status or `type`: token errors,
 * throttles and faults of the app all come as 400 with `OAuthException`.
 * https://developers.facebook.com/docs/graph-api/guides/error-handling
 */

/** Usable until two years after the release of its successor; calls without one would use what the app's dashboard says. */
export const graphVersion = 'v26.0';

interface Place {
  readonly phase: Phase | 'Any';
  readonly code: string;
  readonly subcode: string;
  readonly message: string;
}

const graph: Place = {
  phase: 'Any',
  code: 'error.code',
  subcode: 'error.error_subcode',
  message: 'error.message',
};
/** What a token has died of, in a good answer about it. */
const inspected: Place = {
  phase: 'Introspect',
  code: 'data.error.code',
  subcode: 'data.error.subcode',
  message: 'data.error.message',
};

/** The app's own faults, and limits: looked for first, because they come with the codes of dead tokens. */
export const appErrors: readonly ErrorRule[] = [
  {
    phase: 'Any',
    path: 'error.code',
    in: ['4', '341'],
    family: 'Transient',
    reason: 'RateLimited',
    blocks: 'App',
  },
  {
    phase: 'Any',
    path: 'error.code',
    in: ['17', '32', '613', '80001', '80002', '9'],
    family: 'Transient',
    reason: 'RateLimited',
  },
  { phase: 'Any', path: 'error.is_transient', equals: 'true', family: 'Transient', reason: 'PlatformUnavailable' },
  ...(
    [
      ['error validating client secret', 'AppSecretInvalid'],
      ['appsecret_proof', 'AppSecretInvalid'],
      ['error validating application', 'AppUnknown'],
      ['api access blocked', 'AppSuspended'],
      ['api access deactivated', 'AppSuspended'],
    ] as const
  ).map(
    ([contains, reason]): ErrorRule => ({
      phase: 'Any',
      path: 'error.message',
      contains,
      family: 'Misconfigured',
      reason,
    }),
  ),
  { phase: 'Any', path: 'error.code', equals: '3', family: 'Misconfigured', reason: 'AppReviewMissing' },
  { phase: 'Any', path: 'error.code', in: ['12', '2635'], family: 'Misconfigured', reason: 'ApiVersionRetired' },
  {
    phase: 'Any',
    path: 'error.code',
    in: ['1', '2', '-1', '-2'],
    family: 'Transient',
    reason: 'PlatformUnavailable',
  },
];

/** The token stays good: what is refused is publishing, until the owner has done something or some time has passed. */
export const blockErrors: readonly ErrorRule[] = [
  {
    phase: 'Any',
    path: 'error.error_subcode',
    in: ['4854002', '1404006', '1404112', '3858385', '1404078'],
    family: 'Misconfigured',
    reason: 'IdentityCheckRequired',
  },
  { phase: 'Any', path: 'error.code', equals: '368', family: 'Misconfigured', reason: 'SpamBlocked' },
];

const bySubcode = [
  ['458', 'AppNotInstalled'],
  ['459', 'AccountLocked'],
  ['490', 'AccountLocked'],
  ['460', 'PasswordChanged'],
  ['463', 'TokenExpired'],
  ['464', 'AccountUnconfirmed'],
  ['492', 'AdminRightsLost'],
] as const;

/** Where no subcode comes with it. The texts are observed, and none of them is promised. */
const byText = [
  ['must be an administrator', 'AdminRightsLost'],
  ['belongs to a page that', 'PageUnavailable'],
  ['before impersonating', 'ScopeMissing'],
  ['changed their password', 'PasswordChanged'],
  ['session has expired', 'TokenExpired'],
  ['malformed access token', 'TokenMalformed'],
  ['cannot parse access token', 'TokenMalformed'],
  ['invalid oauth access token', 'TokenMalformed'],
] as const;

function deathsAt({ phase, code, subcode, message }: Place): ErrorRule[] {
  const isDead = { path: code, in: ['190', '102'] };
  return [
    ...bySubcode.map(
      ([equals, reason]): ErrorRule => ({ phase, path: subcode, equals, and: [isDead], family: 'Rejected', reason }),
    ),
    {
      phase,
      path: subcode,
      equals: '467',
      and: [isDead, { path: message, contains: 'logged out' }],
      family: 'Rejected',
      reason: 'LoggedOut',
    },
    // That this is what the platform means when it says nothing of a log-out is not confirmed.
    { phase, path: subcode, equals: '467', and: [isDead], family: 'Rejected', reason: 'DeviceInvalidated' },
    ...byText.map(
      ([contains, reason]): ErrorRule => ({
        phase,
        path: message,
        contains,
        and: [isDead],
        family: 'Rejected',
        reason,
      }),
    ),
    { phase, ...isDead, family: 'Rejected', reason: 'AccessRevoked' },
  ];
}

/** A token that was presented is dead. */
export const deathErrors: readonly ErrorRule[] = deathsAt(graph);
/** A token that was asked about is dead. */
export const inspectionErrors: readonly ErrorRule[] = deathsAt(inspected);

/** https://developers.facebook.com/docs/graph-api/overview/rate-limiting: minutes until calls work again, per object. */
export const waitMs: NonNullable<Hooks['waitMs']> = ({ headers }) => {
  const minutes = [
    ...(headers['x-business-use-case-usage'] ?? '').matchAll(/"estimated_time_to_regain_access":(\d+)/g),
  ];
  const longest = Math.max(0, ...minutes.map(([, text]) => Number(text)));
  return longest === 0 ? undefined : longest * 60_000;
};

/** Of the logins that have no call about a token: their code endpoint has an error shape of its own. */
export const ownLoginErrors: readonly ErrorRule[] = [
  { phase: 'Code', path: 'error_message', contains: 'matching code', family: 'Rejected', reason: 'ConsentRefused' },
  {
    phase: 'Code',
    path: 'error_message',
    contains: 'client secret',
    family: 'Misconfigured',
    reason: 'AppSecretInvalid',
  },
  { phase: 'Identity', path: 'error.code', between: [200, 299], family: 'Rejected', reason: 'ScopeMissing' },
  // It says the same of an app that was never admitted, and nothing tells the scopes of a token.
  { phase: 'Identity', path: 'error.code', equals: '10', family: 'Misconfigured', reason: 'PermissionRefused' },
];
