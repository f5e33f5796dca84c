import { type Sum, walkAll } from './crew.ts';
import { walkProfiles } from './profiles.ts';
import { search } from './search.ts';
import { shrink } from './shrink.ts';
import { planOf, walk } from './walk.ts';

const everyMs = 5_000;
const minutes = 10;

/**
 * `make walk`: all seeds by as many processes as there are cores; `make walk SEED=7 [WITHOUT=1,2]`: one of them, told;
 * `make walk SEARCH=1`: every order of one refresh cycle.
 */
async function main(): Promise<void> {
  const { SEED, SEEDS = '10000', WITHOUT = '', PART, SEARCH } = process.env;
  if (SEARCH) return await searchAll();
  if (PART !== undefined) return await work(PART);
  if (SEED !== undefined && SEED !== '')
    return await replay(Number(SEED), WITHOUT.split(',').filter(Boolean).map(Number));
  const count = Number(SEEDS);
  const startedAt = Date.now();
  const sum = await walkAll(count, { withinMs: minutes * 60_000, everyMs, tell: (so) => say(so, count, startedAt) });
  for (const { seed } of sum.failed.slice(0, 3)) await explain(seed);
  process.exitCode = sum.failed.length > 0 || sum.seeds < count ? 1 : 0;
}

/** Every order of one refresh cycle with at most one crash and at most one person, for each kind of tokens. */
async function searchAll(): Promise<void> {
  for (const { name, profile } of walkProfiles) {
    process.stdout.write(`${name.padEnd(16)} `);
    const { states, paths, ends, losses, violations } = await search({ profile });
    const seconds = Math.round(process.cpuUsage().user / 1e6);
    console.log(
      `complete: ${states} states, ${paths} paths, ${ends} ends, ${losses} unknowable, ${violations.length} violations; ${seconds} s of a core so far`,
    );
    for (const violation of violations) console.log(`  ${violation}`);
    if (violations.length > 0) process.exitCode = 1;
  }
}

/** One process: every so-manieth seed, each a line of JSON. */
async function work(part: string): Promise<void> {
  const [first = 0, step = 1, count = 0] = part.split('/').map(Number);
  for (let seed = first; seed < count; seed += step) {
    const { story: _, ...result } = await walk({ seed });
    process.stdout.write(`${JSON.stringify(result)}\n`);
  }
}

let told = 0;

function say({ seeds, effects, spends, losses, logins, failed }: Sum, count: number, startedAt: number): void {
  const seconds = Math.round((Date.now() - startedAt) / 1000);
  for (const { seed, violation } of failed.slice(told))
    console.error(`seed ${seed}: ${violation}; again: make walk SEED=${seed}`);
  told = failed.length;
  const tell = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts)
      .map(([what, times]) => `${what} ${times}`)
      .join(', ') || 'none';
  console.error(
    `${seconds} s: ${seeds} of ${count} seeds, ${effects} effects, ${spends} spends; grants ended: ${tell(losses)}; logins by the page: ${tell(logins)}; ${failed.length} seeds failed`,
  );
}

async function explain(seed: number): Promise<void> {
  const { without, result } = await shrink({ seed });
  console.error(`seed ${seed}, shrunk: make walk SEED=${seed} WITHOUT=${without.join(',')}\n  ${result.violations[0]}`);
}

async function replay(seed: number, without: readonly number[]): Promise<void> {
  const { story, violations, ...result } = await walk({ seed, without, isTold: true });
  console.log(story.join('\n'));
  const left = planOf(seed).troubles.filter((_, place) => !without.includes(place));
  console.log(left.map((trouble) => JSON.stringify(trouble)).join('\n'));
  console.log(result, violations);
  process.exitCode = violations.length > 0 ? 1 : 0;
}

await main();
