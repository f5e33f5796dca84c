import type { ManagedProcess } from '../test/harness/managed-process.ts';
import { type Cell, cellsOf, idOf, inOrder, type PathName, type Story, stories, storyId } from './cells.ts';
import { isGood, isNeverKilled, judge } from './judge.ts';
import { kinds } from './kinds.ts';
import type { Lanes } from './lanes.ts';
import { Meter } from './meter.ts';
import { play, rehearse } from './play.ts';
import { appendResult, type CellResult, type Results, type StoryResult, shortened, withoutPlaces } from './results.ts';
import { median, windowsOf } from './tally.ts';

export interface Run {
  readonly lanes: Lanes;
  /** Whose processor time is told at the end. */
  readonly servers: readonly ManagedProcess[];
  readonly before: Results;
  readonly commit: string;
  readonly only: PathName | undefined;
  readonly match: RegExp | undefined;
  readonly cells: number;
  readonly parallel: number;
  readonly seed: number;
  /** No cell begins later. */
  readonly until: number;
  readonly say: (line: string) => void;
}

/** Learns the calls where they are not known yet, then plays the cells. Answers the exit code. */
export async function runMatrix(run: Run): Promise<number> {
  const wanted = stories.filter(({ path }) => run.only === undefined || path === run.only);
  const known = new Map(run.before.stories.map((result) => [storyId(result.story), result]));
  const unknown = wanted.filter((story) => known.get(storyId(story))?.commit !== run.commit);
  if (unknown.length > 0) run.say(`${unknown.length} paths are rehearsed, to learn their calls`);
  await inParallel(run, unknown, async (story) => {
    const result = await rehearsed(run, story);
    if (result !== undefined) known.set(storyId(story), result);
  });
  const cells = wanted.flatMap((story) => cellsOf(story, known.get(storyId(story))?.calls ?? []));
  const next = chosen(run, cells);
  run.say(`${cells.length} cells in all, ${next.length} of them now, ${run.parallel} at a time`);
  const results: CellResult[] = [];
  const meter = new Meter(run.servers);
  await inParallel(run, next, async (cell) => {
    const result = await playedOut(run, cell);
    results.push(result);
    run.say(`  ${results.length}/${next.length} ${told(result)}`);
  });
  run.say(`${results.length} cells: ${sums(results)}`);
  if (results.length > 0) run.say(meter.told(results.length));
  run.say(windowOf(results));
  return results.every(isGood) ? 0 : 1;
}

/** Those without a result at this commit; a cell that FAILED is played again. */
function chosen({ before, commit, match, seed, cells: most }: Run, cells: readonly Cell[]): Cell[] {
  const isDone = ({ commit: at, outcome }: CellResult) => at === commit && outcome !== 'FAILED';
  const done = new Set(before.cells.filter(isDone).map(({ cell }) => idOf(cell)));
  const open =
    match === undefined
      ? cells.filter((cell) => !done.has(idOf(cell)))
      : cells.filter((cell) => match.test(idOf(cell)));
  return inOrder(open, seed).slice(0, most);
}

async function rehearsed({ lanes, commit, say }: Run, story: Story): Promise<StoryResult | undefined> {
  const startedAt = Date.now();
  try {
    const { calls, facts, windowMs } = await lanes.on(story.path, (lane) => rehearse(lane, story));
    const ms = Date.now() - startedAt;
    say(`  ${storyId(story)}: ${calls.length} calls, ${facts.unsettled ?? facts.reason ?? 'gone'}, ${seconds(ms)}`);
    const result = { story, commit, ranAt: instant(startedAt), ms, calls, ...window(windowMs) };
    if (facts.unsettled === undefined) appendResult(result);
    return result;
  } catch (error) {
    say(`  ${storyId(story)}: ${withoutPlaces(error)}`);
    return undefined;
  }
}

async function playedOut({ lanes, commit, seed }: Run, cell: Cell): Promise<CellResult> {
  const startedAt = Date.now();
  const result = await outcomeOf(lanes, cell);
  const ms = Date.now() - startedAt;
  const line: CellResult = { cell, commit, seed, ranAt: instant(startedAt), ms, ...result };
  appendResult(line);
  return line;
}

function told({ cell, outcome, why, ms }: CellResult): string {
  const because = why === undefined ? '' : ` (${why})`;
  return `${idOf(cell)}: ${outcome}${because}, ${seconds(ms)}`;
}

type Ending = Pick<CellResult, 'outcome' | 'why' | 'trace' | 'windowMs'>;

/** How often a call comes is at times a matter of time: so often a cell is played before it has FAILED. */
const plays = 3;

/** Plays one cell and says what became of the login. */
export async function outcomeOf(lanes: Lanes, cell: Cell): Promise<Ending> {
  for (let played = 1; ; played += 1) {
    const ending = await playedOnce(lanes, cell);
    // Nothing else is tried again: an outcome that is bad once is bad.
    if (!isNeverKilled(ending) || played === plays) return ending;
  }
}

async function playedOnce(lanes: Lanes, cell: Cell): Promise<Ending> {
  try {
    const { facts, trace, windowMs } = await lanes.on(cell.path, (lane) => play(lane, cell));
    return { ...judge(cell, kinds[cell.kind].isSingleUse, facts), trace: shortened(trace), ...window(windowMs) };
  } catch (error) {
    return { outcome: 'FAILED', why: withoutPlaces(error), trace: [] };
  }
}

const window = (windowMs: number | undefined) => (windowMs === undefined ? {} : { windowMs });
const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
const instant = (at: number) => new Date(at).toISOString();

async function inParallel<T>(
  { parallel, until }: Run,
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  const lane = async () => {
    for (let item = waiting.shift(); item !== undefined && Date.now() < until; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: parallel }, lane));
}

/** What a SIGKILL of a single-use platform's client can lose, as wide as it was seen in this run. */
function windowOf(cells: readonly CellResult[]): string {
  const widths = windowsOf({ stories: [], cells });
  if (widths.length === 0) return 'no single-use answer was seen from its arrival to its acknowledged write';
  const worst = widths.at(-1);
  return `from a single-use answer to its acknowledged write: median ${median(widths)} ms, worst ${worst} ms of ${widths.length}`;
}

function sums(results: readonly CellResult[]): string {
  const counts = new Map<string, number>();
  for (const { outcome } of results) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  return [...counts].map(([name, count]) => `${count} ${name}`).join(', ') || 'nothing to do';
}
