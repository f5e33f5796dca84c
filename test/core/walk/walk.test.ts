import { describe, expect, it } from 'vitest';
import { type Sum, walkAll } from './crew.ts';
import { kept } from './kept.ts';
import { shrink } from './shrink.ts';
import { walk } from './walk.ts';

const seeds = 500;
/** A backstop: the cores are shared. */
const timeoutMs = 600_000;

/** What is printed of a failing seed: the command that tells it again, with what is not needed for it left out. */
async function report({ seed }: Sum['failed'][number]): Promise<string> {
  const { without, result } = await shrink({ seed });
  return `${result.violations[0]}; again: make walk SEED=${seed} WITHOUT=${without.join(',')}`;
}

describe('a walk through troubles of every kind', () => {
  it(`breaks no promise in ${seeds} seeds`, { timeout: timeoutMs }, async () => {
    const limits = { withinMs: timeoutMs, everyMs: timeoutMs, tell: () => {} };
    const { failed, ...sum } = await walkAll(seeds, limits);
    for (const one of failed.slice(0, 1)) expect.unreachable(await report(one));
    const { effects, leastEffects, losses, logins } = sum;
    console.log(
      `walk: ${sum.seeds} seeds, ${effects} effects; grants ended: ${JSON.stringify(losses)}; logins: ${JSON.stringify(logins)}`,
    );
    expect(sum.seeds).toBe(seeds);
    expect(leastEffects).toBeGreaterThanOrEqual(3_000);
    expect(losses.LOST).toBeUndefined();
    // The troubles reach what cannot be helped: else they would be too mild to show anything.
    expect(losses.Interrupted).toBeGreaterThan(0);
    for (const kind of ['Connected', 'WrongAccount', 'Discarded', 'Refused']) expect(logins[kind]).toBeGreaterThan(0);
  });

  it.each(kept)('breaks none in seed $seed, where once $found', { timeout: timeoutMs }, async (one) => {
    expect((await walk(one)).violations).toEqual([]);
  });

  it('is the same walk each time', { timeout: timeoutMs }, async () => {
    expect(await walk({ seed: 3 })).toEqual(await walk({ seed: 3 }));
  });
});
