import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { paths, type RunningSimulator, runSimulator } from './running.ts';
import type { WireAnswer } from './wire-client.ts';

let simulator: RunningSimulator;

beforeEach(async () => {
  simulator = await runSimulator();
  const tv = { platform: 'youtube', clientId: 'tv', clientSecret: 'tv-secret' };
  await simulator.control.createApp({ ...tv, clientType: 'device' });
});

afterEach(async () => {
  await simulator.stop();
});

const grantType = 'urn:ietf:params:oauth:grant-type:device_code';
const auth = 'https://www.googleapis.com/auth/';

const start = {
  twitch: (change: Record<string, string> = {}) =>
    simulator.wire.post('/id.twitch.tv/oauth2/device', { client_id: 'public', scopes: 'user:read:chat', ...change }),
  youtube: (change: Record<string, string> = {}) =>
    simulator.wire.post('/oauth2.googleapis.com/device/code', {
      ...{ client_id: 'tv', scope: `${auth}youtube openid` },
      ...change,
    }),
};

const poll = {
  twitch: (deviceCode: string, change: Record<string, string> = {}) =>
    simulator.wire.post(paths.twitchToken, {
      ...{ client_id: 'public', scopes: 'user:read:chat', device_code: deviceCode, grant_type: grantType },
      ...change,
    }),
  youtube: (deviceCode: string, change: Record<string, string> = {}) =>
    simulator.wire.post(paths.googleToken, {
      ...{ client_id: 'tv', client_secret: 'tv-secret', device_code: deviceCode, grant_type: grantType },
      ...change,
    }),
};

type Named = keyof typeof start;

const accounts: Record<Named, string> = { twitch: '1', youtube: '10' };
const codesOf = (answer: WireAnswer) => ({
  deviceCode: String(answer.json?.device_code),
  userCode: String(answer.json?.user_code),
});
const answer = (platform: Named, userCode: string, approve: boolean, scopes?: string[]) =>
  simulator.control.answerDevice({
    ...{ platform, userCode, accountId: accounts[platform], approve },
    ...(scopes && { scopes }),
  });
/** Past the interval of five seconds. */
const wait = (platform: Named) => simulator.control.shiftClock({ platform, byMs: 5000 });

const waiting: [Named, number, unknown][] = [
  ['twitch', 400, { status: 400, message: 'authorization_pending' }],
  ['youtube', 428, { error: 'authorization_pending', error_description: 'Precondition Required' }],
];
const gone: [Named, number, unknown][] = [
  ['twitch', 400, { status: 400, message: 'invalid device code' }],
  ['youtube', 400, { error: 'invalid_grant', error_description: 'Bad Request' }],
];

const seen = ({ status, json }: WireAnswer) => ({ status, body: json });

describe('a device that asks to be let in', () => {
  it('is told on Twitch what to show and how often to poll', async () => {
    const { json } = await start.twitch();
    expect(json).toEqual({
      device_code: expect.stringMatching(/^[a-z0-9]{40}$/),
      expires_in: 1800,
      interval: 5,
      user_code: expect.stringMatching(/^[A-Z0-9]{8}$/),
      verification_uri: `https://www.twitch.tv/activate?public=true&device-code=${json?.user_code}`,
    });
    const confidential = (await start.twitch({ client_id: 'tw' })).json;
    expect(confidential?.verification_uri).toBe(
      `https://www.twitch.tv/activate?device-code=${confidential?.user_code}`,
    );
    expect(await simulator.complaintTexts()).toEqual([]);
  });

  it('is told on Google what to show and how often to poll', async () => {
    await simulator.control.updateApp({ platform: 'youtube', clientId: 'tv', deviceIntervalSeconds: 1 });
    expect((await start.youtube()).json).toEqual({
      device_code: expect.stringMatching(/^AH-/),
      user_code: expect.stringMatching(/^[A-Z]{4}-[A-Z]{4}$/),
      verification_url: 'https://www.google.com/device',
      expires_in: 1800,
      interval: 1,
    });
  });

  it.each(waiting)('waits on %s until the person answers', async (platform, status, body) => {
    const { deviceCode } = codesOf(await start[platform]());
    expect(seen(await poll[platform](deviceCode))).toEqual({ status, body });
    await wait(platform);
    expect(seen(await poll[platform](deviceCode))).toEqual({ status, body });
    expect(await simulator.complaintTexts()).toEqual([]);
  });

  it.each<[Named, number, RegExp]>([
    ['twitch', 400, /authorization_pending/],
    ['youtube', 403, /slow_down/],
  ])('may not poll %s faster than its interval', async (platform, status, text) => {
    const { deviceCode } = codesOf(await start[platform]());
    await poll[platform](deviceCode);
    const hasty = await poll[platform](deviceCode);
    expect(hasty.status).toBe(status);
    expect(hasty.text).toMatch(text);
    expect(await simulator.complaintTexts()).toEqual(['a device code was polled before its interval had passed']);
  });

  it.each<[Named, unknown]>([
    ['twitch', ['user:read:chat']],
    ['youtube', `${auth}youtube openid`],
  ])('gets a pair from %s once, for the scopes that it asked for', async (platform, scope) => {
    const { deviceCode, userCode } = codesOf(await start[platform]());
    expect(await answer(platform, userCode, true)).toEqual({ approved: true });
    const { status, json } = await poll[platform](deviceCode);
    expect(status).toBe(200);
    expect(json).toMatchObject({ access_token: expect.any(String), refresh_token: expect.any(String), scope });
    await wait(platform);
    expect(seen(await poll[platform](deviceCode))).toEqual(gonePoll(platform));
    expect(await simulator.control.grants()).toEqual([
      expect.objectContaining({ accountId: accounts[platform], alive: true }),
    ]);
    expect(await simulator.control.spends()).toEqual([]);
    expect(await simulator.control.secrets()).toContainEqual({ kind: 'device-code', platform, value: deviceCode });
  });

  it('gets fewer scopes where the person ticks fewer', async () => {
    const { deviceCode, userCode } = codesOf(await start.youtube());
    await answer('youtube', userCode, true, ['openid']);
    expect((await poll.youtube(deviceCode)).json).toMatchObject({ scope: 'openid' });
  });

  it.each<[Named, number, RegExp]>([
    ['twitch', 400, /invalid device code/],
    ['youtube', 403, /access_denied/],
  ])('gets nothing from %s when the person denies', async (platform, status, text) => {
    const { deviceCode, userCode } = codesOf(await start[platform]());
    expect(await answer(platform, userCode, false)).toEqual({ approved: false });
    const denied = await poll[platform](deviceCode);
    expect(denied.status).toBe(status);
    expect(denied.text).toMatch(text);
  });

  it.each(gone)('is too late on %s after half an hour', async (platform) => {
    const { deviceCode, userCode } = codesOf(await start[platform]());
    await simulator.control.shiftClock({ platform, byMs: 1_800_001 });
    expect(seen(await poll[platform](deviceCode))).toEqual(gonePoll(platform));
    await expect(answer(platform, userCode, true)).rejects.toThrow(`no device waits on ${platform}`);
  });

  it.each<[Named, string, Record<string, string>]>([
    ['twitch', 'a code of another app', { client_id: 'tw' }],
    ['twitch', 'a code that nobody has', { device_code: 'x' }],
    ['youtube', 'a code of another app', { client_id: 'tv2', client_secret: 's2' }],
    ['youtube', 'a code that nobody has', { device_code: 'x' }],
  ])('gets nothing from %s for %s', async (platform, _name, change) => {
    const tv2 = { platform: 'youtube', clientId: 'tv2', clientSecret: 's2' };
    await simulator.control.createApp({ ...tv2, clientType: 'device' });
    const { deviceCode, userCode } = codesOf(await start[platform]());
    await answer(platform, userCode, true);
    expect(seen(await poll[platform](deviceCode, change))).toEqual(gonePoll(platform));
  });

  it('is met by faults aimed at the device flow, and by none aimed at refreshes', async () => {
    const { deviceCode } = codesOf(await start.twitch());
    await simulator.control.addFault({ platform: 'twitch', operation: 'token', kind: 'status' });
    expect((await poll.twitch(deviceCode)).status).toBe(400);
    await simulator.control.addFault({ platform: 'twitch', operation: 'device', kind: 'status' });
    expect((await poll.twitch(deviceCode)).status).toBe(503);
    expect((await start.twitch()).status).toBe(503);
  });
});

const gonePoll = (platform: Named) => {
  const [, status, body] = gone.find(([name]) => name === platform) ?? [];
  return { status, body };
};

describe('a device is refused', () => {
  it.each<[string, () => Promise<WireAnswer>, number, RegExp, number]>([
    ['by Twitch without scopes', () => start.twitch({ scopes: '' }), 400, /scopes is missing/, 1],
    ['by Twitch as an unknown app', () => start.twitch({ client_id: 'x' }), 400, /invalid client/, 0],
    ['by Twitch with a secret at the poll', () => poll.twitch('x', { client_secret: 's' }), 400, /client_secret/, 1],
    ['by Google as a web client', () => start.youtube({ client_id: 'yt' }), 401, /invalid_client/, 0],
    [
      'by Google as a web client at the poll',
      () => poll.youtube('x', { client_id: 'yt', client_secret: 'yt-secret' }),
      401,
      /invalid_client/,
      0,
    ],
    ['by Google with a wrong secret', () => poll.youtube('x', { client_secret: 'x' }), 401, /invalid_client/, 0],
    ['by Google without a scope', () => start.youtube({ scope: '' }), 400, /scope is missing/, 1],
    [
      'by Google with a scope that devices may not have',
      () => start.youtube({ scope: `${auth}youtube.upload` }),
      400,
      /invalid_scope/,
      1,
    ],
  ])('%s', async (_name, ask, status, text, complaints) => {
    const refused = await ask();
    expect(refused.status).toBe(status);
    expect(refused.text).toMatch(text);
    expect(await simulator.complaintTexts()).toHaveLength(complaints);
  });

  it('by Google where the administrator forbids the app', async () => {
    const { deviceCode, userCode } = codesOf(await start.youtube());
    await answer('youtube', userCode, true);
    await simulator.control.strike({ platform: 'youtube', cause: 'org-policy', accountId: '10' });
    expect((await poll.youtube(deviceCode)).json).toMatchObject({ error: 'admin_policy_enforced' });
    expect(await simulator.control.grants()).toEqual([]);
  });

  it('by Google when its client is suspended', async () => {
    await simulator.control.updateApp({ platform: 'youtube', clientId: 'tv', suspended: true });
    expect((await start.youtube()).json).toMatchObject({ error: 'invalid_client' });
  });

  it('a consent page, if it is of Google’s type for devices', async () => {
    const redirectUris = ['https://127.0.0.1/callback'];
    await simulator.control.updateApp({ platform: 'youtube', clientId: 'tv', redirectUris });
    const query = new URLSearchParams({
      ...{ client_id: 'tv', redirect_uri: redirectUris[0] ?? '', response_type: 'code', scope: 'openid' },
      ...{ state: 's', access_type: 'offline' },
    });
    const page = await simulator.wire.get(`/accounts.google.com/o/oauth2/v2/auth?${query}`);
    expect([page.status, page.text]).toEqual([400, expect.stringContaining('invalid_client')]);
  });
});

describe('a person can answer', () => {
  it('no device twice, and none that is not there', async () => {
    const { userCode } = codesOf(await start.twitch());
    await answer('twitch', userCode, true);
    await expect(answer('twitch', userCode, true)).rejects.toThrow(/was answered already: approved/);
    await expect(answer('youtube', userCode, true)).rejects.toThrow(/no device waits on youtube/);
    const nobody = { platform: 'twitch', userCode, accountId: '9', approve: true };
    await expect(simulator.control.answerDevice(nobody)).rejects.toThrow(/no account "9" on twitch/);
  });
});
