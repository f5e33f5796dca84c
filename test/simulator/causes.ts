import { type Ageing, ageGrant } from './ageing.ts';
import { ControlError } from './directory.ts';
import type { Account, App, Asset, Cause, CauseInput } from './model.ts';
import type { Grant, Platform } from './platform.ts';
import { matchesFilter } from './token-store.ts';
import type { Stop } from './troubles.ts';
import type { World } from './world.ts';

export interface CauseContext {
  world: World;
  cause: Cause;
  account: Account;
  /** null is every app. */
  app: App | null;
  /** null where none was named. */
  asset: Asset | null;
  scopes: readonly string[];
  /** What the account gave to the app, or to every app: living or not. */
  grants: readonly Grant[];
}

/** What a platform does when something happens to an account. */
export interface CauseHandler {
  /** How many grants, or tokens alone, were alive and have ended now. */
  strike(context: CauseContext): number;
  /** How many troubles are over now. Absent where nothing but a new consent helps. */
  cure?(context: CauseContext): number;
}

const living = (world: World, grants: readonly Grant[]): Grant[] =>
  grants.filter((grant) => world.settle(grant).endedMachineAt === null);

/** The grants that this is true of end for good. */
export const endsGrants = (ends: (grant: Grant) => boolean = () => true): CauseHandler => ({
  strike: ({ world, cause, grants }) => grants.filter((grant) => ends(grant) && world.endGrant(grant, cause)).length,
});

export const endsAccessTokens: CauseHandler = {
  strike: ({ world, account, app, cause }) => {
    const ofApp = app && { clientId: app.clientId };
    return world.endAccessTokens({ platform: account.platform, accountId: account.id, ...ofApp }, cause);
  },
};

const troubleOf = ({ cause, account, app, asset }: CauseContext) => ({
  ...{ platform: account.platform, cause, accountId: account.id },
  ...{ clientId: app?.clientId ?? null, assetId: asset?.id ?? null },
});

/**
 * A state that the platform's answers ask for with `world.troubles.has`, until it is cured.
 * @param take does what else belongs to it, and returns how to put that back
 */
export const lasts = (stops: Stop, take?: (context: CauseContext) => () => void): CauseHandler => ({
  strike: (context) => {
    const { troubles, clocks } = context.world;
    troubles.begin({ ...troubleOf(context), stops, from: clocks.machine() }, () => take?.(context) ?? null);
    return 0;
  },
  cure: (context) => context.world.troubles.end(troubleOf(context), context.world.clocks.machine()),
});

/** The page or organization that a cause is about. */
export function assetOf({ asset, cause }: CauseContext): Asset {
  if (!asset) {
    throw new ControlError(`"${cause}" needs assetId`);
  }
  return asset;
}

/** The person has no role on the asset any more; a cure gives back what it was. */
export const losesRoles: CauseHandler = lasts('nothing', (context) => {
  const { world, account } = context;
  const place = { platform: account.platform, accountId: account.id, assetId: assetOf(context).id };
  const roles = [...world.assets.roles(place.platform, place.accountId, place.assetId)];
  world.assets.setRoles({ ...place, roles: [] });
  return () => world.assets.setRoles({ ...place, roles });
});

/** The asset itself becomes another; a cure makes it what it was. */
export const changesAsset = (change: Partial<Omit<Asset, 'platform' | 'id'>>): CauseHandler =>
  lasts('nothing', (context) => {
    const before = { ...assetOf(context) };
    context.world.assets.update({ ...change, platform: before.platform, id: before.id });
    return () => context.world.assets.update(before);
  });

/** Living grants lose the scopes that the person took back. */
export const withdrawsScopes: CauseHandler = {
  strike: ({ world, cause, grants, scopes }) => {
    if (scopes.length === 0) {
      throw new ControlError(`"${cause}" needs scopes: those that the person takes back`);
    }
    for (const grant of living(world, grants)) {
      grant.scopes = grant.scopes.filter((scope) => !scopes.includes(scope));
    }
    return 0;
  },
};

/**
 * Living grants grow as old as the end that this cause has by age, at once.
 * @param endsAt when that end is, by the platform's clock; null when the grant has none
 */
export const ages = (what: Ageing, endsAt: (grant: Grant, app: App, world: World) => number | null): CauseHandler => ({
  strike: ({ world, cause, grants }) => {
    const ends = living(world, grants).map((grant) => {
      const at = endsAt(grant, world.directory.app(grant.platform, grant.clientId), world);
      if (at === null) {
        throw new ControlError(`"${cause}" cannot happen to grant ${grant.id}: it has no such end by age`);
      }
      return { grant, byMs: at - world.clocks.now(grant.platform) };
    });
    return ends.filter(({ grant, byMs }) => ageGrant(world, grant, byMs, what)).length;
  },
});

function handlerOf(platform: Platform, cause: Cause): CauseHandler {
  const handler = platform.causes[cause];
  if (!handler) {
    throw new ControlError(`${platform.name} has no cause "${cause}": ${Object.keys(platform.causes).join(', ')}`);
  }
  return handler;
}

function contextOf(world: World, input: CauseInput): CauseContext {
  const { platform, cause, accountId, clientId, assetId, scopes = [] } = input;
  const filter = { platform, accountId, ...(clientId !== undefined && { clientId }) };
  return {
    world,
    cause,
    account: world.directory.account(platform, accountId),
    app: clientId === undefined ? null : world.directory.app(platform, clientId),
    asset: assetId === undefined ? null : world.assets.asset(platform, assetId),
    scopes,
    grants: [...world.grants.values()].filter((grant) => matchesFilter(grant, filter)),
  };
}

/** Something happens to an account in the field. */
export const strike = (world: World, input: CauseInput): number =>
  handlerOf(world.directory.platform(input.platform), input.cause).strike(contextOf(world, input));

/** It is put right again, as far as that can be without a new consent. */
export function cure(world: World, input: CauseInput): number {
  const { platform, cause } = input;
  const handler = handlerOf(world.directory.platform(platform), cause);
  if (!handler.cure) {
    throw new ControlError(`"${cause}" on ${platform} has no cure: only a new consent helps`);
  }
  const cured = handler.cure(contextOf(world, input));
  if (cured === 0) {
    throw new ControlError(`"${cause}" was not in force for account "${input.accountId}" on ${platform}`);
  }
  return cured;
}
