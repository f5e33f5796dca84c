import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { chart, helm, release, vaultAddress } from '../chart/helm.ts';
import type { KubernetesObject } from '../harness/api-client.ts';
import { waitFor } from '../harness/wait.ts';
import { type OwnWorld, startWorld } from '../harness/world.ts';
import { partsOf, previousCommit } from './previous.ts';

/**
 * Helm against a cluster of its own, since CRDs come and go here. It has no nodes: objects are stored and no pod runs,
 * which is what this is about.
 */
let world: OwnWorld;
let previous: string;
let next: string;

const namespace = 'social-system';
const channel = {
  apiVersion: 'socialops.dev/v1alpha1',
  kind: 'SocialChannel',
  namespace: 'main-stage',
  name: 'main-stage-twitch',
};
const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  name: 'socialchannels.socialops.dev',
};
const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name: release };

/** Every optional field that a person sets, and a status of every kind of value. */
const spec = {
  appRef: { name: 'twitch' },
  account: { id: '141981764', handle: '@mainstage' },
  owner: { name: 'Dana Reyes', email: 'dana@example.com' },
  refresh: { policy: 'Automatic', atPercentOfLifetime: 60 },
  expiringWindow: '72h',
  secret: { name: 'token-of-the-stage', labels: { 'team.example.com/a': 'b' } },
  deletionPolicy: 'Forget',
};
const status = {
  state: 'Connected',
  reason: 'Healthy',
  epoch: 2,
  generation: 7,
  accessTokenExpiryTime: '2036-11-23T06:00:00Z',
  conditions: [
    {
      type: 'Ready',
      status: 'True',
      reason: 'Connected',
      message: 'x',
      lastTransitionTime: '2026-11-23T06:00:00Z',
      observedGeneration: 1,
    },
  ],
};

beforeAll(async () => {
  world = await startWorld({ platforms: [] });
  previous = previousChart();
  next = nextChart();
  // The world brings the CRDs; here they come with the chart alone.
  for (const name of ['socialchannels', 'socialapps', 'socialplatforms']) {
    await world.admin.delete({ ...definition, name: `${name}.socialops.dev` });
  }
  for (const name of [namespace, 'main-stage']) {
    await world.admin.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  }
});
afterAll(() => world.stop());

/** The chart of the last commit that had another one; the first chart has none before it. */
function previousChart(): string {
  const parts = ['templates', 'values.yaml', 'files/crds'].map((part) => `charts/social-channel-operator/${part}`);
  const folder = partsOf(previousCommit(parts), ['charts'], join(world.folder, 'previous'));
  return join(folder, 'charts', 'social-channel-operator');
}

/** The chart as the next version might have it: a new optional field, and an image of its own. */
function nextChart(): string {
  const folder = join(world.folder, 'next');
  cpSync(chart, folder, { recursive: true });
  const file = join(folder, 'files/crds/socialchannels.yaml');
  const before = readFileSync(file, 'utf8');
  const after = before.replace(/^( +)owner:\n/m, '$1nickname: { type: string, maxLength: 63 }\n$&');
  expect(after).not.toBe(before);
  writeFileSync(file, after);
  const about = join(folder, 'Chart.yaml');
  writeFileSync(about, readFileSync(about, 'utf8').replaceAll('0.1.0', '0.2.0'));
  return folder;
}

/** Helm with this release. @throws with what it says */
async function run(verb: string, args: readonly string[], values: object = {}): Promise<string> {
  const where = ['--namespace', namespace, '--kubeconfig', world.cluster.kubeconfig];
  const takesValues = verb === 'install' || verb === 'upgrade';
  const more = takesValues ? ['--values', '-'] : [];
  const home = Object.fromEntries(
    ['CACHE', 'CONFIG', 'DATA'].map((name) => [`HELM_${name}_HOME`, join(world.folder, `helm-${name}`)]),
  );
  const input = takesValues ? stringify({ vault: { address: vaultAddress }, ...values }) : '';
  const { code, stdout, stderr } = await helm([verb, ...args, ...where, ...more], input, home);
  if (code !== 0) throw new Error(`helm ${verb}: ${stderr}`);
  return stdout;
}

async function stored(): Promise<Pick<KubernetesObject, string>> {
  const { spec, status, metadata } = await world.admin.get(channel);
  return { spec, status, uid: metadata.uid };
}

async function hasField(field: string): Promise<boolean> {
  const { spec } = await world.admin.get(definition);
  return field in spec.versions[0].schema.openAPIV3Schema.properties.spec.properties;
}

const image = async () => (await world.admin.get(deployment)).spec.template.spec.containers[0].image as string;

describe('a release', () => {
  let before: unknown;

  it('is installed from the chart before this one, and stores a channel', async () => {
    await run('install', [release, previous]);
    await waitFor(async () => (await world.admin.find(channel).catch(() => null)) === undefined, {
      what: 'the CRDs to be served',
    });
    await world.admin.apply({
      apiVersion: channel.apiVersion,
      kind: channel.kind,
      metadata: { name: channel.name, namespace: channel.namespace, finalizers: ['socialops.dev/forget'] },
      spec,
    });
    await world.admin.patch(channel, { status }, 'status');
    before = await stored();
    expect(before).toMatchObject({ spec, status });
  });

  it('is upgraded to this chart and rolled back, and the channel stays as it is, byte for byte', async () => {
    await run('upgrade', [release, chart], { replicaCount: 3 });
    expect((await world.admin.get(deployment)).spec.replicas).toBe(3);
    expect(await stored()).toEqual(before);
    await run('rollback', [release, '1']);
    expect((await world.admin.get(deployment)).spec.replicas).toBe(2);
    expect(await stored()).toEqual(before);
    await run('upgrade', [release, chart]);
  });

  it('brings the CRDs of a later version along, which crds/ of a chart would not', async () => {
    expect(await hasField('nickname')).toBe(false);
    await run('upgrade', [release, next]);
    expect([await hasField('nickname'), await image()]).toEqual([true, 'social-channel-operator:0.2.0']);
    expect(await stored()).toEqual(before);
    await world.admin.patch(channel, { spec: { nickname: 'stage' } });
  });

  it('goes back from a later version: what this one does not know is not shown, all else stays', async () => {
    await run('rollback', [release]);
    expect([await hasField('nickname'), await image()]).toEqual([false, 'social-channel-operator:0.1.0']);
    expect(await stored()).toEqual(before);
    // As the operator does it: a merge patch of the status with the version that was read.
    const { metadata } = await world.admin.get(channel);
    await world.admin.patch(
      channel,
      { metadata: { resourceVersion: metadata.resourceVersion }, status: { generation: 8 } },
      'status',
    );
    expect(await stored()).toEqual({ ...(before as object), status: { ...status, generation: 8 } });
  });

  it('leaves CRDs and channels where they are when it is uninstalled, and takes them up again', async () => {
    const uid = (await world.admin.get(definition)).metadata.uid;
    expect(await run('uninstall', [release])).toContain('socialchannels.socialops.dev');
    expect(await world.admin.find(deployment)).toBeUndefined();
    expect((await world.admin.get(definition)).metadata.uid).toBe(uid);
    expect(await stored()).toMatchObject({ spec });
    await run('install', [release, chart]);
    expect((await world.admin.get(definition)).metadata.uid).toBe(uid);
    expect(await stored()).toMatchObject({ spec });
  });
});
