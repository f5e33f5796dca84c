import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeTree } from '../../scripts/image-tree.ts';
import type { KubernetesObject } from '../harness/api-client.ts';
import { type Operator, startOperator } from '../harness/operator.ts';
import { repository, scratchFolder, uniqueName } from '../harness/scratch.ts';
import { sharedWorld } from '../harness/shared-world.ts';
import { channelWithTokens, createStage, type Stage, shortDurations } from '../harness/stage.ts';

const world = sharedWorld();
const name = 'main-stage-twitch';
let stage: Stage;
let operator: Operator;

beforeAll(async () => {
  stage = await createStage(world);
  const app = await stage.simulatedApp('twitch', 'twitch');
  const tokens = await stage.simulatedGrant('twitch', app, uniqueName('account'));
  operator = await startOperator({
    world,
    namespaces: [stage.namespace],
    vaultPrefix: stage.vaultPrefix,
    platformEndpoints: { twitch: world.simulator?.url ?? '' },
    args: shortDurations,
  });
  await stage.apply(channelWithTokens(name, 'twitch', tokens));
  const isConnected = ({ status }: KubernetesObject) => status?.state === 'Connected';
  await stage.waitFor('SocialChannel', name, isConnected, { timeoutMs: 30_000, what: 'the channel to be Connected' });
  await operator.stop();
});
afterAll(async () => {
  await operator?.remove();
  await stage.remove();
});

/** `--check` of an operator with these flags besides its own. */
const check = (...more: readonly string[]) => checkBy(join(repository, 'src/main.ts'), ...more);

function checkBy(program: string, ...more: readonly string[]): Promise<{ code: number; lines: string[]; err: string }> {
  const args = [program, '--check', ...operator.flags, ...more];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { env: { PATH: process.env.PATH } }, (error, stdout, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), lines: stdout.trimEnd().split('\n'), err }),
    );
  });
}

const resultOf = (lines: readonly string[], step: string) => lines.find((line) => line.slice(9).startsWith(step));

describe('--check', () => {
  it('says of everything that it works, looks at each channel, and changes nothing', async () => {
    const before = await stage.get('SocialChannel', name);
    const records = () => world.root.read(stage.vaultPath(name, 'grant'));
    const grant = await records();
    const { code, lines, err } = await check();
    expect([code, err]).toEqual([0, '']);
    const steps = [
      'configuration',
      'Vault',
      'cluster identity',
      'watched resources',
      'Leases',
      'escrow',
      'dry reconcile',
    ];
    const told = lines.filter((line) => !line.startsWith(' '));
    // The short durations of tests draw a warning.
    expect(told.map((line) => [line.slice(0, 9).trim(), line.slice(9, 28).trim()])).toEqual([
      ['warning', 'configuration'],
      ...steps.map((step) => ['ok', step]),
    ]);
    expect(lines.at(-1)).toMatch(new RegExp(`^ {28}${stage.namespace}/${name}: \\w+ \\(\\w+\\)$`));
    expect(Math.max(...lines.filter((line) => line.startsWith('ok')).map(({ length }) => length))).toBeLessThanOrEqual(
      110,
    );
    expect((await stage.get('SocialChannel', name)).metadata.resourceVersion).toBe(before.metadata.resourceVersion);
    expect(await records()).toEqual(grant);
  });

  it('names what fails, goes on with the rest, and leaves out what needs it', async () => {
    const { code, lines } = await check('--vault-auth-role', 'nobody');
    expect(code).toBe(1);
    expect(resultOf(lines, 'Vault')).toMatch(/^failed /);
    expect(resultOf(lines, 'Leases')).toMatch(/^ok /);
    expect(resultOf(lines, 'dry reconcile')).toBe('skipped  dry reconcile      needs Vault');
  });

  it('names a permission that is missing', async () => {
    const { code, lines } = await check('--operator-namespace', stage.namespace, '--watch-namespaces', 'default');
    expect(code).toBe(1);
    expect(resultOf(lines, 'Leases')).toMatch(/^failed .*list Leases in namespace/);
    // The shipped role is bound in the whole cluster: watching another namespace works.
    expect(resultOf(lines, 'watched resources')).toMatch(/^ok .* default$/);
    expect(resultOf(lines, 'dry reconcile')).toMatch(/^ok .*1 channel read/);
  });

  it('refuses a wrong configuration as any start does', async () => {
    const { code, err } = await check('--workers', 'many');
    expect([code, err]).toEqual([
      2,
      expect.stringContaining('--workers (SOCIALCHANNEL_WORKERS): "many" is not allowed'),
    ]);
  });

  it('works with the files of the image as with the sources', async () => {
    const folder = join(scratchFolder('image'), 'tree');
    writeTree(folder);
    const { code, lines, err } = await checkBy(join(folder, 'dist/main.js'));
    expect([code, err]).toEqual([0, '']);
    expect(resultOf(lines, 'dry reconcile')).toMatch(/^ok .*1 channel read/);
  });
});
