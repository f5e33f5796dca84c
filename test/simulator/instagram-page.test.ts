import { beforeEach, describe, expect, it } from 'vitest';
import {
  appToken,
  facebookApp,
  facebookDialog,
  facebookPerson,
  freshFacebook,
  instagramScopes,
  nightInstagram,
  nightStream,
} from './facebook-client.ts';
import { errorOf } from './graph-error.ts';
import type { Cause } from './model.ts';

const instagram = freshFacebook('instagram-page');

const linked = 'instagram_business_account{id,username},connected_instagram_account{id,username}';
const readPage = (token: string) => instagram.get(`/${nightStream}`, token, { fields: linked });
const readAccount = (token: string) => instagram.get(`/${nightInstagram.id}`, token, { fields: 'id,username' });

/** A person's token and the token of the page. */
async function tokens(scopes = instagramScopes): Promise<[string, string]> {
  const { accessToken } = await instagram.mint({ scopes });
  return [accessToken, await instagram.pageToken(accessToken)];
}

describe('Instagram through a page', () => {
  it('is found on the page, in the list of pages, and by its own id, with either token', async () => {
    const [user, page] = await tokens();
    for (const token of [user, page]) {
      expect((await readPage(token)).json).toEqual({ id: nightStream, instagram_business_account: nightInstagram });
      expect((await readAccount(token)).json).toEqual(nightInstagram);
    }
    const listed = await instagram.get('/me/accounts', user, { fields: 'instagram_business_account' });
    expect(listed.json).toMatchObject({ data: [{ instagram_business_account: { id: nightInstagram.id } }, {}] });
    expect(await instagram.simulator.complaintTexts()).toEqual([]);
  });

  it('is the account of the page’s settings where told so', async () => {
    await instagram.app({ quirks: ['connected-only'] });
    const [, page] = await tokens();
    expect((await readPage(page)).json).toEqual({ id: nightStream, connected_instagram_account: nightInstagram });
  });

  it.each<[Cause, object, object]>([
    ['page-unlinked', { id: nightStream }, { code: 100, subcode: 33 }],
    [
      'account-type-changed',
      { id: nightStream, connected_instagram_account: { id: nightInstagram.id } },
      { code: 10, message: '(#10) The user is not an Instagram Business' },
    ],
  ])('struck by %s shows it on the page that lives on, until it is cured', async (cause, onPage, error) => {
    const [, page] = await tokens();
    await instagram.strike(cause, { assetId: nightStream });
    expect((await readPage(page)).json).toEqual(onPage);
    expect(errorOf(await readAccount(page))).toMatchObject(error);
    expect(await instagram.debug(page)).toMatchObject({ is_valid: true });
    await instagram.cure(cause, { assetId: nightStream });
    expect((await readAccount(page)).json).toEqual(nightInstagram);
  });

  it.each<[string, () => Promise<unknown>, object]>([
    [
      'another account is linked',
      () => instagram.page({ instagram: { id: '17841400000000009', username: 'other' } }),
      { instagram_business_account: { id: '17841400000000009' } },
    ],
    [
      'it is called otherwise',
      () => instagram.page({ instagram: { ...nightInstagram, username: 'renamed' } }),
      { instagram_business_account: { id: nightInstagram.id, username: 'renamed' } },
    ],
  ])('shows that %s', async (_name, change, body) => {
    const [, page] = await tokens();
    await change();
    expect((await readPage(page)).json).toMatchObject(body);
  });

  it('is invisible without instagram_basic', async () => {
    const [, page] = await tokens();
    await instagram.strike('permission-withdrawn', { scopes: ['instagram_basic'] });
    expect((await readPage(page)).json).toEqual({ id: nightStream });
    expect(errorOf(await readAccount(page))).toMatchObject({ status: 403, code: 10 });
  });

  it.each<[string, () => Promise<unknown>, object]>([
    [
      'the page asks for an authorization to publish',
      () => instagram.strike('publishing-unauthorized', { assetId: nightStream }),
      { code: 200, subcode: 1404078 },
    ],
    [
      'the page asks for two factors',
      () => instagram.strike('two-factor-required'),
      { code: 190, message: expect.stringContaining('Two Factor') },
    ],
    ['the role is lost', () => instagram.strike('role-lost', { assetId: nightStream }), { code: 190, subcode: 492 }],
    ['Instagram is called too often', () => instagram.app({ quirks: ['limit-80002'] }), { code: 80002 }],
    ['Instagram fails', () => instagram.app({ quirks: ['instagram-server-error'] }), { code: -1, subcode: 2207001 }],
    ['Instagram is slow', () => instagram.app({ quirks: ['instagram-timeout'] }), { code: -2 }],
  ])('is refused when %s', async (_name, change, error) => {
    const [, page] = await tokens();
    await change();
    expect(errorOf(await readAccount(page))).toMatchObject(error);
  });

  it('is named by the scopes of Instagram, and the page by the others', async () => {
    const { accessToken } = await instagram.mint({ assetIds: [nightStream] });
    expect((await instagram.debug(accessToken)).granular_scopes).toEqual([
      { scope: 'instagram_basic', target_ids: [nightInstagram.id] },
      { scope: 'instagram_content_publish', target_ids: [nightInstagram.id] },
      { scope: 'pages_show_list', target_ids: [nightStream] },
      { scope: 'pages_read_engagement', target_ids: [nightStream] },
    ]);
  });
});

describe('Instagram through a page, and Facebook at the same addresses', () => {
  const other = { platform: 'facebook', clientId: '55', clientSecret: 's55' };

  beforeEach(async () => {
    await instagram.simulator.control.createApp({ ...other, redirectUris: ['https://127.0.0.1/callback'] });
    await instagram.simulator.control.createAccount({ platform: 'facebook', id: '888' });
  });

  it('have apps and persons of their own, and each request is for one of them', async () => {
    const ofFacebook = await instagram.simulator.control.mintGrant({ ...other, accountId: '888' });
    const { accessToken } = await instagram.mint();
    expect((await instagram.get('/me', ofFacebook.accessToken)).json).toMatchObject({ id: '888' });
    expect((await instagram.get('/me', accessToken)).json).toMatchObject({ id: facebookPerson });
    expect(await instagram.debug(accessToken)).toMatchObject({ app_id: facebookApp.id });
    await instagram.exchange(accessToken);
    expect(await instagram.simulator.control.spends({ platform: 'instagram-page' })).toHaveLength(1);
    expect(await instagram.simulator.control.spends({ platform: 'facebook' })).toEqual([]);
    expect(await instagram.simulator.complaintTexts()).toEqual([]);
  });

  it.each<[string, number, number]>([
    ['instagram-page', 503, 200],
    ['facebook', 200, 503],
  ])('meet faults of their own: %s', async (platform, ofInstagram, ofFacebook) => {
    const minted = await instagram.simulator.control.mintGrant({ ...other, accountId: '888' });
    const { accessToken } = await instagram.mint();
    await instagram.simulator.control.addFault({ platform, operation: 'any', kind: 'status' });
    expect((await instagram.get('/me', accessToken)).status).toBe(ofInstagram);
    expect((await instagram.get('/me', minted.accessToken)).status).toBe(ofFacebook);
    expect((await instagram.get('/debug_token', appToken, { input_token: 'x' })).status).toBe(ofInstagram);
  });

  it('share the dialog, which knows whose app it is, and codes', async () => {
    const asking = { redirect_uri: 'https://127.0.0.1/callback', state: 's', scope: 'instagram_basic' };
    const query = new URLSearchParams({ ...asking, client_id: facebookApp.id, approve: facebookPerson });
    const answer = await instagram.simulator.wire.get(`${facebookDialog}?${query}`);
    const code = new URL(answer.headers.get('location') ?? '').searchParams.get('code') ?? '';
    const redeemed = await instagram.token({ redirect_uri: asking.redirect_uri, code });
    expect(redeemed.json).toMatchObject({ expires_in: 5108 });
    expect(await instagram.simulator.control.grants()).toEqual([
      expect.objectContaining({ platform: 'instagram-page', accountId: facebookPerson }),
    ]);
  });

  it('say so when nothing in a request tells whose it is', async () => {
    expect(errorOf(await instagram.get('/me', 'EAAGnobody'))).toMatchObject({ code: 190 });
    const answer = await instagram.simulator.wire.get('/graph.facebook.com/v26.0/oauth/access_token?client_id=9');
    expect(answer.status).toBe(400);
    expect((await instagram.simulator.control.complaints({ platform: 'facebook' })).length).toBeGreaterThan(0);
  });
});
