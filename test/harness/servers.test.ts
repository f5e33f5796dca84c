import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issueExpiredServer } from './certificates.ts';
import { compactEtcd } from './cluster.ts';
import { VaultClient } from './vault-client.ts';
import { vaultMount } from './vault-setup.ts';
import { type OwnWorld, startWorld } from './world.ts';

const configMap = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default' };
let world: OwnWorld;

beforeAll(async () => {
  world = await startWorld({ platforms: [] });
});

afterAll(() => world.stop());

async function create(name: string): Promise<void> {
  await world.admin.create({ ...configMap, metadata: { name, namespace: 'default' } });
}

describe('the control plane', () => {
  it('says its version, which charts look at', async () => {
    const { gitVersion } = await world.admin.request('GET', '/version');
    expect(gitVersion).toMatch(/^v1\.[3-9]\d\.\d+/);
  });

  it.each(['etcd', 'apiServer', 'controllerManager'] as const)(
    'keeps its objects when %s is killed and started',
    async (name) => {
      await create(`before-${name.toLowerCase()}`);
      await world.servers.cluster[name].restart();
      expect(await world.admin.find({ ...configMap, name: `before-${name.toLowerCase()}` })).toBeDefined();
      await create(`after-${name.toLowerCase()}`);
    },
  );

  it('does not answer while the API server is paused, and answers the same request once it goes on', async () => {
    const { apiServer } = world.servers.cluster;
    apiServer.pause();
    let answered = false;
    const namespaces = world.admin.list({ apiVersion: 'v1', kind: 'Namespace' }).finally(() => {
      answered = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    const answeredWhilePaused = answered;
    apiServer.resume();
    expect((await namespaces).length).toBeGreaterThan(0);
    expect(answeredWhilePaused).toBe(false);
  });

  it('answers 410 Gone to a watch from before a compaction, once its own cache is new', async () => {
    const { metadata } = await world.admin.get({ apiVersion: 'v1', kind: 'Namespace', name: 'default' });
    await create('between');
    await compactEtcd(world.cluster);
    await world.servers.cluster.apiServer.restart();
    const query = { watch: 'true', resourceVersion: metadata.resourceVersion ?? '', timeoutSeconds: '1' };
    const watch = await world.admin
      .text('GET', '/api/v1/namespaces/default/configmaps', { query })
      .catch((error: Error) => error.message);
    expect(watch).toContain('too old resource version');
  });
});

describe('vault', () => {
  const path = `${vaultMount}/servers-test/one`;

  it('insists on check-and-set', async () => {
    const write = world.root.json('POST', `/v1/${vaultMount}/data/servers-test/two`, { data: { a: 1 } });
    await expect(write).rejects.toThrow('check-and-set parameter required');
  });

  it('answers 503 while sealed and has its data after the unseal', async () => {
    await world.root.write(path, { value: 'first' }, 0);
    await world.servers.vault.seal();
    await expect(world.root.read(path)).rejects.toMatchObject({ status: 503 });
    await world.servers.vault.unseal();
    expect(await world.root.read(path)).toMatchObject({ data: { value: 'first' }, version: 1 });
  });

  it('has its data after SIGKILL', async () => {
    await world.servers.vault.restart();
    expect(await world.root.read(path)).toMatchObject({ version: 1 });
  });

  it('goes back in time when a snapshot is restored', async () => {
    const snapshot = await world.servers.vault.snapshot();
    await world.root.write(path, { value: 'second' }, 1);
    await world.servers.vault.restore(snapshot);
    expect(await world.root.read(path)).toMatchObject({ data: { value: 'first' }, version: 1 });
  });

  it('can show an expired certificate to clients that verify it', async () => {
    await world.servers.vault.restartWithCertificate(issueExpiredServer(world.authority, 'vault'));
    const strict = new VaultClient(world.vault.url, { ca: world.vault.ca });
    await expect(strict.status('GET', '/v1/sys/health')).rejects.toThrow(/expired/);
    await strict.close();
  });
});
