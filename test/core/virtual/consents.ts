import type {
  ConsentStore,
  LinkSeal,
  PendingRecord,
  StagedConsent,
  Versioned,
} from '../../../src/core/consent-records.ts';
import { CasLost, Failure } from '../../../src/core/failure.ts';
import type { ChannelRef } from '../../../src/core/grant.ts';
import type { Life } from './process.ts';

/** `pending` and `staged` of one channel in memory, with Vault's check-and-set. */
export class MemoryConsents implements ConsentStore {
  kept: { pending: Versioned<PendingRecord>; staged: Versioned<StagedConsent> } = {
    pending: { version: 0 },
    staged: { version: 0 },
  };
  /** Every answer that was ever staged, by its access token. */
  readonly everStaged: string[] = [];
  reads = 0;
  readonly #life: Life;
  /** Throws while Vault is away. */
  readonly #ask: () => void;

  constructor(life: Life, ask: () => void) {
    this.#life = life;
    this.#ask = ask;
  }

  async pending() {
    this.#ask();
    this.reads += 1;
    return this.kept.pending;
  }
  async writePending(_: ChannelRef, from: Versioned<PendingRecord>, to: PendingRecord) {
    const isConsumed = to.consent?.consumedAt !== undefined && to.consent.outcome === undefined;
    const write = () => {
      this.#ask();
      this.kept.pending = next(this.kept.pending, from, to);
      return this.kept.pending;
    };
    return isConsumed ? await this.#life.around('consume', write) : write();
  }
  async staged() {
    this.#ask();
    return this.kept.staged;
  }
  async writeStaged(_: ChannelRef, from: Versioned<StagedConsent>, to: StagedConsent) {
    return await this.#life.around('stage', () => {
      this.#ask();
      this.kept.staged = next(this.kept.staged, from, to);
      const access = to.answer?.access?.reveal();
      if (access !== undefined && !this.everStaged.includes(access)) this.everStaged.push(access);
      return this.kept.staged;
    });
  }
  /** Versions before this one are gone. */
  tidiedUpTo = 0;
  /** By the policy, or because Vault is away. */
  isTidyRefused = false;
  async tidyStaged(_: ChannelRef, version: number) {
    this.#ask();
    if (this.isTidyRefused) throw new Failure('Transient', 'VaultUnavailable', 'Vault is away.', { source: 'Vault' });
    this.tidiedUpTo = Math.max(this.tidiedUpTo, version - 1);
  }
}

function next<T>(now: Versioned<T>, from: Versioned<T>, to: T): Versioned<T> {
  if (now.version !== from.version) throw new CasLost('The record has moved.');
  return { version: now.version + 1, value: to };
}

/** Signs by a word that nobody else knows. */
export const memoryLinks: LinkSeal = {
  sign: async (text) =>
    `signed-${text.length}-${[...text].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 99_991, 7)}`,
  isGenuine: async (text, signature) => (await memoryLinks.sign(text)) === signature,
};
