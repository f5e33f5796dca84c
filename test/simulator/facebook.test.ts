import { describe, expect, it } from 'vitest';
import {
  facebookApp,
  facebookDialog,
  facebookGraph,
  facebookPerson,
  freshFacebook,
  nightStream,
  pageScopes,
} from './facebook-client.ts';
import { errorOf } from './graph-error.ts';
import type { AppInput, Cause } from './model.ts';
import { dayMs } from './running.ts';
import type { WireAnswer } from './wire-client.ts';

const facebook = freshFacebook();

const callback = 'https://127.0.0.1/callback';
const tokenOf = (answer: WireAnswer): string => String(answer.json?.access_token);
const sixtyDays = 5_183_944;

const asked = {
  ...{ client_id: facebookApp.id, redirect_uri: callback, state: 's1' },
  scope: [...pageScopes, 'email'].join(','),
};
const ask = (change: object = {}) =>
  facebook.simulator.wire.get(
    `${facebookDialog}?${new URLSearchParams({ ...asked, approve: facebookPerson, ...change })}`,
  );
const backFrom = async (change: object = {}) => new URL((await ask(change)).headers.get('location') ?? '').searchParams;
const redeem = (code: string | null, more: object = {}) =>
  facebook.token({ redirect_uri: callback, code: code ?? '', ...more });

describe('Facebook, the dialog', () => {
  it('sends back a code and the state, and the code gives a token of an hour', async () => {
    const back = await backFrom();
    expect([...back.keys()]).toEqual(['code', 'state']);
    const { status, json } = await redeem(back.get('code'));
    expect({ status, json }).toEqual({
      status: 200,
      json: { access_token: expect.stringMatching(/^EAAG/), token_type: 'bearer', expires_in: 5108 },
    });
    expect(await facebook.debug(String(json?.access_token))).toMatchObject({ type: 'USER', is_valid: true });
    expect(await facebook.simulator.complaintTexts()).toEqual([]);
  });

  it('knows which pages were ticked and which permissions were declined', async () => {
    const back = await backFrom({ approve_assets: nightStream, approve_scopes: 'pages_show_list,email' });
    const token = tokenOf(await redeem(back.get('code')));
    expect((await facebook.get('/me/permissions', token)).json).toEqual({
      data: [
        { permission: 'pages_show_list', status: 'granted' },
        { permission: 'email', status: 'granted' },
        ...pageScopes.slice(1).map((permission) => ({ permission, status: 'declined' })),
      ],
    });
    expect((await facebook.get('/me/accounts', token, { fields: 'id' })).json?.data).toEqual([{ id: nightStream }]);
  });

  it.each<[object, boolean]>([
    [{}, false],
    [{ auth_type: 'reauthorize' }, false],
    [{ auth_type: 'rerequest' }, true],
  ])('asks again for what was declined with auth_type=rerequest alone: %o', async (change, isAsked) => {
    await redeem((await backFrom({ approve_scopes: 'pages_show_list' })).get('code'));
    const token = tokenOf(await redeem((await backFrom(change)).get('code')));
    expect((await facebook.debug(token)).scopes).toEqual(isAsked ? [...pageScopes, 'email'] : ['pages_show_list']);
  });

  it.each<[string, Partial<AppInput>, object]>([
    ['with the triple', {}, { error: 'access_denied', error_reason: 'user_denied' }],
    ['with a code alone', { quirks: ['denial-code'] }, { error_code: '200', error_message: 'Permissions error' }],
  ])('tells a refusal %s', async (_name, change, told) => {
    await facebook.app(change);
    const back = Object.fromEntries(await backFrom({ decline: '1' }));
    expect(back).toMatchObject({ ...told, state: 's1' });
    expect('error' in back).toBe('error' in told);
  });

  it('takes a configuration instead of scopes', async () => {
    const { scope: _scope, ...rest } = asked;
    const more = { config_id: '77', override_default_response_type: 'true', response_type: 'code' };
    const query = new URLSearchParams({ ...rest, ...more, approve: facebookPerson, approve_scopes: 'pages_show_list' });
    const answer = await facebook.simulator.wire.get(`${facebookDialog}?${query}`);
    const code = new URL(answer.headers.get('location') ?? '').searchParams.get('code');
    expect((await facebook.debug(tokenOf(await redeem(code)))).scopes).toEqual(['pages_show_list']);
  });

  it.each<[object, string]>([
    [{ client_id: '9' }, 'Invalid App ID'],
    [{ redirect_uri: 'https://elsewhere.example/' }, 'URL blocked'],
    [{ state: '' }, 'parameter state is missing'],
    [{ scope: 'pages_show_list publish_video' }, 'the scopes are not separated'],
    [{ code_challenge: 'c', code_challenge_method: 'S256' }, 'code_challenge is not known here'],
    [{ auth_type: 'always' }, 'auth_type is not one'],
    [{ config_id: '77' }, 'either scope or config_id'],
    [{ response_type: 'token' }, 'response_type must be code'],
  ])('shows an error page for %o and complains', async (change, text) => {
    const answer = await ask(change);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(text);
    expect((await facebook.simulator.complaintTexts()).length).toBeGreaterThan(0);
  });
});

describe('Facebook, a code', () => {
  it('may be POSTed as a form too', async () => {
    const code = (await backFrom()).get('code') ?? '';
    const form = { client_id: facebookApp.id, client_secret: facebookApp.secret, redirect_uri: callback, code };
    const answer = await facebook.simulator.wire.post(`${facebookGraph}/oauth/access_token`, form);
    expect(answer.json).toMatchObject({ token_type: 'bearer' });
    expect(await facebook.simulator.complaintTexts()).toEqual([]);
  });

  it('is spent once, and the second time is a double spend', async () => {
    const code = (await backFrom()).get('code');
    await redeem(code);
    expect(errorOf(await redeem(code))).toMatchObject({ status: 400, code: 100, subcode: 36009 });
    expect((await facebook.simulator.control.summary()).doubleSpends).toHaveLength(1);
  });

  it.each<[string, () => Promise<unknown>, object, string]>([
    ['late', () => facebook.shift(300_001), {}, 'This authorization code has expired.'],
    ['another', async () => {}, { code: 'AQnothing' }, 'Invalid verification code format.'],
    ['for another address', async () => {}, { redirect_uri: `${callback}/` }, 'redirect_uri must be identical'],
  ])('that is %s is refused', async (_name, change, more, message) => {
    const code = (await backFrom()).get('code');
    await change();
    expect(errorOf(await redeem(code, more))).toEqual({
      ...{ status: 400, code: 100, subcode: undefined },
      message: expect.stringContaining(message),
    });
    expect((await facebook.simulator.control.spends())[0]).toMatchObject({ kind: 'code', outcome: 'rejected' });
  });

  it.each<[Partial<AppInput>, string, unknown]>([
    [{ quirks: ['omit-expires-in'] }, 'expires_in', undefined],
    [{ accessLifetimeSeconds: 90 }, 'expires_in', 90],
    [{ quirks: ['long-lived-login'] }, 'expires_in', sixtyDays],
  ])('of a known person and an app with %o shows it', async (change, member, value) => {
    await facebook.mint();
    await facebook.app(change);
    expect((await redeem((await backFrom()).get('code'))).json?.[member]).toEqual(value);
  });
});

describe('Facebook, the exchange', () => {
  it('gives sixty days and another string for a token of an hour, and both live', async () => {
    const { accessToken } = await facebook.mint({ shortLived: true });
    const answer = await facebook.exchange(accessToken);
    expect(answer.json).toEqual({
      ...{ access_token: expect.stringMatching(/^EAAG/), token_type: 'bearer', expires_in: sixtyDays },
    });
    expect(tokenOf(answer)).not.toBe(accessToken);
    for (const token of [accessToken, tokenOf(answer)]) {
      expect(await facebook.debug(token)).toMatchObject({ is_valid: true });
    }
    const { doubleSpends, replays, lostGrants, complaints } = await facebook.simulator.control.summary();
    expect({ doubleSpends, replays, lostGrants, complaints }).toEqual({
      ...{ doubleSpends: [], replays: [], lostGrants: [], complaints: [] },
    });
    expect(await facebook.simulator.control.spends()).toEqual([
      expect.objectContaining({ kind: 'exchange', outcome: 'granted' }),
    ]);
  });

  it.each<[string, number, Partial<AppInput>, number]>([
    ['sixty days once it is a day old', 10, {}, sixtyDays],
    ['nothing on the same day', 0, {}, sixtyDays - 3600],
    ['nothing at all where told so', 10, { quirks: ['exchange-keeps-end'] }, sixtyDays - 10 * 86_400 - 3600],
  ])('adds to a long-lived token %s', async (_name, days, change, left) => {
    await facebook.app(change);
    const { accessToken } = await facebook.mint({ obtainedAt: Date.now() - days * dayMs - 3_600_000 });
    const answer = await facebook.exchange(accessToken);
    expect(answer.json?.expires_in).toEqual(expect.closeTo(left, -1));
    expect(tokenOf(answer)).not.toBe(accessToken);
  });

  it.each<[string, Cause, number | undefined]>([
    ['expired', 'token-expired', 463],
    ['of a changed password', 'password-changed', 460],
    ['of who removed the app', 'disconnected', 458],
    ['of who logged out', 'logged-out', 467],
    ['ended for no reason that is told', 'token-ended-early', undefined],
  ])('is refused to a token %s', async (_name, cause, subcode) => {
    const { accessToken } = await facebook.mint();
    await facebook.strike(cause);
    expect(errorOf(await facebook.exchange(accessToken))).toMatchObject({ status: 400, code: 190, subcode });
    expect((await facebook.simulator.control.spends())[0]).toMatchObject({ outcome: 'rejected', rejected: true });
  });

  it('is refused to the token of a page, or of another app, and complains', async () => {
    const page = await facebook.pageToken((await facebook.mint()).accessToken);
    expect(errorOf(await facebook.exchange(page))).toMatchObject({ status: 400, code: 100 });
    await facebook.simulator.control.createApp({ platform: 'facebook', clientId: '99' });
    const other = await facebook.mint({ clientId: '99' });
    expect(errorOf(await facebook.exchange(other.accessToken))).toMatchObject({ status: 400, code: 190 });
    expect(errorOf(await facebook.exchange('EAAGcut'))).toMatchObject({ code: 190, message: 'Malformed access token' });
    expect(await facebook.simulator.complaintTexts()).toEqual([
      'the token of a page was sent for exchange: it is derived, not exchanged',
      'the access token of grant g2 was sent in the name of another app',
    ]);
  });

  it.each<[string, Partial<AppInput>, object, object]>([
    ['a wrong secret', {}, { client_secret: 'no' }, { code: 1, message: 'Error validating client secret.' }],
    ['an unknown app', {}, { client_id: '9' }, { code: 101 }],
    ['a deleted app', { quirks: ['deleted-app'] }, {}, { code: 101 }],
    ['a blocked app', { suspended: true }, {}, { code: 200, message: 'API access blocked.' }],
    ['an app that is switched off', { quirks: ['deactivated'] }, {}, { message: expect.stringMatching('deactivated') }],
    ['a version that is over', { apiVersionRetired: true }, {}, { code: 2635 }],
    ['GET where POST alone is taken', { quirks: ['post-only'] }, {}, { code: 100, message: /method type: get/ }],
    ['the limit of the app', { quirks: ['limit-4'] }, {}, { status: 403, code: 4 }],
    ['an outage', { quirks: ['code-2'] }, {}, { status: 500, code: 2 }],
  ])('is refused for %s, and looks at no token', async (_name, change, more, error) => {
    const { accessToken } = await facebook.mint();
    await facebook.app(change);
    const answer = errorOf(await facebook.exchange(accessToken, more as Record<string, string>));
    for (const [name, value] of Object.entries(error)) {
      expect(answer[name]).toEqual(value instanceof RegExp ? expect.stringMatching(value) : value);
    }
    expect((await facebook.simulator.control.spends())[0]).toMatchObject({ outcome: 'refused', rejected: false });
    expect(await facebook.ends()).toEqual([null]);
  });
});
