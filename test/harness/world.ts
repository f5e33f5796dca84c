import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiClient, documents } from './api-client.ts';
import { type Authority, createAuthority } from './certificates.ts';
import { type Cluster, type ClusterAddress, type ClusterOptions, startCluster } from './cluster.ts';
import { hasPlatform, type PlatformAddress, type PlatformServer, startPlatform } from './platform-process.ts';
import { removeFolder, repository, scratchFolder } from './scratch.ts';
import { VaultClient } from './vault-client.ts';
import { startVault, type VaultAddress, type VaultServer } from './vault-server.ts';
import { configureVault } from './vault-setup.ts';
import { waitFor } from './wait.ts';

/** Everything about running servers that another process needs: plain data. */
export interface WorldAddress {
  readonly folder: string;
  readonly authority: Authority;
  readonly cluster: ClusterAddress;
  readonly vault: VaultAddress;
  readonly simulator?: PlatformAddress;
  readonly oidc?: PlatformAddress;
}

/** Running servers with clients for them. */
export interface World extends WorldAddress {
  /** The cluster's administrator. */
  readonly admin: ApiClient;
  /** Vault's root. */
  readonly root: VaultClient;
}

/** Servers of one's own, to be broken at will. */
export interface OwnWorld extends World {
  readonly address: WorldAddress;
  readonly servers: {
    readonly cluster: Cluster;
    readonly vault: VaultServer;
    readonly simulator?: PlatformServer;
    readonly oidc?: PlatformServer;
  };
  stop(): Promise<void>;
}

export interface WorldOptions extends Pick<ClusterOptions, 'apiServerFlags'> {
  /** Where keys, data and logs go. Default: a new folder that goes with the process. */
  readonly folder?: string;
  /** Default: every stand-in that this checkout has. */
  readonly platforms?: readonly ('simulator' | 'oidc')[];
}

/** Starts every server, applies the CRDs and sets Vault up. About eight seconds with the binaries at hand. */
export async function startWorld(options: WorldOptions = {}): Promise<OwnWorld> {
  const { folder = scratchFolder('world'), platforms = (['simulator', 'oidc'] as const).filter(hasPlatform) } = options;
  mkdirSync(folder, { recursive: true });
  const authority = createAuthority('authority of the tests');
  const { apiServerFlags = [] } = options;
  const platform = async (name: 'simulator' | 'oidc') =>
    platforms.includes(name) ? startPlatform({ name, folder, authority }) : undefined;
  const [cluster, vault, simulator, oidc] = await Promise.all([
    startCluster({ folder: join(folder, 'cluster'), authority, apiServerFlags }),
    startVault({ folder: join(folder, 'vault'), authority }),
    platform('simulator'),
    platform('oidc'),
  ]);
  await Promise.all([applyDefinitions(cluster.admin), configureVault(vault.root, cluster.address, cluster.admin)]);
  const address: WorldAddress = {
    folder,
    authority,
    cluster: cluster.address,
    vault: vault.address,
    ...(simulator && { simulator: simulator.address }),
    ...(oidc && { oidc: oidc.address }),
  };
  return {
    ...address,
    address,
    admin: cluster.admin,
    root: vault.root,
    servers: { cluster, vault, ...(simulator && { simulator }), ...(oidc && { oidc }) },
    stop: async () => {
      await Promise.all([cluster.stop(), vault.stop(), simulator?.process.kill(), oidc?.process.kill()]);
      removeFolder(folder);
    },
  };
}

/** Clients for servers that another process started. */
export function connectWorld(address: WorldAddress): World {
  return {
    ...address,
    admin: new ApiClient(address.cluster.url, address.cluster),
    root: new VaultClient(address.vault.url, { ca: address.vault.ca, token: address.vault.rootToken }),
  };
}

/** Applies crds/*.yaml and waits until the API server serves them. */
async function applyDefinitions(admin: ApiClient): Promise<void> {
  const folder = join(repository, 'crds');
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  const definitions = files.flatMap((name) => documents(readFileSync(join(folder, name), 'utf8')));
  await admin.apply(definitions);
  for (const { apiVersion, kind, metadata } of definitions) {
    const established = async () => {
      const { status } = await admin.get({ apiVersion, kind, name: metadata.name });
      const conditions = (status?.conditions ?? []) as { type: string; status: string }[];
      return conditions.some(({ type, status: value }) => type === 'Established' && value === 'True');
    };
    await waitFor(established, { what: `the CRD ${metadata.name} to be established` });
  }
}
