import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type Status = 'passed' | 'failed' | 'skipped';

interface Result {
  readonly title: string;
  readonly status: Status;
}

/** What came of each step, in the shape that scripts/test-summary.ts counts. */
export class Report {
  readonly #results: Result[] = [];

  add(title: string, status: Status): void {
    this.#results.push({ title, status });
  }

  hasFailed(): boolean {
    return this.#results.some(({ status }) => status === 'failed');
  }

  write(folder: string): void {
    const status = this.hasFailed() ? 'failed' : 'passed';
    const testResults = [{ name: 'e2e', status, assertionResults: this.#results }];
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'e2e.json'), JSON.stringify({ testResults }));
  }
}
