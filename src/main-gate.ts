import type { ChannelView } from './channel/views.ts';
import { clock, random } from './main-process.ts';
import { Gate } from './runtime/gate.ts';

export type Dependency = 'kubernetes' | 'vault';

/** What every channel needs; nothing runs while one of them does not answer, but for one channel at a time that asks. */
export class DependencyGate {
  readonly #gate = new Gate<Dependency>({
    dependencies: ['kubernetes', 'vault'],
    now: clock.monotonic,
    random: random.unit,
    wake: (keys) => this.#wake(keys),
  });
  #wake: (keys: readonly string[]) => void = () => {};

  /** @param touch asks for a run of a channel */
  onWake(channels: { get(key: string): ChannelView | undefined }, touch: (key: string) => void): void {
    const endOf = (key: string) => channels.get(key)?.accessTokenExpiresAt ?? Number.MAX_SAFE_INTEGER;
    // Whose token ends first comes first: the queue keeps the order.
    this.#wake = (keys) => {
      const ends = new Map(keys.map((key) => [key, endOf(key)]));
      for (const key of [...keys].sort((a, b) => (ends.get(a) ?? 0) - (ends.get(b) ?? 0))) touch(key);
    };
  }

  /** A channel that is gone, or that somebody wants to be freed of us, needs no Vault. */
  hold(key: string, view: ChannelView | undefined): number | undefined {
    return view === undefined || view.isAbandoned ? undefined : this.#gate.hold(key);
  }

  /** @param status HTTP status of the answer; undefined: none came */
  report(dependency: Dependency, status: number | undefined): void {
    // 429: it asks for less. 473: a standby of Vault that cannot answer.
    this.#gate.report(dependency, status !== undefined && status < 500 && status !== 429 && status !== 473);
  }

  waiting() {
    return this.#gate.waiting();
  }

  stop(): void {
    this.#gate.stop();
  }
}
