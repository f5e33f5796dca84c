import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AppInput, Cause, MintedGrant } from './model.ts';
import { dayMs, type RunningSimulator, runSimulator } from './running.ts';
import type { WireAnswer } from './wire-client.ts';
import { type Signing, sendSigned } from './x-signer.ts';

const callback = 'https://127.0.0.1/callback';
const host = '/api.x.com';
const paths = {
  requestToken: `${host}/oauth/request_token`,
  authorize: `${host}/oauth/authorize`,
  authenticate: `${host}/oauth/authenticate`,
  accessToken: `${host}/oauth/access_token`,
  invalidate: `${host}/1.1/oauth/invalidate_token.json`,
  verify: `${host}/1.1/account/verify_credentials.json`,
  me: `${host}/2/users/me`,
};

let simulator: RunningSimulator;

beforeEach(async () => {
  simulator = await runSimulator();
  const { control } = simulator;
  const key = { platform: 'x', clientId: 'key', clientSecret: 'consumer-secret' };
  await control.createApp({ ...key, redirectUris: [callback] });
  await control.createAccount({ platform: 'x', id: '2244990000000000001', login: 'studio', displayName: 'Studio' });
});

afterEach(async () => {
  await simulator.stop();
});

const me = { platform: 'x', accountId: '2244990000000000001' };

const send = (path: string, signing: Signing) => sendSigned(simulator.wire, path, signing);
const mint = () => simulator.control.mintGrant({ ...me, clientId: 'key', oauth1: true });
const tokenOf = ({ accessToken, tokenSecret }: MintedGrant) => ({ value: accessToken, secret: tokenSecret ?? '' });
const app = (change: Partial<AppInput>) => simulator.control.updateApp({ platform: 'x', clientId: 'key', ...change });
const shift = (byMs: number) => simulator.control.shiftClock({ platform: 'x', byMs });
const ends = async () => (await simulator.control.grants()).map(({ endedBy }) => endedBy);
const codeOf = ({ json }: WireAnswer) => (json?.errors as { code: number }[] | undefined)?.[0]?.code;
const formOf = ({ text }: WireAnswer) => Object.fromEntries(new URLSearchParams(text));

async function askForToken() {
  const answer = await send(paths.requestToken, { method: 'POST', oauth: { oauth_callback: callback } });
  const { oauth_token: value = '', oauth_token_secret: secret = '' } = formOf(answer);
  return { value, secret };
}

async function backFrom(path: string, query: Record<string, string>): Promise<URLSearchParams> {
  const answer = await simulator.wire.get(`${path}?${new URLSearchParams(query)}`);
  expect(answer.status).toBe(302);
  return new URL(answer.headers.get('location') ?? '').searchParams;
}

/** From the request token to the verifier. */
async function approved() {
  const token = await askForToken();
  const back = await backFrom(paths.authorize, { oauth_token: token.value, approve: me.accountId });
  return { token, verifier: back.get('oauth_verifier') ?? '', back };
}

const trade = (token: Signing['token'], verifier: string) =>
  send(paths.accessToken, { method: 'POST', ...(token && { token }), oauth: { oauth_verifier: verifier } });

describe('X, three legs of OAuth 1.0a', () => {
  it('lead to a token with a secret and no end, and to who it is', async () => {
    const { token, verifier, back } = await approved();
    expect(back.get('oauth_token')).toBe(token.value);
    const answer = await trade(token, verifier);
    const { oauth_token: value = '', oauth_token_secret: secret = '', ...person } = formOf(answer);
    expect(answer.headers.get('content-type')).toContain('application/x-www-form-urlencoded');
    expect(person).toEqual({ user_id: me.accountId, screen_name: 'studio' });
    await shift(1000 * dayMs);
    const oauth = { oauth_timestamp: secondsFromNow(1000 * 86_400) };
    const { json } = await send(paths.me, { token: { value, secret }, oauth });
    expect(json).toEqual({ data: { id: me.accountId, name: 'Studio', username: 'studio' } });
    expect(await simulator.complaintTexts()).toEqual([]);
  });

  it('begin with a confirmed callback', async () => {
    const answer = await send(paths.requestToken, { method: 'POST', oauth: { oauth_callback: callback } });
    expect(formOf(answer)).toEqual({
      oauth_token: expect.stringMatching(/./),
      oauth_token_secret: expect.stringMatching(/./),
      oauth_callback_confirmed: 'true',
    });
  });

  it('take callback and verifier in the form too', async () => {
    const asked = await send(paths.requestToken, { method: 'POST', form: { oauth_callback: callback } });
    const { oauth_token: value = '', oauth_token_secret: secret = '' } = formOf(asked);
    const back = await backFrom(paths.authorize, { oauth_token: value, approve: me.accountId });
    const form = { oauth_verifier: back.get('oauth_verifier') ?? '' };
    expect((await send(paths.accessToken, { method: 'POST', token: { value, secret }, form })).status).toBe(200);
    expect(await simulator.complaintTexts()).toEqual([]);
  });

  it('refuse a callback that is not registered', async () => {
    const oauth = { oauth_callback: 'https://elsewhere.example/' };
    const answer = await send(paths.requestToken, { method: 'POST', oauth });
    expect({ status: answer.status, code: codeOf(answer) }).toEqual({ status: 403, code: 415 });
    expect(await simulator.complaintTexts()).toEqual(['oauth_callback is not registered with the app']);
  });

  it('list the accounts, and tell that the person denied', async () => {
    const { value } = await askForToken();
    const page = await simulator.wire.get(`${paths.authorize}?oauth_token=${value}`);
    expect(page.text).toContain('Continue as studio (2244990000000000001)');
    const back = await backFrom(paths.authorize, { oauth_token: value, decline: '1' });
    expect(Object.fromEntries(back)).toEqual({ denied: value });
    expect((await simulator.wire.get(`${paths.authorize}?oauth_token=${value}`)).status).toBe(400);
  });

  it('take a verifier once, and call the second time a double spend', async () => {
    const { token, verifier } = await approved();
    expect((await simulator.wire.get(`${paths.authorize}?oauth_token=${token.value}`)).status).toBe(400);
    expect((await trade(token, verifier)).status).toBe(200);
    const again = await trade(token, verifier);
    expect({ status: again.status, code: codeOf(again) }).toEqual({ status: 401, code: 89 });
    const { doubleSpends } = await simulator.control.summary();
    expect(doubleSpends).toEqual([expect.objectContaining({ kind: 'code', replay: true, accountId: me.accountId })]);
  });

  it('refuse another verifier, and one that is late', async () => {
    const { token, verifier } = await approved();
    expect(codeOf(await trade(token, 'another'))).toBe(89);
    await shift(240_000);
    const other = await approved();
    expect(codeOf(await trade(token, other.verifier))).toBe(89);
    await shift(70_000);
    expect(codeOf(await trade(token, verifier))).toBe(89);
  });

  it('skip the page for a person who is signed in and said yes before, unless told to ask', async () => {
    const ask = async (more: object) => {
      const { value } = await askForToken();
      return simulator.wire.get(`${paths.authenticate}?${new URLSearchParams({ oauth_token: value, ...more })}`);
    };
    expect((await ask({ screen_name: 'studio' })).status).toBe(200);
    await mint();
    expect((await ask({})).status).toBe(200);
    expect((await ask({ screen_name: 'studio', force_login: 'true' })).status).toBe(200);
    const skipped = await ask({ screen_name: 'studio' });
    expect(skipped.headers.get('location')).toContain('oauth_verifier=');
  });

  it('leave grants of OAuth 2.0 alone, and earlier ones of OAuth 1.0a', async () => {
    await simulator.control.mintGrant({ ...me, clientId: 'key', scopes: ['offline.access'] });
    await mint();
    await mint();
    expect(await ends()).toEqual([null, null, null]);
    await simulator.control.mintGrant({ ...me, clientId: 'key', scopes: ['offline.access'] });
    expect(await ends()).toEqual(['superseded', null, null, null]);
  });

  it('keep their secrets findable', async () => {
    const { token, verifier } = await approved();
    const secrets = await simulator.control.secrets({ platform: 'x' });
    expect(secrets).toContainEqual({ kind: 'request-token', platform: 'x', value: token.value });
    expect(secrets).toContainEqual({ kind: 'token-secret', platform: 'x', value: token.secret });
    expect(secrets).toContainEqual({ kind: 'code', platform: 'x', value: verifier });
  });
});

const secondsFromNow = (seconds: number) => String(Math.floor(Date.now() / 1000) + seconds);

describe('X, a signature', () => {
  it('counts the query, the form and the header, and may be of the address as it was sent', async () => {
    const token = tokenOf(await mint());
    const query = { include_email: 'false', skip_status: 'true' };
    expect((await send(paths.verify, { token, query })).status).toBe(200);
    const address = `https://${simulator.wire.host}${paths.verify}`;
    expect((await send(paths.verify, { token, query, address })).status).toBe(200);
    expect((await send(paths.verify, { token, address: `https:/${paths.me}` })).status).toBe(401);
  });

  it.each<[string, Signing, number, string[]]>([
    ['a wrong consumer secret', { clientSecret: 'wrong' }, 32, []],
    ['an unknown consumer key', { oauth: { oauth_consumer_key: 'nobody' } }, 32, ['in the name of another app']],
    ['an unknown token', { oauth: { oauth_token: 'nobody' } }, 89, []],
    ['a clock that is slow', { oauth: { oauth_timestamp: secondsFromNow(-301) } }, 135, []],
    ['a clock that is fast', { oauth: { oauth_timestamp: secondsFromNow(10_000) } }, 135, []],
  ])('is refused with %s', async (_name, signing, code, complaints) => {
    const answer = await send(paths.me, { token: tokenOf(await mint()), ...signing });
    expect({ status: answer.status, code: codeOf(answer) }).toEqual({ status: 401, code });
    expect(await simulator.complaintTexts()).toEqual(complaints.map((text) => expect.stringContaining(text)));
  });

  it.each<[Signing, string]>([
    [{ spoil: (header) => header.replace(/, oauth_signature="[^"]*"/, '') }, 'oauth_signature is missing or empty'],
    [{ oauth: { oauth_signature_method: 'PLAINTEXT' } }, 'oauth_signature_method must be HMAC-SHA1'],
    [{ oauth: { oauth_version: '2.0' } }, 'oauth_version must be 1.0'],
    [{ oauth: { oauth_body_hash: 'x' } }, 'parameter oauth_body_hash is not known here'],
    [{ query: { fields: 'x' } }, 'parameter fields is not known here'],
    [{ spoil: (header) => header.replace(/%3D"/, '="') }, 'of the Authorization header is not percent-encoded'],
    [{ spoil: (header) => `${header}, oauth_version="1.0"` }, 'parameter oauth_version was sent more than once'],
    [{ spoil: () => 'OAuth nothing' }, 'the request needs an Authorization header of OAuth 1.0a'],
    [{ method: 'POST', form: { a: 'b' } }, 'parameter a is not known here'],
  ])('is refused that is not as documented (%o)', async (signing, complaint) => {
    const path = signing.method === 'POST' ? paths.invalidate : paths.me;
    const answer = await send(path, { token: tokenOf(await mint()), ...signing });
    expect({ status: answer.status, code: codeOf(answer) }).toEqual({ status: 400, code: 215 });
    expect(await simulator.complaintTexts()).toEqual([expect.stringContaining(complaint)]);
  });

  it('is refused with a wrong token secret, and with another app’s token', async () => {
    const token = tokenOf(await mint());
    expect(codeOf(await send(paths.me, { token: { ...token, secret: 'wrong' } }))).toBe(32);
    await simulator.control.createApp({ platform: 'x', clientId: 'k2', clientSecret: 's2' });
    const others = { token, clientSecret: 's2', oauth: { oauth_consumer_key: 'k2' } };
    expect(codeOf(await send(paths.me, others))).toBe(89);
  });

  it('is refused with a nonce that came before, and taken with it at another second', async () => {
    const token = tokenOf(await mint());
    const once = { token, oauth: { oauth_nonce: 'once', oauth_timestamp: secondsFromNow(0) } };
    expect((await send(paths.me, once)).status).toBe(200);
    expect(codeOf(await send(paths.me, once))).toBe(32);
    expect(await simulator.complaintTexts()).toEqual(['oauth_nonce was used before with this timestamp']);
    const later = { token, oauth: { oauth_nonce: 'once', oauth_timestamp: secondsFromNow(60) } };
    expect((await send(paths.me, later)).status).toBe(200);
  });

  it('is wrong with the old consumer secret after the keys were made anew', async () => {
    const token = tokenOf(await mint());
    const { clientSecret } = await simulator.control.rotateAppSecret({ platform: 'x', clientId: 'key' });
    expect(codeOf(await send(paths.me, { token }))).toBe(32);
    expect((await send(paths.me, { token, clientSecret: clientSecret ?? '' })).status).toBe(200);
  });

  it('is no Bearer token: neither kind goes the other way', async () => {
    const { accessToken } = await mint();
    expect((await simulator.wire.get(paths.me, { authorization: `Bearer ${accessToken}` })).status).toBe(401);
    const bearer = await simulator.control.mintGrant({ ...me, clientId: 'key', scopes: ['offline.access'] });
    expect(codeOf(await send(paths.me, { token: { value: bearer.accessToken, secret: '' } }))).toBe(89);
    const legacy = await simulator.wire.get(paths.verify, { authorization: `Bearer ${bearer.accessToken}` });
    expect(legacy.json?.type).toMatch(/\/unsupported-authentication$/);
  });
});

describe('X, who a signed request is', () => {
  it('is told by verify_credentials with a number beyond 2^53', async () => {
    const { text, headers } = await send(paths.verify, { token: tokenOf(await mint()) });
    expect(text).toBe(
      '{"id":2244990000000000001,"id_str":"2244990000000000001","name":"Studio","screen_name":"studio"}',
    );
    expect(headers.get('x-rate-limit-limit')).toBe('75');
  });

  it.each<[Cause, number]>([
    ['suspended', 64],
    ['locked', 326],
    ['spam-blocked', 226],
  ])('is told with a number when %s, until it is cured', async (cause, code) => {
    const token = tokenOf(await mint());
    await simulator.control.strike({ ...me, cause });
    const answer = await send(paths.me, { token });
    expect({ status: answer.status, code: codeOf(answer) }).toEqual({ status: 403, code });
    await simulator.control.cure({ ...me, cause });
    expect((await send(paths.me, { token })).status).toBe(200);
  });

  it.each<[Partial<AppInput>, number, number]>([
    [{ suspended: true }, 401, 416],
    [{ quirks: ['client-not-enrolled'] }, 403, 261],
    [{ quirks: ['rate-limited'] }, 429, 88],
  ])('is not told to an app with %o', async (change, status, code) => {
    const token = tokenOf(await mint());
    await app(change);
    const answer = await send(paths.verify, { token });
    expect({ status: answer.status, code: codeOf(answer) }).toEqual({ status, code });
  });

  it.each<Cause>(['disconnected', 'deleted', 'token-ended-early'])('is nobody after %s', async (cause) => {
    const token = tokenOf(await mint());
    expect(await simulator.control.strike({ ...me, cause })).toEqual({ ended: 1 });
    const answer = await send(paths.me, { token });
    expect({ status: answer.status, code: codeOf(answer) }).toEqual({ status: 401, code: 89 });
    expect(await ends()).toEqual([cause]);
  });

  it('does not age', async () => {
    await mint();
    await expect(simulator.control.strike({ ...me, cause: 'unused' })).rejects.toThrow('no such end by age');
    await expect(simulator.control.strike({ ...me, cause: 'token-expired' })).rejects.toThrow('no such end by age');
  });
});

describe('X, invalidate_token', () => {
  it('ends the very token that signs it', async () => {
    const token = tokenOf(await mint());
    const answer = await send(paths.invalidate, { method: 'POST', token });
    expect({ status: answer.status, json: answer.json }).toEqual({ status: 200, json: { access_token: token.value } });
    expect(codeOf(await send(paths.me, { token }))).toBe(89);
    expect(await ends()).toEqual(['revoked-by-client']);
  });
});
