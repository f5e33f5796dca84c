import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildCommand } from '../../scripts/image.ts';
import { digestOf, isOfUse, writeTree } from '../../scripts/image-tree.ts';
import { repository, scratchFolder } from '../harness/scratch.ts';

const folder = join(scratchFolder('image'), 'tree');
const read = (path: string) => readFileSync(join(repository, path), 'utf8');
let digest: string;

beforeAll(() => {
  writeTree(folder);
  digest = digestOf(folder);
  // Copying a few thousand files takes its time on a busy machine.
}, 120_000);

describe('the files of the image', () => {
  it('are the same bytes when they are made again elsewhere', () => {
    const again = join(scratchFolder('image'), 'another-place');
    writeTree(again);
    expect(digestOf(again)).toBe(digest);
  });

  it.each([['--version'], ['--help']])('start: %s', (flag) => {
    const env = { PATH: process.env.PATH };
    const said = execFileSync(process.execPath, [join(folder, 'dist/main.js'), flag], {
      cwd: '/',
      env,
      encoding: 'utf8',
    });
    expect(said).toContain(flag === '--version' ? JSON.parse(read('package.json')).version : '--vault-address');
  });

  it('are those of the packages that package.json depends on, and of no other', () => {
    const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<string, object>;
    const has = (name: string) => existsSync(join(folder, 'node_modules', name));
    expect(Object.keys(dependencies ?? {}).filter((name) => !has(name))).toEqual([]);
    // Types that a package asks for: its licence alone is copied.
    expect(Object.keys(devDependencies ?? {}).filter(has)).toEqual(['@types/node']);
  });

  it('have no source, map or declaration among them, and every licence', () => {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    expect(files.filter((file) => /\.(?:ts|map)$/.test(file))).toEqual([]);
    expect(files.filter((file) => /(^|\/)licen[cs]e/i.test(file)).length).toBeGreaterThan(20);
  });

  it('name all packages in CycloneDX, with nothing of the place where they were listed', () => {
    const bom = JSON.parse(readFileSync(join(folder, 'sbom.cdx.json'), 'utf8'));
    expect(bom).toMatchObject({ bomFormat: 'CycloneDX', metadata: { component: { name: 'social-channel-operator' } } });
    const listed = bom.components.map(({ group, name }: { group?: string; name: string }) =>
      group === undefined ? name : `${group}/${name}`,
    );
    const there = readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap(
      (file) => /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\/package\.json$/.exec(file)?.[1] ?? [],
    );
    expect(new Set(listed)).toEqual(new Set(there));
    expect(JSON.stringify(bom)).not.toContain(repository);
  });

  it.each([
    ['dist/index.js', true],
    ['dist/index.d.ts', false],
    ['dist/index.js.map', false],
    ['README.md', false],
    ['LICENSE.md', true],
    ['dist/doc', true],
    ['.github', false],
  ])('%s of a package: %s', (path, expected) => {
    expect(isOfUse(path)).toBe(expected);
  });
});

describe('the Dockerfile', () => {
  const lines = read('Dockerfile').split('\n');

  it('copies into the image what the script writes, and nothing else', () => {
    const last = lines.findLastIndex((line) => line.startsWith('FROM '));
    expect(lines.slice(last).filter((line) => /^(COPY|ADD|RUN)/.test(line))).toEqual(['COPY --from=build /image ./']);
    expect(lines).toContain('RUN node scripts/image-tree.ts /image');
  });

  it('runs as a number that is not root, without a shell', () => {
    expect(lines).toContain('USER 65532:65532');
    expect(lines).toContain('ENTRYPOINT ["node", "dist/main.js"]');
  });

  it('finds everything that it copies', () => {
    const copied = lines.flatMap((line) => /^COPY (?!--from)(.+) \S+$/.exec(line)?.[1]?.split(' ') ?? []);
    expect(copied.length).toBeGreaterThan(6);
    const admitted = read('.dockerignore').split('\n');
    expect(copied.filter((path) => !existsSync(join(repository, path)) || !admitted.includes(`!${path}`))).toEqual([]);
  });
});

describe('the builder', () => {
  const here =
    (...commands: string[]) =>
    (command: string, args: readonly string[]) =>
      commands.includes([command, ...args].join(' '));

  it.each([
    [['buildah --version', 'docker info'], 'buildah bud --timestamp 0'],
    [['docker info', 'docker buildx version'], 'docker buildx build'],
    [['docker info'], 'docker build '],
  ])('of %j is %s', (found, begins) => {
    const command = buildCommand(here(...found), 'a:1', 'node@sha256:0')?.join(' ') ?? '';
    expect(command.startsWith(begins)).toBe(true);
    expect(command).toContain('BASE=node@sha256:0');
  });

  it('is none where none works', () => {
    expect(buildCommand(here(), 'a:1', 'node')).toBeUndefined();
  });
});
