import { describe, expect, it } from 'vitest';
import {
  appToken,
  dayStream,
  facebookApp,
  facebookPerson,
  freshFacebook,
  nightStream,
  pageScopes,
} from './facebook-client.ts';
import { errorOf } from './graph-error.ts';
import type { AppInput, AssetInput, Cause } from './model.ts';
import { dayMs, minuteMs } from './running.ts';

const facebook = freshFacebook();

const seconds = (at: number | null) => Math.floor(Number(at) / 1000);

describe('Facebook, debug_token', () => {
  it('tells what a person’s token is', async () => {
    const at = { consentedAt: Date.now() - 3 * dayMs, obtainedAt: Date.now() - dayMs };
    const { accessToken, expiresAt, consentedAt, obtainedAt } = await facebook.mint({ ...at, assetIds: [nightStream] });
    expect(await facebook.debug(accessToken)).toEqual({
      ...{ app_id: facebookApp.id, application: facebookApp.id, type: 'USER', user_id: facebookPerson },
      ...{ is_valid: true, expires_at: seconds(expiresAt), issued_at: seconds(obtainedAt) },
      data_access_expires_at: seconds(consentedAt + 90 * dayMs),
      scopes: pageScopes,
      granular_scopes: pageScopes.slice(0, 3).map((scope) => ({ scope, target_ids: [nightStream] })),
    });
    expect(await facebook.simulator.complaintTexts()).toEqual([]);
  });

  it('leaves out the targets of who ticked all pages, and the issue of a token of an hour', async () => {
    const { accessToken } = await facebook.mint({ shortLived: true });
    const data = await facebook.debug(accessToken);
    expect(data.granular_scopes).toEqual(pageScopes.slice(0, 3).map((scope) => ({ scope })));
    expect(data).not.toHaveProperty('issued_at');
  });

  it('knows a page’s token, which has no end where it came from a long-lived one', async () => {
    const { accessToken } = await facebook.mint();
    expect(await facebook.debug(await facebook.pageToken(accessToken))).toMatchObject({
      ...{ type: 'PAGE', profile_id: nightStream, user_id: facebookPerson, expires_at: 0, is_valid: true },
    });
    const short = await facebook.mint({ shortLived: true, obtainedAt: Date.now() - 30 * minuteMs });
    const data = await facebook.debug(await facebook.pageToken(short.accessToken));
    expect(data).toMatchObject({ type: 'PAGE', expires_at: seconds(short.expiresAt) });
  });

  it.each<[Cause, number | undefined, RegExp, boolean]>([
    ['password-changed', 460, /changed their password/, false],
    ['disconnected', 458, /has not authorized application 1234567890/, false],
    ['logged-out', 467, /logged out/, false],
    ['token-expired', 463, /Session has expired on/, false],
    ['token-ended-early', undefined, /The session is invalid/, false],
    ['device-changed', 467, /The session is invalid\.$/, false],
    ['checkpoint', 459, /log in to www\.facebook\.com/, true],
    ['many-addresses', 459, /log in to www\.facebook\.com/, true],
    ['locked', 490, /blocking, logged-in checkpoint/, true],
    ['unconfirmed', 464, /not a confirmed user/, true],
  ])('answers 200 to a token struck by %s: %s', async (cause, subcode, message, isCured) => {
    const { accessToken } = await facebook.mint();
    await facebook.strike(cause);
    const error = { code: 190, message: expect.stringMatching(message), ...(subcode && { subcode }) };
    const data = await facebook.debug(accessToken);
    expect(data).toMatchObject({ app_id: facebookApp.id, type: 'USER', is_valid: false, scopes: [], error });
    expect(data).not.toHaveProperty('user_id');
    expect(errorOf(await facebook.get('/me', accessToken))).toMatchObject({ status: 400, code: 190, subcode });
    expect((await facebook.simulator.control.grants())[0]?.alive).toBe(false);
    if (isCured) {
      await facebook.cure(cause);
      expect(await facebook.debug(accessToken)).toMatchObject({ is_valid: true });
    }
  });

  it('tells where to pass a checkpoint', async () => {
    const { accessToken } = await facebook.mint();
    await facebook.strike('checkpoint');
    const { json } = await facebook.get('/me', accessToken);
    expect(json).toMatchObject({ error: { error_data: { url: expect.stringMatching(/^https/) } } });
  });

  it('may tell dead tokens with code 102', async () => {
    await facebook.app({ quirks: ['code-102'] });
    const { accessToken } = await facebook.mint();
    await facebook.strike('password-changed');
    expect(errorOf(await facebook.get('/me', accessToken))).toMatchObject({ code: 102, subcode: 460 });
  });

  it.each<[string, string, string]>([
    ['that is cut off', 'EAAGcut', 'Malformed access token'],
    ['that nobody has', `EAAG${'x'.repeat(120)}`, 'Invalid OAuth access token.'],
  ])('answers 200 to a token %s', async (_name, token, message) => {
    expect(await facebook.debug(token)).toEqual({ is_valid: false, scopes: [], error: { code: 190, message } });
    expect(errorOf(await facebook.get('/me', token))).toMatchObject({ status: 400, code: 190, message });
  });

  it('refuses the token of another app, and complains', async () => {
    const { control } = facebook.simulator;
    await control.createApp({ platform: 'facebook', clientId: '99', clientSecret: 's' });
    const { accessToken } = await facebook.mint({ clientId: '99' });
    expect(await facebook.debug(accessToken)).toMatchObject({
      refused: { error: { code: 100, message: expect.stringContaining('did not match the Viewing App') } },
    });
    expect(await facebook.simulator.complaintTexts()).toHaveLength(1);
  });

  it('may be asked with the token itself, as long as it lives', async () => {
    const { accessToken } = await facebook.mint();
    const itself = () => facebook.get('/debug_token', accessToken, { input_token: accessToken });
    expect((await itself()).json).toMatchObject({ data: { is_valid: true } });
    await facebook.strike('logged-out');
    expect(errorOf(await itself())).toMatchObject({ status: 400, code: 190, subcode: 467 });
  });
});

describe('Facebook, an app’s own token', () => {
  const ask = (token: string) => facebook.get('/debug_token', token, { input_token: appToken });

  it('is the id with the secret, or what client credentials give, until the secret is another', async () => {
    const issued = String((await facebook.token({ grant_type: 'client_credentials' })).json?.access_token);
    expect(issued).toMatch(/^1234567890\|/);
    for (const token of [appToken, issued]) {
      expect((await ask(token)).json).toMatchObject({ data: { type: 'APP', app_id: facebookApp.id } });
    }
    await facebook.simulator.control.rotateAppSecret({ platform: 'facebook', clientId: facebookApp.id });
    for (const token of [appToken, issued]) {
      expect(errorOf(await ask(token))).toMatchObject({ status: 400, code: 101 });
    }
  });

  it.each<[string, Partial<AppInput>, string, number]>([
    ['of nobody', {}, '9|fb-secret', 101],
    ['of a native app', { quirks: ['native-app'] }, appToken, 104],
    ['of a blocked app', { suspended: true }, appToken, 200],
  ])('%s is refused', async (_name, change, token, code) => {
    await facebook.app(change);
    expect(errorOf(await ask(token))).toMatchObject({ status: 400, code });
  });

  it('has no me', async () => {
    expect(errorOf(await facebook.get('/me', appToken))).toMatchObject({ code: 2500 });
  });
});

describe('Facebook, the end of a page’s token', () => {
  const words = 'in order to impersonate it';

  it.each<[string, Cause, object, Partial<AppInput>, number | undefined, string]>([
    ['492', 'role-lost', { assetId: nightStream }, {}, 492, 'sufficient role on the Page'],
    ['words', 'role-lost', { assetId: nightStream }, { quirks: ['role-lost-in-words'] }, undefined, words],
    ['words', 'two-factor-required', {}, {}, undefined, 'Two Factor'],
    ['words', 'two-factor-required', { assetId: nightStream }, {}, undefined, 'Two Factor'],
    ['words', 'page-deleted', { assetId: nightStream }, {}, undefined, 'belongs to a Page that has been deleted'],
  ])('is told with %s to who is struck by %s %o, and over with the cure', async (...row) => {
    const [_told, cause, more, change, subcode, text] = row;
    await facebook.app(change);
    const page = await facebook.pageToken((await facebook.mint()).accessToken);
    await facebook.strike(cause, more);
    const message = expect.stringContaining(text);
    expect(errorOf(await facebook.get('/me', page))).toEqual({ status: 400, code: 190, subcode, message });
    expect(await facebook.debug(page)).toMatchObject({ type: 'PAGE', is_valid: false, error: { code: 190, message } });
    await facebook.cure(cause, more);
    expect((await facebook.get('/me', page)).json).toEqual({ id: nightStream, name: 'Night Stream' });
  });

  it('comes with the last permission for pages', async () => {
    const page = await facebook.pageToken((await facebook.mint()).accessToken);
    await facebook.strike('permission-withdrawn', { scopes: ['pages_show_list'] });
    expect((await facebook.get('/me', page)).status).toBe(200);
    await facebook.strike('permission-withdrawn', { scopes: pageScopes });
    const message = expect.stringMatching(/^Any of the pages_.* before impersonating a user's page/);
    expect(errorOf(await facebook.get('/me', page))).toMatchObject({ code: 190, subcode: undefined, message });
  });

  it('comes with the end of the grant, and not with the expiry of the person’s token', async () => {
    const { accessToken } = await facebook.mint();
    const page = await facebook.pageToken(accessToken);
    expect(await facebook.strike('token-expired')).toEqual({ ended: 0 });
    expect(await facebook.debug(accessToken)).toMatchObject({ error: { subcode: 463 } });
    expect(await facebook.debug(page)).toMatchObject({ is_valid: true });
    await facebook.strike('password-changed');
    expect(await facebook.debug(page)).toMatchObject({ is_valid: false, error: { subcode: 460 } });
  });

  it('does not come with a page that is unticked: its scopes do not name it any more', async () => {
    const { accessToken } = await facebook.mint();
    const page = await facebook.pageToken(accessToken);
    await facebook.strike('permission-withdrawn', { assetId: nightStream });
    const { is_valid, granular_scopes } = await facebook.debug(page);
    expect({ is_valid, first: (granular_scopes as object[])[0] }).toEqual({
      ...{ is_valid: true, first: { scope: 'pages_show_list', target_ids: [dayStream] } },
    });
    expect((await facebook.get(`/${nightStream}`, accessToken, { fields: 'access_token' })).json).toEqual({
      id: nightStream,
    });
  });
});

describe('Facebook, access to the person’s data', () => {
  it('is over 90 days after the consent, while the tokens live', async () => {
    const { accessToken } = await facebook.mint({ obtainedAt: Date.now() - minuteMs });
    expect(await facebook.strike('consent-over')).toEqual({ ended: 0 });
    const { is_valid, data_access_expires_at } = await facebook.debug(accessToken);
    expect(is_valid).toBe(true);
    expect(Number(data_access_expires_at)).toBeLessThanOrEqual(Date.now() / 1000);
    const { json } = await facebook.get('/me/permissions', accessToken, { status: 'expired' });
    expect(json?.data).toHaveLength(pageScopes.length);
    expect((await facebook.get('/me/accounts', accessToken)).status).toBe(200);
    await facebook.app({ quirks: ['data-access-enforced'] });
    expect(errorOf(await facebook.get('/me/accounts', accessToken))).toMatchObject({ status: 403, code: 10 });
  });

  it('is not moved by an exchange, but by a new login', async () => {
    const { accessToken, consentedAt } = await facebook.mint({ obtainedAt: Date.now() - 30 * dayMs });
    const longer = String((await facebook.exchange(accessToken)).json?.access_token);
    const end = seconds(consentedAt + 90 * dayMs);
    expect((await facebook.debug(longer)).data_access_expires_at).toBe(end);
    const again = await facebook.mint();
    expect(Number((await facebook.debug(again.accessToken)).data_access_expires_at)).toBeGreaterThan(end);
  });
});

describe('Facebook, a system user', () => {
  const endless = { systemUser: 'endless' } as const;

  it('has a token without end, or one of sixty days', async () => {
    const { accessToken, expiresAt } = await facebook.mint(endless);
    expect(expiresAt).toBeNull();
    expect(await facebook.debug(accessToken)).toMatchObject({
      ...{ type: 'SYSTEM_USER', expires_at: 0, data_access_expires_at: 0, is_valid: true },
    });
    const other = await facebook.mint({ systemUser: 'sixty-days' });
    expect(Number(other.expiresAt) - other.obtainedAt).toBe(5_183_944_000);
    await expect(facebook.strike('consent-over')).rejects.toThrow('it has no such end by age');
  });

  it('exchanges for another sixty days at any time, when it says so, and the old one lives on', async () => {
    const { accessToken } = await facebook.mint({ systemUser: 'sixty-days' });
    const longer = await facebook.exchange(accessToken, { set_token_expires_in_60_days: 'true' });
    expect(longer.json?.expires_in).toBe(5_183_944);
    expect(await facebook.debug(accessToken)).toMatchObject({ is_valid: true });
    expect(errorOf(await facebook.exchange(accessToken))).toMatchObject({ code: 100 });
    expect(await facebook.simulator.complaintTexts()).toHaveLength(1);
  });

  it('has tokens revoked one by one, or all at once', async () => {
    const [one, two] = [await facebook.mint(endless), await facebook.mint(endless)];
    const client = { client_id: facebookApp.id, client_secret: facebookApp.secret, access_token: two.accessToken };
    const revoke = (token: string) => facebook.call('GET', '/oauth/revoke', { ...client, revoke_token: token });
    expect((await revoke(one.accessToken)).status).toBe(200);
    expect(await facebook.ends()).toEqual(['revoked-by-client', null]);
    const { data } = { data: await facebook.debug(one.accessToken) };
    expect(data).toMatchObject({ is_valid: false, error: { code: 190 } });
    expect(data.error).not.toHaveProperty('subcode');
    const all = { access_token: two.accessToken };
    expect((await facebook.call('DELETE', `/${facebookPerson}/access_tokens`, all)).status).toBe(200);
    expect(await facebook.ends()).toEqual(['revoked-by-client', 'revoked-by-client']);
  });

  it('alone has tokens that oauth/revoke takes', async () => {
    const { accessToken } = await facebook.mint();
    const client = { client_id: facebookApp.id, client_secret: facebookApp.secret, access_token: accessToken };
    const answer = await facebook.call('GET', '/oauth/revoke', { ...client, revoke_token: accessToken });
    expect(errorOf(answer)).toMatchObject({ code: 100 });
    expect(await facebook.ends()).toEqual([null]);
  });
});

describe('Facebook, a page that changes', () => {
  it.each<[Partial<AssetInput>, object]>([
    [{ name: 'Late Stream' }, { id: nightStream, name: 'Late Stream' }],
    [{ condition: 'deleted' }, { error: expect.objectContaining({ code: 100, error_subcode: 33 }) }],
  ])('%o is seen as such by the person', async (change, body) => {
    const { accessToken } = await facebook.mint();
    await facebook.page(change);
    expect((await facebook.get(`/${nightStream}`, accessToken)).json).toEqual(body);
  });
});
