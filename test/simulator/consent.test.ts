import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { paths, type RunningSimulator, runSimulator } from './running.ts';
import { runWithSample, samplePaths } from './sample-platform.ts';

let simulator: RunningSimulator;

beforeEach(async () => {
  simulator = await runSimulator();
});

afterEach(async () => {
  await simulator.stop();
});

const callback = 'https://127.0.0.1/callback';
const verifier = 'v'.repeat(43);
const challenge = createHash('sha256').update(verifier).digest('base64url');

const twitchQuery = {
  client_id: 'tw',
  redirect_uri: callback,
  response_type: 'code',
  scope: 'channel:manage:broadcast user:read:chat',
  state: 's1',
};
const googleQuery = {
  ...twitchQuery,
  client_id: 'yt',
  scope: 'openid https://www.googleapis.com/auth/youtube',
  access_type: 'offline',
};

const page = { twitch: '/id.twitch.tv/oauth2/authorize', google: '/accounts.google.com/o/oauth2/v2/auth' };

const consent = (path: string, query: Record<string, string>) =>
  simulator.wire.get(`${path}?${new URLSearchParams(query)}`);

async function backFrom(path: string, query: Record<string, string>): Promise<URLSearchParams> {
  const answer = await consent(path, query);
  expect(answer.status).toBe(302);
  return new URL(answer.headers.get('location') ?? '').searchParams;
}

const exchange = (platform: 'twitch' | 'google', code: string | null, more: Record<string, string> = {}) =>
  simulator.wire.post(platform === 'twitch' ? paths.twitchToken : paths.googleToken, {
    grant_type: 'authorization_code',
    client_id: platform === 'twitch' ? 'tw' : 'yt',
    client_secret: platform === 'twitch' ? 'tw-secret' : 'yt-secret',
    code: code ?? '',
    redirect_uri: callback,
    ...more,
  });

describe('the consent page', () => {
  it('lists the accounts with a link each, and one to decline', async () => {
    const { status, text } = await consent(page.twitch, twitchQuery);
    expect(status).toBe(200);
    expect(text).toContain('Continue as mainstage (1)');
    expect(text).toContain('approve=2');
    expect(text).toContain('decline=1');
  });

  it('sends a person who declines back without a code', async () => {
    const back = await backFrom(page.twitch, { ...twitchQuery, decline: '1' });
    expect(Object.fromEntries(back)).toMatchObject({ error: 'access_denied', state: 's1' });
    expect(back.has('code')).toBe(false);
  });

  it('leads on Twitch to a pair with the scopes asked for', async () => {
    const back = await backFrom(page.twitch, { ...twitchQuery, approve: '1' });
    expect(back.get('state')).toBe('s1');
    const answer = await exchange('twitch', back.get('code'));
    expect(answer.json).toMatchObject({ scope: ['channel:manage:broadcast', 'user:read:chat'], token_type: 'bearer' });
    const validated = await simulator.validateTwitch(String(answer.json?.access_token));
    expect(validated.json).toMatchObject({ user_id: '1' });
    expect(await simulator.complaintTexts()).toEqual([]);
  });

  it('gives on Google a refresh token for the first consent, and later only with prompt=consent', async () => {
    const withRefreshToken: boolean[] = [];
    for (const prompt of [{}, {}, { prompt: 'select_account consent' }]) {
      const back = await backFrom(page.google, { ...googleQuery, ...prompt, approve: '10' });
      const answer = await exchange('google', back.get('code'));
      expect(answer.status).toBe(200);
      withRefreshToken.push('refresh_token' in (answer.json ?? {}));
    }
    expect(withRefreshToken).toEqual([true, false, true]);
  });

  it('lets a person untick scopes', async () => {
    const back = await backFrom(page.google, { ...googleQuery, approve: '10', approve_scopes: 'openid' });
    expect((await exchange('google', back.get('code'))).json).toMatchObject({ scope: 'openid' });
  });

  it('takes a PKCE verifier that fits, and no other', async () => {
    const pkce = { ...googleQuery, approve: '10', code_challenge: challenge, code_challenge_method: 'S256' };
    const good = await backFrom(page.google, pkce);
    expect((await exchange('google', good.get('code'), { code_verifier: verifier })).status).toBe(200);
    const bad = await backFrom(page.google, pkce);
    const answer = await exchange('google', bad.get('code'), { code_verifier: 'w'.repeat(43) });
    expect(answer.json).toMatchObject({ error: 'invalid_grant' });
  });

  it.each<['twitch' | 'google', Record<string, string>, string, unknown]>([
    ['twitch', twitchQuery, '1', { status: 400, message: 'Invalid authorization code' }],
    ['google', googleQuery, '10', { error: 'invalid_grant', error_description: 'Bad Request' }],
  ])('takes a code of %s once only, and calls the second time a double spend', async (platform, query, who, body) => {
    const back = await backFrom(page[platform], { ...query, approve: who });
    expect((await exchange(platform, back.get('code'))).status).toBe(200);
    expect((await exchange(platform, back.get('code'))).json).toEqual(body);
    const { doubleSpends } = await simulator.control.summary({ accountId: who });
    expect(doubleSpends).toEqual([expect.objectContaining({ kind: 'code', replay: true })]);
  });

  it('lets a code lapse', async () => {
    const back = await backFrom(page.twitch, { ...twitchQuery, approve: '1' });
    await simulator.control.shiftClock({ platform: 'twitch', byMs: 300_001 });
    expect((await exchange('twitch', back.get('code'))).json).toMatchObject({ message: 'Invalid authorization code' });
  });

  it.each<['twitch' | 'google', Record<string, string>, string, string]>([
    ['twitch', twitchQuery, '1', 'Parameter redirect_uri does not match registered URI'],
    ['google', googleQuery, '10', 'redirect_uri_mismatch'],
  ])('refuses on %s an exchange with another redirect_uri', async (platform, query, who, text) => {
    const back = await backFrom(page[platform], { ...query, approve: who });
    const answer = await exchange(platform, back.get('code'), { redirect_uri: 'https://127.0.0.1/other' });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(text);
  });

  it.each<[string, string, Record<string, string>, string]>([
    ['an unknown client', page.twitch, { ...twitchQuery, client_id: 'x' }, 'invalid_client'],
    [
      'a foreign redirect_uri',
      page.twitch,
      { ...twitchQuery, redirect_uri: 'https://x.example/' },
      'redirect_mismatch',
    ],
    [
      'a foreign redirect_uri at Google',
      page.google,
      { ...googleQuery, redirect_uri: 'https://x.example/' },
      'redirect_uri_mismatch',
    ],
    ['PKCE at Twitch, which has none', page.twitch, { ...twitchQuery, code_challenge: challenge }, 'code_challenge'],
    ['no state', page.twitch, { ...twitchQuery, state: '' }, 'parameter state is missing'],
    ['another response type', page.google, { ...googleQuery, response_type: 'token' }, 'response_type must be code'],
    [
      'a plain challenge',
      page.google,
      { ...googleQuery, code_challenge: verifier, code_challenge_method: 'plain' },
      'S256',
    ],
  ])('shows an error page for %s and complains', async (_name, path, query, text) => {
    const answer = await consent(path, { ...query, approve: '1' });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(text);
    expect(await simulator.complaintTexts()).toHaveLength(1);
  });
});

describe('a consent page with rules of its own', () => {
  const query = { client_key: 'sa', redirect_uri: callback, scope: 'read,write', approve: 's1' };
  const redeem = (code: string | null, more = '') =>
    simulator.wire.get(`${samplePaths.token}?client_key=sa&code=${code}${more}`);

  beforeEach(async () => {
    await simulator.stop();
    simulator = await runWithSample();
  });

  it('takes another name of the client id and another separator, and adds to the address of return', async () => {
    const answer = await consent(samplePaths.dialog, { ...query, approve_assets: 'p1,p2' });
    const location = answer.headers.get('location') ?? '';
    expect(location.endsWith('#_')).toBe(true);
    const back = new URL(location).searchParams;
    expect([...back.keys()]).toEqual(['code', 'granted']);
    expect(back.get('granted')).toBe('read+write');
    expect((await redeem(back.get('code'))).json).toMatchObject({ scopes: ['read', 'write'], ticked: ['p1', 'p2'] });
    expect(await simulator.complaintTexts()).toEqual([]);
  });

  it('tells a refusal in its own words', async () => {
    const { approve: _approve, ...asking } = query;
    const back = await backFrom(samplePaths.dialog, { ...asking, state: 's', decline: '1' });
    expect(Object.fromEntries(back)).toEqual({ error: 'access_denied', error_reason: 'user_denied', state: 's' });
  });

  it.each<[number, number]>([
    [29_000, 200],
    [30_001, 400],
  ])('lets its code live as long as it says: after %d ms the exchange answers %d', async (byMs, status) => {
    const back = await backFrom(samplePaths.dialog, query);
    await simulator.control.shiftClock({ platform: 'sample', byMs });
    expect((await redeem(back.get('code'))).status).toBe(status);
  });

  it.each<[string, string, Record<string, string>, string]>([
    ['scopes separated otherwise', samplePaths.dialog, { scope: 'read write' }, 'the scopes are not separated as'],
    ['another response type', samplePaths.dialog, { response_type: 'token' }, 'response_type must be code'],
    ['PKCE where there is none', samplePaths.dialog, { code_challenge: challenge }, 'code_challenge is not known'],
    ['no PKCE where it must be', samplePaths.pkce, { scope: 'read' }, 'parameter code_challenge is missing'],
    [
      'PKCE without its method',
      samplePaths.pkce,
      { scope: 'read', code_challenge: challenge },
      'parameter code_challenge_method is missing',
    ],
  ])('refuses %s and complains', async (_name, path, change, text) => {
    const answer = await consent(path, { ...query, ...change });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(text);
    expect(await simulator.complaintTexts()).toHaveLength(1);
  });

  it('serves a client without a secret only where PKCE is required', async () => {
    const open = { platform: 'sample', clientId: 'open', redirectUris: [callback] };
    await simulator.control.createApp({ ...open, clientType: 'public' });
    const asked = { ...query, client_key: 'open', scope: 'read' };
    expect((await consent(samplePaths.dialog, asked)).text).toContain('invalid_client');
    const pkce = { code_challenge: challenge, code_challenge_method: 'S256' };
    const back = await backFrom(samplePaths.pkce, { ...asked, ...pkce });
    const exchanged = await simulator.wire.get(
      `${samplePaths.token}?client_key=open&code=${back.get('code')}&code_verifier=${verifier}`,
    );
    expect(exchanged.status).toBe(200);
  });
});
