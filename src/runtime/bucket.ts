import { HeldLease, type HeldLeaseOptions } from './held-lease.ts';

/** `Leaving`: nothing new begins in it, and it is renewed until what is in progress has ended. */
type Phase = 'Not' | 'Ours' | 'Leaving' | 'Releasing';

/** One bucket from the side of this process. */
export interface Bucket {
  readonly index: number;
  readonly lease: HeldLease;
  phase: Phase;
}

/** All buckets, none of them ours, and the Lease by which this process says that it is there. */
export function leasesOf(prefix: string, options: HeldLeaseOptions): { member: HeldLease; buckets: readonly Bucket[] } {
  const bucket = (index: number): Bucket => {
    const name = `${prefix}-bucket-${String(index).padStart(2, '0')}`;
    return { index, lease: new HeldLease('Bucket', name, options), phase: 'Not' };
  };
  return {
    member: new HeldLease('Member', `${prefix}-replica-${inLetters(options.holder)}`, options),
    buckets: Array.from({ length: options.buckets }, (_, index) => bucket(index)),
  };
}

/** Whether its Lease is to be renewed. */
export function isKept({ phase }: Bucket): boolean {
  return phase === 'Ours' || phase === 'Leaving';
}

/** A holder in the letters that an object's name may have. */
function inLetters(holder: string): string {
  return holder
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}
