/**
 * Draws the fleet dashboard for the docs: an invented fleet, put into a real Prometheus, which answers the very queries of
 * the shipped JSON. What draws the panels is this script, not Grafana.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ManagedProcess } from '../test/harness/managed-process.ts';
import { freePort, repository, scratchFolder } from '../test/harness/scratch.ts';
import { serverBinaries } from '../test/servers/binaries.ts';
import { dashboards, type Panel } from './dashboard-panels.ts';
import { sampleScrapes } from './dashboards-sample.ts';
import { type Drawn, dashboardSvg, type Line } from './dashboards-svg.ts';

const endS = Date.parse('2026-11-25T12:00:00Z') / 1000;
const picture = join(repository, 'docs/pictures/dashboard-fleet.svg');

interface Answer {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}
type Ask = (path: string, parameters: Readonly<Record<string, string>>) => Promise<readonly Answer[]>;

async function prometheusWith(scrapes: string): Promise<{ ask: Ask; stop: () => Promise<unknown> }> {
  const { prometheus, promtool } = await serverBinaries(['prometheus', 'promtool']);
  const folder = scratchFolder('dashboards');
  const [data, file, config] = ['data', 'scrapes.txt', 'prometheus.yml'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  mkdirSync(data);
  writeFileSync(file, scrapes);
  writeFileSync(config, '{}');
  await promisify(execFile)(promtool, ['tsdb', 'create-blocks-from', 'openmetrics', file, data]);
  const address = `127.0.0.1:${await freePort()}`;
  const server = new ManagedProcess({
    name: 'prometheus',
    command: prometheus,
    args: [
      `--config.file=${config}`,
      `--storage.tsdb.path=${data}`,
      '--storage.tsdb.retention.time=100y',
      `--web.listen-address=${address}`,
      '--log.level=warn',
    ],
    logFile: join(folder, 'prometheus.log'),
    ready: async () => (await fetch(`http://${address}/-/ready`)).ok,
  });
  await server.start();
  const ask: Ask = async (path, parameters) => {
    const answer = await fetch(`http://${address}/api/v1/${path}?${new URLSearchParams(parameters)}`);
    const { data: found, error } = (await answer.json()) as { data?: { result: Answer[] }; error?: string };
    if (found === undefined) throw new Error(`${parameters.query}: ${error}`);
    return found.result;
  };
  return { ask, stop: () => server.stop() };
}

/** The panel's queries, as Grafana sends them for all platforms. @throws where one of them has no data */
async function linesOf({ kind, title, queries }: Panel, ask: Ask): Promise<readonly Line[]> {
  const isNow = kind === 'stat' || kind === 'table';
  const answers = await Promise.all(
    queries.map(async ({ expr, legend = '' }) => {
      const query = expr.replaceAll('$__rate_interval', '10m').replaceAll('$platform', '.*');
      const at = { time: String(endS) };
      const range = { start: String(endS - 6 * 3600), end: String(endS), step: '120' };
      const found = await ask(isNow ? 'query' : 'query_range', { query, ...(isNow ? at : range) });
      return found.map(({ metric, value, values = value === undefined ? [] : [value] }): Line => {
        const words = legend.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => metric[name] ?? '');
        return { legend: words, labels: metric, points: values.map(([when, number]) => [when, Number(number)]) };
      });
    }),
  );
  const lines = answers.flat();
  if (lines.length === 0) throw new Error(`the panel "${title}" has no data`);
  return lines;
}

const [fleet] = dashboards;
if (fleet === undefined) throw new Error('there is no dashboard');
const { ask, stop } = await prometheusWith(sampleScrapes(endS));
const drawn: Drawn[] = [];
let [x, y, rowHeight] = [0, 0, 0];
for (const panel of fleet.panels) {
  if (x + panel.width > 24) [x, y, rowHeight] = [0, y + rowHeight, 0];
  drawn.push({ panel, x, y, lines: await linesOf(panel, ask) });
  x += panel.width;
  rowHeight = Math.max(rowHeight, panel.height);
}
await stop();
writeFileSync(picture, dashboardSvg(fleet.title, drawn));
console.log(`wrote ${picture}`);
