import { defineConfig } from 'vitest/config';

/** Folders whose tests need no server: pure, or in one process. All other tests are in the project `servers`. */
const withoutServers = [
  'core',
  'api',
  'platforms',
  'runtime',
  'architecture',
  'config',
  'metrics',
  'log',
  'notices',
  'web',
  'terminal',
  'crash-matrix',
  'chart',
  'e2e',
];
const rows = withoutServers.map((folder) => `test/${folder}/**/*.test.ts`);

export default defineConfig({
  test: {
    projects: [
      {
        // A backstop only, as below: what computes for long must not fail on a machine that is busy.
        test: { name: 'rows', include: rows, testTimeout: 120_000 },
      },
      {
        // Runs of minutes that a command of their own starts.
        test: { name: 'long', include: ['test/**/*.long.ts'], globalSetup: 'test/harness/global-setup.ts' },
      },
      {
        test: {
          name: 'servers',
          include: ['test/**/*.test.ts'],
          exclude: rows,
          globalSetup: 'test/harness/global-setup.ts',
          // A backstop only: every wait in a test has its own limit and says what it waited for.
          testTimeout: 240_000,
          hookTimeout: 180_000,
          // The servers want cores too.
          maxWorkers: 2,
        },
      },
    ],
  },
});
