import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { nearestName } from '../core/nearest-name.ts';
import { PersonKubeConfig } from './client-node-config.ts';

/** What a person chose on the command line, in kubectl's words. */
export interface KubeconfigChoice {
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
  readonly cluster?: string | undefined;
  readonly user?: string | undefined;
}

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/**
 * The kubeconfig that kubectl would use: `--kubeconfig`, else the files of `KUBECONFIG` (the first that names something
 * wins), else `~/.kube/config`, else the pod's ServiceAccount.
 *
 * @throws Error with a sentence for the person
 */
export function personKubeConfig(choice: KubeconfigChoice, { env, home }: Surroundings): PersonKubeConfig {
  const files = filesOf(choice, env, home);
  if (files.length === 0 && existsSync(SERVICE_ACCOUNT)) return PersonKubeConfig.load('');
  if (files.length === 0) throw new Error(nothingFound(env, home));
  const config = merged(files.map(read));
  choose(config, choice, files);
  return config;
}

function filesOf({ kubeconfig }: KubeconfigChoice, env: Surroundings['env'], home: string): string[] {
  if (kubeconfig !== undefined) return [kubeconfig];
  const named = (env.KUBECONFIG ?? '').split(delimiter).filter((file) => file !== '');
  // As kubectl: a file of KUBECONFIG that is not there is no fault.
  const candidates = named.length > 0 ? named : [join(home, '.kube', 'config')];
  return candidates.filter((file) => existsSync(file));
}

function nothingFound(env: Surroundings['env'], home: string): string {
  const looked = env.KUBECONFIG ? `KUBECONFIG (${env.KUBECONFIG})` : join(home, '.kube', 'config');
  return `There is no kubeconfig: ${looked} does not exist. Name one by --kubeconfig or KUBECONFIG.`;
}

function read(file: string): PersonKubeConfig {
  try {
    return PersonKubeConfig.load(file);
  } catch (error) {
    const code = (error as { code?: string }).code;
    // A parser's message would quote the file, and credentials lie in it.
    const why =
      code === undefined
        ? 'it is no kubeconfig (YAML with clusters, contexts and users)'
        : `it cannot be read (${code})`;
    throw new Error(`The kubeconfig ${file} cannot be used: ${why}.`);
  }
}

function merged(configs: readonly PersonKubeConfig[]): PersonKubeConfig {
  const [first = new PersonKubeConfig(), ...rest] = configs;
  for (const next of rest) {
    first.clusters = firstOfName([...first.clusters, ...next.clusters]);
    first.contexts = firstOfName([...first.contexts, ...next.contexts]);
    first.users = firstOfName([...first.users, ...next.users]);
    if (!first.currentContext) first.setCurrentContext(next.currentContext);
  }
  return first;
}

function firstOfName<T extends { readonly name: string }>(all: readonly T[]): T[] {
  return all.filter((one, index) => all.findIndex(({ name }) => name === one.name) === index);
}

function choose(config: PersonKubeConfig, choice: KubeconfigChoice, files: readonly string[]): void {
  const at = files.join(', ');
  const name = choice.context ?? config.currentContext;
  if (!name)
    throw new Error(
      `The kubeconfig ${at} has no current context. Choose one by --context: ${listed(config.contexts)}.`,
    );
  const context = config.contexts.find((one) => one.name === name);
  if (context === undefined) throw new Error(unknown('context', name, config.contexts, at));
  const { cluster = context.cluster, user = context.user } = choice;
  if (!config.clusters.some((one) => one.name === cluster))
    throw new Error(unknown('cluster', cluster, config.clusters, at));
  if (!config.users.some((one) => one.name === user)) throw new Error(unknown('user', user, config.users, at));
  config.contexts = config.contexts.map((one) => (one === context ? { ...one, cluster, user } : one));
  config.setCurrentContext(name);
}

type Named = readonly { readonly name: string }[];

function unknown(kind: string, name: string, known: Named, at: string): string {
  const near = nearestName(
    name,
    known.map((one) => one.name),
  );
  const meant = near === undefined ? '' : ` Did you mean "${near}"?`;
  return `The kubeconfig ${at} has no ${kind} "${name}".${meant} Known: ${listed(known)}.`;
}

function listed(known: Named): string {
  return known.map(({ name }) => name).join(', ') || 'none';
}

/** The names of the contexts of that kubeconfig, for completion; empty where it cannot be read. */
export function contextNames(choice: KubeconfigChoice, surroundings: Surroundings): string[] {
  try {
    return merged(filesOf(choice, surroundings.env, surroundings.home).map(read)).contexts.map(({ name }) => name);
  } catch {
    return [];
  }
}
