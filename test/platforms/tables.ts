import type { Platform } from '../../src/platforms/platform.ts';
import { builtInPlatforms } from '../../src/platforms/registry.ts';
import { contractRows } from './contract-rows.ts';
import { oidcProviderRows } from './oidc-provider-rows.ts';
import type { Row } from './rows.ts';
import { socialPlatform, socialPlatformFile } from './social-platform.ts';
import { twitchRows } from './twitch-rows.ts';
import { youtubeRows } from './youtube-rows.ts';

const ownRows: Readonly<Record<string, readonly Row[]>> = { twitch: twitchRows, youtube: youtubeRows };

/** The least that a SocialPlatform can say and still be asked: one "who am I". */
const plain = socialPlatform(`
metadata: { name: plain }
spec:
  displayName: Plain
  token: { url: https://plain.example.com/token }
  rotation: { mode: Never }
  identity: { url: https://plain.example.com/me, accountID: [id] }
`);
const oidcProvider = socialPlatformFile('oidc-provider.yaml');

/** Every platform of these tests with its own rows; a built-in platform without rows is an error. */
export const tables: readonly { readonly platform: Platform; readonly rows: readonly Row[] }[] = [
  ...builtInPlatforms.map((platform) => ({ platform, rows: rowsOf(platform.name) })),
  { platform: { name: 'oidc-provider', spec: oidcProvider.spec }, rows: oidcProviderRows },
  { platform: { name: 'plain', spec: plain.spec }, rows: [] },
].map(({ platform, rows }) => ({ platform, rows: [...rows, ...contractRows(platform)] }));

function rowsOf(name: string): readonly Row[] {
  const rows = ownRows[name];
  if (rows === undefined) throw new Error(`the built-in platform ${name} has no rows`);
  return rows;
}
