/** Bundles the kubectl plugin into `dist/`: two files that start in a fifth of the time that its packages take one by one. */
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'rolldown';

/** Writes `kubectl-socialchannel.js` and the part that it loads into that folder; package.json lies beside the folder. */
export async function buildCli(folder: string): Promise<void> {
  await build({
    input: { 'kubectl-socialchannel': new URL('../src/cli.ts', import.meta.url).pathname },
    platform: 'node',
    // A fault of a package is told by its name, not by a letter.
    output: { dir: folder, format: 'esm', minify: false, chunkFileNames: 'kubectl-socialchannel-[name].js' },
    logLevel: 'warn',
  });
  await chmod(join(folder, 'kubectl-socialchannel.js'), 0o755);
}

if (import.meta.main) await buildCli(new URL('../dist', import.meta.url).pathname);
