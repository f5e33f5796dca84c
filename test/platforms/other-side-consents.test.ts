import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TokenSet } from '../../src/core/grant.ts';
import type { PlatformClient } from '../../src/core/platform-port.ts';
import { Sealed } from '../../src/core/sealed.ts';
import { createPlatformRegistry, type OwnedPlatformRegistry } from '../../src/platforms/registry.ts';
import { issueServer } from '../harness/certificates.ts';
import { SimulatorControl } from '../simulator/control.ts';
import { type Simulator, startSimulator } from '../simulator/simulator.ts';
import { WireClient } from '../simulator/wire-client.ts';
import { authority } from './https-server.ts';
import { held } from './rows.ts';

// The other side was written from the platforms' documentation alone, and notes what no platform would take.
const clock = { now: () => Date.now(), monotonic: () => performance.now(), sleep: () => Promise.resolve() };
const pair = issueServer(authority, 'other side');
const { redirectURI, state } = held;
const google = 'https://www.googleapis.com/auth/youtube';
const confidential = [
  { platform: 'kick', id: '4711', scopes: ['channel:read', 'user:read'], login: 'arena' },
  { platform: 'tiktok', id: 'afd97af1', scopes: ['user.info.basic', 'video.list'], displayName: 'Example Studio' },
  { platform: 'twitch', id: '1', scopes: ['channel:manage:broadcast', 'user:read:chat'], login: 'mainstage' },
  { platform: 'youtube', id: '10', scopes: [google, 'openid'], login: 'studio', channelId: 'UC10' },
] as const;
let simulator: Simulator;
let world: SimulatorControl;
let wire: WireClient;
let registry: OwnedPlatformRegistry;

beforeAll(async () => {
  simulator = await startSimulator({ cert: pair.certificate, key: pair.key, port: 0, controlPort: 0 });
  world = new SimulatorControl(simulator.controlUrl);
  wire = new WireClient(simulator.url, authority.certificate);
  registry = createPlatformRegistry({
    clock,
    minTokenLifetimeMs: 1_000,
    maxTokenLifetimeMs: 400 * 86_400_000,
    endpoints: Object.fromEntries(confidential.map(({ platform }) => [platform, simulator.url])),
    ca: authority.certificate,
    allowPrivateHosts: [new URL(simulator.url).host],
  });
  for (const { platform, scopes, ...account } of confidential) {
    await world.createApp({ platform, clientId: 'app', clientSecret: 'app-secret', redirectUris: [redirectURI] });
    await world.createAccount({ platform, ...account });
  }
});
afterAll(async () => {
  await registry.close();
  await wire.close();
  await simulator.close();
});

const sender = { client: { id: 'app', secret: Sealed.of('app-secret') }, timeoutMs: 5_000 };
const asking = (tokens: TokenSet, more: object = {}) => {
  return { ...sender, tokens, scopes: [], extras: {}, kind: 'User' as const, ...more };
};

/** The tokens of a spend that must succeed. */
async function given(outcome: ReturnType<PlatformClient['refresh']>): Promise<TokenSet> {
  const settled = await outcome;
  if (!('answer' in settled)) throw settled.failure;
  return settled.answer;
}

/** A person consents in the browser, and what they bring back is traded for tokens. */
async function consented(client: PlatformClient, accountId: string, scopes: readonly string[]): Promise<TokenSet> {
  const codeVerifier = Sealed.of(held.verifier);
  const { url } = await client.beginConsent({ ...sender, redirectURI, state, scopes, codeVerifier });
  const page = await wire.get(`${url.slice(simulator.url.length)}&approve=${accountId}`);
  const { searchParams } = new URL(page.headers.get('location') ?? '');
  const callback = Object.fromEntries(searchParams);
  return await given(client.exchangeCode({ ...sender, callback, redirectURI, codeVerifier }));
}

describe.each(confidential)('$platform as simulated', ({ platform, id, scopes, ...account }) => {
  it('takes the whole life of a login as it is sent, to the last parameter', async () => {
    const client = registry.resolve(platform, undefined, { settings: {}, isPublic: false });
    const first = await consented(client, id, scopes);
    const next = await given(client.refresh(asking(first)));
    const tokens = { ...next, refresh: next.refresh ?? first.refresh };
    const channelId = 'channelId' in account ? account.channelId : id;
    expect(await client.introspect(asking(tokens))).toMatchObject({ kind: 'Valid', account: { id: channelId } });
    expect(await client.revoke(asking(tokens))).toEqual({ kind: 'Revoked' });
    expect(await client.introspect(asking(tokens))).toMatchObject({ kind: 'AccessTokenDead' });
    expect(await world.complaints({ platform })).toEqual([]);
  });
});

describe.each(confidential.slice(0, 2))('$platform as simulated', ({ platform }) => {
  it('gives the app a token of its own', async () => {
    const client = registry.resolve(platform, undefined, { settings: {}, isPublic: false });
    expect(await given(client.reissue({ ...sender, scopes: [] }))).toMatchObject({ access: expect.any(Sealed) });
    expect(await world.complaints({ platform })).toEqual([]);
  });
});

describe('the device flow as simulated', () => {
  it.each([
    { platform: 'twitch', accountId: '1', isPublic: true, scopes: ['user:read:chat'] },
    { platform: 'youtube', accountId: '10', isPublic: false, scopes: [google, 'openid'] },
  ])('by $platform is asked as it is sent', async ({ platform, accountId, isPublic, scopes }) => {
    const of = { platform, clientId: 'device', clientType: isPublic ? ('public' as const) : ('device' as const) };
    await world.createApp({ ...of, ...(isPublic ? {} : { clientSecret: 'app-secret' }) });
    const client = registry.resolve(platform, undefined, { settings: {}, isPublic });
    const asked = {
      ...sender,
      client: { id: 'device', ...(isPublic ? {} : { secret: sender.client.secret }) },
      scopes,
    };
    const device = await client.startDevice(asked);
    expect(await client.pollDevice({ ...asked, device })).toEqual({ kind: 'Pending', slowDown: false });
    await world.answerDevice({ platform, userCode: device.userCode, accountId, approve: true });
    await world.shiftClock({ platform, byMs: 5_000 });
    const outcome = await client.pollDevice({ ...asked, device });
    expect(outcome).toMatchObject({ kind: 'Answered', answer: { refresh: expect.any(Sealed), scopes } });
    expect(await world.complaints({ platform })).toEqual([]);
  });
});
