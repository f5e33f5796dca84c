import { describe, expect, it } from 'vitest';
import { countReport } from '../../scripts/test-summary.ts';

function report(files: Record<string, readonly string[]>, brokenFiles: readonly string[] = []): string {
  const testResults = Object.entries(files).map(([name, statuses]) => ({
    name,
    status: brokenFiles.includes(name) || statuses.includes('failed') ? 'failed' : 'passed',
    assertionResults: statuses.map((status) => ({ status })),
  }));
  return JSON.stringify({ testResults });
}

describe('the sum of a test run', () => {
  it.each<[string, string | undefined, boolean, { passed: number; failed: number; skipped: number }]>([
    ['all passed', report({ a: ['passed', 'passed'], b: ['passed'] }), false, { passed: 3, failed: 0, skipped: 0 }],
    ['some failed', report({ a: ['passed', 'failed'] }), true, { passed: 1, failed: 1, skipped: 0 }],
    [
      'some skipped',
      report({ a: ['passed', 'skipped', 'todo', 'pending'] }),
      false,
      { passed: 1, failed: 0, skipped: 3 },
    ],
    ['a file that did not load', report({ a: ['passed'], b: [] }, ['b']), true, { passed: 1, failed: 1, skipped: 0 }],
    ['a hook that broke after its tests', report({ a: ['passed'] }, ['a']), true, { passed: 1, failed: 1, skipped: 0 }],
    ['an error outside of all tests', report({ a: ['passed'] }), true, { passed: 1, failed: 1, skipped: 0 }],
    ['no test at all', report({}), false, { passed: 0, failed: 1, skipped: 0 }],
    ['no report', undefined, true, { passed: 0, failed: 1, skipped: 0 }],
    ['half a report', '{"testResults":[', true, { passed: 0, failed: 1, skipped: 0 }],
  ])('%s', (_, text, hasFailed, expected) => {
    expect(countReport('rows', text, hasFailed)).toMatchObject(expected);
  });
});
