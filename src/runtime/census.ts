import type { LeaseRecord } from '../core/lease.ts';
import { type Standing, standingOf } from './fair-share.ts';
import type { LeaseSight } from './lease-sight.ts';

/** What the Leases say about the replicas that are there. */
export interface Census {
  readonly standing: Standing;
  /** Into how many buckets a living replica divides the keys, where it is another number than ours. */
  readonly otherDivision: number | undefined;
  /** What replicas left behind that ended without a word. */
  readonly dead: readonly LeaseRecord[];
}

export function censusOf(
  records: readonly LeaseRecord[],
  { sight, now, holder, buckets }: { sight: LeaseSight; now: number; holder: string; buckets: number },
): Census {
  const others = records.filter((record) => record.holder !== holder);
  const live = others.filter((record) => sight.isLive(record, now));
  // One that divides otherwise waits: what we gave up for its sake nobody would hold.
  const peers = live.filter((record) => record.role === 'Member' && record.buckets === buckets);
  const members = peers.map((record) => record.holder ?? '');
  return {
    standing: standingOf(holder, members),
    // Of Leases of either kind: a replica whose word of being there is late may hold buckets still.
    otherDivision: live.find((record) => record.buckets !== buckets)?.buckets,
    dead: others.filter((record) => record.role === 'Member' && !live.includes(record)),
  };
}

/** Two replicas that divide the keys differently would both own some of them. */
export class OtherDivision extends Error {
  constructor(ours: number, theirs: number) {
    super(
      `Another replica divides the channels into ${theirs} buckets, this one into ${ours}. This one holds none until the ` +
        'other has gone; give all replicas the same --lease-buckets.',
    );
    this.name = 'OtherDivision';
  }
}
