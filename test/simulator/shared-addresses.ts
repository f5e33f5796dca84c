import { usualCarriers, usualSpends, valuesAt } from './carriers.ts';
import type { Platform, PlatformRequest } from './platform.ts';
import type { World } from './world.ts';

/**
 * Whose request it is, of platforms that share an address and read requests alike: the one that issued the token or the
 * code in it, else the one that has the app. Undefined where nothing in it tells.
 */
export function ownerAmong(
  world: World,
  platforms: readonly Platform[],
  request: PlatformRequest,
): Platform | undefined {
  const { carriers = usualCarriers, spends = usualSpends } = platforms[0] ?? {};
  const codes = spends.filter(({ kind }) => kind === 'code').map(({ at }) => at);
  const issuers = [
    ...valuesAt(carriers.tokens, request).map((value) => world.tokens.find(value)?.grant.platform),
    ...valuesAt(codes, request).map((value) => world.codes.get(value)?.platform),
  ];
  const clientIds = valuesAt(carriers.clientIds, request);
  return (
    platforms.find(({ name }) => issuers.includes(name)) ??
    platforms.find(({ name }) => clientIds.some((id) => world.directory.findApp(name, id)))
  );
}
