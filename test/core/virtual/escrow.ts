import type { AnswerSeal, EscrowPlace, EscrowPlaces, SealedAnswer } from '../../../src/core/escrow.ts';
import { Failure } from '../../../src/core/failure.ts';
import type { ChannelRef } from '../../../src/core/grant.ts';
import { Sealed } from '../../../src/core/sealed.ts';
import { createAnswerSeal } from '../../../src/vault/answer-seal.ts';
import { createPaths } from '../../../src/vault/paths.ts';
import type { Life, VirtualClock } from './process.ts';

/** The real seal; Vault's part of it is one key. */
export function memorySeal(keyByte = 1): AnswerSeal {
  const key = async () => Sealed.of(Buffer.alloc(32, keyByte).toString('base64'));
  return createAnswerSeal({ known: key, load: key }, createPaths('social', 'socialchannel'));
}

/** Secrets of the operator's namespace, with the API server's 409 and its uids. */
export class MemoryEscrow implements EscrowPlaces {
  isAway = false;
  /** Away until then, by the true clock. */
  awayUntil = 0;
  /** Whatever was ever put here, as it came over the wire. */
  readonly puts: Uint8Array[] = [];
  kept: SealedAnswer[] = [];
  readonly #clock: VirtualClock;
  readonly #life: Life;
  #uids = 0;

  constructor(clock: VirtualClock, life: Life) {
    this.#clock = clock;
    this.#life = life;
  }

  async put(_: ChannelRef, claimId: string, bytes: Uint8Array): Promise<void> {
    await this.#life.around('escrow', () => {
      this.#ask();
      const name = `escrow-${claimId}`;
      if (this.kept.some(({ place }) => place.name === name)) return;
      this.#uids += 1;
      this.puts.push(bytes);
      this.kept.push({ place: { name, uid: `uid-${this.#uids}` }, claimId, bytes });
    });
  }

  async list(): Promise<readonly SealedAnswer[]> {
    this.#ask();
    return [...this.kept];
  }

  async remove({ uid }: EscrowPlace): Promise<void> {
    this.#ask();
    this.kept = this.kept.filter(({ place }) => place.uid !== uid);
  }

  #ask(): void {
    if (!this.isAway && this.#clock.trueNow() >= this.awayUntil) return;
    throw new Failure('Transient', 'KubernetesUnavailable', 'The API server is away.', { source: 'Kubernetes' });
  }
}
