/** What replicas keep Leases for: to say that they are there, and to hold a share of the keys. */
export type LeaseRole = 'Member' | 'Bucket';

/**
 * The part of a Lease's duration that its holder makes use of. The rest is for clocks that run at different speeds, and for
 * the moment between asking and acting.
 */
export const usedPart = 0.8;

/** A Lease (coordination.k8s.io/v1) as far as replicas read each other's. */
export interface LeaseRecord {
  readonly name: string;
  readonly role: LeaseRole;
  /** Absent once it was released. */
  readonly holder: string | undefined;
  /** How long its holder may keep it after a write; told by the holder, so that replicas with other settings obey it. */
  readonly durationMs: number;
  /** Into how many buckets its writer divides all keys. */
  readonly buckets: number;
  /** Changes with every write; means nothing else. */
  readonly version: string;
}

/** Leases of one namespace. Every call has a deadline; what it throws is a `Failure`. */
export interface LeaseApi {
  list(): Promise<readonly LeaseRecord[]>;
  /**
   * Writes over exactly the version `over`, or creates it where that is absent.
   *
   * @throws Failure `CasLost` when somebody else wrote meanwhile
   */
  write(lease: Omit<LeaseRecord, 'version'>, over: string | undefined): Promise<LeaseRecord>;
  /** Deletes exactly that version. @throws as `write` */
  remove(lease: LeaseRecord): Promise<void>;
}
