import type { App } from './model.ts';
import type { Call, Token } from './platform.ts';

const ofApp = { shape: { refreshToken: false, shortLived: false, tokenSecret: false }, assetIds: null, scopes: [] };

/** What an app gets for itself by client credentials. It is renewed by asking again. */
export function issueAppToken({ world, now, platform }: Call, { clientId }: App): Token {
  const [known] = world.livingGrants(platform.name, clientId, null);
  const names = { platform: platform.name, clientId, accountId: null, limitedUntilAt: null };
  const grant = known ?? world.openGrant({ ...names, ...ofApp, consentedAt: now, lastUsedAt: now });
  grant.refreshes += known ? 1 : 0;
  grant.lastUsedAt = now;
  return world.issue(grant, 'access', { issuedAt: now });
}
