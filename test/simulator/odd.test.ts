import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AppInput, Cause } from './model.ts';
import { bodyOf, type OddClient, oddMember, oddPaths, runWithOdd, tokenOf, wordOf } from './odd-client.ts';
import { dayMs } from './running.ts';
import type { WireAnswer } from './wire-client.ts';

const callback = 'https://127.0.0.1/callback';

let odd: OddClient;

beforeEach(async () => {
  odd = await runWithOdd();
});

afterEach(async () => {
  await odd.simulator.stop();
});

describe('odd, a renewal', () => {
  it('nests its answer, counts in milliseconds, and tells the account as a number of 17 digits', async () => {
    const { refreshToken } = await odd.mint();
    const answer = await odd.renew(refreshToken);
    expect(tokenOf(answer)).toEqual({
      ...{ pass: expect.stringMatching(/^access\./), lifetime_ms: 5_400_000, allows: 'me.read,stream.write' },
      ...{ renewal_key: expect.stringMatching(/^refresh\./), renewal_lifetime_ms: 90 * dayMs },
    });
    expect(answer.text).toContain('"member":{"number":17841405822304915}');
    expect(await odd.simulator.complaintTexts()).toEqual([]);
  });

  it('gives a new key each time, and the old one dies of it', async () => {
    const { refreshToken } = await odd.mint();
    const first = await odd.renew(refreshToken);
    const again = await odd.renew(refreshToken);
    expect(again.status).toBe(200);
    expect(wordOf(again)).toBe('renewal_key_dead');
    expect(bodyOf(await odd.renew(String(tokenOf(first).renewal_key)))).toMatchObject({ ok: true });
    const { doubleSpends, lostGrants } = await odd.simulator.control.summary();
    expect([doubleSpends.map(({ rejected }) => rejected), lostGrants]).toEqual([[true], []]);
  });

  it('lasts no longer than a year from the consent', async () => {
    const { refreshToken, refreshExpiresAt, consentedAt } = await odd.mint({
      ...{ consentedAt: Date.now() - 355 * dayMs, obtainedAt: Date.now() - dayMs },
    });
    expect(refreshExpiresAt).toBe(consentedAt + 365 * dayMs);
    const renewed = tokenOf(await odd.renew(refreshToken));
    expect(Number(renewed.renewal_lifetime_ms) / dayMs).toBeCloseTo(10, 2);
    await odd.shift(10 * dayMs + 1);
    expect(wordOf(await odd.renew(String(renewed.renewal_key)))).toBe('consent_over');
  });

  it('may count in text', async () => {
    await odd.app({ quirks: ['text-lifetimes'] });
    const { refreshToken } = await odd.mint();
    expect(tokenOf(await odd.renew(refreshToken))).toMatchObject({ lifetime_ms: '5400000' });
  });
});

describe('odd, a client', () => {
  it('has a secret of which nothing is encoded, though everything could be', async () => {
    expect(odd.secret).not.toBe(encodeURIComponent(odd.secret));
    expect(odd.secret).not.toBe(new URLSearchParams({ s: odd.secret }).toString().slice(2));
    expect(odd.secret).toContain(':');
    const { refreshToken } = await odd.mint();
    expect(bodyOf(await odd.renew(refreshToken, { client_key: 'odd-app_1' }))).toMatchObject({ ok: true });
  });

  const encoded = 'the client secret was percent-encoded in the Authorization header';
  const shape = 'the call needs a JSON body, HTTP Basic and no query';
  it.each<[string, () => Promise<WireAnswer>, string, string[]]>([
    ['that nobody knows', () => odd.renew('k', {}, odd.basic('nobody')), 'app_unknown', []],
    ['with a wrong secret', () => odd.renew('k', {}, odd.basic('odd-app_1', 'wrong')), 'app_word_wrong', []],
    [
      'that encodes its secret for a URL',
      () => odd.renew('k', {}, odd.basic('odd-app_1', encodeURIComponent(odd.secret))),
      ...(['app_word_wrong', [encoded]] as [string, string[]]),
    ],
    [
      'that encodes its secret for a form',
      () => odd.renew('k', {}, odd.basic('odd-app_1', new URLSearchParams({ s: odd.secret }).toString().slice(2))),
      ...(['app_word_wrong', [encoded]] as [string, string[]]),
    ],
    [
      'with two names',
      () => odd.renew('k', { client_key: 'b' }),
      'odd_request',
      ['client_key differs from that of the Basic header'],
    ],
    [
      'that sends a form',
      () => odd.simulator.wire.post(oddPaths.grant, { renewal_key: 'k' }, { authorization: odd.basic() }),
      'odd_request',
      [shape],
    ],
    ['that sends no Basic', () => odd.renew('k', {}, 'Bearer k'), 'odd_request', [shape]],
    [
      'that uses the usual name',
      () => odd.renew('k', { refresh_token: 'k' }),
      'odd_request',
      ['parameter refresh_token is not known here'],
    ],
    [
      'that sends a number',
      () => odd.post(oddPaths.grant, { grant_type: 'refresh_token', renewal_key: 5 }),
      'odd_request',
      ['parameter renewal_key is missing or empty'],
    ],
    [
      'that wants something else',
      () => odd.post(oddPaths.grant, { grant_type: 'password' }),
      'odd_request',
      ['grant_type is none of ours'],
    ],
  ])('%s is refused with HTTP 200', async (_name, ask, word, complaints) => {
    expect(wordOf(await ask())).toBe(word);
    expect(await odd.simulator.complaintTexts()).toEqual(complaints);
  });

  it.each<[Partial<AppInput>, string]>([
    [{ suspended: true }, 'app_shut'],
    [{ quirks: ['too-many'] }, 'too_many'],
  ])('with %o is told so', async (change, word) => {
    const { refreshToken } = await odd.mint();
    await odd.app(change);
    const answer = await odd.renew(refreshToken);
    expect(wordOf(answer)).toBe(word);
    expect(bodyOf(answer).reason?.wait_ms).toBe(word === 'too_many' ? 30_000 : undefined);
  });

  it('may get a page instead of JSON', async () => {
    await odd.app({ quirks: ['html-refusals'] });
    const answer = await odd.renew('nobody');
    expect(answer).toMatchObject({ status: 200, json: undefined });
    expect(answer.headers.get('content-type')).toContain('text/html');
    expect((await odd.simulator.control.spends())[0]).toMatchObject({ outcome: 'rejected' });
  });
});

describe('odd, consent', () => {
  const verifier = 'v'.repeat(43);
  const pkce = {
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  };
  const query = {
    ...{ client_key: 'odd-app_1', redirect_uri: callback, response_type: 'code', state: 's1' },
    ...{ scope: 'me.read,stream.write', approve: oddMember.accountId },
  };
  const ask = (change: object) =>
    odd.simulator.wire.get(`${oddPaths.consent}?${new URLSearchParams({ ...query, ...change })}`);
  const codeFrom = async (change: object = {}) =>
    new URL((await ask(change)).headers.get('location') ?? '').searchParams.get('code');
  const trade = (code: string | null, more: object = {}) =>
    odd.post(oddPaths.grant, { grant_type: 'authorization_code', auth_code: code, redirect_uri: callback, ...more });

  it.each<[object, object, string | undefined]>([
    [{}, {}, undefined],
    [pkce, { code_verifier: verifier }, undefined],
    [pkce, { code_verifier: 'w'.repeat(43) }, 'code_dead'],
    [{}, { auth_code: 'nobody' }, 'code_dead'],
    [{}, { redirect_uri: 'https://127.0.0.1/other' }, 'odd_request'],
  ])('asked with %o and traded with %o says %s', async (asked, traded, word) => {
    const answer = await trade(await codeFrom(asked), traded);
    expect(wordOf(answer)).toBe(word);
    expect(bodyOf(answer).ok).toBe(word === undefined);
  });

  it('gives a code for two minutes, once', async () => {
    const code = await codeFrom();
    await trade(code);
    expect(wordOf(await trade(code))).toBe('code_dead');
    const late = await codeFrom();
    await odd.shift(120_001);
    expect(wordOf(await trade(late))).toBe('code_dead');
    const { doubleSpends } = await odd.simulator.control.summary();
    expect(doubleSpends).toEqual([expect.objectContaining({ kind: 'code', clientId: 'odd-app_1' })]);
  });

  it.each<[object, string]>([
    [{ client_id: 'odd-app_1' }, 'client_id is not known here'],
    [{ scope: 'me.read stream.write' }, 'the scopes are not separated'],
    [{ redirect_uri: 'https://elsewhere.example/' }, 'we do not go there'],
  ])('shows an error page for %o and complains', async (change, text) => {
    expect((await ask(change)).text).toContain(text);
    expect(await odd.simulator.complaintTexts()).toHaveLength(1);
  });
});

describe('odd, a pass', () => {
  it('tells whose it is', async () => {
    const { accessToken } = await odd.mint();
    expect((await odd.whoami(accessToken)).text).toBe(
      '{"ok":true,"data":{"member":{"number":17841405822304915,"nick":"nick","called":"Nick"}}}',
    );
  });

  it('is inspected by its app alone', async () => {
    const { accessToken, expiresAt } = await odd.mint();
    const answer = await odd.post(oddPaths.inspect, { pass: accessToken });
    expect(answer.text).toBe(
      '{"ok":true,"data":{"living":true,"app":"odd-app_1","member_number":17841405822304915,' +
        `"allows":"me.read,stream.write","until_ms":${expiresAt}}}`,
    );
    const other = await odd.simulator.control.createApp({ platform: 'odd', clientId: 'o2' });
    const others = await odd.post(oddPaths.inspect, { pass: accessToken }, odd.basic('o2', other.clientSecret ?? ''));
    expect(others.json).toEqual({ ok: true, data: { living: false } });
    await odd.strike('token-ended-early');
    expect((await odd.post(oddPaths.inspect, { pass: accessToken })).json).toEqual({
      ok: true,
      data: { living: false },
    });
  });

  it.each<[string, Record<string, string>, string, number]>([
    ['a dead one', { authorization: 'Pass nobody' }, 'pass_dead', 0],
    ['none', {}, 'odd_request', 1],
    ['the usual scheme', { authorization: 'Bearer nobody' }, 'odd_request', 1],
  ])('is refused: %s', async (_name, headers, word, complaints) => {
    expect(wordOf(await odd.simulator.wire.get(oddPaths.whoami, headers))).toBe(word);
    expect(await odd.simulator.complaintTexts()).toHaveLength(complaints);
  });

  it('may not allow the question, or come too often', async () => {
    const { accessToken } = await odd.mint({ scopes: ['stream.write'] });
    expect(wordOf(await odd.whoami(accessToken))).toBe('not_allowed');
    await odd.app({ quirks: ['too-many'] });
    expect(wordOf(await odd.whoami(accessToken))).toBe('too_many');
  });

  it.each(['pass', 'renewal_key'] as const)('ends the whole grant when it is dropped (%s)', async (which) => {
    const { accessToken, refreshToken } = await odd.mint();
    const body = which === 'pass' ? { pass: accessToken } : { renewal_key: refreshToken };
    expect((await odd.post(oddPaths.drop, body)).json).toEqual({ ok: true, data: {} });
    expect(await odd.ends()).toEqual(['revoked-by-client']);
    expect((await odd.post(oddPaths.drop, body)).json).toEqual({ ok: true, data: {} });
  });
});

describe('odd, struck', () => {
  it.each<[Cause, string, string]>([
    ['password-changed', 'password-changed', 'member_changed_password'],
    ['disconnected', 'disconnected', 'member_left_app'],
    ['deleted', 'deleted', 'member_gone'],
    ['unused', 'unused', 'renewal_key_stale'],
    ['consent-over', 'aged-out', 'consent_over'],
  ])('by %s ends the grant (%s) and says why: %s', async (cause, endedBy, word) => {
    const { refreshToken } = await odd.mint();
    expect(await odd.strike(cause)).toEqual({ ended: 1 });
    expect(wordOf(await odd.renew(refreshToken))).toBe(word);
    expect(await odd.ends()).toEqual([endedBy]);
  });

  it.each<[Cause, string, string | undefined]>([
    ['suspended', 'member_barred', 'member_barred'],
    ['locked', 'member_must_sign_in', 'member_must_sign_in'],
    ['spam-blocked', 'member_flagged', undefined],
  ])('by %s says %s to a pass, %s to a renewal key, and nothing after the cure', async (cause, ofPass, ofKey) => {
    const { accessToken, refreshToken } = await odd.mint();
    const spare = await odd.mint();
    await odd.strike(cause);
    expect(wordOf(await odd.whoami(accessToken))).toBe(ofPass);
    expect(wordOf(await odd.renew(refreshToken))).toBe(ofKey);
    await odd.simulator.control.cure({ ...oddMember, cause });
    expect(bodyOf(await odd.whoami(accessToken)).ok).toBe(true);
    expect(bodyOf(await odd.renew(spare.refreshToken)).ok).toBe(true);
  });

  it('by a withdrawn permission allows less', async () => {
    const { accessToken, refreshToken } = await odd.mint();
    await odd.strike('permission-withdrawn', { scopes: ['me.read'] });
    expect(wordOf(await odd.whoami(accessToken))).toBe('not_allowed');
    expect(tokenOf(await odd.renew(refreshToken))).toMatchObject({ allows: 'stream.write' });
  });

  it('by the early end of a pass goes on with a renewal', async () => {
    const { accessToken, refreshToken } = await odd.mint();
    await odd.strike('token-ended-early');
    expect(wordOf(await odd.whoami(accessToken))).toBe('pass_dead');
    expect(bodyOf(await odd.renew(refreshToken)).ok).toBe(true);
  });
});
