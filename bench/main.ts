import { parseArgs } from 'node:util';
import { startWorld } from '../test/harness/world.ts';
import { serverBinaries } from '../test/servers/binaries.ts';
import type { Tokens } from './fleet.ts';
import { type IdleSizes, measureIdle } from './idle.ts';
import { measurePipeline, type PipelineSize } from './pipeline.ts';
import { Report } from './report.ts';
import type { Result } from './results.ts';
import { idleTable, pipelineTable } from './tables.ts';

const help = `Measures the operator, compiled as it ships, against real servers on loopback.

  make bench                        everything; about half an hour on two cores that others use too
  make bench QUICK=1                fewer channels, one round, under two minutes; not for the docs
  node bench/main.ts --only idle    memory, scrape and the cost of one event beside idle channels
  node bench/main.ts --only pipeline --quick
                                    refreshes per second beside a bare loop, in small

What is compared is compared in one run, by turns, so that a ratio holds on a machine that others
use too; absolute figures do not. Each result is a JSON line in bench/results/; after a run that is
not quick, make docs brings it into docs/benchmarks.md. Needs dist/ (make build).
`;

interface Plan {
  readonly tokens: readonly Tokens[];
  readonly pipeline: PipelineSize;
  readonly idle: IdleSizes;
}

const full: Plan = {
  tokens: ['Rotating', 'Reusable'],
  pipeline: { channels: 1_000, rounds: 3 },
  idle: { stub: [10, 5_000, 100_000], server: [10, 1_000, 10_000], events: 10 },
};
const quick: Plan = {
  tokens: ['Rotating'],
  pipeline: { channels: 40, rounds: 1 },
  idle: { stub: [10_000], server: [100], events: 4 },
};

const parts = ['pipeline', 'idle'] as const;

function options() {
  const { values } = parseArgs({
    options: { help: { type: 'boolean' }, quick: { type: 'boolean' }, only: { type: 'string' } },
  });
  const { only } = values;
  if (only !== undefined && !parts.some((part) => part === only)) {
    throw new Error(`--only takes one of: ${parts.join(', ')}`);
  }
  return { isHelp: values.help === true, isQuick: values.quick === true, only };
}

async function measure(report: Report, plan: Plan, only: string | undefined): Promise<Result[]> {
  const found: Result[] = [];
  const world = await startWorld();
  report.say('etcd, kube-apiserver, kube-controller-manager, Vault and the simulator of platforms are up');
  try {
    if (only !== 'idle') {
      for (const tokens of plan.tokens) {
        found.push(report.keep(await measurePipeline(world, report, tokens, plan.pipeline)));
      }
    }
    if (only !== 'pipeline') await measureIdle(world, report, plan.idle, (one) => found.push(report.keep(one)));
  } finally {
    await world.stop();
  }
  return found;
}

async function main(): Promise<number> {
  const { isHelp, isQuick, only } = options();
  if (isHelp) {
    process.stdout.write(help);
    return 0;
  }
  await serverBinaries();
  const found = await measure(new Report(isQuick), isQuick ? quick : full, only);
  const of = <K extends Result['kind']>(kind: K) =>
    found.filter((one): one is Extract<Result, { kind: K }> => one.kind === kind);
  process.stdout.write(`\n${pipelineTable(of('pipeline'))}\n${idleTable(of('idle'))}\n`);
  return 0;
}

// Pools of clients to servers that are gone would keep the process for a while.
main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
