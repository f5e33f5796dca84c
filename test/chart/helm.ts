import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { documents, type KubernetesObject } from '../harness/api-client.ts';
import { repository } from '../harness/scratch.ts';
import { serverBinaries } from '../servers/binaries.ts';

export const chart = join(repository, 'charts', 'social-channel-operator');
export const release = 'social-channel-operator';
export const vaultAddress = 'https://vault.example.com:8200';
export const monitoringApi = 'monitoring.coreos.com/v1';
export const routeApi = 'gateway.networking.k8s.io/v1/HTTPRoute';

export interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Helm with these arguments; `input` is its standard input. */
export async function helm(
  args: readonly string[],
  input = '',
  env: Readonly<Record<string, string>> = {},
): Promise<Run> {
  const { helm: command } = await serverBinaries(['helm']);
  return new Promise((resolve) => {
    const options = { maxBuffer: 1e8, env: { ...process.env, ...env } };
    const child = execFile(command, args, options, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr }),
    );
    child.stdin?.end(input);
  });
}

export interface RenderOptions {
  readonly namespace?: string;
  readonly name?: string;
  readonly apis?: readonly string[];
  readonly folder?: string;
}

export function template(values: object, options: RenderOptions = {}): Promise<Run> {
  const { namespace = 'social-system', name = release, apis = [], folder = chart } = options;
  const flags = apis.flatMap((api) => ['--api-versions', api]);
  return helm(['template', name, folder, '--namespace', namespace, '--values', '-', ...flags], stringify(values));
}

/** The objects that these values give, with an address of Vault where they name none. @throws what Helm says */
export async function render(values: object, options: RenderOptions = {}): Promise<KubernetesObject[]> {
  const run = await template(withVault(values), options);
  if (run.code !== 0) throw new Error(run.stderr);
  return documents(run.stdout);
}

/** What Helm says to values that it refuses. */
export async function refusal(values: object, options: RenderOptions = {}): Promise<string> {
  const run = await template(withVault(values), options);
  return run.code === 0 ? 'They were rendered.' : run.stderr;
}

function withVault(values: object): object {
  const { vault = {} } = values as { vault?: object };
  return { ...values, vault: { address: vaultAddress, ...vault } };
}

/** `Deployment/social-channel-operator`, as tables name objects. */
export function called({ kind, metadata }: KubernetesObject): string {
  return `${kind}/${metadata.name}`;
}

/** The operator's flags in a rendering. */
export function argsOf(objects: readonly KubernetesObject[]): string[] {
  return operatorOf(objects).args as string[];
}

// biome-ignore lint/suspicious/noExplicitAny: a container, as loosely typed as tests need it
export function operatorOf(objects: readonly KubernetesObject[]): any {
  const deployment = objects.find(({ kind }) => kind === 'Deployment');
  return deployment?.spec.template.spec.containers.find(({ name }: { name: string }) => name === 'operator');
}
