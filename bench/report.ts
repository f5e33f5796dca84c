import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { repository } from '../test/harness/scratch.ts';
import type { Measured, Result } from './results.ts';

const width = 100;

/** Says what goes on, so that nothing over two seconds happens in silence, and keeps what was measured. */
export class Report {
  readonly #startedAt = Date.now();
  readonly #run: Pick<Result, 'at' | 'commit' | 'cores' | 'node' | 'isQuick'>;

  constructor(isQuick: boolean) {
    const at = new Date().toISOString();
    this.#run = { at, commit: commitOf(), cores: availableParallelism(), node: process.version, isQuick };
  }

  /** One progress line. */
  say(text: string): void {
    const seconds = String(Math.round((Date.now() - this.#startedAt) / 1000)).padStart(4);
    process.stdout.write(`${`${seconds} s  ${text}`.slice(0, width)}\n`);
  }

  /** Appends one JSON line to bench/results. */
  keep(measured: Measured): Result {
    const folder = join(repository, 'bench', 'results');
    mkdirSync(folder, { recursive: true });
    const result = { ...this.#run, ...measured };
    appendFileSync(join(folder, `${measured.kind}.jsonl`), `${JSON.stringify(result)}\n`);
    return result;
  }
}

/** The commit that was measured; a plus sign says that the source was changed since. */
function commitOf(): string {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: repository, encoding: 'utf8' }).trim();
  const isChanged = git('status', '--porcelain', '--', 'src', 'bench/*.ts') !== '';
  return `${git('rev-parse', '--short=10', 'HEAD')}${isChanged ? '+' : ''}`;
}
