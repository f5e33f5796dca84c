import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

function read(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
}

interface Row {
  readonly name: string;
  readonly licence: string;
  readonly why: string;
}

function rowsUnder(heading: string): Row[] {
  const section =
    read('docs/dependencies.md')
      .split(/^## /m)
      .find((part) => part.startsWith(heading)) ?? '';
  return [...section.matchAll(/^\| `(?<name>[^`]+)` \| (?<licence>[^|]+) \| (?<why>[^|]+) \|$/gm)].map(
    ({ groups }) => ({
      name: groups?.name ?? '',
      licence: groups?.licence ?? '',
      why: groups?.why ?? '',
    }),
  );
}

const manifest: { dependencies: Record<string, string>; devDependencies: Record<string, string> } = JSON.parse(
  read('package.json'),
);

describe('docs/dependencies.md', () => {
  it.each([
    ['In the image', 'dependencies'],
    ['For development and tests', 'devDependencies'],
  ] as const)('%s: names exactly the %s of package.json', (heading, field) => {
    expect(rowsUnder(heading).map(({ name }) => name)).toEqual(Object.keys(manifest[field]));
  });

  it.each([...rowsUnder('In the image'), ...rowsUnder('For development')])(
    'gives a reason and the licence that $name states itself',
    ({ name, licence, why }) => {
      expect(why).toMatch(/^[A-Z`].{20,}\.$/);
      expect(JSON.parse(read(`node_modules/${name}/package.json`)).license).toBe(licence);
    },
  );

  it('has exact versions to speak of', () => {
    const versions = Object.values({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });
});

describe('package-lock.json', () => {
  const lock = JSON.parse(read('package-lock.json')) as {
    packages: Record<string, { version?: string; resolved?: string; dependencies?: object; devDependencies?: object }>;
  };

  it('was made from this package.json', () => {
    const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<string, object>;
    expect(lock.packages['']).toMatchObject({ dependencies, devDependencies });
  });

  it('gives every package an exact version and no address', () => {
    const entries = Object.entries(lock.packages).filter(([place]) => place !== '');
    expect(entries.filter(([, entry]) => entry.version === undefined || entry.resolved !== undefined)).toEqual([]);
  });
});
