import { dockerEngine, type EngineEnvironment } from './engine.ts';
import { tried, works } from './shell.ts';
import type { Undoing } from './undo.ts';

/** Where the cluster comes from. */
export type Ground =
  | { readonly kind: 'foreign'; readonly kubeconfig: string }
  | { readonly kind: 'kind'; readonly engine: EngineEnvironment; readonly node: 'published' | 'local' };

/**
 * Finds out what holds here: a cluster that KUBECONFIG names, kind with its own node image where a registry is reached, else
 * kind with a node image made of Debian packages and our own binaries.
 */
export async function findGround(folder: string, undoing: Undoing, say: (line: string) => void): Promise<Ground> {
  const { KUBECONFIG: kubeconfig } = process.env;
  if (kubeconfig) {
    say(`Ground: the cluster of KUBECONFIG=${kubeconfig}`);
    return { kind: 'foreign', kubeconfig };
  }
  const { env, isOurs } = await dockerEngine(folder, undoing, say);
  const node = (await reachesRegistry(env)) ? 'published' : 'local';
  const engine = isOurs ? 'a Docker engine of our own' : 'the Docker engine that runs here';
  say(
    node === 'published'
      ? `Ground: kind on ${engine}, with its own node image`
      : `Ground: kind on ${engine}; no image registry is reached, so node and base image are made here`,
  );
  return { kind: 'kind', engine: env, node };
}

async function reachesRegistry(env: EngineEnvironment): Promise<boolean> {
  if (await works('docker', ['image', 'inspect', 'node:24-slim'], env)) {
    const { stdout } = await tried('docker', ['image', 'inspect', '-f', '{{.RepoDigests}}', 'node:24-slim'], { env });
    // A stand-in of ours was never pulled.
    return stdout.trim() !== '[]';
  }
  return (await tried('docker', ['pull', '--quiet', 'node:24-slim'], { env, timeoutMs: 180_000 })).code === 0;
}
