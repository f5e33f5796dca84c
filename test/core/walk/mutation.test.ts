import { describe, expect, it } from 'vitest';
import { failure, hourMs, reusable } from '../builders.ts';
import { VirtualFleet } from '../virtual/fleet.ts';
import { mutations } from './mutations.ts';
import { walk } from './walk.ts';

/** By so many seeds each is caught; most by the first few. */
const withinSeeds = 120;

const expected: Readonly<Record<keyof typeof mutations, RegExp>> = {
  claim: /^no spend without its claim/,
  cas: /^(a newer grant is not overwritten|no spend without its claim|no token is spent twice)/,
  fence: /^the owner alone begins a spend/,
  confirmation: /^no verdict without a definite rejection/,
  identity: /^a foreign grant is not/,
  account: /^no (token of another account is shown|other account is connected)/,
  consumption: /^no code is exchanged twice/,
  staging: /^what was granted is stored/,
  escrow: /^(no token is spent twice|no grant is lost)/,
  rescue: /^(no token is spent twice|no grant is lost)/,
};

describe('an operator that lacks one of its protections', () => {
  it.each(Object.keys(mutations) as (keyof typeof mutations)[])(
    'is caught without its %s',
    { timeout: 600_000 },
    async (name) => {
      let caught: string | undefined;
      for (let seed = 0; seed < withinSeeds && caught === undefined; seed += 1) {
        [caught] = (await walk({ seed, mutation: mutations[name] })).violations;
      }
      expect(caught).toMatch(expected[name]);
    },
  );

  it('is caught without its brake: it asks people to reconnect whom the platform rejected with everybody else', async () => {
    const accused = async (isUnbraked: boolean) => {
      const fleet = new VirtualFleet(20, reusable, false, isUnbraked);
      await fleet.pass(2.5 * hourMs);
      fleet.illness = failure('Rejected', 'AccessRevoked');
      await fleet.pass(3 * hourMs);
      return fleet.worlds.filter(({ states }) => states.includes('NeedsReauth')).length;
    };
    expect(await accused(false)).toBe(0);
    expect(await accused(true)).toBeGreaterThan(10);
  });
});
