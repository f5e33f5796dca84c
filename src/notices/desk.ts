import type { Notice, NoticeSink, Told } from '../core/notice.ts';
import type { Outbox } from './outbox.ts';

/** Between channels and sinks: what a channel owes goes to its outbox, what a sink took stays here until the status shows it. */
export class NoticeDesk {
  readonly #outboxes: ReadonlyMap<NoticeSink, Outbox>;
  readonly #sent = new Map<string, Told[]>();
  #wake: (key: string) => void = () => {};

  /** @param outboxes each of which tells `took` what its sink took */
  constructor(outboxes: (took: (key: string, told: Told) => void) => ReadonlyMap<NoticeSink, Outbox>) {
    this.#outboxes = outboxes((key, told) => {
      this.#sent.set(key, [...(this.#sent.get(key) ?? []), told]);
      this.#wake(key);
    });
  }

  /** Who writes down what was sent: called with the channel's key as soon as there is something to write. */
  onSent(wake: (key: string) => void): void {
    this.#wake = wake;
  }

  /** What sinks took of this channel, as far as its status is not known to show it; the last of each sink. */
  sent(key: string): readonly Told[] {
    const bySink = new Map((this.#sent.get(key) ?? []).map((told) => [told.sink, told] as const));
    return [...bySink.values()];
  }

  /**
   * What this channel owes now: new notices are taken, those that it owes no longer are withdrawn. Never waits.
   * @param shown what its status shows as told
   * @returns false where a sink's queue is full, so that it has to be offered again
   */
  owes(key: string, owed: readonly { sink: NoticeSink; notice: Notice }[], shown: readonly Told[]): boolean {
    const left = (this.#sent.get(key) ?? []).filter(({ id }) => !shown.some((one) => one.id === id));
    if (left.length === 0) this.#sent.delete(key);
    else this.#sent.set(key, left);
    let isTaken = true;
    for (const [name, outbox] of this.#outboxes) {
      const due = owed.filter(({ sink, notice }) => sink === name && !left.some(({ id }) => id === notice.id));
      outbox.withdraw((other, id) => other === key && !due.some(({ notice }) => notice.id === id));
      for (const { notice } of due) isTaken = outbox.put(key, notice) && isTaken;
    }
    return isTaken;
  }

  /** These channels are looked after elsewhere from now on, or are gone. */
  forget(which: (key: string) => boolean): void {
    for (const key of this.#sent.keys()) if (which(key)) this.#sent.delete(key);
    for (const outbox of this.#outboxes.values()) outbox.withdraw((key) => which(key));
  }

  waiting(): { readonly sink: NoticeSink; readonly count: number }[] {
    return [...this.#outboxes].map(([sink, { depth: count }]) => ({ sink, count }));
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#outboxes.values()].map((outbox) => outbox.stop()));
  }
}
