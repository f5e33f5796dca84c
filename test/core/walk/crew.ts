import { type ChildProcess, spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { WalkResult } from './walk.ts';

/** What many walks came to. */
export interface Sum {
  seeds: number;
  effects: number;
  /** Of the shortest walk. */
  leastEffects: number;
  spends: number;
  readonly losses: Record<string, number>;
  readonly logins: Record<string, number>;
  readonly failed: { readonly seed: number; readonly violation: string }[];
}

/** Nobody reads the stacks of the thousands of failures that are meant to happen, and nothing that is made lives long. */
const nodeFlags = ['--stack-trace-limit=0', '--max-semi-space-size=64'];
const program = fileURLToPath(new URL('./main.ts', import.meta.url));

/** The seeds from 0 on, by as many processes as there are cores; what is not done by then is left. */
export async function walkAll(
  count: number,
  { withinMs, everyMs, tell }: { withinMs: number; everyMs: number; tell: (sum: Sum) => void },
): Promise<Sum> {
  const sum: Sum = {
    seeds: 0,
    effects: 0,
    leastEffects: Number.POSITIVE_INFINITY,
    spends: 0,
    losses: {},
    logins: {},
    failed: [],
  };
  const step = availableParallelism();
  const workers = Array.from({ length: step }, (_, first) => {
    const env = { ...process.env, PART: `${first}/${step}/${count}` };
    return spawn(process.execPath, [...nodeFlags, program], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  });
  const progress = setInterval(() => tell(sum), everyMs);
  const end = setTimeout(() => {
    for (const worker of workers) worker.kill();
  }, withinMs);
  try {
    await Promise.all(workers.map((worker) => gather(worker, sum)));
  } finally {
    clearInterval(progress);
    clearTimeout(end);
  }
  tell(sum);
  return sum;
}

async function gather(worker: ChildProcess, sum: Sum): Promise<void> {
  if (worker.stdout === null) return;
  for await (const line of createInterface(worker.stdout)) {
    const { seed, effects, spends, losses, logins, violations } = JSON.parse(line) as WalkResult;
    sum.seeds += 1;
    sum.effects += effects;
    sum.leastEffects = Math.min(sum.leastEffects, effects);
    sum.spends += spends;
    add(losses, sum.losses);
    add(logins, sum.logins);
    const [violation] = violations;
    if (violation !== undefined) sum.failed.push({ seed, violation });
  }
}

function add(counts: Readonly<Record<string, number>>, to: Record<string, number>): void {
  for (const [what, times] of Object.entries(counts)) to[what] = (to[what] ?? 0) + times;
}
