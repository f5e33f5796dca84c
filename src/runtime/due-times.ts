/** How often the wall clock is read again while nothing is due, so that a stepped clock is noticed soon. */
const POLL_MS = 30_000;
/** Keys handed over per turn of the event loop; the rest follow in the next turns. */
const KEYS_PER_TURN = 1_000;

interface Due {
  readonly key: string;
  atMs: number;
}

/**
 * At most one instant per key, earliest first, with a single timer for all of them (an indexed binary heap: setting and
 * deleting cost the logarithm of the number of keys).
 */
export class DueTimes {
  readonly #heap: Due[] = [];
  readonly #index = new Map<string, number>();
  readonly #onDue: (key: string) => void;
  #timer: NodeJS.Timeout | undefined;
  #running = false;

  /** @param onDue called once per key whose instant has come, in order of the instants; it must not throw */
  constructor(onDue: (key: string) => void) {
    this.#onDue = onDue;
  }

  get size(): number {
    return this.#heap.length;
  }

  keys(): Iterable<string> {
    return this.#index.keys();
  }

  /** The instant of a key, epoch milliseconds. */
  get(key: string): number | undefined {
    const at = this.#index.get(key);
    return at === undefined ? undefined : this.#heap[at]?.atMs;
  }

  /** Begins to call `onDue`. Keys may be set before. */
  start(): void {
    this.#running = true;
    this.#arm();
  }

  /** Leaves no timer; the keys stay. */
  stop(): void {
    this.#running = false;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Sets or moves the instant of a key, to earlier or later; epoch milliseconds. */
  set(key: string, atMs: number): void {
    const at = this.#index.get(key);
    const due = at === undefined ? undefined : this.#heap[at];
    if (at === undefined || due === undefined) {
      this.#place({ key, atMs }, this.#heap.length);
      this.#rise(this.#heap.length - 1);
    } else {
      due.atMs = atMs;
      this.#rise(at);
      this.#sink(this.#index.get(key) ?? at);
    }
    if (this.#heap[0]?.key === key) this.#arm();
  }

  delete(key: string): boolean {
    const at = this.#index.get(key);
    if (at === undefined) return false;
    this.#index.delete(key);
    const last = this.#heap.pop();
    if (last !== undefined && last.key !== key) {
      this.#place(last, at);
      this.#rise(at);
      this.#sink(this.#index.get(last.key) ?? at);
    }
    return true;
  }

  #arm(): void {
    if (!this.#running) return;
    clearTimeout(this.#timer);
    const first = this.#heap[0];
    if (first === undefined) return;
    // setTimeout takes at most 2^31-1 ms and measures by the monotonic clock; the poll keeps clear of both limits.
    const waitMs = Math.min(Math.max(first.atMs - Date.now(), 0), POLL_MS);
    this.#timer = setTimeout(() => this.#fire(), waitMs);
  }

  #fire(): void {
    const nowMs = Date.now();
    for (let count = 0; count < KEYS_PER_TURN; count += 1) {
      const first = this.#heap[0];
      if (first === undefined || first.atMs > nowMs) break;
      // Removed before the call: onDue may set the same key again.
      this.delete(first.key);
      this.#onDue(first.key);
    }
    this.#arm();
  }

  #place(due: Due, at: number): void {
    this.#heap[at] = due;
    this.#index.set(due.key, at);
  }

  #rise(from: number): void {
    let at = from;
    const due = this.#heap[at];
    if (due === undefined) return;
    while (at > 0) {
      const up = (at - 1) >> 1;
      const parent = this.#heap[up];
      if (parent === undefined || parent.atMs <= due.atMs) break;
      this.#place(parent, at);
      at = up;
    }
    this.#place(due, at);
  }

  #sink(from: number): void {
    let at = from;
    const due = this.#heap[at];
    if (due === undefined) return;
    for (;;) {
      const left = 2 * at + 1;
      const right = left + 1;
      const leftDue = this.#heap[left];
      if (leftDue === undefined) break;
      const rightDue = this.#heap[right];
      const child = rightDue !== undefined && rightDue.atMs < leftDue.atMs ? right : left;
      const smaller = this.#heap[child];
      if (smaller === undefined || smaller.atMs >= due.atMs) break;
      this.#place(smaller, at);
      at = child;
    }
    this.#place(due, at);
  }
}
