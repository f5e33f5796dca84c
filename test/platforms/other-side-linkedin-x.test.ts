import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TokenSet } from '../../src/core/grant.ts';
import type { PlatformUse } from '../../src/core/platform-port.ts';
import { Sealed } from '../../src/core/sealed.ts';
import { createPlatformRegistry, type OwnedPlatformRegistry } from '../../src/platforms/registry.ts';
import { issueServer } from '../harness/certificates.ts';
import { SimulatorControl } from '../simulator/control.ts';
import type { MintedGrant } from '../simulator/model.ts';
import { type Simulator, startSimulator } from '../simulator/simulator.ts';
import { authority } from './https-server.ts';

// As in other-side.test.ts: the other side was written from the documentation alone, and notes what no platform would take.
const clock = { now: () => Date.now(), monotonic: () => performance.now(), sleep: () => Promise.resolve() };
const pair = issueServer(authority, 'other side');
let simulator: Simulator;
let world: SimulatorControl;
let registry: OwnedPlatformRegistry;

beforeAll(async () => {
  simulator = await startSimulator({ cert: pair.certificate, key: pair.key, port: 0, controlPort: 0 });
  world = new SimulatorControl(simulator.controlUrl);
  registry = createPlatformRegistry({
    clock,
    minTokenLifetimeMs: 1_000,
    maxTokenLifetimeMs: 400 * 86_400_000,
    endpoints: { linkedin: simulator.url, x: simulator.url },
    ca: authority.certificate,
    allowPrivateHosts: [new URL(simulator.url).host],
  });
  await world.createApp({ platform: 'linkedin', clientId: 'li', clientSecret: 'li-secret' });
  await world.createAccount({ platform: 'linkedin', id: 'aB3dE5fG7h', login: 'ex-ample', displayName: 'Ex Ample' });
  await world.createAsset({ platform: 'linkedin', id: '77001122', kind: 'organization' });
  await world.createApp({ platform: 'x', clientId: 'xa', clientSecret: 's3cr3t-Value_01' });
  await world.createAccount({ platform: 'x', id: '2244990000000000001', login: 'studio', displayName: 'Studio' });
});
afterAll(async () => {
  await registry.close();
  await simulator.close();
});

const clientOf = (name: string, use: Partial<PlatformUse> = {}) =>
  registry.resolve(name, undefined, { settings: {}, isPublic: false, ...use });

function asking(id: string, secret: string, { accessToken, refreshToken, tokenSecret, obtainedAt }: MintedGrant) {
  const tokens: TokenSet = {
    access: Sealed.of(accessToken),
    ...(refreshToken && { refresh: Sealed.of(refreshToken) }),
    ...(tokenSecret && { secret: Sealed.of(tokenSecret) }),
    obtainedAt,
  };
  const client = { id, secret: Sealed.of(secret) };
  return { client, tokens, scopes: [], extras: {}, timeoutMs: 5_000, kind: 'User' as const };
}

describe('LinkedIn as simulated', () => {
  const account = { platform: 'linkedin', accountId: 'aB3dE5fG7h' };
  const roles = (...given: string[]) => world.setRoles({ ...account, assetId: '77001122', roles: given });
  const quirks = (...given: 'slow-propagation'[] | 'short-pages'[] | 'no-refresh-tokens'[]) =>
    world.updateApp({ platform: 'linkedin', clientId: 'li', quirks: given });
  const scopes = ['r_basicprofile', 'rw_organization_admin', 'w_organization_social'];
  const mint = async (more: object = {}) =>
    asking('li', 'li-secret', await world.mintGrant({ ...account, clientId: 'li', scopes, ...more }));
  const ofPage = { account: '77001122', wantedScopes: scopes };

  it('takes refresh, introspection, member and roles as they are sent, to the last parameter', async () => {
    await roles('ANALYST', 'ADMINISTRATOR');
    const request = await mint();
    const outcome = await clientOf('linkedin').refresh(request);
    if (outcome.kind !== 'Answered') throw outcome.failure;
    expect(outcome.answer.refresh?.equals(request.tokens.refresh)).toBe(true);
    const tokens = { ...request.tokens, access: outcome.answer.access };
    const found = await clientOf('linkedin').introspect({ ...request, ...ofPage, tokens });
    expect(found).toMatchObject({ kind: 'Valid', account: { id: '77001122' }, person: 'aB3dE5fG7h', scopes });
    expect(await world.complaints({ platform: 'linkedin' })).toEqual([]);
  });

  it('is followed over pages of one role each, and believed when the role is on none of them', async () => {
    await quirks('short-pages');
    await roles('ANALYST', 'CURATOR', 'CONTENT_ADMINISTRATOR');
    const request = { ...(await mint()), ...ofPage };
    expect(await clientOf('linkedin').introspect(request)).toMatchObject({
      kind: 'Valid',
      account: { id: '77001122' },
    });
    await roles('ANALYST', 'CONTENT_ADMINISTRATOR/REQUESTED');
    const later = { ...(await mint()), ...ofPage };
    expect(await clientOf('linkedin').introspect(later)).toMatchObject({
      kind: 'Rejected',
      failure: { reason: 'AdminRightsLost' },
    });
    await quirks();
  });

  it('knows a member without a page, and without a refresh token', async () => {
    await quirks('no-refresh-tokens');
    const request = await mint({ scopes: ['openid', 'profile', 'w_member_social'] });
    expect(request.tokens.refresh).toBeUndefined();
    const found = await clientOf('linkedin', { accountKind: 'User' }).introspect(request);
    expect(found).toMatchObject({ kind: 'Valid', account: { id: 'aB3dE5fG7h', handle: 'Ex Ample' } });
    await quirks();
  });

  it('accuses nobody of a token that is seconds old', async () => {
    await roles('ADMINISTRATOR');
    await quirks('slow-propagation');
    const young = clientOf('linkedin').introspect({ ...(await mint()), ...ofPage });
    await expect(young).rejects.toMatchObject({ family: 'Transient', reason: 'PlatformUnavailable' });
    await quirks();
  });

  it('retires a version, which is the fault of the app, and ends a login, which is not', async () => {
    await world.updateApp({ platform: 'linkedin', clientId: 'li', apiVersionRetired: true });
    const request = { ...(await mint()), ...ofPage };
    const retired = clientOf('linkedin').introspect(request);
    await expect(retired).rejects.toMatchObject({ reason: 'ApiVersionRetired', isAppFault: true });
    await world.updateApp({ platform: 'linkedin', clientId: 'li', apiVersionRetired: false });
    await world.strike({ ...account, cause: 'disconnected' });
    expect(await clientOf('linkedin').introspect(request)).toMatchObject({ kind: 'AccessTokenDead' });
    expect(await clientOf('linkedin').refresh(request)).toMatchObject({
      kind: 'Rejected',
      failure: { reason: 'AccessRevoked' },
    });
  });
});

describe('X as simulated', () => {
  const account = { platform: 'x', accountId: '2244990000000000001' };
  const scopes = ['offline.access', 'tweet.read', 'tweet.write', 'users.read'];
  const mint = async (more: object = {}) =>
    asking('xa', 's3cr3t-Value_01', await world.mintGrant({ ...account, clientId: 'xa', scopes, ...more }));
  const signed = { grantType: 'OAuth1' } as const;

  it('takes refresh, who-am-I and revocation as they are sent, and a replay for the end', async () => {
    const request = await mint();
    const outcome = await clientOf('x').refresh(request);
    if (outcome.kind !== 'Answered') throw outcome.failure;
    const { access, refresh } = outcome.answer;
    const next = { ...request, tokens: { ...request.tokens, access, refresh } };
    expect(await clientOf('x').introspect(next)).toMatchObject({
      kind: 'Valid',
      account: { id: '2244990000000000001', handle: 'studio' },
    });
    expect(await clientOf('x').revoke(next)).toEqual({ kind: 'Revoked' });
    expect(await clientOf('x').refresh(request)).toMatchObject({
      kind: 'Rejected',
      failure: { reason: 'AccessRevoked' },
    });
    expect(await world.complaints({ platform: 'x' })).toEqual([]);
  });

  it.each([
    ['suspended', 'AccountSuspended'],
    ['locked', 'AccountLocked'],
  ] as const)('tells of an account that is %s', async (cause, reason) => {
    const request = await mint();
    await world.strike({ ...account, cause });
    expect(await clientOf('x').introspect(request)).toMatchObject({ kind: 'Rejected', failure: { reason } });
    const byName = { ...(await mint({ oauth1: true, scopes: [] })) };
    expect(await clientOf('x', signed).introspect(byName)).toMatchObject({ kind: 'Rejected', failure: { reason } });
    await world.cure({ ...account, cause });
  });

  it.each([
    ['client-not-enrolled', 'AppReviewMissing'],
    ['credits-depleted', 'QuotaExhausted'],
    ['usage-capped', 'QuotaExhausted'],
  ] as const)('blames the app for %s', async (quirk, reason) => {
    const request = await mint();
    await world.updateApp({ platform: 'x', clientId: 'xa', quirks: [quirk] });
    await expect(clientOf('x').introspect(request)).rejects.toMatchObject({ reason, isAppFault: true });
    await world.updateApp({ platform: 'x', clientId: 'xa', quirks: [] });
  });

  it('takes signatures, and tells a wrong secret from a login that was taken back', async () => {
    const request = await mint({ oauth1: true, scopes: [] });
    expect(await clientOf('x', signed).introspect(request)).toMatchObject({
      kind: 'Valid',
      account: { id: '2244990000000000001' },
    });
    const wrong = { ...request, client: { ...request.client, secret: Sealed.of('wrong') } };
    await expect(clientOf('x', signed).introspect(wrong)).rejects.toMatchObject({ reason: 'AppSecretInvalid' });
    expect(await clientOf('x', signed).revoke(request)).toEqual({ kind: 'Revoked' });
    expect(await clientOf('x', signed).introspect(request)).toMatchObject({
      kind: 'Rejected',
      failure: { reason: 'AccessRevoked' },
    });
  });
});
