import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { freeProcess, holdProcess } from './leash.ts';
import { waitFor } from './wait.ts';

export interface ProcessOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Added to this process's own environment, or all there is with `bareEnvironment`. */
  readonly env?: Readonly<Record<string, string>>;
  readonly bareEnvironment?: boolean;
  readonly cwd?: string;
  /** Where standard output and standard error go, one after the other over all starts. */
  readonly logFile: string;
  /** Resolves to true when the process does its work. */
  readonly ready: () => Promise<boolean>;
  readonly readyWithinMs?: number;
  /** How long SIGTERM may take before SIGKILL follows. */
  readonly stopWithinMs?: number;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

class Ended extends Error {}

/** A server as a child process that tests stop, pause, kill and start again. It never outlives this process. */
export class ManagedProcess {
  readonly #options: ProcessOptions;
  #child: ChildProcess | undefined;
  #exit: Promise<Exit> | undefined;
  #logStart = 0;

  constructor(options: ProcessOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.name;
  }

  get pid(): number | undefined {
    return this.running ? this.#child?.pid : undefined;
  }

  get running(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Starts it and waits until it is ready. @throws when it ends first or takes too long, with the end of its log. */
  async start(): Promise<void> {
    this.spawn();
    const { name, ready, readyWithinMs = 60_000 } = this.#options;
    const look = async () => {
      if (this.running) return ready();
      const { code, signal } = await this.ended();
      throw new Ended(`${name} ended before it was ready (${signal ?? `exit code ${code}`}).`);
    };
    try {
      await waitFor(look, { timeoutMs: readyWithinMs, what: `${name} to be ready`, giveUpOn: Ended });
    } catch (error) {
      await this.kill();
      throw new Error(`${String(error)}\n${this.#tail()}`, { cause: error });
    }
  }

  /** Starts it without waiting. */
  spawn(): void {
    if (this.running) throw new Error(`${this.#options.name} runs already.`);
    const { command, args, env, bareEnvironment = false, cwd, logFile } = this.#options;
    const log = openSync(logFile, 'a');
    this.#logStart = fstatSync(log).size;
    const child = spawn(command, args, {
      stdio: ['ignore', log, log],
      env: { ...(bareEnvironment ? {} : process.env), ...env },
      cwd,
    });
    closeSync(log);
    const { pid } = child;
    if (pid !== undefined) holdProcess(pid);
    this.#child = child;
    this.#exit = new Promise((resolve) => {
      child.once('error', (error) => {
        appendFileSync(logFile, `${String(error)}\n`);
        resolve({ code: null, signal: null });
      });
      child.once('exit', (code, signal) => {
        if (pid !== undefined) freeProcess(pid);
        resolve({ code, signal });
      });
    });
  }

  /** SIGTERM, and SIGKILL if that is not heeded. Resolves when it has ended, with how. */
  async stop(): Promise<Exit> {
    const { stopWithinMs = 20_000 } = this.#options;
    this.resume();
    this.signal('SIGTERM');
    const exit = await Promise.race([this.ended(), setTimeout(stopWithinMs, undefined, { ref: false })]);
    return exit ?? this.kill();
  }

  /** SIGKILL. Resolves when it has ended. */
  async kill(): Promise<Exit> {
    this.signal('SIGKILL');
    return this.ended();
  }

  /** SIGSTOP: it holds its sockets and does nothing. */
  pause(): void {
    this.signal('SIGSTOP');
  }

  /** SIGCONT. */
  resume(): void {
    this.signal('SIGCONT');
  }

  /** Kills it (or lets it end in peace with `gracefully`) and starts it again on the same ports and data. */
  async restart({ gracefully = false } = {}): Promise<void> {
    await (gracefully ? this.stop() : this.kill());
    await this.start();
  }

  /** Resolves when the process that was started last has ended. */
  async ended(): Promise<Exit> {
    return this.#exit ?? { code: null, signal: null };
  }

  /** Everything that it has printed, over all starts. */
  output(): string {
    return readFileSync(this.#options.logFile, 'utf8');
  }

  /** What it has printed since it was started last. */
  outputSinceStart(): string {
    return readFileSync(this.#options.logFile).subarray(this.#logStart).toString();
  }

  signal(signal: NodeJS.Signals): void {
    if (this.running) this.#child?.kill(signal);
  }

  #tail(): string {
    const lines = this.output().trimEnd().split('\n').slice(-20);
    return `The end of ${this.#options.logFile}:\n${lines.join('\n')}`;
  }
}
