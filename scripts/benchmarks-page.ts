/** docs/benchmarks.md and its picture, from the newest full run of each kind in bench/results. */
import { fileURLToPath } from 'node:url';
import { type IdleResult, newestRun, type PipelineResult, type Result, readResults } from '../bench/results.ts';
import { type Cells, idleCells, pipelineCells, ratio } from '../bench/tables.ts';
import { benchmarksPicture } from './benchmarks-picture.ts';
import { table } from './platform-facts.ts';

export const picture = 'docs/pictures/benchmarks.svg';

type Of<T> = readonly (T & Pick<Result, 'at' | 'commit' | 'cores' | 'node'>)[];

const intro = `# Benchmarks

Generated from the newest full run in \`bench/results/\` by \`scripts/generate-docs.ts\`; do not edit. \`make bench\` runs it
again (\`QUICK=1\` tries it out in under two minutes). The operator runs compiled, as it ships, with its default settings,
beside real servers on one machine, which others may use at the same time: **ratios within one run hold, absolute figures
do not**.

![Ratios of the pipeline and memory by number of channels](pictures/benchmarks.svg)
`;

const pipelineText = `
## Refreshes that are all due at once

Channels of Twitch (simulated) become due together while the operator is away; then it starts. By turns with it runs a
loop of its own process that sends **the same calls in the same order** with the same concurrency, permissions and kept-alive
connections, and does nothing else; it gets its list of calls from what proxies saw of the operator. A third loop sends only
what the protocol cannot do without (two reads for the versions, claim, token call, commit, Secret, status). Each rate counts
from the first token call's arrival at the platform to the last status; figures are medians of the rounds, ratios medians of
the rounds' ratios. A ratio above 1 is the machine's noise: the servers then decide, and the operator's own share does not
show. CPU is that of the process per refresh, its start included. The operator opens a new connection for every
token call, because one that the platform closes while it idles would make an outcome unknown; the loops keep theirs.
`;

const idleText = `
## Channels that have nothing to do

One channel lives; the others are connected, with a Secret, and have nothing due for hours, as after any restart. **server**:
all of them are in the API server. **stub**: a stub of the bench puts them into the lists that it passes on from the real API
server, because a small machine's etcd takes too long to be filled; watches, reads and writes are real, and the stub costs a
hop. Memory is resident memory at rest after the start, and after the scrapes and events. **Edit** is from a change of one
channel's spec to its written status, **refresh** from a request by annotation to the status that answers it (with the check of
the platform that such a request brings): each the median of several, with the operator's own CPU time beside it. Compare rows of
one source; there the cost of an event should not depend on how many channels there are.
`;

/** Path inside the repository -> text; nothing before the first full run. */
export function benchmarkPages(
  folder = fileURLToPath(new URL('../bench/results/', import.meta.url)),
): [string, string][] {
  const pipeline = newestRun(readResults(folder, 'pipeline'));
  const idle = newestRun(readResults(folder, 'idle'));
  if (pipeline.length === 0 || idle.length === 0) return [];
  return [
    ['docs/benchmarks.md', page(pipeline, idle)],
    [picture, benchmarksPicture(pipeline, idle)],
  ];
}

function page(pipeline: Of<PipelineResult>, idle: Of<IdleResult>): string {
  return [
    intro,
    goals(pipeline, idle),
    pipelineText,
    roundsOf(pipeline),
    measuredAt(pipeline),
    markdown(pipelineCells(pipeline)),
    '\nRequests of one refresh, as the proxies counted them:\n\n',
    markdown(requestCells(pipeline)),
    idleText,
    measuredAt(idle),
    markdown(idleCells(idle)),
  ].join('');
}

const markdown = ({ head, rows }: Cells): string =>
  table(
    [...head],
    rows.map((row) => [...row]),
  );

function roundsOf([first]: Of<PipelineResult>): string {
  if (first === undefined) return '';
  const { channels, workers, rounds } = first;
  return `\n${channels.toLocaleString('en')} channels, ${workers} at a time, ${rounds.length} rounds.\n`;
}

function measuredAt([first]: Of<unknown>): string {
  if (first === undefined) return '';
  return `\nMeasured ${first.at.slice(0, 10)} at commit \`${first.commit}\`, ${first.cores} cores, Node ${first.node}.\n\n`;
}

/** Each goal with what came of it, met or not. */
function goals(pipeline: Of<PipelineResult>, idle: Of<IdleResult>): string {
  const rows = [
    ...pipeline.map(({ tokens, rounds }) => {
      const found = ratio(rounds, 'bare');
      return row(
        `Pipeline beside the same calls, ${tokens.toLowerCase()} tokens`,
        '>= 0.70',
        found.toFixed(2),
        found >= 0.7,
      );
    }),
    ...idle.flatMap((one) => memoryGoal(one)),
    ...(['Stub', 'Server'] as const).flatMap((source) => eventGoal(idle.filter((one) => one.source === source))),
    scrapeGoal(idle),
  ];
  return `\n${table(['Goal', 'Wanted', 'Found', 'Met'], rows)}`;
}

function row(what: string, wanted: string, found: string, isMet: boolean): string[] {
  return [what, wanted, found, isMet ? 'yes' : '**no**'];
}

const memoryLimits: Readonly<Record<number, number>> = { 10000: 150, 100000: 512 };

function memoryGoal({ channels, source, residentMiB }: IdleResult): string[][] {
  const limit = memoryLimits[channels];
  if (limit === undefined) return [];
  const what = `Memory with ${channels.toLocaleString('en')} idle channels (${source.toLowerCase()})`;
  return [row(what, `<= ${limit} MiB`, `${residentMiB.idle.toFixed(0)} MiB`, residentMiB.idle <= limit)];
}

/** CPU time, because it hardly shows what others do on the machine. A third more is called noise, not less. */
function eventGoal(results: readonly IdleResult[]): string[][] {
  const sorted = [...results].sort((a, b) => a.channels - b.channels);
  const [few, many] = [sorted[0], sorted.at(-1)];
  if (few === undefined || many === undefined || few === many) return [];
  return (['edit', 'refresh'] as const).map((event) => {
    const factor = many[event].cpuMs / few[event].cpuMs;
    const sizes = `${many.channels.toLocaleString('en')} beside ${few.channels} channels`;
    const what = `CPU of one ${event}, ${sizes} (${few.source.toLowerCase()})`;
    return row(what, '<= 1.33', factor.toFixed(2), factor <= 4 / 3);
  });
}

function scrapeGoal(idle: Of<IdleResult>): string[] {
  const most = Math.max(...idle.map(({ scrape }) => scrape.bytes));
  const largest = idle.find(({ scrape }) => scrape.bytes === most);
  const sent = largest?.scrape.wireBytes ?? most;
  const found = `${(sent / 1e6).toFixed(1)} MB at ${largest?.channels.toLocaleString('en')} channels (${(most / 1e6).toFixed(1)} MB unpacked)`;
  return row('Largest scrape, as Prometheus asks for it', '< 2 MB', found, sent < 2e6);
}

function requestCells(pipeline: Of<PipelineResult>): Cells {
  const kinds = [...new Set(pipeline.flatMap(({ requests }) => Object.keys(requests.operator)))].sort();
  const number = (count: number | undefined) => (count === undefined ? '' : String(Math.round(count * 10) / 10));
  return {
    head: [
      'Request',
      ...pipeline.flatMap(({ tokens }) => ['operator', 'same', 'least'].map((who) => `${tokens}: ${who}`)),
    ],
    rows: kinds.map((kind) => [
      kind,
      ...pipeline.flatMap(({ requests }) =>
        [requests.operator[kind], requests.bare[kind], requests.least[kind]].map(number),
      ),
    ]),
  };
}
