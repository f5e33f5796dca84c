import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { errorOf } from './graph-error.ts';
import { callback, type OwnLoginClient, ownApp, ownPerson, runWithOwnLogin } from './instagram-client.ts';
import type { AppInput, Cause } from './model.ts';
import { dayMs } from './running.ts';
import type { WireAnswer } from './wire-client.ts';

const tokenOf = (answer: WireAnswer): string => String(answer.json?.access_token);
const sixtyDays = 5_183_944;
const hourMs = 3_600_000;

describe.each(['instagram', 'threads'] as const)('%s', (platform) => {
  let login: OwnLoginClient;

  beforeEach(async () => {
    login = await runWithOwnLogin(platform);
  });

  afterEach(async () => {
    await login.simulator.stop();
  });

  const complaints = () => login.simulator.complaintTexts();

  describe('the dialog', () => {
    it('sends back a code and what is no part of it', async () => {
      const back = await login.location();
      expect(back.href).toMatch(/#_$/);
      expect([...back.searchParams.keys()]).toEqual(['code', 'state']);
      expect(await complaints()).toEqual([]);
    });

    it('takes scopes with spaces too', async () => {
      const scope = login.facts.scopes.join(' ');
      const code = (await login.location({ approve: ownPerson, scope })).searchParams.get('code') ?? '';
      await login.redeem(code);
      expect((await login.simulator.control.grants())[0]?.scopes).toEqual(login.facts.scopes);
    });

    it('tells a refusal with three words', async () => {
      expect(Object.fromEntries((await login.location({ decline: '1' })).searchParams)).toEqual({
        ...{ error: 'access_denied', error_reason: 'user_denied', error_description: expect.any(String), state: 's1' },
      });
    });

    it.each<[Record<string, string>, RegExp]>([
      [{ client_id: '9' }, /Invalid platform app|No app ID was provided in the request.*4476002/],
      [{ redirect_uri: `${callback}/` }, /Invalid redirect_uri/],
      [{ scope: 'business_basic' }, /_basic must be among them/],
      [{ response_type: '' }, /response_type is missing/],
      [{ code_challenge: 'c', code_challenge_method: 'S256' }, /code_challenge is not known here/],
    ])('shows an error page for %o and complains', async (change, text) => {
      const answer = await login.ask({ approve: ownPerson, ...change });
      expect(answer.status).toBe(400);
      expect(answer.text).toMatch(text);
      expect((await complaints()).length).toBeGreaterThan(0);
    });
  });

  describe('a code', () => {
    it('gives a token of an hour and an id that no number of JavaScript holds', async () => {
      const { status, text } = await login.redeem(await login.code());
      expect(status).toBe(200);
      expect(text).toContain(`"user_id":${ownPerson}`);
      expect(JSON.parse(text)).toMatchObject({ access_token: expect.stringMatching(login.facts.token) });
      expect(String(JSON.parse(text).user_id)).not.toBe(ownPerson);
      const [grant] = await login.simulator.control.tokens();
      expect(Number(grant?.announcedExpiresAt) - Number(grant?.issuedAt)).toBe(hourMs);
      expect(await complaints()).toEqual([]);
    });

    it('may come in a multipart form', async () => {
      const form = new FormData();
      const client = { client_id: ownApp.id, client_secret: ownApp.secret, redirect_uri: callback };
      const code = await login.code();
      for (const [name, value] of Object.entries({ ...client, grant_type: 'authorization_code', code })) {
        form.append(name, value);
      }
      const body = new Response(form);
      const headers = { 'content-type': body.headers.get('content-type') ?? '' };
      const path = `${login.facts.codes}/oauth/access_token`;
      expect((await login.simulator.wire.post(path, await body.text(), headers)).status).toBe(200);
      expect(await complaints()).toEqual([]);
    });

    it.each<[number, number]>([
      [hourMs - 1000, 200],
      [hourMs + 1000, 400],
    ])('lives for an hour: after %d ms the answer is %d', async (byMs, status) => {
      const code = await login.code();
      await login.shift(byMs);
      expect((await login.redeem(code)).status).toBe(status);
    });

    const spent = 'Matching code was not found or was already used';
    it.each<[string, Record<string, string>, RegExp | string, number]>([
      ['nobody has', { code: 'AQno' }, spent, 0],
      ['is for another address', { redirect_uri: `${callback}/` }, /redirect_uri is not identical/, 1],
      ['comes with a wrong secret', { client_secret: 'no' }, 'Error validating client secret.', 0],
      ['comes from nobody', { client_id: '9' }, /Invalid platform app|No app ID was provided/, 0],
      ['comes with another grant type', { grant_type: 'password' }, 'Invalid grant type', 1],
      ['comes with more', { scope: 'x' }, 'parameter scope is not known here', 1],
    ])('that %s is refused in the flat shape', async (_name, change, message, complained) => {
      const answer = await login.redeem(await login.code(), change);
      expect({ status: answer.status, json: answer.json }).toEqual({
        status: 400,
        json: { error_type: 'OAuthException', code: 400, error_message: expect.stringMatching(message) },
      });
      expect(await complaints()).toHaveLength(complained);
    });

    it('is spent once', async () => {
      const code = await login.code();
      await login.redeem(code);
      expect((await login.redeem(code)).json).toMatchObject({ error_message: spent });
      expect((await login.simulator.control.summary()).doubleSpends).toHaveLength(1);
    });
  });

  describe('the exchange', () => {
    it('gives sixty days for a token of an hour', async () => {
      const { accessToken } = await login.mint({ shortLived: true });
      const answer = await login.exchange(accessToken);
      expect(answer.json).toEqual({
        ...{ access_token: expect.stringMatching(login.facts.token), token_type: 'bearer', expires_in: sixtyDays },
      });
      expect((await login.me(tokenOf(answer))).status).toBe(200);
      expect(await complaints()).toEqual([]);
      expect(await login.simulator.control.spends()).toEqual([
        expect.objectContaining({ kind: 'exchange', outcome: 'granted', singleUse: false }),
      ]);
    });

    it.each<[string, Partial<AppInput>, boolean, Record<string, string>, object, number]>([
      ['a long-lived token', {}, false, {}, { code: 452, message: 'Session key invalid' }, 0],
      ['a wrong secret', {}, true, { client_secret: 'no' }, { code: 100, message: /client secret/ }, 0],
      ['another grant type', {}, true, { grant_type: 'fb_exchange_token' }, { code: 100 }, 1],
      ['a client id', {}, true, { client_id: ownApp.id }, { code: 100, message: /client_id is not known/ }, 1],
      ['a token that nobody has', {}, true, { access_token: 'cut off' }, { code: 190, message: /Malformed/ }, 0],
      ['a blocked app', { suspended: true }, true, {}, { code: 200, message: 'API access blocked.' }, 0],
      ['the limit of the app', { quirks: ['limit-4'] }, true, {}, { status: 403, code: 4 }, 0],
    ])('is refused for %s', async (_name, change, shortLived, more, error, complained) => {
      const { accessToken } = await login.mint({ shortLived });
      await login.app(change);
      const answer = errorOf(await login.exchange(accessToken, more));
      for (const [name, value] of Object.entries(error)) {
        expect(answer[name]).toEqual(value instanceof RegExp ? expect.stringMatching(value) : value);
      }
      expect(await complaints()).toHaveLength(complained);
    });
  });

  describe('the refresh', () => {
    it.each<[string, Partial<AppInput>, boolean, boolean]>([
      ['another string, and the old one lives', {}, false, true],
      ['the same string', { quirks: ['same-token-value'] }, true, true],
      ['another string, and the old one dies', { quirks: ['old-token-dies'] }, false, false],
    ])('gives sixty days from now: %s', async (_name, change, isSame, isAlive) => {
      await login.app(change);
      const { accessToken } = await login.mint({ obtainedAt: Date.now() - 50 * dayMs });
      const answer = await login.refresh(accessToken);
      expect(answer.json).toMatchObject({ token_type: 'bearer', expires_in: sixtyDays });
      expect(tokenOf(answer) === accessToken).toBe(isSame);
      expect((await login.me(accessToken)).status).toBe(isAlive ? 200 : 400);
      expect((await login.me(tokenOf(answer))).status).toBe(200);
      expect(await complaints()).toEqual([]);
    });

    it('announces no life where told so', async () => {
      await login.app({ quirks: ['omit-expires-in'] });
      const { accessToken } = await login.mint({ obtainedAt: Date.now() - 2 * dayMs });
      expect((await login.refresh(accessToken)).json).not.toHaveProperty('expires_in');
    });

    it.each<[number, number, number]>([
      [23, 400, 1],
      [25, 200, 0],
    ])('is for tokens of a day: at %d hours the answer is %d', async (hours, status, complained) => {
      const { accessToken } = await login.mint({ obtainedAt: Date.now() - hours * hourMs });
      const answer = await login.refresh(accessToken);
      expect(answer.status).toBe(status);
      expect((await login.simulator.control.spends())[0]?.rejected).toBe(false);
      expect(await complaints()).toHaveLength(complained);
    });

    it.each<[Cause, object]>([
      ['token-expired', { message: expect.stringMatching(/Session has expired on/) }],
      ['password-changed', { message: expect.stringMatching(/changed their password/) }],
      ['disconnected', { subcode: 458 }],
      ['logged-out', { subcode: 467 }],
      ['device-changed', { subcode: 467 }],
      ['checkpoint', { subcode: 459 }],
      ['many-addresses', { subcode: 459 }],
      ['unconfirmed', { subcode: 464 }],
      ['token-ended-early', { subcode: undefined }],
    ])('and all reads are refused after %s', async (cause, error) => {
      const { accessToken } = await login.mint({ obtainedAt: Date.now() - 2 * dayMs });
      await login.strike(cause);
      expect(errorOf(await login.refresh(accessToken))).toMatchObject({ status: 400, code: 190, ...error });
      expect(errorOf(await login.me(accessToken))).toMatchObject({ status: 400, code: 190, ...error });
      expect((await login.simulator.control.spends())[0]).toMatchObject({ rejected: true });
      expect((await login.simulator.control.grants())[0]?.alive).toBe(false);
    });

    it('and all reads are refused without the basic permission', async () => {
      const { accessToken } = await login.mint({ obtainedAt: Date.now() - 2 * dayMs });
      await login.strike('permission-withdrawn', { scopes: [login.facts.scopes[0]] });
      for (const answer of [await login.refresh(accessToken), await login.me(accessToken)]) {
        expect(errorOf(answer)).toMatchObject({ status: 403, code: 10 });
      }
      expect(await login.ends()).toEqual([null]);
    });

    it.each<[boolean, number]>([
      [false, 200],
      [true, 403],
    ])('of a private account (%s) is over with its permissions, 90 days after the consent: %d', async (...row) => {
      const [isPrivate, status] = row;
      await login.account({ isPrivate });
      const at = { consentedAt: Date.now() - 91 * dayMs, obtainedAt: Date.now() - 2 * dayMs };
      const { accessToken } = await login.mint(at);
      expect((await login.refresh(accessToken)).status).toBe(status);
      expect((await login.me(accessToken)).status).toBe(status);
    });
  });

  describe('me', () => {
    it.each<[string, Record<string, string>, object]>([
      ['an unknown field', { fields: 'id,tasks' }, { code: 100 }],
      ['an unknown parameter', { appsecret_proof: 'x' }, { code: 100 }],
      ['no token', { access_token: '' }, { code: 104 }],
    ])('complains of %s', async (_name, more, error) => {
      const { accessToken } = await login.mint();
      const answer = await login.get(`/${login.facts.version}/me`, { access_token: accessToken, ...more });
      expect(errorOf(answer)).toMatchObject({ status: 400, ...error });
      expect(await complaints()).toHaveLength(1);
    });

    it('takes no token as Bearer', async () => {
      const headers = { authorization: `Bearer ${(await login.mint()).accessToken}` };
      const answer = await login.simulator.wire.get(`${login.facts.graph}/${login.facts.version}/me`, headers);
      expect(answer.status).toBe(400);
      expect(await complaints()).toHaveLength(1);
    });

    it.each<[string, Partial<AppInput>, string, number]>([
      ['that is over', { apiVersionRetired: true }, '', 0],
      ['that is none', {}, 'v2.0', 1],
    ])('is refused with a version %s', async (_name, change, version, complained) => {
      await login.app(change);
      const { accessToken } = await login.mint();
      const path = `/${version || login.facts.version}/me`;
      expect(errorOf(await login.get(path, { access_token: accessToken }))).toMatchObject({ code: 2635 });
      expect(await complaints()).toHaveLength(complained);
    });
  });
});
