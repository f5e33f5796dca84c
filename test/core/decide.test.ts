import { describe, expect, it } from 'vitest';
import { decide, rules } from '../../src/core/decide.ts';
import { observation } from './builders.ts';
import { rowsOfDecide } from './rows/all.ts';

describe.each(Object.entries(rowsOfDecide))('the rules of %s', (_, rows) => {
  it.each(rows)('$about $how when $when, and $by decides', ({ o, by, action }) => {
    expect(decide(o)).toEqual({ rule: by, action });
  });

  it.each(rows)('$about $how by itself as the row says when $when', ({ about, how, o }) => {
    const [, rule] = rules.find(([name]) => name === about) ?? expect.unreachable(`there is no rule ${about}`);
    expect(rule(o) === undefined).toBe(how === 'misses');
  });
});

describe('the table of rules', () => {
  const rows = Object.values(rowsOfDecide).flat();

  it.each(rules.map(([name], index) => ({ name, index })))('has rows of each kind for $name', ({ name, index }) => {
    const found = new Set(rows.filter(({ about }) => about === name).map(({ how }) => how));
    const isFirst = index === 0;
    // Nothing stands before the first rule, and the last one always answers.
    const isLast = index === rules.length - 1;
    const wanted = ['fires', ...(isLast ? [] : ['misses']), ...(isFirst ? [] : ['yields'])];
    expect([...found].sort()).toEqual(wanted.sort());
  });

  it('lets an earlier rule win, whichever comes later', () => {
    const order = rules.map(([name]) => name);
    for (const { about, how, by } of rows) {
      if (how === 'yields') expect(order.indexOf(by)).toBeLessThan(order.indexOf(about));
    }
  });

  it('waits for ever where no rule answers', () => {
    expect(decide(observation(), [])).toEqual({ rule: 'none', action: { kind: 'Wait', until: undefined } });
  });
});
