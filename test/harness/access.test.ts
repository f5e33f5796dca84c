import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiClient } from './api-client.ts';
import { grantAccess, namespacedAccess, operatorAccount, shippedAccess } from './operator-access.ts';
import { uniqueName } from './scratch.ts';
import { sharedWorld } from './shared-world.ts';
import { createTenant, type Tenant } from './tenant.ts';
import { VaultClient } from './vault-client.ts';
import { admitOperator, dismiss, login, vaultAudience, vaultMount } from './vault-setup.ts';

const world = sharedWorld();
const operatorNamespace = uniqueName('operator');
let tenant: Tenant;
let stranger: Tenant;
let role: string;

beforeAll(async () => {
  tenant = await createTenant(world);
  stranger = await createTenant(world);
  for (const { apply } of [tenant, stranger]) {
    await apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'theirs' }, stringData: { key: 'value' } });
  }
  role = await admitOperator(world.root, tenant.vaultPrefix, { namespace: operatorNamespace, name: operatorAccount });
});

afterAll(async () => {
  await dismiss(world.root, role);
  await Promise.all([tenant.remove(), stranger.remove()]);
});

async function operatorClient(namespace: string): Promise<ApiClient> {
  const token = await world.admin.token(namespace, operatorAccount);
  return new ApiClient(world.cluster.url, { ca: world.cluster.ca, token });
}

describe("the operator's own access to the cluster", () => {
  const secretIn = (namespace: string) => ({ apiVersion: 'v1', kind: 'Secret', namespace, name: 'theirs' });

  it('with its role bound per namespace, it reads Secrets where it serves and nowhere else', async () => {
    await grantAccess(world.admin, operatorNamespace, namespacedAccess(operatorNamespace, [tenant.namespace]));
    const operator = await operatorClient(operatorNamespace);
    expect(await operator.get(secretIn(tenant.namespace))).toMatchObject({ kind: 'Secret' });
    await expect(operator.get(secretIn(stranger.namespace))).rejects.toMatchObject({ status: 403 });
    await operator.close();
  });

  it('as it ships, it serves every namespace and still may touch nothing but its own kinds, Secrets and Events', async () => {
    const namespace = uniqueName('operator');
    const access = shippedAccess(namespace);
    await grantAccess(world.admin, namespace, access);
    const operator = await operatorClient(namespace);
    expect(await operator.get(secretIn(stranger.namespace))).toMatchObject({ kind: 'Secret' });
    await expect(operator.list({ apiVersion: 'v1', kind: 'ConfigMap' })).rejects.toMatchObject({ status: 403 });
    await expect(operator.list({ apiVersion: 'apps/v1', kind: 'Deployment' })).rejects.toMatchObject({ status: 403 });
    const other = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: uniqueName('made') } };
    await expect(operator.create(other)).rejects.toMatchObject({ status: 403 });
    await operator.close();
    for (const { apiVersion, kind, metadata } of access.filter(({ metadata }) => metadata.namespace === undefined)) {
      await world.admin.delete({ apiVersion, kind, name: metadata.name });
    }
  });
});

describe('access to Vault', () => {
  it("lets the operator's ServiceAccount in and gives it its own prefix alone", async () => {
    const jwt = await world.admin.token(operatorNamespace, operatorAccount, [vaultAudience]);
    const anonymous = new VaultClient(world.vault.url, { ca: world.vault.ca });
    const operator = new VaultClient(world.vault.url, { ca: world.vault.ca, token: await login(anonymous, role, jwt) });
    const grant = tenant.vaultPath('channel', 'grant');
    expect(await operator.write(grant, { refresh_token: 'r' }, 0)).toBe(1);
    expect(await operator.read(grant)).toMatchObject({ version: 1 });
    const foreign = `${vaultMount}/${stranger.vaultPrefix}/channels/${stranger.namespace}/channel/grant`;
    await expect(operator.read(foreign)).rejects.toMatchObject({ status: 403 });
    await expect(operator.json('GET', '/v1/sys/mounts')).rejects.toMatchObject({ status: 403 });
  });

  it.each([
    ['a token for another audience', () => world.admin.token(operatorNamespace, operatorAccount)],
    ['a token of another ServiceAccount', () => world.admin.token(tenant.namespace, 'default', [vaultAudience])],
  ])('refuses %s', async (_name, token) => {
    const anonymous = new VaultClient(world.vault.url, { ca: world.vault.ca });
    await expect(login(anonymous, role, await token())).rejects.toMatchObject({ status: 403 });
  });

  it('lets a consumer read the access token of its own namespace and nothing beside it', async () => {
    await world.root.write(tenant.vaultPath('shown', 'token'), { access_token: 'a' }, 0);
    await world.root.write(tenant.vaultPath('shown', 'grant'), { refresh_token: 'r' }, 0);
    const consumer = await tenant.consumer();
    expect(await consumer.read(tenant.vaultPath('shown', 'token'))).toMatchObject({ data: { access_token: 'a' } });
    const refused = { status: 403 };
    await expect(consumer.read(tenant.vaultPath('shown', 'grant'))).rejects.toMatchObject(refused);
    await expect(consumer.write(tenant.vaultPath('shown', 'token'), {}, 1)).rejects.toMatchObject(refused);
    const other = `${vaultMount}/${tenant.vaultPrefix}/channels/${stranger.namespace}/shown/token`;
    await expect(consumer.read(other)).rejects.toMatchObject(refused);
  });
});
