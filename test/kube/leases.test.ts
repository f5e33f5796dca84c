import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Failure } from '../../src/core/failure.ts';
import type { ApiClient } from '../../src/kube/client.ts';
import { KubeLeases } from '../../src/kube/leases.ts';
import { FaultProxy } from '../harness/fault-proxy.ts';
import { sharedWorld } from '../harness/shared-world.ts';
import { createTenant, type Tenant } from '../harness/tenant.ts';
import { clientFor, operatorToken } from './cluster-client.ts';

const world = sharedWorld();
let tenant: Tenant;
let proxy: FaultProxy;
let client: ApiClient;
let leases: KubeLeases;

beforeAll(async () => {
  tenant = await createTenant(world);
  proxy = await FaultProxy.start({ upstream: world.cluster.url, authority: world.authority });
  client = clientFor(world.cluster, { server: proxy.url, token: await operatorToken(world, tenant.namespace) });
  leases = new KubeLeases({ client, namespace: tenant.namespace, deadlineMs: 500, now: Date.now });
});
afterAll(async () => {
  await client.close();
  await proxy.stop();
  await tenant.remove();
});

const lease = (name: string, holder: string | undefined) =>
  ({ name, role: 'Bucket', holder, durationMs: 14_500, buckets: 16 }) as const;

async function reasonOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    return error instanceof Failure ? error.reason : String(error);
  }
  return 'none';
}

describe('a Lease on a real API server', () => {
  it('is created, listed, renewed, released and deleted, each over the version that was read', async () => {
    const created = await leases.write(lease('bucket-07', 'a'), undefined);
    expect(created).toMatchObject({ name: 'bucket-07', role: 'Bucket', holder: 'a', durationMs: 15_000, buckets: 16 });
    expect(await leases.list()).toEqual([created]);
    const renewed = await leases.write(lease('bucket-07', 'a'), created.version);
    expect(renewed.version).not.toBe(created.version);
    const released = await leases.write(lease('bucket-07', undefined), renewed.version);
    expect(released.holder).toBeUndefined();
    expect((await tenant.get('Lease', 'bucket-07')).spec).not.toHaveProperty('holderIdentity');
    await leases.remove(released);
    expect(await leases.list()).toEqual([]);
  });

  it('is neither created twice nor written or deleted over a version that is no more', async () => {
    const created = await leases.write(lease('bucket-08', 'a'), undefined);
    expect(await reasonOf(leases.write(lease('bucket-08', 'b'), undefined))).toBe('CasLost');
    const renewed = await leases.write(lease('bucket-08', 'a'), created.version);
    expect(await reasonOf(leases.write(lease('bucket-08', 'b'), created.version))).toBe('CasLost');
    expect(await reasonOf(leases.remove(created))).toBe('CasLost');
    await leases.remove(renewed);
    expect(await reasonOf(leases.write(lease('bucket-08', 'a'), renewed.version))).not.toBe('none');
  });

  it('is not counted where it is none of ours', async () => {
    await tenant.apply({ kind: 'Lease', apiVersion: 'coordination.k8s.io/v1', metadata: { name: 'of-somebody-else' } });
    expect(await leases.list()).toEqual([]);
  });

  it('is waited for no longer than the deadline', async () => {
    const rule = proxy.rule({ method: 'GET', path: /\/leases\?/, action: { hang: true } });
    const startedAt = performance.now();
    expect(await reasonOf(leases.list())).toBe('KubernetesUnavailable');
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    rule.remove();
  });
});
