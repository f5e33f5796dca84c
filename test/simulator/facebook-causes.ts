import {
  ages,
  type CauseHandler,
  changesAsset,
  endsAccessTokens,
  endsGrants,
  lasts,
  losesRoles,
  withdrawsScopes,
} from './causes.ts';
import { dataAccessEnd } from './facebook-pages.ts';
import type { Grant, Platform } from './platform.ts';
import type { World } from './world.ts';

/** The person takes back permissions; or one page, where it is named, of those that were ticked. */
const withdrawn: CauseHandler = {
  strike: (context) => {
    const { world, asset, grants, scopes } = context;
    const living = grants.filter((grant) => world.settle(grant).endedMachineAt === null);
    if (asset) {
      for (const grant of living) {
        const ticked = grant.assetIds ?? world.assets.of(grant.platform, grant.accountId ?? '').map(({ id }) => id);
        grant.assetIds = ticked.filter((id) => id !== asset.id);
      }
      return 0;
    }
    for (const grant of living) {
      grant.declined = [...(grant.declined ?? []), ...grant.scopes.filter((scope) => scopes.includes(scope))];
    }
    return withdrawsScopes.strike(context);
  },
};

/** The end of the person's own tokens; those of pages may have none. */
function personsEnd(grant: Grant, world: World): number | null {
  const own = world.tokens
    .of(grant)
    .filter(({ assetId, endedMachineAt }) => assetId === null && endedMachineAt === null);
  const at = Math.max(...own.map(({ expiresAt }) => expiresAt ?? Infinity));
  return Number.isFinite(at) ? at : null;
}

const loginCauses: Platform['causes'] = {
  'password-changed': endsGrants(),
  disconnected: endsGrants(),
  'logged-out': endsGrants(),
  'device-changed': endsGrants(),
  'permission-withdrawn': withdrawn,
  checkpoint: lasts('everything'),
  'many-addresses': lasts('everything'),
  locked: lasts('everything'),
  unconfirmed: lasts('everything'),
  'role-lost': losesRoles,
  'page-hidden': changesAsset({ inPortfolio: true }),
  'page-deleted': changesAsset({ condition: 'deleted' }),
  'two-factor-required': lasts('nothing'),
  'spam-blocked': lasts('nothing'),
  'identity-check': lasts('nothing'),
  'publishing-unauthorized': lasts('nothing'),
  'token-ended-early': endsAccessTokens,
  'token-expired': ages('everything', (grant, _app, world) => personsEnd(grant, world)),
  // The app may read the person's data no more; the tokens live on.
  'consent-over': ages('consent', dataAccessEnd),
};

/** What can happen to who logged in through Facebook. */
export const facebookCauses: Platform['causes'] = {
  ...loginCauses,
  // The account or the page is too young, or has too few followers.
  'live-disabled': lasts('nothing'),
};

/** The same where the page is the way to an Instagram account. */
export const instagramPageCauses: Platform['causes'] = {
  ...loginCauses,
  'page-unlinked': changesAsset({ instagram: null }),
  'account-type-changed': lasts('nothing'),
};
