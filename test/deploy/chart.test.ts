import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { cases } from '../chart/cases.ts';
import { called, render } from '../chart/helm.ts';
import { documents, type KubernetesObject } from '../harness/api-client.ts';
import { uniqueName } from '../harness/scratch.ts';
import { sharedWorld } from '../harness/shared-world.ts';
import { waitFor } from '../harness/wait.ts';
import { serverBinaries } from '../servers/binaries.ts';
import { schemaLocation, writeSchemas } from './schemas.ts';

const world = sharedWorld();
const namespace = uniqueName('charted');
/** Those that values of the table name. */
const namespaces = [namespace, 'main-stage', 'second-stage', 'monitoring'];
const restricted = Object.fromEntries(
  ['enforce', 'warn'].map((mode) => [`pod-security.kubernetes.io/${mode}`, 'restricted']),
);
const definitions = join(import.meta.dirname, '..', 'chart', 'definitions');
const runtimeClass = {
  apiVersion: 'node.k8s.io/v1',
  kind: 'RuntimeClass',
  metadata: { name: 'gvisor' },
  handler: 'runsc',
};
const foreign = readdirSync(definitions).flatMap((file) => documents(readFileSync(join(definitions, file), 'utf8')));

const renderings = new Map<string, KubernetesObject[]>();

beforeAll(async () => {
  await world.admin.apply([
    ...namespaces.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: restricted } })),
    runtimeClass,
    ...foreign,
  ]);
  // Pods are admitted only with their ServiceAccount.
  const accounts = ['social-channel-operator', 'operator', 'social'].flatMap((name) =>
    namespaces.map((place) => ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: place } })),
  );
  await world.admin.apply(accounts);
  for (const { metadata, spec } of foreign) {
    await waitFor(async () => (await served(spec.group)).includes(spec.names.plural), {
      what: `${metadata.name} to be served`,
    });
  }
  const rendered = cases.map(
    async ({ title, values, apis = [] }) => [title, await render(values, { apis, namespace })] as const,
  );
  for (const [title, objects] of await Promise.all(rendered)) renderings.set(title, objects);
});
afterAll(async () => {
  for (const name of namespaces) await world.admin.delete({ apiVersion: 'v1', kind: 'Namespace', name });
  for (const { apiVersion, kind, metadata } of [runtimeClass, ...foreign]) {
    await world.admin.delete({ apiVersion, kind, name: metadata.name });
  }
});

async function served(group: string): Promise<string[]> {
  const { resources } = await world.admin.request('GET', `/apis/${group}/v1`).catch(() => ({ resources: [] }));
  return resources.map(({ name }: { name: string }) => name);
}

/** The pods that a Deployment would make: only pods are judged by Pod Security with more than a warning. */
function podsOf(objects: readonly KubernetesObject[]): KubernetesObject[] {
  return objects
    .filter(({ kind }) => kind === 'Deployment')
    .map(({ metadata, spec: { template } }) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...template.metadata, name: `${metadata.name}-0`, namespace: metadata.namespace },
      spec: template.spec,
    }));
}

/** Exit code and both outputs of a tool that reads objects. */
async function feed(command: string, args: readonly string[], objects: readonly object[]) {
  const child = spawn(command, args);
  // A tool that has seen enough reads no further; what it says tells why.
  child.stdin.on('error', () => {});
  child.stdin.end(objects.map((object) => `---\n${stringify(object)}`).join(''));
  const [out, err, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise((resolve) => child.once('close', resolve)),
  ]);
  return { code, out, err };
}

describe('the API server takes (dry run, every field known, namespaces that enforce Restricted)', () => {
  const seen = new Set<string>();
  const flags = ['--kubeconfig', world.cluster.kubeconfig, '--cache-dir', world.folder];
  const apply = [
    'apply',
    '--server-side',
    '--dry-run=server',
    '--validate=strict',
    '--force-conflicts',
    '--filename',
    '-',
  ];

  it.concurrent.each(cases)('$title', async ({ title }) => {
    const { kubectl } = await serverBinaries(['kubectl']);
    const objects = renderings.get(title) ?? [];
    // Objects that are as in another rendering are tried once, but for the Deployment, which every rendering has.
    const isNew = (object: KubernetesObject) => object.kind === 'Deployment' || !seen.has(JSON.stringify(object));
    const fresh = [...objects, ...podsOf(objects)].filter(isNew);
    for (const object of fresh) seen.add(JSON.stringify(object));
    const { code, out, err } = await feed(kubectl, [...flags, ...apply], fresh);
    expect([code, err]).toEqual([0, '']);
    expect(out.trim().split('\n')).toHaveLength(fresh.length);
  });

  it('but not a pod that may become root', async () => {
    const { kubectl } = await serverBinaries(['kubectl']);
    const objects = await render({ podSecurityContext: { runAsNonRoot: false } }, { namespace });
    const { code, err } = await feed(kubectl, [...flags, ...apply], podsOf(objects));
    expect([code, err]).toEqual([1, expect.stringContaining('violates PodSecurity "restricted:latest"')]);
  });
});

describe('kubeconform, with the schemas of this API server,', () => {
  const folder = join(world.folder, uniqueName('schemas'));
  const flags = ['-strict', '-summary', '-schema-location', join(folder, schemaLocation)];
  beforeAll(async () => {
    expect(await writeSchemas(world.admin, folder)).toBeGreaterThan(50);
  });

  it('finds every rendering and the plain manifests valid', async () => {
    const { kubeconform } = await serverBinaries(['kubeconform']);
    const manifests = join(import.meta.dirname, '..', '..', 'deploy', 'manifests');
    // What Kustomize reads is no object of the API server.
    const files = readdirSync(manifests).filter((file) => file !== 'kustomization.yaml');
    const plain = files.flatMap((file) => documents(readFileSync(join(manifests, file), 'utf8')));
    const rendered = [...renderings.values()].flat().map((object) => JSON.stringify(object));
    const all = [...new Set(rendered)].map((object) => JSON.parse(object) as KubernetesObject);
    const { code, out } = await feed(kubeconform, flags, [...all, ...plain]);
    expect(out).toContain(`${all.length + plain.length} resources found`);
    expect([code, out]).toEqual([0, expect.stringContaining('Invalid: 0, Errors: 0, Skipped: 0')]);
  });

  it('finds a field with a typo', async () => {
    const { kubeconform } = await serverBinaries(['kubeconform']);
    const deployment = (await render({})).find((object) => called(object) === 'Deployment/social-channel-operator');
    const { code, out } = await feed(kubeconform, flags, [
      { ...deployment, spec: { ...deployment?.spec, replica: 2 } },
    ]);
    expect([code, out]).toEqual([1, expect.stringContaining("'replica' not allowed")]);
  });
});
