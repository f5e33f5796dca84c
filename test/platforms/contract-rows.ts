import { isAskedByApp } from '../../src/platforms/errors.ts';
import type { Platform } from '../../src/platforms/platform.ts';
import { cited, held, nowAt, type Place, type Question, type Recorded, type Row, type Source } from './rows.ts';

const transient = { family: 'Transient', reason: 'PlatformUnavailable' } as const;
const limited = { family: 'Transient', reason: 'RateLimited' } as const;
const unexpected = { family: 'Unexpected', reason: 'Unexpected' } as const;
const ofApp = {
  kind: 'Thrown',
  family: 'Misconfigured',
  reason: 'AppSecretInvalid',
  isAppFault: true,
} as const;
const page = '<html><title>Attention required</title></html>';

const tokenResponse: Source = ['RFC 6749 sections 5.1 and 6', '2026-11-22', 'documented'];
const tokenError: Source = ['RFC 6749 section 5.2, RFC 9110 section 15', '2026-11-22', 'documented'];
const codeError: Source = ['RFC 6749 sections 4.1.2.1 and 5.2', '2026-11-22', 'documented'];
const tokenUse: Source = ['RFC 6750 section 3.1, RFC 7662 section 2.2', '2026-11-22', 'documented'];

/** What a platform's own form of the common answers is. */
export interface Shape {
  /** The body of a token response with these standard fields; as RFC 6749 has it by default. */
  readonly token?: (fields: Readonly<Record<string, unknown>>) => unknown;
  /** Good answers to the questions that come before another one. */
  readonly good?: Readonly<Partial<Record<Place, Recorded>>>;
  /** `spec.account.id`, where a channel has to name it. */
  readonly account?: string;
  /** `spec.extra`, where an app has to say something. */
  readonly settings?: Readonly<Record<string, string>>;
  /** What a login has kept beside its tokens, where requests send it back. */
  readonly extras?: Readonly<Record<string, string>>;
  /** What a person brings back beside the code, where the exchange sends it back. */
  readonly callback?: Readonly<Record<string, string>>;
}

/** What every platform must obey, whatever else it declares. */
export function contractRows(platform: Platform, shape: Shape = {}): readonly Row[] {
  const { introspect, identity, role, refresh } = platform.spec;
  const places = (['Introspect', 'Identity', 'Role'] as const).filter(
    (place) => ({ Introspect: introspect, Identity: identity, Role: role })[place] !== undefined,
  );
  const isSpent = refresh.strategy === 'RefreshToken' || refresh.strategy === 'Exchange';
  return [
    ...(isSpent ? cited(tokenResponse, ...successRows(platform, shape)) : []),
    ...(isSpent ? cited(tokenError, ...failureRows, ...hiddenTokenRows) : []),
    ...(platform.spec.authorize?.url === undefined ? [] : cited(codeError, ...codeRows(platform, shape))),
    ...cited(tokenUse, ...places.flatMap((place) => questionRows(platform, place, shape))),
    ...(platform.spec.derive === undefined ? [] : cited(tokenUse, ...deriveRows(shape))),
  ];
}

function spend(name: string, answer: Recorded, want: Row['want']): Question {
  return { name, call: 'refresh', answers: { Token: answer }, want };
}

function successRows({ spec }: Platform, { token = (fields) => fields }: Shape): readonly Question[] {
  const isDerived = spec.derive !== undefined;
  const isTraded = spec.refresh.strategy === 'Exchange';
  const fields = { access_token: 'new-access', token_type: 'bearer', expires_in: 3600 };
  const body = (more: Readonly<Record<string, unknown>> = {}) => token({ ...fields, ...more });
  // Where pods get a derived token the answer renews the person's own, which lies where a refresh token would.
  const answered = isDerived
    ? ({ kind: 'Answered', refresh: 'new-access', refreshExpiresInS: 3600 } as const)
    : ({ kind: 'Answered', access: 'new-access', expiresInS: 3600 } as const);
  const endless = isDerived ? { kind: 'Answered', refresh: 'new-access' } : { kind: 'Answered', access: 'new-access' };
  return [
    spend(
      isTraded ? 'a refresh token has no place where a living token is traded' : 'a replaced refresh token replaces',
      { status: 200, body: body({ refresh_token: 'next' }) },
      isTraded ? answered : { ...answered, refresh: 'next' },
    ),
    spend('an absent refresh token keeps the old one', { status: 200, body: body() }, answered),
    spend('a null refresh token keeps the old one', { status: 200, body: body({ refresh_token: null }) }, answered),
    spend('an empty refresh token keeps the old one', { status: 200, body: body({ refresh_token: '' }) }, answered),
    spend('an absent expiry is not invented', { status: 200, body: token({ access_token: 'new-access' }) }, endless),
    spend(
      'unknown fields do no harm',
      { status: 200, body: body({ id_token: false, extra: { deep: [1] } }) },
      answered,
    ),
    spend('status 201 is a success too', { status: 201, body: body() }, answered),
    spend(
      'JSON that is labelled as text is JSON',
      { status: 200, headers: { 'content-type': 'text/plain' }, body: body() },
      answered,
    ),
    spend('a token beside an error counts', { status: 200, body: body({ error: 'invalid_grant' }) }, answered),
  ];
}

const failureRows: readonly Question[] = [
  ...[400, 401, 403, 404, 409, 422].map((status) =>
    spend(
      `${status} with an unknown error is no rejection`,
      { status, body: { error: 'what_is_this', message: 'hm' } },
      { kind: 'Refused', ...unexpected },
    ),
  ),
  ...[400, 401, 403].map((status) =>
    spend(
      `${status} with a page is no rejection`,
      { status, body: page },
      { kind: 'Unknown', ...transient, hasRaw: true },
    ),
  ),
  ...[408, 500, 504].map((status) =>
    spend(
      `${status} with JSON is an unknown outcome`,
      { status, body: { error: 'what_is_this' } },
      { kind: 'Unknown', ...transient, hasRaw: true },
    ),
  ),
  ...[408, 500, 502, 503, 504].map((status) =>
    spend(`${status} is an unknown outcome`, { status, body: page }, { kind: 'Unknown', ...transient, hasRaw: true }),
  ),
  spend(
    '500 that says invalid_grant is an unknown outcome',
    { status: 500, body: { error: 'invalid_grant' } },
    { kind: 'Unknown', ...transient, hasRaw: true },
  ),
  spend(
    '503 with Retry-After',
    { status: 503, headers: { 'retry-after': '30' }, body: {} },
    { kind: 'Unknown', ...transient, retryAfterS: 30, hasRaw: true },
  ),
  spend(
    '302 is an unknown outcome',
    { status: 302, headers: { location: 'https://elsewhere.example.com/' }, body: {} },
    { kind: 'Unknown', ...transient, hasRaw: true },
  ),
  spend(
    '200 with a page is an unknown outcome',
    { status: 200, body: page },
    { kind: 'Unknown', ...unexpected, hasRaw: true },
  ),
  spend(
    '200 with an empty body is an unknown outcome',
    { status: 200 },
    { kind: 'Unknown', ...unexpected, hasRaw: true },
  ),
  spend(
    '200 with an empty object is an unknown outcome',
    { status: 200, body: {} },
    { kind: 'Unknown', ...unexpected, hasRaw: true },
  ),
  spend('429 leaves the token alone', { status: 429, body: page }, { kind: 'Refused', ...limited }),
  spend(
    '429 with seconds',
    { status: 429, headers: { 'retry-after': '7' } },
    { kind: 'Refused', ...limited, retryAfterS: 7 },
  ),
  spend(
    '429 with a date',
    { status: 429, headers: { 'retry-after': new Date(nowAt + 90_000).toUTCString() } },
    { kind: 'Refused', ...limited, retryAfterS: 90 },
  ),
];

const hiddenTokenRows: readonly Question[] = [
  spend(
    'a token at another place is kept',
    { status: 200, body: { data: { access_token: 'new-access' } } },
    { kind: 'Unknown', ...unexpected, hasRaw: true },
  ),
  spend(
    'a token in camel case is kept',
    { status: 200, body: { content: [{ accessToken: 'new-access' }] } },
    { kind: 'Unknown', ...unexpected, hasRaw: true },
  ),
  spend(
    'a rejection that holds a token is no rejection',
    { status: 400, body: { error: 'invalid_grant', refresh_token: 'new-refresh' } },
    { kind: 'Unknown', ...unexpected, hasRaw: true },
  ),
  spend(
    'our own token, repeated in an error, is no new one',
    { status: 400, body: { error: 'what_is_this', refresh_token: held.refresh } },
    { kind: 'Refused', ...unexpected },
  ),
  spend(
    'our own secrets are not shown when the platform repeats them',
    {
      status: 400,
      body: { error_description: `bad token ${held.refresh} of ${held.secret} at https://x.example.com/?t=1` },
    },
    { kind: 'Refused', ...unexpected },
  ),
];

/** Answers to a question about a token. Only a clear no about this very token is one. */
function questionRows({ spec }: Platform, place: Place, { good = {}, account }: Shape): readonly Question[] {
  const ask = (name: string, answer: Recorded, want: Row['want']): Question => ({
    name: `${place}: ${name}`,
    call: 'introspect',
    answers: { ...good, [place]: answer },
    // A derived token is asked about after the person's own; alone it stands for both.
    tokens: spec.derive === undefined ? {} : { refresh: undefined },
    ...(account === undefined ? {} : { account }),
    want,
  });
  const isOwnRenewal = ['Exchange', 'Touch', 'None'].includes(spec.refresh.strategy) && spec.derive === undefined;
  const revoked = { family: 'Rejected', reason: 'AccessRevoked' } as const;
  // A token that only itself can renew: its death is the grant's.
  const dead = { kind: isOwnRenewal ? 'Rejected' : 'AccessTokenDead', ...revoked } as const;
  const isBeside = spec.derive !== undefined && (spec.introspect ?? spec.identity) !== undefined;
  const isProbe = place === 'Role' && (spec.role?.pick === undefined || isBeside);
  const isByApp = place === 'Introspect' && spec.introspect !== undefined && isAskedByApp(spec.introspect);
  const clear = [
    isByApp
      ? ask('401 is about the app that asks', { status: 401, body: page }, ofApp)
      : ask('401 is a dead access token, and what renews it is not judged', { status: 401, body: page }, dead),
    ask('invalid_token is one, whatever the status', { status: 400, body: { error: 'invalid_token' } }, dead),
  ];
  // A probe of something beside the login hides nothing when it fails: the login was just found good.
  if (isProbe) return clear;
  return [
    ...clear,
    ask('403 proves nothing', { status: 403, body: { error: 'what_is_this' } }, { kind: 'Thrown', ...unexpected }),
    ask('404 proves nothing', { status: 404, body: page }, { kind: 'Thrown', ...unexpected }),
    ask('200 with a page proves nothing', { status: 200, body: page }, { kind: 'Thrown', ...unexpected }),
    ask('429', { status: 429, headers: { 'retry-after': '7' } }, { kind: 'Thrown', ...limited, retryAfterS: 7 }),
    ask('503', { status: 503, headers: { 'retry-after': '9' } }, { kind: 'Thrown', ...transient, retryAfterS: 9 }),
    ask(
      '500 that says invalid_token',
      { status: 500, body: { error: 'invalid_token' } },
      { kind: 'Thrown', ...transient },
    ),
  ];
}

/** Answers to the question for a page's token. */
function deriveRows({ account }: Shape): readonly Question[] {
  const ask = (name: string, answer: Recorded, want: Row['want']): Question => ({
    name: `Derive: ${name}`,
    call: 'derive',
    answers: { Derive: answer },
    ...(account === undefined ? {} : { account }),
    want,
  });
  const revoked = { kind: 'Rejected', family: 'Rejected', reason: 'AccessRevoked' } as const;
  return [
    ask('401 says that the login itself is dead', { status: 401, body: page }, revoked),
    ask('invalid_token says so, whatever the status', { status: 400, body: { error: 'invalid_token' } }, revoked),
    ask('403 proves nothing', { status: 403, body: { error: 'what_is_this' } }, { kind: 'Thrown', ...unexpected }),
    ask('503', { status: 503 }, { kind: 'Thrown', ...transient }),
    ask('429', { status: 429, headers: { 'retry-after': '7' } }, { kind: 'Thrown', ...limited, retryAfterS: 7 }),
  ];
}

/** A code that is refused says nothing of any login, and a person who comes back without one has only not agreed. */
function codeRows({ spec }: Platform, { callback: beside = {} }: Shape): readonly Question[] {
  const refused = { family: 'Rejected', reason: 'ConsentRefused' } as const;
  const bring = (name: string, callback: Readonly<Record<string, string>>): Question => ({
    name: `Code: ${name}`,
    call: 'code',
    callback: { state: held.state, ...callback },
    answers: {},
    want: { kind: 'NotSent', ...refused },
    sent: [],
  });
  const code = { ...beside, [spec.callback.codeParam]: held.code, state: held.state };
  const ask = (name: string, answer: Recorded, want: Row['want']): Question => ({
    name: `Code: ${name}`,
    call: 'code',
    callback: code,
    answers: { Token: answer },
    want,
  });
  return [
    bring('a person who said no', { error: 'access_denied' }),
    bring('a person who came back with nothing at all', {}),
    ask(
      'one that was used already',
      { status: 400, body: { error: 'invalid_grant' } },
      { kind: 'Rejected', ...refused },
    ),
    ask(
      'an address that the app has not registered',
      { status: 400, body: { error: 'redirect_uri_mismatch' } },
      { kind: 'Refused', family: 'Misconfigured', reason: 'RedirectURIMismatch', isAppFault: true },
    ),
    ask('a page of something else', { status: 502, body: page }, { kind: 'Unknown', ...transient, hasRaw: true }),
  ];
}
