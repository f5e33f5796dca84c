import { describe, expect, it } from 'vitest';
import { ageGrant } from './ageing.ts';
import { type Consent, openConsentedGrant } from './consent.ts';
import { dayMs } from './running.ts';
import { sample } from './sample-platform.ts';
import { World } from './world.ts';

const now = Date.now();

/** A world of one app and account of the sample platform, with a grant of yesterday. */
function worldWithGrant(more: Partial<Consent> = {}) {
  const world = new World([sample]);
  const app = world.directory.createApp({ platform: 'sample', clientId: 'sa' });
  world.directory.createAccount({ platform: 'sample', id: 's1' });
  const at = { consentedAt: now - dayMs, obtainedAt: now - dayMs };
  return { world, ...openConsentedGrant(world, app, { accountId: 's1', scopes: [], ...at, ...more }) };
}

describe('a grant made older', () => {
  it('has older dates everywhere, so that what it announces is less', () => {
    const { world, access } = worldWithGrant({ limitedUntilAt: now + 90 * dayMs });
    const { grant } = access;
    expect(ageGrant(world, grant, 10 * dayMs, 'everything')).toBe(false);
    expect([grant.consentedAt, grant.lastUsedAt, grant.limitedUntilAt]).toEqual([
      ...[now - 11 * dayMs, now - 11 * dayMs, now + 80 * dayMs],
    ]);
    expect([access.issuedAt, access.expiresAt, access.announcedExpiresAt]).toEqual([
      ...[now - 11 * dayMs, now + 49 * dayMs, now + 49 * dayMs],
    ]);
  });

  it('keeps its tokens fresh where the consent alone grows older', () => {
    const { world, access } = worldWithGrant();
    ageGrant(world, access.grant, 10 * dayMs, 'consent');
    expect([access.grant.consentedAt, access.grant.lastUsedAt]).toEqual([now - 11 * dayMs, now - dayMs]);
    expect([access.issuedAt, access.expiresAt]).toEqual([now - dayMs, now + 59 * dayMs]);
  });

  it('ends now and not in the past, and so does its token', () => {
    const { world, access } = worldWithGrant();
    expect(ageGrant(world, access.grant, 1000 * dayMs, 'everything')).toBe(true);
    expect(access.grant.endedMachineAt).toBeGreaterThanOrEqual(now);
    expect(access.endedMachineAt).toBeGreaterThanOrEqual(now);
    expect([access.grant.endedBy, access.endedBy]).toEqual(['token-expired', 'expired']);
  });

  it('stays as it is once it has ended', () => {
    const { world, access } = worldWithGrant();
    world.endGrant(access.grant, 'disconnected');
    expect(ageGrant(world, access.grant, 10 * dayMs, 'everything')).toBe(false);
    expect(access.grant.consentedAt).toBe(now - dayMs);
  });
});

describe('a grant of access tokens', () => {
  it('ends with the last one that still works, whatever became of the others', () => {
    const { world, access } = worldWithGrant();
    world.issue(access.grant, 'access', { issuedAt: now - dayMs, shortLived: true });
    world.endToken(access, 'revoked-by-client');
    expect(access.grant).toMatchObject({ endedBy: 'revoked-by-client', endedMachineAt: access.endedMachineAt });
  });
});
