import type { Grant } from './platform.ts';
import type { World } from './world.ts';

/** The consent alone, so that tokens stay fresh; or everything, as if nobody had touched the grant since. */
export type Ageing = 'consent' | 'everything';

/**
 * Makes one grant older while the platform's clock, which others share, stands. An end that this brings lies in the
 * present, not where the older dates would put it: until now the tokens did work.
 * @returns whether it ended the grant
 */
export function ageGrant(world: World, grant: Grant, byMs: number, what: Ageing): boolean {
  if (world.settle(grant).endedMachineAt !== null) {
    return false;
  }
  // What has expired by now keeps its true end.
  world.settleTokens(grant);
  grant.consentedAt -= byMs;
  if (grant.limitedUntilAt !== null) {
    grant.limitedUntilAt -= byMs;
  }
  if (what === 'everything') {
    grant.lastUsedAt -= byMs;
    ageTokens(world, grant, byMs);
  }
  const now = world.clocks.machine();
  world.settle(grant, now);
  world.settleTokens(grant, now);
  return grant.endedMachineAt !== null;
}

function ageTokens(world: World, grant: Grant, byMs: number): void {
  const earlier = (at: number | null) => (at === null ? null : at - byMs);
  for (const token of world.tokens.of(grant).filter(({ endedMachineAt }) => endedMachineAt === null)) {
    token.issuedAt -= byMs;
    token.expiresAt = earlier(token.expiresAt);
    token.announcedExpiresAt = earlier(token.announcedExpiresAt);
  }
}
