import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ManagedProcess } from '../harness/managed-process.ts';
import { operatorAccount, writeAccessFiles } from '../harness/operator-access.ts';
import { repository, scratchFolder, uniqueName } from '../harness/scratch.ts';
import { sharedWorld } from '../harness/shared-world.ts';
import { VaultClient } from '../harness/vault-client.ts';
import { login, shippedPolicy, vaultAudience } from '../harness/vault-setup.ts';
import { serverBinaries } from '../servers/binaries.ts';
import { serverEnvironment } from '../servers/table.ts';

const world = sharedWorld();
const run = promisify(execFile);
const folder = scratchFolder('vault-forms');
const mount = uniqueName('kv');
const namespace = uniqueName('operator');
const served = uniqueName('stage');
const role = uniqueName('role');
const consumerRole = `social-channel-${served}`;
let env: Record<string, string>;

beforeAll(async () => {
  const { vault } = await serverBinaries(['vault']);
  mkdirSync(join(folder, 'bin'));
  // The scripts say "vault", whatever the binary is called here.
  symlinkSync(vault, join(folder, 'bin', 'vault'));
  writeFileSync(join(folder, 'ca.crt'), world.vault.ca);
  env = {
    ...serverEnvironment,
    PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
    HOME: folder,
    VAULT_ADDR: world.vault.url,
    VAULT_CACERT: join(folder, 'ca.crt'),
    VAULT_TOKEN: world.vault.rootToken,
    MOUNT: mount,
    ROLE: role,
    NAMESPACE: namespace,
  };
  for (const name of [namespace, served]) {
    await world.admin.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  }
  for (const [place, name] of [
    [namespace, operatorAccount],
    [served, 'encoder'],
  ]) {
    await world.admin.apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: place } });
  }
});
afterAll(async () => {
  for (const one of [role, consumerRole]) {
    await world.root.json('DELETE', `/v1/auth/kubernetes/role/${one}`);
    await world.root.json('DELETE', `/v1/sys/policies/acl/${one}`);
  }
  await world.root.json('DELETE', `/v1/sys/mounts/${mount}`);
  for (const name of [namespace, served]) await world.admin.delete({ apiVersion: 'v1', kind: 'Namespace', name });
});

const script = (name: string, ...args: string[]) => run(join(repository, 'deploy/vault', name), args, { env });

describe('the setup of Vault by the CLI', () => {
  it('runs, and runs again', async () => {
    await script('setup.sh');
    await script('setup.sh');
  });

  it('gives the operator what its own check asks for, by the policy that it ships with', async () => {
    const { data } = await world.root.json<{ data: { policy: string } }>('GET', `/v1/sys/policies/acl/${role}`);
    expect(data.policy).toBe(shippedPolicy('vault-policy.hcl', { mount, prefix: 'socialchannel' }));
    const files = await writeAccessFiles({
      admin: world.admin,
      namespace,
      folder,
      kubernetesUrl: world.cluster.url,
      ca: world.cluster.ca,
    });
    files.stopRenewing();
    const flags = [
      ...['--kubeconfig', files.kubeconfig, '--vault-address', world.vault.url, '--vault-ca-file', files.ca],
      ...['--vault-mount', mount, '--vault-auth-role', role, '--vault-auth-token-file', files.vaultToken],
    ];
    const check = run(process.execPath, [join(repository, 'src/main.ts'), '--check', ...flags], {
      env: { PATH: env.PATH },
    });
    // It has no rights in the cluster, and says so; Vault is what this is about.
    const { stdout } = (await check.catch((error: unknown) => error)) as { stdout: string };
    expect(stdout).toMatch(new RegExp(`^ok +Vault +login, mount ${mount} and policy at `, 'm'));
  });
});

describe('a consumer', () => {
  const path = `${mount}/socialchannel/channels/${served}/main-stage-twitch`;

  it('reads tokens of its own namespace, and no grant', async () => {
    await script('consumer.sh', served, 'encoder');
    await world.root.write(`${path}/token`, { access_token: 'first', expires_at: '2036-01-01T00:00:00Z' }, 0);
    await world.root.write(`${path}/grant`, { refresh_token: 'never' }, 0);
    const anonymous = new VaultClient(world.vault.url, { ca: world.vault.ca });
    const jwt = await world.admin.token(served, 'encoder', [vaultAudience]);
    const consumer = new VaultClient(world.vault.url, {
      ca: world.vault.ca,
      token: await login(anonymous, consumerRole, jwt),
    });
    expect((await consumer.read(`${path}/token`))?.data).toMatchObject({ access_token: 'first' });
    await expect(consumer.read(`${path}/grant`)).rejects.toThrow('permission denied');
    await Promise.all([consumer.close(), anonymous.close()]);
  });

  it('has its files kept fresh by Vault Agent with the example', async () => {
    const jwtFile = join(folder, 'jwt');
    writeFileSync(jwtFile, await world.admin.token(served, 'encoder', [vaultAudience]));
    const example = readFileSync(join(repository, 'deploy/consumers/vault-agent.hcl'), 'utf8');
    const config = join(folder, 'agent.hcl');
    const replaced = example
      .replaceAll('social/data/socialchannel/channels/main-stage/', `${mount}/data/socialchannel/channels/${served}/`)
      .replace('social-channel-main-stage', consumerRole)
      .replace('/var/run/secrets/vault/token', jwtFile)
      .replaceAll('/run/social/twitch', folder)
      .replace('"30s"', '"1s"');
    writeFileSync(config, replaced);
    const file = join(folder, 'access_token');
    const content = () => (existsSync(file) ? readFileSync(file, 'utf8') : '');
    const { VAULT_TOKEN: _root, ...agentEnv } = env;
    const agent = new ManagedProcess({
      name: 'Vault Agent',
      command: join(folder, 'bin', 'vault'),
      args: ['agent', `-config=${config}`],
      env: agentEnv,
      logFile: join(folder, 'agent.log'),
      ready: async () => content() === 'first',
      readyWithinMs: 30_000,
    });
    await agent.start();
    try {
      expect(readFileSync(join(folder, 'expires_at'), 'utf8')).toBe('2036-01-01T00:00:00Z');
      await world.root.write(`${path}/token`, { access_token: 'second', expires_at: '2036-01-02T00:00:00Z' }, 1);
      await expect.poll(content, { timeout: 30_000 }).toBe('second');
    } finally {
      await agent.kill();
    }
  });
});
