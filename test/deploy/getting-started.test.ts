import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repository } from '../harness/scratch.ts';
import { type OwnWorld, startWorld } from '../harness/world.ts';
import { serverBinaries } from '../servers/binaries.ts';
import { serverEnvironment } from '../servers/table.ts';

const page = readFileSync(join(repository, 'docs/getting-started.md'), 'utf8');
/** Blocks of the page in their order; those that say `on-a-cluster` need nodes, a registry or a reachable cluster. */
const blocks = [...page.matchAll(/^```sh(?<mark>.*)\n(?<text>[\s\S]*?)^```$/gm)].map(({ groups }) => ({
  mark: groups?.mark?.trim() ?? '',
  text: groups?.text ?? '',
}));
const runnable = blocks.filter(({ mark }) => mark === '').map(({ text }) => text);

let world: OwnWorld;
let env: Record<string, string>;

beforeAll(async () => {
  world = await startWorld({ platforms: [] });
  // They come with the chart.
  for (const name of ['socialchannels', 'socialapps', 'socialplatforms']) {
    const definition = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' };
    await world.admin.delete({ ...definition, name: `${name}.socialops.dev` });
  }
  const bin = join(world.folder, 'bin');
  mkdirSync(bin);
  const binaries = await serverBinaries(['helm', 'kubectl', 'vault']);
  for (const [name, path] of Object.entries(binaries)) symlinkSync(path, join(bin, name));
  writeFileSync(join(world.folder, 'vault-ca.crt'), world.vault.ca);
  env = {
    ...serverEnvironment,
    PATH: `${bin}:${process.env.PATH}`,
    HOME: world.folder,
    KUBECONFIG: world.cluster.kubeconfig,
    VAULT_ADDR: world.vault.url,
    VAULT_CACERT: join(world.folder, 'vault-ca.crt'),
    VAULT_TOKEN: world.vault.rootToken,
  };
});
afterAll(() => world.stop());

/** A block as a person would paste it. @throws with what it printed, where a command of it fails */
const paste = (text: string) => promisify(execFile)('sh', ['-euxc', text], { cwd: repository, env });

describe('getting started', () => {
  it('has commands to run, and says of the others why not', () => {
    expect(runnable.length).toBeGreaterThanOrEqual(5);
    expect(blocks.filter(({ mark }) => mark !== '').map(({ mark }) => mark)).toEqual(Array(3).fill('on-a-cluster'));
  });

  it('works as it stands, from the first command to the last', async () => {
    const printed: string[] = [];
    for (const text of runnable) printed.push((await paste(text)).stdout);
    expect(printed.join('\n')).toContain('helm test social-channel-operator -n social-system --logs');
    expect(printed.join('\n')).toMatch(/^main-stage-twitch /m);
    const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'social-system' };
    const { spec } = await world.admin.get({ ...deployment, name: 'social-channel-operator' });
    const [operator] = spec.template.spec.containers;
    expect(operator.image).toBe('registry.example.com/media/social-channel-operator:0.1.0');
    expect(operator.args).toContain(`--vault-address=${world.vault.url}`);
    const pod = { apiVersion: 'v1', kind: 'Pod', namespace: 'main-stage', name: 'encoder' };
    expect((await world.admin.get(pod)).spec.volumes).toContainEqual(expect.objectContaining({ name: 'token' }));
  });
});
