import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BegunConsent } from '../../src/core/consent.ts';
import { FaultProxy } from '../harness/fault-proxy.ts';
import { channelWithTokens } from '../harness/stage.ts';
import { waitFor } from '../harness/wait.ts';
import { answerPage, redirectURI, type TestDesk, testDesk } from './desk-stage.ts';
import { isConnected, type OperatedStage, operatedStage } from './operated-stage.ts';

let stage: OperatedStage;
let desk: TestDesk;
/** A desk whose way to Vault can be broken. */
let proxied: TestDesk;
let proxy: FaultProxy;
let clientId: string;

const pages = 'https://connect.example.com';

beforeAll(async () => {
  stage = await operatedStage({ args: ['--pages-url', pages] });
  ({ clientId } = await stage.oidcApp('video'));
  desk = await testDesk(stage, stage.operator);
  const { vault, authority } = stage.world;
  proxy = await FaultProxy.start({ upstream: vault.url, authority });
  proxied = await testDesk(stage, stage.operator, ['--vault-address', proxy.url]);
});

afterAll(async () => {
  await desk?.close();
  await proxied?.close();
  await proxy?.stop();
  await stage?.removeAll();
});

const agreed = (begun: BegunConsent, accountId: string, scope?: string) =>
  stage.oidc.consent({ url: begun.url, accountId, ...(scope === undefined ? {} : { scope }) });

/** A channel that nobody connected yet, and its account. */
async function unconnected(name: string, spec: object = {}): Promise<void> {
  await stage.oidc.createAccount({ id: name, name: `${name} live` });
  await stage.apply(channelWithTokens(name, 'video', undefined, spec));
  await stage.until(name, 'it to be seen', ({ reason }) => reason === 'NeverConnected');
}

/** A channel that is connected, by tokens in a Secret. */
async function connected(name: string, spec: object = {}) {
  const grant = await stage.oidcGrant(clientId, name);
  await stage.apply(channelWithTokens(name, 'video', grant, spec));
  await stage.until(name, `${name} to connect`, isConnected);
  return grant;
}

/** A channel whose person disconnected the app. */
async function disconnected(name: string, spec: object = {}) {
  const grant = await connected(name, spec);
  await stage.oidc.endGrant({ grantId: grant.grantId });
  await stage.until(name, 'its end to be noticed', ({ state }) => state === 'NeedsReauth', 60_000);
}

const grantsOf = async (accountId: string) => await stage.oidc.grants({ clientId, accountId });

describe.concurrent('a channel that nobody connected yet', () => {
  it('is connected by a consent, after the person confirmed the account, without a token in anybody’s hands', async () => {
    await unconnected('first');
    const status = await stage.status('first');
    const page = `${pages}/c/${stage.namespace}/first`;
    expect(status).toMatchObject({ reconnectURL: page });
    expect(status.message).toContain(`Dana Reyes <dana@example.com> can connect it at ${page}`);
    const begun = await desk.begin('first');
    expect(await desk.progress('first', begun)).toEqual({ kind: 'Waiting', until: begun.expiresAt });
    expect(await desk.finish('first', begun, await agreed(begun, 'first'))).toMatchObject({ kind: 'Working' });
    const { account } = await desk.until('first', begun, 'AwaitsConfirmation');
    expect(account).toEqual({ id: 'first', handle: 'first live' });
    expect((await stage.status('first')).state).toBe('Pending');
    await desk.desk.confirm({ namespace: stage.namespace, name: 'first' }, begun.id, begun.browserSecret);
    expect(await desk.until('first', begun, 'Connected')).toMatchObject({ account: { id: 'first' } });
    expect(await stage.until('first', 'it to connect', isConnected)).toMatchObject({
      epoch: 1,
      account: { id: 'first' },
    });
    await stage.waitFor(
      'SocialChannel',
      'first',
      ({ metadata }) => metadata.annotations?.['socialops.dev/consented'] === undefined,
      { what: 'the hint to go' },
    );
    await stage.until('first', 'a refresh', ({ generation = 0 }) => generation >= 2, 60_000);
  });

  it('keeps no token of it in Vault but in its grant', async () => {
    await unconnected('tidy', { account: { id: 'tidy' } });
    const begun = await desk.begin('tidy');
    await desk.finish('tidy', begun, await agreed(begun, 'tidy'));
    await desk.until('tidy', begun, 'Connected');
    const staged = await stage.world.root.read(stage.vaultPath('tidy', 'staged'));
    expect(staged?.data).toMatchObject({ id: begun.id, finding: { kind: 'Connected' } });
    expect(staged?.data).not.toHaveProperty('answer');
    const pending = JSON.stringify(await stage.world.root.read(stage.vaultPath('tidy', 'pending')));
    expect(pending).not.toContain(begun.browserSecret);
    expect(pending).not.toContain(new URL(begun.url).searchParams.get('state'));
    const [mount, ...path] = stage.vaultPath('tidy', 'staged').split('/');
    const earlier = stage.world.root.json('GET', `/v1/${mount}/data/${path.join('/')}?version=1`);
    await expect(earlier).rejects.toMatchObject({ status: 404 });
  });
});

describe.concurrent('a channel that needs a person', () => {
  it('says where to go, heals by a consent, and its pods have the new token within seconds', async () => {
    await disconnected('healed');
    expect((await stage.status('healed')).message).toContain(`${pages}/c/${stage.namespace}/healed`);
    const dead = (await stage.secret('healed-token'))?.access_token;
    const begun = await desk.begin('healed');
    const callback = await agreed(begun, 'healed');
    await desk.finish('healed', begun, callback);
    const isNew = async () => (await stage.secret('healed-token'))?.access_token !== dead;
    await waitFor(isNew, { what: 'the new token', timeoutMs: 5_000 });
    const status = await stage.until('healed', 'it to connect', isConnected);
    expect(status).toMatchObject({ epoch: 2, reason: 'Healthy' });
    const told = (await stage.events('healed')).filter(({ reason }) => reason === 'ConsentGiven');
    expect(told.map(({ message }) => message)).toEqual([
      'Dana Reyes (signed in) connected the channel as healed live. The login before it, if any, is no longer used.',
    ]);
    // Reloaded, opened in another tab, replayed by somebody else.
    expect(await desk.finish('healed', begun, callback)).toMatchObject({ kind: 'Refused', refusal: 'Used' });
  });

  it('loses nothing where Vault does not take the answer: it lies in escrow until then', async () => {
    await disconnected('escrowed');
    const begun = await proxied.begin('escrowed');
    const rule = proxy.rule({
      method: 'POST',
      path: /\/escrowed\/staged$/,
      action: { answer: { status: 503, body: '{}' } },
    });
    const finished = proxied.finish('escrowed', begun, await agreed(begun, 'escrowed'));
    const isKept = async () =>
      (await stage.world.admin.list({ apiVersion: 'v1', kind: 'Secret', namespace: stage.operator.namespace })).some(
        ({ metadata }) => metadata.annotations?.['socialops.dev/escrow-channel'] === `${stage.namespace}/escrowed`,
      );
    await waitFor(isKept, { what: 'the answer to be sealed' });
    // The owner has a way to Vault of its own: it takes the answer from there.
    await proxied.until('escrowed', begun, 'Connected', 30_000);
    expect(await stage.until('escrowed', 'it to connect', isConnected)).toMatchObject({ epoch: 2 });
    rule.remove();
    await finished;
    expect((await grantsOf('escrowed')).filter(({ alive }) => alive)).toHaveLength(1);
  });
});

describe.concurrent('what changes nothing', () => {
  it('the wrong account, which is given back when the person throws it away', async () => {
    const right = await connected('right');
    await stage.oidc.createAccount({ id: 'wrong', name: 'wrong live' });
    const begun = await desk.begin('right');
    await desk.finish('right', begun, await agreed(begun, 'wrong'));
    const told = await desk.until('right', begun, 'WrongAccount');
    expect(told).toEqual({
      kind: 'WrongAccount',
      expected: { id: 'right', handle: 'right live' },
      found: { id: 'wrong', handle: 'wrong live' },
      isRevocable: true,
    });
    await desk.desk.discard({ namespace: stage.namespace, name: 'right' }, begun.id, begun.browserSecret);
    expect(await desk.until('right', begun, 'Discarded')).toEqual({ kind: 'Discarded', isRevoked: true });
    expect((await grantsOf('wrong')).map(({ endedBy }) => endedBy)).toEqual(['revoked-by-client']);
    expect(await stage.status('right')).toMatchObject({ state: 'Connected', epoch: 1, account: { id: 'right' } });
    expect((await grantsOf('right')).find(({ id }) => id === right.grantId)?.alive).toBe(true);
  });

  it('fewer scopes than the channel asks for', async () => {
    const scopes = ['openid', 'offline_access', 'channel:stream'];
    await stage.oidc.createAccount({ id: 'fewer', name: 'fewer live' });
    const grant = await stage.oidc.mintGrant({ clientId, accountId: 'fewer', scope: scopes.join(' ') });
    await stage.apply(channelWithTokens('fewer', 'video', grant, { scopes }));
    await stage.until('fewer', 'it to connect', isConnected);
    const begun = await desk.begin('fewer');
    expect(new URL(begun.url).searchParams.get('scope')?.split(' ').sort()).toEqual([...scopes].sort());
    await desk.finish('fewer', begun, await agreed(begun, 'fewer', 'openid offline_access'));
    expect(await desk.until('fewer', begun, 'ScopesMissing')).toEqual({
      kind: 'ScopesMissing',
      missing: ['channel:stream'],
      isStored: false,
    });
    expect(await stage.status('fewer')).toMatchObject({ state: 'Connected', epoch: 1 });
  });

  it('a refusal, a foreign state, a browser that did not begin it, a code that the platform does not know', async () => {
    await connected('steady');
    const begun = await desk.begin('steady');
    const callback = await agreed(begun, 'steady');
    expect(await desk.finish('steady', begun, { ...callback, state: `${begun.id}.another` })).toMatchObject({
      refusal: 'Foreign',
    });
    expect(await desk.finish('steady', { ...begun, browserSecret: '' }, callback)).toMatchObject({
      refusal: 'Foreign',
    });
    const other = await connected('other').then(() => desk.begin('other'));
    expect(await desk.finish('other', { ...other, browserSecret: begun.browserSecret }, callback)).toMatchObject({
      refusal: 'Foreign',
    });
    expect(await desk.finish('steady', begun, { ...callback, code: 'made up' })).toMatchObject({
      kind: 'Failed',
      isKept: false,
    });
    const denied = await desk.begin('steady');
    expect(await desk.finish('steady', denied, await stage.oidc.consent({ url: denied.url }))).toMatchObject({
      refusal: 'Denied',
    });
    expect(await desk.progress('steady', denied)).toMatchObject({ refusal: 'Denied' });
    expect(await stage.status('steady')).toMatchObject({ state: 'Connected', epoch: 1 });
  });

  it('an answer after a newer login came', async () => {
    await connected('moved');
    const begun = await desk.begin('moved');
    const callback = await agreed(begun, 'moved');
    const newer = await stage.oidc.mintGrant({ clientId, accountId: 'moved' });
    await stage.delete('Secret', 'moved-bootstrap');
    await stage.apply(channelWithTokens('moved', 'video', newer));
    await stage.until('moved', 'the newer login', ({ epoch }) => epoch === 2);
    expect(await desk.finish('moved', begun, callback)).toMatchObject({ kind: 'Refused', refusal: 'Superseded' });
    expect(await stage.status('moved')).toMatchObject({ state: 'Connected', epoch: 2 });
  });

  it('an answer while Vault is sealed, which counts once it is not', async () => {
    await connected('sealed');
    const begun = await proxied.begin('sealed');
    const callback = await agreed(begun, 'sealed');
    const isSealed = { status: 503, body: '{"errors":["Vault is sealed"]}' };
    const rule = proxy.rule({ path: /\/sealed\//, action: { answer: isSealed } });
    expect(await proxied.finish('sealed', begun, callback)).toMatchObject({ kind: 'Failed', isKept: false });
    expect(await desk.progress('sealed', begun)).toMatchObject({ kind: 'Waiting' });
    rule.remove();
    expect(await proxied.finish('sealed', begun, callback)).toMatchObject({ kind: 'Working' });
    await desk.until('sealed', begun, 'Connected');
    expect(await stage.until('sealed', 'the new login', ({ epoch }) => epoch === 2)).toMatchObject({
      state: 'Connected',
    });
  });

  it('a callback that comes to another replica than the one that began: it is as good there', async () => {
    await connected('elsewhere');
    const begun = await desk.begin('elsewhere');
    const callback = await agreed(begun, 'elsewhere');
    expect(await proxied.finish('elsewhere', begun, callback)).toMatchObject({ kind: 'Working' });
    expect(await desk.finish('elsewhere', begun, callback)).toMatchObject({ kind: 'Refused', refusal: 'Used' });
    await desk.until('elsewhere', begun, 'Connected');
  });

  it('two callbacks at once make one exchange, on two replicas', async () => {
    await connected('twice');
    const begun = await desk.begin('twice');
    const callback = await agreed(begun, 'twice');
    const endings = await Promise.all([
      desk.finish('twice', begun, callback),
      proxied.finish('twice', begun, callback),
    ]);
    expect(endings.map(({ kind }) => kind).sort()).toEqual(['Refused', 'Working']);
    await desk.until('twice', begun, 'Connected');
    expect(await stage.until('twice', 'it to connect', ({ epoch }) => epoch === 2)).toMatchObject({
      state: 'Connected',
    });
  });
});

describe.concurrent('a built-in platform', () => {
  it('connects a channel by its own consent page, also while a renewal is in flight', async () => {
    const app = await stage.simulatedApp('twitch', 'twitch', { redirectUris: [redirectURI] });
    const { accountId } = await stage.connect('twitch', app, 'twitch', 'page');
    await stage.until('page', 'it to connect', isConnected);
    await stage.simulator.addFault({
      platform: 'twitch',
      operation: 'token',
      kind: 'delay',
      delayMs: 1_500,
      accountId,
      times: 1,
    });
    await stage.patch('SocialChannel', 'page', { metadata: { annotations: { 'socialops.dev/refresh': 'now' } } });
    const begun = await desk.begin('page');
    const callback = await answerPage(stage.world.cluster.ca, begun.url, { approve: accountId });
    await desk.finish('page', begun, callback);
    await desk.until('page', begun, 'Connected');
    const status = await stage.until('page', 'the new login', ({ epoch }) => epoch === 2);
    expect(status).toMatchObject({ state: 'Connected' });
    const shown = (await stage.secret('page-token'))?.access_token ?? '';
    expect(await stage.simulator.tokenAt({ value: shown, at: Date.now() })).toMatchObject({ alive: true });
  });
});

describe('an invitation', () => {
  it('lies in a Secret of the namespace, lets one person begin, and is gone after that', async () => {
    await disconnected('invited');
    const asked = { 'socialops.dev/invite': 'for dana', 'socialops.dev/invite-note': 'Before Friday, please.' };
    await stage.patch('SocialChannel', 'invited', { metadata: { annotations: asked } });
    const { invitation } = await stage.until(
      'invited',
      'the link',
      (status) => status.invitation?.secretName !== undefined,
    );
    expect(invitation).toMatchObject({ request: 'for dana', secretName: 'invited-invitation' });
    const { link = '' } = (await stage.secret('invited-invitation')) ?? {};
    expect(link.startsWith(`${pages}/i/`)).toBe(true);
    const found = await desk.desk.check(link.slice(`${pages}/i/`.length));
    if (typeof found === 'string') return expect.unreachable(found);
    expect(found).toMatchObject({
      channel: { namespace: stage.namespace, name: 'invited' },
      note: 'Before Friday, please.',
    });
    const begun = await desk.begin('invited', { kind: 'Invited', id: found.id, name: '' });
    await desk.finish('invited', begun, await agreed(begun, 'invited'));
    await desk.until('invited', begun, 'Connected');
    expect(await desk.desk.check(link.slice(`${pages}/i/`.length))).toBe('Used');
    await waitFor(async () => (await stage.find('Secret', 'invited-invitation')) === undefined, {
      what: 'its Secret to go',
    });
    for (const told of [stage.operator.output(), JSON.stringify(await stage.events('invited'))])
      expect(told).not.toContain(link);
  });
});

describe('an operator that is killed', () => {
  it('is healed by the next process where the one that owned it was killed after the exchange', async () => {
    await disconnected('killed');
    const begun = await desk.begin('killed');
    const callback = await agreed(begun, 'killed');
    await stage.operator.kill();
    expect(await desk.finish('killed', begun, callback)).toMatchObject({ kind: 'Working' });
    expect(await desk.progress('killed', begun)).toMatchObject({ kind: 'Working' });
    await stage.operator.start();
    await desk.until('killed', begun, 'Connected', 30_000);
    expect(await stage.until('killed', 'it to connect', isConnected)).toMatchObject({ epoch: 2 });
  });

  it('connects a channel by a device code', async () => {
    const app = await stage.simulatedApp('twitch', 'twitch-device', { deviceIntervalSeconds: 1 });
    const grant = await stage.connect('twitch', app, 'twitch-device', 'tv');
    await stage.until('tv', 'it to connect', isConnected);
    await stage.patch('SocialChannel', 'tv', { metadata: { annotations: { 'socialops.dev/connect-device': 'once' } } });
    const { device } = await stage.until('tv', 'the code', (status) => status.device?.userCode !== undefined);
    expect(device).toMatchObject({ request: 'once', message: expect.stringContaining('enter') });
    await stage.operator.restart({ kill: true });
    await stage.simulator.answerDevice({
      platform: 'twitch',
      userCode: device?.userCode ?? '',
      accountId: grant.accountId,
      approve: true,
    });
    const status = await stage.until('tv', 'the new login', ({ epoch }) => epoch === 2, 40_000);
    expect(status.state).toBe('Connected');
    const told = await stage.until('tv', 'its end to be told', (one) => one.device?.userCode === undefined);
    expect(told.device?.message).toContain('Connected as');
    const polls = await stage.simulator.complaints({ platform: 'twitch', clientId: app.clientId });
    expect(polls).toEqual([]);
  });
});

it('no login was lost by any of it, and nothing that anybody printed holds a secret of it', async () => {
  expect((await stage.oidc.summary({ clientId })).lostGrants).toEqual([]);
  const channels = await stage.list('SocialChannel');
  const events = await stage.list('Event');
  const printed = JSON.stringify([stage.operator.log(), channels, events]);
  const secrets = [...(await stage.oidc.secrets()), ...(await stage.simulator.secrets()).map(({ value }) => value)];
  expect(secrets.length).toBeGreaterThan(20);
  expect(secrets.filter((secret) => printed.includes(secret))).toEqual([]);
});
