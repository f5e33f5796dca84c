import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { documents, type KubernetesObject } from '../harness/api-client.ts';
import { called, render } from './helm.ts';

const shipped = documents(readFileSync(new URL('../../deploy/rbac.yaml', import.meta.url), 'utf8'));
const access = /^(Cluster)?Role(Binding)?$|^ServiceAccount$/;

/** What an object permits, to whom: its labels aside. */
function bare({ metadata: { name, namespace }, ...rest }: KubernetesObject) {
  return { ...rest, metadata: { name, ...(namespace === undefined ? {} : { namespace }) } };
}

describe('the permissions of the chart', () => {
  it('are those of deploy/rbac.yaml, object for object', async () => {
    const rendered = await render({ rbac: { aggregateToView: false, aggregateToEdit: false } });
    const byName = (objects: readonly KubernetesObject[]) =>
      objects
        .filter(({ kind }) => access.test(kind))
        .map(bare)
        .sort((a, b) => called(a).localeCompare(called(b)));
    expect(byName(rendered)).toEqual(byName(shipped));
    expect(shipped.length).toBeGreaterThan(6);
  });

  it('with a list of namespaces are the same Roles inside each, and nothing about Secrets in the cluster', async () => {
    const rendered = await render({ watchNamespaces: ['main-stage', 'second-stage'] });
    const role = shipped.find((object) => called(object) === 'ClusterRole/social-channel-operator');
    for (const namespace of ['main-stage', 'second-stage']) {
      const inside = rendered.filter(({ metadata }) => metadata.namespace === namespace);
      expect(inside.map(called)).toEqual(['Role/social-channel-operator', 'RoleBinding/social-channel-operator']);
      expect(inside[0]?.rules).toEqual(role?.rules);
    }
    const clusterWide = rendered.filter(({ kind }) => kind === 'ClusterRole');
    expect(clusterWide.map(({ metadata }) => metadata.name)).toEqual([
      'social-channel-operator-view',
      'social-channel-operator-edit',
      'social-channel-operator-cluster',
    ]);
    const resources = clusterWide.flatMap(({ rules }) =>
      rules.flatMap((rule: { resources: string[] }) => rule.resources),
    );
    expect(resources).not.toContain('secrets');
  });

  it('are those of deploy/rbac-rollout.yaml as well, where restarts are asked for', async () => {
    const rollout = documents(readFileSync(new URL('../../deploy/rbac-rollout.yaml', import.meta.url), 'utf8'));
    const rendered = await render({ rbac: { rolloutRestarts: true } });
    const found = rendered.filter(({ metadata }) => metadata.name.endsWith('-rollout')).map(bare);
    expect(found).toEqual(rollout.map(bare));
  });

  it('give people channels and apps, and never their status', async () => {
    const roles = (await render({})).filter(
      ({ kind, metadata }) => /^ClusterRole$/.test(kind) && /-(view|edit)$/.test(metadata.name),
    );
    const resources = roles.flatMap(({ rules }) => rules.flatMap((rule: { resources: string[] }) => rule.resources));
    expect(new Set(resources)).toEqual(new Set(['socialchannels', 'socialapps', 'socialplatforms']));
  });
});
