import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TokenSet } from '../../src/core/grant.ts';
import type { PlatformClient } from '../../src/core/platform-port.ts';
import { Sealed } from '../../src/core/sealed.ts';
import { createPlatformRegistry, type OwnedPlatformRegistry } from '../../src/platforms/registry.ts';
import { issueServer } from '../harness/certificates.ts';
import { OidcControl } from '../oidc/control.ts';
import { type RunningOidc, startOidc } from '../oidc/start.ts';
import { SimulatorControl } from '../simulator/control.ts';
import { type Simulator, startSimulator } from '../simulator/simulator.ts';
import { authority } from './https-server.ts';
import { socialPlatform } from './social-platform.ts';

// The other sides were written from the platforms' documentation alone (or by others), and note what no platform would
// take: a misreading in src shows here.
const clock = { now: () => Date.now(), monotonic: () => performance.now(), sleep: () => Promise.resolve() };
const use = { settings: {}, isPublic: false };
const pair = issueServer(authority, 'other side');
const ports = { cert: pair.certificate, key: pair.key, port: 0, controlPort: 0 };
let simulator: Simulator;
let oidc: RunningOidc;
let world: SimulatorControl;
let provider: OidcControl;
let registry: OwnedPlatformRegistry;

beforeAll(async () => {
  simulator = await startSimulator(ports);
  oidc = await startOidc(ports);
  world = new SimulatorControl(simulator.controlUrl);
  provider = new OidcControl(oidc.controlUrl);
  registry = createPlatformRegistry({
    clock,
    minTokenLifetimeMs: 1_000,
    maxTokenLifetimeMs: 400 * 86_400_000,
    endpoints: { twitch: simulator.url, youtube: simulator.url },
    ca: authority.certificate,
    allowPrivateHosts: [new URL(simulator.url).host, `localhost:${new URL(oidc.url).port}`],
  });
  await world.createApp({ platform: 'twitch', clientId: 'tw', clientSecret: 'tw-secret' });
  await world.createApp({ platform: 'youtube', clientId: 'yt', clientSecret: 'yt-secret' });
  await world.createAccount({ platform: 'twitch', id: '1', login: 'mainstage' });
  await world.createAccount({ platform: 'youtube', id: '10', login: 'studio', channelId: 'UC10' });
  await world.createAccount({ platform: 'youtube', id: '11', login: 'viewer' });
});
afterAll(async () => {
  await registry.close();
  await simulator.close();
  await oidc.close();
});

function tokensOf(minted: { accessToken: string; refreshToken: string | null; obtainedAt: number }): TokenSet {
  return {
    access: Sealed.of(minted.accessToken),
    ...(minted.refreshToken !== null && { refresh: Sealed.of(minted.refreshToken) }),
    obtainedAt: minted.obtainedAt,
  };
}

function asking(id: string, secret: string, tokens: TokenSet) {
  return {
    client: { id, secret: Sealed.of(secret) },
    tokens,
    scopes: [],
    extras: {},
    timeoutMs: 5_000,
    kind: 'User' as const,
  };
}

/** The tokens after a refresh that must succeed. */
async function renewed(client: PlatformClient, request: ReturnType<typeof asking>): Promise<TokenSet> {
  const outcome = await client.refresh(request);
  if (outcome.kind !== 'Answered') throw outcome.failure;
  const { access, refresh = request.tokens.refresh, obtainedAt, accessExpiresAt } = outcome.answer;
  return { access, refresh, obtainedAt, accessExpiresAt };
}

describe('Twitch as simulated', () => {
  const scopes = ['channel:manage:broadcast', 'user:read:chat'];
  const mint = () => world.mintGrant({ platform: 'twitch', clientId: 'tw', accountId: '1', scopes });

  it('takes refresh and validate as they are sent, to the last parameter', async () => {
    const twitch = registry.resolve('twitch', undefined, use);
    const request = asking('tw', 'tw-secret', tokensOf(await mint()));
    const tokens = await renewed(twitch, request);
    expect(await twitch.introspect({ ...request, tokens })).toMatchObject({
      kind: 'Valid',
      account: { id: '1', handle: 'mainstage' },
      scopes,
    });
    const app = await twitch.reissue({ ...request, scopes: ['user:read:chat'] });
    if (app.kind !== 'Answered') throw app.failure;
    expect(await twitch.introspect({ ...request, kind: 'App', tokens: app.answer })).toMatchObject({ kind: 'Valid' });
    expect(await world.complaints()).toEqual([]);
  });

  it('says after a changed password that both tokens are dead', async () => {
    const twitch = registry.resolve('twitch', undefined, use);
    const request = asking('tw', 'tw-secret', tokensOf(await mint()));
    await world.changePassword({ platform: 'twitch', id: '1' });
    expect(await twitch.introspect(request)).toMatchObject({ kind: 'AccessTokenDead' });
    expect(await twitch.refresh(request)).toMatchObject({ kind: 'Rejected', failure: { reason: 'AccessRevoked' } });
  });

  it('blames the app, not the login, for a wrong client secret', async () => {
    const request = asking('tw', 'wrong', tokensOf(await mint()));
    const outcome = await registry.resolve('twitch', undefined, use).refresh(request);
    expect(outcome).toMatchObject({ kind: 'Refused', failure: { reason: 'AppSecretInvalid', isAppFault: true } });
  });

  it('loses an answer after it did its work: an unknown outcome', async () => {
    const request = asking('tw', 'tw-secret', tokensOf(await mint()));
    await world.addFault({ platform: 'twitch', operation: 'any', kind: 'answer-lost', times: 1 });
    expect(await registry.resolve('twitch', undefined, use).refresh(request)).toMatchObject({ kind: 'Unknown' });
  });
});

describe('YouTube as simulated', () => {
  const scopes = ['https://www.googleapis.com/auth/youtube'];
  const mint = (accountId: string) => world.mintGrant({ platform: 'youtube', clientId: 'yt', accountId, scopes });

  it('takes refresh, tokeninfo and channels.list as they are sent', async () => {
    const youtube = registry.resolve('youtube', undefined, use);
    const request = asking('yt', 'yt-secret', tokensOf(await mint('10')));
    const tokens = await renewed(youtube, request);
    const found = await youtube.introspect({ ...request, tokens });
    expect(found).toMatchObject({ kind: 'Valid', account: { id: 'UC10', handle: '@studio' }, scopes });
    expect(await world.complaints({ platform: 'youtube' })).toEqual([]);
  });

  it('knows an account without a channel, and a grant that was ended', async () => {
    const youtube = registry.resolve('youtube', undefined, use);
    const minted = await mint('11');
    const request = asking('yt', 'yt-secret', tokensOf(minted));
    expect(await youtube.introspect(request)).toMatchObject({ kind: 'Rejected', failure: { reason: 'NoChannel' } });
    await world.endGrant({ grantId: minted.grantId });
    expect(await youtube.introspect(request)).toMatchObject({ kind: 'AccessTokenDead' });
    expect(await youtube.refresh(request)).toMatchObject({ kind: 'Rejected', failure: { reason: 'AccessRevoked' } });
  });
});

describe('oidc-provider, declared by YAML alone', () => {
  const id = 'a client-_+/=:% ~';
  const secret = 'secret-_+/=:% ~';

  it('rotates, introspects, and takes a replay for the end of the grant', async () => {
    const base = `https://localhost:${new URL(oidc.url).port}`;
    const platform = registry.resolve(
      'oidc',
      socialPlatform(`
metadata: { name: oidc }
spec:
  displayName: OIDC
  token: { url: "${base}/token" }
  rotation: { mode: Always, oldToken: ReplayRevokesAll }
  introspect:
    url: ${base}/token/introspection
    method: POST
    tokenPlacement: Form
    clientAuth: Basic
    success: { path: active, equals: "true" }
    clientID: [client_id]
    accountID: [sub]
    scopes: { path: [scope] }
    expiry: { path: exp, kind: EpochSeconds }
`),
      use,
    );
    await provider.createClient({ clientId: id, clientSecret: secret });
    await provider.createAccount({ id: 'account-1' });
    const request = asking(id, secret, tokensOf(await provider.mintGrant({ clientId: id, accountId: 'account-1' })));
    expect(
      await platform.refresh({ ...request, client: { ...request.client, secret: Sealed.of('wrong') } }),
    ).toMatchObject({
      kind: 'Refused',
      failure: { reason: 'AppSecretInvalid' },
    });
    const tokens = await renewed(platform, request);
    expect(tokens.refresh?.equals(request.tokens.refresh)).toBe(false);
    const found = await platform.introspect({ ...request, tokens });
    expect(found).toMatchObject({ kind: 'Valid', account: { id: 'account-1' }, scopes: ['offline_access', 'openid'] });
    if (found.kind !== 'Valid') return;
    expect(Math.abs((found.accessExpiresAt ?? 0) - (tokens.accessExpiresAt ?? 0))).toBeLessThan(3_000);
    const replayed = await platform.refresh(request);
    expect(replayed).toMatchObject({
      kind: 'Rejected',
      failure: { reason: 'AccessRevoked', message: expect.stringContaining('grant request is invalid') },
    });
    expect(await platform.introspect({ ...request, tokens })).toMatchObject({ kind: 'AccessTokenDead' });
  });
});
