import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildCli } from '../../scripts/build-cli.ts';
import { repository, uniqueName } from '../harness/scratch.ts';
import type { World } from '../harness/world.ts';

export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** The built command, as a person runs it: another process with a kubeconfig and nothing else around it. */
export interface Plugin {
  readonly folder: string;
  readonly command: string;
  run(args: readonly string[], options?: RunOptions): Promise<Said>;
}

export async function builtPlugin({ folder: scratch, cluster }: World): Promise<Plugin> {
  const folder = join(scratch, uniqueName('plugin'));
  mkdirSync(folder, { recursive: true });
  await buildCli(join(folder, 'dist'));
  copyFileSync(join(repository, 'package.json'), join(folder, 'package.json'));
  const command = join(folder, 'dist', 'kubectl-socialchannel.js');
  const bare = { PATH: process.env.PATH ?? '', HOME: folder, TZ: 'UTC', KUBECONFIG: cluster.kubeconfig };
  return {
    folder,
    command,
    run: (args, { input = '', env = {} } = {}) =>
      new Promise((resolve) => {
        const options = { env: { ...bare, ...env }, cwd: folder };
        const child = execFile(process.execPath, [command, ...args], options, (error, out, err) => {
          resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : -1, out, err });
        });
        child.stdin?.end(input);
      }),
  };
}
