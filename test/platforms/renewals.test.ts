import { describe, expect, it } from 'vitest';
import { Sealed } from '../../src/core/sealed.ts';
import { declared, refresh, seenAfter } from './declared.ts';
import { play, recordedClient } from './play.ts';
import { dayMs, hourMs, nowAt, type Question } from './rows.ts';

const headers = { accept: 'application/json', 'user-agent': 'social-channel-operator' };
const form = { ...headers, 'content-type': 'application/x-www-form-urlencoded' };

describe('a token that a call prolongs', () => {
  const touching = (more = '') =>
    declared(`
refresh: { strategy: Touch }
touch: { url: "https://declared.example.com/session", method: POST, life: 48h, success: { path: ok, equals: "true" } }
${more}`);
  const touch = (answer: Question['answers']['Touch']): Question => ({
    ...refresh(undefined),
    answers: { Touch: answer ?? { status: 200 } },
    tokens: { refresh: undefined },
  });

  it('stays the same, and lives as long as is documented', async () => {
    const { seen, sent } = await play(touching(), touch({ status: 200, body: { ok: true } }));
    expect(seen).toEqual({ kind: 'Answered', access: 'held-access-0001', expiresInS: 48 * 3_600 });
    expect(sent).toMatchObject([
      {
        method: 'POST',
        url: 'https://declared.example.com/session',
        headers: { ...headers, authorization: 'Bearer held-access-0001' },
        body: '',
      },
    ]);
  });

  it.each<[string, NonNullable<Question['answers']['Touch']>, object]>([
    ['is dead', { status: 401 }, { kind: 'Rejected', reason: 'AccessRevoked' }],
    ['is good, but the platform fails', { status: 502, body: '<html>' }, { kind: 'Unknown', family: 'Transient' }],
    ['is good, but what came is not understood', { status: 200, body: {} }, { kind: 'Unknown', family: 'Unexpected' }],
    ['may be asked about too often', { status: 429 }, { kind: 'Refused', reason: 'RateLimited' }],
  ])('%s', async (_, answer, expected) => {
    expect(await seenAfter(touching(), touch(answer))).toMatchObject(expected);
  });
});

describe('a token that is traded while it lives', () => {
  const token = `
    url: https://declared.example.com/token
    method: GET
    allowSecretInURL: true
    clientAuth: Post
    paramNames: { client_id: key }
    upgrade: { url: "https://declared.example.com/longer", grantType: longer, paramNames: { refresh_token: short } }
    refresh: { grantType: again, clientAuth: None, paramNames: { refresh_token: long, client_id: "" } }`;
  const platform = declared(
    `
refresh: { strategy: Exchange, upgradeBelow: 24h }
lifetimes: { shortLived: 1h }`,
    token,
  );
  const answer = { Token: { status: 200, body: { access_token: 'next', expires_in: 86_400 } } };
  const url = async (tokens: Question['tokens']) =>
    (await play(platform, { ...refresh(undefined), answers: answer, tokens: { refresh: undefined, ...tokens } }))
      .sent[0]?.url;

  it.each<[string, NonNullable<Question['tokens']>, string]>([
    [
      'by another request while it is short-lived',
      { obtainedAt: nowAt, accessExpiresAt: nowAt + hourMs },
      'https://declared.example.com/longer?short=held-access-0001&grant_type=longer&key=our-client&client_secret=app-secret-0001',
    ],
    [
      'as a long-lived one when it was traded before',
      { obtainedAt: nowAt, accessExpiresAt: nowAt + hourMs, lifeBeforeMs: hourMs },
      'https://declared.example.com/token?long=held-access-0001&grant_type=again',
    ],
    [
      'as a long-lived one where it is one',
      { obtainedAt: nowAt, accessExpiresAt: nowAt + 60 * dayMs },
      'https://declared.example.com/token?long=held-access-0001&grant_type=again',
    ],
    [
      'as a long-lived one where nothing is known',
      {},
      'https://declared.example.com/token?long=held-access-0001&grant_type=again',
    ],
  ])('goes %s', async (_, tokens, expected) => {
    expect(await url(tokens)).toBe(expected);
  });

  it.each([
    ['an hour where the answer says nothing', { access_token: 'first' }, 3_600],
    ['as long as the answer says', { access_token: 'first', expires_in: 7_200 }, 7_200],
  ])('lives, as the first one, %s', async (_, body, expiresInS) => {
    const seen = await seenAfter(platform, { ...refresh({ status: 200, body }), call: 'code' });
    expect(seen).toEqual({ kind: 'Answered', access: 'first', expiresInS });
  });
});

describe('what a request may be told to hold', () => {
  it.each<[string, string, string]>([
    ['the id of the app', '"{{client.id}}"', 'our-client'],
    ['the secret of the app', '"{{client.secret}}"', 'app-secret-0001'],
    ['what the login came with', '"{{extras.device}}"', 'd-7'],
    ['the account', '"{{account.id}}"', '42'],
    ['several of them', '"a {{client.id}}/{{account.id}}"', 'a our-client/42'],
  ])('%s', async (_, template, expected) => {
    const platform = declared(
      'callback: { persist: { device: device_id } }',
      `{ url: https://declared.example.com/token, clientAuth: None, params: { more: ${template} } }`,
    );
    const row = { ...refresh({ status: 500 }), extras: { device: 'd-7' }, account: '42' };
    const { sent } = await play(platform, row);
    expect(new URLSearchParams(sent[0]?.body).get('more')).toBe(expected);
  });

  it('a new id for each', async () => {
    const platform = declared('', '{ url: https://declared.example.com/token, params: { state: "{{uuid}}" } }');
    const ids = new Set<string | null>();
    for (let i = 0; i < 3; i += 1) {
      const { sent } = await play(platform, refresh({ status: 500 }));
      ids.add(new URLSearchParams(sent[0]?.body).get('state'));
    }
    expect(ids.size).toBe(3);
    expect([...ids][0]).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each(['device', 'constructor'])('nothing that the login lacks (%s): then nothing is sent', async (name) => {
    const params = `params: { d: "{{extras.${name}}}" }`;
    const platform = declared('', `{ url: https://declared.example.com/token, ${params} }`);
    const { seen, sent } = await play(platform, refresh({ status: 200 }));
    expect(seen).toMatchObject({ kind: 'NotSent', reason: 'BootstrapInvalid' });
    expect(sent).toEqual([]);
  });

  it('what the person brought back beside the code, which stays with the login', async () => {
    const platform = declared(
      `
authorize: { url: "https://declared.example.com/authorize" }
callback: { persist: { device: device_id } }
response: { persist: { region: data.region } }`,
      '{ url: https://declared.example.com/token, clientAuth: None, code: { params: { device_id: "{{extras.device}}" } } }',
    );
    const row: Question = {
      ...refresh({ status: 200, body: { access_token: 'a', data: { region: 'eu' } } }),
      call: 'code',
      callback: { code: 'c', device_id: 'd-7' },
    };
    const { seen, sent } = await play(platform, row);
    expect(seen).toEqual({ kind: 'Answered', access: 'a', extras: { device: 'd-7', region: 'eu' } });
    expect(Object.fromEntries(new URLSearchParams(sent[0]?.body))).toEqual({
      code: 'c',
      redirect_uri: 'https://connect.example.com/callback',
      code_verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
      grant_type: 'authorization_code',
      device_id: 'd-7',
      client_id: 'our-client',
    });
  });
});

describe('a consent page', () => {
  const begin = async (authorize: string, more: Partial<Question> = {}) => {
    const { seen } = await play(
      declared(`authorize: { url: "https://declared.example.com/a?lang=en", ${authorize} }`),
      {
        ...refresh(undefined),
        call: 'consent',
        ...more,
      },
    );
    return seen.url?.replace('https://declared.example.com/a?lang=en&', '');
  };
  const common = 'redirect_uri=https%3A%2F%2Fconnect.example.com%2Fcallback';
  const challenge = 'code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';

  it.each<[string, string, Partial<Question>, string]>([
    [
      'as the RFCs have it',
      '',
      {},
      `response_type=code&client_id=our-client&${common}&scope=one%20two&state=state-0001&${challenge}&code_challenge_method=S256`,
    ],
    [
      'with another word for the method',
      'pkceMethod: sha256',
      {},
      `response_type=code&client_id=our-client&${common}&scope=one%20two&state=state-0001&${challenge}&code_challenge_method=sha256`,
    ],
    [
      'without a challenge, with other names and commas',
      'pkce: None, paramNames: { client_id: client_key, response_type: "" }, scopes: { separator: "," }',
      {},
      `client_key=our-client&${common}&scope=one%2Ctwo&state=state-0001`,
    ],
    [
      'with a literal plus',
      'pkce: None, scopes: { separator: "+" }',
      {},
      `response_type=code&client_id=our-client&${common}&scope=one+two&state=state-0001`,
    ],
    [
      'without scopes where the app fixes them',
      'pkce: None, scopes: { send: false }',
      {},
      `response_type=code&client_id=our-client&${common}&state=state-0001`,
    ],
    [
      'with parameters of its own, more of them when somebody comes again',
      'pkce: None, params: { prompt: login }, reconnectParams: { prompt: consent, who: "{{client.id}}" }',
      { reconnect: 'AccessRevoked', scopes: [] },
      `response_type=code&client_id=our-client&${common}&state=state-0001&prompt=consent&who=our-client`,
    ],
  ])('%s', async (_, authorize, more, expected) => {
    expect(await begin(authorize, more)).toBe(expected);
  });
});

describe('a login that is given back', () => {
  const give = (call: string, answer = { status: 200 }, more = '') =>
    play(declared(`revoke: { calls: [{ url: "https://declared.example.com/revoke", ${call} }] ${more} }`), {
      ...refresh(undefined),
      call: 'revoke',
      answers: { Revoke: answer },
    });
  const url = 'https://declared.example.com/revoke';

  it.each<[string, string, object]>([
    [
      'as RFC 7009 has it',
      'clientAuth: Post',
      {
        method: 'POST',
        url,
        body: 'token=held-refresh-0001&client_id=our-client&client_secret=app-secret-0001',
        headers: form,
      },
    ],
    ['without a word on the app', '', { method: 'POST', url, body: 'token=held-refresh-0001' }],
    [
      'by the access token, with the id of the app',
      'token: Access, clientAuth: IDOnly, paramNames: { client_id: key }',
      { body: 'token=held-access-0001&key=our-client' },
    ],
    [
      'in JSON',
      'tokenPlacement: JSON, tokenParam: value, params: { hint: grant }',
      { body: '{"value":"held-refresh-0001","hint":"grant"}' },
    ],
    [
      'in the query',
      'tokenPlacement: Query, allowSecretInURL: true',
      { method: 'POST', url: `${url}?token=held-refresh-0001`, body: '' },
    ],
    [
      'by DELETE, with the token in the header',
      'method: DELETE, tokenPlacement: Header',
      { method: 'DELETE', url, headers: { ...headers, authorization: 'Bearer held-refresh-0001' } },
    ],
  ])('%s', async (_, call, expected) => {
    const { seen, sent } = await give(call);
    expect(seen).toEqual({ kind: 'Revoked' });
    expect(sent).toMatchObject([expected]);
  });

  it.each([
    [400, { kind: 'AlreadyGone' }],
    [401, { kind: 'AlreadyGone' }],
    [404, { kind: 'AlreadyGone' }],
    [403, { kind: 'Failed', family: 'Unexpected', reason: 'Unexpected' }],
    [429, { kind: 'Failed', family: 'Transient', reason: 'RateLimited' }],
    [503, { kind: 'Failed', family: 'Transient', reason: 'PlatformUnavailable' }],
  ])('with %i as answer', async (status, expected) => {
    expect((await give('', { status })).seen).toEqual(expected);
  });

  it.each([
    [{ ok: true }, { kind: 'Revoked' }],
    [{ ok: false }, { kind: 'Failed', family: 'Unexpected', reason: 'Unexpected' }],
  ])('with %j where the platform says success in the body', async (body, expected) => {
    const { seen } = await give('success: { path: ok, equals: "true" }', { status: 200, body } as { status: number });
    expect(seen).toEqual(expected);
  });

  it('has nothing to give back without a token', async () => {
    const platform = declared('revoke: { calls: [{ url: "https://declared.example.com/revoke", token: Access }] }');
    const { seen, sent } = await play(platform, {
      ...refresh(undefined),
      call: 'revoke',
      tokens: { access: undefined },
    });
    expect(seen).toEqual({ kind: 'AlreadyGone' });
    expect(sent).toEqual([]);
  });

  it('cannot be given back where nobody declares how', async () => {
    const { seen } = await play(declared(), { ...refresh(undefined), call: 'revoke' });
    expect(seen).toMatchObject({ kind: 'Failed', reason: 'PlatformInvalid' });
  });
});

describe('an app that was asked to wait', () => {
  const limited = declared(`
limits: { remaining: $header.x-left, reset: $header.x-reset }
errors: [{ phase: Any, path: error, equals: slow, family: Transient, reason: RateLimited, blocks: App }]
identity: { url: "https://declared.example.com/me", accountID: [id] }`);
  const client = { id: 'our-client', secret: Sealed.of('app-secret-0001') };
  const tokens = { access: Sealed.of('a'), refresh: Sealed.of('r'), obtainedAt: nowAt };
  const ask = { client, tokens, extras: {}, timeoutMs: 1, kind: 'User' as const };
  const spend = { ...ask, scopes: [] };

  it.each<[string, Question['answers'], number]>([
    [
      'by the last request that it had',
      { Identity: { status: 200, headers: { 'x-left': '0', 'x-reset': '30' }, body: { id: '1' } } },
      30_000,
    ],
    [
      'by an instant',
      {
        Identity: { status: 200, headers: { 'x-left': '0', 'x-reset': String(nowAt / 1_000 + 45) }, body: { id: '1' } },
      },
      45_000,
    ],
    [
      'by the last part of a request that it had',
      { Identity: { status: 200, headers: { 'x-left': '0.0', 'x-reset': '30' }, body: { id: '1' } } },
      30_000,
    ],
    ['by a refusal', { Identity: { status: 400, headers: { 'retry-after': '20' }, body: { error: 'slow' } } }, 20_000],
  ])(
    '%s sends nothing for any of its logins until then, and another app is not held up',
    async (_, answers, waitMs) => {
      const {
        client: asked,
        sent,
        setNow,
      } = recordedClient(limited, {
        answers: { ...answers, Token: { status: 200, body: { access_token: 'b' } } },
      });
      await asked.introspect(ask).catch(() => undefined);
      setNow(nowAt + waitMs - 1_000);
      const held = await asked.refresh({ ...spend, tokens: { ...tokens, refresh: Sealed.of('another') } });
      expect(held).toMatchObject({ kind: 'NotSent', failure: { reason: 'RateLimited', retryAfterMs: 1_000 } });
      expect(sent).toHaveLength(1);
      expect(await asked.refresh({ ...spend, client: { ...client, id: 'another app' } })).toMatchObject({
        kind: 'Answered',
      });
      setNow(nowAt + waitMs);
      expect(await asked.refresh(spend)).toMatchObject({ kind: 'Answered' });
    },
  );

  it('is not asked to wait while requests are left', async () => {
    const { client: asked } = recordedClient(limited, {
      answers: {
        Identity: { status: 200, headers: { 'x-left': '1', 'x-reset': '30' }, body: { id: '1' } },
        Token: { status: 200, body: { access_token: 'b' } },
      },
    });
    await asked.introspect(ask);
    expect(await asked.refresh(spend)).toMatchObject({ kind: 'Answered' });
  });
});
