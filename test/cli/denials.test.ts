import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../harness/scratch.ts';
import { sharedWorld } from '../harness/shared-world.ts';
import { channelWithTokens } from '../harness/stage.ts';
import { createTenant, type Tenant } from '../harness/tenant.ts';
import { builtPlugin, type Plugin } from './plugin.ts';

const world = sharedWorld();
let tenant: Tenant;
let plugin: Plugin;

beforeAll(async () => {
  [tenant, plugin] = await Promise.all([createTenant(world), builtPlugin(world)]);
  await tenant.apply(channelWithTokens('main-stage', 'twitch', undefined));
  await tenant.apply([
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'looker', namespace: tenant.namespace },
      rules: [{ apiGroups: ['socialops.dev'], resources: ['socialchannels'], verbs: ['get', 'list'] }],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'looker', namespace: tenant.namespace },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'looker' },
      subjects: [{ kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: 'lookers' }],
    },
  ]);
});

afterAll(async () => {
  await tenant?.remove();
});

/** The administrator's kubeconfig with something else in it. */
function kubeconfigWith(change: (text: string) => string): string {
  const file = join(plugin.folder, `${Math.random()}.kubeconfig`);
  writeFileSync(file, change(readFileSync(world.cluster.kubeconfig, 'utf8')), { mode: 0o600 });
  return file;
}

const at = (...args: string[]) => plugin.run(['-n', tenant.namespace, ...args]);

describe('who may not', () => {
  it('reads which permission is missing, for whom and where, and how an administrator gives it', async () => {
    const { code, err, out } = await at('status', '--as', 'dana');
    expect({ code, out }).toEqual({ code: 4, out: '' });
    expect(err).toBe(
      `Could not list the SocialChannels of namespace ${tenant.namespace}: you are "dana", who may not list socialchannels.socialops.dev in namespace ${tenant.namespace}. An administrator gives it: kubectl create role NAME --verb=list --resource=socialchannels.socialops.dev -n ${tenant.namespace}, and a rolebinding for you.\n`,
    );
    expect((await at('status', '-A', '--as', 'dana')).err).toContain('in the whole cluster');
  });

  it('may look as a member of a group, and reads what else is missing', async () => {
    const looker = ['--as', 'dana', '--as-group', 'lookers', '--as-group', 'system:authenticated'];
    expect(await at('status', ...looker)).toMatchObject({ code: 0, err: '' });
    const refresh = await at('refresh', 'main-stage', ...looker);
    expect(refresh).toMatchObject({ code: 4, out: '' });
    expect(refresh.err).toContain('who may not patch socialchannels.socialops.dev in namespace');
    const doctor = await at('doctor', ...looker);
    expect(doctor.code).toBe(1);
    expect(doctor.out).toContain('warn   you may not patch socialchannels.socialops.dev in namespace');
    expect(doctor.out).toMatch(/\?\s+Could not list the pods of namespace/);
  });

  it('cannot borrow a name without the right to', async () => {
    const token = await tokenOf('plain');
    const file = kubeconfigWith((text) => text.replace(/user:\n(?: {6}.*\n)+$/m, `user: { token: "${token}" }\n`));
    const { code, err } = await at('status', '--kubeconfig', file, '--as', 'root');
    expect(code).toBe(4);
    expect(err).toContain('who may not act as another user. Leave out --as');
  });
});

async function tokenOf(name: string): Promise<string> {
  await tenant.apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } });
  return await world.admin.token(tenant.namespace, name);
}

describe('a cluster that is not there', () => {
  it('is told apart from one that is not trusted, and from a login that is refused', async () => {
    const gone = `https://127.0.0.1:${await freePort()}`;
    const unreachable = await at(
      'status',
      '--kubeconfig',
      kubeconfigWith((text) => text.replace(world.cluster.url, gone)),
    );
    expect(unreachable.code).toBe(3);
    expect(unreachable.err).toContain(`the API server ${gone} (context "tests") cannot be reached (ECONNREFUSED).`);
    const untrusted = kubeconfigWith((text) => text.replace(/certificate-authority-data: \S+/, ''));
    const distrust = await at('status', '--kubeconfig', untrusted);
    expect(distrust.code).toBe(3);
    expect(distrust.err).toContain('is not trusted');
    const stranger = kubeconfigWith((text) => text.replace(/user:\n(?: {6}.*\n)+$/m, 'user: { token: "wrong" }\n'));
    const refused = await at('status', '--kubeconfig', stranger);
    expect(refused.code).toBe(4);
    expect(refused.err).toContain('does not accept your login (401)');
  });

  it('is not waited for longer than --request-timeout', async () => {
    // An address of the block for documentation: nothing answers there (RFC 5737).
    const silent = kubeconfigWith((text) => text.replace(world.cluster.url, 'https://192.0.2.1:6443'));
    const startedAt = Date.now();
    const { code } = await at('status', '--kubeconfig', silent, '--request-timeout', '1s');
    expect(code).toBe(3);
    expect(Date.now() - startedAt).toBeLessThan(5_000);
  });
});

describe('a kubeconfig', () => {
  it.each([
    ['a wrong context', ['--context', 'test'], 'has no context "test". Did you mean "tests"? Known: tests.'],
    ['a wrong user', ['--user', 'someone'], 'has no user "someone". Known: administrator.'],
    [
      'a file that is not there',
      ['--kubeconfig', '/nowhere'],
      'The kubeconfig /nowhere cannot be used: it cannot be read (ENOENT).',
    ],
  ])('with %s is refused with what there is', async (_, flags, message) => {
    const { code, err } = await at('status', ...flags);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(message) });
  });

  it('may be several files, of which the first that names something wins', async () => {
    const other = kubeconfigWith((text) =>
      text
        .replace('current-context: tests', 'current-context: other')
        .replaceAll('name: tests', 'name: other')
        .replace('cluster: tests', 'cluster: other'),
    );
    const env = { KUBECONFIG: `${plugin.folder}/absent:${other}:${world.cluster.kubeconfig}` };
    const run = (...more: string[]) => plugin.run(['status', '-n', tenant.namespace, ...more], { env });
    expect((await run()).code).toBe(0);
    expect((await run('--context', 'tests')).code).toBe(0);
    expect((await run('--context', 'third')).err).toContain('Known: other, tests.');
  });

  it('gives the namespace where -n does not', async () => {
    const file = kubeconfigWith((text) =>
      text.replace('cluster: tests\n      user', `cluster: tests\n      namespace: ${tenant.namespace}\n      user`),
    );
    expect((await plugin.run(['status', '-o', 'name', '--kubeconfig', file])).out).toBe('main-stage\n');
  });
});

describe('a name that is not there', () => {
  it.each([
    ['main-stge', ' Did you mean "main-stage"?'],
    ['vod', ' This namespace has: main-stage.'],
  ])('%s: the nearest is named, or all', async (name, hint) => {
    const { code, err } = await at('describe', name);
    expect({ code, err }).toEqual({ code: 5, err: `There is no SocialChannel ${tenant.namespace}/${name}.${hint}\n` });
  });
});

describe('completion', () => {
  it.each([
    [['des'], 'describe\t'],
    [['-n', 'NS', 'describe', ''], 'main-stage\n'],
    [['describe', '-n', 'NS', 'main-stage', ''], ':4\n'],
    [['status', '-o', 'w'], 'wide\n'],
    [['--context', ''], 'tests\n'],
    [['explain', 'AccessRev'], 'AccessRevoked\n'],
    [['import', '-f', ''], ':0\n'],
  ])('of %j', async (words, expected) => {
    const { out } = await plugin.run(['__complete', ...words.map((word) => word.replace('NS', tenant.namespace))]);
    expect(out.startsWith(expected)).toBe(true);
  });

  it('works in bash itself', async () => {
    const script = `kubectl-socialchannel() { "${process.execPath}" "${plugin.command}" "$@"; }
      source <(kubectl-socialchannel completion bash)
      COMP_WORDS=(kubectl-socialchannel -n ${tenant.namespace} refresh ma); COMP_CWORD=4; _kubectl_socialchannel; echo "\${COMPREPLY[@]}"
      COMP_WORDS=(kubectl-socialchannel fore); COMP_CWORD=1; _kubectl_socialchannel; echo "\${COMPREPLY[@]}"`;
    const env = { PATH: process.env.PATH ?? '', HOME: plugin.folder, KUBECONFIG: world.cluster.kubeconfig };
    expect(execFileSync('bash', ['-c', script], { env, encoding: 'utf8' })).toBe('main-stage\nforecast\n');
  });
});
