import { secondMs } from '../times.ts';
import type { Kernel } from './kernel.ts';
import type { Replica } from './replica.ts';

const leaseMs = 30 * secondMs;
/** What may be gone of it before it is renewed. */
const renewMs = 5 * secondMs;

/** Who owns the channel. With `isSplit` every replica believes that it does: then the check-and-set is the only fence. */
export class Lease {
  holder: Replica | undefined;
  readonly isSplit: boolean;
  /** When it ends; undefined while it is renewed. */
  #endsAt: number | undefined;
  readonly #kernel: Kernel;
  readonly #replicas: readonly Replica[];
  readonly #canRenew: (replica: Replica) => boolean;

  constructor(kernel: Kernel, replicas: readonly Replica[], isSplit: boolean, canRenew: (replica: Replica) => boolean) {
    this.#kernel = kernel;
    this.#replicas = replicas;
    this.isSplit = isSplit;
    this.#canRenew = canRenew;
  }

  owns(replica: Replica, ms: number): boolean {
    if (this.isSplit) return true;
    if (this.holder !== replica) return false;
    return (this.#endsAt ?? this.#kernel.now + leaseMs - renewMs) - this.#kernel.now > ms;
  }

  /** Somebody died, froze, was cut off, or came back. */
  look(): void {
    const { now } = this.#kernel;
    const { holder } = this;
    const isOver = holder === undefined || (this.#endsAt !== undefined && now >= this.#endsAt);
    if (holder !== undefined && !isOver) {
      if (this.#canRenew(holder)) this.#endsAt = undefined;
      else if (this.#endsAt === undefined) {
        this.#endsAt = now + leaseMs;
        this.#kernel.at(this.#endsAt + secondMs, () => this.look());
      }
      return;
    }
    this.#give(this.#replicas.find((replica) => replica !== holder && this.#canRenew(replica)) ?? holder);
  }

  /** The holder gives it to another one in the midst of whatever it does. */
  rebalance(): void {
    const other = this.#replicas.find((replica) => replica !== this.holder && this.#canRenew(replica));
    if (other !== undefined) this.#give(other);
  }

  #give(replica: Replica | undefined): void {
    if (replica === undefined || !this.#canRenew(replica)) return;
    this.holder = replica;
    this.#endsAt = undefined;
    replica.wake(1);
  }
}
