import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { errorOf } from './graph-error.ts';
import { type OwnLoginClient, ownLogins, ownPerson, runWithOwnLogin } from './instagram-client.ts';
import type { Cause } from './model.ts';
import { dayMs } from './running.ts';

let instagram: OwnLoginClient;

beforeEach(async () => {
  instagram = await runWithOwnLogin('instagram');
});

afterEach(async () => {
  await instagram.simulator.stop();
});

// What Instagram has in common with Threads is in sixty-days.test.ts.

describe('Instagram, a code', () => {
  it.each<[string, string[], (text: string) => unknown, unknown]>([
    ['a list of permissions', [], (text) => JSON.parse(text).permissions, [...ownLogins.instagram.scopes]],
    [
      'the documented shape, which quotes the id',
      ['data-array'],
      (text) => JSON.parse(text).data[0],
      {
        access_token: expect.stringMatching(/^IGAA/),
        user_id: ownPerson,
        permissions: 'instagram_business_basic,instagram_business_content_publish',
      },
    ],
  ])('gives %s', async (_name, quirks, read, expected) => {
    await instagram.app({ quirks: quirks as 'data-array'[] });
    const { text } = await instagram.redeem(await instagram.code());
    expect(read(text)).toEqual(expected);
  });
});

describe('Instagram, refresh', () => {
  it('tells the permissions', async () => {
    const { accessToken } = await instagram.mint({ obtainedAt: Date.now() - 2 * dayMs });
    expect((await instagram.refresh(accessToken)).json).toMatchObject({
      permissions: 'instagram_business_basic,instagram_business_content_publish',
    });
  });

  it.each(['exchange', 'refresh'] as const)(
    'and exchange serve an app in development for testers alone: %s',
    async (way) => {
      await instagram.app({ testing: true });
      const { accessToken } = await instagram.mint({ shortLived: way === 'exchange', obtainedAt: Date.now() - 60_000 });
      const shorter =
        way === 'refresh' ? await instagram.mint({ obtainedAt: Date.now() - 2 * dayMs }) : { accessToken };
      expect(errorOf(await instagram[way](shorter.accessToken))).toEqual({
        ...{ status: 400, code: 100, subcode: undefined, message: 'Unsupported request - method type: get' },
      });
      await instagram.account({ isTester: true });
      expect((await instagram[way](shorter.accessToken)).status).toBe(200);
    },
  );
});

describe('Instagram, me', () => {
  const fields = 'id,user_id,username,account_type';

  it('has an id of the app and one of the account, a name that changes, and a type', async () => {
    const { accessToken } = await instagram.mint();
    const { json } = await instagram.me(accessToken, fields);
    expect(json).toEqual({
      ...{
        id: expect.stringMatching(/^\d{17}$/),
        user_id: ownPerson,
        username: 'nightstream',
        account_type: 'BUSINESS',
      },
    });
    await instagram.simulator.control.createApp({ platform: 'instagram', clientId: '2' });
    const other = await instagram.mint({ clientId: '2' });
    await instagram.account({ login: 'daystream' });
    const told = await instagram.me(other.accessToken, fields);
    expect(told.json).toMatchObject({ user_id: ownPerson, username: 'daystream' });
    expect(told.json?.id).not.toBe(json?.id);
  });

  it.each<[Cause, object]>([
    ['account-type-changed', { status: 400, code: 10, message: '(#10) The user is not an Instagram Business' }],
    ['restricted', { code: 25, subcode: 2207050 }],
    ['suspended', { code: 9009 }],
  ])('is refused to who is struck by %s, while the token lives', async (cause, error) => {
    const { accessToken } = await instagram.mint({ obtainedAt: Date.now() - 2 * dayMs });
    await instagram.strike(cause);
    expect(errorOf(await instagram.me(accessToken))).toMatchObject(error);
    expect((await instagram.refresh(accessToken)).status).toBe(200);
    await instagram.cure(cause);
    expect((await instagram.me(accessToken)).status).toBe(200);
  });

  it('shows a block for spam where told so alone', async () => {
    const { accessToken } = await instagram.mint();
    await instagram.strike('spam-blocked');
    expect((await instagram.me(accessToken)).status).toBe(200);
    await instagram.app({ quirks: ['blocks-reads'] });
    expect(errorOf(await instagram.me(accessToken))).toMatchObject({ code: 4, subcode: 2207051 });
  });

  it.each<[Cause, number | undefined, number]>([
    ['token-expired', undefined, 463],
    ['password-changed', undefined, 460],
  ])('tells %s in words, and in a number where told so', async (cause, subcode, told) => {
    const { accessToken } = await instagram.mint();
    await instagram.strike(cause);
    expect(errorOf(await instagram.me(accessToken))).toMatchObject({ code: 190, subcode });
    await instagram.app({ quirks: ['subcodes'] });
    expect(errorOf(await instagram.me(accessToken))).toMatchObject({ code: 190, subcode: told });
  });

  it('meets the limit of Instagram, and tells how much is used', async () => {
    const { accessToken } = await instagram.mint();
    await instagram.app({ quirks: ['limit-80002', 'usage-headers'] });
    const answer = await instagram.me(accessToken);
    expect(errorOf(answer)).toMatchObject({ code: 80002 });
    expect(JSON.parse(answer.headers.get('x-business-use-case-usage') ?? '')).toMatchObject({
      [ownPerson]: [{ type: 'instagram', call_count: 100, estimated_time_to_regain_access: 19 }],
    });
  });
});

describe('Instagram, what a private account permits', () => {
  it('can be over at once, and nothing else can', async () => {
    const { accessToken } = await instagram.mint();
    await expect(instagram.strike('consent-over')).rejects.toThrow('it has no such end by age');
    await instagram.account({ isPrivate: true });
    expect(await instagram.strike('consent-over')).toEqual({ ended: 0 });
    expect(errorOf(await instagram.me(accessToken))).toMatchObject({ status: 403, code: 10 });
  });
});
