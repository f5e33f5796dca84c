import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dayMs, minuteMs, paths, type RunningSimulator, runSimulator } from './running.ts';

let simulator: RunningSimulator;

beforeEach(async () => {
  simulator = await runSimulator();
});

afterEach(async () => {
  await simulator.stop();
});

describe('the ledger', () => {
  it('knows at which instants a token was alive', async () => {
    const obtainedAt = Date.now() - 60 * minuteMs;
    const { accessToken, expiresAt } = await simulator.mintTwitch({ obtainedAt });
    const aliveAt = async (at: number) => (await simulator.control.tokenAt({ value: accessToken, at })).alive;
    expect(await aliveAt(obtainedAt - 1)).toBe(false);
    expect(await aliveAt(obtainedAt)).toBe(true);
    expect(await aliveAt(expiresAt - 1)).toBe(true);
    expect(await aliveAt(expiresAt)).toBe(false);
    await simulator.control.changePassword({ platform: 'twitch', id: '1' });
    const afterwards = Date.now();
    expect(await aliveAt(obtainedAt)).toBe(true);
    expect(await aliveAt(afterwards + 1)).toBe(false);
  });

  it('knows a hole in the life of a token whose account was suspended', async () => {
    const { accessToken } = await simulator.mintTwitch();
    await simulator.control.strike({ platform: 'twitch', cause: 'suspended', accountId: '1' });
    const during = Date.now();
    await expect.poll(() => Date.now()).toBeGreaterThan(during + 1);
    await simulator.control.cure({ platform: 'twitch', cause: 'suspended', accountId: '1' });
    const state = await simulator.control.tokenAt({ value: accessToken, at: during });
    expect(state).toEqual({ known: true, alive: false, endedBy: null });
    const after = await simulator.control.tokenAt({ value: accessToken, at: Date.now() + 1 });
    expect(after.alive).toBe(true);
  });

  it('says that it never issued a token', async () => {
    const state = await simulator.control.tokenAt({ value: 'nothing', at: Date.now() });
    expect(state).toEqual({ known: false, alive: false, endedBy: null });
  });

  it('counts the refreshes of each grant', async () => {
    const one = await simulator.mintTwitch();
    const other = await simulator.mintTwitch({ accountId: '2' });
    await simulator.refreshTwitch(one.refreshToken);
    await simulator.refreshTwitch(one.refreshToken);
    expect((await simulator.control.summary()).refreshesByGrant).toEqual({ [one.grantId]: 2, [other.grantId]: 0 });
  });

  it('tells every secret it gave out, retired ones too', async () => {
    const { accessToken, refreshToken } = await simulator.mintTwitch();
    const fresh = await simulator.control.rotateAppSecret({ platform: 'twitch', clientId: 'tw' });
    const answer = await simulator.refreshTwitch(refreshToken, { client_secret: String(fresh.clientSecret) });
    const query = new URLSearchParams({
      ...{ client_id: 'tw', redirect_uri: 'https://127.0.0.1/callback', response_type: 'code' },
      ...{ scope: 'a', state: 's', approve: '1' },
    });
    const back = await simulator.wire.get(`/id.twitch.tv/oauth2/authorize?${query}`);
    const code = new URL(back.headers.get('location') ?? '').searchParams.get('code');
    const values = (await simulator.control.secrets({ platform: 'twitch' })).map(({ value }) => value);
    expect(values.sort()).toEqual(
      [accessToken, refreshToken, answer.json?.access_token, 'tw-secret', fresh.clientSecret, code].sort(),
    );
  });

  it('holds no token in its views, complaints and spends', async () => {
    const { accessToken, refreshToken } = await simulator.mintTwitch();
    await simulator.wire.post(`${paths.twitchToken}?refresh_token=${refreshToken}`, 'grant_type=refresh_token');
    await simulator.wire.get(paths.twitchValidate, { authorization: `Bearer ${accessToken}` });
    const { control } = simulator;
    const all = await Promise.all([control.summary(), control.grants(), control.tokens(), control.spends()]);
    expect(all[0].complaints.length).toBeGreaterThan(1);
    expect(JSON.stringify(all)).not.toContain(refreshToken);
    expect(JSON.stringify(all)).not.toContain(accessToken);
  });

  it('answers for one app or account where asked so', async () => {
    const { refreshToken } = await simulator.mintTwitch();
    await simulator.mintTwitch({ accountId: '2' });
    await simulator.refreshTwitch(refreshToken);
    await simulator.refreshTwitch('x', { scope: 'y' });
    const { control } = simulator;
    expect(await control.grants({ accountId: '2' })).toHaveLength(1);
    expect(await control.tokens({ accountId: '1' })).toHaveLength(3);
    expect(await control.spends({ accountId: '1' })).toHaveLength(1);
    expect(await control.complaints({ clientId: 'tw' })).toHaveLength(1);
    expect(await control.complaints({ clientId: 'public' })).toEqual([]);
    expect(await control.complaints({ platform: 'youtube' })).toEqual([]);
  });

  it.each<[string, number]>([
    ['/id.twitch.tv/oauth2/introspect', 404],
    [paths.twitchToken, 405],
  ])('complains of GET %s, which the platform does not have', async (path, status) => {
    expect((await simulator.wire.get(path)).status).toBe(status);
    expect(await simulator.control.complaints({ platform: 'twitch' })).toHaveLength(1);
  });
});

describe("a platform's clock", () => {
  it('shows in the Date header and in tokens issued afterwards, while the ledger keeps to this machine’s', async () => {
    await simulator.control.shiftClock({ platform: 'youtube', byMs: 10 * minuteMs });
    const minted = await simulator.mintYoutube();
    const answer = await simulator.tokeninfo(minted.accessToken);
    const aheadMs = Date.parse(answer.headers.get('date') ?? '') - Date.now();
    expect(Math.abs(aheadMs - 10 * minuteMs)).toBeLessThan(2000);
    expect(Number(answer.json?.exp) * 1000 - minted.expiresAt).toBeGreaterThan(9 * minuteMs);
    expect(Math.abs(minted.expiresAt - Date.now() - 3_599_000)).toBeLessThan(2000);
    const twitch = await simulator.validateTwitch('x');
    expect(Math.abs(Date.parse(twitch.headers.get('date') ?? '') - Date.now())).toBeLessThan(2000);
  });

  it('ends, when it jumps, what ends by age, at the moment of the jump', async () => {
    const { accessToken, expiresAt } = await simulator.mintTwitch();
    const jumpedAt = Date.now();
    await simulator.control.shiftClock({ platform: 'twitch', byMs: dayMs });
    expect(expiresAt).toBeGreaterThan(jumpedAt + minuteMs);
    const [, access] = await simulator.control.tokens();
    expect(access).toMatchObject({ kind: 'access', endedBy: 'expired' });
    expect(access?.intervals[0]?.to).toBeGreaterThanOrEqual(jumpedAt);
    expect(access?.intervals[0]?.to).toBeLessThan(jumpedAt + minuteMs);
    expect((await simulator.control.tokenAt({ value: accessToken, at: jumpedAt - 1 })).known).toBe(true);
  });

  it('does not move an end that lies in the past', async () => {
    const { expiresAt } = await simulator.mintTwitch({ obtainedAt: Date.now() - dayMs });
    await simulator.control.shiftClock({ platform: 'twitch', byMs: 30 * dayMs });
    const [, access] = await simulator.control.tokens();
    expect(access?.intervals[0]?.to).toBe(expiresAt);
  });
});

describe('the control connection', () => {
  it('tells an app that it names a living version of the API, until a test retires it', async () => {
    const app = { platform: 'twitch', clientId: 'fresh' };
    expect(await simulator.control.createApp(app)).toMatchObject({ apiVersionRetired: false });
    expect(await simulator.control.updateApp({ ...app, apiVersionRetired: true })).toMatchObject({
      apiVersionRetired: true,
    });
  });

  it.each<[string, () => Promise<unknown>, RegExp]>([
    [
      'an unknown platform',
      () => simulator.control.createApp({ platform: 'twich', clientId: 'a' }),
      /no platform "twich"; known: twitch, youtube/,
    ],
    ['an app twice', () => simulator.control.createApp({ platform: 'twitch', clientId: 'tw' }), /exists already/],
    ['an account twice', () => simulator.control.createAccount({ platform: 'twitch', id: '1' }), /exists already/],
    ['a grant of no app', () => simulator.mintTwitch({ clientId: 'nobody' }), /no app "nobody" on twitch/],
    ['a grant of no account', () => simulator.mintTwitch({ accountId: '99' }), /no account "99" on twitch/],
    [
      'tokens older than their consent',
      () => simulator.mintTwitch({ obtainedAt: 1, consentedAt: 2 }),
      /consentedAt lies after obtainedAt/,
    ],
    ['a grant that is not there', () => simulator.control.endGrant({ grantId: 'g9' }), /no grant "g9"/],
    [
      'a delay without a time',
      () => simulator.control.addFault({ platform: 'twitch', operation: 'any', kind: 'delay' }),
      /needs delayMs/,
    ],
  ])('refuses %s and says why', async (_name, call, message) => {
    await expect(call()).rejects.toThrow(message);
  });
});
