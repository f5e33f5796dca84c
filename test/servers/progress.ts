const everyMs = 10_000;

/**
 * Says on standard error that something slow is going on: on a terminal one line that rewrites itself, elsewhere a line
 * every ten seconds, so that a log shows life without filling up.
 */
export class Progress {
  readonly #what: string;
  readonly #expectedMs: number;
  readonly #startedAt = Date.now();
  readonly #timer: NodeJS.Timeout;

  constructor(what: string, expectedMs: number) {
    this.#what = what;
    this.#expectedMs = expectedMs;
    this.#print();
    this.#timer = setInterval(() => this.#print(), process.stderr.isTTY ? 1_000 : everyMs);
  }

  /** Ends the line with a last word. */
  end(word: string): void {
    clearInterval(this.#timer);
    this.#write(`${this.#what}: ${word} after ${seconds(Date.now() - this.#startedAt)}`, true);
  }

  #print(): void {
    const elapsed = seconds(Date.now() - this.#startedAt);
    this.#write(`${this.#what}: ${elapsed}, at most about ${seconds(this.#expectedMs)}`, false);
  }

  #write(line: string, last: boolean): void {
    if (process.stderr.isTTY) process.stderr.write(`\r\u001b[2K${line}${last ? '\n' : ''}`);
    else process.stderr.write(`${line}\n`);
  }
}

function seconds(ms: number): string {
  const whole = Math.round(ms / 1000);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
