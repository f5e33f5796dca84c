import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../harness/scratch.ts';

const git = (...args: string[]) => execFileSync('git', args, { cwd: repository, maxBuffer: 1e8 });

/**
 * The last commit at which these parts of the repository were others than they are now; the first of all where there was
 * none before it.
 *
 * @throws where the clone has no history to look into
 */
export function previousCommit(parts: readonly string[]): string {
  const isClean = git('status', '--porcelain', '--', ...parts).length === 0;
  const commits = git('log', '-2', '--format=%H', '--', ...parts)
    .toString()
    .trim()
    .split('\n');
  const isShallow = git('rev-parse', '--is-shallow-repository').toString().trim() === 'true';
  const commit = isClean ? commits[1] : commits[0];
  if (isShallow && commit === undefined)
    throw new Error(
      'This clone has no earlier commit to upgrade from: run git fetch --unshallow, or clone with --depth=50 at least.',
    );
  const found = commit ?? commits[0] ?? '';
  if (!/^[0-9a-f]{40}$/.test(found)) throw new Error(`git log names no commit for ${parts.join(', ')}`);
  return found;
}

/** These parts as they were at that commit, in a new folder, with the packages of this checkout. */
export function partsOf(commit: string, parts: readonly string[], folder: string): string {
  mkdirSync(folder);
  execFileSync('tar', ['-x', '-C', folder], { input: git('archive', commit, ...parts) });
  symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}
