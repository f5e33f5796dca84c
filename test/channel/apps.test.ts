import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../harness/api-client.ts';
import { FaultProxy } from '../harness/fault-proxy.ts';
import { sharedWorld } from '../harness/shared-world.ts';
import { appWithSecret, channelWithTokens, oidcPlatform, sharedSecret } from '../harness/stage.ts';
import { createTenant, type Tenant } from '../harness/tenant.ts';
import type { App } from '../simulator/model.ts';
import { conditionOf, isConnected, type OperatedStage, operatedStage, type Status } from './operated-stage.ts';

let stage: OperatedStage;
let neighbour: Tenant;
let toVault: FaultProxy;
/** A host that is never to be asked anything. */
let secondHost: FaultProxy;

beforeAll(async () => {
  const world = sharedWorld();
  const { vault, oidc, authority } = world;
  toVault = await FaultProxy.start({ upstream: vault.url, authority });
  secondHost = await FaultProxy.start({ upstream: oidc?.url ?? '', authority });
  neighbour = await createTenant(world);
  stage = await operatedStage({
    vaultUrl: toVault.url,
    namespaces: [neighbour.namespace],
    privateHosts: [new URL(sharedWorld().oidc?.url ?? '').host, new URL(secondHost.url).host].map((host) =>
      host.replace('127.0.0.1', 'localhost'),
    ),
  });
});

afterAll(async () => {
  await stage?.removeAll();
  await neighbour?.remove();
  await Promise.all([toVault?.stop(), secondHost?.stop()]);
});

async function connected(app: App, appName: string, name: string, obtainedAt = Date.now()) {
  const grant = await stage.connect('twitch', app, appName, name, { mint: { obtainedAt } });
  await stage.until(name, `${name} to connect`, isConnected);
  return grant;
}

const readyOf = (app: KubernetesObject) => conditionOf(app.status as Status, 'Ready');

async function appSays(name: string, what: string, condition: (ready: ReturnType<typeof readyOf>) => boolean) {
  const app = await stage.waitFor('SocialApp', name, (object) => condition(readyOf(object)), { what });
  return { ready: readyOf(app), channels: app.status.channels as object };
}

const askForRefresh = (name: string, value: string) =>
  stage.patch('SocialChannel', name, { metadata: { annotations: { 'socialops.dev/refresh': value } } });

/** Another client at the same platform, and another host altogether. */
async function secondPlatform(name: string): Promise<string> {
  const platform = `${name}-${stage.namespace}`;
  await stage.world.admin.apply(oidcPlatform(platform, secondHost.url) as never);
  return platform;
}

describe.concurrent('a grant stays with the app that it was issued to', () => {
  const isChanged = ({ reason }: Status) => reason === 'AppChanged';

  it.each([
    ['the client id', (other: App) => ({ clientId: other.clientId })],
    ['the platform', async () => ({ platform: await secondPlatform('elsewhere') })],
  ])('when %s of the app changes, nothing is sent, and it goes on when that is changed back', async (what, change) => {
    const name = what.replaceAll(' ', '-');
    const app = await stage.simulatedApp('twitch', name);
    const other = await stage.simulator.createApp({ platform: 'twitch', clientId: `${app.clientId}-other` });
    const { accountId, accessToken } = await connected(app, name, name);
    await stage.patch('SocialApp', name, { spec: await change(other) });
    const status = await stage.until(name, 'the change to be noticed', isChanged);
    expect(status.state).toBe('Connected');
    expect(status.message).toContain(`The grant was issued to client "${app.clientId}" at twitch`);
    expect(conditionOf(status, 'Ready')).toMatchObject({ status: 'False', reason: 'AppChanged' });
    expect(conditionOf(status, 'Stalled')?.status).toBe('True');
    await askForRefresh(name, 'now');
    await stage.patch('SocialChannel', name, { spec: { owner: { name: 'Robin Doe' } } });
    await stage.until(name, 'another look', ({ observedGeneration }) => observedGeneration === 2);
    expect(await stage.simulator.spends({ platform: 'twitch', accountId })).toEqual([]);
    expect((await stage.secret(`${name}-token`))?.access_token).toBe(accessToken);
    await stage.patch('SocialApp', name, { spec: { clientId: app.clientId, platform: 'twitch' } });
    await stage.until(name, 'the refresh that was asked for', (now) => isConnected(now) && now.generation === 2);
  });

  it('when the channel names another app, nothing is sent to that one', async () => {
    const first = await stage.simulatedApp('twitch', 'ref-first');
    await stage.simulatedApp('youtube', 'ref-second');
    const { accountId } = await connected(first, 'ref-first', 'ref');
    await stage.patch('SocialChannel', 'ref', { spec: { appRef: { name: 'ref-second' } } });
    expect((await stage.until('ref', 'the change to be noticed', isChanged)).state).toBe('Connected');
    await askForRefresh('ref', 'now');
    await stage.patch('SocialChannel', 'ref', { spec: { appRef: { name: 'ref-first' } } });
    await stage.until('ref', 'the refresh that was asked for', ({ generation }) => generation === 2);
    expect(await stage.simulator.spends({ accountId })).toMatchObject([{ platform: 'twitch', outcome: 'granted' }]);
  });

  it.each([
    ['to another client', (other: App) => ({ clientId: other.clientId })],
    ['to another host', async () => ({ platform: await secondPlatform('between') })],
  ])(
    'when the app changes between claim and spend (%s), the token still goes where it came from',
    async (what, change) => {
      const name = what.replaceAll(' ', '-');
      const app = await stage.simulatedApp('twitch', name);
      const other = await stage.simulator.createApp({ platform: 'twitch', clientId: `${app.clientId}-other` });
      const patch = { spec: await change(other) };
      const { accountId } = await connected(app, name, name);
      const claim = { method: 'POST', path: new RegExp(`/${name}/grant$`), body: /"claim":\{/ };
      toVault.rule({ ...claim, times: 1, action: { delayMs: 1_500 } });
      await askForRefresh(name, 'now');
      await toVault.waitForRequests(claim);
      await stage.patch('SocialApp', name, patch);
      const status = await stage.until(name, 'the change to be noticed', isChanged);
      expect(status).toMatchObject({ state: 'Connected', generation: 2 });
      const spends = await stage.simulator.spends({ platform: 'twitch', accountId });
      expect(spends).toMatchObject([{ clientId: app.clientId, outcome: 'granted' }]);
      expect(await stage.simulator.spends({ platform: 'twitch', clientId: other.clientId })).toEqual([]);
    },
  );
});

describe.concurrent('an app that cannot be used', () => {
  it('is waited for when it does not exist', async () => {
    const app = await stage.simulator.createApp({ platform: 'twitch', clientId: `late-${stage.namespace}` });
    await stage.connect('twitch', app, 'late', 'late');
    const status = await stage.until('late', 'the reason', ({ reason }) => reason === 'AppNotFound');
    expect(status).toMatchObject({
      state: 'Pending',
      message: `spec.appRef: there is no SocialApp ${stage.namespace}/late. The channel goes on as soon as it is created.`,
    });
    await stage.apply(appWithSecret('late', 'twitch', app));
    await stage.until('late', 'it to connect', isConnected);
  });

  it('of another namespace says the same whether it is missing or not admitted, and is used once it is', async () => {
    const app = await stage.simulatedApp('twitch', 'shared');
    const grant = await stage.simulatedGrant('twitch', app, 'guest');
    const appRef = { name: 'shared', namespace: stage.namespace };
    await neighbour.apply(channelWithTokens('guest', 'shared', grant, { appRef }));
    await neighbour.apply(channelWithTokens('lost', 'none', undefined, { appRef: { ...appRef, name: 'none' } }));
    const said = async (name: string) => {
      const options = { what: 'the refusal' };
      const isRefused = ({ status }: KubernetesObject) => (status as Status)?.reason === 'AppNotAllowed';
      const { status } = await neighbour.waitFor('SocialChannel', name, isRefused, options);
      return String((status as Status).message);
    };
    expect((await said('guest')).replaceAll('/shared', '/*')).toBe((await said('lost')).replaceAll('/none', '/*'));
    expect(await stage.simulator.spends({ platform: 'twitch', clientId: app.clientId })).toEqual([]);
    const selector = { matchLabels: { 'kubernetes.io/metadata.name': neighbour.namespace } };
    await stage.patch('SocialApp', 'shared', { spec: { allowedNamespaces: { from: 'Selector', selector } } });
    const isFine = ({ status }: KubernetesObject) => isConnected((status ?? {}) as Status);
    await neighbour.waitFor('SocialChannel', 'guest', isFine, { what: 'it to connect' });
  });

  it('of a platform that does not exist guesses what was meant', async () => {
    const client = { clientId: 'any', clientSecret: 'any' };
    await stage.apply([...appWithSecret('typo', 'twich', client), ...channelWithTokens('typo', 'typo', undefined)]);
    const { ready } = await appSays('typo', 'the guess', (one) => one?.reason === 'PlatformUnknown');
    expect(ready?.status).toBe('False');
    expect(ready?.message).toBe(
      'spec.platform: no platform "twich". Did you mean "twitch"? Known: facebook, instagram, instagram-page, kick, linkedin, threads, tiktok, twitch, x, youtube; or define a SocialPlatform of that name.',
    );
    expect((await stage.until('typo', 'the reason', ({ reason }) => reason === 'PlatformUnknown')).state).toBe(
      'Pending',
    );
  });

  it('for a wrong client secret says so once, at the app, and heals at once when the Secret changes', async () => {
    const app = await stage.simulatedApp('twitch', 'secret');
    const names = ['secret-a', 'secret-b'];
    for (const name of names) await connected(app, 'secret', name);
    const { clientSecret } = await stage.simulator.rotateAppSecret({ platform: 'twitch', clientId: app.clientId });
    for (const name of names) await askForRefresh(name, 'now');
    const isTold = (ready: ReturnType<typeof readyOf>) => ready?.reason === 'AppSecretInvalid';
    const { ready, channels } = await appSays('secret', 'the fault', isTold);
    expect(ready?.status).toBe('False');
    expect(ready?.message).toMatch(
      /^Twitch refused the client id or the client secret of the app \(403 "invalid client secret"\)/,
    );
    expect(ready?.message).toMatch(/2 channels keep their state and their tokens until \d{4}-.*Z at the earliest/);
    expect(ready?.message).toContain(`Correct spec.clientId or the Secret ${stage.namespace}/secret-app.`);
    expect(channels).toMatchObject({ total: 2, connected: 2, needsReauth: 0 });
    for (const name of names) {
      const status = await stage.status(name);
      expect(status.state).toBe('Connected');
      expect(conditionOf(status, 'TokenValid')?.status).toBe('True');
    }
    await stage.apply(sharedSecret('secret-app', { client_secret: clientSecret ?? '' }));
    for (const name of names) {
      await stage.until(
        name,
        'the refresh',
        ({ generation, reason }) => generation === 2 && reason === 'Healthy',
        5_000,
      );
    }
    await appSays('secret', 'the fault to be over', (one) => one?.status === 'True');
  });

  it.each([
    ['twitch', 'AppUnknown'],
    ['youtube', 'AppSecretInvalid'],
  ] as const)('because %s suspended it turns no channel to NeedsReauth', async (platform, reason) => {
    const name = `suspended-${platform}`;
    const app = await stage.simulatedApp(platform, name);
    await stage.connect(platform, app, name, name);
    await stage.until(name, 'it to connect', isConnected);
    await stage.simulator.updateApp({ platform, clientId: app.clientId, suspended: true });
    await askForRefresh(name, 'now');
    const { ready } = await appSays(name, 'the fault', (one) => one?.status === 'False');
    expect(ready?.reason).toBe(reason);
    expect(ready?.message).toContain('1 channel keeps its state and its token');
    expect((await stage.status(name)).state).toBe('Connected');
    await stage.simulator.updateApp({ platform, clientId: app.clientId, suspended: false });
    await stage.until(name, 'the refresh', ({ generation }) => generation === 2, 30_000);
    await appSays(name, 'the fault to be over', (one) => one?.status === 'True');
  });
});

describe('after all of this', () => {
  it('the second host saw nothing, the ledger is clean and nobody was asked to reconnect', async () => {
    expect(secondHost.requests).toEqual([]);
    await stage.expectCleanLedger();
  });
});
