import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type LinkedinClient,
  linkedinClient,
  linkedinMember,
  linkedinPaths,
  linkedinScopes,
  runWithLinkedin,
} from './linkedin-client.ts';
import type { AppInput } from './model.ts';
import { dayMs } from './running.ts';

let linkedin: LinkedinClient;

beforeEach(async () => {
  linkedin = await runWithLinkedin();
});

afterEach(async () => {
  await linkedin.simulator.stop();
});

const deadRefresh = {
  error: 'invalid_request',
  error_description: 'The provided authorization grant or refresh token is invalid, expired or revoked',
};
const yearSeconds = 365 * 86_400;

describe('LinkedIn, refresh', () => {
  it('returns sixty days, the same refresh token, and what is left of its year', async () => {
    const { accessToken, refreshToken } = await linkedin.mint({ obtainedAt: Date.now() - 100 * dayMs });
    const { json } = await linkedin.refresh(refreshToken);
    expect(json).toEqual({
      access_token: expect.stringMatching(/^AQX.{480,510}$/),
      expires_in: 5_184_000,
      refresh_token: refreshToken,
      refresh_token_expires_in: expect.closeTo(265 * 86_400, -1),
      scope: linkedinScopes.join(','),
      token_type: 'Bearer',
    });
    expect(json?.access_token).not.toBe(accessToken);
    await linkedin.refresh(refreshToken);
    const { doubleSpends, replays, complaints } = await linkedin.simulator.control.summary();
    expect({ doubleSpends, replays, complaints }).toEqual({ doubleSpends: [], replays: [], complaints: [] });
  });

  it('moves the end of neither: refreshed on day 360, both are over five days later', async () => {
    const { refreshToken, refreshExpiresAt, consentedAt } = await linkedin.mint({
      obtainedAt: Date.now() - 360 * dayMs,
    });
    expect(refreshExpiresAt).toBe(consentedAt + 365 * dayMs);
    const { json } = await linkedin.refresh(refreshToken);
    const fiveDays = expect.closeTo(5 * 86_400, -1);
    expect(json).toMatchObject({ expires_in: fiveDays, refresh_token_expires_in: fiveDays });
    await linkedin.shift(5 * dayMs + 1);
    expect((await linkedin.refresh(refreshToken)).json).toEqual(deadRefresh);
    expect((await linkedin.introspect(String(json?.access_token))).json).toMatchObject({ status: 'expired' });
    expect(await linkedin.ends()).toEqual(['aged-out']);
  });

  it.each<[Partial<AppInput>, string, unknown]>([
    [{ quirks: ['space-scopes'] }, 'scope', linkedinScopes.join(' ')],
    [{ quirks: ['refresh-end-in-minutes'] }, 'refresh_token_expires_in', expect.closeTo(yearSeconds / 60, -1)],
    [{ accessLifetimeSeconds: 90 }, 'expires_in', 90],
  ])('of an app with %o shows it in %s', async (change, member, value) => {
    await linkedin.app(change);
    const { refreshToken } = await linkedin.mint();
    expect((await linkedin.refresh(refreshToken)).json?.[member]).toEqual(value);
  });

  it('is not to be had by an app without programmatic refresh: the grant is sixty days long', async () => {
    await linkedin.app({ quirks: ['no-refresh-tokens'] });
    const minted = await linkedin.simulator.control.mintGrant({ ...linkedinMember, clientId: 'li' });
    expect(minted).toMatchObject({ refreshToken: null, expiresAt: minted.obtainedAt + 60 * dayMs });
    await linkedin.shift(60 * dayMs);
    expect((await linkedin.introspect(minted.accessToken)).json).toMatchObject({ active: false, status: 'expired' });
    expect(await linkedin.ends()).toEqual(['token-expired']);
  });

  it.each<[string, object, number, object, string[]]>([
    ['a refresh token that nobody has', {}, 400, deadRefresh, []],
    ['an unknown client', { client_id: 'nobody' }, 401, { error: 'invalid_client' }, []],
    [
      'a wrong secret',
      { client_secret: 'wrong' },
      401,
      { error: 'invalid_client', error_description: 'Client authentication failed' },
      [],
    ],
    [
      'another parameter',
      { scope: 'openid' },
      400,
      { error: 'invalid_request', error_description: 'parameter scope is not known here' },
      ['parameter scope is not known here'],
    ],
    [
      'another grant type',
      { grant_type: 'password' },
      400,
      { error: 'invalid_request' },
      ['parameter refresh_token is not known here'],
    ],
  ])('is refused for %s', async (_name, form, status, body, complaints) => {
    const answer = await linkedin.refresh('nobody', form);
    expect(answer.status).toBe(status);
    expect(answer.json).toMatchObject(body);
    expect(await linkedin.simulator.complaintTexts()).toEqual(complaints);
  });

  it('is refused to an app that is suspended, or that the token is not of', async () => {
    const { refreshToken } = await linkedin.mint();
    await linkedin.app({ suspended: true });
    expect((await linkedin.refresh(refreshToken)).json).toMatchObject({ error: 'invalid_client' });
    await linkedin.simulator.control.createApp({ platform: 'linkedin', clientId: 'l2', clientSecret: 's2' });
    const other = await linkedin.refresh(refreshToken, { client_id: 'l2', client_secret: 's2' });
    expect(other.json).toEqual(deadRefresh);
  });
});

describe('LinkedIn, another consent of the same member and app', () => {
  it('ends what was given for other scopes, and lets the same scopes in any order live', async () => {
    const first = await linkedin.mint();
    await linkedin.mint({ scopes: linkedinScopes.toReversed() });
    expect(await linkedin.ends()).toEqual([null, null]);
    await linkedin.mint({ scopes: ['openid'] });
    expect(await linkedin.ends()).toEqual(['scope-set-changed', 'scope-set-changed', null]);
    expect((await linkedin.refresh(first.refreshToken)).json).toEqual(deadRefresh);
    expect((await linkedin.introspect(first.accessToken)).json).toMatchObject({ active: false, status: 'revoked' });
    expect((await linkedin.simulator.control.summary()).lostGrants).toEqual([]);
  });

  it('leaves other apps alone', async () => {
    await linkedin.simulator.control.createApp({ platform: 'linkedin', clientId: 'l2' });
    await linkedin.mint();
    await linkedin.mint({ clientId: 'l2', scopes: ['openid'] });
    expect(await linkedin.ends()).toEqual([null, null]);
  });
});

describe('LinkedIn, consent', () => {
  const callback = 'https://127.0.0.1/callback';
  const query = {
    ...{ response_type: 'code', client_id: 'li', redirect_uri: callback, state: 's1' },
    scope: 'openid profile rw_organization_admin',
  };
  const ask = (change: object = { approve: linkedinMember.accountId }) =>
    linkedin.simulator.wire.get(`${linkedinPaths.consent}?${new URLSearchParams({ ...query, ...change })}`);
  const backFrom = async (change?: object) => new URL((await ask(change)).headers.get('location') ?? '').searchParams;
  const exchange = (code: string | null, change: object = {}) =>
    linkedin.simulator.wire.post(linkedinPaths.token, {
      ...{ grant_type: 'authorization_code', code: code ?? '', redirect_uri: callback },
      ...linkedinClient,
      ...change,
    });

  it('leads to a pair for a year, and an id_token that says who signed in', async () => {
    const { json } = await exchange((await backFrom()).get('code'));
    expect(json).toMatchObject({
      expires_in: 5_184_000,
      refresh_token_expires_in: yearSeconds,
      scope: 'openid,profile,rw_organization_admin',
    });
    const claims = JSON.parse(Buffer.from(String(json?.id_token).split('.')[1] ?? '', 'base64url').toString());
    expect(claims).toMatchObject({ aud: 'li', sub: linkedinMember.accountId });
    expect(await linkedin.simulator.complaintTexts()).toEqual([]);
  });

  it('gives no id_token without openid', async () => {
    const back = await backFrom({ approve: linkedinMember.accountId, scope: 'r_basicprofile' });
    expect((await exchange(back.get('code'))).json).not.toHaveProperty('id_token');
  });

  it.each<[number, number, string]>([
    [29 * 60_000, 200, 'undefined'],
    [30 * 60_000 + 1, 400, 'invalid_redirect_uri'],
  ])('gives a code for half an hour: after %d ms it says %d (%s)', async (byMs, status, error) => {
    const back = await backFrom();
    await linkedin.shift(byMs);
    const answer = await exchange(back.get('code'));
    expect({ status: answer.status, error: String(answer.json?.error) }).toEqual({ status, error });
  });

  it('takes a code once', async () => {
    const code = (await backFrom()).get('code');
    await exchange(code);
    expect(await exchange(code)).toMatchObject({
      status: 401,
      json: { error: 'invalid_request', error_description: 'authorization code not found' },
    });
    const other = await backFrom();
    const elsewhere = await exchange(other.get('code'), { redirect_uri: 'https://127.0.0.1/other' });
    expect(elsewhere.json).toMatchObject({ error: 'invalid_redirect_uri' });
  });

  it('tells that the member cancelled, or that the app may not ask for these scopes', async () => {
    expect((await backFrom({ decline: '1' })).get('error')).toBe('user_cancelled_authorize');
    await linkedin.app({ quirks: ['product-missing'] });
    const back = await backFrom();
    expect([back.get('error'), back.get('state')]).toEqual(['unauthorized_scope_error', 's1']);
    const plain = await backFrom({ approve: linkedinMember.accountId, scope: 'openid' });
    expect(plain.get('code')).toMatch(/^AQT/);
  });

  it.each<[object, string]>([
    [{ code_challenge: 'c', code_challenge_method: 'S256' }, 'code_challenge is not known here'],
    [{ scope: 'openid,profile' }, 'the scopes are not separated'],
    [{ redirect_uri: 'https://elsewhere.example/' }, 'does not match the registered value'],
    [{ prompt: 'none' }, 'prompt is not known here'],
  ])('shows an error page for %o and complains', async (change, text) => {
    const answer = await ask(change);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(text);
    expect(await linkedin.simulator.complaintTexts()).toHaveLength(1);
  });
});

describe('LinkedIn, introspection', () => {
  it('tells what a token is', async () => {
    const { accessToken, expiresAt, consentedAt, obtainedAt } = await linkedin.mint({
      ...{ consentedAt: Date.now() - 3 * dayMs, obtainedAt: Date.now() - dayMs },
    });
    const seconds = (at: number | null) => Math.floor(Number(at) / 1000);
    expect((await linkedin.introspect(accessToken)).json).toEqual({
      ...{ active: true, client_id: 'li', status: 'active', auth_type: '3L' },
      ...{ authorized_at: seconds(consentedAt), created_at: seconds(obtainedAt), expires_at: seconds(expiresAt) },
      scope: linkedinScopes.join(','),
    });
  });

  it('knows that a token has expired, though nobody looked since', async () => {
    const { accessToken } = await linkedin.mint({ obtainedAt: Date.now() - 61 * dayMs });
    expect((await linkedin.introspect(accessToken)).json).toMatchObject({ active: false, status: 'expired' });
  });

  it.each<[string, (client: LinkedinClient) => Promise<unknown>, object]>([
    ['revoked', (client) => client.strike('disconnected'), { active: false, status: 'revoked', client_id: 'li' }],
    ['expired', (client) => client.shift(61 * dayMs), { active: false, status: 'expired' }],
    ['revoked before it expired', (client) => client.strike('token-ended-early'), { status: 'revoked' }],
  ])('answers 200 to a token that is %s', async (_name, end, body) => {
    const { accessToken } = await linkedin.mint();
    await end(linkedin);
    const answer = await linkedin.introspect(accessToken);
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject(body);
  });

  it.each<[string, object, number, object]>([
    ['an unknown client', { client_id: 'nobody' }, 400, { error: 'invalid_client' }],
    ['a wrong secret', { client_secret: 'wrong' }, 401, { error: 'invalid_client' }],
    ['no token of LinkedIn', { token: 'nothing' }, 400, { error: 'invalid_request' }],
    ['a token that nobody has', { token: 'AQXnothing' }, 200, { active: false }],
  ])('answers to %s', async (_name, form, status, body) => {
    const answer = await linkedin.introspect('AQX', form);
    expect({ status: answer.status, json: answer.json }).toEqual({ status, json: expect.objectContaining(body) });
  });

  it('says of another app’s token, and of a refresh token, no more than that it is not active', async () => {
    const { accessToken, refreshToken } = await linkedin.mint();
    await linkedin.simulator.control.createApp({ platform: 'linkedin', clientId: 'l2', clientSecret: 's2' });
    const others = await linkedin.introspect(accessToken, { client_id: 'l2', client_secret: 's2' });
    expect(others.json).toEqual({ active: false });
    expect((await linkedin.introspect(refreshToken)).json).toEqual({ active: false });
  });
});

describe('LinkedIn, revoke', () => {
  it.each(['accessToken', 'refreshToken'] as const)('ends the grant with its %s', async (which) => {
    const minted = await linkedin.mint();
    const form = { token: minted[which], ...linkedinClient };
    expect((await linkedin.simulator.wire.post(linkedinPaths.revoke, form)).status).toBe(200);
    expect(await linkedin.ends()).toEqual(['revoked-by-client']);
  });
});
