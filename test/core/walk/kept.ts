/** Seeds that found something, and what; they are walked in every run of the tests. */
export const kept: readonly { readonly seed: number; readonly found: string }[] = [
  { seed: 19, found: 'tokens of another account replaced a login that is traded while it lives' },
  { seed: 35, found: 'an older parked answer was adopted over a newer one' },
  { seed: 277, found: 'a Secret was written into a namespace that was made anew while a commit waited' },
  { seed: 351, found: 'a token was spent again while its answer was parked, after Vault was put back' },
  { seed: 453, found: 'the same, right after the spend' },
  { seed: 488, found: 'a bootstrap that was read before a newer one was imported replaced it' },
];
