/** The pages of docs/platforms: what people wrote there, with the facts as the definitions have them. */
import { readdir, readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { overlaid, type Platform } from '../src/platforms/platform.ts';
import { builtInPlatforms } from '../src/platforms/registry.ts';
import { factsOf, hours, table, withFacts } from './platform-facts.ts';

const root = new URL('../', import.meta.url);
const folder = new URL('deploy/platforms/', root);

/** The platforms that are YAML alone, with the defaults of the CRD. */
export async function yamlPlatforms(): Promise<Platform[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.yaml')).sort();
  return await Promise.all(
    files.map(async (file) => {
      const { metadata, spec } = parse(await readFile(new URL(file, folder), 'utf8'));
      return { name: metadata.name, spec: overlaid(spec, {}) };
    }),
  );
}

/** Path inside the repository -> text, as it should be. */
export async function platformPages(): Promise<[path: string, text: string][]> {
  const inYAML = await yamlPlatforms();
  const pages = [...builtInPlatforms, ...inYAML].map(async (platform): Promise<[string, string]> => {
    const path = `docs/platforms/${platform.name}.md`;
    return [path, withFacts(await written(path), factsOf(platform))];
  });
  const matrix = 'docs/platforms/matrix.md';
  const rows = [
    ...builtInPlatforms.map((platform) => matrixRow(platform, 'built in')),
    ...inYAML.map((platform) => matrixRow(platform, `[YAML](../../deploy/platforms/${platform.name}.yaml)`)),
  ];
  const head = [
    'Platform',
    'How',
    'Renewed by',
    'Access token',
    'A person is needed after',
    'Role checked',
    'Given back',
  ];
  return [...(await Promise.all(pages)), [matrix, withFacts(await written(matrix), table(head, rows))]];
}

async function written(path: string): Promise<string> {
  return await readFile(new URL(path, root), 'utf8');
}

const renewals = {
  RefreshToken: 'refresh token',
  Exchange: 'living token',
  Touch: 'a call',
  ReissueClientCredentials: 'the app',
  None: 'a person',
} as const;

function matrixRow({ name, spec, variants }: Platform, how: string): string[] {
  const [kind] = Object.values(variants?.kinds ?? {});
  const used = overlaid(spec, kind);
  const { lifetimes, refresh } = used;
  const hardEnd = lifetimes.refreshAnchor === 'Authorization' ? hours(lifetimes.refresh) : undefined;
  return [
    `[${spec.displayName}](${name}.md)`,
    how,
    renewals[refresh.strategy],
    hours(lifetimes.access) ?? 'as it says',
    hardEnd ?? '',
    used.role === undefined ? '' : 'yes',
    used.revoke === undefined ? '' : used.revoke.effect.toLowerCase(),
  ];
}
