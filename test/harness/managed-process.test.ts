import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { ManagedProcess, type ProcessOptions } from './managed-process.ts';
import { removeFolder, scratchFolder, uniqueName } from './scratch.ts';
import { waitFor } from './wait.ts';

const folder = scratchFolder('process');
const started: ManagedProcess[] = [];

afterEach(async () => {
  await Promise.all(started.splice(0).map((one) => one.kill()));
});

afterAll(() => removeFolder(folder));

function node(script: string, options: Partial<ProcessOptions> = {}): ManagedProcess {
  const process = new ManagedProcess({
    name: 'sample',
    command: globalThis.process.execPath,
    args: ['--input-type=module', '-e', script],
    logFile: join(folder, uniqueName('log')),
    ready: async () => process.outputSinceStart().includes('ready'),
    ...options,
  });
  started.push(process);
  return process;
}

function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const idle = "console.log('ready'); setInterval(() => {}, 1000);";

describe('a managed process', () => {
  it('is ready, then ends on SIGTERM, and starts again with its output kept', async () => {
    const sample = node(idle);
    await sample.start();
    expect(await sample.stop()).toEqual({ code: null, signal: 'SIGTERM' });
    expect(sample.running).toBe(false);
    await sample.start();
    expect(sample.output()).toBe('ready\nready\n');
  });

  it('is killed when it does not heed SIGTERM in time, even while paused', async () => {
    const sample = node(`process.on('SIGTERM', () => {}); ${idle}`, { stopWithinMs: 100 });
    await sample.start();
    sample.pause();
    expect(await sample.stop()).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('does nothing while paused and goes on afterwards', async () => {
    const sample = node("console.log('ready'); setInterval(() => console.log('tick'), 10);");
    await sample.start();
    sample.pause();
    const before = await waitFor(() => stillLength(sample), { what: 'the output to stand still' });
    sample.resume();
    await waitFor(() => sample.output().length > before, { what: 'the output to go on' });
  });

  it('tells the end of its log when it ends before it is ready', async () => {
    const sample = node("console.error('no such flag: --colour'); process.exit(3);");
    await expect(sample.start()).rejects.toThrow(
      /sample ended before it was ready \(exit code 3\)[\s\S]*no such flag: --colour/,
    );
  });

  it('tells that it never became ready, and leaves nothing running', async () => {
    const sample = node('setInterval(() => {}, 1000);', { readyWithinMs: 300 });
    await expect(sample.start()).rejects.toThrow('Waited 300 ms for sample to be ready');
    expect(sample.running).toBe(false);
  });

  it('does not outlive the process that started it, even if that one is killed', async () => {
    const module = join(import.meta.dirname, 'managed-process.ts');
    const parent = spawn(process.execPath, ['--input-type=module-typescript', '-e', parentScript(module)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const pid = Number(await new Promise<Buffer>((resolve) => parent.stdout.once('data', resolve)));
    expect(alive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await waitFor(() => !alive(pid), { what: 'the child of the killed process to be gone' });
  });
});

/** The output's length once it did not grow between two looks. */
async function stillLength(sample: ManagedProcess): Promise<number | false> {
  const length = sample.output().length;
  await new Promise((resolve) => setTimeout(resolve, 60));
  return sample.output().length === length && length;
}

function parentScript(module: string): string {
  return `
    import { ManagedProcess } from ${JSON.stringify(module)};
    const child = new ManagedProcess({
      name: 'child', command: 'sleep', args: ['600'],
      logFile: ${JSON.stringify(join(folder, 'child.log'))}, ready: async () => true,
    });
    await child.start();
    console.log(child.pid);
    setInterval(() => {}, 1000);
  `;
}
