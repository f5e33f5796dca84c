import type { Phase, Platform } from '../../src/platforms/platform.ts';
import { held, nowAt, type Recorded, type Row } from './rows.ts';

const success = { access_token: 'new-access', token_type: 'bearer', expires_in: 3600 };
const transient = { family: 'Transient', reason: 'PlatformUnavailable' } as const;
const limited = { family: 'Transient', reason: 'RateLimited' } as const;
const unexpected = { family: 'Unexpected', reason: 'Unexpected' } as const;
const page = '<html><title>Attention required</title></html>';

/** What every platform must obey, whatever else it declares. */
export function contractRows(platform: Platform): readonly Row[] {
  const phases: Phase[] = [];
  if (platform.spec.introspect !== undefined) phases.push('Introspect');
  if (platform.spec.identity !== undefined) phases.push('Identity');
  return [...successRows, ...failureRows, ...hiddenTokenRows, ...phases.flatMap((phase) => questionRows(phase))];
}

function spend(name: string, answer: Recorded, want: Row['want']): Row {
  return { name, call: 'refresh', answers: { Token: answer }, want };
}

const answered = { kind: 'Answered', access: 'new-access', expiresInS: 3600 } as const;

const successRows: readonly Row[] = [
  spend(
    'a replaced refresh token replaces',
    { status: 200, body: { ...success, refresh_token: 'next' } },
    { ...answered, refresh: 'next' },
  ),
  spend('an absent refresh token keeps the old one', { status: 200, body: success }, answered),
  spend('a null refresh token keeps the old one', { status: 200, body: { ...success, refresh_token: null } }, answered),
  spend('an empty refresh token keeps the old one', { status: 200, body: { ...success, refresh_token: '' } }, answered),
  spend(
    'an absent expiry is not invented',
    { status: 200, body: { access_token: 'new-access' } },
    { kind: 'Answered', access: 'new-access' },
  ),
  spend(
    'unknown fields do no harm',
    { status: 200, body: { ...success, id_token: false, extra: { deep: [1] } } },
    answered,
  ),
  spend('status 201 is a success too', { status: 201, body: success }, answered),
  spend(
    'JSON that is labelled as text is JSON',
    { status: 200, headers: { 'content-type': 'text/plain' }, body: success },
    answered,
  ),
  spend('a token beside an error counts', { status: 200, body: { ...success, error: 'invalid_grant' } }, answered),
];

const failureRows: readonly Row[] = [
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

const hiddenTokenRows: readonly Row[] = [
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
function questionRows(phase: Phase): readonly Row[] {
  const ask = (name: string, answer: Recorded, want: Row['want']): Row => {
    const before = phase === 'Identity' ? { Introspect: { status: 200, body: { active: true } } } : {};
    return { name: `${phase}: ${name}`, call: 'introspect', answers: { ...before, [phase]: answer }, want };
  };
  const dead = { kind: 'AccessTokenDead', family: 'Rejected', reason: 'AccessRevoked' } as const;
  return [
    ask('401 is a dead access token, and the refresh token is not judged', { status: 401, body: page }, dead),
    ask('invalid_token is one, whatever the status', { status: 400, body: { error: 'invalid_token' } }, dead),
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
