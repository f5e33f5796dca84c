import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forgetFinalizer } from '../../src/api/names.ts';
import type { SocialChannel, SocialChannelStatus } from '../../src/api/resources.gen.ts';
import { KubeApps, KubePlatforms } from '../../src/kube/apps.ts';
import { KubeChannels } from '../../src/kube/channels.ts';
import type { ApiClient } from '../../src/kube/client.ts';
import { clusterNamespace, KubeNamespaces } from '../../src/kube/namespaces.ts';
import { sharedWorld } from '../harness/shared-world.ts';
import { createTenant, type Tenant } from '../harness/tenant.ts';
import { clientFor, operatorToken } from './cluster-client.ts';
import { app, channel } from './manifests.ts';

const world = sharedWorld();
let tenant: Tenant;
let api: ApiClient;
let channels: KubeChannels;

beforeAll(async () => {
  tenant = await createTenant(world, {
    annotations: { 'socialops.dev/adopt-from': 'old-uid' },
    labels: { team: 'one' },
  });
  api = clientFor(world.cluster, { token: await operatorToken(world, tenant.namespace) });
  channels = new KubeChannels(api);
  await tenant.apply(app('twitch'));
});
afterAll(async () => {
  await api.close();
  await tenant.remove();
});

async function created(name: string): Promise<SocialChannel> {
  await tenant.apply(channel(name));
  const read = await channels.get({ namespace: tenant.namespace, name });
  if (read === undefined) throw new Error(`${name} was not created`);
  return read;
}

const at = '2026-11-23T02:00:00Z';
const status = (fields: Partial<SocialChannelStatus>) => fields as SocialChannelStatus;

describe('a channel', () => {
  it('that does not exist is undefined', async () => {
    expect(await channels.get({ namespace: tenant.namespace, name: 'nobody' })).toBeUndefined();
    expect(await channels.get({ namespace: 'no-such-namespace', name: 'nobody' })).toBeUndefined();
  });

  it('takes a status, and loses the fields that the next one does not have', async () => {
    const fresh = await created('status');
    const failure = { family: 'Transient', code: '503', count: 2, firstTime: at, lastTime: at } as never;
    const first = await channels.patchStatus(fresh, status({ state: 'Pending', nextRefreshTime: at, failure }));
    expect(first.status).toMatchObject({ state: 'Pending', nextRefreshTime: at, failure: { count: 2 } });
    const second = await channels.patchStatus(first, status({ state: 'Connected' }));
    expect(second.status).toEqual({ state: 'Connected' });
    expect((await tenant.get('SocialChannel', 'status')).status).toEqual({ state: 'Connected' });
  });

  it('is annotated only as the very channel that was meant, and keeps what others wrote', async () => {
    const { metadata } = await created('annotated');
    const ref = { namespace: tenant.namespace, name: 'annotated' };
    const uid = metadata.uid ?? '';
    await tenant.patch('SocialChannel', 'annotated', { metadata: { annotations: { theirs: 'stays' } } });
    await channels.annotate(ref, { uid }, { 'socialops.dev/consented': 'one' });
    const isLost = { family: 'Transient', reason: 'CasLost' };
    await expect(
      channels.annotate(ref, { uid: 'earlier' }, { 'socialops.dev/consented': 'two' }),
    ).rejects.toMatchObject(isLost);
    const { resourceVersion = '' } = metadata;
    const stale = channels.annotate(ref, { uid, resourceVersion }, { 'socialops.dev/consented': null });
    await expect(stale).rejects.toMatchObject(isLost);
    const noted = async () => (await tenant.get('SocialChannel', 'annotated')).metadata.annotations;
    expect(await noted()).toMatchObject({ theirs: 'stays', 'socialops.dev/consented': 'one' });
    await channels.annotate(ref, { uid }, { 'socialops.dev/consented': null });
    expect(await noted()).toEqual({ theirs: 'stays' });
    await channels.annotate({ ...ref, name: 'nobody' }, { uid }, { 'socialops.dev/consented': 'one' });
  });

  it('is not written when nothing differs', async () => {
    const fresh = await created('same');
    const written = await channels.patchStatus(fresh, status({ state: 'Pending' }));
    const again = await channels.patchStatus(written, status({ state: 'Pending' }));
    expect(again.metadata.resourceVersion).toBe(written.metadata.resourceVersion);
    expect((await tenant.get('SocialChannel', 'same')).metadata.resourceVersion).toBe(written.metadata.resourceVersion);
  });

  it('refuses a status that was derived from a stale version', async () => {
    const stale = await created('stale');
    await channels.patchStatus(stale, status({ state: 'Pending' }));
    await expect(channels.patchStatus(stale, status({ state: 'Connected' }))).rejects.toMatchObject({
      family: 'Transient',
      reason: 'CasLost',
      status: 409,
    });
    expect((await tenant.get('SocialChannel', 'stale')).status).toEqual({ state: 'Pending' });
  });

  it('keeps finalizers of others when ours comes and goes', async () => {
    await created('finalizers');
    await tenant.patch('SocialChannel', 'finalizers', { metadata: { finalizers: ['example.com/other'] } });
    const read = () => channels.get({ namespace: tenant.namespace, name: 'finalizers' }) as Promise<SocialChannel>;
    await channels.addFinalizer(await read());
    expect((await read()).metadata.finalizers).toEqual(['example.com/other', forgetFinalizer]);
    await channels.addFinalizer(await read());
    await channels.removeFinalizer(await read());
    expect((await read()).metadata.finalizers).toEqual(['example.com/other']);
    await channels.removeFinalizer(await read());
    await tenant.patch('SocialChannel', 'finalizers', { metadata: { finalizers: null } });
  });

  it('does not lose a finalizer that somebody added between our read and our write', async () => {
    const before = await created('race');
    await tenant.patch('SocialChannel', 'race', { metadata: { finalizers: ['example.com/other'] } });
    await expect(channels.addFinalizer(before)).rejects.toMatchObject({ family: 'Transient', reason: 'CasLost' });
    expect((await tenant.get('SocialChannel', 'race')).metadata.finalizers).toEqual(['example.com/other']);
    await tenant.patch('SocialChannel', 'race', { metadata: { finalizers: null } });
  });

  it('may be gone already when its finalizer is dropped', async () => {
    const fresh = await created('gone');
    await channels.addFinalizer(fresh);
    const held = (await channels.get({ namespace: tenant.namespace, name: 'gone' })) as SocialChannel;
    await tenant.patch('SocialChannel', 'gone', { metadata: { finalizers: null } });
    await tenant.delete('SocialChannel', 'gone');
    await expect(channels.removeFinalizer(held)).resolves.toBeUndefined();
  });
});

describe('what stands around a channel', () => {
  it('an app is read and takes a status', async () => {
    const apps = new KubeApps(api);
    const ref = { namespace: tenant.namespace, name: 'twitch' };
    const read = await apps.get(ref);
    expect(read?.spec.clientId).toBe('k3f0');
    if (read === undefined) throw new Error('no app');
    await apps.patchStatus(read, { platform: 'twitch' } as never);
    expect((await apps.get(ref))?.status).toEqual({ platform: 'twitch' });
    await expect(apps.patchStatus(read, { platform: 'youtube' } as never)).rejects.toMatchObject({ reason: 'CasLost' });
    expect(await apps.get({ ...ref, name: 'nobody' })).toBeUndefined();
  });

  it('a platform that nobody defined is undefined', async () => {
    expect(await new KubePlatforms(api).get('nobody')).toBeUndefined();
  });

  it('a namespace tells its uid, labels and annotations, and whether it is going', async () => {
    const namespaces = new KubeNamespaces(api);
    expect(await namespaces.get(tenant.namespace)).toMatchObject({
      uid: tenant.namespaceUid,
      labels: { team: 'one' },
      annotations: { 'socialops.dev/adopt-from': 'old-uid' },
      isTerminating: false,
    });
    expect((await namespaces.get(clusterNamespace))?.uid).toMatch(/^[0-9a-f-]{36}$/);
    expect(await namespaces.get('no-such-namespace')).toBeUndefined();
    const leaving = await createTenant(world);
    await leaving.apply({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'holds', finalizers: ['example.com/hold'] },
    });
    await world.admin.delete({ apiVersion: 'v1', kind: 'Namespace', name: leaving.namespace });
    expect((await namespaces.get(leaving.namespace))?.isTerminating).toBe(true);
    await leaving.patch('ConfigMap', 'holds', { metadata: { finalizers: null } });
  });
});
