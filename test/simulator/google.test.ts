import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AppInput, Cause } from './model.ts';
import { dayMs, paths, type RunningSimulator, runSimulator, youtubeForm } from './running.ts';

let simulator: RunningSimulator;

beforeEach(async () => {
  simulator = await runSimulator();
});

afterEach(async () => {
  await simulator.stop();
});

const app = (change: Partial<AppInput>) =>
  simulator.control.updateApp({ platform: 'youtube', clientId: 'yt', ...change });
const strike = (cause: Cause) => simulator.control.strike({ platform: 'youtube', cause, accountId: '10' });
const cure = (cause: Cause) => simulator.control.cure({ platform: 'youtube', cause, accountId: '10' });
const shift = (byMs: number) => simulator.control.shiftClock({ platform: 'youtube', byMs });
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const auth = 'https://www.googleapis.com/auth/';
const deadGrant = { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' };

describe('Google, refresh', () => {
  it('returns a new access token for an hour and no refresh token, as often as one likes', async () => {
    const { refreshToken } = await simulator.mintYoutube();
    await simulator.refreshYoutube(refreshToken);
    const answer = await simulator.refreshYoutube(refreshToken);
    expect(answer.json).toEqual({
      access_token: expect.stringMatching(/^ya29\./),
      expires_in: 3599,
      scope: `${auth}youtube.readonly openid`,
      token_type: 'Bearer',
    });
    const { doubleSpends, replays, complaints } = await simulator.control.summary();
    expect({ doubleSpends, replays, complaints }).toEqual({ doubleSpends: [], replays: [], complaints: [] });
  });

  it('shows a refresh token in the answer when told to', async () => {
    await app({ quirks: ['return-refresh-token'] });
    const { refreshToken } = await simulator.mintYoutube();
    expect((await simulator.refreshYoutube(refreshToken)).json?.refresh_token).toBe(refreshToken);
  });

  it('says how long limited access still lasts, and ends the grant with it', async () => {
    const { refreshToken } = await simulator.mintYoutube({ limitedSeconds: 3600, obtainedAt: Date.now() - 600_000 });
    const left = Number((await simulator.refreshYoutube(refreshToken)).json?.refresh_token_expires_in);
    expect(Math.abs(left - 3000)).toBeLessThan(5);
    await shift(3_001_000);
    expect((await simulator.refreshYoutube(refreshToken)).json).toEqual(deadGrant);
    expect((await simulator.control.grants())[0]?.endedBy).toBe('access-ended');
  });

  it('ends a grant of a testing app seven days after consent, and leaves the access token to its expiry', async () => {
    await app({ testing: true });
    const consentedAt = Date.now() - 7 * dayMs + 60_000;
    const minted = await simulator.mintYoutube({ consentedAt, obtainedAt: Date.now() - 1000 });
    expect(minted.refreshExpiresAt).toBe(consentedAt + 7 * dayMs);
    expect((await simulator.refreshYoutube(minted.refreshToken)).status).toBe(200);
    await shift(60_001);
    expect((await simulator.refreshYoutube(minted.refreshToken)).json).toEqual(deadGrant);
    expect((await simulator.tokeninfo(minted.accessToken)).status).toBe(200);
    expect((await simulator.control.grants())[0]).toMatchObject({ alive: false, endedBy: 'testing-expired' });
    expect((await simulator.control.summary()).lostGrants).toEqual([]);
  });

  it('spares a testing app that asks for name and e-mail alone', async () => {
    await app({ testing: true });
    const { refreshToken } = await simulator.mintYoutube({
      scopes: ['openid', 'email'],
      obtainedAt: Date.now() - 8 * dayMs,
    });
    expect((await simulator.refreshYoutube(refreshToken)).status).toBe(200);
  });

  it('ends a grant that was not used for six months, counted from its last use', async () => {
    const { refreshToken } = await simulator.mintYoutube({ obtainedAt: Date.now() - 170 * dayMs });
    await simulator.refreshYoutube(refreshToken);
    await shift(170 * dayMs);
    expect((await simulator.refreshYoutube(refreshToken)).status).toBe(200);
    await shift(180 * dayMs);
    expect((await simulator.refreshYoutube(refreshToken)).json).toEqual(deadGrant);
    expect((await simulator.control.grants())[0]?.endedBy).toBe('unused');
  });

  it('ends a grant by whichever comes first, its limit or its disuse', async () => {
    const obtainedAt = Date.now();
    const year = await simulator.mintYoutube({ obtainedAt, limitedSeconds: 365 * 86_400 });
    const month = await simulator.mintYoutube({ obtainedAt, limitedSeconds: 30 * 86_400 });
    expect([year.refreshExpiresAt, month.refreshExpiresAt]).toEqual([
      obtainedAt + 180 * dayMs,
      obtainedAt + 30 * dayMs,
    ]);
  });

  it('ends the oldest grant of a person and client beyond one hundred, which is a loss', async () => {
    const oldest = await simulator.mintYoutube({ consentedAt: Date.now() - dayMs, obtainedAt: Date.now() });
    for (let count = 0; count < 99; count += 1) {
      await simulator.mintYoutube();
    }
    expect((await simulator.refreshYoutube(oldest.refreshToken)).status).toBe(200);
    const newest = await simulator.mintYoutube();
    expect((await simulator.refreshYoutube(oldest.refreshToken)).json).toEqual(deadGrant);
    expect((await simulator.refreshYoutube(newest.refreshToken)).status).toBe(200);
    expect((await simulator.tokeninfo(oldest.accessToken)).status).toBe(200);
    const { lostGrants } = await simulator.control.summary();
    expect(lostGrants.map(({ cause, grant }) => [cause, grant.id])).toEqual([['token-limit', oldest.grantId]]);
  });
});

describe('Google, refusals at the token endpoint', () => {
  it.each<[string, Record<string, string>, number, unknown]>([
    [
      'an unknown refresh token',
      { refresh_token: 'nobody' },
      400,
      { error: 'invalid_grant', error_description: 'Bad Request' },
    ],
    [
      'an unknown client',
      { client_id: 'nobody' },
      401,
      { error: 'invalid_client', error_description: 'The OAuth client was not found.' },
    ],
    [
      'a wrong client secret',
      { client_secret: 'wrong' },
      401,
      { error: 'invalid_client', error_description: 'Unauthorized' },
    ],
  ])('answers to %s, which is no complaint', async (_name, form, status, body) => {
    const answer = await simulator.refreshYoutube('some', form);
    expect({ status: answer.status, body: answer.json }).toEqual({ status, body });
    expect(await simulator.complaintTexts()).toEqual([]);
  });

  it.each<[Partial<AppInput>, number, string]>([
    [{ quirks: ['deleted-client'] }, 401, 'deleted_client'],
    [{ quirks: ['org-internal'] }, 403, 'org_internal'],
    [{ suspended: true }, 401, 'invalid_client'],
  ])('answers to an app with %o', async (change, status, error) => {
    const { refreshToken } = await simulator.mintYoutube();
    await app(change);
    const answer = await simulator.refreshYoutube(refreshToken);
    expect({ status: answer.status, error: answer.json?.error }).toEqual({ status, error });
    expect((await simulator.control.spends())[0]).toMatchObject({ outcome: 'refused', rejected: false });
  });

  it.each<[Cause, unknown]>([
    ['deleted', { error: 'invalid_grant', error_description: 'Account has been deleted' }],
    [
      'reauth-policy',
      {
        error: 'invalid_grant',
        error_description: 'reauth related error (invalid_rapt)',
        error_uri: 'https://support.google.com/a/answer/9368756',
        error_subtype: 'invalid_rapt',
      },
    ],
    [
      'org-policy',
      { error: 'admin_policy_enforced', error_description: 'Access was restricted by the administrator.' },
    ],
  ])('rejects the grant of an account struck by %s with 400', async (cause, body) => {
    const { refreshToken } = await simulator.mintYoutube();
    await strike(cause);
    const answer = await simulator.refreshYoutube(refreshToken);
    expect({ status: answer.status, body: answer.json }).toEqual({ status: 400, body });
    expect((await simulator.control.spends())[0]).toMatchObject({ outcome: 'rejected', rejected: true });
    expect((await simulator.control.grants())[0]?.alive).toBe(false);
  });

  it('takes a grant back into service when the policy is lifted', async () => {
    const { refreshToken } = await simulator.mintYoutube();
    await strike('reauth-policy');
    await cure('reauth-policy');
    expect((await simulator.refreshYoutube(refreshToken)).status).toBe(200);
    expect((await simulator.control.grants())[0]).toMatchObject({ alive: true, endedBy: null });
  });

  const body = new URLSearchParams(youtubeForm('r')).toString();
  const json = { 'content-type': 'application/json' };
  it.each<[string, string, string, Record<string, string>, string]>([
    ['an unknown parameter', '', `${body}&scope=a`, {}, 'parameter scope is not known here'],
    ['a repeated parameter', '', `${body}&client_id=yt`, {}, 'parameter client_id was sent more than once'],
    [
      'a parameter in the query',
      '?client_id=yt',
      body,
      {},
      'parameter client_id stands in the query, it belongs in the body',
    ],
    ['another media type', '', '{}', json, 'Content-Type must be application/x-www-form-urlencoded'],
    [
      'no client secret',
      '',
      body.replace('client_secret=yt-secret&', ''),
      {},
      'parameter client_secret is missing or empty',
    ],
  ])('refuses %s with invalid_request and complains', async (_name, query, sent, headers, text) => {
    const answer = await simulator.wire.post(paths.googleToken + query, sent, headers);
    expect({ status: answer.status, body: answer.json }).toEqual({
      status: 400,
      body: { error: 'invalid_request', error_description: text },
    });
    expect(await simulator.complaintTexts()).toContain(text);
  });

  it('refuses another grant type', async () => {
    const answer = await simulator.wire.post(paths.googleToken, 'grant_type=client_credentials');
    expect({ status: answer.status, error: answer.json?.error }).toEqual({
      status: 400,
      error: 'unsupported_grant_type',
    });
  });

  it("refuses another client's refresh token as unauthorized_client and complains", async () => {
    await simulator.control.createApp({ platform: 'youtube', clientId: 'yt2', clientSecret: 's2' });
    const { refreshToken } = await simulator.mintYoutube();
    const answer = await simulator.refreshYoutube(refreshToken, { client_id: 'yt2', client_secret: 's2' });
    expect({ status: answer.status, error: answer.json?.error }).toEqual({ status: 401, error: 'unauthorized_client' });
    expect(await simulator.complaintTexts()).toHaveLength(1);
  });
});

describe('Google, the end of a grant', () => {
  it('revokes everything that the person gave to the Cloud project, with either token', async () => {
    await app({ project: 'studio' });
    const sibling = { platform: 'youtube', clientId: 'yt2', clientSecret: 's2', project: 'studio' };
    await simulator.control.createApp(sibling);
    await simulator.control.createApp({ ...sibling, clientId: 'yt3', project: 'other' });
    const presented = await simulator.mintYoutube();
    const dragged = await simulator.mintYoutube({ clientId: 'yt2' });
    const elsewhere = await simulator.mintYoutube({ clientId: 'yt3' });
    const answer = await simulator.wire.post(paths.googleRevoke, { token: presented.accessToken });
    expect(answer.status).toBe(200);
    expect((await simulator.refreshYoutube(presented.refreshToken)).json).toEqual(deadGrant);
    expect((await simulator.tokeninfo(dragged.accessToken)).status).toBe(400);
    expect((await simulator.tokeninfo(elsewhere.accessToken)).status).toBe(200);
    const { lostGrants } = await simulator.control.summary();
    expect(lostGrants.map(({ cause, grant }) => [cause, grant.id])).toEqual([
      ['revoked-with-sibling', dragged.grantId],
    ]);
  });

  it('answers 400 to revoking what is dead already', async () => {
    const answer = await simulator.wire.post(paths.googleRevoke, { token: 'nothing' });
    expect({ status: answer.status, error: answer.json?.error }).toEqual({ status: 400, error: 'invalid_token' });
  });

  it.each<[string, string[], number]>([
    ['spares', [`${auth}youtube`], 200],
    ['ends', [`${auth}youtube`, `${auth}gmail.readonly`], 400],
  ])('a password change %s a grant with scopes %o', async (_name, scopes, status) => {
    const { refreshToken } = await simulator.mintYoutube({ scopes });
    await simulator.control.changePassword({ platform: 'youtube', id: '10' });
    expect((await simulator.refreshYoutube(refreshToken)).status).toBe(status);
  });

  it('disconnecting ends refresh and access token', async () => {
    const { accessToken, refreshToken } = await simulator.mintYoutube();
    await simulator.control.disconnect({ platform: 'youtube', clientId: 'yt', accountId: '10' });
    expect((await simulator.refreshYoutube(refreshToken)).json).toEqual(deadGrant);
    expect((await simulator.tokeninfo(accessToken)).status).toBe(400);
  });
});

describe('Google, tokeninfo and userinfo', () => {
  it.each<[string, (token: string) => Promise<{ json: unknown }>]>([
    ['as Bearer', (token) => simulator.tokeninfo(token)],
    ['in the body', (token) => simulator.wire.post(paths.googleTokeninfo, { access_token: token })],
    ['in the query', (token) => simulator.wire.get(`${paths.googleTokeninfo}?access_token=${token}`)],
  ])('tells about a token sent %s, numbers as strings', async (_name, ask) => {
    const { accessToken } = await simulator.mintYoutube();
    expect((await ask(accessToken)).json).toEqual({
      azp: 'yt',
      aud: 'yt',
      sub: '10',
      scope: `${auth}youtube.readonly openid`,
      exp: expect.stringMatching(/^\d{10}$/),
      expires_in: expect.stringMatching(/^359\d$/),
      access_type: 'offline',
    });
  });

  it('keeps the subject to itself without a sign-in scope', async () => {
    const { accessToken } = await simulator.mintYoutube({ scopes: [`${auth}youtube`] });
    expect((await simulator.tokeninfo(accessToken)).json).not.toHaveProperty('sub');
  });

  it('answers 400 invalid_token for a refresh token, an expired or an unknown one', async () => {
    const { accessToken, refreshToken } = await simulator.mintYoutube({ obtainedAt: Date.now() - dayMs });
    for (const token of [accessToken, refreshToken, 'nothing']) {
      const answer = await simulator.tokeninfo(token);
      expect({ status: answer.status, body: answer.json }).toEqual({
        status: 400,
        body: { error: 'invalid_token', error_description: 'Invalid Value' },
      });
    }
  });

  it('tells the person to userinfo, or refuses', async () => {
    const { accessToken } = await simulator.mintYoutube({ scopes: ['openid', 'email'] });
    const known = await simulator.wire.get(paths.googleUserinfo, bearer(accessToken));
    expect(known.json).toEqual({ sub: '10', email: 'studio@example.com', email_verified: true });
    expect((await simulator.wire.get(paths.googleUserinfo, bearer('nothing'))).status).toBe(401);
    const mute = await simulator.mintYoutube({ scopes: [`${auth}youtube`] });
    expect((await simulator.wire.get(paths.googleUserinfo, bearer(mute.accessToken))).status).toBe(403);
  });
});

describe('YouTube, channels.list', () => {
  const ask = (token: string) => simulator.wire.get(paths.googleChannels, bearer(token));

  it('lists the channel of the token', async () => {
    const { accessToken } = await simulator.mintYoutube();
    const { json } = await ask(accessToken);
    expect(json).toMatchObject({ kind: 'youtube#channelListResponse', items: [{ id: 'UC10' }] });
  });

  it('lists another channel after the person moved to one', async () => {
    const { accessToken } = await simulator.mintYoutube();
    await simulator.control.updateAccount({ platform: 'youtube', id: '10', channelId: 'UC99' });
    expect((await ask(accessToken)).json).toMatchObject({ items: [{ id: 'UC99' }] });
  });

  it('answers without items for an account without a channel, or 401 when told to', async () => {
    const { accessToken } = await simulator.mintYoutube({ accountId: '11' });
    const empty = await ask(accessToken);
    expect(empty.status).toBe(200);
    expect(empty.json).not.toHaveProperty('items');
    await app({ quirks: ['signup-required'] });
    const refused = await ask(accessToken);
    expect(refused.status).toBe(401);
    expect(refused.json).toMatchObject({ error: { errors: [{ reason: 'youtubeSignupRequired' }] } });
  });

  it.each<[string, () => Promise<unknown>, string[], number, string]>([
    ['a quota used up', () => app({ quirks: ['quota-exceeded'] }), [`${auth}youtube`], 403, 'quotaExceeded'],
    ['an API switched off', () => app({ quirks: ['api-disabled'] }), [`${auth}youtube`], 403, 'accessNotConfigured'],
    ['an upload-only token', async () => {}, [`${auth}youtube.upload`], 403, 'insufficientPermissions'],
    ['a suspended account', () => strike('suspended'), [`${auth}youtube`], 403, 'authenticatedUserAccountSuspended'],
    [
      'a dead access token',
      () => simulator.control.endAccessTokens({ platform: 'youtube' }),
      [`${auth}youtube`],
      401,
      'authError',
    ],
  ])('answers with its envelope to %s', async (_name, change, scopes, code, reason) => {
    const { accessToken } = await simulator.mintYoutube({ scopes });
    await change();
    const answer = await ask(accessToken);
    expect(answer.status).toBe(code);
    expect(answer.json).toMatchObject({ error: { code, message: expect.any(String), errors: [{ reason }] } });
    expect(await simulator.complaintTexts()).toEqual([]);
  });

  it.each<[string, string, Record<string, string>, number]>([
    ['without part', '/www.googleapis.com/youtube/v3/channels?mine=true', {}, 400],
    ['with an unknown parameter', `${paths.googleChannels}&access_token=x`, {}, 400],
    ['with another scheme', paths.googleChannels, { authorization: 'OAuth x' }, 401],
  ])('complains of a call %s', async (_name, path, headers, status) => {
    expect((await simulator.wire.get(path, headers)).status).toBe(status);
    expect(await simulator.complaintTexts()).toHaveLength(1);
  });
});
