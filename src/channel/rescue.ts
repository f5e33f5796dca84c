import type { ChannelRef, ParkedAnswer } from '../core/grant.ts';
import type { World } from './ports.ts';

/** An answer that Vault has not acknowledged for so long is put into escrow. The claim outlives it by far. */
export const COMMIT_BUDGET_MS = 2_000;
/** Between two attempts to put it there. */
const RETRY_MS = 1_000;

/** One answer on its way to Vault, and from there on to the escrow where Vault takes too long. */
export class Rescue {
  readonly world: World;
  readonly ref: ChannelRef;
  readonly answer: ParkedAnswer;
  readonly platform: string;
  #nextAt: number;
  #isKept = false;
  #keeping: Promise<void> | undefined;
  #failures = 0;

  constructor(world: World, ref: ChannelRef, platform: string, answer: ParkedAnswer) {
    this.world = world;
    this.ref = ref;
    this.answer = answer;
    this.platform = platform;
    this.#nextAt = world.clock.monotonic() + COMMIT_BUDGET_MS;
  }

  /** What the work comes to. Beside it, never before it, the answer goes into escrow once its time has come. */
  async beside<T>(work: Promise<T>): Promise<T> {
    const { clock } = this.world;
    while (!this.#isKept) {
      const isOver = await clock.isSettledWithin(work, Math.max(this.#nextAt - clock.monotonic(), 0));
      if (isOver) break;
      this.look();
    }
    return await work;
  }

  /** Whether there may be something in escrow now; waits for what is on its way there. */
  async isOver(): Promise<boolean> {
    await this.#keeping;
    return this.#isKept || this.#failures > 0;
  }

  /** Sends the answer on its way to the escrow where its time has come and it is not there. */
  look(): void {
    const now = this.world.clock.monotonic();
    if (this.#isKept || now < this.#nextAt) return;
    this.#nextAt = now + RETRY_MS;
    this.#keeping ??= this.#keep().finally(() => {
      this.#keeping = undefined;
    });
  }

  /** Never throws: Vault may be back first, and until then both are tried for as long as the process lives. */
  async #keep(): Promise<void> {
    const { world, ref, platform } = this;
    const channel = `${ref.namespace}/${ref.name}`;
    try {
      await world.escrow.keep(ref, { clusterId: world.clusterId, answer: this.answer });
      this.#isKept = true;
      world.meter.escrowed(platform, 'Written');
      world.log.warn({ channel, platform }, 'an answer that Vault does not take is sealed in escrow; writing goes on');
    } catch (error) {
      this.#failures += 1;
      const isWorthALine = (this.#failures & (this.#failures - 1)) === 0;
      const fields = { channel, attempt: this.#failures, err: error };
      if (isWorthALine) world.log.error(fields, 'an answer could not be put into escrow either; it is tried again');
    }
  }
}
