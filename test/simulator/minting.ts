import { openConsentedGrant, shapeOf } from './consent.ts';
import { ControlError } from './directory.ts';
import type { MintedGrant, MintInput } from './model.ts';
import type { World } from './world.ts';

/** What is asked for must be what the platform gives: a test that mints something else would prove nothing. */
function check(world: World, input: MintInput): void {
  const { platform, clientId, accountId, scopes = [], shortLived = false, oauth1 = false, systemUser } = input;
  const app = world.directory.app(platform, clientId);
  world.directory.account(platform, accountId);
  const shape = shapeOf(world, app, { scopes, shortLived, oauth1, ...(systemUser && { systemUser }) });
  if (shortLived && !shape.shortLived) {
    throw new ControlError(`${platform} gives no short-lived tokens`);
  }
  if (oauth1 && !shape.tokenSecret) {
    throw new ControlError(`${platform} has no tokens of OAuth 1.0a`);
  }
  if (systemUser && shape.systemUser !== systemUser) {
    throw new ControlError(`${platform} has no system users`);
  }
}

/** A grant as if the person had consented, and the tokens had been fetched, at the times given. */
export function mintGrant(world: World, input: MintInput): MintedGrant {
  const { directory, clocks } = world;
  const { platform, clientId, accountId, scopes = [], shortLived = false, oauth1 = false, systemUser } = input;
  const obtainedAt = input.obtainedAt ?? clocks.machine();
  const consentedAt = input.consentedAt ?? obtainedAt;
  check(world, input);
  if (consentedAt > obtainedAt) {
    throw new ControlError('consentedAt lies after obtainedAt: no token is issued before its consent');
  }
  const limitedSeconds = input.limitedSeconds ?? null;
  const { access, refresh } = openConsentedGrant(world, directory.app(platform, clientId), {
    ...{ accountId, scopes, shortLived, oauth1, assetIds: input.assetIds ?? null },
    ...(systemUser && { systemUser }),
    consentedAt: clocks.toPlatform(platform, consentedAt),
    obtainedAt: clocks.toPlatform(platform, obtainedAt),
    limitedUntilAt: limitedSeconds && clocks.toPlatform(platform, consentedAt + limitedSeconds * 1000),
  });
  for (const token of world.tokens.takeIssued()) {
    token.delivered = true;
  }
  const machine = (at: number | null) => (at === null ? null : clocks.toMachine(platform, at));
  return {
    ...{ grantId: access.grant.id, platform, clientId, accountId, obtainedAt, consentedAt, scopes },
    accessToken: access.value,
    refreshToken: refresh?.value ?? null,
    tokenSecret: access.secret,
    expiresAt: machine(access.announcedExpiresAt),
    refreshExpiresAt: machine(world.endByAge(access.grant)?.at ?? null),
  };
}
