import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AppInput } from './model.ts';
import { dayMs, paths, type RunningSimulator, runSimulator, twitchForm } from './running.ts';
import type { WireAnswer } from './wire-client.ts';

let simulator: RunningSimulator;

beforeEach(async () => {
  simulator = await runSimulator();
});

afterEach(async () => {
  await simulator.stop();
});

const app = (change: Partial<AppInput>) =>
  simulator.control.updateApp({ platform: 'twitch', clientId: 'tw', ...change });

const refreshTokenOf = (answer: WireAnswer): string => String(answer.json?.refresh_token);
const accessTokenOf = (answer: WireAnswer): string => String(answer.json?.access_token);
const invalidRefresh = { status: 400, message: 'Invalid refresh token' };

describe('Twitch, refresh', () => {
  it('returns a pair with the same refresh token, scopes as an array, and about four hours of life', async () => {
    const grant = await simulator.mintTwitch();
    const answer = await simulator.refreshTwitch(grant.refreshToken);
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({
      access_token: expect.stringMatching(/^[a-z0-9]{30}$/),
      expires_in: 14_210,
      refresh_token: grant.refreshToken,
      scope: ['channel:manage:broadcast'],
      token_type: 'bearer',
    });
    expect(await simulator.complaintTexts()).toEqual([]);
  });

  it('keeps a rotated refresh token working until its successor is first spent', async () => {
    await app({ rotate: 'always' });
    const { refreshToken } = await simulator.mintTwitch();
    const lost = refreshTokenOf(await simulator.refreshTwitch(refreshToken));
    const successor = refreshTokenOf(await simulator.refreshTwitch(refreshToken));
    expect(new Set([refreshToken, lost, successor]).size).toBe(3);
    expect((await simulator.refreshTwitch(successor)).status).toBe(200);
    expect((await simulator.refreshTwitch(refreshToken)).json).toEqual(invalidRefresh);
    const { replays, doubleSpends, lostGrants } = await simulator.control.summary();
    expect({ replays: replays.length, doubleSpends, lostGrants }).toEqual({
      replays: 1,
      doubleSpends: [],
      lostGrants: [],
    });
  });

  it('cuts the whole connection of person and app when a public client replays a spent token', async () => {
    const { refreshToken } = await simulator.mintTwitch({ clientId: 'public' });
    const other = await simulator.mintTwitch({ clientId: 'public' });
    const elsewhere = await simulator.mintTwitch({ clientId: 'public', accountId: '2' });
    const first = await simulator.refreshPublic(refreshToken);
    expect(refreshTokenOf(first)).not.toBe(refreshToken);
    expect((await simulator.refreshPublic(refreshToken)).json).toEqual(invalidRefresh);
    expect((await simulator.refreshPublic(refreshTokenOf(first))).json).toEqual(invalidRefresh);
    expect((await simulator.refreshPublic(other.refreshToken)).json).toEqual(invalidRefresh);
    expect((await simulator.validateTwitch(accessTokenOf(first))).status).toBe(401);
    expect((await simulator.refreshPublic(elsewhere.refreshToken)).status).toBe(200);
    const { doubleSpends, lostGrants } = await simulator.control.summary();
    expect(doubleSpends.map(({ replay, singleUse, rejected }) => ({ replay, singleUse, rejected }))).toEqual([
      { replay: true, singleUse: true, rejected: true },
    ]);
    expect(lostGrants.map(({ cause }) => cause)).toEqual(['replay', 'replay']);
  });

  it('ends a public refresh token 30 days after it was made, and its successor 30 days after that', async () => {
    const { refreshToken } = await simulator.mintTwitch({ clientId: 'public', obtainedAt: Date.now() - 29 * dayMs });
    const second = refreshTokenOf(await simulator.refreshPublic(refreshToken));
    await simulator.control.shiftClock({ platform: 'twitch', byMs: 29 * dayMs });
    const third = refreshTokenOf(await simulator.refreshPublic(second));
    await simulator.control.shiftClock({ platform: 'twitch', byMs: 30 * dayMs });
    expect((await simulator.refreshPublic(third)).json).toEqual(invalidRefresh);
    const [view] = await simulator.control.grants({ clientId: 'public' });
    expect(view).toMatchObject({ alive: false, endedBy: 'aged-out', refreshes: 2 });
    expect((await simulator.control.summary()).lostGrants).toEqual([]);
  });

  it.each<[string, Partial<AppInput>, (body: Record<string, unknown>) => unknown, unknown]>([
    ['leaves out expires_in', { quirks: ['omit-expires-in'] }, (body) => 'expires_in' in body, false],
    ['leaves out scope', { quirks: ['omit-scope'] }, (body) => 'scope' in body, false],
    ['announces a shorter life', { accessLifetimeSeconds: 90 }, (body) => body.expires_in, 90],
    ['announces more than it keeps', { silentLifetimeSeconds: 60 }, (body) => body.expires_in, 14_210],
  ])('%s when told to', async (_name, change, read, expected) => {
    await app(change);
    const { refreshToken } = await simulator.mintTwitch();
    expect(read((await simulator.refreshTwitch(refreshToken)).json ?? {})).toBe(expected);
  });

  it('lets a token die earlier than announced', async () => {
    await app({ silentLifetimeSeconds: 60 });
    const access = accessTokenOf(await simulator.refreshTwitch((await simulator.mintTwitch()).refreshToken));
    expect((await simulator.validateTwitch(access)).status).toBe(200);
    await simulator.control.shiftClock({ platform: 'twitch', byMs: 61_000 });
    expect((await simulator.validateTwitch(access)).status).toBe(401);
  });

  it('notes the fifty-first valid access token on one refresh token', async () => {
    const { refreshToken } = await simulator.mintTwitch();
    for (let count = 0; count < 49; count += 1) {
      await simulator.refreshTwitch(refreshToken);
    }
    expect(await simulator.complaintTexts()).toEqual([]);
    await simulator.refreshTwitch(refreshToken);
    expect(await simulator.complaintTexts()).toEqual(['more than 50 valid access tokens on one refresh token']);
  });
});

describe('Twitch, refusals at the token endpoint', () => {
  it.each<[string, Record<string, string>, number, string]>([
    ['an unknown refresh token', { refresh_token: 'nobody' }, 400, 'Invalid refresh token'],
    ['an unknown client', { client_id: 'nobody' }, 400, 'invalid client'],
    ['a wrong client secret', { client_secret: 'wrong' }, 403, 'invalid client secret'],
  ])('answers to %s, which is no complaint', async (_name, form, status, message) => {
    const answer = await simulator.refreshTwitch('some', form);
    expect({ status: answer.status, body: answer.json }).toEqual({ status, body: { status, message } });
    expect(await simulator.complaintTexts()).toEqual([]);
  });

  it('answers 401 to a dead refresh token where its documentation is followed', async () => {
    await app({ quirks: ['reject-with-401'] });
    expect((await simulator.refreshTwitch('nobody')).json).toEqual({ status: 401, message: 'Invalid refresh token' });
  });

  it('knows a suspended app no more', async () => {
    const { refreshToken } = await simulator.mintTwitch();
    await app({ suspended: true });
    expect((await simulator.refreshTwitch(refreshToken)).json).toEqual({ status: 400, message: 'invalid client' });
    await app({ suspended: false });
    expect((await simulator.refreshTwitch(refreshToken)).status).toBe(200);
  });

  it('refuses the old client secret after it was rotated, and spends nothing', async () => {
    const { refreshToken } = await simulator.mintTwitch();
    const { clientSecret } = await simulator.control.rotateAppSecret({ platform: 'twitch', clientId: 'tw' });
    expect((await simulator.refreshTwitch(refreshToken)).status).toBe(403);
    const form = { client_secret: String(clientSecret) };
    expect((await simulator.refreshTwitch(refreshToken, form)).status).toBe(200);
    const spends = await simulator.control.spends();
    expect(spends.map(({ outcome, rejected }) => [outcome, rejected])).toEqual([
      ['refused', false],
      ['granted', false],
    ]);
  });

  const body = new URLSearchParams(twitchForm('r')).toString();
  const json = { 'content-type': 'application/json' };
  it.each<[string, string, string, Record<string, string>, string, string | RegExp]>([
    ['an unknown parameter', '', `${body}&scope=a`, {}, 'parameter scope is not known here', /scope/],
    [
      'a repeated parameter',
      '',
      `${body}&client_id=tw`,
      {},
      'parameter client_id was sent more than once',
      /client_id/,
    ],
    ['a parameter in the query', '?client_id=tw', body, {}, 'parameter client_id stands in the query', /query/],
    ['another media type', '', '{}', json, 'Content-Type must be application/x-www-form-urlencoded', /Content-Type/],
    ['Basic authentication', '', body, { authorization: 'Basic dHc6cw==' }, 'an Authorization header', /Authorization/],
    ['no client_id', '', body.replace('client_id=tw&', ''), {}, 'parameter client_id is missing', /client_id/],
    [
      'no client secret',
      '',
      body.replace('client_secret=tw-secret&', ''),
      {},
      'a confidential client sent no client_secret',
      'missing client secret',
    ],
    ['another grant type', '', 'grant_type=password', {}, 'grant_type is not one', 'Invalid grant type'],
  ])('refuses %s with 400 and complains', async (_name, query, sent, headers, complaint, message) => {
    const answer = await simulator.wire.post(paths.twitchToken + query, sent, headers);
    expect(answer.json).toEqual({ status: 400, message: expect.stringMatching(message) });
    expect((await simulator.complaintTexts())[0]).toContain(complaint);
  });

  it.each<[string, Record<string, string>, number, string, string]>([
    ['a secret', { client_secret: 'x' }, 403, 'invalid client secret', 'a public client sent a client_secret'],
    ['client credentials', { grant_type: 'client_credentials' }, 400, 'Invalid grant type', 'a public client may only'],
  ])('refuses %s from a public client', async (_name, change, status, message, complaint) => {
    const form: Record<string, string> = { grant_type: 'refresh_token', client_id: 'public', ...change };
    if (form.grant_type === 'refresh_token') {
      form.refresh_token = 'r';
    }
    expect((await simulator.wire.post(paths.twitchToken, form)).json).toEqual({ status, message });
    expect((await simulator.complaintTexts())[0]).toContain(complaint);
  });

  it("complains when a refresh token goes out in another app's name, and refuses it", async () => {
    await simulator.control.createApp({ platform: 'twitch', clientId: 'tw2', clientSecret: 's2' });
    const { refreshToken } = await simulator.mintTwitch();
    const answer = await simulator.refreshTwitch(refreshToken, { client_id: 'tw2', client_secret: 's2' });
    expect(answer.json).toEqual(invalidRefresh);
    expect(await simulator.complaintTexts()).toEqual([
      'the refresh token of grant g1 was sent in the name of another app',
    ]);
  });

  it('complains when a token reaches another platform', async () => {
    const { refreshToken } = await simulator.mintTwitch();
    expect((await simulator.refreshYoutube(refreshToken)).status).toBe(400);
    expect(await simulator.complaintTexts()).toEqual(['the refresh token of grant g1 on twitch was sent here']);
  });
});

describe('Twitch, app tokens', () => {
  const form = { grant_type: 'client_credentials', client_id: 'tw', client_secret: 'tw-secret' };

  it('issues one for client credentials: sixty days, no refresh token, no user in validate', async () => {
    const answer = await simulator.wire.post(paths.twitchToken, form);
    expect(answer.json).toEqual({ access_token: expect.any(String), expires_in: 5_184_000, token_type: 'bearer' });
    const validated = await simulator.validateTwitch(accessTokenOf(answer));
    expect(validated.json).toEqual({ client_id: 'tw', scopes: null, expires_in: expect.any(Number) });
  });

  it('counts a second request as a renewal of the same grant', async () => {
    await simulator.wire.post(paths.twitchToken, form);
    await simulator.wire.post(paths.twitchToken, form);
    expect(await simulator.control.grants()).toEqual([
      expect.objectContaining({ accountId: null, alive: true, refreshes: 1 }),
    ]);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['has expired', () => simulator.control.shiftClock({ platform: 'twitch', byMs: 61 * dayMs })],
    ['was ended', () => simulator.control.endAccessTokens({ platform: 'twitch' })],
  ])('renews the same grant after its token %s', async (_name, end) => {
    await simulator.wire.post(paths.twitchToken, form);
    await end();
    expect((await simulator.control.grants())[0]).toMatchObject({ alive: true, endedBy: null });
    await simulator.wire.post(paths.twitchToken, form);
    expect(await simulator.control.grants()).toEqual([expect.objectContaining({ refreshes: 1 })]);
  });
});

describe('Twitch, validate and identity', () => {
  it('tells client, login, user, scopes and remaining seconds', async () => {
    const { accessToken } = await simulator.mintTwitch({ obtainedAt: Date.now() - 3_600_000 });
    const { json } = await simulator.validateTwitch(accessToken);
    expect(json).toEqual({
      client_id: 'tw',
      login: 'mainstage',
      user_id: '1',
      scopes: ['channel:manage:broadcast'],
      expires_in: expect.any(Number),
    });
    expect(Math.abs(Number(json?.expires_in) - 10_610)).toBeLessThan(5);
  });

  it.each<[string, Record<string, string>, string, number]>([
    ['a dead token', { authorization: 'OAuth nothing' }, 'invalid access token', 0],
    ['no header', {}, 'missing authorization token', 1],
    ['the scheme Bearer', { authorization: 'Bearer nothing' }, 'invalid access token', 1],
  ])('refuses %s with 401', async (_name, headers, message, complaints) => {
    const answer = await simulator.wire.get(paths.twitchValidate, headers);
    expect(answer.json).toEqual({ status: 401, message });
    expect(await simulator.complaintTexts()).toHaveLength(complaints);
  });

  it('may answer 401 with an empty body', async () => {
    await app({ quirks: ['empty-validate-body'] });
    const { accessToken } = await simulator.mintTwitch({ obtainedAt: Date.now() - dayMs });
    const answer = await simulator.validateTwitch(accessToken);
    expect({ status: answer.status, text: answer.text }).toEqual({ status: 401, text: '' });
  });

  it('tells the user of a token, with rate headers', async () => {
    const { accessToken } = await simulator.mintTwitch({ scopes: ['user:read:email'] });
    const headers = { authorization: `Bearer ${accessToken}`, 'client-id': 'tw' };
    const answer = await simulator.wire.get(paths.twitchUsers, headers);
    expect(answer.json?.data).toEqual([
      expect.objectContaining({ id: '1', login: 'mainstage', email: 'mainstage@example.com' }),
    ]);
    expect(answer.headers.get('ratelimit-limit')).toBe('800');
  });

  it.each<[string, string, string, string, number]>([
    ['a dead token', 'Bearer nothing', 'tw', 'Invalid OAuth token', 0],
    ["another app's id", 'Bearer LIVING', 'public', 'Client ID and OAuth token do not match', 1],
    ['the scheme OAuth', 'OAuth LIVING', 'tw', 'OAuth token is missing', 1],
  ])('refuses %s at helix with 401', async (_name, authorization, clientId, message, complaints) => {
    const { accessToken } = await simulator.mintTwitch();
    const headers = { authorization: authorization.replace('LIVING', accessToken), 'client-id': clientId };
    const answer = await simulator.wire.get(paths.twitchUsers, headers);
    expect(answer.json).toEqual({ error: 'Unauthorized', status: 401, message });
    expect(await simulator.complaintTexts()).toHaveLength(complaints);
  });
});

describe('Twitch, the ends of a grant', () => {
  it('revokes an access token and leaves the refresh token usable', async () => {
    const { accessToken, refreshToken } = await simulator.mintTwitch();
    const answer = await simulator.wire.post(paths.twitchRevoke, { client_id: 'tw', token: accessToken });
    expect({ status: answer.status, text: answer.text }).toEqual({ status: 200, text: '' });
    expect((await simulator.validateTwitch(accessToken)).status).toBe(401);
    expect((await simulator.refreshTwitch(refreshToken)).status).toBe(200);
  });

  it.each<[string, Record<string, string>, number]>([
    ['a token nobody has', { client_id: 'tw', token: 'nothing' }, 400],
    ['an unknown client', { client_id: 'nobody', token: 'nothing' }, 404],
    ['no token', { client_id: 'tw' }, 400],
  ])('refuses to revoke %s', async (_name, form, status) => {
    expect((await simulator.wire.post(paths.twitchRevoke, form)).json).toMatchObject({ status });
  });

  const pair = { platform: 'twitch', clientId: 'tw', accountId: '1' };
  it.each<[string, (running: RunningSimulator) => Promise<unknown>, string]>([
    ['a password change', ({ control }) => control.changePassword({ platform: 'twitch', id: '1' }), 'password-changed'],
    ['disconnecting the app', ({ control }) => control.disconnect(pair), 'disconnected'],
    [
      'deleting the account',
      ({ control }) => control.strike({ platform: 'twitch', cause: 'deleted', accountId: '1' }),
      'deleted',
    ],
  ])('%s kills access and refresh token at once and is no loss', async (_name, end, cause) => {
    const before = Date.now();
    const { accessToken, refreshToken } = await simulator.mintTwitch();
    const bystander = await simulator.mintTwitch({ accountId: '2' });
    await end(simulator);
    expect((await simulator.validateTwitch(accessToken)).status).toBe(401);
    expect((await simulator.refreshTwitch(refreshToken)).json).toEqual(invalidRefresh);
    expect((await simulator.validateTwitch(bystander.accessToken)).status).toBe(200);
    const [view] = await simulator.control.grants({ accountId: '1' });
    expect(view).toMatchObject({ alive: false, endedBy: cause });
    expect(view?.intervals[0]?.to).toBeGreaterThanOrEqual(before);
    expect((await simulator.control.summary()).lostGrants).toEqual([]);
  });

  it('stops the tokens of a suspended account until it is reinstated', async () => {
    const { accessToken, refreshToken } = await simulator.mintTwitch({ obtainedAt: Date.now() - 1000 });
    await simulator.control.strike({ platform: 'twitch', cause: 'suspended', accountId: '1' });
    expect((await simulator.validateTwitch(accessToken)).status).toBe(401);
    expect((await simulator.refreshTwitch(refreshToken)).status).toBe(400);
    const during = Date.now();
    await expect.poll(() => Date.now()).toBeGreaterThan(during);
    await simulator.control.cure({ platform: 'twitch', cause: 'suspended', accountId: '1' });
    expect((await simulator.refreshTwitch(refreshToken)).status).toBe(200);
    expect((await simulator.control.grants())[0]?.intervals).toHaveLength(2);
  });

  it('kills access tokens alone when told to', async () => {
    const { accessToken, refreshToken } = await simulator.mintTwitch();
    expect(await simulator.control.endAccessTokens({ accountId: '1' })).toEqual({ ended: 1 });
    expect((await simulator.validateTwitch(accessToken)).status).toBe(401);
    expect((await simulator.refreshTwitch(refreshToken)).status).toBe(200);
  });
});
