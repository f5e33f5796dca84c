import { points, troubles } from './cells.ts';
import type { Outcome } from './judge.ts';
import { kinds } from './kinds.ts';
import type { CellResult, Results } from './results.ts';
import { count, failures, outcomes, rowsOf, tallyOf } from './tally.ts';

const colours: Readonly<Record<Outcome, string>> = {
  kept: '#15803d',
  'unknown-then-kept': '#65a30d',
  unknowable: '#d97706',
  LOST: '#b91c1c',
  FALSE: '#7e22ce',
  FAILED: '#475569',
};

const left = 330;
const cellWidth = 62;
const rowHeight = 30;
const top = 96;

/** `docs/pictures/crash-matrix.svg`: a bar for each path, kind, trouble and point, parted by outcome. */
export function crashPicture(results: Results): string {
  const tally = tallyOf(results);
  const rows = rowsOf(tally);
  const columns = troubles.flatMap((trouble) => points.map((point) => ({ trouble, point })));
  const width = left + columns.length * cellWidth + 20;
  const height = top + rows.length * rowHeight + 60;
  const bad = failures(tally.ran).length;
  const body = rows.flatMap(({ path, kind, ran }, row) => [
    text(left - 12, top + row * rowHeight + 19, `${path}: ${kind} (${kinds[kind].platform})`, 'end', 13),
    ...columns.map(({ trouble, point }, column) => {
      const here = ran.filter(({ cell }) => cell.trouble === trouble && cell.point === point);
      return bar(left + column * cellWidth, top + row * rowHeight, here);
    }),
  ]);
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="t d" font-family="system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif" font-size="13">`,
    '  <title id="t">Crash matrix</title>',
    `  <desc id="d">Outcomes of ${tally.ran.length} of ${tally.all.length} cells by path and kind of token (rows), trouble and place of the kill (columns). ${bad} are bad.</desc>`,
    `  <rect width="${width}" height="${height}" fill="#ffffff"/>`,
    text(20, 26, `${tally.ran.length} of ${tally.all.length} cells, ${bad} bad`, 'start', 15),
    ...troubles.map((trouble, index) => text(left + (index * 3 + 1.5) * cellWidth, 56, trouble, 'middle', 13)),
    ...columns.map(({ point }, index) =>
      text(
        left + (index + 0.5) * cellWidth,
        80,
        point.replace('-forward', '').replace('after-answer', 'answered'),
        'middle',
        11,
      ),
    ),
    ...body,
    ...legend(top + rows.length * rowHeight + 34),
    '</svg>',
  ].join('\n')}\n`;
}

function text(x: number, y: number, words: string, anchor: string, size: number): string {
  return `  <text x="${x}" y="${y}" text-anchor="${anchor}" font-size="${size}" fill="#0f172a">${words}</text>`;
}

/** Parted by outcome; the number of its cells stands in it. */
function bar(x: number, y: number, results: readonly CellResult[]): string {
  const full = cellWidth - 6;
  if (results.length === 0)
    return `  <rect x="${x + 3}" y="${y + 4}" width="${full}" height="22" rx="3" fill="#f1f5f9"/>`;
  let at = x + 3;
  const parts = outcomes.flatMap((outcome) => {
    const width = Math.round((count(results, outcome) / results.length) * full * 10) / 10;
    if (width === 0) return [];
    const part = `<rect x="${Math.round(at * 10) / 10}" y="${y + 4}" width="${width}" height="22" fill="${colours[outcome]}"/>`;
    at += width;
    return [part];
  });
  const label = `<text x="${x + cellWidth / 2}" y="${y + 20}" text-anchor="middle" font-size="12" fill="#ffffff">${results.length}</text>`;
  return `  ${parts.join('')}${label}`;
}

function legend(y: number): string[] {
  return outcomes.map((outcome, index) => {
    const x = 20 + index * 150;
    return `  <rect x="${x}" y="${y - 12}" width="14" height="14" fill="${colours[outcome]}"/><text x="${x + 20}" y="${y}" fill="#0f172a">${outcome}</text>`;
  });
}
