import { randomInt } from 'node:crypto';
import type { SimulatorControl } from '../simulator/control.ts';
import type { AccountInput, AssetInput, MintInput } from '../simulator/model.ts';
import { uniqueName } from './scratch.ts';

/** An account of one platform, as the simulator has to know it, and what a channel has to say of it. */
interface Casting {
  /** What the person gives; absent is what the platform gives anyway. */
  readonly scopes?: readonly string[];
  /** Ids there are digits alone. */
  readonly hasNumbers?: true;
  readonly account?: (id: string) => Partial<AccountInput>;
  /** What the person acts for, with a role that suffices. */
  readonly asset?: (id: string, name: string) => Omit<AssetInput, 'platform' | 'id'> & { readonly roles: string[] };
  /** `SocialChannel.spec` beside app and owner. */
  readonly spec?: (ids: { readonly person: string; readonly asset: string }) => object;
  readonly mint?: Partial<MintInput>;
}

const pageScopes = ['pages_show_list', 'pages_read_engagement', 'pages_manage_posts', 'publish_video'];
const linkedAccount = (asset: string) => `1784${asset}`;

const castings: Readonly<Record<string, Casting>> = {
  facebook: {
    hasNumbers: true,
    scopes: [...pageScopes, 'public_profile'],
    asset: (_, name) => ({ kind: 'page', name, roles: ['CREATE_CONTENT', 'MANAGE'] }),
    spec: ({ asset }) => ({ account: { id: asset, kind: 'Page' } }),
  },
  instagram: { hasNumbers: true, scopes: ['instagram_business_basic', 'instagram_business_content_publish'] },
  'instagram-page': {
    hasNumbers: true,
    scopes: ['instagram_basic', 'instagram_content_publish', 'pages_show_list', 'pages_read_engagement'],
    asset: (id, name) => ({
      kind: 'page',
      name,
      roles: ['CREATE_CONTENT', 'MANAGE'],
      instagram: { id: linkedAccount(id), username: name },
    }),
    spec: ({ asset }) => ({ account: { id: linkedAccount(asset) } }),
  },
  threads: { hasNumbers: true, scopes: ['threads_basic', 'threads_content_publish'] },
  youtube: {
    scopes: ['https://www.googleapis.com/auth/youtube'],
    account: (id) => ({ channelId: `UC${id}` }),
  },
  x: { hasNumbers: true, scopes: ['tweet.read', 'users.read', 'tweet.write', 'offline.access'] },
  linkedin: {
    scopes: ['r_basicprofile', 'rw_organization_admin', 'w_organization_social'],
    asset: (_, name) => ({ kind: 'organization', name, roles: ['ADMINISTRATOR'] }),
    spec: ({ asset }) => ({ account: { id: asset, kind: 'Organization' } }),
  },
  tiktok: { scopes: ['user.info.basic'] },
  kick: { hasNumbers: true, scopes: ['user:read'] },
  odd: { hasNumbers: true, scopes: ['me.read'] },
};

/** Every platform that the simulator plays and the operator has built in. */
export const castPlatforms = [
  'facebook',
  'instagram',
  'instagram-page',
  'kick',
  'linkedin',
  'threads',
  'tiktok',
  'twitch',
  'x',
  'youtube',
];

/** Flags for an operator whose built-in platforms are the simulator. */
export function simulatedPlatforms(url: string): Record<string, string> {
  return Object.fromEntries(castPlatforms.map((name) => [name, url]));
}

/** What the person acts for, and how a channel says so. */
export interface Cast {
  readonly accountId: string;
  /** The page or organization, where the person acts for one. */
  readonly assetId: string | undefined;
  readonly spec: object;
}

/** A person at the platform, with what they act for. */
export async function castAccount(simulator: SimulatorControl, platform: string, name: string): Promise<Cast> {
  const { hasNumbers, account, asset, spec } = castings[platform] ?? {};
  const newId = () => (hasNumbers === undefined ? uniqueName(name) : digits());
  const accountId = newId();
  const about = account?.(accountId) ?? {};
  await simulator.createAccount({ platform, id: accountId, login: name, ...about });
  if (asset === undefined)
    return { accountId, assetId: undefined, spec: spec?.({ person: accountId, asset: '' }) ?? {} };
  const assetId = digits();
  const { roles, ...more } = asset(assetId, name);
  await simulator.createAsset({ platform, id: assetId, ...more });
  await simulator.setRoles({ platform, accountId, assetId, roles });
  return { accountId, assetId, spec: spec?.({ person: accountId, asset: assetId }) ?? {} };
}

/** What a consent of the person leads to, as far as the platform asks for it. */
export function castConsent(platform: string): Partial<MintInput> {
  const { scopes, mint = {} } = castings[platform] ?? {};
  return { ...(scopes === undefined ? {} : { scopes: [...scopes] }), ...mint };
}

const digits = (): string => `1${Array.from({ length: 11 }, () => randomInt(10)).join('')}`;
