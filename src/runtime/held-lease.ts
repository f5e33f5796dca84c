import { Failure } from '../core/failure.ts';
import { type LeaseApi, type LeaseRecord, type LeaseRole, usedPart } from '../core/lease.ts';
import type { Random } from './backoff.ts';

export interface HeldLeaseOptions {
  readonly api: LeaseApi;
  /** Who we are: unique per start of a process. */
  readonly holder: string;
  readonly buckets: number;
  readonly durationMs: number;
  readonly renewMs: number;
  /** Milliseconds that never jump back. */
  readonly monotonic: () => number;
  readonly random: Random;
}

/** One Lease from the side of the process that holds it, or would like to. */
export class HeldLease {
  readonly name: string;
  readonly #role: LeaseRole;
  readonly #options: HeldLeaseOptions;
  #record: LeaseRecord | undefined;
  #heldUntil = Number.NEGATIVE_INFINITY;
  #renewAt = Number.NEGATIVE_INFINITY;
  #writing: Promise<void> | undefined;
  #wroteAt = Number.NEGATIVE_INFINITY;

  constructor(role: LeaseRole, name: string, options: HeldLeaseOptions) {
    this.#role = role;
    this.name = name;
    this.#options = options;
  }

  /** As it was last read or written. */
  get record(): LeaseRecord | undefined {
    return this.#record;
  }

  /** Whether nobody else can hold it for the coming `forMs` milliseconds. */
  isHeld(forMs = 0): boolean {
    return this.#options.monotonic() + forMs < this.#heldUntil;
  }

  isDue(): boolean {
    return this.#writing === undefined && this.#options.monotonic() >= this.#renewAt;
  }

  /** What a list that was asked for at `askedAt` says; ignored where our own word may be newer. */
  see(record: LeaseRecord | undefined, askedAt: number): void {
    if (this.#writing === undefined && this.#wroteAt < askedAt) this.#record = record;
  }

  /** Takes or renews it. @throws Failure when it could not be written, or when somebody else wrote first */
  async claim(): Promise<void> {
    const { holder, durationMs, renewMs, monotonic, random } = this.#options;
    // Before the request leaves: its writing cannot be earlier, whenever the answer comes.
    const sentAt = monotonic();
    // No renewal falls together with all the others for long.
    this.#renewAt = sentAt + renewMs * (0.8 + 0.2 * random());
    await this.#write(holder, sentAt + durationMs * usedPart);
  }

  /** Lets it go, so that the next one need not wait for its end. */
  async release(): Promise<void> {
    // A renewal under way would bring it back.
    while (this.#writing !== undefined) await this.#writing;
    // Before it is known whether the write succeeds: from here on it may be somebody else's.
    this.#heldUntil = Number.NEGATIVE_INFINITY;
    await this.#write(undefined, Number.NEGATIVE_INFINITY);
  }

  async #write(holder: string | undefined, heldUntil: number): Promise<void> {
    const { api, durationMs, buckets, monotonic } = this.#options;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#writing = promise;
    try {
      const lease = { name: this.name, role: this.#role, holder, durationMs, buckets };
      this.#record = await api.write(lease, this.#record?.version);
      this.#heldUntil = heldUntil;
    } finally {
      this.#wroteAt = monotonic();
      this.#writing = undefined;
      resolve();
    }
  }
}

/** Somebody else wrote first, or it is gone: nothing failed, the Leases are read again. */
export function isOvertaken(error: unknown): boolean {
  return error instanceof Failure && (error.reason === 'CasLost' || error.status === 404);
}
