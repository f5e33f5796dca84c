import { createHmac } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Heard, PushRequest } from '../../src/core/push.ts';
import { Sealed } from '../../src/core/sealed.ts';
import { createPlatformClient } from '../../src/platforms/client.ts';
import { facebook } from '../../src/platforms/facebook.ts';
import { IssuerKeys } from '../../src/platforms/issuer-keys.ts';
import { createLoginMemory } from '../../src/platforms/login-memory.ts';
import { Pace } from '../../src/platforms/pace.ts';
import type { Platform } from '../../src/platforms/platform.ts';
import type { Send } from '../../src/platforms/send.ts';
import { tiktok } from '../../src/platforms/tiktok.ts';
import { twitch } from '../../src/platforms/twitch.ts';
import { x } from '../../src/platforms/x.ts';
import { youtube } from '../../src/platforms/youtube.ts';

let now = Date.parse('2026-11-22T10:01:00Z');
const clock = { now: () => now, monotonic: () => now, sleep: () => Promise.resolve() };
const nobody: Send = () => Promise.reject(new Error('nobody is asked'));

function hearing(platform: Platform, secret: string | undefined, { send = nobody, clientId = 'client' } = {}) {
  const client = createPlatformClient(platform, {
    clock,
    send,
    heldMs: () => 0,
    keys: new IssuerKeys(send, clock),
    accepted: { minMs: 60_000, maxMs: 86_400_000 },
    memory: createLoginMemory(),
    pace: new Pace(clock),
    newNonce: () => 'nonce',
  });
  const app = { id: clientId, secret: secret === undefined ? undefined : Sealed.of(secret) };
  return (of: Partial<Omit<PushRequest, 'body'>> & { body?: string }): Promise<Heard> =>
    client.hear(app, {
      method: 'POST',
      query: {},
      headers: {},
      deletionURL: (code) => `https://connect.example.com/deletion/${code}`,
      ...of,
      body: Buffer.from(of.body ?? ''),
    });
}

describe('a signed request', () => {
  const secret = 'app-secret';
  const hear = hearing(facebook, secret);
  const payload = { algorithm: 'HMAC-SHA256', issued_at: 1_795_341_600, user_id: '218471' };
  const encoded = (of: object) => Buffer.from(JSON.stringify(of)).toString('base64url');
  const signed = (of: object, by = secret) => {
    const text = encoded(of);
    return `${createHmac('sha256', by).update(text).digest('base64url')}.${text}`;
  };
  const form = (signedRequest: string) => ({ body: new URLSearchParams({ signed_request: signedRequest }).toString() });

  it('names the person, and is answered with a code and the page behind it', async () => {
    const heard = await hear(form(signed(payload)));
    expect(heard).toMatchObject({ kind: 'Signal', signal: { subjects: ['218471'] } });
    const { confirmation_code: code, url } = JSON.parse(heard.kind === 'Signal' ? heard.answer.body : '{}');
    expect(code).toMatch(/^[0-9a-z]+-[0-9a-f]{20}$/);
    expect(url).toBe(`https://connect.example.com/deletion/${code}`);
    expect(code).not.toContain('218471');
  });

  it('has the same id and code when it is repeated, and others where anything differs', async () => {
    const first = await hear(form(signed(payload)));
    expect(await hear(form(signed(payload)))).toEqual(first);
    const other = await hear(form(signed({ ...payload, issued_at: payload.issued_at + 1 })));
    expect(JSON.stringify(other)).not.toBe(JSON.stringify(first));
  });

  it.each([
    ['signed by another app', form(signed(payload, 'another-secret')), 'Forged'],
    [
      'with another payload under its signature',
      form(`${signed(payload).split('.')[0]}.${encoded({ ...payload, user_id: '1' })}`),
      'Forged',
    ],
    ['with half a signature', form(signed(payload).slice(5)), 'Forged'],
    ['without a signature', form(`.${encoded(payload)}`), 'Malformed'],
    ['with a third part', form(`${signed(payload)}.more`), 'Malformed'],
    ['of another algorithm', form(signed({ ...payload, algorithm: 'none' })), 'Malformed'],
    ['without the field', { body: 'signed=1' }, 'Malformed'],
    ['in a query', { ...form(signed(payload)), method: 'GET' as const }, 'Malformed'],
    ['that names nobody', form(signed({ ...payload, user_id: undefined })), 'Ignored'],
  ])('%s is not believed', async (_, request, kind) => {
    expect((await hear(request)).kind).toBe(kind);
  });

  it('is believed of no app without a secret', async () => {
    expect((await hearing(facebook, undefined)(form(signed(payload, '')))).kind).toBe('Forged');
  });
});

/** The vector of the reference, made by another implementation. */
const vector = {
  secret: 'example-webhook-secret',
  id: 'f1a2b3c4-0000-4000-8000-0123456789ab',
  at: '2026-11-22T10:00:00.123456789Z',
  body: '{"subscription":{"id":"11111111-2222-4333-8444-555555555555","status":"enabled","type":"user.authorization.revoke","version":"1"},"event":{"client_id":"exampleclientid0000000000000000","user_id":"123456789","user_login":null,"user_name":null}}',
  signature: 'sha256=424809fbb435530a75d72cb34b7b09814e53f86efca4eedb2291ecba52e3e59a',
};

describe('a signed body with id and time', () => {
  const hear = hearing(twitch, vector.secret);
  const headers = (of: Record<string, string> = {}) => ({
    'twitch-eventsub-message-id': vector.id,
    'twitch-eventsub-message-timestamp': vector.at,
    'twitch-eventsub-message-type': 'notification',
    'twitch-eventsub-message-signature': vector.signature,
    ...of,
  });
  const signed = (
    body: string,
    { id = vector.id, at = vector.at, secret = vector.secret, type = 'notification' } = {},
  ) => ({
    body,
    headers: headers({
      'twitch-eventsub-message-id': id,
      'twitch-eventsub-message-timestamp': at,
      'twitch-eventsub-message-type': type,
      'twitch-eventsub-message-signature': `sha256=${createHmac('sha256', secret)
        .update(id + at + body)
        .digest('hex')}`,
    }),
  });

  it('names the account', async () => {
    expect(await hear({ body: vector.body, headers: headers() })).toEqual({
      kind: 'Signal',
      signal: { id: vector.id, event: 'user.authorization.revoke', subjects: ['123456789'] },
      answer: { status: 204, type: 'text/plain', body: '' },
    });
  });

  it('proves the address by what it is asked', async () => {
    const body = JSON.stringify({ challenge: 'pogchamp-kappa', subscription: { type: 'user.authorization.revoke' } });
    const heard = await hear(signed(body, { type: 'webhook_callback_verification' }));
    expect(heard).toEqual({ kind: 'Challenged', answer: { status: 200, type: 'text/plain', body: 'pogchamp-kappa' } });
  });

  const other = vector.body.replace('123456789"', '123456780"');
  const { 'twitch-eventsub-message-id': _id, ...withoutId } = headers();
  const late = new Date(Date.parse(vector.at) - 10 * 60_000).toISOString();
  const early = new Date(Date.parse(vector.at) + 12 * 60_000).toISOString();
  it.each([
    ['of another body', { body: other, headers: headers() }, 'Forged'],
    ['with a space more', { body: `${vector.body} `, headers: headers() }, 'Forged'],
    ['under another id', { body: vector.body, headers: headers({ 'twitch-eventsub-message-id': 'x' }) }, 'Forged'],
    [
      'at another time',
      { body: vector.body, headers: headers({ 'twitch-eventsub-message-timestamp': '2026-11-22T10:00:30Z' }) },
      'Forged',
    ],
    ['by another app', signed(vector.body, { secret: 'another-secret' }), 'Forged'],
    ['without a signature', { body: vector.body, headers: {} }, 'Forged'],
    [
      'with an empty signature',
      { body: vector.body, headers: headers({ 'twitch-eventsub-message-signature': 'sha256=' }) },
      'Forged',
    ],
    [
      'with its signature under another name',
      {
        body: vector.body,
        headers: headers({ 'twitch-eventsub-message-signature': vector.signature.replace('sha256', 'sha512') }),
      },
      'Forged',
    ],
    ['without the id that is signed', { body: vector.body, headers: withoutId }, 'Forged'],
    ['older than ten minutes', signed(vector.body, { at: late }), 'Old'],
    ['from the future', signed(vector.body, { at: early }), 'Old'],
    ['of no time', signed(vector.body, { at: 'yesterday' }), 'Old'],
    [
      'a challenge that is old',
      signed('{"challenge":"x"}', { at: late, type: 'webhook_callback_verification' }),
      'Old',
    ],
    ['a challenge by nobody', { ...signed('{"challenge":"x"}', { secret: 'no' }) }, 'Forged'],
    ['of another event', signed(vector.body.replace('authorization.revoke', 'authorization.grant')), 'Ignored'],
    ['that is no JSON', signed('nothing'), 'Malformed'],
    ['that is a list', signed('[]'), 'Ignored'],
    ['by GET', { method: 'GET' as const, headers: headers() }, 'Malformed'],
  ])('%s is not believed', async (_, request, kind) => {
    expect((await hear(request)).kind).toBe(kind);
  });
});

describe('a signed body alone', () => {
  const secret = 'exampleConsumerSecret02';
  const hear = hearing(x, secret);
  const message = JSON.stringify({
    data: {
      event_uuid: '7000000000000000001',
      event_type: 'oauth.revoke',
      payload: { user_id: '2244990000000000001' },
    },
  });
  const signature = (body: string) => `sha256=${createHmac('sha256', secret).update(body).digest('base64')}`;

  it('proves the address with the vector of the reference', async () => {
    const heard = await hear({ method: 'GET', query: { crc_token: 'exampleCrcToken' } });
    expect(heard).toMatchObject({
      kind: 'Challenged',
      answer: { body: '{"response_token":"sha256=3PptvBQ4StNYzzenmefBZ3cPdLnQ5aacwZygZosrjMw="}' },
    });
  });

  it('signs nothing that could be a message', async () => {
    expect((await hear({ method: 'GET', query: { crc_token: message } })).kind).toBe('Malformed');
    expect((await hear({ method: 'GET', query: {} })).kind).toBe('Malformed');
  });

  it('names the account, whose id is longer than a number', async () => {
    const heard = await hear({ body: message, headers: { 'x-twitter-webhooks-signature': signature(message) } });
    expect(heard).toMatchObject({
      kind: 'Signal',
      signal: { id: '7000000000000000001', event: 'oauth.revoke', subjects: ['2244990000000000001'] },
    });
  });

  it('is not believed with a signature of another body', async () => {
    const headers = { 'x-twitter-webhooks-signature': signature(`${message} `) };
    expect((await hear({ body: message, headers })).kind).toBe('Forged');
  });
});

describe('a security event token', () => {
  const issuer = 'https://accounts.google.com/';
  const revoked = 'https://schemas.openid.net/secevent/oauth/event-type/tokens-revoked';
  const verification = 'https://schemas.openid.net/secevent/risc/event-type/verification';
  let keys: Awaited<ReturnType<typeof generateKeyPair>>;
  let others: Awaited<ReturnType<typeof generateKeyPair>>;
  let asked: string[];
  let published: object[];
  let isAway: boolean;
  let configured: string;

  beforeAll(async () => {
    keys = await generateKeyPair('RS256', { extractable: true });
    others = await generateKeyPair('RS256', { extractable: true });
  });

  const send: Send = async ({ url }) => {
    asked.push(url);
    const body = url.endsWith('risc-configuration')
      ? { issuer: configured, jwks_uri: 'https://www.googleapis.com/oauth2/v3/certs' }
      : { keys: published };
    const answer = {
      status: isAway ? 503 : 200,
      headers: {},
      text: JSON.stringify(body),
      startedAt: now,
      isCut: false,
    };
    return { kind: 'Answer', answer };
  };
  const fresh = async () => {
    asked = [];
    isAway = false;
    configured = issuer;
    published = [{ ...(await exportJWK(keys.publicKey)), kid: 'one', alg: 'RS256', use: 'sig' }];
    return hearing(youtube, undefined, { send, clientId: '111-example.apps.googleusercontent.com' });
  };
  const subject = { subject_type: 'iss-sub', iss: issuer, sub: '100000000000000000001' };
  type Claims = Readonly<Record<string, unknown>>;
  const token = (of: Claims = {}, { kid = 'one', by = keys.privateKey, alg = 'RS256' } = {}): Promise<string> =>
    new SignJWT({
      ...{ iss: issuer, aud: '111-example.apps.googleusercontent.com', iat: 1_795_341_600, jti: 'ev-0001' },
      events: { [revoked]: { subject } },
      ...of,
    })
      .setProtectedHeader({ alg, kid, typ: 'secevent+jwt' })
      .sign(by);

  it('names the person, whatever end it claims', async () => {
    const hear = await fresh();
    for (const of of [{}, { exp: 1_000 }, { aud: ['other', '111-example.apps.googleusercontent.com'] }]) {
      expect(await hear({ body: await token(of) })).toMatchObject({
        kind: 'Signal',
        signal: { id: 'ev-0001', event: revoked, subjects: ['100000000000000000001'] },
        answer: { status: 202 },
      });
    }
    expect(asked).toEqual([
      'https://accounts.google.com/.well-known/risc-configuration',
      'https://www.googleapis.com/oauth2/v3/certs',
    ]);
  });

  it('is acknowledged where it only asks whether we are there', async () => {
    const hear = await fresh();
    const heard = await hear({ body: await token({ events: { [verification]: { state: 'x' } } }) });
    expect(heard).toMatchObject({ kind: 'Ignored', answer: { status: 202 } });
  });

  it.each<readonly [string, () => Promise<string>, string]>([
    ['for another client', (): Promise<string> => token({ aud: '222.apps.googleusercontent.com' }), 'Forged'],
    ['of another issuer', (): Promise<string> => token({ iss: 'https://accounts.example.com/' }), 'Forged'],
    ['signed by somebody else', (): Promise<string> => token({}, { by: others.privateKey }), 'Forged'],
    [
      'by a key that nobody published',
      (): Promise<string> => token({}, { by: others.privateKey, kid: 'two' }),
      'Forged',
    ],
    [
      'with another payload',
      async (): Promise<string> => (await token()).replace(/\.[^.]+\./, `.${Buffer.from('{}').toString('base64url')}.`),
      'Forged',
    ],
    [
      'without a signature',
      async (): Promise<string> => `${(await token()).split('.').slice(0, 2).join('.')}.`,
      'Malformed',
    ],
    ['without an id', (): Promise<string> => token({ jti: undefined }), 'Malformed'],
    ['without events', (): Promise<string> => token({ events: undefined }), 'Malformed'],
    ['that is no token', async () => 'hello', 'Malformed'],
  ])('%s is not believed', async (_, made, kind) => {
    const hear = await fresh();
    expect((await hear({ body: await made() })).kind).toBe(kind);
  });

  it('by a secret instead of a key is not believed', async () => {
    const hear = await fresh();
    const body = await new SignJWT({ iss: issuer, aud: '111-example.apps.googleusercontent.com', jti: 'x', events: {} })
      .setProtectedHeader({ alg: 'HS256', kid: 'one' })
      .sign(Buffer.from('0123456789abcdef0123456789abcdef'));
    expect((await hear({ body })).kind).toBe('Forged');
  });

  it('by a secret that the issuer published among its keys is not believed', async () => {
    const hear = await fresh();
    const secret = Buffer.from('0123456789abcdef0123456789abcdef');
    published = [{ kty: 'oct', k: secret.toString('base64url'), kid: 'one', alg: 'HS256' }];
    const claims = { iss: issuer, aud: '111-example.apps.googleusercontent.com', jti: 'x' };
    const body = await new SignJWT({ ...claims, events: { [revoked]: { subject } } })
      .setProtectedHeader({ alg: 'HS256', kid: 'one' })
      .sign(secret);
    expect((await hear({ body })).kind).toBe('Forged');
  });

  it('is not believed where the configuration of its keys is that of another issuer', async () => {
    const hear = await fresh();
    configured = 'https://accounts.example.com/';
    expect((await hear({ body: await token() })).kind).toBe('Failed');
  });

  it('by GET is not believed', async () => {
    const hear = await fresh();
    expect((await hear({ body: await token(), method: 'GET' })).kind).toBe('Malformed');
  });

  it('by a new key is believed once the issuer has published it, and nobody can make us ask all the time', async () => {
    const hear = await fresh();
    await hear({ body: await token() });
    published.push({ ...(await exportJWK(others.publicKey)), kid: 'two', alg: 'RS256', use: 'sig' });
    const body = await token({}, { by: others.privateKey, kid: 'two' });
    expect((await hear({ body })).kind).toBe('Forged');
    expect(asked).toHaveLength(2);
    now += 61_000;
    expect((await hear({ body })).kind).toBe('Signal');
    expect(asked).toHaveLength(4);
  });

  it('by a key that the issuer took back is believed for six hours at most', async () => {
    const hear = await fresh();
    expect((await hear({ body: await token() })).kind).toBe('Signal');
    published = [{ ...(await exportJWK(others.publicKey)), kid: 'two', alg: 'RS256', use: 'sig' }];
    now += 5 * 3_600_000;
    expect((await hear({ body: await token({ jti: 'later' }) })).kind).toBe('Signal');
    now += 2 * 3_600_000;
    expect((await hear({ body: await token({ jti: 'latest' }) })).kind).toBe('Forged');
  });

  it('waits where the keys cannot be had, and the known ones stay in use', async () => {
    const hear = await fresh();
    isAway = true;
    expect((await hear({ body: await token() })).kind).toBe('Failed');
    expect((await hear({ body: await token() })).kind).toBe('Failed');
    expect(asked).toHaveLength(1);
    isAway = false;
    now += 61_000;
    expect((await hear({ body: await token() })).kind).toBe('Signal');
    isAway = true;
    now += 7 * 3_600_000;
    expect((await hear({ body: await token() })).kind).toBe('Signal');
  });
});

it('sends nothing to receive: then nothing is believed', async () => {
  expect((await hearing(tiktok, 'secret')({ body: '{}' })).kind).toBe('Malformed');
});
