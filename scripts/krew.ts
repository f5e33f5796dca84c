/** Packs the plugin for Krew: `node scripts/krew.ts <folder> <URL of the archive>` writes the archive and its manifest there. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { version } from '../src/version.ts';
import { buildCli } from './build-cli.ts';

const root = fileURLToPath(new URL('../', import.meta.url));

/** @returns the path of the archive */
export async function packForKrew(folder: string, uri: string): Promise<string> {
  const content = join(folder, 'content');
  rmSync(content, { recursive: true, force: true });
  mkdirSync(content, { recursive: true });
  await buildCli(join(content, 'dist'));
  // package.json says that the files are modules, and which version they have.
  for (const file of ['package.json', 'LICENSE']) copyFileSync(join(root, file), join(content, file));
  renameSync(join(content, 'dist/THIRD-PARTY-LICENSES'), join(content, 'THIRD-PARTY-LICENSES'));
  const archive = join(folder, 'kubectl-socialchannel.tar.gz');
  const files = [
    'LICENSE',
    'THIRD-PARTY-LICENSES',
    'package.json',
    ...readdirSync(join(content, 'dist'))
      .sort()
      .map((file) => `dist/${file}`),
  ];
  // The same bytes from the same sources: no owner, no time.
  const still = ['--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--mode=a+rX,u+w,go-w'];
  const tar = execFileSync('tar', ['-C', content, ...still, '-cf', '-', ...files], { maxBuffer: 64 * 1024 * 1024 });
  writeFileSync(archive, execFileSync('gzip', ['-n', '-9'], { input: tar, maxBuffer: 64 * 1024 * 1024 }));
  const sha256 = createHash('sha256').update(readFileSync(archive)).digest('hex');
  const template = readFileSync(join(root, 'deploy/krew/socialchannel.yaml'), 'utf8');
  const values: Readonly<Record<string, string>> = { version, uri, sha256 };
  const manifest = template.replace(/^#.*\n/, '').replace(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? '');
  writeFileSync(join(folder, 'socialchannel.yaml'), manifest);
  return archive;
}

if (import.meta.main) {
  const [folder, uri] = process.argv.slice(2);
  if (folder === undefined || uri === undefined) throw new Error('It takes a folder and the URL of the archive.');
  console.log(`wrote ${await packForKrew(folder, uri)} and socialchannel.yaml beside it`);
}
