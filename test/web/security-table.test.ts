import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const root = new URL('../../', import.meta.url);
const page = readFileSync(new URL('docs/security.md', root), 'utf8');
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| ---') && !/^\| (?:Attack|What happens) \|/.test(line))
  .map((line) => {
    const [attack = '', how = '', tests = '', ...more] = line.replace(/^\| | \|$/g, '').split(' | ');
    return { attack, how, tests, more };
  });

/** `file`: part of a title, several with semicolons. */
function named(tests: string): { file: string; title: string }[] {
  return tests.split(/;\s*(?=`)/).map((one) => {
    const [, file = '', title = ''] = /^`([^`]+)`: (.+)$/.exec(one.trim()) ?? [];
    return { file, title };
  });
}

describe('docs/security.md', () => {
  it('has a row for each attack of RFC 9700', () => {
    const numbers = rows.flatMap(({ attack }) => /^4\.(\d+) /.exec(attack)?.[1] ?? []);
    expect(numbers.map(Number)).toEqual(Array.from({ length: 17 }, (_, index) => index + 1));
  });

  it.each(rows)('names tests that exist: $attack', ({ how, tests, more }) => {
    expect(more).toEqual([]);
    expect(how).toMatch(/^[A-Z`].{20,}\.$/);
    for (const { file, title } of named(tests)) {
      expect(file, tests).toMatch(/^test\/.+\.test\.ts$/);
      expect(existsSync(new URL(file, root)), file).toBe(true);
      expect(title.length, file).toBeGreaterThan(10);
      expect(readFileSync(new URL(file, root), 'utf8'), file).toContain(title);
    }
  });
});
