/** Whose turn it is among those who are there, by the order of their names: the same for each of them. */
export interface Standing {
  readonly rank: number;
  readonly members: number;
}

export function standingOf(holder: string, members: readonly string[]): Standing {
  const others = members.filter((member) => member !== holder);
  return { rank: others.filter((member) => member < holder).length, members: others.length + 1 };
}

/** How many buckets one of them holds when all are shared evenly. The sum over all of them is the number of buckets. */
export function quotaOf({ rank, members }: Standing, buckets: number): number {
  return Math.floor(buckets / members) + (rank < buckets % members ? 1 : 0);
}

/** Which of the free buckets to take: each begins elsewhere, so that two of them rarely want the same. */
export function pick(free: readonly number[], wanted: number, { rank, members }: Standing): number[] {
  const turn = (index: number) => (index - rank + members) % members;
  return [...free].sort((a, b) => turn(a) - turn(b) || a - b).slice(0, Math.max(0, wanted));
}
