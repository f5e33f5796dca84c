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
  /**
   * Called with each share that is no longer ours, or is about to be given up: from here on `owns` says no. What it
   * returns resolves when nothing of that share is in progress any more.
   */
  onLose(listener: (share: Share) => Promise<void>): void;
  start(): Promise<void>;
  /** Gives everything up; each share goes as soon as nothing of it is in progress. */
  stop(): Promise<void>;
}

/** The bucket of a key, the same in every process: FNV-1a over its UTF-16 units. */
export function bucketOf(key: string, buckets: number): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at += 1) {
    hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  }
  // The low bits of FNV alone are uneven for keys that differ in one digit.
  hash ^= hash >>> 15;
  return (hash >>> 0) % buckets;
}
