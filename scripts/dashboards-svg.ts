import type { Panel } from './dashboard-panels.ts';

export interface Line {
  readonly legend: string;
  /** Labels of the series, for tables. */
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly (readonly [at: number, value: number])[];
}
export interface Drawn {
  readonly panel: Panel;
  readonly x: number;
  readonly y: number;
  readonly lines: readonly Line[];
}

const COLUMN = 50;
const ROW = 30;
const GAP = 6;
const colours = ['#2563eb', '#dc2626', '#059669', '#d97706', '#7c3aed', '#0891b2', '#be185d', '#4d7c0f'];
const colourOf = (index: number) => colours[index % colours.length] ?? '#334155';
const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const font = `font-family="system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif"`;

/** A dashboard's panels in their places, each by its kind. */
export function dashboardSvg(title: string, drawn: readonly Drawn[]): string {
  const height = 50 + Math.max(...drawn.map(({ y, panel }) => (y + panel.height) * ROW));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${24 * COLUMN} ${height}" role="img" aria-label="${escaped(title)}" ${font} font-size="12">
<rect width="100%" height="100%" fill="#f1f5f9"/>
<text x="12" y="32" font-size="20" font-weight="600" fill="#0f172a">${escaped(title)}</text>
${drawn.map(panelSvg).join('\n')}
</svg>
`;
}

function panelSvg({ panel, x, y, lines }: Drawn): string {
  const [width, height] = [panel.width * COLUMN - GAP, panel.height * ROW - GAP];
  const inside = { stat, table, timeseries, 'state-timeline': timeseries }[panel.kind](panel, lines, width, height);
  return `<svg x="${x * COLUMN + GAP / 2}" y="${50 + y * ROW}" width="${width}" height="${height}">
<rect width="${width}" height="${height}" rx="4" fill="#ffffff" stroke="#e2e8f0"/>
<text x="10" y="20" font-weight="600" fill="#0f172a">${escaped(panel.title)}</text>
${inside}
</svg>`;
}

function stat({ unit }: Panel, lines: readonly Line[], width: number, height: number): string {
  const each = width / Math.max(lines.length, 1);
  return lines
    .map(({ legend, points }, index) => {
      const x = each * (index + 0.5);
      const value = points.at(-1)?.[1] ?? Number.NaN;
      return `<text x="${x}" y="${height / 2 + 14}" text-anchor="middle" font-size="28" fill="#0f172a">${told(value, unit)}</text>
<text x="${x}" y="${height - 16}" text-anchor="middle" fill="#475569">${escaped(legend)}</text>`;
    })
    .join('\n');
}

function table({ unit }: Panel, lines: readonly Line[], width: number, height: number): string {
  const names = Object.keys(lines[0]?.labels ?? {});
  const rows = [
    [...names, 'Value'],
    ...lines.map(({ labels, points }) => [
      ...names.map((name) => labels[name] ?? ''),
      told(points.at(-1)?.[1] ?? Number.NaN, unit),
    ]),
  ];
  const widths = [...names, 'Value'].map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)) + 2);
  const scale = (width - 20) / widths.reduce((sum, one) => sum + one, 0);
  const x = (column: number) => round(10 + scale * widths.slice(0, column).reduce((sum, one) => sum + one, 0));
  return rows
    .slice(0, Math.floor((height - 36) / 20))
    .flatMap((row, index) =>
      row.map(
        (text, column) =>
          `<text x="${x(column)}" y="${46 + index * 20}" fill="${index === 0 ? '#475569' : '#0f172a'}">${escaped(text)}</text>`,
      ),
    )
    .join('\n');
}

function timeseries({ unit }: Panel, lines: readonly Line[], width: number, height: number): string {
  const values = lines.flatMap(({ points }) => points.map(([, value]) => value)).filter(Number.isFinite);
  const times = lines.flatMap(({ points }) => points.map(([at]) => at));
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const most = Math.max(...values, 0) * 1.05 || 1;
  const bottom = height - 40;
  const x = (at: number) => round(64 + ((at - first) / (last - first || 1)) * (width - 78));
  const y = (value: number) => round(bottom - (value / most) * (bottom - 34));
  const grid = [0, 0.5, 1].map((share) => {
    const value = most * share;
    return `<path d="M64 ${y(value)} H${width - 14}" stroke="#e2e8f0"/><text x="58" y="${y(value) + 4}" text-anchor="end" font-size="11" fill="#475569">${told(value, unit)}</text>`;
  });
  const paths = lines.map(({ points }, index) => {
    const path = points.filter(([, value]) => Number.isFinite(value)).map(([at, value]) => `${x(at)} ${y(value)}`);
    return path.length === 0
      ? ''
      : `<path d="M${path.join('L')}" fill="none" stroke="${colourOf(index)}" stroke-width="1.5"/>`;
  });
  return [...grid, ...paths, legendOf(lines, width, height)].join('\n');
}

function legendOf(lines: readonly Line[], width: number, height: number): string {
  let at = 10;
  const words = lines.map(({ legend }, index) => {
    const from = at;
    at += legend.length * 6.2 + 24;
    return at > width
      ? ''
      : `<rect x="${from}" y="${height - 20}" width="10" height="4" fill="${colourOf(index)}"/><text x="${from + 14}" y="${height - 13}" font-size="11" fill="#334155">${escaped(legend)}</text>`;
  });
  return words.join('');
}

const round = (value: number) => Math.round(value * 10) / 10;

function told(value: number, unit: string): string {
  if (!Number.isFinite(value)) return 'none';
  if (unit === 'bytes') return `${Math.round(value / 2 ** 20)} MiB`;
  if (unit !== 's') return String(Math.round(value * 100) / 100);
  const [size, name] =
    value >= 172_800 ? [86_400, 'd'] : value >= 7200 ? [3600, 'h'] : value >= 120 ? [60, 'min'] : [1, 's'];
  return `${round(value / Number(size))} ${name}`;
}
