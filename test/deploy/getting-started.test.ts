import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OwnWorld, startWorld } from '../harness/world.ts';
import { blocksOf, type Shell, shellOf } from './pasted.ts';

const blocks = blocksOf('docs/getting-started.md');
const runnable = blocks.filter(({ mark }) => mark === '').map(({ text }) => text);

let world: OwnWorld;
let shell: Shell;

beforeAll(async () => {
  world = await startWorld({ platforms: [] });
  // They come with the chart.
  for (const name of ['socialchannels', 'socialapps', 'socialplatforms']) {
    const definition = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' };
    await world.admin.delete({ ...definition, name: `${name}.socialops.dev` });
  }
  shell = await shellOf(world);
});
afterAll(() => world.stop());

describe('getting started', () => {
  it('has commands to run, and says of the others why not', () => {
    expect(runnable.length).toBeGreaterThanOrEqual(5);
    expect(blocks.filter(({ mark }) => mark !== '').map(({ mark }) => mark)).toEqual(Array(3).fill('on-a-cluster'));
  });

  it('works as it stands, from the first command to the last', async () => {
    const printed: string[] = [];
    for (const text of runnable) printed.push((await shell.paste(text)).stdout);
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
