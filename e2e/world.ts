import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ApiClient } from '../test/harness/api-client.ts';
import { type Authority, createAuthority } from '../test/harness/certificates.ts';
import { type PlatformAddress, startPlatform } from '../test/harness/platform-process.ts';
import { startVault, type VaultServer } from '../test/harness/vault-server.ts';
import { configureVault } from '../test/harness/vault-setup.ts';
import { serverBinaries } from '../test/servers/binaries.ts';
import { serverEnvironment } from '../test/servers/table.ts';
import { SimulatorControl } from '../test/simulator/control.ts';
import { type KindCluster, startKind } from './cluster.ts';
import type { Ground } from './ground.ts';
import { localBaseImage, localNodeImage, operatorImage } from './images.ts';
import { type Ended, type RunOptions, run, tried } from './shell.ts';
import type { Undoing } from './undo.ts';

/** What all steps share. */
export interface World {
  readonly folder: string;
  /** Absent on a foreign cluster. */
  readonly kind: KindCluster | undefined;
  readonly image: { readonly repository: string; readonly tag: string };
  readonly authority: Authority;
  readonly vault: VaultServer;
  readonly platforms: PlatformAddress;
  readonly simulator: SimulatorControl;
  readonly admin: ApiClient;
  readonly clusterUrl: string;
  readonly clusterCa: string;
  readonly kubeconfig: string;
  readonly undoing: Undoing;
  kubectl(args: readonly string[], options?: RunOptions): Promise<string>;
  helm(args: readonly string[], options?: RunOptions): Promise<string>;
  /** Whatever it ends with. */
  tryKubectl(args: readonly string[], options?: RunOptions): Promise<Ended>;
  /** Vault's own command, as its administrator. */
  readonly vaultEnvironment: Readonly<Record<string, string>>;
}

export interface Building {
  readonly ground: Ground;
  readonly folder: string;
  readonly cache: string;
  readonly undoing: Undoing;
  /** Says that something begins and, when it is over, how long it took. */
  during<T>(what: string, work: () => Promise<T>): Promise<T>;
}

const clusterName = 'social-channel-e2e';

export async function buildWorld({ ground, folder, cache, undoing, during }: Building): Promise<World> {
  const tag = process.env.E2E_IMAGE ?? 'localhost/social-channel-operator:e2e';
  const kind = await buildCluster({ ground, folder, cache, undoing, during }, tag);
  const kubeconfig = kind?.kubeconfig ?? (ground.kind === 'foreign' ? ground.kubeconfig : '');
  const access = await accessOf(kubeconfig);
  const authority = createAuthority('e2e');
  const host = kind?.hostAddress ?? process.env.E2E_HOST_ADDRESS;
  if (host === undefined)
    throw new Error('On a cluster of your own set E2E_HOST_ADDRESS: the address of this machine that its pods reach.');
  const vault = await during('Vault with TLS, beside the cluster', () => startVault({ folder, authority, host }));
  undoing.add('Vault', () => vault.stop());
  const simulator = await startPlatform({ name: 'simulator', folder, authority, host });
  undoing.add('the simulator', () => simulator.process.stop());
  const admin = new ApiClient(access.url, access);
  undoing.add('connections to the API server', () => admin.close());
  await configureVault(vault.root, { ...access, etcdUrl: '', kubeconfig }, admin);
  const binaries = await serverBinaries(['kubectl', 'helm']);
  writeFileSync(join(folder, 'vault-ca.crt'), authority.certificate);
  const env = { KUBECONFIG: kubeconfig, HELM_CACHE_HOME: folder, HELM_CONFIG_HOME: folder, HELM_DATA_HOME: folder };
  const colon = tag.lastIndexOf(':');
  return {
    folder,
    kind,
    image: { repository: tag.slice(0, colon), tag: tag.slice(colon + 1) },
    authority,
    vault,
    platforms: simulator.address,
    simulator: new SimulatorControl(simulator.address.controlUrl),
    admin,
    clusterUrl: access.url,
    clusterCa: access.ca,
    kubeconfig,
    undoing,
    kubectl: (args, options) => run(binaries.kubectl, args, { ...options, env: { ...env, ...options?.env } }),
    tryKubectl: (args, options) => tried(binaries.kubectl, args, { ...options, env: { ...env, ...options?.env } }),
    helm: (args, options) => run(binaries.helm, args, { ...options, env: { ...env, ...options?.env } }),
    vaultEnvironment: {
      ...serverEnvironment,
      VAULT_ADDR: vault.address.url,
      VAULT_CACERT: join(folder, 'vault-ca.crt'),
      VAULT_TOKEN: vault.address.rootToken,
    },
  };
}

async function buildCluster(building: Building, tag: string): Promise<KindCluster | undefined> {
  const { ground, folder, cache, undoing, during } = building;
  if (ground.kind === 'foreign') return undefined;
  const { engine } = ground;
  const { kind: command } = await serverBinaries(['kind']);
  let node: { image?: string } = {};
  if (ground.node === 'local') {
    node = { image: await during("kind's node image", () => localNodeImage(cache, engine)) };
    await during('a stand-in for the base image', () => localBaseImage(cache, engine));
  }
  await during("the operator's image, from the Dockerfile", () => operatorImage(tag, engine));
  const options = { kind: command, folder, name: clusterName, engine, undoing, ...node };
  const cluster = await during('a control plane and two workers', () => startKind(options));
  await during('loading the image into the workers', () => cluster.load(tag));
  return cluster;
}

interface Access {
  readonly url: string;
  readonly ca: string;
  readonly clientCertificate: string;
  readonly clientKey: string;
}

/** The administrator's access of a kubeconfig with certificates in it, as kind writes it. */
async function accessOf(kubeconfig: string): Promise<Access> {
  const config = parse(readFileSync(kubeconfig, 'utf8'));
  const context = config.contexts.find((one: { name: string }) => one.name === config['current-context'])?.context;
  const cluster = config.clusters.find((one: { name: string }) => one.name === context?.cluster)?.cluster;
  const user = config.users.find((one: { name: string }) => one.name === context?.user)?.user;
  const text = (value: string | undefined) => Buffer.from(value ?? '', 'base64').toString();
  if (!user?.['client-certificate-data'])
    throw new Error(`${kubeconfig}: its current user has no client certificate in it; that is what this run needs.`);
  return {
    url: cluster.server,
    ca: text(cluster['certificate-authority-data']),
    clientCertificate: text(user['client-certificate-data']),
    clientKey: text(user['client-key-data']),
  };
}
