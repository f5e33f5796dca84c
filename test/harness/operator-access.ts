import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type ApiClient, documents, type KubernetesObject } from './api-client.ts';
import { repository } from './scratch.ts';
import { vaultAudience } from './vault-setup.ts';

/** As in deploy/rbac.yaml. */
const shippedNamespace = 'social-system';
export const operatorAccount = 'social-channel-operator';
const tokenLifeS = 3600;

/**
 * The objects of deploy/rbac.yaml for an operator in `namespace`: what is cluster-wide gets the namespace's name as a
 * suffix, so that several operators share a cluster and each holds exactly what it ships with.
 */
export function shippedAccess(namespace: string): KubernetesObject[] {
  const text = readFileSync(join(repository, 'deploy', 'rbac.yaml'), 'utf8');
  const objects = documents(text.replaceAll(shippedNamespace, namespace));
  const isClusterWide = (kind: string) => kind === 'ClusterRole' || kind === 'ClusterRoleBinding';
  const suffixed = (name: string) => `${name}-${namespace}`;
  const roles = objects.filter(({ kind }) => kind === 'ClusterRole').map(({ metadata }) => metadata.name);
  return objects.map((object) => {
    const { metadata, roleRef } = object;
    const name = isClusterWide(object.kind) ? suffixed(metadata.name) : metadata.name;
    const renamed: KubernetesObject = { ...object, metadata: { ...metadata, name } };
    if (roleRef?.kind !== 'ClusterRole' || !roles.includes(roleRef.name)) return renamed;
    return { ...renamed, roleRef: { ...roleRef, name: suffixed(roleRef.name) } };
  });
}

/** As the chart adds them with watchNamespaces. */
const farewellRules = [
  { apiGroups: ['socialops.dev'], resources: ['socialchannels'], verbs: ['get', 'list', 'watch', 'patch'] },
  { apiGroups: [''], resources: ['namespaces'], verbs: ['get'] },
];

/**
 * The same access for an operator that serves a list of namespaces, as deploy/rbac.yaml says in its head: the binding of
 * the first role becomes a RoleBinding in each of them, and channels can be let go from outside of their namespace.
 */
export function namespacedAccess(namespace: string, served: readonly string[]): KubernetesObject[] {
  const objects = shippedAccess(namespace);
  const binding = objects.find(({ kind }) => kind === 'ClusterRoleBinding');
  if (binding === undefined) throw new Error('deploy/rbac.yaml no longer holds a ClusterRoleBinding.');
  const bindings = served.map((place) => ({
    ...binding,
    kind: 'RoleBinding',
    metadata: { ...binding.metadata, namespace: place },
  }));
  const rest = objects.filter((object) => object !== binding);
  const isClusterWide = ({ kind, metadata }: KubernetesObject) =>
    kind === 'ClusterRole' && metadata.name === `${operatorAccount}-cluster-${namespace}`;
  const widened = rest.map((object) =>
    isClusterWide(object) ? { ...object, rules: [...object.rules, ...farewellRules] } : object,
  );
  return [...widened, ...bindings];
}

/** Creates the operator's namespace, ServiceAccount and permissions. */
export async function grantAccess(
  admin: ApiClient,
  namespace: string,
  objects: readonly KubernetesObject[],
): Promise<void> {
  await admin.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  await admin.apply(objects.filter(({ kind }) => kind !== 'Namespace'));
}

/** The files that a pod of the operator would find mounted. */
export interface AccessFiles {
  readonly kubeconfig: string;
  readonly vaultToken: string;
  readonly ca: string;
  /** Writes new tokens, whole by rename, as the kubelet does. */
  renew(): Promise<void>;
  stopRenewing(): void;
}

export interface AccessFilesOptions {
  readonly admin: ApiClient;
  readonly namespace: string;
  readonly folder: string;
  /** The API server's address, or that of a proxy before it. */
  readonly kubernetesUrl: string;
  readonly ca: string;
}

export async function writeAccessFiles(options: AccessFilesOptions): Promise<AccessFiles> {
  const { admin, namespace, folder, kubernetesUrl, ca } = options;
  const file = (name: string) => join(folder, name);
  writeFileSync(file('ca.crt'), ca);
  writeFileSync(file('kubeconfig'), tokenKubeconfig(kubernetesUrl, file('ca.crt'), file('api-token'), namespace));
  async function renew(): Promise<void> {
    replace(file('api-token'), await admin.token(namespace, operatorAccount, [], tokenLifeS));
    replace(file('vault-token'), await admin.token(namespace, operatorAccount, [vaultAudience], tokenLifeS));
  }
  await renew();
  const timer = setInterval(() => void renew().catch(() => {}), (tokenLifeS * 1000) / 2).unref();
  return {
    kubeconfig: file('kubeconfig'),
    vaultToken: file('vault-token'),
    ca: file('ca.crt'),
    renew,
    stopRenewing: () => clearInterval(timer),
  };
}

function replace(path: string, content: string): void {
  writeFileSync(`${path}.new`, content, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

function tokenKubeconfig(server: string, caFile: string, tokenFile: string, namespace: string): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'operator',
    clusters: [{ name: 'cluster', cluster: { server, 'certificate-authority': caFile } }],
    contexts: [{ name: 'operator', context: { cluster: 'cluster', user: 'operator', namespace } }],
    users: [{ name: 'operator', user: { tokenFile } }],
  });
}
