/** Tells whether a key belongs to the share of keys that an ownership event is about. */
export type Share = (key: string) => boolean;

/**
 * Which keys this process may work on. It only keeps two processes from trying the same thing; what keeps them from
 * doing it is the store's check-and-set.
 */
export interface Ownership {
  readonly name: string;
  /** Whether the key is ours now and for the coming `forMs` milliseconds: asked before a step that cannot be repeated. */
  owns(key: string, forMs: number): boolean;
  /** Called with each share that becomes ours. */
  onAcquire(listener: (share: Share) => void): void;
  /** Called with each share that is no longer ours. */
  onLose(listener: (share: Share) => void): void;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Ownership of a process that runs alone: everything, from start to the end of the process. */
export class SoleOwner implements Ownership {
  readonly name = 'ownership';
  readonly #listeners: ((share: Share) => void)[] = [];
  #started = false;

  owns(): boolean {
    // Stays true after stop: work that is being drained must be allowed to finish.
    return this.#started;
  }

  onAcquire(listener: (share: Share) => void): void {
    this.#listeners.push(listener);
  }

  onLose(): void {
    // Nobody else is there to take anything over.
  }

  async start(): Promise<void> {
    this.#started = true;
    for (const listener of this.#listeners) listener(() => true);
  }

  async stop(): Promise<void> {
    // Nothing is held that another process waits for.
  }
}
