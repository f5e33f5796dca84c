import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { scratchFolder } from './scratch.ts';
import { waitFor } from './wait.ts';

const preload = fileURLToPath(new URL('./shifted-clock-preload.ts', import.meta.url));

/** The wall clock of one child process, to be moved while it runs; its monotonic clock is this machine's. */
export class ShiftedClock {
  readonly #file = join(scratchFolder('clock'), 'shift');

  constructor() {
    this.write(0);
  }

  /** What the process is started with. */
  get env(): Readonly<Record<string, string>> {
    return { NODE_OPTIONS: `--import=${preload}`, CLOCK_SHIFT_FILE: this.#file };
  }

  /** For a process that stands still: it sees it when it wakes. */
  write(ms: number): void {
    writeFileSync(this.#file, String(ms));
  }

  /** Off by so many milliseconds from now on, ahead where positive. */
  async set(ms: number): Promise<void> {
    this.write(ms);
    const isSeen = async () => readFileSync(`${this.#file}.seen`, 'utf8') === String(ms);
    await waitFor(isSeen, { timeoutMs: 20_000, everyMs: 20, what: `a clock to be off by ${ms} ms` });
  }
}
