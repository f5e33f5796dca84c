import { grantOf } from './grants.ts';
import type { Exchange } from './platform.ts';
import type { Replica } from './replica.ts';
import type { Stage } from './stage.ts';
import { channelPath } from './vault.ts';

interface RawStaged {
  readonly id: string;
  readonly answer?: { readonly access?: string };
  readonly finding?: { readonly kind: string };
}

/** Follows what people granted on the page from the platform's answer to what became of it. */
export class Logins {
  readonly #stage: Stage;
  readonly #exchanges: Exchange[] = [];
  /** Access token of each consent that was staged. */
  readonly #staged = new Map<string, string | undefined>();

  /** What was found, by consent. */
  readonly #found = new Map<string, string>();

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  arrived(exchange: Exchange): void {
    const { judge, platform } = this.#stage;
    if (exchange.isRepeated) judge.violation('no code is exchanged twice', `${exchange.code} by ${exchange.by}`);
    if (exchange.access !== undefined) this.#exchanges.push(exchange);
    if (platform.illness === 'AfterWork') exchange.fate = 'Lost';
  }
  lost(exchange: Exchange | undefined): void {
    if (exchange?.fate === 'Travelling') exchange.fate = 'Lost';
  }
  delivered(exchange: Exchange | undefined): void {
    if (exchange?.fate === 'Travelling') exchange.fate = 'Held';
  }
  died(replica: Replica): void {
    for (const exchange of this.#exchanges) {
      const isOpen = exchange.fate === 'Travelling' || exchange.fate === 'Held';
      if (exchange.by === replica.name && isOpen) exchange.fate = 'Died';
    }
  }

  /** `staged` was written: an answer, or what was found of it. */
  wrote({ id, answer, finding }: RawStaged): void {
    const { platform, judge } = this.#stage;
    if (answer !== undefined) {
      this.#staged.set(id, answer.access);
      for (const exchange of this.#exchanges) if (exchange.access === answer.access) exchange.fate = 'Stored';
    }
    const access = this.#staged.get(id);
    const account = platform.tokenOf(access)?.consent.account;
    const kind = finding?.kind;
    if (account === undefined || kind === undefined) return;
    this.#found.set(id, kind);
    if (kind === 'WrongAccount' && account === '42') judge.violation('the right account is not refused', `${access}`);
    if (kind === 'Connected' && account !== '42') judge.violation('no other account is connected', `${access}`);
    if (kind === 'Failed' && account === '42' && platform.isAlive(access))
      judge.violation('no good login is refused', `${access}`);
  }

  counts(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const kind of this.#found.values()) counts[kind] = (counts[kind] ?? 0) + 1;
    return counts;
  }

  /** Everything has healed: no answer waits to be looked at, and none is forgotten by who got it. */
  checkSettled(): void {
    const { vault, judge, cluster } = this.#stage;
    const staged = vault.newest(`${channelPath}/staged`)?.data as unknown as RawStaged | undefined;
    if (cluster.channel === undefined) return;
    if (staged?.answer !== undefined && grantOf(vault) !== undefined)
      judge.violation('what was granted is looked at', `${staged.answer.access} of ${staged.id} is still staged`);
    for (const { fate, access, by, at } of this.#exchanges) {
      const isOvertaken = this.#exchanges.some((other) => other.at > at);
      if (fate === 'Held' && !isOvertaken) judge.violation('what was granted is stored', `${access} is held by ${by}`);
    }
  }
}

export const stagedPath = `${channelPath}/staged`;
export type { RawStaged };
