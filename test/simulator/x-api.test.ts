import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AppInput, Cause } from './model.ts';
import { basicOf, runWithX, type XClient, xBasic, xPaths, xPerson } from './x-client.ts';

let x: XClient;

beforeEach(async () => {
  x = await runWithX();
});

afterEach(async () => {
  await x.simulator.stop();
});

const deadToken = { error: 'invalid_request', error_description: 'Value passed for the token was invalid.' };
const missingHeader = { error: 'unauthorized_client', error_description: 'Missing valid authorization header' };

describe('X, users/me', () => {
  it('tells id, name and username, with rate headers', async () => {
    const { accessToken } = await x.mint();
    const { json, headers } = await x.usersMe(accessToken, '?user.fields=verified,protected');
    expect(json).toEqual({
      data: { id: xPerson.accountId, name: 'Studio', username: 'studio', verified: false, protected: false },
    });
    expect(headers.get('x-rate-limit-limit')).toBe('75');
    expect(headers.get('x-rate-limit-remaining')).toBe('74');
    const reset = Number(headers.get('x-rate-limit-reset'));
    expect(reset % 900).toBe(0);
    expect(reset * 1000 - Date.now()).toBeGreaterThan(-1000);
    expect(headers.get('x-user-limit-24hour-remaining')).toBeNull();
  });

  it.each<[string, Record<string, string>, number, object, number]>([
    ['a dead token', { authorization: 'Bearer nothing' }, 401, { type: 'about:blank', detail: 'Unauthorized' }, 0],
    ['no header', {}, 401, { title: 'Unauthorized' }, 1],
  ])('refuses %s', async (_name, headers, status, body, complaints) => {
    const answer = await x.simulator.wire.get(xPaths.me, headers);
    expect(answer.status).toBe(status);
    expect(answer.json).toMatchObject(body);
    expect(await x.simulator.complaintTexts()).toHaveLength(complaints);
  });

  it('refuses a parameter that it does not know', async () => {
    const { accessToken } = await x.mint();
    const answer = await x.usersMe(accessToken, '?fields=id');
    expect(answer.json).toMatchObject({ status: 400, type: expect.stringMatching(/\/invalid-request$/) });
    expect(await x.simulator.complaintTexts()).toEqual(['parameter fields is not known here']);
  });

  it('needs both scopes', async () => {
    const { accessToken } = await x.mint({ scopes: ['tweet.read', 'offline.access'] });
    const answer = await x.usersMe(accessToken);
    expect(answer.status).toBe(403);
    expect(answer.json?.detail).toContain('scopes');
  });

  it.each<[AppInput['quirks'], number, object]>([
    [['client-not-enrolled'], 403, { type: /\/client-forbidden$/, reason: /^client-not-enrolled$/ }],
    [['credits-depleted'], 402, { title: /^CreditsDepleted$/ }],
    [['usage-capped'], 429, { type: /\/usage-capped$/ }],
    [['rate-limited'], 429, { type: /\/rate-limit-exceeded$/ }],
    [['day-limit-reached'], 429, { type: /\/rate-limit-exceeded$/ }],
  ])('says of an app with %o what is wrong, and refreshes go on', async (quirks, status, body) => {
    const { accessToken, refreshToken } = await x.mint();
    await x.app({ quirks: quirks ?? [] });
    const answer = await x.usersMe(accessToken);
    expect(answer.status).toBe(status);
    for (const [name, pattern] of Object.entries(body)) {
      expect(answer.json?.[name]).toMatch(pattern);
    }
    expect((await x.refresh(refreshToken)).status).toBe(200);
  });

  it.each<[AppInput['quirks'], string, string | null]>([
    [['rate-limited'], '0', null],
    [['day-limit-reached'], '74', '0'],
  ])('says of an app with %o which window is used up', async (quirks, quarter, day) => {
    const { accessToken } = await x.mint();
    await x.app({ quirks: quirks ?? [] });
    const { headers } = await x.usersMe(accessToken);
    expect(headers.get('x-rate-limit-remaining')).toBe(quarter);
    expect(headers.get('x-user-limit-24hour-remaining')).toBe(day);
    const later = Number(headers.get('x-user-limit-24hour-reset') ?? 0);
    expect(later % 86_400).toBe(0);
  });

  it('may have errors beside the person', async () => {
    const { accessToken } = await x.mint();
    await x.app({ quirks: ['errors-beside-data'] });
    const { status, json } = await x.usersMe(accessToken);
    expect(status).toBe(200);
    expect(json).toMatchObject({ data: { id: xPerson.accountId }, errors: [{ title: 'Not Found Error' }] });
  });
});

describe('X, struck', () => {
  it.each<[Cause, object]>([
    ['suspended', { type: expect.stringMatching(/\/user-suspended$/) }],
    ['locked', { errors: [{ code: 326, message: expect.any(String) }] }],
    ['spam-blocked', { errors: [{ code: 226, message: expect.any(String) }] }],
  ])('%s: says so with 403, keeps the tokens, and is itself again after the cure', async (cause, body) => {
    const { accessToken, refreshToken } = await x.mint();
    await x.strike(cause);
    const answer = await x.usersMe(accessToken);
    expect(answer.status).toBe(403);
    expect(answer.json).toMatchObject(body);
    expect((await x.refresh(refreshToken)).status).toBe(200);
    await x.simulator.control.cure({ ...xPerson, cause });
    expect((await x.usersMe(accessToken)).status).toBe(200);
  });

  it.each<[Cause, string]>([
    ['disconnected', 'disconnected'],
    ['deleted', 'deleted'],
    ['unused', 'unused'],
  ])('%s: nothing works any more', async (cause, endedBy) => {
    const { accessToken, refreshToken } = await x.mint();
    expect(await x.strike(cause)).toEqual({ ended: 1 });
    expect((await x.usersMe(accessToken)).status).toBe(401);
    expect((await x.refresh(refreshToken)).json).toEqual(deadToken);
    expect(await x.ends()).toEqual([endedBy]);
  });

  it('token-ended-early: the refresh token goes on', async () => {
    const { accessToken, refreshToken } = await x.mint();
    await x.strike('token-ended-early');
    expect((await x.usersMe(accessToken)).status).toBe(401);
    expect((await x.refresh(refreshToken)).status).toBe(200);
  });

  it('token-expired: ends what has no refresh token, and is refused elsewhere', async () => {
    await x.mint({ scopes: ['tweet.read'] });
    expect(await x.strike('token-expired')).toEqual({ ended: 1 });
    await x.mint();
    await expect(x.strike('token-expired')).rejects.toThrow('it has no such end by age');
    await x.mint({ scopes: ['tweet.read'] });
    await expect(x.strike('unused')).rejects.toThrow('it has no such end by age');
  });
});

describe('X, revoke', () => {
  it.each(['accessToken', 'refreshToken'] as const)('ends the grant with its %s', async (which) => {
    const minted = await x.mint();
    const answer = await x.simulator.wire.post(xPaths.revoke, { token: minted[which] }, xBasic);
    expect({ status: answer.status, body: answer.json }).toEqual({ status: 200, body: { revoked: true } });
    expect((await x.usersMe(minted.accessToken)).status).toBe(401);
    expect(await x.ends()).toEqual(['revoked-by-client']);
  });

  it('takes a token that nobody has, and no client that it does not know', async () => {
    expect((await x.simulator.wire.post(xPaths.revoke, { token: 'nothing' }, xBasic)).status).toBe(200);
    const answer = await x.simulator.wire.post(xPaths.revoke, { token: 'nothing' }, basicOf('xa', 'wrong'));
    expect(answer.json).toEqual(missingHeader);
  });
});
