import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { grantAccess, namespacedAccess, operatorAccount, shippedAccess } from '../harness/operator-access.ts';
import { uniqueName } from '../harness/scratch.ts';
import { sharedWorld } from '../harness/shared-world.ts';

const { admin } = sharedWorld();
const operatorNamespace = uniqueName('operator');
/** Of an operator that serves no namespace yet: what it has comes from its own Roles. */
const idleNamespace = uniqueName('operator');

beforeAll(async () => {
  await grantAccess(admin, operatorNamespace, shippedAccess(operatorNamespace));
  await grantAccess(admin, idleNamespace, namespacedAccess(idleNamespace, []));
});
afterAll(async () => {
  for (const { apiVersion, kind, metadata } of [
    ...shippedAccess(operatorNamespace),
    ...namespacedAccess(idleNamespace, []),
  ]) {
    if (kind.startsWith('Cluster')) await admin.delete({ apiVersion, kind, name: metadata.name });
  }
  for (const name of [operatorNamespace, idleNamespace])
    await admin.delete({ apiVersion: 'v1', kind: 'Namespace', name });
});

/** Whether the operator may do it, by the API server's own word. `where` is `resource[.group][/subresource][:name]`. */
async function mayDo(verb: string, where: string, inNamespace = 'default'): Promise<boolean> {
  const [, resource = '', group = '', subresource = '', name = ''] =
    /^(\w+)(?:\.([\w.]+))?(?:\/(\w+))?(?::(.+))?$/.exec(where) ?? [];
  const namespace = resource === 'socialplatforms' || (resource === 'namespaces' && name === '') ? '' : inNamespace;
  return await isAllowed(operatorNamespace, { verb, group, resource, subresource, name, namespace });
}

async function isAllowed(ofOperator: string, resourceAttributes: Readonly<Record<string, string>>): Promise<boolean> {
  const review = await admin.request('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
    body: {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      spec: {
        user: `system:serviceaccount:${ofOperator}:${operatorAccount}`,
        resourceAttributes,
      },
    },
  });
  return review.status.allowed as boolean;
}

describe('the operator may', () => {
  it.each([
    ['get list watch patch', 'socialchannels.socialops.dev'],
    ['patch', 'socialchannels.socialops.dev/status'],
    ['update', 'socialchannels.socialops.dev/finalizers'],
    ['get list watch', 'socialapps.socialops.dev'],
    ['patch', 'socialapps.socialops.dev/status'],
    ['get list watch', 'socialplatforms.socialops.dev'],
    ['patch', 'socialplatforms.socialops.dev/status'],
    ['get list watch create patch delete', 'secrets'],
    ['create', 'events.events.k8s.io'],
    ['get', 'namespaces:kube-system'],
    ['get', 'namespaces:default'],
  ])('%s %s', async (verbs, where) => {
    for (const verb of verbs.split(' ')) expect([verb, await mayDo(verb, where)]).toEqual([verb, true]);
  });
});

it('the operator may keep Leases in its own namespace, and do no more with them than it does', async () => {
  const allowed = ['list', 'create', 'patch', 'delete'];
  for (const verb of [...allowed, 'get', 'watch', 'update', 'deletecollection']) {
    const word = await mayDo(verb, 'leases.coordination.k8s.io', operatorNamespace);
    expect([verb, word]).toEqual([verb, allowed.includes(verb)]);
  }
});

describe('the operator may not', () => {
  it.each([
    ['create update delete deletecollection', 'socialchannels.socialops.dev'],
    ['create update patch delete', 'socialapps.socialops.dev'],
    ['create update patch delete', 'socialplatforms.socialops.dev'],
    ['update', 'socialchannels.socialops.dev/status'],
    ['update deletecollection', 'secrets'],
    ['list watch patch delete create', 'namespaces'],
    ['get list create', 'pods'],
    ['create', 'pods/exec'],
    ['create', 'serviceaccounts/token'],
    ['create', 'tokenreviews.authentication.k8s.io'],
    ['get list', 'configmaps'],
    ['create bind escalate', 'clusterroles.rbac.authorization.k8s.io'],
    ['get create patch delete', 'events'],
    ['get patch delete', 'events.events.k8s.io'],
    ['get list watch create update patch delete', 'leases.coordination.k8s.io'],
  ])('%s %s', async (verbs, where) => {
    for (const verb of verbs.split(' ')) expect([verb, await mayDo(verb, where)]).toEqual([verb, false]);
  });

  it('use a wildcard anywhere', () => {
    const rules = shippedAccess(operatorNamespace).flatMap(({ rules = [] }) => rules as Record<string, string[]>[]);
    expect(rules.length).toBeGreaterThan(5);
    expect(rules.filter((rule) => Object.values(rule).flat().includes('*'))).toEqual([]);
  });
});

describe('an operator that serves a list of namespaces', () => {
  const verbs = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'];
  const allowedIn = async (namespace: string) => {
    const asked = verbs.map((verb) => isAllowed(idleNamespace, { verb, resource: 'secrets', namespace }));
    const answers = await Promise.all(asked);
    return verbs.filter((_, index) => answers[index]);
  };

  it('may list, create and delete Secrets in its own, where sealed answers lie, and edit none', async () => {
    expect(await allowedIn(idleNamespace)).toEqual(['list', 'create', 'delete']);
  });

  it('may do nothing to Secrets anywhere else', async () => {
    expect(await allowedIn('default')).toEqual([]);
    expect(await allowedIn(operatorNamespace)).toEqual([]);
  });
});
