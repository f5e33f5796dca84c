/**
 * Counts the tests of all projects from vitest's JSON reports; the last line is `N passed, N failed, N skipped`.
 *
 *     node scripts/test-summary.ts FOLDER PROJECT...
 *
 * Exits with 1 when a test or a file failed, a report is missing or unreadable, a project ran nothing at all, or vitest
 * ended with an error that no report tells of (then `FOLDER/PROJECT.failed` is there).
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Count {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** What failed beside single tests; each counts as one failure. */
  readonly problems: readonly string[];
}

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

/** Counts one report's text; a file that broke outside of its tests counts as one failure. */
export function countReport(project: string, text: string | undefined, hasFailed: boolean): Count {
  if (text === undefined) return broken(`${project}: there is no report; the run ended before it was written`);
  let report: Report;
  try {
    report = JSON.parse(text);
  } catch {
    return broken(`${project}: the report is not complete`);
  }
  const statuses = report.testResults.flatMap((file) => file.assertionResults.map(({ status }) => status));
  const brokenFiles = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed'),
  );
  const passed = statuses.filter((status) => status === 'passed').length;
  const failed = statuses.filter((status) => status === 'failed').length;
  const problems = brokenFiles.map((file) => `${project}: ${file.name} broke outside of its tests`);
  if (statuses.length === 0) problems.push(`${project}: no test ran`);
  if (hasFailed && failed + problems.length === 0) problems.push(`${project}: an error outside of all tests`);
  return { passed, failed: failed + problems.length, skipped: statuses.length - passed - failed, problems };
}

function broken(problem: string): Count {
  return { passed: 0, failed: 1, skipped: 0, problems: [problem] };
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function main([folder = '.test-reports', ...projects]: readonly string[]): number {
  const counts = projects.map((project) => {
    const report = read(join(folder, `${project}.json`));
    return countReport(project, report, existsSync(join(folder, `${project}.failed`)));
  });
  for (const problem of counts.flatMap(({ problems }) => problems)) console.log(problem);
  const sum = (of: (count: Count) => number) => counts.reduce((total, count) => total + of(count), 0);
  const failed = sum((count) => count.failed);
  console.log(`${sum((count) => count.passed)} passed, ${failed} failed, ${sum((count) => count.skipped)} skipped`);
  return failed > 0 ? 1 : 0;
}

if (import.meta.main) process.exitCode = main(process.argv.slice(2));
