import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { errorOf } from './graph-error.ts';
import { type OwnLoginClient, ownApp, ownPerson, runWithOwnLogin } from './instagram-client.ts';
import type { Cause } from './model.ts';
import { dayMs, minuteMs } from './running.ts';

let threads: OwnLoginClient;

beforeEach(async () => {
  threads = await runWithOwnLogin('threads');
});

afterEach(async () => {
  await threads.simulator.stop();
});

// What Threads has in common with Instagram is in sixty-days.test.ts.

const tester = '17841400000000002';
const seconds = (at: number | null) => Math.floor(Number(at) / 1000);

/** The token of a tester of the app. */
async function testersToken(): Promise<string> {
  await threads.simulator.control.createAccount({ platform: 'threads', id: tester, isTester: true });
  return (await threads.mint({ accountId: tester })).accessToken;
}

const debug = (token: string, asker: string, path = '/v1.0/debug_token') =>
  threads.get(path, { input_token: token, access_token: asker });

describe('Threads', () => {
  it.each([
    ['/graph.threads.net', '/threads.com'],
    ['/graph.threads.com', '/threads.net'],
    ['/graph.threads.com', '/www.threads.net'],
  ])('answers at %s and asks at %s', async (graph, dialog) => {
    const { accessToken } = await threads.mint();
    const { json } = await threads.simulator.wire.get(`${graph}/v1.0/me?fields=id&access_token=${accessToken}`);
    expect(json).toEqual({ id: ownPerson });
    const page = await threads.simulator.wire.get(`${dialog}/oauth/authorize?client_id=${ownApp.id}`);
    expect(page.text).toContain('parameter redirect_uri is missing');
  });

  it('tells who somebody is', async () => {
    const { accessToken } = await threads.mint();
    const { json } = await threads.me(accessToken, 'id,username,threads_profile_picture_url');
    expect(json).toEqual({
      ...{ id: ownPerson, username: 'nightstream', threads_profile_picture_url: expect.stringMatching(/^https:/) },
    });
  });

  it.each<[Cause, object]>([
    ['password-changed', { code: 190, subcode: 460 }],
    ['token-expired', { code: 190, subcode: 463 }],
    ['locked', { code: 190, subcode: 490 }],
  ])('tells %s with its number', async (cause, error) => {
    const { accessToken } = await threads.mint();
    await threads.strike(cause);
    expect(errorOf(await threads.me(accessToken))).toMatchObject(error);
  });

  it.each<[Cause, number]>([
    ['restricted', 4279013],
    ['spam-blocked', 2207051],
  ])('shows in reads that somebody is %s where told so alone', async (cause, subcode) => {
    const { accessToken } = await threads.mint();
    await threads.strike(cause);
    expect((await threads.me(accessToken)).status).toBe(200);
    await threads.app({ quirks: ['blocks-reads'] });
    expect(errorOf(await threads.me(accessToken))).toMatchObject({ code: 368, subcode });
    await threads.cure(cause);
    expect((await threads.me(accessToken)).status).toBe(200);
  });
});

describe('Threads, debug_token', () => {
  it.each(['/v1.0/debug_token', '/debug_token'])('tells testers of the app what a token is: %s', async (path) => {
    const { accessToken, expiresAt, obtainedAt, consentedAt } = await threads.mint({ obtainedAt: Date.now() - dayMs });
    expect((await debug(accessToken, await testersToken(), path)).json).toEqual({
      data: {
        ...{ type: 'USER', application: ownApp.id, is_valid: true, user_id: ownPerson },
        ...{ expires_at: seconds(expiresAt), issued_at: seconds(obtainedAt) },
        data_access_expires_at: seconds(consentedAt + 90 * dayMs),
        scopes: ['threads_basic', 'threads_content_publish'],
      },
    });
    expect(await threads.simulator.complaintTexts()).toEqual([]);
  });

  it('answers 200 to a dead token, and to one that nobody has', async () => {
    const asker = await testersToken();
    const { accessToken } = await threads.mint();
    await threads.strike('disconnected');
    expect((await debug(accessToken, asker)).json).toMatchObject({
      data: { is_valid: false, scopes: [], error: { code: 190, subcode: 458 } },
    });
    expect((await debug('THno', asker)).json).toMatchObject({ data: { is_valid: false, error: { code: 190 } } });
  });

  it.each<[string, () => Promise<string>, number, number]>([
    ['somebody who is no tester', async () => (await threads.mint()).accessToken, 403, 10],
    ['the app', async () => `TH|${ownApp.id}|${ownApp.secret}`, 400, 190],
  ])('refuses %s', async (_name, asker, status, code) => {
    const { accessToken } = await threads.mint();
    expect(errorOf(await debug(accessToken, await asker()))).toMatchObject({ status, code });
  });

  it('tells that access to the data is over', async () => {
    const asker = await testersToken();
    const { accessToken } = await threads.mint({ obtainedAt: Date.now() - minuteMs });
    expect(await threads.strike('consent-over')).toEqual({ ended: 0 });
    const { data } = (await debug(accessToken, asker)).json as { data: Record<string, unknown> };
    expect(Number(data.data_access_expires_at)).toBeLessThanOrEqual(Date.now() / 1000);
    expect(data.is_valid).toBe(true);
  });
});

describe('Threads, the token of an app', () => {
  const ask = (change: Record<string, string> = {}) =>
    threads.get('/oauth/access_token', {
      ...{ client_id: ownApp.id, client_secret: ownApp.secret, grant_type: 'client_credentials' },
      ...change,
    });

  it('names the app', async () => {
    expect((await ask()).json).toEqual({
      access_token: expect.stringMatching(/^TH\|700800900\|/),
      token_type: 'bearer',
    });
  });

  it.each<[Record<string, string>, number]>([
    [{ client_id: '9' }, 101],
    [{ client_secret: 'no' }, 100],
    [{ grant_type: 'authorization_code' }, 100],
    [{ scope: 'x' }, 100],
  ])('is refused for %o', async (change, code) => {
    expect(errorOf(await ask(change))).toMatchObject({ status: 400, code });
  });
});
