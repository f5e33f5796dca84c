import { backoffMs } from '../core/backoff.ts';
import { formatInstant } from '../core/instant.ts';
import type { Notice, Told } from '../core/notice.ts';
import type { Clock, Random } from '../core/ports.ts';
import { type Sink, Undelivered } from './sink.ts';

/** `Sent`, `Failed` and tried again, `Refused` by the other side and tried again more slowly. */
export type Delivery = 'Sent' | 'Failed' | 'Refused';

export interface OutboxOptions {
  readonly sink: Sink;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Pick<Random, 'unit'>;
  /** How long a notice waits for others of its group. */
  readonly windowMs: number;
  /** How many notices wait at most; beyond that none is taken. */
  readonly limit: number;
  /** A sink took a notice of this channel. */
  onSent(key: string, told: Told): void;
  /** Told of every attempt; it must not throw. */
  onAttempt(of: {
    notices: readonly Notice[];
    result: Delivery;
    attempt: number;
    why?: string;
    retryInMs?: number;
  }): void;
}

interface Group {
  readonly name: string;
  /** By id. */
  readonly waiting: Map<string, { readonly key: string; readonly notice: Notice }>;
  dueAt: number;
  failures: number;
  isSending: boolean;
}

/** Requests of one sink at the same time. */
const PARALLEL = 4;
/** Notices in one message. */
const TOGETHER = 50;

/** The notices that one sink has not taken yet. Nothing waits for it: what it holds is owed by the channels' statuses. */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #groups = new Map<string, Group>();
  #timer: NodeJS.Timeout | undefined;
  #sending = new Set<Promise<void>>();
  #isStopped = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Takes a notice, or keeps the one that it has. False where it is full. */
  put(key: string, notice: Notice): boolean {
    const name = this.#options.sink.groupOf(notice);
    // Nobody to tell: that is no reason to ask again and again. A change of the channel brings it back.
    if (name === undefined || this.#isStopped) return true;
    const group = this.#groups.get(name) ?? this.#newGroup(name);
    if (!group.waiting.has(notice.id) && this.depth >= this.#options.limit) return false;
    this.#groups.set(name, group);
    // The newer words: an account may have been renamed while its sink was away.
    group.waiting.set(notice.id, { key, notice });
    this.#plan();
    return true;
  }

  /** What these channels owe no longer, or owe to another replica now. */
  withdraw(isMeant: (key: string, id: string) => boolean): void {
    for (const [name, group] of this.#groups) {
      for (const [id, { key }] of group.waiting) if (isMeant(key, id)) group.waiting.delete(id);
      if (group.waiting.size === 0 && !group.isSending) this.#groups.delete(name);
    }
  }

  get depth(): number {
    return [...this.#groups.values()].reduce((sum, { waiting }) => sum + waiting.size, 0);
  }

  /** Sends nothing more; resolves when what is being sent has ended. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await Promise.all(this.#sending);
  }

  #newGroup(name: string): Group {
    const { clock, windowMs } = this.#options;
    return { name, waiting: new Map(), dueAt: clock.now() + windowMs, failures: 0, isSending: false };
  }

  #plan(): void {
    clearTimeout(this.#timer);
    if (this.#isStopped || this.#sending.size >= PARALLEL) return;
    const idle = [...this.#groups.values()].filter(({ isSending }) => !isSending);
    const [next] = idle.sort((a, b) => a.dueAt - b.dueAt);
    if (next === undefined) return;
    const waitMs = next.dueAt - this.#options.clock.now();
    if (waitMs > 0) this.#timer = setTimeout(() => this.#plan(), Math.min(waitMs, 60_000));
    else this.#start(next);
  }

  #start(group: Group): void {
    group.isSending = true;
    const sent = this.#send(group).finally(() => {
      group.isSending = false;
      this.#sending.delete(sent);
      if (group.waiting.size === 0) this.#groups.delete(group.name);
      this.#plan();
    });
    this.#sending.add(sent);
    this.#plan();
  }

  async #send(group: Group): Promise<void> {
    const { sink, clock, onSent, onAttempt } = this.#options;
    const batch = [...group.waiting.values()].slice(0, TOGETHER);
    const notices = batch.map(({ notice }) => notice);
    try {
      await sink.deliver(notices);
    } catch (error) {
      this.#failed(group, notices, error);
      return;
    }
    group.failures = 0;
    onAttempt({ notices, result: 'Sent', attempt: 1 });
    const sentTime = formatInstant(clock.now());
    for (const { key, notice } of batch) {
      group.waiting.delete(notice.id);
      onSent(key, { sink: sink.name, kind: notice.kind, id: notice.id, sentTime });
    }
  }

  #failed(group: Group, notices: readonly Notice[], error: unknown): void {
    const { clock, random, onAttempt } = this.#options;
    group.failures += 1;
    const isRefused = error instanceof Undelivered && error.isRefused;
    const retryAfterMs = error instanceof Undelivered ? error.retryAfterMs : undefined;
    const cause = { family: isRefused ? 'Misconfigured' : 'Transient', retryAfterMs } as const;
    const retryInMs = backoffMs(cause, group.failures, random.unit());
    group.dueAt = clock.now() + retryInMs;
    // A foreign error may hold anything; only our own words are passed on.
    const why = error instanceof Undelivered ? error.message : 'an unexpected error inside the operator';
    onAttempt({ notices, result: isRefused ? 'Refused' : 'Failed', attempt: group.failures, why, retryInMs });
  }
}
