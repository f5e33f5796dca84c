import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { documents } from '../harness/api-client.ts';
import { repository } from '../harness/scratch.ts';
import { serverBinaries } from '../servers/binaries.ts';
import { argsOf, called, operatorOf, render } from './helm.ts';

const read = (path: string) => readFileSync(join(repository, 'deploy', path), 'utf8');

async function kustomize(folder: string) {
  const { kubectl } = await serverBinaries(['kubectl']);
  const { stdout } = await promisify(execFile)(kubectl, ['kustomize', join(repository, 'deploy', folder)], {
    maxBuffer: 1e8,
  });
  return documents(stdout);
}

describe('the plain manifests', () => {
  it('are the chart as it stands, without what only Helm knows', async () => {
    const chart = (await render({})).filter(({ kind }) => kind !== 'Pod');
    const plain = ['crds.yaml', 'operator.yaml'].flatMap((file) => documents(read(`manifests/${file}`)));
    expect(plain.map(called).sort()).toEqual(chart.map(called).sort());
    expect(argsOf(plain)).toEqual(argsOf(chart));
    expect(plain.filter(({ metadata }) => metadata.labels?.['app.kubernetes.io/managed-by'] === 'Helm')).toEqual([]);
  });

  it('are a base for Kustomize, with a namespace that enforces Restricted', async () => {
    const objects = await kustomize('manifests');
    expect(objects.find(({ kind }) => kind === 'Namespace')?.metadata.labels).toEqual({
      'pod-security.kubernetes.io/enforce': 'restricted',
    });
    expect(objects.filter(({ kind }) => kind === 'CustomResourceDefinition')).toHaveLength(3);
  });

  it('have an overlay to copy, which the operator understands', async () => {
    const objects = await kustomize('kustomize/example');
    const { vaultAddress, propagationFloorMs } = loadConfig(argsOf(objects), {});
    expect([vaultAddress, propagationFloorMs]).toEqual(['https://vault.media.example.com:8200', 180_000]);
    expect(operatorOf(objects).image).toBe('registry.example.com/media/social-channel-operator:0.1.0');
  });
});

describe('the examples for consumers', () => {
  it('mount the folder, never a file of it', () => {
    const files = readdirSync(join(repository, 'deploy/consumers')).filter((file) =>
      /-pod\.yaml$|csi\.yaml$|injector/.test(file),
    );
    const pods = files.flatMap((file) => documents(read(`consumers/${file}`))).filter(({ kind }) => kind === 'Pod');
    expect(pods).toHaveLength(3);
    const mounts = pods.flatMap(({ spec }) => spec.containers.flatMap(({ volumeMounts = [] }) => volumeMounts));
    expect(mounts.length).toBeGreaterThan(4);
    expect(mounts.filter((mount: object) => 'subPath' in mount)).toEqual([]);
  });

  it('bring the scripts along as a ConfigMap', async () => {
    const [map] = (await kustomize('consumers')).filter(({ kind }) => kind === 'ConfigMap');
    expect(map?.data).toEqual({
      'read-again.sh': read('consumers/read-again.sh'),
      'read-again.mjs': read('consumers/read-again.mjs'),
    });
  });

  it('read from Vault the one path that their policy admits', () => {
    const [path = ''] = /path "([^"]+)"/.exec(read('vault-consumer-policy.hcl'))?.slice(1) ?? [];
    const values = { mount: 'social', prefix: 'socialchannel', namespace: 'main-stage' };
    const filled = Object.entries(values).reduce((text, [name, value]) => text.replace(`{{${name}}}`, value), path);
    const admitted = new RegExp(`^${filled.replace('+', '[^/]+')}$`);
    for (const file of ['vault-agent.hcl', 'vault-agent-injector.yaml', 'secrets-store-csi.yaml']) {
      const paths = read(`consumers/${file}`).match(/social\/data\/[\w/-]+/g) ?? [];
      expect([file, paths.length > 1, paths.filter((one) => !admitted.test(one))]).toEqual([file, true, []]);
    }
  });
});

describe('Argo CD', () => {
  it('gets the health script for each kind', async () => {
    const [map] = await kustomize('gitops');
    const kinds = ['SocialChannel', 'SocialApp', 'SocialPlatform'];
    const script = read('gitops/argocd-health.lua');
    expect(map?.data).toEqual(
      Object.fromEntries(kinds.map((kind) => [`resource.customizations.health.socialops.dev_${kind}`, script])),
    );
  });
});

describe('the Terraform form of the Vault setup', () => {
  const module = read('vault/main.tf');

  /** What an expression of `replace(replace(file("…"), "a", b), "c", d)` comes to. */
  function policyOf(resource: string, values: Readonly<Record<string, string>>): string {
    const [, body = ''] = new RegExp(`resource "vault_policy" "${resource}" {(.*?)\n}`, 's').exec(module) ?? [];
    const [, file = ''] = /file\("\$\{path\.module\}\/\.\.\/([\w.-]+)"\)/.exec(body) ?? [];
    const replaced = [...body.matchAll(/"(\{\{\w+\}\})",\s*([\w.]+)\)/g)];
    return replaced.reduce((text, [, word = '', name = '']) => text.replaceAll(word, values[name] ?? '?'), read(file));
  }

  it.each([
    ['operator', 'vault-policy.hcl'],
    ['consumer', 'vault-consumer-policy.hcl'],
  ])('has the policy of the %s, word for word', (resource, file) => {
    const values = { 'var.mount': 'kv', 'var.prefix': 'teams', 'each.key': 'main-stage' };
    const expected = read(file)
      .replaceAll('{{mount}}', 'kv')
      .replaceAll('{{prefix}}', 'teams')
      .replaceAll('{{namespace}}', 'main-stage');
    expect(policyOf(resource, values)).toBe(expected);
    expect(expected).not.toContain('{{');
  });

  it('has the same role as the CLI form', () => {
    const cli = read('vault/setup.sh');
    const { role, audience } = { role: 'social-channel-operator', audience: 'vault' };
    for (const text of [module, cli])
      for (const word of [role, audience, 'social-system']) expect(text).toContain(word);
    expect(cli).toContain('token_ttl=20m token_max_ttl=24h');
    expect(module).toMatch(/token_ttl +=\s1200\n +token_max_ttl +=\s86400/);
    expect(cli).toContain('cas_required=true max_versions=10');
    expect(module).toMatch(/cas_required = true\n +max_versions = 10/);
  });
});
