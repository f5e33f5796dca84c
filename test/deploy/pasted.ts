import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repository } from '../harness/scratch.ts';
import type { World } from '../harness/world.ts';
import { serverBinaries } from '../servers/binaries.ts';
import { serverEnvironment } from '../servers/table.ts';

export interface Block {
  /** Empty for one that can be run here; `on-a-cluster` needs nodes, a registry or a reachable cluster. */
  readonly mark: string;
  readonly text: string;
}

/** The fenced commands of a page, in their order. */
export function blocksOf(page: string): readonly Block[] {
  const text = readFileSync(join(repository, page), 'utf8');
  return [...text.matchAll(/^(?<indent> *)```sh(?<mark>.*)\n(?<text>[\s\S]*?)^ *```$/gm)].map(({ groups }) => ({
    mark: groups?.mark?.trim() ?? '',
    text: (groups?.text ?? '').replaceAll(new RegExp(`^${groups?.indent ?? ''}`, 'gm'), ''),
  }));
}

/** A person's shell: kubectl, helm and vault by name, and access to the servers of this world. */
export interface Shell {
  readonly bin: string;
  /** Runs a block as a person would paste it. @throws with what it printed, where a command of it fails */
  paste(text: string): Promise<{ stdout: string; stderr: string }>;
}

export async function shellOf(world: World): Promise<Shell> {
  const bin = join(world.folder, 'bin');
  mkdirSync(bin);
  const binaries = await serverBinaries(['helm', 'kubectl', 'vault']);
  for (const [name, path] of Object.entries(binaries)) symlinkSync(path, join(bin, name));
  writeFileSync(join(world.folder, 'vault-ca.crt'), world.vault.ca);
  const env = {
    ...serverEnvironment,
    PATH: `${bin}:${process.env.PATH}`,
    HOME: world.folder,
    KUBECONFIG: world.cluster.kubeconfig,
    VAULT_ADDR: world.vault.url,
    VAULT_CACERT: join(world.folder, 'vault-ca.crt'),
    VAULT_TOKEN: world.vault.rootToken,
  };
  return { bin, paste: (text) => promisify(execFile)('sh', ['-euxc', text], { cwd: repository, env }) };
}
