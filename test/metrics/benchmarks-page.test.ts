import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { median } from '../../bench/results.ts';
import { refreshSteps, type Step } from '../../bench/wire.ts';
import { benchmarkPages } from '../../scripts/benchmarks-page.ts';

const run = { at: '2026-11-25T10:00:00.000Z', commit: 'abc', cores: 2, node: 'v24.0.0', isQuick: false };
const round = (operator: number) => ({ operator, bare: 100, least: 200, operatorCpuMs: 9, bareCpuMs: 3 });
const pipeline = {
  ...run,
  kind: 'pipeline',
  tokens: 'Rotating',
  channels: 1_000,
  workers: 16,
  rounds: [round(60), round(80), round(90)],
  requests: { operator: { 'vault GET grant': 2 }, bare: { 'vault GET grant': 2 }, least: {} },
};
const cost = { ms: 20, cpuMs: 4 };
const idle = {
  ...run,
  kind: 'idle',
  channels: 10_000,
  source: 'Server',
  readyMs: 2_000,
  residentMiB: { idle: 151, after: 160, peak: 170 },
  scrape: { bytes: 7_800_000, wireBytes: 1_900_000, ms: 9 },
  edit: cost,
  refresh: cost,
};

describe('docs/benchmarks.md', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'results-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function pageOf(pipelines: object[], idles: object[]): string | undefined {
    const lines = (results: object[]) => results.map((one) => `${JSON.stringify(one)}\n`).join('');
    writeFileSync(join(folder, 'pipeline.jsonl'), lines(pipelines));
    writeFileSync(join(folder, 'idle.jsonl'), lines(idles));
    return new Map(benchmarkPages(folder)).get('docs/benchmarks.md');
  }

  it('has no page before the first full run', () => {
    expect(pageOf([{ ...pipeline, isQuick: true }], [idle])).toBeUndefined();
  });

  it('says of each goal whether it was met', () => {
    const page = pageOf([pipeline], [idle]);
    expect(page).toContain('| Pipeline beside the same calls, rotating tokens | >= 0.70 | 0.80 | yes |');
    expect(page).toContain('| Memory with 10,000 idle channels (server) | <= 150 MiB | 151 MiB | **no** |');
    expect(page).toContain('| < 2 MB | 1.9 MB at 10,000 channels (7.8 MB unpacked) | yes |');
  });

  it('compares the cost of an event where there are few and many channels of one source', () => {
    const few = { ...idle, channels: 10, edit: { ms: 20, cpuMs: 2 } };
    const page = pageOf([pipeline], [few, idle]);
    expect(page).toContain('| CPU of one edit, 10,000 beside 10 channels (server) | <= 1.33 | 2.00 | **no** |');
    expect(page).toContain('| CPU of one refresh, 10,000 beside 10 channels (server) | <= 1.33 | 1.00 | yes |');
  });

  it('takes the newest full run of each kind, whatever was tried out after it', () => {
    const later = { at: '2026-11-26T10:00:00.000Z', commit: 'later' };
    const page = pageOf(
      [pipeline, { ...pipeline, ...later, rounds: [round(75)] }, { ...pipeline, at: '2026-11-27', isQuick: true }],
      [idle],
    );
    expect(page).toContain('| >= 0.70 | 0.75 | yes |');
    expect(page).toContain('at commit `later`');
    expect(page).toContain('at commit `abc`');
  });
});

describe('the steps of a refresh', () => {
  const look = (name: string): Step => ({ server: 'kubernetes', method: 'GET', path: `/ns/n1/socialchannels/${name}` });
  const status = (name: string): Step => ({
    server: 'kubernetes',
    method: 'PATCH',
    path: `/ns/n1/socialchannels/${name}/status`,
  });
  const token: Step = { server: 'platform', method: 'POST', path: '/oauth2/token' };
  const app: Step = { server: 'kubernetes', method: 'GET', path: '/ns/n1/socialapps/twitch' };

  it('are those that most channels had, in the words of any fleet', () => {
    const seen = [
      ...[look('a-1'), token, app, status('a-1')],
      ...[look('a-2'), token, status('a-2')],
      ...[look('a-1'), status('a-1')],
      ...[look('a-2'), status('a-2')],
      ...[look('a-1'), token, status('a-1')],
    ];
    const steps = refreshSteps(seen, { names: ['a-1', 'a-2'], namespace: 'n1', prefix: 'p1' });
    expect(steps.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /ns/{namespace}/socialchannels/{channel}',
      'POST /oauth2/token',
      'PATCH /ns/{namespace}/socialchannels/{channel}/status',
    ]);
  });
});

it.each([
  [[3, 1, 2], 2],
  [[1, 2, 3, 10], 2.5],
])('the median of %j is %d', (values, expected) => {
  expect(median(values)).toBe(expected);
});
