import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PlatformServer, startPlatform } from '../harness/platform-process.ts';
import { scratchFolder } from '../harness/scratch.ts';
import { sharedWorld } from '../harness/shared-world.ts';
import { bootstrapSecret } from '../harness/stage.ts';
import { waitFor } from '../harness/wait.ts';
import type { App, AppInput, FaultInput } from '../simulator/model.ts';
import { conditionOf, isConnected, type OperatedStage, operatedStage, type Status } from './operated-stage.ts';

let stage: OperatedStage;
let simulator: PlatformServer;

/**
 * Everything in this file happens with platforms whose clocks are ten minutes off, Twitch's fast and YouTube's slow: no
 * story may end otherwise for that. The simulator is this file's own, so that nobody else's tokens jump.
 */
beforeAll(async () => {
  const world = sharedWorld();
  simulator = await startPlatform({ name: 'simulator', folder: scratchFolder('trouble'), authority: world.authority });
  stage = await operatedStage({ world: { ...world, simulator: simulator.address } });
  await stage.simulator.shiftClock({ platform: 'twitch', byMs: 600_000 });
  await stage.simulator.shiftClock({ platform: 'youtube', byMs: -600_000 });
});

afterAll(async () => {
  await stage?.removeAll();
  await simulator?.process.kill();
});

type Platform = 'twitch' | 'youtube';

const secondsAgo = (seconds: number) => Date.now() - seconds * 1_000;
const askForRefresh = (name: string, value = 'now') =>
  stage.patch('SocialChannel', name, { metadata: { annotations: { 'socialops.dev/refresh': value } } });
const transitionsOf = (name: string) =>
  stage.operator
    .log()
    .filter(({ channel, state }) => channel === `${stage.namespace}/${name}` && state !== undefined)
    .map(({ state, reason }) => `${state} ${reason}`);

/** An app of the channel's own name with tokens that live so long. */
async function appWith(
  platform: Platform,
  name: string,
  input: Partial<AppInput> = {},
  spec: object = {},
): Promise<App> {
  return await stage.simulatedApp(platform, name, input, spec);
}

/** A channel with an app of its own, connected, and its grant. */
async function connected(platform: Platform, name: string, input: Partial<AppInput> = {}, spec: object = {}) {
  const app = await appWith(platform, name, input);
  const grant = await stage.connect(platform, app, name, name, { spec });
  await stage.until(name, `${name} to connect`, isConnected);
  return { app, ...grant };
}

describe.concurrent('a platform in trouble', () => {
  it.each([
    ['twitch', 'outage-plain', {}],
    ['twitch', 'outage-rotated', { afterEffect: true }],
  ] as const)(
    'a minute of 503 on %s from the first refresh on (%s) makes the channel Expiring, then Connected again',
    async (platform, name, more) => {
      const app = await appWith(platform, name, {
        accessLifetimeSeconds: 40,
        rotate: platform === 'twitch' ? 'always' : 'never',
      });
      const fault: FaultInput = {
        platform,
        clientId: app.clientId,
        operation: 'token',
        kind: 'status',
        status: 503,
        ...more,
      };
      const placed = await stage.simulator.addFault(fault);
      const { accountId } = await stage.connect(platform, app, name, name, { mint: { obtainedAt: secondsAgo(20) } });
      const spends = () => stage.simulator.spends({ platform, accountId });
      const first = await waitFor(async () => (await spends())[0], { what: 'the first refresh', timeoutMs: 30_000 });
      const status = await stage.until(name, 'it to be Expiring', ({ state }) => state === 'Expiring', 40_000);
      expect(status.reason).toBe('RefreshFailing');
      expect(status.message).toMatch(/^(Twitch|YouTube) .*503.*Nobody needs to reconnect\.$/);
      expect(conditionOf(status, 'ReauthRequired')?.status).toBe('False');
      await new Promise((resolve) => setTimeout(resolve, Math.max(first.arrivedAt + 60_000 - Date.now(), 0)));
      await stage.simulator.removeFault({ id: placed.id });
      await stage.until(name, 'it to be Connected again', isConnected, 70_000);
      expect(transitionsOf(name)).not.toContain('NeedsReauth');
      expect((await spends()).length).toBeLessThan(15);
    },
    200_000,
  );

  it.each<[string, Partial<FaultInput>]>([
    ['hang', { kind: 'hang' }],
    ['reset', { kind: 'reset' }],
    ['answer-lost', { kind: 'answer-lost' }],
    ['html', { kind: 'html' }],
    ['html-200', { kind: 'html', status: 200 }],
    ['garbage', { kind: 'garbage' }],
    ['teapot', { kind: 'status', status: 418 }],
  ])('one refresh that meets a %s changes nothing but its time', async (name, fault) => {
    const { app, accountId } = await connected('twitch', name, { rotate: 'always' });
    const meeting = { platform: 'twitch', clientId: app.clientId, operation: 'token', times: 1 } as const;
    await stage.simulator.addFault({ ...meeting, kind: 'status', ...fault });
    await askForRefresh(name);
    await stage.until(name, 'the refresh', ({ generation = 0 }) => generation >= 2, 40_000);
    const outcomes = (await stage.simulator.spends({ platform: 'twitch', accountId })).map(({ fault: met }) => met);
    expect(outcomes).toEqual([fault.kind, null]);
    expect(transitionsOf(name).filter((line) => !line.startsWith('Connected'))).toEqual([]);
  });

  it('a 429 is obeyed for as long as it says', async () => {
    const { app, accountId } = await connected('twitch', 'limited');
    const meeting = { platform: 'twitch', clientId: app.clientId, operation: 'token', times: 1 } as const;
    await stage.simulator.addFault({ ...meeting, kind: 'status', status: 429, retryAfterSeconds: 7 });
    await askForRefresh('limited');
    await stage.until('limited', 'the refresh', ({ generation }) => generation === 2, 40_000);
    const [limited, granted] = await stage.simulator.spends({ platform: 'twitch', accountId });
    expect((granted?.arrivedAt ?? 0) - (limited?.answeredAt ?? 0)).toBeGreaterThanOrEqual(7_000);
  });
});

describe.concurrent('a person is needed', () => {
  it('because the password was changed: reason, owner and since when within ten seconds, and a new grant heals', async () => {
    const name = 'password';
    const { app, accountId } = await connected('twitch', name);
    await stage.simulator.changePassword({ platform: 'twitch', id: accountId });
    await askForRefresh(name);
    const status = await stage.until(name, 'the verdict', ({ state }) => state === 'NeedsReauth');
    const [evidence, ...more] = await stage.simulator.spends({ platform: 'twitch', accountId });
    expect(Date.now() - (evidence?.arrivedAt ?? 0)).toBeLessThan(10_000);
    expect(more).toHaveLength(1);
    expect(status).toMatchObject({ reason: 'AccessRevoked', account: { id: accountId } });
    expect(status.message).toMatch(
      /^Twitch rejected the stored login: "Invalid refresh token"\. .* It was confirmed twice\./,
    );
    expect(status.message).toContain('Dana Reyes <dana@example.com> has to connect it');
    const sinceAt = Date.parse(status.needsReauthSince ?? '');
    expect(sinceAt - (evidence?.arrivedAt ?? 0)).toBeLessThan(10_000);
    expect(conditionOf(status, 'ReauthRequired')).toMatchObject({ status: 'True', reason: 'AccessRevoked' });
    expect((await stage.secret(`${name}-token`))?.state).toBe('NeedsReauth');
    const again = await stage.simulator.mintGrant({ platform: 'twitch', clientId: app.clientId, accountId });
    await stage.apply(bootstrapSecret(`${name}-bootstrap`, again));
    const healed = await stage.until(name, 'it to heal', isConnected);
    expect(healed).toMatchObject({ epoch: 2, reason: 'Healthy' });
    expect(healed.needsReauthSince).toBeUndefined();
    const shown = await waitFor(
      async () => {
        const secret = await stage.secret(`${name}-token`);
        return secret?.access_token === again.accessToken && secret;
      },
      { what: 'the new token' },
    );
    expect(shown.state).toBe('Connected');
  });

  it('because scopes are missing: the token stays valid and shown, and a fuller consent heals', async () => {
    const name = 'scopes';
    const app = await appWith('twitch', name);
    const granted = ['channel:manage:broadcast'];
    const required = [...granted, 'chat:edit'];
    const mint = { scopes: granted };
    const { accountId, accessToken } = await stage.connect('twitch', app, name, name, {
      mint,
      spec: { scopes: required },
    });
    const status = await stage.until(name, 'the reason', ({ reason }) => reason === 'ScopeMissing');
    expect(status.state).toBe('NeedsReauth');
    expect(status.message).toContain('The login lacks chat:edit.');
    expect(conditionOf(status, 'TokenValid')?.status).toBe('True');
    expect((await stage.secret(`${name}-token`))?.access_token).toBe(accessToken);
    const more = { platform: 'twitch', clientId: app.clientId, accountId, scopes: required };
    await stage.apply(bootstrapSecret(`${name}-bootstrap`, await stage.simulator.mintGrant(more)));
    await stage.until(name, 'it to heal', isConnected);
  });

  it('soon, in testing mode near the seventh day: Expiring with the reason, until there is a new consent', async () => {
    const name = 'testing';
    const app = await appWith('youtube', name, { testing: true }, { grantLifetime: '168h' });
    const consentedAt = Date.now() - 6.9 * 86_400_000;
    const { accountId } = await stage.connect('youtube', app, name, name, {
      mint: { obtainedAt: Date.now(), consentedAt },
    });
    const status = await stage.until(name, 'it to be Expiring', ({ state }) => state === 'Expiring');
    expect(status).toMatchObject({ reason: 'DeadlineNear', deadlineReason: 'ConsentEnds' });
    expect(Math.abs(Date.parse(status.deadlineTime ?? '') - consentedAt - 168 * 3_600_000)).toBeLessThan(1_000);
    expect(status.message).toMatch(/^The consent ends at .*Dana Reyes <dana@example\.com> has to connect it/);
    expect(conditionOf(status, 'Ready')?.status).toBe('True');
    const consent = {
      platform: 'youtube',
      clientId: app.clientId,
      accountId,
      scopes: [...(status.grantedScopes ?? [])],
    };
    await stage.apply(bootstrapSecret(`${name}-bootstrap`, await stage.simulator.mintGrant(consent)));
    expect(await stage.until(name, 'it to be back', isConnected)).toMatchObject({ epoch: 2, reason: 'Healthy' });
  });
});

describe.concurrent('what a person may ask for', () => {
  it('one refresh for each new value of the annotation, and none for the same one', async () => {
    const { accountId } = await connected('youtube', 'asked');
    await askForRefresh('asked', 'one');
    await stage.until('asked', 'the answer', (status) => status.lastHandledRefreshRequest === 'one');
    await askForRefresh('asked', 'two');
    const status = await stage.until('asked', 'the answer', (one) => one.lastHandledRefreshRequest === 'two');
    expect(status.generation).toBe(3);
    await askForRefresh('asked', 'two');
    await stage.patch('SocialChannel', 'asked', { spec: { owner: { name: 'Robin Doe' } } });
    await stage.until('asked', 'another look', ({ observedGeneration }) => observedGeneration === 2);
    expect(await stage.simulator.spends({ platform: 'youtube', accountId })).toHaveLength(2);
  });

  it('no renewal and no check while it is suspended, and both at once when it is not', async () => {
    const name = 'suspended';
    const app = await appWith('twitch', name, { accessLifetimeSeconds: 30 });
    const refresh = { policy: 'Suspended' };
    const { accountId } = await stage.connect('twitch', app, name, name, {
      mint: { obtainedAt: secondsAgo(18) },
      spec: { refresh },
    });
    const status = await stage.until(name, 'it to say so', ({ reason }) => reason === 'Suspended');
    expect(status.state).toBe('Connected');
    expect(status.nextRefreshTime).toBeUndefined();
    const isOver = (now: Status) => conditionOf(now, 'TokenValid')?.status === 'False';
    const ended = await stage.until(name, 'the token to end', isOver, 30_000).catch((error: unknown) => error);
    expect(await stage.simulator.spends({ platform: 'twitch', accountId })).toEqual([]);
    expect(ended).not.toBeInstanceOf(Error);
    await stage.patch('SocialChannel', name, { spec: { refresh: { policy: 'Automatic' } } });
    await stage.until(name, 'the renewal', ({ state, generation }) => state === 'Connected' && generation === 2);
  });

  it('no routine refresh before holdUntil, but never past the last safe instant', async () => {
    const name = 'held';
    const lifeMs = 40_000;
    const app = await appWith('twitch', name, { accessLifetimeSeconds: lifeMs / 1_000 });
    const obtainedAt = secondsAgo(16);
    const refresh = { holdUntil: new Date(obtainedAt + 10 * lifeMs).toISOString() };
    const { accountId } = await stage.connect('twitch', app, name, name, { mint: { obtainedAt }, spec: { refresh } });
    const spends = () => stage.simulator.spends({ platform: 'twitch', accountId });
    const first = await waitFor(async () => (await spends())[0], { what: 'the refresh', timeoutMs: 40_000 });
    // 66 % of the life would have been 26.4 s, at most 28.4 s with the spread; the last safe instant is 4 s before the end.
    expect(first.arrivedAt - obtainedAt).toBeGreaterThan(0.75 * lifeMs);
    expect(first.arrivedAt - obtainedAt).toBeLessThan(lifeMs);
    await stage.patch('SocialChannel', name, { spec: { refresh: { holdUntil: null } } });
  });
});

describe('access tokens that end early', () => {
  it('are found out by the next check, renewed, and nobody is asked to reconnect', async () => {
    const names = ['early-twitch', 'early-youtube'] as const;
    const { operator } = stage;
    for (const name of names) {
      const platform = name.endsWith('twitch') ? 'twitch' : 'youtube';
      const { accountId } = await connected(platform, name);
      await stage.simulator.endAccessTokens({ platform, accountId });
    }
    await operator.stop();
    // The hour until the next check, as status has it.
    const [last, next] = [secondsAgo(3_700), secondsAgo(100)].map((at) => new Date(at).toISOString());
    for (const name of names) {
      await stage.patch('SocialChannel', name, { status: { lastCheckTime: last, nextCheckTime: next } }, 'status');
    }
    await operator.start();
    for (const name of names) {
      await stage.until(name, 'the renewal', (status) => isConnected(status) && status.generation === 2);
      expect(transitionsOf(name).filter((line) => line.startsWith('NeedsReauth'))).toEqual([]);
    }
  });

  it('are found out at the import already', async () => {
    const app = await appWith('twitch', 'early-import');
    const grant = await stage.simulatedGrant('twitch', app, 'early-import');
    const { accountId } = grant;
    await stage.simulator.endAccessTokens({ platform: 'twitch', accountId });
    await stage.apply([bootstrapSecret('early-import-bootstrap', grant)]);
    await stage.apply({
      apiVersion: 'socialops.dev/v1alpha1',
      kind: 'SocialChannel',
      metadata: { name: 'early-import' },
      spec: { appRef: { name: 'early-import' }, bootstrap: { secretRef: { name: 'early-import-bootstrap' } } },
    });
    await stage.until('early-import', 'the renewal', (status) => isConnected(status) && status.generation === 2);
    expect(await stage.simulator.spends({ platform: 'twitch', accountId })).toMatchObject([{ outcome: 'granted' }]);
  });
});

describe('after all of this', () => {
  it('the ledger is clean, and nobody was asked to reconnect but those whom a story meant', async () => {
    await stage.expectCleanLedger(['password', 'scopes']);
  });
});
