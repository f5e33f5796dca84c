import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { serverBinaries } from '../servers/binaries.ts';
import { ManagedProcess } from './managed-process.ts';
import { freePort, scratchFolder } from './scratch.ts';

export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [at: number, value: string];
}

/** A real Prometheus that scrapes one address every second. */
export interface Prometheus {
  /** `/api/v1/query`, now. @throws with Prometheus' own words for a query that it does not admit */
  query(expr: string): Promise<readonly Sample[]>;
  stop(): Promise<void>;
}

export async function startPrometheus(target: string): Promise<Prometheus> {
  const { prometheus } = await serverBinaries(['prometheus']);
  const folder = scratchFolder('prometheus');
  const address = `127.0.0.1:${await freePort()}`;
  const config = join(folder, 'prometheus.yml');
  mkdirSync(join(folder, 'data'));
  const scrape = { job_name: 'operator', scrape_interval: '1s', static_configs: [{ targets: [target] }] };
  // JSON is YAML too.
  writeFileSync(config, JSON.stringify({ scrape_configs: [scrape] }));
  const get = (path: string) => fetch(`http://${address}${path}`);
  const process = new ManagedProcess({
    name: 'prometheus',
    command: prometheus,
    args: [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${address}`,
      '--log.level=warn',
    ],
    logFile: join(folder, 'prometheus.log'),
    ready: async () => (await get('/-/ready')).ok,
  });
  await process.start();
  return {
    query: async (expr) => {
      const answer = (await (await get(`/api/v1/query?query=${encodeURIComponent(expr)}`)).json()) as {
        status: string;
        error?: string;
        data?: { result: Sample[] };
      };
      if (answer.status !== 'success') throw new Error(`${expr}: ${answer.error}`);
      return answer.data?.result ?? [];
    },
    stop: async () => {
      await process.stop();
    },
  };
}
