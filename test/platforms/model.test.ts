import { describe, expect, it } from 'vitest';
import type { TokenSet } from '../../src/core/grant.ts';
import { Sealed } from '../../src/core/sealed.ts';
import { declared, refresh, seenAfter } from './declared.ts';
import { play, recordedClient } from './play.ts';
import { dayMs, nowAt, type Question } from './rows.ts';

const seconds = nowAt / 1_000;

describe('the end of an access token', () => {
  const rows: [kind: string, value: unknown, expected: number | undefined][] = [
    ['RelativeSeconds', 3600, 3600],
    ['RelativeSeconds', '3600', 3600],
    ['RelativeSeconds', 3600.5, 3600.5],
    ['RelativeSeconds', undefined, undefined],
    ['RelativeSeconds', null, undefined],
    ['RelativeSeconds', 0, undefined],
    ['RelativeSeconds', -5, undefined],
    ['RelativeSeconds', '', undefined],
    ['RelativeSeconds', 'soon', undefined],
    ['RelativeSeconds', [3600], undefined],
    ['RelativeSeconds', 5, 60],
    ['RelativeSeconds', 10_000 * 86_400, 400 * 86_400],
    ['RelativeMillis', 3_600_000, 3600],
    ['EpochSeconds', seconds + 3600, 3600],
    ['EpochSeconds', seconds - 3600, undefined],
    ['EpochMillis', nowAt + 3_600_000, 3600],
    ['ISO8601', '2026-11-22T11:00:00Z', 3600],
    ['ISO8601', '2026-11-22T12:00:00+01:00', 3600],
    ['ISO8601', 'in an hour', undefined],
    ['Auto', 3600, 3600],
    ['Auto', String(seconds + 3600), 3600],
    ['Auto', nowAt + 3_600_000, 3600],
    ['Auto', '2026-11-22T11:00:00.000Z', 3600],
  ];
  it.each(rows)('%s of %j is in %j seconds', async (kind, value, expected) => {
    const platform = declared(`response: { expiry: { path: life.ends, kind: ${kind} } }`);
    const seen = await seenAfter(
      platform,
      refresh({ status: 200, body: { access_token: 'a', life: { ends: value } } }),
    );
    expect(seen).toEqual({
      kind: 'Answered',
      access: 'a',
      ...(expected === undefined ? {} : { expiresInS: expected }),
    });
  });

  it('Never is no end, whatever the answer says', async () => {
    const platform = declared('response: { expiry: { kind: Never } }');
    expect(await seenAfter(platform, refresh({ status: 200, body: { access_token: 'a', expires_in: 60 } }))).toEqual({
      kind: 'Answered',
      access: 'a',
    });
  });

  it('is measured by the clock of the platform where it is an instant', async () => {
    const platform = declared('response: { expiry: { path: expires, kind: EpochSeconds } }');
    const headers = { date: new Date(nowAt - 600_000).toUTCString() };
    const seen = await seenAfter(
      platform,
      refresh({ status: 200, headers, body: { access_token: 'a', expires: seconds + 3000 } }),
    );
    expect(seen.expiresInS).toBe(3600);
  });

  it('of a refresh token is believed at any length, and beyond ten years is no end', async () => {
    const platform = declared('response: { refreshExpiry: { path: refresh_expires_in } }');
    const seenFor = (life: number) =>
      seenAfter(platform, refresh({ status: 200, body: { access_token: 'a', refresh_expires_in: life } }));
    expect((await seenFor(30)).refreshExpiresInS).toBe(30);
    expect((await seenFor(5 * 365 * 86_400)).refreshExpiresInS).toBe(5 * 365 * 86_400);
    expect((await seenFor(20 * 365 * 86_400)).refreshExpiresInS).toBeUndefined();
  });
});

describe('a token response', () => {
  it('may be nested, renamed and separated by commas', async () => {
    const platform = declared(`
response:
  accessToken: [data.token, data.access_token]
  refreshToken: [data.renewal]
  expiry: { path: data.expires_in }
  scope: { path: [data.scopes], separator: "," }
  accountID: ["data.users[1].id"]
`);
    const data = { access_token: 'a', renewal: 'r', expires_in: 600, scopes: 'b, a,,a', users: [{}, { id: 12 }] };
    expect(await seenAfter(platform, refresh({ status: 200, body: { data } }))).toEqual({
      kind: 'Answered',
      access: 'a',
      refresh: 'r',
      expiresInS: 600,
      scopes: ['a', 'b'],
      account: { id: '12', handle: undefined },
    });
  });

  it('keeps every digit of a long account id', async () => {
    const platform = declared('response: { accountID: [id] }');
    const body = '{"access_token":"a","id":17841400000000000123}';
    expect((await seenAfter(platform, refresh({ status: 200, body }))).account?.id).toBe('17841400000000000123');
  });

  it('tells the account without what always stands before its id', async () => {
    const platform = declared('accountPrefix: /users/\nresponse: { accountID: [user.uri] }');
    const told = (uri: string) =>
      seenAfter(platform, refresh({ status: 200, body: { access_token: 'a', user: { uri } } }));
    expect((await told('/users/12')).account?.id).toBe('12');
    expect((await told('13')).account?.id).toBe('13');
  });

  it('finds nothing that every object has', async () => {
    const platform = declared('response: { accountID: [constructor.name] }');
    expect((await seenAfter(platform, refresh({ status: 200, body: { access_token: 'a' } }))).account).toBeUndefined();
  });
});

describe('a token request', () => {
  const special = '-_+/=:% ~é';
  const requests: [auth: string, headers: Record<string, string>, body: string][] = [
    ['Basic', { authorization: `Basic ${Buffer.from('id%3A1:-_%2B%2F%3D%3A%25+%7E%C3%A9').toString('base64')}` }, ''],
    ['BasicRaw', { authorization: `Basic ${Buffer.from(`id:1:${special}`).toString('base64')}` }, ''],
    ['Post', {}, '&client_id=id%3A1&client_secret=-_%2B%2F%3D%3A%25+%7E%C3%A9'],
    ['None', {}, '&client_id=id%3A1'],
  ];
  it.each(requests)('with clientAuth %s writes special letters as that method wants', async (auth, headers, body) => {
    const platform = declared();
    const spec = { ...platform.spec, token: { ...platform.spec.token, clientAuth: auth as 'Basic' } };
    const { client, sent } = recordedClient({ ...platform, spec }, { answers: { Token: { status: 500 } } });
    await client.refresh({
      client: { id: 'id:1', secret: Sealed.of(special) },
      tokens: { refresh: Sealed.of('r'), obtainedAt: 0 },
      scopes: ['one'],
      extras: {},
      timeoutMs: 1,
    });
    expect(sent[0]?.headers).toEqual({
      accept: 'application/json',
      'user-agent': 'social-channel-operator',
      'content-type': 'application/x-www-form-urlencoded',
      ...headers,
    });
    expect(sent[0]?.body).toBe(`refresh_token=r&grant_type=refresh_token${body}`);
  });

  it('may be JSON, with parameters of its own, another URL for refreshes, and scopes', async () => {
    const token = `
    url: https://declared.example.com/token
    clientAuth: None
    bodyFormat: JSON
    params: { audience: streams }
    refresh:
      url: https://renew.example.com/refresh
      params: { device: "7" }
      include: [Scope]`;
    const platform = declared('authorize: { scopes: { separator: "," } }', token);
    const { client, sent } = recordedClient(platform, { answers: { Token: { status: 500 } } });
    const common = { client: { id: 'id' }, scopes: ['one', 'two'], extras: {}, timeoutMs: 1 };
    await client.refresh({ ...common, tokens: { refresh: Sealed.of('r'), obtainedAt: 0 } });
    await client.reissue(common);
    expect(sent.map(({ url, headers, body }) => [url, headers['content-type'], JSON.parse(body ?? '')])).toEqual([
      [
        'https://renew.example.com/refresh',
        'application/json',
        {
          grant_type: 'refresh_token',
          refresh_token: 'r',
          scope: 'one,two',
          audience: 'streams',
          device: '7',
          client_id: 'id',
        },
      ],
      [
        'https://declared.example.com/token',
        'application/json',
        { grant_type: 'client_credentials', scope: 'one,two', audience: 'streams', client_id: 'id' },
      ],
    ]);
    expect(client.tokenOrigin).toBe('https://renew.example.com');
  });
});

describe('a bug in the engine', () => {
  it('after the request was handed over leaves the outcome unknown', async () => {
    const seen = await seenAfter(declared(), { ...refresh({ status: 200 }), answers: {} });
    expect(seen).toEqual({ kind: 'Unknown', family: 'Unexpected', reason: 'Unexpected' });
  });
});

describe('an error rule', () => {
  it('that names no status does not judge a server that is failing; one that does, does', async () => {
    const rule = (status: string) =>
      declared(
        `errors: [{ phase: Token, ${status} path: code, equals: "7", family: Rejected, reason: AccountLocked }]`,
      );
    const row = refresh({ status: 500, body: { code: 7 } });
    expect(await seenAfter(rule(''), row)).toMatchObject({ kind: 'Unknown' });
    expect(await seenAfter(rule('status: [500],'), row)).toMatchObject({ kind: 'Rejected', reason: 'AccountLocked' });
  });

  it('of a server that is failing leaves the outcome unknown, unless it is a rejection', async () => {
    const platform = declared(
      'errors: [{ phase: Token, status: [503], family: Misconfigured, reason: ApiVersionRetired }]',
    );
    const seen = await seenAfter(platform, refresh({ status: 503, body: {} }));
    expect(seen).toMatchObject({ kind: 'Unknown', reason: 'ApiVersionRetired', hasRaw: true });
  });

  it('goes before the standard ones, and the first that matches counts', async () => {
    const platform = declared(`
errors:
  - { phase: Token, path: hint, contains: LOCK, family: Rejected, reason: AccountLocked }
  - { phase: Token, path: error, equals: invalid_grant, family: Misconfigured, reason: AppSuspended }
`);
    const seenFor = (body: object) => seenAfter(platform, refresh({ status: 400, body }));
    expect(await seenFor({ error: 'invalid_grant', hint: 'locked out' })).toMatchObject({ reason: 'AccountLocked' });
    expect(await seenFor({ error: 'invalid_grant' })).toMatchObject({
      kind: 'Refused',
      reason: 'AppSuspended',
      isAppFault: true,
    });
  });

  const waits: [where: string, value: unknown, expected: number | undefined][] = [
    ['body.wait', 42, 42],
    ['body.wait', '42', 42],
    ['body.wait', seconds + 42, 42],
    ['body.wait', '2026-11-22T10:00:42Z', 42],
    ['body.wait', 30 * 86_400, 86_400],
    ['body.wait', 'later', undefined],
    ['body.wait', -1, undefined],
  ];
  it.each(waits)('reads how long to wait at %s from %j: %j seconds', async (path, value, expected) => {
    const platform = declared(
      `errors: [{ phase: Token, path: slow, equals: "true", family: Transient, reason: RateLimited, retryAfter: ${path} }]`,
    );
    const seen = await seenAfter(platform, refresh({ status: 400, body: { slow: true, body: { wait: value } } }));
    expect(seen).toMatchObject({ kind: 'Refused', reason: 'RateLimited' });
    expect(seen.retryAfterS).toBe(expected);
  });

  it.each<[string, unknown, number | undefined]>([
    ['RelativeMillis', 42_000, 42],
    ['RelativeMillis', '42000', 42],
    ['EpochMillis', nowAt + 42_000, 42],
    ['RelativeSeconds', 2_000_000_000, 86_400],
    ['ISO8601', 42, undefined],
  ])('reads a wait as %s from %j where it says so: %j seconds', async (kind, value, expected) => {
    const platform = declared(
      `errors: [{ phase: Token, path: slow, equals: "true", family: Transient, reason: RateLimited, retryAfter: wait, retryAfterKind: ${kind} }]`,
    );
    const seen = await seenAfter(platform, refresh({ status: 400, body: { slow: true, wait: value } }));
    expect(seen.retryAfterS).toBe(expected);
  });

  it('may look at a header and at the whole text', async () => {
    const platform = declared(`
errors:
  - { phase: Token, path: $header.X-Error, equals: gone, family: Rejected, reason: AccountDeleted }
  - { phase: Token, path: $text, contains: retired, family: Misconfigured, reason: ApiVersionRetired }
`);
    expect(await seenAfter(platform, refresh({ status: 400, headers: { 'x-error': 'GONE' } }))).toMatchObject({
      reason: 'AccountDeleted',
    });
    expect(await seenAfter(platform, refresh({ status: 426, body: 'version retired' }))).toMatchObject({
      reason: 'ApiVersionRetired',
    });
  });
});

describe('why a refresh token died', () => {
  const dead = { status: 400, body: { error: 'invalid_grant' } };
  const rows: [lifetimes: string, tokens: Partial<TokenSet>, reason: string][] = [
    ['{ refresh: 720h }', { obtainedAt: nowAt - 31 * dayMs }, 'RefreshTokenExpired'],
    ['{ refresh: 720h }', { obtainedAt: nowAt - 29 * dayMs, consentedAt: nowAt - 300 * dayMs }, 'AccessRevoked'],
    ['{ refresh: 720h, refreshAnchor: LastUse }', { obtainedAt: nowAt - 31 * dayMs }, 'RefreshTokenExpired'],
    [
      '{ refresh: 720h, refreshAnchor: Authorization }',
      { obtainedAt: nowAt, consentedAt: nowAt - 31 * dayMs },
      'RefreshTokenExpired',
    ],
    [
      '{ refresh: 720h, refreshAnchor: Authorization }',
      { obtainedAt: nowAt - 31 * dayMs, consentedAt: nowAt },
      'AccessRevoked',
    ],
    ['{ maxIdle: 720h }', { obtainedAt: nowAt - 31 * dayMs }, 'ExpiredUnused'],
    ['{ maxIdle: 720h }', { obtainedAt: nowAt - 29 * dayMs }, 'AccessRevoked'],
    ['{}', { refreshExpiresAt: nowAt }, 'RefreshTokenExpired'],
    ['{}', { refreshExpiresAt: nowAt + 1 }, 'AccessRevoked'],
  ];
  it.each(rows)(
    'is told by its age where the platform does not say: lifetimes %s, tokens %j: %s',
    async (lifetimes, tokens, reason) => {
      expect(await seenAfter(declared(`lifetimes: ${lifetimes}`), refresh(dead, tokens))).toEqual({
        kind: 'Rejected',
        family: 'Rejected',
        reason,
      });
    },
  );

  it("is the platform's own word where it gives one", async () => {
    const platform = declared(
      'errors: [{ phase: Token, path: error, equals: invalid_grant, family: Rejected, reason: PasswordChanged }]',
    );
    expect(await seenAfter(platform, refresh(dead, { refreshExpiresAt: 0 }))).toMatchObject({
      reason: 'PasswordChanged',
    });
  });
});

describe('the words of a platform', () => {
  const said = async (error_description: string) =>
    (await play(declared(), refresh({ status: 400, body: { error_description } }))).message;

  it('are shown, cut, on one line', async () => {
    expect(await said('Line one\nline\ttwo')).toContain('"Line one line two"');
    expect((await said('word '.repeat(500)))?.length).toBeLessThan(400);
  });

  it('are shown without markup', async () => {
    expect(await said('You have exceeded your <a href="/quota">quota</a>.')).toContain(
      '"You have exceeded your quota."',
    );
  });

  it('are shown without anything that looks like a token or an address', async () => {
    const message = await said('code 4/0AbCdEfGhIjKlMnOpQrStUvWx was used, see https://x.example.com/?code=1');
    expect(message).toContain('"code … was used, see …"');
  });
});

describe('whose login it is', () => {
  const platform = declared(`
introspect: { url: "https://declared.example.com/valid" }
identity: { url: "https://declared.example.com/me", accountID: [id], handle: [name], interval: 12h }
`);
  const ask = (tokens: TokenSet) => ({
    client: { id: 'id' },
    tokens,
    kind: 'User' as const,
    extras: {},
    timeoutMs: 1,
  });
  const tokens = { access: Sealed.of('a'), refresh: Sealed.of('r'), obtainedAt: nowAt };
  const valid = { Introspect: { status: 200, body: {} }, Identity: { status: 200, body: { id: '1', name: '@one' } } };
  const account = { id: '1', handle: '@one' };

  it('is asked once in its interval, and remembered by the refresh token in between', async () => {
    const { client, sent, setNow } = recordedClient(platform, { answers: valid });
    expect(await client.introspect(ask(tokens))).toMatchObject({ kind: 'Valid', account });
    setNow(nowAt + dayMs / 2 - 1);
    expect(await client.introspect(ask({ ...tokens, access: Sealed.of('b') }))).toMatchObject({
      kind: 'Valid',
      account,
    });
    expect(sent).toHaveLength(3);
    await client.introspect(ask({ ...tokens, refresh: Sealed.of('another') }));
    expect(sent).toHaveLength(5);
    setNow(nowAt + dayMs / 2);
    await client.introspect(ask(tokens));
    expect(sent).toHaveLength(7);
  });

  it('is asked at once where somebody wants to know', async () => {
    const { client, sent } = recordedClient(platform, { answers: valid });
    expect(await client.introspect(ask(tokens))).toMatchObject({ isComplete: true });
    expect(await client.introspect({ ...ask(tokens), isThorough: true })).toMatchObject({ isComplete: true });
    expect(sent).toHaveLength(4);
  });

  it('is asked again by every check until it was told once more, however long ago that is due', async () => {
    const answers = { ...valid };
    const { client, sent } = recordedClient(platform, { answers });
    await client.introspect(ask(tokens));
    answers.Identity = { status: 503, body: {} as never };
    expect(await client.introspect({ ...ask(tokens), isThorough: true })).not.toHaveProperty('isComplete');
    expect(await client.introspect(ask(tokens))).not.toHaveProperty('isComplete');
    expect(sent).toHaveLength(6);
    answers.Identity = valid.Identity;
    expect(await client.introspect(ask(tokens))).toMatchObject({ isComplete: true });
  });

  it('stays known while the platform cannot say it, but not while the platform denies it', async () => {
    const answers = { ...valid };
    const { client, setNow } = recordedClient(platform, { answers });
    await client.introspect(ask(tokens));
    setNow(nowAt + dayMs);
    answers.Identity = { status: 503, body: {} as never };
    expect(await client.introspect(ask(tokens))).toMatchObject({ kind: 'Valid', account });
    answers.Identity = { status: 401, body: {} as never };
    expect(await client.introspect(ask(tokens))).toMatchObject({ kind: 'AccessTokenDead' });
  });

  it('is asked every time where that is the only question', async () => {
    const { introspect: _, ...spec } = platform.spec;
    const answers = { ...valid };
    const { client, sent } = recordedClient({ ...platform, spec }, { answers });
    await client.introspect(ask(tokens));
    answers.Identity = { status: 503, body: {} as never };
    await expect(client.introspect(ask(tokens))).rejects.toMatchObject({ reason: 'PlatformUnavailable' });
    expect(sent).toHaveLength(2);
    expect(client.profile).toMatchObject({ introspectIntervalMs: dayMs / 2, tellsAccount: true });
  });

  it('is not asked for an app token', async () => {
    const { client, sent } = recordedClient(platform, { answers: valid });
    expect(await client.introspect({ ...ask(tokens), kind: 'App' })).toEqual({ kind: 'Valid' });
    expect(sent).toHaveLength(1);
  });

  it('cannot be asked without an access token', async () => {
    const { client, sent } = recordedClient(platform, { answers: valid });
    await expect(client.introspect(ask({ obtainedAt: 0 }))).rejects.toMatchObject({
      family: 'Unexpected',
      source: 'Operator',
    });
    expect(sent).toHaveLength(0);
  });
});

describe('a validity call', () => {
  it('that says no in a way nobody declared is not believed to be a no', async () => {
    const platform = declared(
      'introspect: { url: "https://declared.example.com/valid", success: { path: error.code, equals: ok } }',
    );
    const row = (body: object): Question => ({
      name: '',
      call: 'introspect',
      answers: { Introspect: { status: 200, body } },
      want: { kind: '' },
    });
    expect(await seenAfter(platform, row({ error: { code: 'OK' } }))).toEqual({ kind: 'Valid' });
    expect(await seenAfter(platform, row({ error: { code: 'odd' } }))).toMatchObject({
      kind: 'Thrown',
      family: 'Unexpected',
    });
  });

  it('fills the client id into its headers, and only there', async () => {
    const platform = declared(
      'introspect: { url: "https://declared.example.com/valid", scheme: OAuth, headers: { Client-Id: "{{client.id}}" } }',
    );
    const { sent } = await play(platform, {
      name: '',
      call: 'introspect',
      answers: { Introspect: { status: 200, body: {} } },
      want: { kind: '' },
    });
    expect(sent[0]?.headers).toMatchObject({ 'client-id': 'our-client', authorization: 'OAuth held-access-0001' });
  });
});
