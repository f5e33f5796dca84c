import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AppInput, Cause, MintInput } from './model.ts';
import { dayMs, type RunningSimulator, runSimulator } from './running.ts';

const callback = 'https://127.0.0.1/callback';
const paths = {
  consent: '/id.kick.com/oauth/authorize',
  token: '/id.kick.com/oauth/token',
  introspect: '/id.kick.com/oauth/token/introspect',
  revoke: '/id.kick.com/oauth/revoke',
  users: '/api.kick.com/public/v1/users',
};

let simulator: RunningSimulator;

beforeEach(async () => {
  simulator = await runSimulator();
  const { control } = simulator;
  const redirectUris = [callback];
  await control.createApp({ platform: 'kick', clientId: 'ki', clientSecret: 'ki-secret', redirectUris });
  await control.createAccount({ platform: 'kick', id: '4711', login: 'arena' });
});

afterEach(async () => {
  await simulator.stop();
});

const me = { platform: 'kick', accountId: '4711' };
const scopes = ['user:read', 'channel:read'];
const client = { client_id: 'ki', client_secret: 'ki-secret' };

const app = (change: Partial<AppInput>) => simulator.control.updateApp({ platform: 'kick', clientId: 'ki', ...change });
const mint = async (input: Partial<MintInput> = {}) => {
  const { refreshToken, ...minted } = await simulator.control.mintGrant({ ...me, clientId: 'ki', scopes, ...input });
  return { ...minted, refreshToken: refreshToken ?? '' };
};
const post = (form: object) => simulator.wire.post(paths.token, { ...client, ...form });
const refresh = (token: string, more: object = {}) =>
  post({ grant_type: 'refresh_token', refresh_token: token, ...more });
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const introspect = (token: string) => simulator.wire.send('POST', paths.introspect, bearer(token));
const users = (token: string) => simulator.wire.get(paths.users, bearer(token));
const strike = (cause: Cause) => simulator.control.strike({ ...me, cause });
const shift = (byMs: number) => simulator.control.shiftClock({ platform: 'kick', byMs });
const ends = async () => (await simulator.control.grants()).map(({ endedBy }) => endedBy);
const dead = { error: 'invalid_grant', error_description: 'The refresh token is invalid or expired' };
const invalidRequest = { error: 'Invalid request' };

describe('Kick, refresh', () => {
  it('gives two hours, as text, and a new refresh token; the one before is dead then', async () => {
    const minted = await mint();
    const { json } = await refresh(minted.refreshToken);
    expect(json).toEqual({
      ...{ access_token: expect.any(String), token_type: 'Bearer', refresh_token: expect.any(String) },
      ...{ expires_in: '7200', scope: 'user:read channel:read' },
    });
    expect(json?.refresh_token).not.toBe(minted.refreshToken);
    expect(await refresh(minted.refreshToken)).toMatchObject({ status: 400, json: dead });
    expect((await refresh(String(json?.refresh_token))).status).toBe(200);
    expect((await simulator.control.summary()).doubleSpends).toHaveLength(1);
  });

  it('is softer with rotate: the one before works until its successor does', async () => {
    await app({ rotate: 'always' });
    const { refreshToken } = await mint();
    await refresh(refreshToken);
    const { json } = await refresh(refreshToken);
    expect((await refresh(String(json?.refresh_token))).status).toBe(200);
    expect((await refresh(refreshToken)).json).toEqual(dead);
    expect((await simulator.control.summary()).doubleSpends).toEqual([]);
  });

  it.each<[AppInput['quirks'], boolean]>([
    [[], true],
    [['hard-end'], false],
  ])('of an app with %o on day 29 helps beyond the thirty days: %s', async (quirks, helps) => {
    await app({ quirks: quirks ?? [] });
    const { refreshToken, refreshExpiresAt, obtainedAt } = await mint({ obtainedAt: Date.now() - 29 * dayMs });
    expect(refreshExpiresAt).toBe(obtainedAt + 30 * dayMs);
    const { json } = await refresh(refreshToken);
    await shift(2 * dayMs);
    expect((await refresh(String(json?.refresh_token))).status).toBe(helps ? 200 : 400);
    expect(await ends()).toEqual([helps ? null : 'aged-out']);
  });

  it.each<[AppInput['quirks'], string, object, unknown]>([
    [['numeric-expiry'], 'living', {}, 7200],
    [['vague-rejection'], 'nobody', invalidRequest, undefined],
  ])('of an app with %o', async (quirks, which, body, expiry) => {
    await app({ quirks: quirks ?? [] });
    const { refreshToken } = await mint();
    const { json } = await refresh(which === 'living' ? refreshToken : which);
    expect(json).toMatchObject(body);
    expect(json?.expires_in).toBe(expiry);
  });

  it.each<[string, object, number, object, string[]]>([
    ['an unknown client', { client_id: 'nobody' }, 401, { error: 'invalid_client' }, []],
    ['a wrong secret', { client_secret: 'wrong' }, 401, { error: 'invalid_client' }, []],
    ['a refresh token that nobody has', {}, 400, dead, []],
    ['another parameter', { scope: 'a' }, 400, invalidRequest, ['parameter scope is not known here']],
    [
      'another grant type',
      { grant_type: 'password' },
      ...([400, invalidRequest, ['parameter refresh_token is not known here']] as [number, object, string[]]),
    ],
  ])('is refused for %s', async (_name, form, status, body, complaints) => {
    const answer = await refresh('nobody', form);
    expect({ status: answer.status, json: answer.json }).toEqual({ status, json: body });
    expect(await simulator.complaintTexts()).toEqual(complaints);
  });
});

describe('Kick, consent', () => {
  const verifier = 'v'.repeat(43);
  const query = {
    ...{ response_type: 'code', client_id: 'ki', redirect_uri: callback, scope: scopes.join(' '), state: 's1' },
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    ...{ code_challenge_method: 'S256', approve: me.accountId },
  };
  const ask = (change: object = {}) =>
    simulator.wire.get(`${paths.consent}?${new URLSearchParams({ ...query, ...change })}`);
  const exchange = async (change: object = {}) => {
    const back = new URL((await ask()).headers.get('location') ?? '').searchParams;
    const form = { code: back.get('code') ?? '', redirect_uri: callback, code_verifier: verifier };
    return post({ grant_type: 'authorization_code', ...form, ...change });
  };

  it('leads to a pair', async () => {
    const { json } = await exchange();
    expect(json).toMatchObject({ scope: scopes.join(' '), refresh_token: expect.any(String) });
    expect(await simulator.complaintTexts()).toEqual([]);
  });

  it.each<[object, object, number]>([
    [{ code_verifier: 'w'.repeat(43) }, { error: 'invalid_grant' }, 0],
    [{ code: 'nobody' }, { error: 'invalid_grant' }, 0],
    [{ code_verifier: '' }, invalidRequest, 1],
    [{ redirect_uri: 'https://127.0.0.1/other' }, invalidRequest, 1],
  ])('is refused with %o', async (change, body, complaints) => {
    expect(await exchange(change)).toMatchObject({ status: 400, json: body });
    expect(await simulator.complaintTexts()).toHaveLength(complaints);
  });

  it.each<[object, string]>([
    [{ code_challenge: '' }, 'code_challenge is missing'],
    [{ state: '' }, 'state is missing'],
    [{ scope: 'user:read,channel:read' }, 'the scopes are not separated'],
    [{ redirect_uri: 'https://elsewhere.example/' }, 'invalid redirect uri'],
  ])('shows an error page for %o and complains', async (change, text) => {
    const answer = await ask(change);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(text);
    expect(await simulator.complaintTexts()).toHaveLength(1);
  });
});

describe('Kick, introspection', () => {
  it('tells what the token is, by the token alone', async () => {
    const { accessToken, expiresAt } = await mint();
    expect((await introspect(accessToken)).json).toEqual({
      data: {
        ...{ active: true, client_id: 'ki', token_type: 'user', scope: 'user:read channel:read' },
        exp: Math.floor(Number(expiresAt) / 1000),
      },
      message: 'OK',
    });
  });

  it('tells of an app’s own token, which lasts sixty days', async () => {
    const { json } = await post({ grant_type: 'client_credentials' });
    expect(json).toEqual({ access_token: expect.any(String), token_type: 'Bearer', expires_in: '5184000' });
    const state = await introspect(String(json?.access_token));
    expect(state.json).toMatchObject({ data: { active: true, token_type: 'app', scope: '' } });
    expect((await users(String(json?.access_token))).status).toBe(401);
  });

  it('tells of a dead one that it is not active', async () => {
    const { accessToken } = await mint();
    await strike('token-ended-early');
    expect(await introspect(accessToken)).toMatchObject({ status: 200, json: { data: { active: false } } });
  });

  it.each<[string, Record<string, string>, string | undefined]>([
    ['no token', {}, undefined],
    ['a body', bearer('some'), 'token=some'],
  ])('takes %s for wrong', async (_name, headers, body) => {
    const answer = await simulator.wire.send('POST', paths.introspect, headers, body);
    expect(answer).toMatchObject({ status: 400, json: invalidRequest });
    expect(await simulator.complaintTexts()).toHaveLength(1);
  });
});

describe('Kick, users', () => {
  it('tells the person, by a number', async () => {
    const { accessToken } = await mint();
    const { text } = await users(accessToken);
    expect(text).toContain('"user_id":4711,"name":"arena"');
  });

  it.each<[string, Partial<MintInput>, number]>([
    ['without the scope', { scopes: ['channel:read'] }, 403],
    ['that is out', { obtainedAt: Date.now() - 7_200_001 }, 401],
  ])('refuses a token %s', async (_name, input, status) => {
    const { accessToken } = await mint(input);
    expect((await users(accessToken)).status).toBe(status);
    expect(await simulator.complaintTexts()).toEqual([]);
  });
});

describe('Kick, struck', () => {
  it.each<[Cause, string, AppInput['quirks']]>([
    ['disconnected', 'disconnected', []],
    ['deleted', 'deleted', []],
    ['unused', 'aged-out', []],
    ['consent-over', 'aged-out', ['hard-end']],
  ])('by %s ends the grant (%s) of an app with %o', async (cause, endedBy, quirks) => {
    await app({ quirks: quirks ?? [] });
    const { accessToken, refreshToken } = await mint();
    expect(await strike(cause)).toEqual({ ended: 1 });
    expect((await introspect(accessToken)).json).toMatchObject({ data: { active: false } });
    expect((await refresh(refreshToken)).json).toEqual(dead);
    expect(await ends()).toEqual([endedBy]);
  });

  it.each<[Cause, AppInput['quirks']]>([
    ['consent-over', []],
    ['unused', ['hard-end']],
  ])('by %s is not possible with an app with %o', async (cause, quirks) => {
    await app({ quirks: quirks ?? [] });
    await mint();
    await expect(strike(cause)).rejects.toThrow('it has no such end by age');
  });

  it('by the early end of a token goes on with a refresh', async () => {
    const { refreshToken } = await mint();
    await strike('token-ended-early');
    expect((await refresh(refreshToken)).status).toBe(200);
  });
});

describe('Kick, revoke', () => {
  const revoke = (token: string, hint: string, body?: string) =>
    simulator.wire.send('POST', `${paths.revoke}?${new URLSearchParams({ token, token_hint_type: hint })}`, {}, body);

  it('ends an access token alone', async () => {
    const { accessToken, refreshToken } = await mint();
    expect(await revoke(accessToken, 'access_token')).toMatchObject({ status: 200, text: 'OK' });
    expect((await introspect(accessToken)).json).toMatchObject({ data: { active: false } });
    expect((await refresh(refreshToken)).status).toBe(200);
  });

  it('ends the grant with its refresh token, where it is called one', async () => {
    const { accessToken, refreshToken } = await mint();
    expect((await revoke(refreshToken, 'access_token')).status).toBe(400);
    expect((await revoke(refreshToken, 'refresh_token')).text).toBe('OK');
    expect((await introspect(accessToken)).json).toMatchObject({ data: { active: false } });
    expect(await ends()).toEqual(['revoked-by-client']);
  });

  it.each<[string, string, string, string | undefined, number]>([
    ['a token that nobody has', 'nobody', 'access_token', undefined, 0],
    ['another hint', 'nobody', 'token', undefined, 1],
    ['a body', 'nobody', 'access_token', 'token=nobody', 1],
  ])('refuses %s', async (_name, token, hint, body, complaints) => {
    expect(await revoke(token, hint, body)).toMatchObject({ status: 400, json: invalidRequest });
    expect(await simulator.complaintTexts()).toHaveLength(complaints);
  });
});
