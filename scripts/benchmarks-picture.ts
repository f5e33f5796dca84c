import type { IdleResult, PipelineResult } from '../bench/results.ts';
import { ratio } from '../bench/tables.ts';

const colours = { operator: '#6366f1', stub: '#94a3b8', goal: '#dc2626', text: '#0f172a', faint: '#475569' };
const font = `font-family="system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif" font-size="14"`;

interface Bar {
  readonly label: string;
  readonly value: number;
  readonly text: string;
  readonly colour: string;
  readonly goal?: number | undefined;
}

/** Two groups of bars: the pipeline's ratios, and memory by number of channels; a red line is a goal. */
export function benchmarksPicture(pipeline: readonly PipelineResult[], idle: readonly IdleResult[]): string {
  const ratios = pipeline.map(({ tokens, rounds }): Bar => {
    const value = ratio(rounds, 'bare');
    return { label: `${tokens} tokens`, value, text: value.toFixed(2), colour: colours.operator, goal: 0.7 };
  });
  const limits: Readonly<Record<number, number>> = { 10000: 150, 100000: 512 };
  const memory = idle.map(({ channels, source, residentMiB }): Bar => {
    const colour = source === 'Stub' ? colours.stub : colours.operator;
    const label = `${channels.toLocaleString('en')} channels (${source.toLowerCase()})`;
    return {
      label,
      value: residentMiB.idle,
      text: `${residentMiB.idle.toFixed(0)} MiB`,
      colour,
      goal: limits[channels],
    };
  });
  const top = group('Refreshes per second beside a bare loop of the same calls', ratios, 20);
  const bottom = group('Resident memory with idle channels', memory, top.end + 26);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 860 ${bottom.end + 10}" role="img" aria-labelledby="t d" ${font}>
  <title id="t">Benchmarks</title>
  <desc id="d">${[...ratios, ...memory].map(({ label, text }) => `${label}: ${text}.`).join(' ')} Red lines are goals.</desc>
  <rect width="860" height="${bottom.end + 10}" fill="#ffffff"/>
${top.lines.join('\n')}
${bottom.lines.join('\n')}
</svg>
`;
}

const LEFT = 260;
const WIDTH = 480;
const HEIGHT = 30;

function group(title: string, bars: readonly Bar[], from: number): { lines: string[]; end: number } {
  const most = Math.max(...bars.flatMap(({ value, goal = 0 }) => [value, goal]));
  const x = (value: number) => Math.round((LEFT + (value / most) * WIDTH) * 10) / 10;
  const lines = [`  <text x="20" y="${from + 12}" font-weight="600" fill="${colours.text}">${title}</text>`];
  bars.forEach(({ label, value, text, colour, goal }, index) => {
    const y = from + 26 + index * HEIGHT;
    const end = x(value);
    lines.push(
      `  <text x="${LEFT - 12}" y="${y + 16}" text-anchor="end" fill="${colours.faint}">${label}</text>`,
      `  <rect x="${LEFT}" y="${y}" width="${Math.round((end - LEFT) * 10) / 10}" height="22" rx="3" fill="${colour}"/>`,
      `  <text x="${Math.max(end, x(goal ?? 0)) + 8}" y="${y + 16}" fill="${colours.text}">${text}</text>`,
    );
    if (goal === undefined) return;
    const path = `M${x(goal)} ${y - 3} v28`;
    lines.push(`  <path d="${path}" stroke="${colours.goal}" stroke-width="2"/>`);
  });
  return { lines, end: from + 26 + bars.length * HEIGHT };
}
