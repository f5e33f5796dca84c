/** Writes the pages, and the parts of pages, that come from the code; with `--check` says which of them is out of date. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { crashPage } from '../crash/page.ts';
import { crashPicture } from '../crash/picture.ts';
import { readResults } from '../crash/results.ts';
import { configurationPage } from '../src/config-help.ts';
import { createMetrics, metricsPage, nothingToScrape } from '../src/metrics.ts';
import { benchmarkPages } from './benchmarks-page.ts';
import { cliPage } from './cli-page.ts';
import { dashboardFiles } from './dashboards.ts';
import { fieldsPage } from './fields-page.ts';
import { platformPages } from './platform-pages.ts';
import { reasonsPage } from './reasons-page.ts';
import { referencePage } from './reference-page.ts';

/** Path inside the repository -> text, as it should be. */
export async function generatedPages(): Promise<ReadonlyMap<string, string>> {
  const metrics = createMetrics({ sources: nothingToScrape, version: '0', now: () => 0, channelLimit: 0 });
  const crashes = readResults();
  return new Map([
    ['docs/cli.md', cliPage()],
    ['docs/configuration.md', configurationPage()],
    ['docs/metrics.md', metricsPage(await metrics.describe())],
    ['docs/reasons.md', reasonsPage()],
    ['docs/reference.md', await referencePage()],
    ['docs/crash-matrix.md', crashPage(crashes)],
    ['docs/pictures/crash-matrix.svg', crashPicture(crashes)],
    ['docs/platforms/fields.md', await fieldsPage()],
    ...(await platformPages()),
    ...benchmarkPages(),
    ...dashboardFiles(),
  ]);
}

async function main(): Promise<void> {
  const root = new URL('../', import.meta.url);
  const isCheck = process.argv.includes('--check');
  for (const [path, text] of await generatedPages()) {
    const before = await readFile(new URL(path, root), 'utf8').catch(() => undefined);
    if (before === text) continue;
    if (!isCheck) await written(new URL(path, root), text);
    console.log(isCheck ? `${path} is out of date: run node scripts/generate-docs.ts` : `wrote ${path}`);
    if (isCheck) process.exitCode = 1;
  }
}

async function written(file: URL, text: string): Promise<void> {
  await mkdir(new URL('.', file), { recursive: true });
  await writeFile(file, text);
}

if (import.meta.main) await main();
