import { describe, expect, it } from 'vitest';
import { coloured, moment, plain, printable, span, table, wrapped, zoneName } from '../../src/cli/text.ts';
import { day, look, minute, named, nowAt } from './look.ts';

describe('spans and moments', () => {
  it.each([
    [0, '0s'],
    [59_999, '59s'],
    [minute, '1m'],
    [231 * minute, '3h51m'],
    [120 * minute, '2h'],
    [47 * 60 * minute, '47h'],
    [2 * day, '2d'],
    [-6 * minute, '6m'],
  ])('%i ms is %s', (ms, text) => {
    expect(span(ms)).toBe(text);
  });

  it.each([
    ['UTC', nowAt, '21:48', 'UTC'],
    ['UTC', nowAt - day, '2026-02-28 21:48', 'UTC'],
    ['Europe/Berlin', nowAt, '22:48', 'CET'],
    // Another day there than here.
    ['Asia/Tokyo', nowAt - 7 * 60 * minute, '2026-03-01 23:48', 'GMT+9'],
  ])('in %s: %i is %s', (timeZone, at, text, zone) => {
    expect(moment(at, look({ timeZone }))).toBe(text);
    expect(zoneName(look({ timeZone }))).toBe(zone);
  });
});

describe('a table', () => {
  const columns = [
    { title: 'NAME', of: ([name]: string[]) => name ?? '' },
    { title: 'NOTE', of: ([, note]: string[]) => note ?? '', min: 6 },
    { title: 'END', of: ([, , end]: string[]) => end ?? '' },
  ];

  it('leaves out a column that is empty in all rows, and blanks at the end of lines', () => {
    expect(
      table(
        [
          ['a', 'b'],
          ['long name', ''],
        ],
        columns,
        plain,
      ),
    ).toBe('NAME       NOTE\na          b\nlong name\n');
  });

  it('cuts where it may when it is too wide, and never a name', () => {
    const rows = [['n'.repeat(20), 'x'.repeat(40), 'end']];
    expect(table(rows, columns, plain, 50)).toBe(
      `NAME                  NOTE                     END\n${'n'.repeat(20)}  ${'x'.repeat(22)}…  end\n`,
    );
    expect(table(rows, columns, plain, 10)).toContain(`${'n'.repeat(20)}  xxxxx…  end`);
  });

  it('sets marks without moving what stands behind them', () => {
    const marked = [
      { title: 'A', of: (text: string) => text, mark: () => 'bad' as const },
      { title: 'B', of: () => 'b' },
    ];
    expect(table(['xx'], marked, named)).toBe('A   B\n<bad>xx</>  b\n');
    expect(coloured('bad', 'x')).toBe('\u001b[31mx\u001b[0m');
  });
});

describe('text from elsewhere', () => {
  it('cannot steer the terminal or break a line', () => {
    const evil = 'a\u001b]0;title\u0007b\nc\u202ed\u009bx';
    expect(printable(evil)).toBe('a ]0;title b c d x');
    expect(table([evil], [{ title: 'T', of: (text: string) => text }], plain)).toBe('T\na ]0;title b c d x\n');
    expect(wrapped(evil, '', '')).toBe('a ]0;title b c d x');
  });

  it('is wrapped at the width, under its first line', () => {
    expect(wrapped('one two three', '> ', '  ', 9)).toBe('> one two\n  three');
  });
});
