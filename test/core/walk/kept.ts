/** Seeds that broke a promise before it was mended, and how; they are walked in every run of the tests. */
export const kept: readonly {
  readonly seed: number;
  readonly found: string;
  readonly isUnvisited?: boolean;
}[] = [
  { seed: 35, isUnvisited: true, found: 'an older parked answer was adopted over a newer one' },
  { seed: 260, isUnvisited: true, found: 'the same happened with the first login' },
  {
    seed: 277,
    isUnvisited: true,
    found: 'a Secret was written into a namespace that was made anew while a commit waited',
  },
  {
    seed: 351,
    isUnvisited: true,
    found: 'a token was spent again while its answer was parked, after Vault was put back',
  },
  { seed: 357, isUnvisited: true, found: 'the same happened where a replay ends nothing else' },
  { seed: 453, isUnvisited: true, found: 'the same happened right after the spend' },
  {
    seed: 481,
    found: 'a restore took the mark of an import, so that the tombstone did not tell of it: the judge asked for it',
  },
  {
    seed: 763,
    found: 'the same mark was gone when the platform had ended a later login: its import was taken for a loss',
  },
  {
    seed: 1098,
    found: 'a namespace was adopted, and the cluster put back to before that, between a look and its write',
  },
  {
    seed: 553,
    isUnvisited: true,
    found: 'a bootstrap was imported again after a restore, and its token spent although the answer was parked',
  },
  {
    seed: 84,
    found:
      'the import of a Secret was taken for an overwritten login: it was put there while somebody came by the page',
  },
  {
    seed: 203,
    found:
      'an answer in escrow was passed over, because a login of before the restore had been seen, and its token was sent again',
  },
  {
    seed: 56,
    found:
      'a restore between two claims of one token: which of two answers is stored is chance, and the judge blamed the operator',
  },
  { seed: 3769, isUnvisited: true, found: 'a rejection of an earlier login confirmed that of a new one' },
];
