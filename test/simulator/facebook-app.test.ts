import { describe, expect, it } from 'vitest';
import { appToken, facebookPerson, freshFacebook, nightStream, pageScopes, proofOf } from './facebook-client.ts';
import { errorOf } from './graph-error.ts';
import type { Cause } from './model.ts';
import type { Quirk } from './registry.ts';

const facebook = freshFacebook();

describe('Facebook, appsecret_proof', () => {
  it.each<[string, (token: string) => Record<string, string>, boolean]>([
    ['none', () => ({}), false],
    ['one of the token', (token) => ({ appsecret_proof: proofOf(token) }), true],
    ['one of another token', () => ({ appsecret_proof: proofOf('other') }), false],
    ['one with another secret', (token) => ({ appsecret_proof: proofOf(token, 'old') }), false],
    ['one of now', (token) => timed(token, 0), true],
    ['one of ten minutes ago', (token) => timed(token, 600), false],
  ])('is required where told so: %s', async (_name, sent, isTaken) => {
    const { accessToken } = await facebook.mint();
    await facebook.app({ quirks: ['require-proof'] });
    const answer = await facebook.get('/me', accessToken, sent(accessToken));
    const refusal = { code: 100, type: 'GraphMethodException', message: expect.stringMatching(/appsecret_proof/) };
    expect(answer.json).toMatchObject(isTaken ? { id: facebookPerson } : { error: refusal });
  });

  const timed = (token: string, ago: number): Record<string, string> => {
    const time = String(Math.floor(Date.now() / 1000) - ago);
    return { appsecret_time: time, appsecret_proof: proofOf(`${token}|${time}`) };
  };

  it('must be right wherever it is sent, and is one of the app’s token for debug_token', async () => {
    const { accessToken } = await facebook.mint();
    const wrong = await facebook.debug(accessToken, { appsecret_proof: proofOf(accessToken) });
    expect(wrong).toMatchObject({ refused: { error: { code: 100 } } });
    await facebook.app({ quirks: ['require-proof'] });
    expect(await facebook.debug(accessToken, { appsecret_proof: proofOf(appToken) })).toMatchObject({ is_valid: true });
    expect((await facebook.exchange(accessToken)).status).toBe(200);
  });
});

describe('Facebook, what an app meets', () => {
  const page = `/${nightStream}`;

  it.each<[Quirk, 'person' | 'page', string, number, number]>([
    ['code-1', 'person', '/me', 500, 1],
    ['code-2', 'person', '/me', 500, 2],
    ['capability-missing', 'person', '/me', 400, 3],
    ['limit-4', 'page', '/me', 403, 4],
    ['review-missing', 'page', page, 403, 10],
    ['limit-17', 'person', '/me', 403, 17],
    ['limit-32', 'person', '/me/accounts', 403, 32],
    ['limit-341', 'person', '/me', 400, 341],
    ['limit-613', 'page', page, 403, 613],
    ['limit-80001', 'page', page, 400, 80001],
    ['deactivated', 'person', '/me', 400, 200],
    ['deleted-app', 'person', '/me', 400, 101],
  ])('with %s is told to the token of a %s at %s: %d, code %d', async (quirk, whose, path, status, code) => {
    const { accessToken } = await facebook.mint();
    const token = whose === 'person' ? accessToken : await facebook.pageToken(accessToken);
    await facebook.app({ quirks: [quirk] });
    expect(errorOf(await facebook.get(path, token))).toMatchObject({ status, code });
    expect(await facebook.ends()).toEqual([null]);
  });

  it.each<[Quirk, 'person' | 'page', string]>([
    ['limit-17', 'page', page],
    ['limit-32', 'page', page],
    ['limit-32', 'person', '/me'],
    ['limit-80001', 'person', '/me/accounts'],
    ['limit-80002', 'page', page],
  ])('with %s is nothing to the token of a %s at %s', async (quirk, whose, path) => {
    const { accessToken } = await facebook.mint();
    const token = whose === 'person' ? accessToken : await facebook.pageToken(accessToken);
    await facebook.app({ quirks: [quirk] });
    expect((await facebook.get(path, token)).status).toBe(200);
  });

  it('is how much of its allowance is used', async () => {
    const token = await facebook.pageToken((await facebook.mint()).accessToken);
    await facebook.app({ quirks: ['usage-headers', 'limit-80001'] });
    const { headers } = await facebook.get(page, token);
    expect(JSON.parse(headers.get('x-app-usage') ?? '')).toMatchObject({ call_count: 28 });
    const business = { type: 'pages', call_count: 100, estimated_time_to_regain_access: 19 };
    expect(JSON.parse(headers.get('x-business-use-case-usage') ?? '')).toMatchObject({ [nightStream]: [business] });
    await facebook.app({ quirks: [] });
    expect((await facebook.get(page, token)).headers.has('x-app-usage')).toBe(false);
  });

  it('is a version that is over', async () => {
    const { accessToken } = await facebook.mint();
    await facebook.app({ apiVersionRetired: true });
    expect(errorOf(await facebook.get('/me', accessToken))).toMatchObject({ status: 400, code: 2635 });
    expect(await facebook.simulator.complaintTexts()).toEqual([]);
  });
});

describe('Facebook, live videos', () => {
  const path = `/graph.facebook.com/v26.0/${nightStream}/live_videos`;
  const create = (token: string) => facebook.simulator.wire.post(path, { access_token: token, status: 'UNPUBLISHED' });

  it('are none, and one that is made is a complaint', async () => {
    const token = await facebook.pageToken((await facebook.mint()).accessToken);
    expect((await facebook.get(`/${nightStream}/live_videos`, token, { limit: '1' })).json).toEqual({ data: [] });
    expect((await create(token)).json).toMatchObject({ secure_stream_url: expect.stringMatching(/^rtmps/) });
    expect(await facebook.simulator.complaintTexts()).toEqual(['a live video was created: viewers see it']);
  });

  it.each<[Cause, object, object]>([
    ['spam-blocked', {}, { status: 400, code: 368, subcode: 1390008 }],
    ['identity-check', { assetId: nightStream }, { code: 368, subcode: 4854002 }],
    ['publishing-unauthorized', {}, { code: 200, subcode: 1404078 }],
    ['live-disabled', {}, { code: 100 }],
  ])('are not made by who is struck by %s, while the token reads on', async (cause, more, error) => {
    const token = await facebook.pageToken((await facebook.mint()).accessToken);
    await facebook.strike(cause, more);
    expect(errorOf(await create(token))).toMatchObject(error);
    expect((await facebook.get('/me', token)).status).toBe(200);
    await facebook.cure(cause, more);
    expect((await create(token)).status).toBe(200);
  });

  it.each<[Cause, object]>([
    ['spam-blocked', { code: 368, subcode: 1390008 }],
    ['identity-check', { code: 368, subcode: 4854002 }],
  ])('%s may show in reads, and in no look at the token', async (cause, error) => {
    await facebook.app({ quirks: ['blocks-reads'] });
    const { accessToken } = await facebook.mint();
    const token = await facebook.pageToken(accessToken);
    await facebook.strike(cause);
    expect(errorOf(await facebook.get('/me', token))).toMatchObject(error);
    expect(errorOf(await facebook.get('/me/accounts', accessToken))).toMatchObject(error);
    expect(await facebook.debug(token)).toMatchObject({ is_valid: true });
  });

  it.each<[string, string[], string[], object]>([
    ['without the scopes', pageScopes.slice(0, 2), ['MANAGE'], { status: 403, code: 200 }],
    ['without a task for content', pageScopes, ['ANALYZE'], { status: 400, code: 100 }],
  ])('are not made %s', async (_name, scopes, roles, error) => {
    const token = await facebook.pageToken((await facebook.mint({ scopes })).accessToken);
    await facebook.roles(roles);
    expect(errorOf(await create(token))).toMatchObject(error);
  });

  it('are made with the page’s own token alone', async () => {
    const { accessToken } = await facebook.mint();
    expect(errorOf(await create(accessToken))).toMatchObject({ status: 403, code: 200 });
  });
});
