import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FaultInput } from './model.ts';
import { paths, type RunningSimulator, runSimulator, twitchForm } from './running.ts';

let simulator: RunningSimulator;

beforeEach(async () => {
  simulator = await runSimulator();
  await simulator.control.updateApp({ platform: 'twitch', clientId: 'tw', rotate: 'always' });
});

afterEach(async () => {
  await simulator.stop();
});

const fault = (input: Partial<FaultInput> & Pick<FaultInput, 'kind'>) =>
  simulator.control.addFault({ platform: 'twitch', operation: 'token', ...input });

const refreshes = async () => (await simulator.control.grants())[0]?.refreshes;

/** What a client learns: a status, or that the connection failed. */
async function told(run: () => Promise<{ status: number }>): Promise<number | 'failed'> {
  try {
    return (await run()).status;
  } catch {
    return 'failed';
  }
}

describe('a fault', () => {
  it.each<[string, Partial<FaultInput> & Pick<FaultInput, 'kind'>, number | 'failed', number]>([
    ['status', { kind: 'status' }, 503, 0],
    ['status after the effect', { kind: 'status', status: 500, afterEffect: true }, 500, 1],
    ['html', { kind: 'html' }, 502, 0],
    ['garbage', { kind: 'garbage' }, 200, 0],
    ['garbage after the effect', { kind: 'garbage', afterEffect: true }, 200, 1],
    ['reset', { kind: 'reset' }, 'failed', 0],
    ['reset after the effect', { kind: 'reset', afterEffect: true }, 'failed', 1],
    ['answer-lost', { kind: 'answer-lost' }, 'failed', 1],
    ['delay', { kind: 'delay', delayMs: 20 }, 200, 1],
    ['delay after the effect', { kind: 'delay', delayMs: 20, afterEffect: true }, 200, 1],
  ])('of kind %s shows so, and does the platform’s work or not', async (_name, input, seen, done) => {
    const { refreshToken } = await simulator.mintTwitch();
    await fault(input);
    expect(await told(() => simulator.refreshTwitch(refreshToken))).toBe(seen);
    expect(await refreshes()).toBe(done);
    const genuine = input.kind === 'delay';
    await expect
      .poll(() => simulator.control.spends())
      .toEqual([
        expect.objectContaining({
          outcome: done === 1 ? 'granted' : 'unprocessed',
          fault: input.kind,
          delivered: genuine,
          status: seen === 'failed' ? null : seen,
        }),
      ]);
  });

  it.each<[Partial<FaultInput> & Pick<FaultInput, 'kind'>, string, RegExp]>([
    [{ kind: 'html' }, 'text/html', /^<!doctype html>/],
    [{ kind: 'garbage' }, 'application/json', /^\{"access_token": "cut off he$/],
    [{ kind: 'status', status: 429, body: { message: 'slow' } }, 'application/json', /^\{"message":"slow"\}$/],
  ])('%o has its body', async (input, type, body) => {
    await fault(input);
    const answer = await simulator.refreshTwitch('r');
    expect(answer.headers.get('content-type')).toContain(type);
    expect(answer.text).toMatch(body);
  });

  it('says when to come again, and sets headers', async () => {
    await fault({ kind: 'status', status: 429, retryAfterSeconds: 7, headers: { 'Ratelimit-Reset': '123' } });
    const { status, headers } = await simulator.refreshTwitch('r');
    expect([status, headers.get('retry-after'), headers.get('ratelimit-reset')]).toEqual([429, '7', '123']);
  });

  it('that hangs never answers, and the spend is in flight until the client gives up', async () => {
    const { refreshToken } = await simulator.mintTwitch();
    await fault({ kind: 'hang' });
    const patience = new AbortController();
    const hanging = told(() => simulator.wire.post(paths.twitchToken, twitchForm(refreshToken), {}, patience.signal));
    await expect
      .poll(async () => (await simulator.control.spends())[0])
      .toMatchObject({ answeredAt: null, outcome: 'unprocessed' });
    patience.abort();
    expect(await hanging).toBe('failed');
    await expect.poll(async () => (await simulator.control.spends())[0]?.answeredAt).toEqual(expect.any(Number));
    await simulator.control.clearFaults();
    expect((await simulator.refreshTwitch(refreshToken)).status).toBe(200);
    expect((await simulator.control.summary()).doubleSpends).toEqual([]);
  });

  it.each<[string, Partial<FaultInput>, boolean]>([
    ['this app', { clientId: 'tw' }, true],
    ['another app', { clientId: 'public' }, false],
    ['this account', { accountId: '1' }, true],
    ['another account', { accountId: '2' }, false],
    ['another operation', { operation: 'validate' }, false],
    ['any operation', { operation: 'any' }, true],
    ['another platform', { platform: 'youtube' }, false],
    ['a time that has passed', { untilMs: 1 }, false],
    ['a time to come', { untilMs: Date.now() + 3_600_000 }, true],
    ['no requests', { times: 0 }, false],
  ])('for %s meets this request: %o %s', async (_name, input, meets) => {
    const { refreshToken } = await simulator.mintTwitch();
    await fault({ kind: 'status', ...input });
    expect((await simulator.refreshTwitch(refreshToken)).status).toBe(meets ? 503 : 200);
  });

  it('meets as many requests as it was told to, and says how many it met', async () => {
    await fault({ kind: 'status', times: 2 });
    const { refreshToken } = await simulator.mintTwitch();
    const statuses: number[] = [];
    for (let count = 0; count < 3; count += 1) {
      statuses.push((await simulator.refreshTwitch(refreshToken)).status);
    }
    expect(statuses).toEqual([503, 503, 200]);
    expect((await simulator.control.faults())[0]).toMatchObject({ met: 2 });
  });

  it('can be removed, alone or with all others', async () => {
    const { id } = await fault({ kind: 'status' });
    await fault({ kind: 'html' });
    await simulator.control.removeFault({ id });
    expect((await simulator.refreshTwitch('r')).status).toBe(502);
    expect(await simulator.control.clearFaults({ platform: 'twitch' })).toEqual({ removed: 1 });
    expect((await simulator.refreshTwitch('r')).status).toBe(400);
  });

  it('reaches identity and revocation too', async () => {
    const { accessToken } = await simulator.mintTwitch();
    await fault({ kind: 'status', operation: 'identity', times: 1 });
    await fault({ kind: 'status', operation: 'revoke', times: 1 });
    const headers = { authorization: `Bearer ${accessToken}`, 'client-id': 'tw' };
    const users = await simulator.wire.get(paths.twitchUsers, headers);
    const revoked = await simulator.wire.post(paths.twitchRevoke, { client_id: 'tw', token: accessToken });
    expect([users.status, revoked.status]).toEqual([503, 503]);
    expect((await simulator.validateTwitch(accessToken)).status).toBe(200);
  });
});

describe('two spends of one refresh token in flight at once', () => {
  it.each<[string, string]>([
    ['tw', 'client'],
    ['public', 'public client'],
  ])('are a double spend and a complaint (%s)', async (clientId) => {
    const { refreshToken } = await simulator.mintTwitch({ clientId });
    await fault({ kind: 'delay', delayMs: 100 });
    const spend = () =>
      clientId === 'public' ? simulator.refreshPublic(refreshToken) : simulator.refreshTwitch(refreshToken);
    const first = spend();
    await expect.poll(async () => (await simulator.control.spends()).length).toBe(1);
    const second = spend();
    await Promise.all([first, second]);
    await expect
      .poll(async () => (await simulator.control.spends()).map(({ overlap }) => overlap))
      .toEqual([false, true]);
    expect((await simulator.control.summary()).doubleSpends).toHaveLength(1);
    expect(await simulator.complaintTexts()).toEqual([
      'a refresh token was sent while another request with it was still in flight',
    ]);
  });

  it('cut a public client’s connection', async () => {
    const { refreshToken } = await simulator.mintTwitch({ clientId: 'public' });
    await fault({ kind: 'delay', delayMs: 50 });
    const answers = await Promise.all([simulator.refreshPublic(refreshToken), simulator.refreshPublic(refreshToken)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
    expect((await simulator.control.spends()).map(({ replay }) => replay)).toEqual([false, true]);
    expect((await simulator.control.summary()).lostGrants).toHaveLength(1);
  });
});

describe('an answer lost after rotation', () => {
  it('loses a single-use grant, though no test ended it', async () => {
    const { refreshToken, grantId } = await simulator.mintTwitch({ clientId: 'public' });
    await fault({ kind: 'answer-lost', times: 1 });
    expect(await told(() => simulator.refreshPublic(refreshToken))).toBe('failed');
    const { lostGrants, unconfirmedRotations } = await simulator.control.summary();
    expect(lostGrants.map(({ cause, grant }) => [cause, grant.id])).toEqual([['answer-lost', grantId]]);
    expect(unconfirmedRotations).toEqual([grantId]);
  });

  it('loses nothing where the old token goes on working', async () => {
    const { refreshToken, grantId } = await simulator.mintTwitch();
    await fault({ kind: 'answer-lost', times: 1 });
    expect(await told(() => simulator.refreshTwitch(refreshToken))).toBe('failed');
    const between = await simulator.control.summary();
    expect([between.unconfirmedRotations, between.lostGrants]).toEqual([[grantId], []]);
    const answer = await simulator.refreshTwitch(refreshToken);
    await simulator.validateTwitch(String(answer.json?.access_token));
    const { lostGrants, doubleSpends, unconfirmedRotations } = await simulator.control.summary();
    expect({ lostGrants, doubleSpends, unconfirmedRotations }).toEqual({
      lostGrants: [],
      doubleSpends: [],
      unconfirmedRotations: [],
    });
  });

  it.each([[false], [true]])(
    'is also one whose client went away during a delay (after the effect: %s)',
    async (after) => {
      const { refreshToken } = await simulator.mintTwitch({ clientId: 'public' });
      await fault({ kind: 'delay', delayMs: 100, afterEffect: after });
      const form = { grant_type: 'refresh_token', client_id: 'public', refresh_token: refreshToken };
      const leaving = AbortSignal.timeout(30);
      expect(await told(() => simulator.wire.post(paths.twitchToken, form, {}, leaving))).toBe('failed');
      await expect.poll(refreshes).toBe(1);
      await expect.poll(async () => (await simulator.control.spends())[0]?.answeredAt).toEqual(expect.any(Number));
      expect((await simulator.control.spends())[0]?.delivered).toBe(false);
      expect((await simulator.control.summary()).lostGrants).toHaveLength(1);
    },
  );
});
