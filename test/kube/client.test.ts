import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ApiClient, patchTypes } from '../../src/kube/client.ts';
import { PooledKubeConfig } from '../../src/kube/connection.ts';
import { createAuthority } from '../harness/certificates.ts';
import { FaultProxy } from '../harness/fault-proxy.ts';
import { sharedWorld } from '../harness/shared-world.ts';
import { createTenant, type Tenant } from '../harness/tenant.ts';
import { waitFor } from '../harness/wait.ts';
import { clientFor } from './cluster-client.ts';

const world = sharedWorld();
let tenant: Tenant;
const open: ApiClient[] = [];
const connected: TLSSocket[] = [];
const onConnected = (message: unknown) => {
  connected.push((message as { socket: TLSSocket }).socket);
};

beforeAll(async () => {
  tenant = await createTenant(world);
  subscribe('undici:client:connected', onConnected);
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((client) => client.close()));
  connected.length = 0;
});
afterAll(async () => {
  unsubscribe('undici:client:connected', onConnected);
  await tenant.remove();
});

function client(...parameters: Parameters<typeof clientFor> extends [unknown, ...infer R] ? R : never): ApiClient {
  const made = clientFor(world.cluster, ...parameters);
  open.push(made);
  return made;
}

const configMaps = () => ({
  doing: 'list ConfigMaps',
  resource: 'configmaps',
  path: `/api/v1/namespaces/${tenant.namespace}/configmaps`,
});

describe('the pool', () => {
  it('speaks HTTP/1.1 to a server that would speak HTTP/2', async () => {
    await client().call({ method: 'GET', ...configMaps() });
    const sockets = connected.filter((socket) => socket.remotePort === Number(new URL(world.cluster.url).port));
    expect(sockets.map((socket) => socket.alpnProtocol || 'http/1.1')).toEqual(['http/1.1']);
  });

  it('opens at most 32 connections for any number of calls, and keeps them for the next ones', async () => {
    const api = client();
    for (let round = 0; round < 3; round += 1) {
      await Promise.all(Array.from({ length: 200 }, () => api.call({ method: 'GET', ...configMaps() })));
    }
    expect(connected.length).toBeGreaterThan(1);
    expect(connected.length).toBeLessThanOrEqual(32);
  });

  it('answers a PATCH while watches are open, more of them than there are connections for calls', async () => {
    await tenant.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'patched' }, data: { at: '0' } });
    const api = client();
    const stop = new AbortController();
    const seen: string[] = [];
    const query = { watch: 'true', resourceVersion: '0' };
    const watch = { ...configMaps(), method: 'GET' as const, query, signal: stop.signal };
    const streams = Array.from({ length: 40 }, (_, n) =>
      api.stream(watch, (line) => {
        if (line.includes('"at":"1"')) seen.push(`watch ${n}`);
      }),
    );
    await api.call({
      ...configMaps(),
      method: 'PATCH',
      path: `${configMaps().path}/patched`,
      contentType: patchTypes.merge,
      body: { data: { at: '1' } },
    });
    await waitFor(() => seen.length === 40, { what: 'every watch to see the patch' });
    stop.abort();
    await Promise.all(streams);
    await waitFor(() => connected.filter((socket) => !socket.destroyed).length <= 1, {
      what: 'the sockets of ended watches to close',
    });
    expect(new Set(seen).size).toBe(40);
  });

  it('is made anew when the CA on disk changes', async () => {
    const folder = join(world.folder, 'rotated-ca');
    mkdirSync(folder, { recursive: true });
    const caFile = join(folder, 'ca.crt');
    writeFileSync(caFile, createAuthority('somebody else').certificate);
    const token = await world.admin.token(tenant.namespace, 'default');
    const credentials = { kind: 'Plain', token: { text: token } } as const;
    const api = new ApiClient(new PooledKubeConfig({ server: world.cluster.url, ca: { file: caFile }, credentials }));
    open.push(api);
    const call = { method: 'GET' as const, doing: 'read the version', resource: 'version', path: '/version' };
    await expect(api.call(call)).rejects.toMatchObject({ family: 'Transient', reason: 'KubernetesUnavailable' });
    writeFileSync(caFile, world.cluster.ca);
    await expect(api.call(call)).resolves.toMatchObject({ major: '1' });
  });
});

describe('a call that fails', () => {
  const read = { method: 'GET' as const, doing: 'read the version', resource: 'version', path: '/version' };

  it('for want of a permission names it', async () => {
    const token = await world.admin.token(tenant.namespace, 'default');
    const call = { ...configMaps(), namespace: tenant.namespace, method: 'GET' as const };
    await expect(client({ token }).call(call)).rejects.toMatchObject({
      family: 'Misconfigured',
      reason: 'PermissionDenied',
      message: expect.stringContaining(`may not get configmaps in namespace ${tenant.namespace}`),
    });
  });

  it('with a token that is not valid is Transient: the next token may be', async () => {
    await expect(client({ token: 'canary-token' }).call(configMapsCall())).rejects.toMatchObject({
      family: 'Transient',
      status: 401,
      message: expect.not.stringContaining('canary-token'),
    });
  });

  it('at a server of another authority is Transient and says that it is not trusted', async () => {
    const ca = createAuthority('somebody else').certificate;
    await expect(client({ ca }).call(read)).rejects.toMatchObject({
      family: 'Transient',
      message: expect.stringMatching(/reached or trusted \([A-Z_]+\)/),
    });
  });

  it('at a closed port is Transient', async () => {
    await expect(client({ server: 'https://127.0.0.1:1' }).call(read)).rejects.toMatchObject({
      family: 'Transient',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it.each([
    ['a hanging server', { hang: true }, 'within the deadline'],
    ['a reset connection', { cut: true }, 'reached or trusted'],
    ['an answer that breaks off', { truncate: true }, 'reached or trusted'],
    ['a 429', { answer: { status: 429, headers: { 'retry-after': '7' }, body: '{}' } }, 'answers 429'],
    ['a 503 page in HTML', { answer: { status: 503, body: '<html>canary</html>' } }, 'answers 503'],
    ['a 200 page in HTML', { answer: { status: 200, body: '<html>canary</html>' } }, 'is not JSON'],
  ] as const)('by %s is Transient, once, and repeats nothing of the body', async (_, action, words) => {
    const proxy = await FaultProxy.start({ upstream: world.cluster.url, authority: world.authority });
    try {
      const rule = proxy.rule({ path: /^\/version/, action });
      const reports: unknown[] = [];
      const api = client(
        { server: proxy.url },
        { deadlineMs: 1_500, onCall: ({ method, resource }) => reports.push(`${method} ${resource}`) },
      );
      const failure = await api.call(read).catch((error: unknown) => error);
      expect(failure).toMatchObject({ family: 'Transient', reason: 'KubernetesUnavailable' });
      expect((failure as Error).message).toContain(words);
      expect((failure as Error).message).not.toContain('canary');
      expect(rule.matched).toBe(1);
      expect(reports).toEqual(['GET version']);
    } finally {
      await proxy.stop();
    }
  });

  const configMapsCall = () => ({ ...configMaps(), method: 'GET' as const });
});
