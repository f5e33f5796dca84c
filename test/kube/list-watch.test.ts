import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ApiClient } from '../../src/kube/client.ts';
import { Collection, type CollectionOptions } from '../../src/kube/list-watch.ts';
import { channels, secrets } from '../../src/kube/resource.ts';
import type { ApiObject } from '../../src/runtime/list-watch.ts';
import { Reflector } from '../../src/runtime/reflector.ts';
import { compactEtcd } from '../harness/cluster.ts';
import { FaultProxy } from '../harness/fault-proxy.ts';
import { createTenant, type Tenant } from '../harness/tenant.ts';
import { waitFor } from '../harness/wait.ts';
import { type OwnWorld, startWorld } from '../harness/world.ts';
import { clientFor, operatorToken } from './cluster-client.ts';
import { app, channel, secret } from './manifests.ts';

interface Seen {
  readonly key: string;
  readonly did: 'added' | 'changed' | 'deleted';
}

// Servers of its own: they are killed and compacted here.
let world: OwnWorld;
let tenant: Tenant;
let proxy: FaultProxy;
let api: ApiClient;
const running: Reflector<ApiObject, ApiObject>[] = [];

beforeAll(async () => {
  world = await startWorld({ platforms: [] });
  proxy = await FaultProxy.start({ upstream: world.cluster.url, authority: world.authority });
  tenant = await createTenant(world);
  const token = await operatorToken(world, tenant.namespace);
  api = clientFor(world.cluster, { server: proxy.url, token });
  await tenant.apply(app('twitch'));
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((reflector) => reflector.stop()));
  proxy.clearRules();
  proxy.requests.length = 0;
});
afterAll(async () => {
  await api.close();
  await proxy.stop();
  await world.stop();
});

async function reflect(options: Omit<CollectionOptions, 'client'>, pageSize = 500) {
  const source = new Collection<ApiObject>({ client: api, ...options });
  const errors: unknown[] = [];
  const seen: Seen[] = [];
  const reflector = new Reflector<ApiObject, ApiObject>({
    name: source.name,
    source,
    project: (object) => object,
    random: () => 0.5,
    onError: (error) => errors.push(error),
    pageSize,
  });
  reflector.onChange((key, now, before) => {
    seen.push({ key: key.split('/')[1] ?? key, did: now === undefined ? 'deleted' : before ? 'changed' : 'added' });
  });
  running.push(reflector);
  reflector.start();
  await reflector.synced;
  const saw = (key: string, did: Seen['did']) =>
    waitFor(() => seen.some((one) => one.key === key && one.did === did), {
      timeoutMs: 60_000,
      what: `${key} to be seen as ${did}`,
    });
  return { reflector, seen, saw, errors };
}

const mine = () => ({ type: channels, namespace: tenant.namespace });

describe('a watch on a real API server', () => {
  it('delivers additions, changes and deletions', async () => {
    const { saw, reflector } = await reflect(mine());
    await tenant.apply(channel('first'));
    await saw('first', 'added');
    await tenant.patch('SocialChannel', 'first', { metadata: { annotations: { 'socialops.dev/refresh': '1' } } });
    await saw('first', 'changed');
    await tenant.delete('SocialChannel', 'first');
    await saw('first', 'deleted');
    expect(reflector.counters).toMatchObject({ lists: 1, watches: 1, failures: 0 });
  });

  it('goes on after the API server was killed and started again', async () => {
    await tenant.apply([channel('before'), channel('doomed')]);
    const { saw, reflector, errors } = await reflect(mine());
    await world.servers.cluster.apiServer.restart();
    await tenant.delete('SocialChannel', 'doomed');
    await tenant.apply(channel('after'));
    await saw('doomed', 'deleted');
    await saw('after', 'added');
    expect(reflector.size).toBe(2);
    expect(errors.length).toBeGreaterThan(0);
    await tenant.delete('SocialChannel', 'before');
    await tenant.delete('SocialChannel', 'after');
  });

  it('lists anew after its version was compacted away, and loses no deletion', async () => {
    await tenant.apply([channel('kept'), channel('lost')]);
    const { saw, reflector } = await reflect(mine());
    // Nothing reaches the server for a while, during which history is made and dropped.
    const outage = proxy.rule({ path: /socialchannels/, action: { cut: true } });
    proxy.dropConnections();
    await waitFor(() => reflector.state === 'waiting', { what: 'the watch to break' });
    await tenant.delete('SocialChannel', 'lost');
    await tenant.patch('SocialChannel', 'kept', { metadata: { annotations: { 'socialops.dev/refresh': '2' } } });
    await compactEtcd(world.cluster);
    await world.servers.cluster.apiServer.restart();
    outage.remove();
    await saw('lost', 'deleted');
    expect(reflector.counters.expired).toBeGreaterThanOrEqual(1);
    expect(reflector.counters.lists).toBe(2);
    expect([...reflector.entries()].map(([key]) => key)).toEqual([`${tenant.namespace}/kept`]);
    await tenant.delete('SocialChannel', 'kept');
  });

  it('never carries the data of Secrets when it asks for metadata', async () => {
    const labels = { 'socialops.dev/use': 'true' };
    await tenant.apply(secret('listed', { token: 'canary-listed' }, { labels }));
    await tenant.apply(secret('unlabelled', { token: 'canary-unlabelled' }));
    const type = { type: secrets, labelSelector: 'socialops.dev/use=true', metadataOnly: true };
    const { saw, reflector, seen } = await reflect({ ...type, namespace: tenant.namespace });
    await tenant.apply(secret('watched', { token: 'canary-watched' }, { labels }));
    await saw('watched', 'added');
    const objects = [...reflector.entries()].map(([, object]) => object as ApiObject & { kind?: string });
    expect(objects).toHaveLength(2);
    for (const object of objects) {
      expect(object.kind).toBe('PartialObjectMetadata');
      expect(Object.keys(object).sort()).toEqual(['apiVersion', 'kind', 'metadata']);
    }
    expect(seen.map(({ key }) => key)).not.toContain('unlabelled');
    const accepts = proxy.requests.map(({ headers }) => headers.accept);
    expect(accepts.length).toBeGreaterThanOrEqual(2);
    expect(accepts.every((accept) => accept?.includes('PartialObjectMetadata'))).toBe(true);
  });

  it('reads long lists in pages', async () => {
    const names = ['p1', 'p2', 'p3', 'p4', 'p5', 'p6', 'p7'];
    await tenant.apply(names.map((name) => channel(name)));
    const { reflector } = await reflect(mine(), 3);
    expect([...reflector.entries()].map(([key]) => key.split('/')[1])).toEqual(names);
    expect(proxy.seen({ method: 'GET', path: /socialchannels\?limit=3/ })).toHaveLength(3);
    for (const name of names) await tenant.delete('SocialChannel', name);
  });

  it('is one per namespace of a list, or a single one of all', async () => {
    const options = { client: api, type: channels };
    expect(Collection.of(options, []).map(({ name }) => name)).toEqual(['socialchannels']);
    expect(Collection.of(options, ['a', 'b']).map(({ name }) => name)).toEqual([
      'socialchannels in namespace a',
      'socialchannels in namespace b',
    ]);
    const other = await createTenant(world);
    await other.apply([app('twitch'), channel('elsewhere')]);
    await tenant.apply(channel('here'));
    const [everywhere, here] = [await reflect({ type: channels }), await reflect(mine())];
    expect([...everywhere.reflector.entries()].map(([key]) => key).sort()).toEqual(
      [`${other.namespace}/elsewhere`, `${tenant.namespace}/here`].sort(),
    );
    expect([...here.reflector.entries()].map(([key]) => key)).toEqual([`${tenant.namespace}/here`]);
  });

  it('closes its connection when it stops', async () => {
    const sockets: Socket[] = [];
    const onConnected = (message: unknown) => sockets.push((message as { socket: Socket }).socket);
    subscribe('undici:client:connected', onConnected);
    const { reflector } = await reflect(mine());
    await proxy.waitForRequests({ path: /watch=true/ });
    unsubscribe('undici:client:connected', onConnected);
    const open = () => sockets.filter((socket) => !socket.destroyed).length;
    const before = open();
    await reflector.stop();
    await waitFor(() => open() === before - 1, { what: 'the connection of the watch to close' });
    expect(reflector.state).toBe('stopped');
  });
});
