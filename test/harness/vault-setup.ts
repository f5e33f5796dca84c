import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiClient } from './api-client.ts';
import type { ClusterAddress } from './cluster.ts';
import { repository } from './scratch.ts';
import { type VaultClient, VaultError } from './vault-client.ts';
import { waitFor } from './wait.ts';

/** Where tests keep the operator's secrets, as in the policy that it ships with. */
export const vaultMount = 'social';
/** What ServiceAccount tokens for Vault are issued for. */
export const vaultAudience = 'vault';

const reviewerNamespace = 'vault-reviewer';
const dayS = 86_400;

/**
 * Sets Vault up as a user would: a KV v2 mount that insists on check-and-set, and Kubernetes auth that asks this
 * cluster's TokenReview with a reviewer of its own.
 */
export async function configureVault(root: VaultClient, cluster: ClusterAddress, admin: ApiClient): Promise<void> {
  await root.json('POST', `/v1/sys/mounts/${vaultMount}`, { type: 'kv', options: { version: '2' } });
  // A new mount answers 400 for a moment, while it makes itself versioned.
  await waitFor(
    async () => {
      await root.json('POST', `/v1/${vaultMount}/config`, { cas_required: true, max_versions: 10 });
      return true;
    },
    { what: `the mount ${vaultMount} to take its configuration` },
  );
  await root.json('POST', '/v1/sys/auth/kubernetes', { type: 'kubernetes' });
  await root.json('POST', '/v1/auth/kubernetes/config', {
    kubernetes_host: cluster.url,
    kubernetes_ca_cert: cluster.ca,
    disable_local_ca_jwt: true,
    token_reviewer_jwt: await reviewerToken(admin),
  });
}

async function reviewerToken(admin: ApiClient): Promise<string> {
  const metadata = { name: 'reviewer', namespace: reviewerNamespace };
  await admin.apply([
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: reviewerNamespace } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: reviewerNamespace },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:auth-delegator' },
      subjects: [{ kind: 'ServiceAccount', ...metadata }],
    },
  ]);
  return admin.token(reviewerNamespace, metadata.name, [], dayS);
}

export interface AccountName {
  readonly namespace: string;
  readonly name: string;
}

/** A role of Kubernetes auth named `role`, for one ServiceAccount, with one policy of the same name. */
async function bind(root: VaultClient, role: string, policy: string, account: AccountName): Promise<void> {
  await root.json('PUT', `/v1/sys/policies/acl/${role}`, { policy });
  await root.json('POST', `/v1/auth/kubernetes/role/${role}`, {
    bound_service_account_names: [account.name],
    bound_service_account_namespaces: [account.namespace],
    audience: vaultAudience,
    token_policies: [role],
    token_ttl: '20m',
    token_max_ttl: '24h',
  });
}

/**
 * Lets an operator's ServiceAccount log in with the policy that the operator ships with, narrowed to `prefix`.
 *
 * @returns the name of the role.
 */
export async function admitOperator(root: VaultClient, prefix: string, account: AccountName): Promise<string> {
  const role = `operator-${account.namespace}`;
  await bind(root, role, shippedPolicy('vault-policy.hcl', { prefix }), account);
  return role;
}

/**
 * Lets a workload's ServiceAccount read the access tokens of its own namespace's channels, and nothing else.
 *
 * @returns the name of the role.
 */
export async function admitConsumer(root: VaultClient, prefix: string, account: AccountName): Promise<string> {
  const role = `consumer-${account.namespace}-${account.name}`;
  const policy = shippedPolicy('vault-consumer-policy.hcl', { prefix, namespace: account.namespace });
  await bind(root, role, policy, account);
  return role;
}

/** A policy of deploy/ with its placeholders filled in. */
export function shippedPolicy(file: string, values: Readonly<Record<string, string>>): string {
  const text = readFileSync(join(repository, 'deploy', file), 'utf8');
  const filled = Object.entries({ mount: vaultMount, ...values });
  return filled.reduce((policy, [name, value]) => policy.replaceAll(`{{${name}}}`, value), text);
}

/** Logs a ServiceAccount in by Kubernetes auth and returns its Vault token. */
export async function login(anonymous: VaultClient, role: string, jwt: string): Promise<string> {
  const answer = await anonymous.json<{ auth: { client_token: string } }>('POST', '/v1/auth/kubernetes/login', {
    role,
    jwt,
  });
  return answer.auth.client_token;
}

/** Takes a role and its policy away. */
export async function dismiss(root: VaultClient, role: string): Promise<void> {
  await root.json('DELETE', `/v1/auth/kubernetes/role/${role}`).catch(ignoreMissing);
  await root.json('DELETE', `/v1/sys/policies/acl/${role}`).catch(ignoreMissing);
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof VaultError && error.status === 404)) throw error;
}
