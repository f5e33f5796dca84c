import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { repository } from '../test/harness/scratch.ts';
import { startWorld } from '../test/harness/world.ts';
import { serverBinaries } from '../test/servers/binaries.ts';
import { bundleOperator } from './bundle.ts';
import { type PathName, paths } from './cells.ts';
import { Lanes } from './lanes.ts';
import { keepNewest, readResults } from './results.ts';
import { runMatrix } from './run.ts';

const help = `The crash matrix: the operator is killed at every call that it makes, on real servers, and the platform's
ledger says what became of the login. Each cell has an app, an account and a channel of its own.

  make crash                        every cell that has no result at this commit yet; it goes on where it was stopped
  make crash ONLY=refresh           the cells of one path: ${paths.join(', ')}
  make crash CELLS=20               at most so many cells, each call once before any call twice
  make crash PARALLEL=8 SEED=7      how many at once (8), and what orders them (1)
  make crash MINUTES=30             no cell begins later than that
  make crash SLOWNESS=3             every duration so many times as long, on a machine that does other things

  node crash/main.ts --match 'single-use.*commit'    the cells whose name matches, whether they have a result or not

The results go to crash/results.jsonl; make docs writes docs/crash-matrix.md and its picture from them. The exit code is
1 if a cell was LOST, FALSE or FAILED and is not known to be, 2 if nothing could be run. Nothing outside of this machine is reached.
`;

function options() {
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean', default: false },
      only: { type: 'string' },
      match: { type: 'string' },
      cells: { type: 'string', default: '100000' },
      parallel: { type: 'string', default: '8' },
      seed: { type: 'string', default: '1' },
      minutes: { type: 'string', default: '180' },
      slowness: { type: 'string', default: '1' },
    },
  });
  const only = values.only as PathName | undefined;
  if (only !== undefined && !paths.includes(only)) throw new Error(`--only is one of ${paths.join(', ')}`);
  const number = (name: 'cells' | 'parallel' | 'seed' | 'minutes' | 'slowness') => {
    const value = Number(values[name]);
    if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} is a whole number above 0`);
    return value;
  };
  return {
    isHelp: values.help,
    only,
    match: values.match === undefined ? undefined : new RegExp(values.match),
    cells: number('cells'),
    parallel: number('parallel'),
    seed: number('seed'),
    minutes: number('minutes'),
    slowness: number('slowness'),
  };
}

/** The last commit that changed what is killed; `+` where there are changes on top of it. */
function productCommit(): string {
  const product = ['src', 'crds', 'deploy'];
  const git = (...args: string[]) =>
    execFileSync('git', [...args, '--', ...product], { cwd: repository, encoding: 'utf8' }).trim();
  const commit = git('log', '-1', '--format=%h');
  return git('status', '--porcelain') === '' ? commit : `${commit}+`;
}

async function main(): Promise<number> {
  const { isHelp, minutes, slowness, ...asked } = options();
  if (isHelp) {
    process.stdout.write(help);
    return 0;
  }
  await serverBinaries();
  const say = (line: string) => process.stdout.write(`${line}\n`);
  const before = readResults();
  keepNewest(before);
  const world = await startWorld();
  say('etcd, kube-apiserver, kube-controller-manager, Vault and the platform simulator are up');
  const lanes = new Lanes(world, { program: await bundleOperator(world.folder), slowness });
  try {
    const until = Date.now() + minutes * 60_000;
    const { cluster, vault, simulator } = world.servers;
    const servers = [
      cluster.apiServer,
      cluster.etcd,
      cluster.controllerManager,
      vault.process,
      simulator?.process,
    ].filter((server) => server !== undefined);
    return await runMatrix({ ...asked, lanes, servers, before, commit: productCommit(), until, say });
  } finally {
    await lanes.close();
    await world.stop();
  }
}

try {
  process.exit(await main());
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(2);
}
