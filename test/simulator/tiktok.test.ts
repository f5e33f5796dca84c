import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AppInput, Cause, MintInput } from './model.ts';
import { dayMs, type RunningSimulator, runSimulator } from './running.ts';

const callback = 'https://127.0.0.1/callback';
const paths = {
  consent: '/www.tiktok.com/v2/auth/authorize/',
  token: '/open.tiktokapis.com/v2/oauth/token/',
  revoke: '/open.tiktokapis.com/v2/oauth/revoke/',
  userInfo: '/open.tiktokapis.com/v2/user/info/',
};

let simulator: RunningSimulator;

beforeEach(async () => {
  simulator = await runSimulator();
  const { control } = simulator;
  const redirectUris = [callback];
  await control.createApp({ platform: 'tiktok', clientId: 'tk', clientSecret: 'tk-secret', redirectUris });
  await control.createAccount({ platform: 'tiktok', id: '_000aBcD', login: 'dance', displayName: 'Dance' });
});

afterEach(async () => {
  await simulator.stop();
});

const me = { platform: 'tiktok', accountId: '_000aBcD' };
const scopes = ['user.info.basic', 'video.publish'];
const client = { client_key: 'tk', client_secret: 'tk-secret' };

const app = (change: Partial<AppInput>) =>
  simulator.control.updateApp({ platform: 'tiktok', clientId: 'tk', ...change });
const mint = async (input: Partial<MintInput> = {}) => {
  const { refreshToken, ...minted } = await simulator.control.mintGrant({ ...me, clientId: 'tk', scopes, ...input });
  return { ...minted, refreshToken: refreshToken ?? '' };
};
const post = (form: object) => simulator.wire.post(paths.token, { ...client, ...form });
const refresh = (token: string, more: object = {}) =>
  post({ grant_type: 'refresh_token', refresh_token: token, ...more });
const userInfo = (token: string, fields = '?fields=open_id,display_name') =>
  simulator.wire.get(paths.userInfo + fields, { authorization: `Bearer ${token}` });
const strike = (cause: Cause, more: object = {}) => simulator.control.strike({ ...me, cause, ...more });
const shift = (byMs: number) => simulator.control.shiftClock({ platform: 'tiktok', byMs });
const ends = async () => (await simulator.control.grants()).map(({ endedBy }) => endedBy);
const dead = { error: 'invalid_grant', error_description: expect.any(String), log_id: expect.stringMatching(/^\d+$/) };

describe('TikTok, refresh', () => {
  it('gives two hours, and a new refresh token for half a year; the one before is dead then', async () => {
    const minted = await mint();
    const { json } = await refresh(minted.refreshToken);
    expect(json).toEqual({
      ...{ open_id: '_000aBcD', scope: 'user.info.basic,video.publish', token_type: 'Bearer' },
      ...{ access_token: expect.stringMatching(/^act\./), expires_in: 7200 },
      ...{ refresh_token: expect.stringMatching(/^rft\./), refresh_expires_in: 180 * 86_400 },
    });
    expect(json?.refresh_token).not.toBe(minted.refreshToken);
    expect(await refresh(minted.refreshToken)).toMatchObject({ status: 400, json: dead });
    expect((await refresh(String(json?.refresh_token))).status).toBe(200);
    const { doubleSpends, lostGrants } = await simulator.control.summary();
    expect([doubleSpends.length, lostGrants.length]).toEqual([1, 0]);
  });

  it('counts the half year from the issue of each', async () => {
    const { refreshToken, refreshExpiresAt, obtainedAt } = await mint({ obtainedAt: Date.now() - 179 * dayMs });
    expect(refreshExpiresAt).toBe(obtainedAt + 180 * dayMs);
    const { json } = await refresh(refreshToken);
    await shift(180 * dayMs);
    expect((await refresh(String(json?.refresh_token))).json).toEqual(dead);
    expect(await ends()).toEqual(['aged-out']);
  });

  it.each<[AppInput['rotate'], boolean]>([
    ['never', true],
    ['always', false],
  ])('is with old lifetimes for a year and rotates %s', async (rotate, isSame) => {
    await app({ quirks: ['old-lifetimes'], accessLifetimeSeconds: 86_400, ...(rotate && { rotate }) });
    const { refreshToken } = await mint({ obtainedAt: Date.now() - 100 * dayMs });
    const { json } = await refresh(refreshToken);
    expect(json?.expires_in).toBe(86_400);
    expect(json?.refresh_token === refreshToken).toBe(isSame);
    expect(json?.refresh_expires_in).toBeCloseTo((isSame ? 265 : 365) * 86_400, -1);
    expect((await refresh(refreshToken)).status).toBe(200);
  });

  it.each<[string, object, number, object, string[]]>([
    ['an unknown key', { client_key: 'nobody' }, 401, { error: 'invalid_client' }, []],
    ['a wrong secret', { client_secret: 'wrong' }, 401, { error: 'invalid_client' }, []],
    [
      'client_id, which has another name here',
      { client_id: 'tk' },
      ...([400, { error: 'invalid_request' }, ['parameter client_id is not known here']] as [number, object, string[]]),
    ],
    [
      'another grant type',
      { grant_type: 'device' },
      ...([400, { error: 'invalid_request' }, ['parameter refresh_token is not known here']] as [
        number,
        object,
        string[],
      ]),
    ],
  ])('is refused for %s', async (_name, form, status, body, complaints) => {
    const answer = await refresh('some', form);
    expect(answer.status).toBe(status);
    expect(answer.json).toMatchObject({ ...body, log_id: expect.any(String) });
    expect(await simulator.complaintTexts()).toEqual(complaints);
  });

  it('is refused with HTTP 200 where an app is told so', async () => {
    await app({ quirks: ['errors-with-200'] });
    expect(await refresh('nobody')).toMatchObject({ status: 200, json: dead });
    expect(await refresh('some', { client_secret: 'wrong' })).toMatchObject({ status: 200 });
    expect((await simulator.control.spends()).map(({ outcome }) => outcome)).toEqual(['rejected', 'refused']);
  });

  it('is refused to an app that is suspended, and to another app', async () => {
    const { refreshToken } = await mint();
    await app({ suspended: true });
    expect((await refresh(refreshToken)).json).toMatchObject({ error: 'unauthorized_client' });
    await simulator.control.createApp({ platform: 'tiktok', clientId: 't2', clientSecret: 's2' });
    expect((await refresh(refreshToken, { client_key: 't2', client_secret: 's2' })).json).toEqual(dead);
    expect(await simulator.complaintTexts()).toHaveLength(1);
  });
});

describe('TikTok, an app’s own token', () => {
  it('lasts two hours and is renewed by asking again', async () => {
    const { json } = await post({ grant_type: 'client_credentials' });
    expect(json).toEqual({ access_token: expect.stringMatching(/^act\./), expires_in: 7200, token_type: 'Bearer' });
    await post({ grant_type: 'client_credentials' });
    expect(await simulator.control.grants()).toEqual([expect.objectContaining({ accountId: null, refreshes: 1 })]);
    expect((await userInfo(String(json?.access_token))).json).toMatchObject({
      error: { code: 'access_token_invalid' },
    });
  });
});

describe('TikTok, consent', () => {
  const query = {
    ...{ client_key: 'tk', response_type: 'code', scope: scopes.join(','), redirect_uri: callback, state: 's1' },
    approve: me.accountId,
  };
  const ask = (change: object = {}) =>
    simulator.wire.get(`${paths.consent}?${new URLSearchParams({ ...query, ...change })}`);
  const backFrom = async () => new URL((await ask()).headers.get('location') ?? '').searchParams;
  const exchange = (code: string | null, change: object = {}) =>
    post({ grant_type: 'authorization_code', code: code ?? '', redirect_uri: callback, ...change });

  it('leads to a pair', async () => {
    const back = await backFrom();
    const code = back.get('code');
    expect((await exchange(code)).json).toMatchObject({ open_id: '_000aBcD', scope: scopes.join(',') });
    expect((await exchange(code)).json).toEqual(dead);
    const other = (await backFrom()).get('code');
    const elsewhere = await exchange(other, { redirect_uri: 'https://127.0.0.1/other' });
    expect(elsewhere.json).toMatchObject({ error: 'invalid_request' });
  });

  it.each<[object, string]>([
    [{ client_id: 'tk' }, 'client_id is not known here'],
    [{ scope: 'user.info.basic video.publish' }, 'the scopes are not separated'],
    [{ code_challenge: 'c', code_challenge_method: 'S256' }, 'code_challenge is not known here'],
    [{ redirect_uri: 'https://elsewhere.example/' }, 'redirect_uri'],
  ])('shows an error page for %o and complains', async (change, text) => {
    const answer = await ask(change);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(text);
    expect(await simulator.complaintTexts()).toHaveLength(1);
  });
});

describe('TikTok, user info', () => {
  it('tells the fields that are asked for, beside a code that says ok', async () => {
    const { accessToken } = await mint();
    expect((await userInfo(accessToken)).json).toEqual({
      data: { user: { open_id: '_000aBcD', display_name: 'Dance' } },
      error: { code: 'ok', message: '', log_id: expect.any(String) },
    });
    const more = await userInfo(accessToken, '?fields=open_id,union_id,avatar_url,display_name');
    expect(more.json?.data).toEqual({
      user: {
        ...{ open_id: '_000aBcD', display_name: 'Dance', union_id: expect.any(String), avatar_url: expect.any(String) },
      },
    });
  });

  it.each<[string, string, string]>([
    ['no fields', '', 'parameter fields is missing or empty'],
    ['a field that is not there', '?fields=open_id,follower_count', 'field follower_count is not known here'],
  ])('refuses %s', async (_name, query, complaint) => {
    const { accessToken } = await mint();
    const answer = await userInfo(accessToken, query);
    expect(answer).toMatchObject({ status: 400, json: { data: {}, error: { code: 'invalid_params' } } });
    expect(await simulator.complaintTexts()).toEqual([complaint]);
  });

  it.each<[string, Partial<AppInput>, Partial<MintInput>, number, string]>([
    ['a token without the scope', {}, { scopes: ['video.publish'] }, 401, 'scope_not_authorized'],
    ['an app without the scope', { quirks: ['scope-permission-missed'] }, {}, 401, 'scope_permission_missed'],
    ['an app with too many users', { quirks: ['active-user-cap'] }, {}, 403, 'reached_active_user_cap'],
    ['an app that asks too often', { quirks: ['rate-limited'] }, {}, 429, 'rate_limit_exceeded'],
    ['a token that is out', {}, { obtainedAt: Date.now() - 7_200_001 }, 401, 'access_token_invalid'],
  ])('refuses %s', async (_name, change, input, status, code) => {
    const { accessToken } = await mint(input);
    await app(change);
    expect(await userInfo(accessToken)).toMatchObject({ status, json: { error: { code } } });
    expect(await simulator.complaintTexts()).toEqual([]);
  });
});

describe('TikTok, struck', () => {
  it.each<[Cause, string, AppInput['quirks']]>([
    ['disconnected', 'disconnected', []],
    ['deleted', 'deleted', []],
    ['unused', 'aged-out', []],
    ['consent-over', 'aged-out', ['old-lifetimes']],
  ])('by %s ends the grant (%s) of an app with %o', async (cause, endedBy, quirks) => {
    await app({ quirks: quirks ?? [] });
    const { accessToken, refreshToken } = await mint();
    expect(await strike(cause)).toEqual({ ended: 1 });
    expect((await userInfo(accessToken)).status).toBe(401);
    expect((await refresh(refreshToken)).json).toEqual(dead);
    expect(await ends()).toEqual([endedBy]);
  });

  it.each<[Cause, AppInput['quirks']]>([
    ['consent-over', []],
    ['unused', ['old-lifetimes']],
  ])('by %s is not possible with an app with %o', async (cause, quirks) => {
    await app({ quirks: quirks ?? [] });
    await mint();
    await expect(strike(cause)).rejects.toThrow('it has no such end by age');
  });

  it('by a withdrawn permission refreshes to fewer scopes, and says which call lacks one', async () => {
    const { accessToken, refreshToken } = await mint();
    await strike('permission-withdrawn', { scopes: ['user.info.basic'] });
    expect((await userInfo(accessToken)).json).toMatchObject({ error: { code: 'scope_not_authorized' } });
    expect((await refresh(refreshToken)).json).toMatchObject({ scope: 'video.publish' });
  });

  it('by the spam filter stays connected, and is itself again after the cure', async () => {
    const { accessToken, refreshToken } = await mint();
    await strike('spam-blocked');
    expect((await userInfo(accessToken)).json).toMatchObject({ error: { code: expect.stringMatching(/^spam_risk_/) } });
    expect((await refresh(refreshToken)).status).toBe(200);
    await simulator.control.cure({ ...me, cause: 'spam-blocked' });
    expect((await userInfo(accessToken)).status).toBe(200);
  });

  it('by the early end of a token goes on with a refresh', async () => {
    const { accessToken, refreshToken } = await mint();
    await strike('token-ended-early');
    expect((await userInfo(accessToken)).status).toBe(401);
    expect((await refresh(refreshToken)).status).toBe(200);
  });
});

describe('TikTok, revoke', () => {
  it.each(['accessToken', 'refreshToken'] as const)('ends the grant with its %s, once', async (which) => {
    const minted = await mint();
    const form = { ...client, token: minted[which] };
    expect((await simulator.wire.post(paths.revoke, form)).status).toBe(200);
    expect(await ends()).toEqual(['revoked-by-client']);
    expect((await simulator.wire.post(paths.revoke, form)).status).toBe(400);
  });
});
