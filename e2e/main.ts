import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { repository, scratchFolder } from '../test/harness/scratch.ts';
import { NoEngine } from './engine.ts';
import { findGround, type Ground } from './ground.ts';
import { Report } from './report.ts';
import { type Step, steps } from './steps.ts';
import { Undoing } from './undo.ts';
import { buildWorld, type World } from './world.ts';

const help = `End to end on kind: the image, the chart as shipped, real kubelets, a pod that reads its token.

  make e2e                     everything; the last line is the sum
  make e2e MINUTES=3           the pod streams for three minutes instead of ten
  make e2e KEEP=1              cluster, Vault and simulator stay until Ctrl-C, also where a step failed
  KUBECONFIG=… make e2e        on that cluster; E2E_IMAGE names an image that it can pull, E2E_HOST_ADDRESS this machine
`;

const announceAfterMs = 2_000;
const everyMs = 10_000;
const say = (line: string) => process.stdout.write(`${line}\n`);

/** Says that something goes on for as long as it does, and how long it took; nothing of what is over at once. */
async function during<T>(what: string, work: () => Promise<T>): Promise<T> {
  const startedAt = Date.now();
  const seconds = () => Math.round((Date.now() - startedAt) / 1000);
  const announcement = setTimeout(() => say(`  ${what} ...`), announceAfterMs);
  const timer = setInterval(() => say(`  ${what}: ${seconds()} s`), everyMs);
  try {
    return await work();
  } finally {
    clearTimeout(announcement);
    clearInterval(timer);
    if (Date.now() - startedAt > announceAfterMs) say(`  ${what}: over after ${seconds()} s`);
  }
}

async function play(world: World, minutes: number, report: Report): Promise<void> {
  let lost: string | undefined;
  for (const [index, step] of steps.entries()) {
    say(`${index + 1}/${steps.length} ${step.title}`);
    report.add(step.title, await playStep(world, minutes, step, lost));
    if (report.hasFailed() && step.carries === true) lost ??= step.title;
  }
}

async function playStep(world: World, minutes: number, step: Step, lost: string | undefined) {
  if (lost !== undefined) {
    say(`    FAILED  not run, because of "${lost}"`);
    return 'failed';
  }
  if (step.needsHost === true && world.kind === undefined) {
    say('    SKIPPED  needs access to the nodes, which a cluster of KUBECONFIG does not give');
    return 'skipped';
  }
  try {
    say(`    ok  ${await during('at it', () => step.play(world, { minutes, say: (line) => say(`    ${line}`) }))}`);
    return 'passed';
  } catch (error) {
    say(`    FAILED  ${error instanceof Error ? error.message : String(error)}`);
    return 'failed';
  }
}

async function found(cache: string, undoing: Undoing, report: Report): Promise<Ground | undefined> {
  try {
    return await findGround(join(cache, 'engine'), undoing, say);
  } catch (error) {
    if (!(error instanceof NoEngine)) throw error;
    say(`SKIPPED  end to end on kind: ${error.message}`);
    report.add(`end to end on kind: ${error.message}`, 'skipped');
    return undefined;
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { help: { type: 'boolean' }, keep: { type: 'boolean' }, minutes: { type: 'string', default: '10' } },
  });
  if (values.help === true) {
    say(help);
    return;
  }
  const minutes = Number(values.minutes);
  if (!(minutes >= 1)) throw new Error(`--minutes ${values.minutes}: a number from 1 on, as tokens live for a minute.`);
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'social-channel-operator', 'e2e');
  mkdirSync(cache, { recursive: true });
  const [undoing, report] = [new Undoing(), new Report()];
  const end = async (code: number) => {
    say('Putting everything back:');
    await undoing.all(say);
    process.exit(code);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      say(`Interrupted by ${signal}.`);
      void end(130);
    });
  }
  try {
    const ground = await found(cache, undoing, report);
    if (ground !== undefined) {
      const world = await buildWorld({ ground, folder: scratchFolder('e2e'), cache, undoing, during });
      await play(world, minutes, report);
      if (values.keep === true) {
        say(`Kept until Ctrl-C. KUBECONFIG=${world.kubeconfig}`);
        await new Promise<never>(() => setInterval(() => {}, everyMs));
      }
    }
  } catch (error) {
    say(`    FAILED  ${error instanceof Error ? error.stack : String(error)}`);
    report.add('the ground to stand on', 'failed');
  }
  report.write(join(repository, '.test-reports'));
  await end(report.hasFailed() ? 1 : 0);
}

await main();
