import { describe, expect, it } from 'vitest';
import { mutations } from './mutations.ts';
import { walkProfiles } from './profiles.ts';
import { search } from './search.ts';

const timeoutMs = 600_000;

function tell(what: string, { states, paths, ends, losses }: Awaited<ReturnType<typeof search>>): void {
  console.log(`search, ${what}: ${states} states, ${paths} paths, ${ends} ends, ${losses} unknowable`);
}

describe.each(walkProfiles)('one refresh cycle of two replicas, $name', ({ name, profile }) => {
  it('breaks no promise, in whatever order it happens and wherever one of them dies', {
    timeout: timeoutMs,
  }, async () => {
    const found = await search({ profile, consents: 0 });
    tell(`${name}, one crash`, found);
    expect(found.violations).toEqual([]);
    expect(found.ends).toBeGreaterThan(20);
    // What dies with its answer cannot be known, but only where a token is used up.
    expect(found.losses > 0).toBe(profile.oldToken === 'Dies' || profile.oldToken === 'ReplayRevokesAll');
  });

  it('breaks none while a person consents and one of them dies, as far as the search goes', {
    timeout: timeoutMs,
  }, async () => {
    // All of it takes minutes: make search.
    const found = await search({ profile, maxStates: 1_000 });
    tell(`${name}, one crash and one person, cut off`, found);
    expect(found.violations).toEqual([]);
  });

  it.each([mutations.claim, mutations.cas])('is seen to lack its $name', { timeout: timeoutMs }, async (mutation) => {
    expect((await search({ profile, mutation, maxStates: 500 })).violations).not.toEqual([]);
  });
});
