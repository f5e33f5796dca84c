import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Cell, cellsOf, idOf } from '../../crash/cells.ts';
import { crashPage } from '../../crash/page.ts';
import { crashPicture } from '../../crash/picture.ts';
import {
  appendResult,
  type CellResult,
  keepNewest,
  newest,
  readResults,
  type StoryResult,
} from '../../crash/results.ts';
import { median, tallyOf } from '../../crash/tally.ts';

const ran = { commit: 'aaaaaaa', ranAt: '2026-01-02T00:00:00.000Z', ms: 9 };
const story: StoryResult = {
  ...ran,
  story: { path: 'refresh', kind: 'single-use', isAnswerLost: false },
  calls: ['vault POST channels/live/grant (claim)'],
  windowMs: 30,
};
const [first, second, third] = cellsOf(story.story, story.calls) as [Cell, Cell, Cell];
const result = (cell: Cell, about: Partial<CellResult> = {}): CellResult => ({
  ...ran,
  ...{ cell, seed: 1, outcome: 'kept', trace: [] },
  ...about,
});

const folder = mkdtempSync(join(tmpdir(), 'crash-results-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the results', () => {
  it('are the newest of each cell, also after the file was shortened', () => {
    const file = join(folder, 'results.jsonl');
    expect(readResults(file)).toEqual({ stories: [], cells: [] });
    const failed = result(first, { outcome: 'FAILED' });
    for (const line of [story, failed, result(second), result(first)]) appendResult(line, file);
    const read = readResults(file);
    expect(read.cells.map(({ cell, outcome }) => [idOf(cell), outcome]).sort()).toEqual(
      [first, second].map((cell) => [idOf(cell), 'kept']).sort(),
    );
    keepNewest(read, file);
    expect(readResults(file)).toEqual(read);
  });

  it('count for the cells that the matrix has now', () => {
    const { all, ran: counted } = tallyOf(
      newest([story, result(first), result({ ...first, call: 'vault POST gone' })]),
    );
    expect([all.length, counted.length]).toEqual([9, 1]);
  });

  it('measure the window of single-use platforms alone', () => {
    const lenient = result({ ...second, kind: 'reusable' }, { windowMs: 900 });
    const { windows } = tallyOf(
      newest([story, result(first, { windowMs: 10 }), result(third, { windowMs: 50 }), lenient]),
    );
    expect(windows).toEqual([10, 30, 50]);
    expect(median(windows)).toBe(30);
  });
});

describe('the page', () => {
  const lost = result(second, { outcome: 'LOST', why: 'it was in hand' });
  const newer = result(third, { commit: 'bbbbbbb' });
  const results = newest([story, result(first), lost, { ...newer, ranAt: '2026-01-03T00:00:00.000Z' }]);

  it('says when and at which commit it ran last, how much of it, and what went wrong', () => {
    const page = crashPage(results);
    expect(page).toContain('2026-01-03 at commit `bbbbbbb`. **3 of its 9 cells have a result**, 1 of them a bad one.');
    expect(page).toContain('2 of the results are of earlier commits.');
    expect(page).toMatch(/## Bad results\n\n.*\n.*\n\| refresh · .* \| LOST \| it was in hand \|/);
  });

  it('has a picture whose numbers are the same', () => {
    expect(crashPicture(results)).toContain('>3 of 9 cells, 1 bad<');
  });
});
