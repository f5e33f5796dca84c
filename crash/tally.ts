import { type Cell, cellsOf, idOf, paths, type Story, storyId } from './cells.ts';
import { isGood, type Outcome } from './judge.ts';
import { kinds } from './kinds.ts';
import type { CellResult, Results } from './results.ts';

/** Everything that the page and the picture say, from the results alone. */
export interface Tally {
  /** Cells of the whole matrix. */
  readonly all: readonly Cell[];
  readonly ran: readonly CellResult[];
  readonly at: { readonly commit: string; readonly ranAt: string } | undefined;
  /** Widths of the window of single-use platforms, narrowest first. */
  readonly windows: readonly number[];
}

export const outcomes: readonly Outcome[] = ['kept', 'unknown-then-kept', 'unknowable', 'LOST', 'FALSE', 'FAILED'];

export function tallyOf({ stories, cells }: Results): Tally {
  const all = stories.flatMap(({ story, calls }) => cellsOf(story, calls));
  const isPart = new Set(all.map(idOf));
  const ran = cells.filter(({ cell }) => isPart.has(idOf(cell)));
  const latest = [...ran].sort((one, other) => one.ranAt.localeCompare(other.ranAt)).at(-1);
  const windows = windowsOf({ stories, cells: ran });
  return { all, ran, at: latest, windows };
}

/** Widths of the window of single-use platforms, narrowest first. While Vault is away the escrow closes it earlier. */
export function windowsOf({ stories, cells }: Results): number[] {
  const whole = cells.filter(({ cell }) => cell.trouble !== 'vault-down');
  const measured = [...stories.map(({ story, windowMs }) => ({ of: story, windowMs })), ...whole.map(ofCell)];
  return measured
    .filter(({ of }) => kinds[of.kind].isSingleUse)
    .flatMap(({ windowMs }) => windowMs ?? [])
    .sort((one, other) => one - other);
}

const ofCell = ({ cell, windowMs }: CellResult): { of: Pick<Story, 'kind'>; windowMs?: number } => ({
  of: cell,
  ...(windowMs === undefined ? {} : { windowMs }),
});

export function median(sorted: readonly number[]): number {
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

export function count(results: readonly CellResult[], outcome: Outcome): number {
  return results.filter((result) => result.outcome === outcome).length;
}

export const failures = (results: readonly CellResult[]): CellResult[] => results.filter((result) => !isGood(result));

/** `refresh of reusable`: the rows of table and picture, in the order of the paths. */
export function rowsOf({
  all,
  ran,
}: Tally): { path: Cell['path']; kind: Cell['kind']; all: number; ran: CellResult[] }[] {
  const rows = new Map<string, Pick<Cell, 'path' | 'kind'>>();
  for (const { path, kind } of all) rows.set(storyId({ path, kind, isAnswerLost: false }), { path, kind });
  const inOrder = [...rows.values()].sort((one, other) => paths.indexOf(one.path) - paths.indexOf(other.path));
  return inOrder.map(({ path, kind }) => {
    const isHere = (cell: Cell) => cell.path === path && cell.kind === kind;
    return { path, kind, all: all.filter(isHere).length, ran: ran.filter(({ cell }) => isHere(cell)) };
  });
}
