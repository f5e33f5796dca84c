import { spawn } from 'node:child_process';

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly cwd?: string;
  readonly timeoutMs?: number;
}

/** What a command ended with. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const tailLines = 25;

/** Runs a command to its end, whatever that is. Its own group: Ctrl-C is ours to pass on. */
export function tried(command: string, args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const { env = {}, input = '', cwd, timeoutMs = 600_000 } = options;
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      env: { ...process.env, ...env },
      cwd,
      detached: true,
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.once('error', (error) => resolve({ code: null, stdout, stderr: `${stderr}${error.message}` }));
    child.once('close', (code, signal) =>
      resolve({ code, stdout, stderr: signal === null ? stderr : `${stderr}\nended by ${signal}` }),
    );
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

/** The standard output of a command. @throws with the end of what it said, where it fails */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await tried(command, args, options);
  if (code === 0) return stdout;
  const said = `${stdout}\n${stderr}`.trim().split('\n').slice(-tailLines).join('\n');
  throw new Error(`${[command, ...args].join(' ').slice(0, 200)} ended with ${code}:\n${said}`);
}

export async function works(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return (await tried(command, args, { env, timeoutMs: 20_000 })).code === 0;
}
