import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Cause, CauseInput } from './model.ts';
import { dayMs, minuteMs, paths, type RunningSimulator } from './running.ts';
import { runWithSample, samplePaths } from './sample-platform.ts';

let simulator: RunningSimulator;

beforeEach(async () => {
  simulator = await runWithSample();
});

afterEach(async () => {
  await simulator.stop();
});

const strike = (input: CauseInput) => simulator.control.strike(input);
const onTwitch = (cause: Cause, more: Partial<CauseInput> = {}): CauseInput => {
  return { platform: 'twitch', cause, accountId: '1', ...more };
};
const onYoutube = (cause: Cause, more: Partial<CauseInput> = {}): CauseInput => {
  return { platform: 'youtube', cause, accountId: '10', ...more };
};
const onSample = (cause: Cause, more: Partial<CauseInput> = {}): CauseInput => {
  return { platform: 'sample', cause, accountId: 's1', ...more };
};
const ends = async () => (await simulator.control.grants()).map(({ endedBy }) => endedBy);
const auth = 'https://www.googleapis.com/auth/';
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const channels = (token: string) => simulator.wire.get(paths.googleChannels, bearer(token));

const pageCauses: Cause[] = [
  ...(['password-changed', 'disconnected', 'logged-out', 'device-changed', 'permission-withdrawn'] as const),
  ...([
    'checkpoint',
    'many-addresses',
    'locked',
    'unconfirmed',
    'token-ended-early',
    'token-expired',
    'consent-over',
  ] as const),
  ...(['role-lost', 'page-hidden', 'page-deleted', 'two-factor-required'] as const),
  ...(['spam-blocked', 'identity-check', 'publishing-unauthorized'] as const),
];
const ownLoginCauses: Cause[] = [
  ...([
    'password-changed',
    'disconnected',
    'logged-out',
    'device-changed',
    'permission-withdrawn',
    'checkpoint',
    'many-addresses',
    'unconfirmed',
  ] as const),
  ...(['token-ended-early', 'token-expired', 'consent-over', 'restricted', 'spam-blocked'] as const),
];

describe('the causes of a platform', () => {
  it.each<[string, Cause[]]>([
    ['facebook', [...pageCauses, 'live-disabled']],
    ['instagram-page', [...pageCauses, 'page-unlinked', 'account-type-changed']],
    ['instagram', [...ownLoginCauses, ...(['suspended', 'account-type-changed'] as const)]],
    ['threads', [...ownLoginCauses, 'locked']],
    ['twitch', ['password-changed', 'disconnected', 'suspended', 'deleted', 'token-ended-early', 'unused']],
    [
      'youtube',
      [
        ...(['password-changed', 'disconnected', 'permission-withdrawn', 'suspended', 'deleted'] as const),
        ...(['no-channel', 'live-disabled', 'role-lost', 'reauth-policy', 'org-policy'] as const),
        ...(['unused', 'consent-over', 'token-ended-early'] as const),
      ],
    ],
    [
      'x',
      [
        ...(['disconnected', 'suspended', 'locked', 'spam-blocked', 'deleted'] as const),
        ...(['token-ended-early', 'unused', 'token-expired'] as const),
      ],
    ],
    [
      'linkedin',
      [
        ...(['disconnected', 'suspended', 'deleted', 'role-lost', 'scope-set-changed'] as const),
        ...(['token-ended-early', 'token-expired', 'consent-over'] as const),
      ],
    ],
    [
      'tiktok',
      [
        ...(['disconnected', 'deleted', 'permission-withdrawn', 'spam-blocked'] as const),
        ...(['token-ended-early', 'unused', 'consent-over'] as const),
      ],
    ],
    ['kick', ['disconnected', 'deleted', 'token-ended-early', 'unused', 'consent-over']],
    [
      'odd',
      [
        ...(['password-changed', 'disconnected', 'permission-withdrawn', 'deleted', 'suspended', 'locked'] as const),
        ...(['spam-blocked', 'token-ended-early', 'unused', 'consent-over'] as const),
      ],
    ],
  ])('are told by name (%s)', async (platform, causes) => {
    expect((await simulator.control.causes({ platform })).sort()).toEqual([...causes].sort());
  });

  it.each<[string, () => Promise<unknown>, RegExp]>([
    [
      'a cause that the platform lacks',
      () => strike(onTwitch('role-lost')),
      /twitch has no cause "role-lost": password-/,
    ],
    [
      'an account that is not there',
      () => strike(onTwitch('suspended', { accountId: '9' })),
      /no account "9" on twitch/,
    ],
    ['an app that is not there', () => strike(onTwitch('suspended', { clientId: 'x' })), /no app "x" on twitch/],
    ['an asset that is not there', () => strike(onSample('role-lost', { assetId: 'x' })), /no asset "x" on sample/],
    ['a lost role without a page', () => strike(onSample('role-lost')), /"role-lost" needs assetId/],
    ['a withdrawal of nothing', () => strike(onYoutube('permission-withdrawn')), /"permission-withdrawn" needs scopes/],
    [
      'a cure of what only a consent cures',
      () => simulator.control.cure(onTwitch('disconnected')),
      /"disconnected" on twitch has no cure: only a new consent helps/,
    ],
    [
      'a cure of what is not in force',
      () => simulator.control.cure(onTwitch('suspended')),
      /"suspended" was not in force for account "1" on twitch/,
    ],
  ])('refuse %s and say why', async (_name, call, message) => {
    await expect(call()).rejects.toThrow(message);
  });
});

describe('a cause', () => {
  it('meets the grants of every app, or of the one that is named', async () => {
    await simulator.control.createApp({ platform: 'twitch', clientId: 'tw2' });
    await simulator.mintTwitch();
    await simulator.mintTwitch({ clientId: 'tw2' });
    await simulator.mintTwitch({ accountId: '2' });
    expect(await strike(onTwitch('disconnected', { clientId: 'tw2' }))).toEqual({ ended: 1 });
    expect(await ends()).toEqual([null, 'disconnected', null]);
    expect(await strike(onTwitch('password-changed'))).toEqual({ ended: 1 });
    expect(await ends()).toEqual(['password-changed', 'disconnected', null]);
  });

  it('that a test struck is no loss', async () => {
    for (const cause of ['disconnected', 'deleted', 'token-ended-early'] as const) {
      await simulator.mintTwitch();
      await strike(onTwitch(cause));
    }
    expect((await simulator.control.summary()).lostGrants).toEqual([]);
  });

  it('leaves a grant alive whose access token alone it ends', async () => {
    const { accessToken, refreshToken } = await simulator.mintTwitch();
    expect(await strike(onTwitch('token-ended-early'))).toEqual({ ended: 1 });
    expect((await simulator.validateTwitch(accessToken)).status).toBe(401);
    expect((await simulator.refreshTwitch(refreshToken)).status).toBe(200);
  });

  it('ends the access tokens of one app where one is named', async () => {
    await simulator.control.createApp({ platform: 'twitch', clientId: 'tw2' });
    await simulator.mintTwitch();
    await simulator.mintTwitch({ clientId: 'tw2' });
    expect(await strike(onTwitch('token-ended-early', { clientId: 'tw2' }))).toEqual({ ended: 1 });
  });

  it('ends the grant of an access token that is all there is', async () => {
    await simulator.control.mintGrant({ platform: 'sample', clientId: 'sa', accountId: 's1' });
    await strike(onSample('token-expired'));
    expect(await ends()).toEqual(['token-expired']);
  });

  it('that lasts may be struck twice, and one cure ends it', async () => {
    const { accessToken } = await simulator.mintTwitch();
    await strike(onTwitch('suspended'));
    await strike(onTwitch('suspended'));
    expect((await simulator.validateTwitch(accessToken)).status).toBe(401);
    expect(await simulator.control.cure(onTwitch('suspended'))).toEqual({ cured: 1 });
    expect((await simulator.validateTwitch(accessToken)).status).toBe(200);
  });

  it('that lasts with one app leaves the others alone', async () => {
    await simulator.control.createApp({ platform: 'twitch', clientId: 'tw2' });
    const met = await simulator.mintTwitch();
    const spared = await simulator.mintTwitch({ clientId: 'tw2' });
    await strike(onTwitch('suspended', { clientId: 'tw' }));
    expect((await simulator.validateTwitch(met.accessToken)).status).toBe(401);
    expect((await simulator.validateTwitch(spared.accessToken)).status).toBe(200);
  });

  it('keeps a token without a refresh token from working while it lasts, and the ledger knows when', async () => {
    const { accessToken } = await simulator.control.mintGrant({ platform: 'sample', clientId: 'sa', accountId: 's1' });
    await strike(onSample('checkpoint'));
    expect((await simulator.control.grants())[0]).toMatchObject({ alive: false, endedBy: null });
    expect((await simulator.wire.get(`${samplePaths.token}?living_token=${accessToken}`)).status).toBe(400);
    await simulator.control.cure(onSample('checkpoint'));
    expect((await simulator.control.grants())[0]).toMatchObject({ alive: true, endedBy: null });
  });

  it('that stops renewal leaves the access token working, and the ledger says so', async () => {
    const { accessToken } = await simulator.mintYoutube({ obtainedAt: Date.now() - minuteMs });
    await strike(onYoutube('reauth-policy'));
    expect((await simulator.tokeninfo(accessToken)).status).toBe(200);
    expect((await simulator.control.tokenAt({ value: accessToken, at: Date.now() + 1 })).alive).toBe(true);
  });

  it('may stop nothing at all', async () => {
    await simulator.control.mintGrant({ platform: 'sample', clientId: 'sa', accountId: 's1' });
    await strike(onSample('spam-blocked'));
    expect((await simulator.control.grants())[0]).toMatchObject({ alive: true, intervals: [{ to: null }] });
  });
});

describe('age as a cause', () => {
  it.each<[Cause, object, string]>([
    ['unused', {}, 'unused'],
    ['consent-over', { limitedSeconds: 30 * 86_400 }, 'access-ended'],
  ])('%s ends one grant of YouTube now, and no other', async (cause, mint, endedBy) => {
    const struckAt = Date.now();
    const obtainedAt = struckAt - minuteMs;
    const { refreshToken, accessToken } = await simulator.mintYoutube({ obtainedAt, ...mint });
    const bystander = await simulator.mintYoutube({ accountId: '11', ...mint });
    expect(await strike(onYoutube(cause))).toEqual({ ended: 1 });
    expect((await simulator.refreshYoutube(refreshToken)).json).toMatchObject({ error: 'invalid_grant' });
    expect((await simulator.refreshYoutube(bystander.refreshToken)).status).toBe(200);
    const [view] = await simulator.control.grants({ accountId: '10' });
    expect(view).toMatchObject({ alive: false, endedBy });
    expect(view?.intervals[0]?.to).toBeGreaterThanOrEqual(struckAt);
    const state = await simulator.control.tokenAt({ value: accessToken, at: struckAt - 1 });
    expect(state).toMatchObject({ alive: true, endedBy: cause === 'unused' ? 'expired' : null });
  });

  it('ends a testing app’s grant as its seven days do, and spares the access token', async () => {
    await simulator.control.updateApp({ platform: 'youtube', clientId: 'yt', testing: true });
    const { accessToken } = await simulator.mintYoutube();
    await strike(onYoutube('consent-over'));
    expect(await ends()).toEqual(['testing-expired']);
    expect((await simulator.tokeninfo(accessToken)).status).toBe(200);
  });

  it('ends what nobody used for thirty days at a public client of Twitch', async () => {
    const { refreshToken } = await simulator.mintTwitch({ clientId: 'public' });
    await strike(onTwitch('unused'));
    expect((await simulator.refreshPublic(refreshToken)).status).toBe(400);
    expect(await ends()).toEqual(['aged-out']);
  });

  it.each<[string, () => Promise<unknown>, () => Promise<unknown>, string]>([
    ['a confidential client of Twitch', () => simulator.mintTwitch(), () => strike(onTwitch('unused')), 'unused'],
    ['unlimited access', () => simulator.mintYoutube(), () => strike(onYoutube('consent-over')), 'consent-over'],
  ])('is refused where there is no such end: %s', async (_name, mint, call, cause) => {
    await mint();
    await expect(call()).rejects.toThrow(`"${cause}" cannot happen to grant g1: it has no such end by age`);
    expect(await ends()).toEqual([null]);
  });

  it('asks nothing of grants that have ended before', async () => {
    await simulator.mintYoutube();
    await strike(onYoutube('disconnected'));
    await simulator.mintYoutube({ limitedSeconds: 86_400 });
    expect(await strike(onYoutube('consent-over'))).toEqual({ ended: 1 });
    expect(await ends()).toEqual(['disconnected', 'access-ended']);
  });

  it('leaves a token that had expired before its true end', async () => {
    const { accessToken, expiresAt } = await simulator.mintYoutube({ obtainedAt: Date.now() - dayMs });
    await strike(onYoutube('unused'));
    const [, access] = await simulator.control.tokens();
    expect(access?.intervals[0]?.to).toBe(expiresAt);
    const during = await simulator.control.tokenAt({ value: accessToken, at: expiresAt - minuteMs });
    expect(during.alive).toBe(true);
  });
});

describe('YouTube, struck by', () => {
  it('a missing channel, lists none until it is there again', async () => {
    const { accessToken, refreshToken } = await simulator.mintYoutube();
    await strike(onYoutube('no-channel'));
    expect((await channels(accessToken)).json).not.toHaveProperty('items');
    expect((await simulator.refreshYoutube(refreshToken)).status).toBe(200);
    await simulator.control.cure(onYoutube('no-channel'));
    expect((await channels(accessToken)).json).toMatchObject({ items: [{ id: 'UC10' }] });
  });

  it('the loss of a brand account, refuses to act for its channel', async () => {
    const { accessToken } = await simulator.mintYoutube();
    await strike(onYoutube('role-lost'));
    const answer = await channels(accessToken);
    expect(answer.status).toBe(403);
    expect(answer.json).toMatchObject({ error: { errors: [{ reason: 'accountDelegationForbidden' }] } });
  });

  it('withdrawn permissions, leaves what had ended before as it was', async () => {
    await simulator.mintYoutube({ scopes: ['openid'] });
    await strike(onYoutube('disconnected'));
    await strike(onYoutube('permission-withdrawn', { scopes: ['openid'] }));
    expect((await simulator.control.grants())[0]?.scopes).toEqual(['openid']);
  });

  it('withdrawn permissions, keeps the grant and shows what is left', async () => {
    const { accessToken, refreshToken } = await simulator.mintYoutube();
    expect(await strike(onYoutube('permission-withdrawn', { scopes: [`${auth}youtube.readonly`] }))).toEqual({
      ended: 0,
    });
    expect((await simulator.refreshYoutube(refreshToken)).json).toMatchObject({ scope: 'openid' });
    expect((await channels(accessToken)).json).toMatchObject({
      error: { errors: [{ reason: 'insufficientPermissions' }] },
    });
  });

  it('the end of its account, says so to grants that came before', async () => {
    const { accessToken, refreshToken } = await simulator.mintYoutube();
    expect(await strike(onYoutube('deleted'))).toEqual({ ended: 1 });
    expect((await simulator.tokeninfo(accessToken)).status).toBe(400);
    expect((await simulator.refreshYoutube(refreshToken)).json).toMatchObject({
      error_description: 'Account has been deleted',
    });
  });
});
