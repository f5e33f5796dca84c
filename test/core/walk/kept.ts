/** Seeds that broke a promise before it was mended, and how; they are walked in every run of the tests. */
export const kept: readonly { readonly seed: number; readonly found: string }[] = [
  { seed: 35, found: 'an older parked answer was adopted over a newer one' },
  { seed: 260, found: 'the same happened with the first login' },
  { seed: 277, found: 'a Secret was written into a namespace that was made anew while a commit waited' },
  { seed: 351, found: 'a token was spent again while its answer was parked, after Vault was put back' },
  { seed: 357, found: 'the same happened where a replay ends nothing else' },
  { seed: 453, found: 'the same happened right after the spend' },
  {
    seed: 553,
    found: 'a bootstrap was imported again after a restore, and its token spent although the answer was parked',
  },
  { seed: 3769, found: 'a rejection of an earlier login confirmed that of a new one' },
];
