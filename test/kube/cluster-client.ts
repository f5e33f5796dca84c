import { ApiClient, type ApiClientOptions } from '../../src/kube/client.ts';
import { PooledKubeConfig } from '../../src/kube/connection.ts';
import type { ClusterAddress } from '../harness/cluster.ts';
import { grantAccess, operatorAccount, shippedAccess } from '../harness/operator-access.ts';
import type { World } from '../harness/world.ts';

export interface ClientTarget {
  /** Another address than the API server's own, such as a proxy's. */
  readonly server?: string;
  readonly ca?: string;
  /** A bearer token instead of the administrator's certificate. */
  readonly token?: string;
}

/** A kubeconfig of the operator's client, without a file. */
export function configFor(
  cluster: ClusterAddress,
  { server = cluster.url, ca = cluster.ca, token }: ClientTarget = {},
) {
  const { clientCertificate, clientKey } = cluster;
  const user = token
    ? { token: { text: token } }
    : { certificate: { text: clientCertificate }, key: { text: clientKey } };
  return new PooledKubeConfig({ server, ca: { text: ca }, credentials: { kind: 'Plain', ...user } });
}

/** The operator's own client for a cluster of the tests. */
export function clientFor(
  cluster: ClusterAddress,
  target: ClientTarget = {},
  options: ApiClientOptions = {},
): ApiClient {
  return new ApiClient(configFor(cluster, target), options);
}

/** A token with exactly the permissions that the operator ships with (deploy/rbac.yaml). */
export async function operatorToken(world: World, namespace: string): Promise<string> {
  await grantAccess(world.admin, namespace, shippedAccess(namespace));
  return world.admin.token(namespace, operatorAccount);
}
