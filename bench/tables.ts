import { type IdleResult, median, type PipelineResult, type RequestCounts, type Round } from './results.ts';

export interface Cells {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export function total(counts: RequestCounts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** The median of the rounds' own ratios: what the machine did between two rounds is in none of them. */
export function ratio(rounds: readonly Round[], beside: 'bare' | 'least'): number {
  return median(rounds.flatMap((round) => (round[beside] === undefined ? [] : [round.operator / round[beside]])));
}

export function pipelineCells(results: readonly PipelineResult[]): Cells {
  return {
    head: ['Refresh tokens', 'Who', 'Requests', 'CPU ms', 'Refreshes/s', 'Operator / this'],
    rows: results.flatMap(({ tokens, rounds, requests }) => {
      const of = (which: 'operator' | 'bare' | 'least') =>
        median(rounds.flatMap((round) => round[which] ?? [])).toFixed(1);
      const cpu = (which: 'operatorCpuMs' | 'bareCpuMs') => median(rounds.map((round) => round[which])).toFixed(1);
      const sent = (which: 'operator' | 'bare' | 'least') => String(Math.round(total(requests[which]) * 10) / 10);
      const name = tokens === 'Rotating' ? 'single-use' : 'reusable';
      return [
        [name, 'operator', sent('operator'), cpu('operatorCpuMs'), of('operator'), ''],
        [
          name,
          'bare loop, the same calls',
          sent('bare'),
          cpu('bareCpuMs'),
          of('bare'),
          ratio(rounds, 'bare').toFixed(2),
        ],
        [name, 'bare loop, the least calls', sent('least'), '', of('least'), ratio(rounds, 'least').toFixed(2)],
      ];
    }),
  };
}

export function idleCells(results: readonly IdleResult[]): Cells {
  const mib = (value: number) => value.toFixed(0);
  return {
    head: [
      'Channels',
      'Lists',
      'Ready s',
      'MiB idle',
      'MiB after',
      'Scrape kB',
      'sent',
      'ms',
      'Edit ms',
      'CPU',
      'Refresh ms',
      'CPU',
    ],
    rows: results.map(({ channels, source, readyMs, residentMiB, scrape, edit, refresh }) => [
      channels.toLocaleString('en'),
      source === 'Stub' ? 'stub' : 'server',
      (readyMs / 1000).toFixed(1),
      mib(residentMiB.idle),
      mib(residentMiB.after),
      (scrape.bytes / 1000).toFixed(0),
      scrape.wireBytes === undefined ? '' : (scrape.wireBytes / 1000).toFixed(0),
      scrape.ms.toFixed(0),
      edit.ms.toFixed(0),
      edit.cpuMs.toFixed(0),
      refresh.ms.toFixed(0),
      refresh.cpuMs.toFixed(0),
    ]),
  };
}

/** In columns, for a terminal. */
function plain({ head, rows }: Cells): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  return [head, ...rows].map((row) => `${line(row).trimEnd()}\n`).join('');
}

export function pipelineTable(results: readonly PipelineResult[]): string {
  return results.length === 0 ? '' : plain(pipelineCells(results));
}

export function idleTable(results: readonly IdleResult[]): string {
  return results.length === 0 ? '' : plain(idleCells(results));
}
