import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uniqueName } from '../harness/scratch.ts';
import { sharedWorld } from '../harness/shared-world.ts';
import { createTenant, type Tenant } from '../harness/tenant.ts';
import { VaultClient } from '../harness/vault-client.ts';
import { admitOperator } from '../harness/vault-setup.ts';

const world = sharedWorld();
const mount = 'social';
let tenant: Tenant;
let operator: VaultClient;
let consumer: VaultClient;

/** A path as the rows write it: `:` is this test's prefix, `~` its channel's folder. */
function path(short: string): string {
  const channel = `${tenant.vaultPrefix}/channels/${tenant.namespace}/main-stage`;
  return `/v1/${short.replace('~', channel).replace(':', tenant.vaultPrefix).replace('mount', mount)}`;
}

const bodies: Readonly<Record<string, object>> = {
  data: { options: { cas: 0 }, data: { probe: true } },
  destroy: { versions: [1] },
  config: { max_versions: 1 },
};

/** Whether the policy lets the request through; what Vault then makes of it is another matter. */
async function isLetThrough(client: VaultClient, method: string, short: string): Promise<boolean> {
  const kind = short.split('/')[1] ?? '';
  const body = method === 'POST' ? (bodies[kind] ?? {}) : undefined;
  return client.json(method, path(short), body).then(
    () => true,
    (error: Error) => !error.message.includes('permission denied'),
  );
}

beforeAll(async () => {
  tenant = await createTenant(world);
  const name = uniqueName('policy');
  const role = await admitOperator(world.root, tenant.vaultPrefix, { namespace: name, name });
  const { auth } = await world.root.json<{ auth: { client_token: string } }>('POST', '/v1/auth/token/create', {
    policies: [role],
    no_default_policy: true,
  });
  operator = new VaultClient(world.vault.url, { ca: world.vault.ca, token: auth.client_token });
  consumer = await tenant.consumer();
  for (const leaf of ['grant', 'token']) await world.root.write(tenant.vaultPath('main-stage', leaf), { leaf }, 0);
});
afterAll(async () => {
  await operator.close();
  await consumer.close();
  await tenant.remove();
});

describe('the operator is let through', () => {
  it.each([
    ['POST', 'mount/data/~/grant'],
    ['GET', 'mount/data/~/grant'],
    ['POST', 'mount/data/~/token'],
    ['POST', 'mount/data/~/staged'],
    ['POST', 'mount/data/~/parked'],
    ['POST', 'mount/data/~/pending'],
    ['POST', 'mount/data/:/accounts/0a1b'],
    ['POST', 'mount/data/:/imported/0a1b'],
    ['POST', 'mount/data/:/keys/escrow'],
    ['GET', 'mount/data/:/apps/main-stage/twitch'],
    ['GET', 'mount/metadata/~/grant'],
    ['DELETE', 'mount/metadata/~/parked'],
    ['POST', 'mount/destroy/~/grant'],
    ['GET', 'mount/config'],
    ['GET', 'auth/token/lookup-self'],
    ['POST', 'auth/token/renew-self'],
    ['POST', 'sys/capabilities-self'],
  ])('%s %s', async (method, short) => {
    expect(await isLetThrough(operator, method, short)).toBe(true);
  });

  it('to a lost check-and-set, not to a denial, when somebody else wrote a record first', async () => {
    await world.root.write(`${mount}/${tenant.vaultPrefix}/keys/escrow`, { key: 'first' }, 0).catch(() => {});
    const second = operator.write(`${mount}/${tenant.vaultPrefix}/keys/escrow`, { key: 'second' }, 0);
    await expect(second).rejects.toThrow('check-and-set parameter did not match');
  });
});

describe('the operator is turned away', () => {
  it.each([
    ['DELETE', 'mount/data/~/grant'],
    ['DELETE', 'mount/metadata/~/grant'],
    ['POST', 'mount/metadata/~/grant'],
    ['POST', 'mount/undelete/~/grant'],
    ['POST', 'mount/data/:/apps/main-stage/twitch'],
    ['POST', 'mount/data/~/grant/deeper'],
    ['GET', 'mount/data/~/other'],
    ['GET', 'mount/data/another-prefix/channels/main-stage/main-stage/grant'],
    ['GET', 'mount/metadata/:/channels?list=true'],
    ['DELETE', 'mount/metadata/:/keys/escrow'],
    ['DELETE', 'mount/metadata/:/imported/0a1b'],
    ['POST', 'mount/config'],
    ['GET', 'sys/mounts'],
    ['GET', 'sys/policies/acl/default'],
    ['POST', 'auth/token/create'],
  ])('%s %s', async (method, short) => {
    expect(await isLetThrough(operator, method, short)).toBe(false);
  });
});

describe('a pod', () => {
  it('reads the access token of its own namespace', async () => {
    expect(await consumer.read(tenant.vaultPath('main-stage', 'token'))).toMatchObject({ data: { leaf: 'token' } });
  });

  it.each([
    ['GET', 'mount/data/~/grant'],
    ['GET', 'mount/data/~/staged'],
    ['GET', 'mount/data/~/parked'],
    ['POST', 'mount/data/~/token'],
    ['GET', 'mount/metadata/~/token'],
    ['GET', 'mount/data/:/channels/another-namespace/main-stage/token'],
    ['GET', 'mount/data/:/apps/main-stage/twitch'],
    ['GET', 'mount/data/:/keys/escrow'],
  ])('is turned away from %s %s', async (method, short) => {
    expect(await isLetThrough(consumer, method, short)).toBe(false);
  });
});
