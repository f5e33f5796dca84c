import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Agent, request } from 'undici';
import type { KubernetesObject } from './api-client.ts';
import { type Exit, ManagedProcess } from './managed-process.ts';
import {
  type AccessFiles,
  grantAccess,
  namespacedAccess,
  operatorAccount,
  shippedAccess,
  writeAccessFiles,
} from './operator-access.ts';
import { freePort, repository, uniqueName } from './scratch.ts';
import { admitOperator, dismiss, vaultMount } from './vault-setup.ts';
import type { World } from './world.ts';

export interface OperatorOptions {
  readonly world: World;
  /** The namespaces to watch; usually those of the test's tenants. */
  readonly namespaces: readonly string[];
  readonly vaultPrefix: string;
  /** Addresses of fault proxies; default the servers themselves. */
  readonly kubernetesUrl?: string;
  readonly vaultUrl?: string;
  /** Where built-in platforms live: `{ twitch: simulator.url }`. */
  readonly platformEndpoints?: Readonly<Record<string, string>>;
  /** `host:port` of servers on loopback that resources may name, beside the platform endpoints. */
  readonly privateHosts?: readonly string[];
  /** More flags, each followed by its value; one that is set here as well is replaced. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What runs: the sources, or what was compiled of them, in the repository or elsewhere. Default: `src/main.ts`. */
  readonly program?: string;
  /** The namespace of an earlier operator, to be its next instance, or another replica, with the same permissions. */
  readonly operatorNamespace?: string;
  /** `namespaces` binds its role in the watched namespaces only. Default: in the whole cluster, as it ships. */
  readonly access?: 'cluster' | 'namespaces';
  /** Changes the permissions that the operator ships with, to test what it says when one is missing. */
  readonly permissions?: (shipped: KubernetesObject[]) => KubernetesObject[];
  /** False returns without waiting for readiness, for starts that cannot succeed yet. */
  readonly untilReady?: boolean;
}

/** The operator as a child process, with its own ServiceAccount, its shipped permissions and its shipped Vault policy. */
export interface Operator {
  readonly namespace: string;
  readonly process: ManagedProcess;
  readonly opsAddress: string;
  readonly files: AccessFiles;
  readonly flags: readonly string[];
  /** SIGKILL. */
  kill(): Promise<Exit>;
  /** SIGTERM, waits until it has ended. */
  stop(): Promise<Exit>;
  pause(): void;
  resume(): void;
  /** Starts it again after `kill` or `stop` and waits until it is ready. */
  start(): Promise<void>;
  /** SIGTERM (or SIGKILL with `{ kill: true }`), then start. */
  restart(options?: { readonly kill?: boolean }): Promise<void>;
  metrics(): Promise<string>;
  readyz(): Promise<number>;
  healthz(): Promise<number>;
  /** Everything it has printed, over all starts. */
  output(): string;
  /** Its JSON log lines. */
  log(): Record<string, unknown>[];
  /** Kills it and takes its permissions and namespace away, which other replicas of it share. */
  remove(): Promise<void>;
}

export async function startOperator(options: OperatorOptions): Promise<Operator> {
  const { world, operatorNamespace: namespace = uniqueName('operator'), permissions = (shipped) => shipped } = options;
  const folder = join(world.folder, uniqueName(namespace));
  mkdirSync(folder, { recursive: true });
  const shipped =
    options.access === 'namespaces' ? namespacedAccess(namespace, options.namespaces) : shippedAccess(namespace);
  const access = permissions(shipped);
  await grantAccess(world.admin, namespace, access);
  const role = await admitOperator(world.root, options.vaultPrefix, { namespace, name: operatorAccount });
  const kubernetesUrl = options.kubernetesUrl ?? world.cluster.url;
  const files = await writeAccessFiles({ admin: world.admin, namespace, folder, kubernetesUrl, ca: world.cluster.ca });
  const opsAddress = `127.0.0.1:${await freePort()}`;
  const flags = operatorFlags(options, { namespace, role, files, opsAddress });
  const { program = 'src/main.ts', env = {} } = options;
  const process = operatorProcess({ folder, program, flags, opsAddress, env });
  if (options.untilReady ?? true) await process.start();
  else process.spawn();
  return {
    ...control(process, opsAddress),
    namespace,
    process,
    opsAddress,
    files,
    flags,
    remove: async () => {
      files.stopRenewing();
      await process.kill();
      await dismiss(world.root, role);
      const clusterWide = access.filter(({ metadata }) => metadata.namespace === undefined);
      for (const { apiVersion, kind, metadata } of clusterWide.filter(({ kind }) => kind !== 'Namespace')) {
        await world.admin.delete({ apiVersion, kind, name: metadata.name });
      }
      await world.admin.delete({ apiVersion: 'v1', kind: 'Namespace', name: namespace });
    },
  };
}

interface Instance {
  readonly namespace: string;
  readonly role: string;
  readonly files: AccessFiles;
  readonly opsAddress: string;
}

function operatorFlags(options: OperatorOptions, { namespace, role, files, opsAddress }: Instance): string[] {
  const { world, platformEndpoints = {}, privateHosts = [], args = [] } = options;
  const hosts = [...Object.values(platformEndpoints).map((url) => new URL(url).host), ...privateHosts];
  const own: readonly (readonly [flag: string, value: string])[] = [
    ['--kubeconfig', files.kubeconfig],
    ['--operator-namespace', namespace],
    ['--watch-namespaces', options.namespaces.join(',')],
    ['--vault-address', options.vaultUrl ?? world.vault.url],
    ['--vault-ca-file', files.ca],
    ['--vault-mount', vaultMount],
    ['--vault-prefix', options.vaultPrefix],
    ['--vault-auth-role', role],
    ['--vault-auth-token-file', files.vaultToken],
    ['--ops-address', opsAddress],
    // Served only with --pages-url, and then by several operators on one machine.
    ['--pages-address', '127.0.0.1:0'],
    ['--platform-ca-file', files.ca],
    ...Object.entries(platformEndpoints).map(([name, url]) => ['--platform-endpoint', `${name}=${url}`] as const),
    ...[...new Set(hosts)].map((host) => ['--allow-private-host', host] as const),
  ];
  return [...own.filter(([flag]) => !args.includes(flag)).flat(), ...args];
}

interface ProcessParts {
  readonly folder: string;
  readonly program: string;
  readonly flags: readonly string[];
  readonly opsAddress: string;
  readonly env: Readonly<Record<string, string>>;
}

function operatorProcess({ folder, program, flags, opsAddress, env }: ProcessParts): ManagedProcess {
  return new ManagedProcess({
    name: 'operator',
    command: process.execPath,
    args: [resolve(repository, program), ...flags],
    cwd: folder,
    // As bare as a container's: a proxy or CA setting of this machine must not decide a test.
    env: { PATH: process.env.PATH ?? '', NODE_ENV: 'production', ...env },
    bareEnvironment: true,
    logFile: join(folder, 'operator.log'),
    ready: async () => (await ops(opsAddress, '/readyz')).status === 200,
    // Longer than the operator's own default grace, so that SIGKILL follows only where it hangs.
    stopWithinMs: 60_000,
  });
}

function control(process: ManagedProcess, opsAddress: string) {
  const status = async (path: string) => (await ops(opsAddress, path)).status;
  return {
    kill: () => process.kill(),
    stop: () => process.stop(),
    pause: () => process.pause(),
    resume: () => process.resume(),
    start: () => process.start(),
    restart: ({ kill = false } = {}) => process.restart({ gracefully: !kill }),
    metrics: async () => (await ops(opsAddress, '/metrics')).text,
    readyz: () => status('/readyz'),
    healthz: () => status('/healthz'),
    output: () => process.output(),
    log: () => jsonLines(process.output()),
  };
}

/** One connection per request, since the operator is killed and started again under us. */
async function ops(address: string, path: string): Promise<{ status: number; text: string }> {
  const answer = await request(`http://${address}${path}`, { dispatcher: new Agent({ pipelining: 0 }) });
  return { status: answer.statusCode, text: await answer.body.text() };
}

function jsonLines(output: string): Record<string, unknown>[] {
  return output.split('\n').flatMap((line) => {
    try {
      return line.startsWith('{') ? [JSON.parse(line) as Record<string, unknown>] : [];
    } catch {
      // The last line of a killed process may be half a line.
      return [];
    }
  });
}
