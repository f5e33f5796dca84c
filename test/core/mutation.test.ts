import { describe, expect, it } from 'vitest';
import { decide, rules } from '../../src/core/decide.ts';
import { rowsOfDecide } from './rows/all.ts';
import type { Row } from './rows/row.ts';

const rows = Object.values(rowsOfDecide).flat();

/** By what is done, not by the name of the rule that says so: two rules that do the same would hide each other. */
function isDone({ o, action }: Row, table: typeof rules): boolean {
  return JSON.stringify(decide(o, table).action) === JSON.stringify(action);
}

describe('the rules of decide', () => {
  it('do what every row says while they are whole', () => {
    expect(rows.filter((row) => !isDone(row, rules))).toEqual([]);
  });

  it.each(rules.map(([name]) => name))('need the rule %s', (name) => {
    const shortened = rules.filter(([other]) => other !== name);
    expect(rows.filter((row) => !isDone(row, shortened))).not.toEqual([]);
  });
});
