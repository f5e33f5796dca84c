import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SocialChannel } from '../../src/api/resources.gen.ts';
import type { SecretContent, SecretLookup } from '../../src/core/ports.ts';
import { Sealed } from '../../src/core/sealed.ts';
import { KubeChannels } from '../../src/kube/channels.ts';
import type { ApiClient } from '../../src/kube/client.ts';
import { KubeSecrets } from '../../src/kube/secrets.ts';
import { FaultProxy } from '../harness/fault-proxy.ts';
import { sharedWorld } from '../harness/shared-world.ts';
import { createTenant, type Tenant } from '../harness/tenant.ts';
import { waitFor } from '../harness/wait.ts';
import { clientFor, operatorToken } from './cluster-client.ts';
import { app, channel, secret } from './manifests.ts';

const world = sharedWorld();
let tenant: Tenant;
let proxy: FaultProxy;
let api: ApiClient;
let secrets: KubeSecrets;

beforeAll(async () => {
  tenant = await createTenant(world);
  // Between client and server, to see on the wire what is read.
  proxy = await FaultProxy.start({ upstream: world.cluster.url, authority: world.authority });
  // The proxy ends TLS, so a client certificate would not reach the server.
  const token = await operatorToken(world, tenant.namespace);
  api = clientFor(world.cluster, { server: proxy.url, token });
  secrets = new KubeSecrets(api);
  await tenant.apply(app('twitch'));
});
afterAll(async () => {
  await api.close();
  await proxy.stop();
  await tenant.remove();
});

const ref = (name: string) => ({ namespace: tenant.namespace, name });

describe('a Secret that a user hands to us', () => {
  it('is read when it carries the label', async () => {
    await tenant.apply(secret('shared', { client_secret: 's3cret' }, { labels: { 'socialops.dev/use': 'true' } }));
    const read = await secrets.get(ref('shared'));
    expect(read?.data.client_secret?.reveal()).toBe('s3cret');
    expect(inspect(read, { depth: 9 })).not.toContain('s3cret');
  });

  it.each([
    ['no label', {}],
    ['another value', { labels: { 'socialops.dev/use': 'false' } }],
  ])('is refused with %s, and its data does not leave the API server', async (why, metadata) => {
    const name = why.replace(' ', '-');
    await tenant.apply(secret(name, { client_secret: 'canary-unshared' }, metadata));
    proxy.requests.length = 0;
    await expect(secrets.get(ref(name))).rejects.toMatchObject({
      family: 'Misconfigured',
      reason: 'SecretNotShared',
      message: expect.stringContaining(`kubectl -n ${tenant.namespace} label secret ${name} socialops.dev/use=true`),
    });
    const whole = proxy.requests.filter(
      (request) =>
        !request.path.includes('labelSelector') && !request.headers.accept?.includes('PartialObjectMetadata'),
    );
    expect(proxy.requests.length).toBeGreaterThan(0);
    expect(whole).toEqual([]);
  });

  it('that does not exist is undefined', async () => {
    expect(await secrets.get(ref('nobody'))).toBeUndefined();
  });

  it('is deleted after its import only if it is still the version that was imported', async () => {
    await tenant.apply(secret('bootstrap', { a: '1' }, { labels: { 'socialops.dev/use': 'true' } }));
    const first = await secrets.get(ref('bootstrap'));
    await tenant.apply(secret('bootstrap', { a: '2' }, { labels: { 'socialops.dev/use': 'true' } }));
    await secrets.removeShared(ref('bootstrap'), first?.resourceVersion ?? '');
    const second = await secrets.get(ref('bootstrap'));
    expect(second?.data.a?.reveal()).toBe('2');
    await secrets.removeShared(ref('bootstrap'), second?.resourceVersion ?? '');
    expect(await secrets.get(ref('bootstrap'))).toBeUndefined();
    await expect(secrets.removeShared(ref('bootstrap'), '1')).resolves.toBeUndefined();
  });
});

describe('the projected Secret', () => {
  let owner: SocialChannel;
  let count = 0;
  let name: string;

  beforeEach(async () => {
    count += 1;
    await tenant.apply(channel(`channel-${count}`));
    owner = (await new KubeChannels(api).get(ref(`channel-${count}`))) as SocialChannel;
    name = `channel-${count}-token`;
  });

  const content = (values: Record<string, string>, more: Partial<SecretContent> = {}): SecretContent => ({
    name,
    data: Object.fromEntries(Object.entries(values).map(([key, value]) => [key, Sealed.of(value)])),
    labels: {},
    annotations: { 'socialops.dev/grant': '1.1' },
    isOwned: true,
    ...more,
  });
  const apply = async (of: SecretContent) => secrets.apply(owner, await secrets.lookup(owner, of.name), of);
  const values = (lookup: SecretLookup) =>
    lookup.state === 'Ours'
      ? Object.fromEntries(Object.entries(lookup.secret.data).map(([key, value]) => [key, value.reveal()]))
      : lookup.state;

  it('is created with our marks, owned by its channel, and changed in place', async () => {
    expect((await secrets.lookup(owner, name)).state).toBe('Absent');
    await apply(content({ access_token: 'a1', state: 'Connected' }));
    const first = await tenant.get('Secret', name);
    expect(first.metadata.labels).toEqual({
      'app.kubernetes.io/managed-by': 'social-channel-operator',
      'socialops.dev/channel': owner.metadata.name,
    });
    expect(first.metadata.annotations).toEqual({
      'socialops.dev/grant': '1.1',
      'socialops.dev/channel-uid': owner.metadata.uid,
    });
    expect(first.metadata.ownerReferences).toMatchObject([
      { kind: 'SocialChannel', uid: owner.metadata.uid, controller: true },
    ]);
    await apply(content({ access_token: 'a2', state: 'Connected' }, { annotations: { 'socialops.dev/grant': '1.2' } }));
    const second = await tenant.get('Secret', name);
    expect(second.metadata.uid).toBe(first.metadata.uid);
    expect(await tenant.secret(name)).toEqual({ access_token: 'a2', state: 'Connected' });
  });

  it('loses a key that is no longer projected, at once and also when the process ended right after the creation', async () => {
    await apply(content({ access_token: 'a1' }));
    await apply(content({ token: 'a2' }));
    expect(await tenant.secret(name)).toEqual({ token: 'a2' });
    // A creation whose second write, the hand-over of ownership, never came.
    const interrupted = `${name}-interrupted`;
    const cut = proxy.rule({ method: 'PATCH', path: new RegExp(`/secrets/${interrupted}`), action: { cut: true } });
    const started = content({ access_token: 'a1' }, { name: interrupted });
    await expect(apply(started)).rejects.toMatchObject({ family: 'Transient' });
    expect(cut.hits).toBe(1);
    cut.remove();
    await apply({ ...started, data: { token: Sealed.of('a2') } });
    expect(await tenant.secret(interrupted)).toEqual({ token: 'a2' });
  });

  it('is not taken over from somebody else, whose data is not even read', async () => {
    await tenant.apply(secret(name, { password: 'canary-foreign' }));
    proxy.requests.length = 0;
    const lookup = await secrets.lookup(owner, name);
    expect(lookup).toEqual({ state: 'Foreign', name });
    expect(
      proxy.requests.every(
        ({ path, headers }) => path.includes('labelSelector') || headers.accept?.includes('PartialObjectMetadata'),
      ),
    ).toBe(true);
    await expect(secrets.apply(owner, lookup, content({ access_token: 'a1' }))).rejects.toMatchObject({
      family: 'Misconfigured',
      reason: 'Conflict',
      message: `Secret ${tenant.namespace}/${name} exists and is not managed by this channel. Choose spec.secret.name, or delete it.`,
    });
    await secrets.remove(owner, name);
    expect(await tenant.secret(name)).toEqual({ password: 'canary-foreign' });
  });

  it('of another channel is foreign, and so is one of an earlier channel of the same name', async () => {
    await apply(content({ access_token: 'a1' }, { isOwned: false }));
    const earlier = owner.metadata.name;
    await tenant.delete('SocialChannel', earlier);
    await tenant.apply(channel(earlier));
    const later = (await new KubeChannels(api).get(ref(earlier))) as SocialChannel;
    expect(await secrets.lookup(later, name)).toEqual({ state: 'Foreign', name });
    await secrets.remove(later, name);
    expect(await tenant.secret(name)).toEqual({ access_token: 'a1' });
  });

  it('that somebody creates between our look and our write is left alone', async () => {
    const looked = await secrets.lookup(owner, name);
    await tenant.apply(secret(name, { password: 'theirs' }));
    await expect(secrets.apply(owner, looked, content({ access_token: 'a1' }))).rejects.toMatchObject({
      family: 'Transient',
      reason: 'CasLost',
    });
    expect(await tenant.secret(name)).toEqual({ password: 'theirs' });
    expect((await secrets.lookup(owner, name)).state).toBe('Foreign');
  });

  it('that somebody deletes and recreates between our look and our write is left alone', async () => {
    await apply(content({ access_token: 'a1' }));
    const looked = await secrets.lookup(owner, name);
    await tenant.delete('Secret', name);
    const gone = secrets.apply(owner, looked, content({ access_token: 'a2' }));
    await expect(gone).rejects.toMatchObject({ family: 'Transient', reason: 'CasLost' });
    expect(await tenant.secret(name)).toBeUndefined();
    await tenant.apply(secret(name, { password: 'theirs' }));
    const recreated = secrets.apply(owner, looked, content({ access_token: 'a2' }));
    await expect(recreated).rejects.toMatchObject({ family: 'Transient', reason: 'CasLost' });
    expect(await tenant.secret(name)).toEqual({ password: 'theirs' });
  });

  it('comes back after it was deleted, and is put right after it was edited', async () => {
    await apply(content({ access_token: 'a1' }));
    await tenant.delete('Secret', name);
    await apply(content({ access_token: 'a1' }));
    expect(await tenant.secret(name)).toEqual({ access_token: 'a1' });
    await tenant.patch('Secret', name, {
      metadata: { labels: { 'app.kubernetes.io/managed-by': null, 'example.com/theirs': 'kept' } },
      stringData: { access_token: 'edited' },
    });
    const edited = await secrets.lookup(owner, name);
    expect(values(edited)).toEqual({ access_token: 'edited' });
    await secrets.apply(owner, edited, content({ access_token: 'a1' }));
    expect(await tenant.secret(name)).toEqual({ access_token: 'a1' });
    expect((await tenant.get('Secret', name)).metadata.labels).toMatchObject({
      'app.kubernetes.io/managed-by': 'social-channel-operator',
      'example.com/theirs': 'kept',
    });
  });

  it('goes with its channel when it is owned, and can be let go', async () => {
    await apply(content({ access_token: 'a1' }));
    await apply(content({ access_token: 'a1' }, { isOwned: false }));
    expect((await tenant.get('Secret', name)).metadata.ownerReferences).toBeUndefined();
    await apply(content({ access_token: 'a1' }));
    await tenant.delete('SocialChannel', owner.metadata.name);
    await waitFor(async () => (await tenant.find('Secret', name)) === undefined, {
      timeoutMs: 90_000,
      what: 'the Secret to be collected with its channel',
    });
  });

  it('is removed on request, once', async () => {
    await apply(content({ access_token: 'a1' }));
    await secrets.remove(owner, name);
    expect(await tenant.find('Secret', name)).toBeUndefined();
    await expect(secrets.remove(owner, name)).resolves.toBeUndefined();
  });

  it('lets no tenant label or annotation stand in for our marks', async () => {
    const forged = { 'app.kubernetes.io/managed-by': 'them', 'socialops.dev/channel': 'other' };
    await apply(content({ a: '1' }, { labels: forged, annotations: { 'socialops.dev/channel-uid': 'other' } }));
    const { metadata } = await tenant.get('Secret', name);
    expect(metadata.labels?.['app.kubernetes.io/managed-by']).toBe('social-channel-operator');
    expect(metadata.annotations?.['socialops.dev/channel-uid']).toBe(owner.metadata.uid);
  });

  it('keeps values out of errors', async () => {
    const rule = proxy.rule({
      method: 'POST',
      path: /\/secrets/,
      action: { answer: { status: 422, body: JSON.stringify({ message: 'Invalid value: "canary-echo"' }) } },
    });
    const failure = await apply(content({ access_token: 'canary-echo' })).catch((error: unknown) => error);
    rule.remove();
    expect(failure).toMatchObject({ family: 'Unexpected', status: 422 });
    expect(inspect(failure, { depth: 9 })).not.toContain('canary-echo');
  });
});
