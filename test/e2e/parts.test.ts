import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Report, type Status } from '../../e2e/report.ts';
import { Undoing } from '../../e2e/undo.ts';
import { countReport } from '../../scripts/test-summary.ts';
import { scratchFolder } from '../harness/scratch.ts';

function counted(...statuses: readonly Status[]) {
  const folder = scratchFolder('e2e-report');
  const report = new Report();
  for (const status of statuses) report.add('a step', status);
  report.write(folder);
  return countReport('e2e', readFileSync(join(folder, 'e2e.json'), 'utf8'), report.hasFailed());
}

describe('the report of a run on kind', () => {
  it('counts passed, failed and skipped steps in the sum of all tests', () => {
    expect(counted('passed', 'failed', 'skipped', 'passed')).toMatchObject({ passed: 2, failed: 1, skipped: 1 });
  });

  it('counts a lane that cannot be had as skipped, not as passed', () => {
    expect(counted('skipped')).toMatchObject({ passed: 0, failed: 0, skipped: 1 });
  });

  it('counts a run without any step as failed', () => {
    expect(counted()).toMatchObject({ passed: 0, failed: 1 });
  });
});

describe('putting back', () => {
  it('goes from the last to the first, on after what cannot be put back, and happens once', async () => {
    const done: string[] = [];
    const said: string[] = [];
    const undoing = new Undoing();
    undoing.add('first', () => done.push('first'));
    undoing.add('broken', () => Promise.reject(new Error('it is busy')));
    undoing.add('last', () => done.push('last'));
    await Promise.all([undoing.all((line) => said.push(line)), undoing.all((line) => said.push(line))]);
    expect(done).toEqual(['last', 'first']);
    expect(said.map((line) => line.trim())).toEqual([
      'removed: last',
      'NOT removed: broken: it is busy',
      'removed: first',
    ]);
  });
});
