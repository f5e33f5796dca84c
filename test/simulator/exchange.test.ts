import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MintInput } from './model.ts';
import { dayMs, minuteMs, type RunningSimulator } from './running.ts';
import { runWithSample, samplePaths } from './sample-platform.ts';
import type { WireAnswer } from './wire-client.ts';

let simulator: RunningSimulator;

beforeEach(async () => {
  simulator = await runWithSample();
});

afterEach(async () => {
  await simulator.stop();
});

const mint = (input: Partial<MintInput> = {}) =>
  simulator.control.mintGrant({ platform: 'sample', clientId: 'sa', accountId: 's1', ...input });
const exchange = (token: string, way = '') =>
  simulator.wire.get(`${samplePaths.token}?living_token=${token}&client_key=sa&way=${way}`);
const derive = (page: string, token: string) => simulator.wire.post(samplePaths.pageToken(page, token), '');
const tokenOf = (answer: WireAnswer): string => String(answer.json?.access_token);
const shift = (byMs: number) => simulator.control.shiftClock({ platform: 'sample', byMs });
const isAlive = async (value: string) => (await simulator.control.tokenAt({ value, at: Date.now() + 1 })).alive;
const ends = async () => (await simulator.control.grants()).map(({ alive, endedBy }) => ({ alive, endedBy }));

describe('a grant without a refresh token', () => {
  it('is minted as one token, long-lived or of hours, with its own end as the end that age brings', async () => {
    const long = await mint();
    expect(long).toMatchObject({ refreshToken: null, tokenSecret: null, refreshExpiresAt: long.expiresAt });
    expect(Math.abs(Number(long.expiresAt) - Date.now() - 60 * dayMs)).toBeLessThan(2000);
    const short = await mint({ shortLived: true });
    expect(Math.abs(Number(short.expiresAt) - Date.now() - 60 * minuteMs)).toBeLessThan(2000);
    expect((await simulator.control.tokens()).map(({ kind }) => kind)).toEqual(['access', 'access']);
  });

  it('has a token secret and no end by age where it is of OAuth 1.0a', async () => {
    const { tokenSecret, expiresAt, refreshExpiresAt, accessToken } = await mint({ oauth1: true });
    expect({ expiresAt, refreshExpiresAt }).toEqual({ expiresAt: null, refreshExpiresAt: null });
    await shift(1000 * dayMs);
    expect(await isAlive(accessToken)).toBe(true);
    expect(await ends()).toEqual([{ alive: true, endedBy: null }]);
    expect(await simulator.control.secrets({ platform: 'sample' })).toContainEqual({
      ...{ kind: 'token-secret', platform: 'sample', value: tokenSecret },
    });
  });

  it('stands beside one that has one, as the platform decides', async () => {
    expect((await mint({ scopes: ['offline'] })).refreshToken).toMatch(/^refresh-/);
  });

  it('ends when its only token expires, which is no loss', async () => {
    const { accessToken } = await mint();
    await shift(60 * dayMs + 1);
    expect(await ends()).toEqual([{ alive: false, endedBy: 'token-expired' }]);
    expect(await isAlive(accessToken)).toBe(false);
    expect((await exchange(accessToken)).status).toBe(400);
    expect((await simulator.control.summary()).lostGrants).toEqual([]);
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ['all access tokens', () => simulator.control.endAccessTokens({ platform: 'sample' }), 'ended-by-test'],
    [
      'the person removes the app',
      () => simulator.control.disconnect({ platform: 'sample', clientId: 'sa', accountId: 's1' }),
      'disconnected',
    ],
  ])('ends with its last living token: %s', async (_name, end, cause) => {
    const { accessToken } = await mint({ shortLived: true });
    const long = tokenOf(await exchange(accessToken));
    await shift(2 * 60 * minuteMs);
    expect(await ends()).toEqual([{ alive: true, endedBy: null }]);
    await end();
    expect(await ends()).toEqual([{ alive: false, endedBy: cause }]);
    expect(await isAlive(long)).toBe(false);
  });

  it('lives on in a page’s token that has no end', async () => {
    const { accessToken } = await mint();
    const page = tokenOf(await derive('p1', accessToken));
    await shift(61 * dayMs);
    expect([await isAlive(accessToken), await isAlive(page)]).toEqual([false, true]);
    expect(await ends()).toEqual([{ alive: true, endedBy: null }]);
    expect((await simulator.control.tokens()).map(({ assetId }) => assetId)).toEqual([null, 'p1']);
  });

  it('gives a page’s token of hours for a token of hours', async () => {
    const { accessToken } = await mint({ shortLived: true });
    expect((await derive('p1', accessToken)).json).toMatchObject({ expires_in: expect.closeTo(3600, -1) });
  });

  it('may end earlier ones of the same person and app', async () => {
    await mint();
    await mint();
    expect(await ends()).toEqual([
      { alive: false, endedBy: 'superseded' },
      { alive: true, endedBy: null },
    ]);
    expect((await simulator.control.summary()).lostGrants).toEqual([]);
  });
});

describe('what a platform does not give', () => {
  it.each<[Partial<MintInput>, string]>([
    [{ shortLived: true }, 'twitch gives no short-lived tokens'],
    [{ oauth1: true }, 'twitch has no tokens of OAuth 1.0a'],
    [{ systemUser: 'endless' }, 'twitch has no system users'],
  ])('cannot be minted: %o', async (input, text) => {
    await expect(simulator.mintTwitch(input)).rejects.toThrow(text);
    expect(await simulator.control.grants()).toEqual([]);
  });
});

describe('a living token traded for a longer one', () => {
  it('is a spend that may be repeated: no double spend, no loss, both tokens live', async () => {
    const { accessToken, grantId } = await mint({ shortLived: true });
    const first = tokenOf(await exchange(accessToken));
    const second = tokenOf(await exchange(accessToken));
    expect(new Set([accessToken, first, second]).size).toBe(3);
    expect(await Promise.all([accessToken, first, second].map(isAlive))).toEqual([true, true, true]);
    const spends = await simulator.control.spends();
    expect(spends).toEqual([
      expect.objectContaining({ kind: 'exchange', grantId, outcome: 'granted', singleUse: false, replay: false }),
      expect.objectContaining({ kind: 'exchange', grantId, outcome: 'granted', singleUse: false, replay: false }),
    ]);
    const { doubleSpends, lostGrants, refreshesByGrant, complaints } = await simulator.control.summary();
    expect({ doubleSpends, lostGrants, complaints }).toEqual({ doubleSpends: [], lostGrants: [], complaints: [] });
    expect(refreshesByGrant).toEqual({ [grantId]: 2 });
  });

  it('lasts as long as a new one, even where its value stays the same', async () => {
    const { accessToken } = await mint({ shortLived: true, obtainedAt: Date.now() - 30 * minuteMs });
    const answer = await exchange(accessToken, 'same-value');
    expect(tokenOf(answer)).toBe(accessToken);
    expect(answer.json?.expires_in).toBeCloseTo(60 * 86_400, -1);
    expect(await simulator.control.tokens()).toHaveLength(1);
    expect((await derive('p1', accessToken)).json).toMatchObject({ expires_in: null });
  });

  it('makes no replay of the refresh token beside it', async () => {
    const { accessToken, refreshToken } = await mint({ scopes: ['offline'] });
    await exchange(accessToken);
    const body = JSON.stringify({ refreshToken, clientId: 'sa' });
    await simulator.wire.post(samplePaths.token, body, { 'content-type': 'application/json' });
    expect(await simulator.control.spends()).toEqual([
      expect.objectContaining({ kind: 'exchange', replay: false, singleUse: false }),
      expect.objectContaining({ kind: 'refresh', replay: false, singleUse: true }),
    ]);
  });

  it('lasts no longer than the presented one where the platform keeps its end', async () => {
    const { accessToken } = await mint({ obtainedAt: Date.now() - 59 * dayMs });
    expect((await exchange(accessToken, 'no-longer')).json?.expires_in).toBeCloseTo(86_400, -1);
  });

  it('is a complaint and a double spend while another with the same token is in flight', async () => {
    const { accessToken } = await mint();
    const aim = { platform: 'sample', operation: 'exchange' } as const;
    await simulator.control.addFault({ ...aim, kind: 'delay', delayMs: 50 });
    await Promise.all([exchange(accessToken), exchange(accessToken)]);
    expect(await simulator.complaintTexts()).toEqual([
      'a token was sent for exchange while another request with it was still in flight',
    ]);
    expect((await simulator.control.summary()).doubleSpends).toHaveLength(1);
  });

  it.each<[string, string[]]>([
    ['old-dies', ['answer-lost']],
    ['', []],
  ])('whose answer is lost (%s) loses the grant only where the old one died of it', async (way, causes) => {
    const { accessToken, grantId } = await mint();
    const aim = { platform: 'sample', operation: 'exchange' } as const;
    await simulator.control.addFault({ ...aim, kind: 'answer-lost', times: 1 });
    await expect(exchange(accessToken, way)).rejects.toThrow();
    const { lostGrants, unconfirmedRotations } = await simulator.control.summary();
    expect(lostGrants.map(({ cause }) => cause)).toEqual(causes);
    expect(unconfirmedRotations).toEqual([grantId]);
  });

  it('is not confirmed by a page’s token that came from the old one', async () => {
    const { accessToken, grantId } = await mint();
    await exchange(accessToken);
    await derive('p1', accessToken);
    expect((await simulator.control.summary()).unconfirmedRotations).toEqual([grantId]);
  });

  it('is confirmed by its first use', async () => {
    const { accessToken } = await mint();
    const longer = tokenOf(await exchange(accessToken, 'old-dies'));
    expect((await simulator.control.summary()).unconfirmedRotations).toHaveLength(1);
    await simulator.wire.get(`${samplePaths.node('me')}?access_token=${longer}`);
    const { unconfirmedRotations, lostGrants } = await simulator.control.summary();
    expect({ unconfirmedRotations, lostGrants }).toEqual({ unconfirmedRotations: [], lostGrants: [] });
  });
});
