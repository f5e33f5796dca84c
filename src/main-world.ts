import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { AppFaultBoard } from './channel/app-fault-board.ts';
import { TokenBuckets } from './channel/app-rates.ts';
import { Escrow } from './channel/escrow.ts';
import type { RejectionWaves, World } from './channel/ports.ts';
import { channelMeter } from './channel-meter.ts';
import { type Config, ConfigError, settingsOf } from './config.ts';
import { KubeApps, KubePlatforms } from './kube/apps.ts';
import { KubeChannels } from './kube/channels.ts';
import type { ApiClient } from './kube/client.ts';
import { EscrowSecrets } from './kube/escrow-secrets.ts';
import { KubeEvents } from './kube/events.ts';
import { clusterNamespace, KubeNamespaces } from './kube/namespaces.ts';
import { KubeSecrets } from './kube/secrets.ts';
import { KubeWorkloads } from './kube/workloads.ts';
import type { Logger } from './log.ts';
import { clock, random } from './main-process.ts';
import type { Metrics } from './metrics.ts';
import type { NoticeDesk } from './notices/desk.ts';
import { builtInPlatforms, createPlatformRegistry } from './platforms/registry.ts';
import { createVault, type Vault } from './vault/vault.ts';

export function vaultOf(
  config: Config,
  log: Logger,
  metrics: Metrics,
  onOutcome = (_: number | undefined) => {},
): Vault {
  const mount = config.vaultAuthMount;
  const methods = {
    kubernetes: { kind: 'kubernetes', mount, role: config.vaultAuthRole, jwtFile: config.vaultAuthTokenFile },
    jwt: { kind: 'jwt', mount, role: config.vaultAuthRole, jwtFile: config.vaultAuthTokenFile },
    approle: {
      kind: 'approle',
      mount,
      roleIdFile: config.vaultApproleRoleIdFile ?? '',
      secretIdFile: config.vaultApproleSecretIdFile ?? '',
    },
    'token-file': { kind: 'token-file', file: config.vaultTokenFile ?? '' },
  } as const;
  return createVault({
    address: config.vaultAddress,
    caFile: config.vaultCaFile,
    namespace: config.vaultNamespace,
    allowHttp: config.vaultAllowHttp,
    method: methods[config.vaultAuthMethod],
    mount: config.vaultMount,
    prefix: config.vaultPrefix,
    clock,
    random,
    namespaceToCheck: config.watchNamespaces[0],
    onBackgroundFailure: (error) => log.warn({ err: error }, "Vault's login could not be renewed; it is tried again"),
    onRequest: ({ operation, outcome, durationMs }) => {
      onOutcome(outcome === 'none' ? undefined : Number(outcome));
      metrics.vaultRequests.inc({ operation, outcome });
      metrics.vaultRequestSeconds.observe({ operation }, durationMs / 1000);
    },
  });
}

/** What is known of this process, and of those beside it. */
interface Process {
  readonly cluster: { readonly id: string };
  /** The operator's own. */
  readonly namespace: string;
  readonly holder: string;
  readonly replicas: () => number;
  readonly notices: NoticeDesk;
}

export function worldOf(
  client: ApiClient,
  config: Config,
  log: Logger,
  metrics: Metrics,
  vault: Vault,
  { cluster, namespace, holder, replicas, notices }: Process,
) {
  const registry = registryOf(config);
  const kubeSecrets = new KubeSecrets(client);
  const world = (appFaults: AppFaultBoard, waves: RejectionWaves): World => ({
    channels: new KubeChannels(client),
    apps: new KubeApps(client),
    platforms: new KubePlatforms(client),
    namespaces: new KubeNamespaces(client),
    sharedSecrets: kubeSecrets,
    secrets: kubeSecrets,
    workloads: new KubeWorkloads(client),
    events: new KubeEvents({ client, instance: hostname(), onLost: lostEvents(log, metrics) }),
    grants: vault.store,
    consents: vault.consents,
    links: vault.links,
    pagesURL: config.pagesURL,
    escrow: escrowOf(vault, client, namespace, log),
    registry,
    clock,
    random,
    settings: settingsOf(config),
    clusterId: cluster.id,
    adoptCluster: config.adoptCluster,
    metadataPrefixes: config.secretMetadataPrefixes,
    holder,
    meter: channelMeter(metrics),
    log,
    appFaults,
    waves,
    notices,
    appRates: new TokenBuckets(clock.monotonic, replicas),
  });
  return { registry, world };
}

/** Told at the start, where it costs nothing yet; it does not hold the operator up. */
function escrowOf(vault: Vault, client: ApiClient, namespace: string, log: Logger): Escrow {
  const secrets = new EscrowSecrets(client, namespace);
  secrets.check().catch((error: unknown) => {
    const message =
      'an answer that Vault does not take could not be kept: look at --operator-namespace and deploy/rbac.yaml';
    log.warn({ namespace, err: error }, message);
  });
  return new Escrow(vault.seal, secrets);
}

function registryOf(config: Config) {
  return createPlatformRegistry({
    clock,
    minTokenLifetimeMs: config.minTokenLifetimeMs,
    maxTokenLifetimeMs: config.maxTokenLifetimeMs,
    endpoints: endpointsOf(config),
    ca: config.platformCaFile === undefined ? undefined : readFileSync(config.platformCaFile, 'utf8'),
    proxy: config.platformProxy,
    allowPrivateHosts: config.allowPrivateHosts.map(({ host, port }) => `${host}:${port}`),
  });
}

/** @throws ConfigError for a name that no built-in platform has: the setting would do nothing */
export function endpointsOf(config: Config): Record<string, string> {
  const known = builtInPlatforms.map(({ name }) => name);
  const problems = config.platformEndpoints
    .filter(({ platform }) => !known.includes(platform))
    .map(
      ({ platform }) =>
        `--platform-endpoint: there is no built-in platform "${platform}". Built in: ${known.join(', ')}.`,
    );
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.fromEntries(config.platformEndpoints.map(({ platform, base }) => [platform, base]));
}

/** Ever fewer lines: without the permission every Event is lost. */
function lostEvents(log: Logger, metrics: Metrics) {
  let lost = 0;
  return (error: unknown) => {
    lost += 1;
    metrics.eventsLost.inc();
    if ((lost & (lost - 1)) === 0) log.warn({ lost, err: error }, 'an Event could not be written; it is not repeated');
  };
}

export async function clusterIdOf(client: ApiClient, config: Config): Promise<string> {
  if (config.clusterId !== undefined) return config.clusterId;
  const namespace = await new KubeNamespaces(client).get(clusterNamespace);
  if (namespace === undefined) throw new Error(`there is no namespace ${clusterNamespace}; set --cluster-id`);
  return namespace.uid;
}
