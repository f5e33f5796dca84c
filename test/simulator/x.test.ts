import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AppInput } from './model.ts';
import { dayMs } from './running.ts';
import type { WireAnswer } from './wire-client.ts';
import { basicOf, runWithX, type XClient, xBasic, xCallback, xPaths, xPerson, xScopes } from './x-client.ts';

let x: XClient;

beforeEach(async () => {
  x = await runWithX();
});

afterEach(async () => {
  await x.simulator.stop();
});

const refreshTokenOf = ({ json }: WireAnswer): string => String(json?.refresh_token);
const deadToken = { error: 'invalid_request', error_description: 'Value passed for the token was invalid.' };
const missingHeader = { error: 'unauthorized_client', error_description: 'Missing valid authorization header' };

describe('X, refresh', () => {
  it('gives two hours and a new refresh token each time', async () => {
    const minted = await x.mint();
    const answer = await x.refresh(minted.refreshToken);
    expect(answer.json).toEqual({
      token_type: 'bearer',
      expires_in: 7200,
      access_token: expect.any(String),
      scope: xScopes.join(' '),
      refresh_token: expect.any(String),
    });
    expect(refreshTokenOf(answer)).not.toBe(minted.refreshToken);
    expect((await x.usersMe(minted.accessToken)).status).toBe(200);
    expect(await x.simulator.complaintTexts()).toEqual([]);
  });

  it('takes the Basic header as the documentation has it: base64 of what is not encoded first', async () => {
    await x.simulator.control.createApp({
      platform: 'x',
      clientId: 'Q2xpZW50SWQ6MTpjaQ',
      clientSecret: 's3cr3t-Value_01',
    });
    const { refreshToken } = await x.mint({ clientId: 'Q2xpZW50SWQ6MTpjaQ' });
    const authorization = 'Basic UTJ4cFpXNTBTV1E2TVRwamFROnMzY3IzdC1WYWx1ZV8wMQ==';
    expect((await x.refresh(refreshToken, { authorization })).status).toBe(200);
  });

  it.each<[string, Partial<AppInput>, object, string | null, boolean]>([
    ['ends everything', {}, deadToken, 'replay', false],
    ['is refused and no more', { quirks: ['replay-spares-tokens'] }, deadToken, null, true],
    ['says invalid_grant', { quirks: ['reject-as-invalid-grant'] }, { error: 'invalid_grant' }, 'replay', false],
  ])('%s where a spent refresh token comes again (%o)', async (_name, change, body, endedBy, goesOn) => {
    await x.app(change);
    const { refreshToken } = await x.mint();
    const newer = await x.refresh(refreshToken);
    const replayed = await x.refresh(refreshToken);
    expect(replayed.status).toBe(400);
    expect(replayed.json).toMatchObject(body);
    expect(await x.ends()).toEqual([endedBy]);
    expect((await x.usersMe(String(newer.json?.access_token))).status).toBe(goesOn ? 200 : 401);
    expect((await x.refresh(refreshTokenOf(newer))).status).toBe(goesOn ? 200 : 400);
    const { doubleSpends, lostGrants } = await x.simulator.control.summary();
    expect(doubleSpends[0]).toMatchObject({ replay: true, singleUse: true, rejected: true });
    expect(lostGrants.map(({ cause }) => cause)).toEqual(goesOn ? [] : ['replay']);
  });

  it('loses the grant where its answer is lost: there is no grace', async () => {
    const { refreshToken } = await x.mint();
    await x.simulator.control.addFault({ platform: 'x', operation: 'token', kind: 'answer-lost', times: 1 });
    await expect(x.refresh(refreshToken)).rejects.toThrow();
    expect((await x.simulator.control.summary()).lostGrants.map(({ cause }) => cause)).toEqual(['answer-lost']);
    expect((await x.refresh(refreshToken)).json).toEqual(deadToken);
  });

  it('may end the earlier access token', async () => {
    await x.app({ quirks: ['refresh-ends-access'] });
    const { accessToken, refreshToken } = await x.mint();
    const newer = await x.refresh(refreshToken);
    expect((await x.usersMe(accessToken)).status).toBe(401);
    expect((await x.usersMe(String(newer.json?.access_token))).status).toBe(200);
  });

  it('takes a refresh token for six months from its own issue', async () => {
    const { refreshToken, refreshExpiresAt, obtainedAt } = await x.mint({ obtainedAt: Date.now() - 179 * dayMs });
    expect(refreshExpiresAt).toBe(obtainedAt + 180 * dayMs);
    const second = refreshTokenOf(await x.refresh(refreshToken));
    await x.shift(179 * dayMs);
    const third = refreshTokenOf(await x.refresh(second));
    await x.shift(180 * dayMs);
    expect((await x.refresh(third)).json).toEqual(deadToken);
    expect(await x.ends()).toEqual(['unused']);
  });

  it('is not to be had without offline.access: two hours are all', async () => {
    const minted = await x.simulator.control.mintGrant({
      ...xPerson,
      clientId: 'xa',
      scopes: ['tweet.read', 'users.read'],
    });
    expect(minted.refreshToken).toBeNull();
    await x.shift(7_200_001);
    expect((await x.usersMe(minted.accessToken)).status).toBe(401);
    expect(await x.ends()).toEqual(['token-expired']);
  });

  it('keeps one grant per app and person: a second consent ends the first', async () => {
    const first = await x.mint();
    await x.mint({ accountId: '2' });
    await x.mint({ clientId: 'open' });
    const second = await x.mint();
    expect(await x.ends()).toEqual(['superseded', null, null, null]);
    expect((await x.refresh(first.refreshToken)).json).toEqual(deadToken);
    expect((await x.usersMe(first.accessToken)).status).toBe(401);
    expect((await x.refresh(second.refreshToken)).status).toBe(200);
    expect((await x.simulator.control.summary()).lostGrants).toEqual([]);
  });
});

describe('X, clients', () => {
  const encoded = basicOf('xa', 's3cr3t%2DValue%5F01');
  it.each<[string, Record<string, string>, Record<string, string>, number, object, string[]]>([
    ['a wrong secret', basicOf('xa', 'wrong'), {}, 401, missingHeader, []],
    ['an unknown client', basicOf('nobody', 's'), {}, 401, { error: 'invalid_client' }, []],
    ['an unknown public client', {}, { client_id: 'nobody' }, 400, { error: 'invalid_client' }, []],
    [
      'an encoded secret',
      encoded,
      {},
      401,
      missingHeader,
      ['the client secret was percent-encoded in the Authorization header'],
    ],
    ['no header', {}, { client_id: 'xa' }, 401, missingHeader, ['a confidential client sent no Basic header']],
    ['nothing at all', {}, {}, 401, missingHeader, ['neither a Basic header nor client_id says which app asks']],
    ['a secret of a public client', basicOf('open', 's'), {}, 401, missingHeader, ['a public client sent a secret']],
    [
      'a secret in the form',
      xBasic,
      { client_secret: 's3cr3t-Value_01' },
      400,
      { error: 'invalid_request' },
      ['parameter client_secret is not known here'],
    ],
    [
      'two names',
      xBasic,
      { client_id: 'open' },
      400,
      { error: 'invalid_request' },
      ['client_id differs from that of the Basic header'],
    ],
  ])('are refused with %s', async (_name, headers, form, status, body, complaints) => {
    const answer = await x.refresh('some', headers, form);
    expect(answer.status).toBe(status);
    expect(answer.json).toMatchObject(body);
    expect(await x.simulator.complaintTexts()).toEqual(complaints);
  });

  it('may name themselves twice, or be public and send client_id alone', async () => {
    const { refreshToken } = await x.mint();
    expect((await x.refresh(refreshToken, xBasic, { client_id: 'xa' })).status).toBe(200);
    const open = await x.mint({ clientId: 'open' });
    expect((await x.refresh(open.refreshToken, {}, { client_id: 'open' })).status).toBe(200);
    expect(await x.simulator.complaintTexts()).toEqual([]);
  });

  it('are refused each other’s refresh tokens', async () => {
    const { refreshToken } = await x.mint();
    expect((await x.refresh(refreshToken, {}, { client_id: 'open' })).json).toEqual(deadToken);
    expect(await x.ends()).toEqual([null]);
    expect(await x.simulator.complaintTexts()).toHaveLength(1);
  });

  it('are refused another grant type, and other parameters', async () => {
    const answer = await x.simulator.wire.post(xPaths.token, { grant_type: 'client_credentials' }, xBasic);
    expect(answer.json).toMatchObject({ error: 'unsupported_grant_type' });
    const without = await x.simulator.wire.post(xPaths.token, { grant_type: 'refresh_token' }, xBasic);
    expect(without.json).toEqual({
      ...{ error: 'invalid_request', error_description: 'parameter refresh_token is missing or empty' },
    });
  });

  it('are refused when suspended, and taken again', async () => {
    const { accessToken, refreshToken } = await x.mint();
    await x.app({ suspended: true });
    expect((await x.refresh(refreshToken)).json).toMatchObject({ error: 'invalid_client' });
    const answer = await x.usersMe(accessToken);
    expect(answer.status).toBe(403);
    expect(answer.json?.type).toMatch(/\/app-suspended$/);
    await x.app({ suspended: false });
    expect((await x.refresh(refreshToken)).status).toBe(200);
  });
});

describe('X, consent', () => {
  const verifier = 'k3mD0w6Qb1sYt8uXzA2cE4gH6jL8nP0rT2vW4yZ6_-~.';
  const query = {
    ...{ response_type: 'code', client_id: 'xa', redirect_uri: xCallback, scope: xScopes.join(' '), state: 's1' },
    ...{ code_challenge: '-v47rp2JME6UUJp5pE8zPk0NsMLGuOZ37H1eo4jgDPw', code_challenge_method: 'S256' },
  };
  const ask = (change: Record<string, string>) =>
    x.simulator.wire.get(`${xPaths.consent}?${new URLSearchParams({ ...query, ...change })}`);
  const backFrom = async (change: Record<string, string> = { approve: xPerson.accountId }) =>
    new URL((await ask(change)).headers.get('location') ?? '').searchParams;
  const exchange = (code: string | null, change: Record<string, string> = {}) =>
    x.simulator.wire.post(
      xPaths.token,
      {
        ...{ grant_type: 'authorization_code', code: code ?? '', redirect_uri: xCallback, code_verifier: verifier },
        ...change,
      },
      xBasic,
    );

  it('leads to a pair, with the challenge that the reference has', async () => {
    expect(createHash('sha256').update(verifier).digest('base64url')).toBe(query.code_challenge);
    const back = await backFrom();
    expect(back.get('state')).toBe('s1');
    const answer = await exchange(back.get('code'));
    expect(answer.json).toMatchObject({ expires_in: 7200, scope: query.scope, refresh_token: expect.any(String) });
    expect((await x.usersMe(String(answer.json?.access_token))).json).toMatchObject({
      data: { id: xPerson.accountId },
    });
    expect(await x.simulator.complaintTexts()).toEqual([]);
  });

  it('gives a code for thirty seconds', async () => {
    const back = await backFrom();
    await x.shift(30_001);
    expect((await exchange(back.get('code'))).json).toEqual({
      error: 'invalid_request',
      error_description: 'Value passed for the authorization code was invalid.',
    });
  });

  it.each<[string, Record<string, string>, string]>([
    ['another verifier', { code_verifier: 'v'.repeat(43) }, 'authorization code'],
    ['another address', { redirect_uri: 'https://127.0.0.1/other' }, 'redirect uri'],
  ])('is refused with %s', async (_name, change, text) => {
    const back = await backFrom();
    const { status, json } = await exchange(back.get('code'), change);
    expect(status).toBe(400);
    expect(json?.error_description).toBe(`Value passed for the ${text} was invalid.`);
  });

  it.each<[Record<string, string>, string]>([
    [{ state: '' }, 'parameter state is missing'],
    [{ state: 's'.repeat(501) }, 'state is longer than 500 characters'],
    [{ code_challenge: '' }, 'parameter code_challenge is missing'],
    [{ scope: 'tweet.read,users.read' }, 'the scopes are not separated'],
    [{ redirect_uri: 'https://elsewhere.example/' }, 'the callback is not one of the app'],
    [{ prompt: 'consent' }, 'parameter prompt is not known here'],
  ])('shows an error page for %o and complains', async (change, text) => {
    const answer = await ask({ ...change, approve: xPerson.accountId });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(text);
    expect(await x.simulator.complaintTexts()).toHaveLength(1);
  });

  it('tells that the person declined', async () => {
    expect((await backFrom({ decline: '1' })).get('error')).toBe('access_denied');
  });
});
