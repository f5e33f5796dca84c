import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Platform } from '../../src/platforms/platform.ts';
import { builtInPlatforms } from '../../src/platforms/registry.ts';
import { inUse } from '../../src/platforms/use.ts';
import { contractRows, type Shape } from './contract-rows.ts';
import { facebookRows, facebookShape } from './facebook-rows.ts';
import { instagramPageRows, instagramPageShape } from './instagram-page-rows.ts';
import { instagramRows, instagramShape } from './instagram-rows.ts';
import { kickRows, kickShape } from './kick-rows.ts';
import { linkedinRows, linkedinShape } from './linkedin-rows.ts';
import { oidcProviderRows } from './oidc-provider-rows.ts';
import type { Row } from './rows.ts';
import { socialPlatform, socialPlatformFile } from './social-platform.ts';
import { threadsRows } from './threads-rows.ts';
import { tiktokRows } from './tiktok-rows.ts';
import { twitchConsentRows } from './twitch-consent-rows.ts';
import { twitchRows } from './twitch-rows.ts';
import { xRows, xShape } from './x-rows.ts';
import { youtubeConsentRows } from './youtube-consent-rows.ts';
import { youtubeRows, youtubeShape } from './youtube-rows.ts';

/** One platform of these tests: its own rows, and what the rows that every platform obeys need to know of it. */
export interface Table {
  readonly platform: Platform;
  readonly rows: readonly Row[];
  readonly shape?: Shape;
}

const ownRows: Readonly<Record<string, Omit<Table, 'platform'>>> = {
  facebook: { rows: facebookRows, shape: facebookShape },
  instagram: { rows: instagramRows, shape: instagramShape },
  'instagram-page': { rows: instagramPageRows, shape: instagramPageShape },
  kick: { rows: kickRows, shape: kickShape },
  linkedin: { rows: linkedinRows, shape: linkedinShape },
  threads: { rows: threadsRows },
  tiktok: { rows: tiktokRows },
  twitch: { rows: [...twitchRows, ...twitchConsentRows] },
  x: { rows: xRows, shape: xShape },
  youtube: { rows: [...youtubeRows, ...youtubeConsentRows], shape: youtubeShape },
};

/** The least that a SocialPlatform can say and still be asked: one "who am I". */
const plain = socialPlatform(`
metadata: { name: plain }
spec:
  displayName: Plain
  token: { url: https://plain.example.com/token }
  rotation: { mode: Never }
  identity: { url: https://plain.example.com/me, accountID: [id] }
`);
/** A platform whose persons act for pages. */
const pages = socialPlatform(`
metadata: { name: pages }
spec:
  displayName: Pages
  token: { url: https://pages.example.com/token }
  rotation: { mode: Never }
  refresh: { strategy: Exchange }
  derive: { url: "https://pages.example.com/pages/{{account.id}}", accessToken: [token], handle: [name] }
  role:
    url: https://pages.example.com/me/pages
    pick: { list: data, where: [id] }
    roles: tasks
    accepted: [STREAM]
`);
const pagesShape: Shape = { account: '77' };
const oidcProvider = socialPlatformFile('oidc-provider.yaml');

/** The platforms of deploy/platforms with the rows of the same name; one without the other is an error. */
async function fileTables(): Promise<Table[]> {
  const names = namesIn('../../deploy/platforms/', '.yaml');
  const withRows = namesIn('yaml/', '-rows.ts');
  const alone = names.filter((name) => !withRows.includes(name));
  const orphans = withRows.filter((name) => !names.includes(name));
  if (alone.length > 0) throw new Error(`deploy/platforms: no rows for ${alone.join(', ')}`);
  if (orphans.length > 0) throw new Error(`test/platforms/yaml: no platform for ${orphans.join(', ')}`);
  return await Promise.all(
    names.map(async (name) => {
      const { spec } = socialPlatformFile(`../../deploy/platforms/${name}.yaml`);
      const own: Omit<Table, 'platform'> = await import(`./yaml/${name}-rows.ts`);
      return { ...own, platform: { name, spec } };
    }),
  );
}

function namesIn(folder: string, ending: string): string[] {
  const cwd = fileURLToPath(new URL(folder, import.meta.url));
  return globSync(`*${ending}`, { cwd })
    .map((file) => file.slice(0, -ending.length))
    .sort();
}

const use = { settings: {}, isPublic: false };

/** Every platform of these tests with its own rows; a built-in platform without rows is an error. */
export const tables: readonly Table[] = [
  ...builtInPlatforms.map((platform) => ({ platform, ...rowsOf(platform.name) })),
  { platform: { name: 'oidc-provider', spec: oidcProvider.spec }, rows: oidcProviderRows },
  { platform: { name: 'plain', spec: plain.spec }, rows: [] },
  { platform: { name: 'pages', spec: pages.spec }, rows: [], shape: pagesShape },
  ...(await fileTables()),
].map((table: Table) => ({ ...table, rows: [...table.rows, ...contractOf(table)] }));

/** What every platform obeys, for each kind of account that it has. */
function contractOf({ platform, shape }: Table): readonly Row[] {
  const settings = shape?.settings ?? {};
  const kinds = Object.keys(platform.variants?.kinds ?? {});
  if (kinds.length === 0) {
    const extras = shape?.extras === undefined ? {} : { extras: shape.extras };
    return contractRows(inUse(platform, { ...use, settings }), shape).map((row) => ({
      ...row,
      ...extras,
      use: { settings },
    }));
  }
  return kinds.flatMap((accountKind) =>
    contractRows(inUse(platform, { ...use, accountKind }), shape).map((row) => ({
      ...row,
      name: `${accountKind}: ${row.name}`,
      use: { accountKind },
    })),
  );
}

function rowsOf(name: string): Omit<Table, 'platform'> {
  const own = ownRows[name];
  if (own === undefined) throw new Error(`the built-in platform ${name} has no rows`);
  return own;
}
