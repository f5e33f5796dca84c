import { describe, expect, it } from 'vitest';
import { standardRules } from '../../src/platforms/errors.ts';
import type { ErrorRule, Platform, Variants } from '../../src/platforms/platform.ts';
import { play } from './play.ts';
import type { Row, Seen } from './rows.ts';
import { tables } from './tables.ts';

/** A list of rules with one thing taken out: a whole rule, or one of several words or statuses of a rule. */
interface Mutant {
  readonly name: string;
  readonly rules: readonly ErrorRule[];
}

function mutantsOf(rules: readonly ErrorRule[]): Mutant[] {
  return rules.flatMap((rule, index) => {
    const name = `${index + 1}: ${JSON.stringify(rule)}`;
    const put = (...instead: ErrorRule[]) => rules.toSpliced(index, 1, ...instead);
    const { in: words = [], status = [] } = rule;
    const fewerWords = words.length < 2 ? [] : words;
    const fewerStatuses = status.length < 2 ? [] : status;
    return [
      { name: `rule ${name}`, rules: put() },
      ...fewerWords.map((word) => ({
        name: `"${word}" of ${name}`,
        rules: put({ ...rule, in: words.filter((one) => one !== word) }),
      })),
      ...fewerStatuses.map((one) => ({
        name: `${one} of ${name}`,
        rules: put({ ...rule, status: status.filter((other) => other !== one) }),
      })),
    ];
  });
}

/** A variant's list stands in place of the platform's; what it takes over from there is needed by other rows. */
function mutantsOfVariants({ spec, variants = {} }: Platform): { name: string; variants: Variants }[] {
  // Without the defaults, which are filled in to the platform's own alone.
  const told = ({ blocks: _blocks, retryAfterKind: _kind, ...rule }: ErrorRule) => JSON.stringify(rule);
  const taken = new Set(spec.errors?.map(told));
  return (['publicClient', 'oauth1'] as const).flatMap((which) => {
    const rules = (variants[which]?.errors ?? []) as readonly ErrorRule[];
    return rules
      .filter((rule) => !taken.has(told(rule)))
      .flatMap((rule) => mutantsOf([rule]).map((mutant) => ({ mutant, rule })))
      .map(({ mutant, rule }) => {
        const errors = rules.flatMap((one) => (one === rule ? mutant.rules : [one]));
        return { name: `${which} ${mutant.name}`, variants: { ...variants, [which]: { ...variants[which], errors } } };
      });
  });
}

async function differs(platform: Platform, rows: readonly Row[], standard?: readonly ErrorRule[]): Promise<boolean> {
  for (const row of rows) {
    const { seen } = await play(platform, row, standard);
    if (!isSame(seen, row.want)) return true;
  }
  return false;
}

function isSame(a: Seen, b: Seen): boolean {
  const sorted = (seen: Seen) => JSON.stringify(Object.entries(seen).sort(([one], [other]) => (one < other ? -1 : 1)));
  return sorted(a) === sorted(b);
}

describe.each(tables)('the error rules of $platform.name', ({ platform, rows }) => {
  it('leave every row as wanted while they are whole', async () => {
    expect(await differs(platform, rows)).toBe(false);
  });

  const mutants = mutantsOf(platform.spec.errors ?? []);
  it.each(mutants)('need $name', async ({ rules }) => {
    const mutated = { ...platform, spec: { ...platform.spec, errors: rules } };
    expect(await differs(mutated, rows)).toBe(true);
  });

  it.each(mutantsOfVariants(platform))('need $name', async ({ variants }) => {
    expect(await differs({ ...platform, variants }, rows)).toBe(true);
  });
});

describe('the standard error rules', () => {
  it.each(mutantsOf(standardRules))('need $name', async ({ rules }) => {
    const found = await Promise.all(tables.map(({ platform, rows }) => differs(platform, rows, rules)));
    expect(found).toContain(true);
  });
});
