import { describe, expect, it } from 'vitest';
import {
  appToken,
  dayStream,
  facebookPerson,
  freshFacebook,
  nightStream,
  pageScopes,
  proofOf,
} from './facebook-client.ts';
import { errorOf } from './graph-error.ts';
import type { Quirk } from './registry.ts';

const facebook = freshFacebook();

const accounts = (token: string, more: Record<string, string> = { fields: 'id,tasks' }) =>
  facebook.get('/me/accounts', token, more);

describe('Facebook, the pages of a person', () => {
  it('are listed with tasks and tokens', async () => {
    const { accessToken } = await facebook.mint();
    const { json } = await accounts(accessToken, {
      fields: 'id,name,tasks,access_token,instagram_business_account{id,username}',
    });
    const token = expect.stringMatching(/^EAAG/);
    expect(json?.data).toEqual([
      { id: nightStream, name: 'Night Stream', tasks: ['MANAGE', 'CREATE_CONTENT'], access_token: token },
      { id: dayStream, name: 'Day Stream', tasks: ['PROFILE_PLUS_FULL_CONTROL'], access_token: token },
    ]);
    expect(json?.paging).toEqual({ cursors: { before: expect.any(String), after: expect.any(String) } });
    expect(await facebook.simulator.complaintTexts()).toEqual([]);
  });

  it('come in parts, each with the way to the next', async () => {
    const { accessToken } = await facebook.mint();
    const first = await accounts(accessToken, {
      ...{ fields: 'id', limit: '1', appsecret_proof: proofOf(accessToken) },
    });
    const { cursors, next } = (first.json?.paging ?? {}) as { cursors: { after: string }; next: string };
    expect(first.json?.data).toEqual([{ id: nightStream }]);
    expect(next).toContain(`/${facebookPerson}/accounts?`);
    expect(next).toContain(`access_token=${accessToken}`);
    expect(next).not.toContain('appsecret_proof');
    const second = await accounts(accessToken, { fields: 'id', limit: '1', after: cursors.after });
    expect(second.json).toMatchObject({ data: [{ id: dayStream }] });
    expect(second.json?.paging).not.toHaveProperty('next');
  });

  it('are hidden in a portfolio from who did not grant business_management, and give tokens all the same', async () => {
    const { accessToken } = await facebook.mint();
    await facebook.strike('page-hidden', { assetId: nightStream });
    await facebook.strike('page-hidden', { assetId: dayStream });
    expect((await accounts(accessToken)).json).toEqual({ data: [] });
    expect(await facebook.pageToken(accessToken)).toMatch(/^EAAG/);
    const other = await facebook.mint({ scopes: [...pageScopes, 'business_management'] });
    expect((await accounts(other.accessToken)).json?.data).toHaveLength(2);
    await facebook.cure('page-hidden', { assetId: dayStream });
    expect((await accounts(accessToken)).json?.data).toEqual([expect.objectContaining({ id: dayStream })]);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['without a role', () => facebook.strike('role-lost', { assetId: nightStream })],
    ['unticked', () => facebook.strike('permission-withdrawn', { assetId: nightStream })],
    ['deleted', () => facebook.strike('page-deleted', { assetId: nightStream })],
  ])('are not listed %s', async (_name, change) => {
    const { accessToken } = await facebook.mint();
    await change();
    expect((await accounts(accessToken)).json?.data).toEqual([expect.objectContaining({ id: dayStream })]);
  });

  it('are shown to who lost the role, without a token', async () => {
    const { accessToken } = await facebook.mint();
    await facebook.strike('role-lost', { assetId: nightStream });
    const { json } = await facebook.get(`/${nightStream}`, accessToken, { fields: 'id,name,access_token' });
    expect(json).toEqual({ id: nightStream, name: 'Night Stream' });
  });

  it('are told with fewer tasks after a demotion', async () => {
    const { accessToken } = await facebook.mint();
    await facebook.roles(['ANALYZE']);
    expect((await accounts(accessToken)).json?.data).toContainEqual({ id: nightStream, tasks: ['ANALYZE'] });
  });

  it.each<[string, string[], string, object]>([
    ['the list without pages_show_list', ['email'], '/me/accounts', { status: 403, code: 200 }],
    ['a page without pages_read_engagement', ['pages_show_list'], `/${nightStream}`, { status: 403, code: 10 }],
    ['an id that nobody has', pageScopes, '/77', { status: 400, code: 100, subcode: 33 }],
    ['a name', pageScopes, '/nightstream', { status: 400, code: 803 }],
    ['another person', pageScopes, '/123/accounts', { status: 400, code: 100, subcode: 33 }],
  ])('are refused: %s', async (_name, scopes, path, error) => {
    const { accessToken } = await facebook.mint({ scopes });
    expect(errorOf(await facebook.get(path, accessToken))).toMatchObject(error);
    expect(await facebook.simulator.complaintTexts()).toEqual([]);
  });

  it('have one token each for a person, or another each time where told so', async () => {
    const { accessToken } = await facebook.mint();
    const first = await facebook.pageToken(accessToken);
    expect(await facebook.pageToken(accessToken)).toBe(first);
    expect(await facebook.pageToken(accessToken, dayStream)).not.toBe(first);
    await facebook.app({ quirks: ['new-page-tokens'] });
    const second = await facebook.pageToken(accessToken);
    expect(second).not.toBe(first);
    expect([await facebook.debug(first), await facebook.debug(second)]).toMatchObject([
      ...[{ is_valid: false }, { is_valid: true }],
    ]);
  });

  it('are derived by calls that ask for their tokens: a fault aimed there meets no others', async () => {
    const { accessToken } = await facebook.mint();
    await facebook.simulator.control.addFault({ platform: 'facebook', operation: 'derive', kind: 'status' });
    const statuses = ['id,name', 'access_token'].map((fields) =>
      facebook.get(`/${nightStream}`, accessToken, { fields }),
    );
    expect((await Promise.all(statuses)).map(({ status }) => status)).toEqual([200, 503]);
    expect([(await accounts(accessToken)).status, (await accounts(accessToken, {})).status]).toEqual([200, 200]);
    expect((await accounts(accessToken, { fields: 'access_token' })).status).toBe(503);
  });
});

describe('Facebook, me', () => {
  it('is the person, or the page', async () => {
    const { accessToken } = await facebook.mint({ scopes: [...pageScopes, 'email'] });
    expect((await facebook.get('/me', accessToken, { fields: 'id,name,email' })).json).toEqual({
      ...{ id: facebookPerson, name: 'Dana Reyes', email: 'dana@example.com' },
    });
    const page = await facebook.pageToken(accessToken);
    expect((await facebook.get('/me', page)).json).toEqual({ id: nightStream, name: 'Night Stream' });
    expect(errorOf(await facebook.get('/me/accounts', page))).toMatchObject({ code: 100 });
    expect(errorOf(await facebook.get(`/${dayStream}`, page))).toMatchObject({ code: 100, subcode: 33 });
  });

  it('takes the token as Bearer too', async () => {
    const { accessToken } = await facebook.mint();
    const headers = { authorization: `Bearer ${accessToken}` };
    const answer = await facebook.simulator.wire.get('/graph.facebook.com/v24.0/me?fields=id', headers);
    expect(answer.json).toEqual({ id: facebookPerson });
    expect(await facebook.simulator.complaintTexts()).toEqual([]);
  });

  it.each<[string, string, Record<string, string>, object, RegExp]>([
    [
      'a field that a page has not',
      `/${nightStream}`,
      { fields: 'id,tasks' },
      { code: 100 },
      /tasks is not known on Page/,
    ],
    ['fields that are none', '/me', { fields: 'id{' }, { code: 100 }, /malformed/],
    ['an unknown parameter', '/me', { pretty: '1' }, { code: 100 }, /pretty is not known here/],
    ['a limit that is none', '/me/accounts', { limit: 'all' }, { code: 100 }, /limit/],
    ['no token', '/me', { access_token: '' }, { code: 2500 }, /needs an access token/],
    ['no token for a page', '/77', { access_token: '' }, { code: 104 }, /needs an access token/],
  ])('complains of %s', async (_name, path, more, error, complaint) => {
    const { accessToken } = await facebook.mint();
    expect(errorOf(await facebook.get(path, accessToken, more))).toMatchObject({ status: 400, ...error });
    expect((await facebook.simulator.complaintTexts()).join()).toMatch(complaint);
  });

  it.each(['v20.0', 'v27.0', 'oauth'])('complains of version %s', async (version) => {
    const { accessToken } = await facebook.mint();
    const answer = await facebook.simulator.wire.get(`/graph.facebook.com/${version}/me?access_token=${accessToken}`);
    expect(errorOf(answer)).toMatchObject({ status: 400, code: 2635 });
    expect(await facebook.simulator.complaintTexts()).toHaveLength(1);
  });
});

describe('Facebook, permissions', () => {
  const granted = (names: string[]) => names.map((permission) => ({ permission, status: 'granted' }));

  it('show what was taken back, by the person or by the app', async () => {
    const { accessToken } = await facebook.mint();
    await facebook.strike('permission-withdrawn', { scopes: ['publish_video'] });
    const asked = { access_token: accessToken };
    expect((await facebook.call('DELETE', '/me/permissions/pages_manage_posts', asked)).text).toBe('true');
    const { json } = await facebook.get('/me/permissions', accessToken);
    expect(json?.data).toEqual([
      ...granted(pageScopes.slice(0, 2)),
      ...['publish_video', 'pages_manage_posts'].map((permission) => ({ permission, status: 'declined' })),
    ]);
    const filtered = await facebook.get('/me/permissions', accessToken, { permission: 'publish_video' });
    expect(filtered.json?.data).toHaveLength(1);
  });

  it.each<[string, Quirk[], string]>([
    ['true', [], facebookPerson],
    ['{"success":true}', ['success-object'], 'me'],
  ])('end with everything of the person and app when all are deleted: %s', async (body, quirks, node) => {
    await facebook.app({ quirks });
    const { accessToken } = await facebook.mint();
    const other = await facebook.mint();
    const page = await facebook.pageToken(other.accessToken);
    const answer = await facebook.call('DELETE', `/${node}/permissions`, { access_token: accessToken });
    expect({ status: answer.status, text: answer.text }).toEqual({ status: 200, text: body });
    expect(await facebook.ends()).toEqual(['revoked-by-client', 'revoked-with-sibling']);
    expect(await facebook.debug(page)).toMatchObject({ error: { subcode: 458 } });
  });

  it('may be read and ended by the app itself', async () => {
    await facebook.mint();
    const path = `/${facebookPerson}/permissions`;
    expect((await facebook.get(path, appToken)).json?.data).toEqual(granted(pageScopes));
    await facebook.call('DELETE', path, { access_token: appToken });
    expect(await facebook.ends()).toEqual(['revoked-by-client']);
  });
});
