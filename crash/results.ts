import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../test/harness/scratch.ts';
import { type Cell, idOf, type Story, storyId } from './cells.ts';
import type { Judgement } from './judge.ts';

export const resultsFile = join(repository, 'crash', 'results.jsonl');

interface Ran {
  /** The last commit that changed the product, not its tests or pages. */
  readonly commit: string;
  readonly ranAt: string;
  readonly ms: number;
  /** From the arrival of a renewal's answer to its acknowledged write. */
  readonly windowMs?: number;
}

export interface StoryResult extends Ran {
  readonly story: Story;
  readonly calls: readonly string[];
}

export interface CellResult extends Ran, Judgement {
  readonly cell: Cell;
  readonly seed: number;
  readonly trace: readonly string[];
}

export interface Results {
  readonly stories: readonly StoryResult[];
  readonly cells: readonly CellResult[];
}

/** The newest result of each story and of each cell, in the order in which they were written. */
export function newest(lines: readonly (StoryResult | CellResult)[]): Results {
  const stories = new Map<string, StoryResult>();
  const cells = new Map<string, CellResult>();
  for (const line of lines) {
    if ('cell' in line) cells.set(idOf(line.cell), line);
    else stories.set(storyId(line.story), line);
  }
  return { stories: [...stories.values()], cells: [...cells.values()] };
}

export function readResults(file = resultsFile): Results {
  if (!existsSync(file)) return { stories: [], cells: [] };
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return newest(lines.map((line) => JSON.parse(line) as StoryResult | CellResult));
}

/** What was superseded goes, so that the file grows with the matrix and not with the number of runs. */
export function keepNewest(results: Results, file = resultsFile): void {
  const lines = [...results.stories, ...results.cells].map((line) => `${JSON.stringify(line)}\n`);
  writeFileSync(file, lines.join(''));
}

export function appendResult(result: StoryResult | CellResult, file = resultsFile): void {
  appendFileSync(file, `${JSON.stringify(result)}\n`);
}

const longestTrace = 24;

/** Reads that went well say nothing: what was written, sent, refused or broken is the story. */
export function shortened(trace: readonly string[]): string[] {
  const told = trace.filter((line) => !/^(?:vault|kubernetes) GET .*: (?:200|404)$/.test(line));
  return told.length <= longestTrace
    ? told
    : [...told.slice(0, longestTrace), `and ${told.length - longestTrace} more`];
}

/** The part of an error that names no place on this machine. */
export function withoutPlaces(error: unknown): string {
  const [first = ''] = String(error instanceof Error ? error.message : error).split('\n');
  return first
    .replace(/\/(?:tmp|home|work|var|root)\/\S+/g, '{path}')
    .replace(/127\.0\.0\.1:\d+/g, '{server}')
    .slice(0, 300);
}
