import { describe, expect, it } from 'vitest';
import { annotations, forgetFinalizer, group, labels, version } from '../../src/api/names.ts';
import { settings } from '../../src/config-settings.ts';
import {
  anchorsOf,
  brokenLinks,
  flagsOf,
  groupNamesOf,
  linksOf,
  type Page,
  pageAt,
  pagesUnder,
  reachable,
} from './markdown.ts';

const docs = pagesUnder('docs');
const charts = pagesUnder('charts').filter(({ path }) => path.endsWith('/README.md'));
const pages = [pageAt('README.md'), ...docs, ...pagesUnder('deploy'), ...charts];

/** Flags of other programs that the pages name. */
const foreignFlags = {
  kubectl: 'all field-selector for image overwrite previous raw replicas server-side sort-by tail type',
  helm: 'create-namespace logs set set-file take-ownership',
  etcdutl: 'bump-revision mark-compacted data-dir',
  'npm, docker and our own scripts': 'attest base no-save tag match',
  cosign: 'predicate',
  'the promise of conventional programs': 'help version',
  'a placeholder': 'name',
};
const others = new Set(Object.values(foreignFlags).flatMap((flags) => flags.split(' ')));
const ours = new Set<string>(Object.values(settings).map(({ flag }) => flag));
/** docs/cli.md comes from the plugin's own commands, and a test keeps it so. */
const plugin = new Set(flagsOf(pageAt('docs/cli.md').text));

function isKnownFlag(flag: string): boolean {
  if (flag.endsWith('-')) return [...ours].some((one) => one.startsWith(flag));
  return ours.has(flag) || plugin.has(flag) || others.has(flag);
}

const names = new Set<string>([
  ...Object.values(labels),
  ...Object.values(annotations),
  forgetFinalizer,
  `${group}/${version}`,
]);

describe('the pages', () => {
  it('are found by this test', () => {
    expect(pages.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['README.md', 'docs/README.md', 'docs/platforms/twitch.md']),
    );
    expect(pages.flatMap(linksOf).length).toBeGreaterThan(200);
  });

  it.each<[string, (page: Page) => string[]]>([
    ['have links that lead to files and headings that exist', (page) => brokenLinks(page)],
    [
      'name flags that the operator, its plugin or a known program has',
      ({ path, text }) =>
        flagsOf(text)
          .filter((flag) => !isKnownFlag(flag))
          .map((flag) => `${path}: --${flag}`),
    ],
    [
      'name labels and annotations that src/api/names.ts has',
      ({ path, text }) =>
        groupNamesOf(text)
          .filter((name) => !names.has(name))
          .map((name) => `${path}: ${name}`),
    ],
  ])('%s', (_, rule) => {
    expect(pages.flatMap(rule)).toEqual([]);
  });

  it('of docs are all reached from docs/README.md, and that from README.md', () => {
    const found = reachable('docs/README.md', docs);
    expect(docs.map(({ path }) => path).filter((path) => !found.has(path))).toEqual([]);
    expect(linksOf(pageAt('README.md')).map(({ to }) => to)).toContain('docs/README.md');
  });
});

describe('the reading of pages', () => {
  it.each<[string, string, number]>([
    ['[a](there.md)', 'there', 0],
    ['[a](gone.md)', 'gone', 1],
    ['![a](gone.svg)', 'picture', 1],
    ['[a](there.md#one-of-two)', 'anchor', 0],
    ['[a](there.md#three)', 'lost anchor', 1],
    ['[a](#own)\n\n# Own', 'own anchor', 0],
    ['[a](../../gone.md)', 'outside', 1],
    ['[a](https://example.com/gone.md)', 'elsewhere', 0],
    ['```\n[a](gone.md)\n```', 'code', 0],
    ['`[a](gone.md)`', 'inline code', 0],
  ])('finds what is wrong in %j (%s)', (text, _, problems) => {
    const there: Page = { path: 'docs/there.md', text: '# One of `two`' };
    const page: Page = { path: 'docs/page.md', text };
    const isThere = (path: string) => path === there.path || path === page.path;
    expect(brokenLinks(page, isThere, (path) => (path === there.path ? there : page))).toHaveLength(problems);
  });

  it('makes anchors as GitHub does', () => {
    expect(anchorsOf({ path: 'a.md', text: '# A, *b* & c-d!\n## [X](y.md)\n## X\n```\n# no\n```' })).toEqual([
      'a-b--c-d',
      'x',
      'x-1',
    ]);
  });

  it('follows links to pages and folders, and no further', () => {
    const page = (path: string, text: string) => ({ path, text });
    const some = [
      page('docs/README.md', '[a](a.md) [b](b/)'),
      page('docs/a.md', ''),
      page('docs/b/c.md', ''),
      page('docs/d.md', ''),
    ];
    expect([...reachable('docs/README.md', some)].sort()).toEqual(['docs/README.md', 'docs/a.md', 'docs/b/c.md']);
  });

  it.each([
    ['`--vault-mount`, `--brake-*` and -n, a--b, #c--d', ['vault-mount', 'brake-']],
    ['helm --set=a', ['set']],
  ])('finds the flags of %j', (text, flags) => {
    expect(flagsOf(text)).toEqual(flags);
  });

  it('finds the names of our group', () => {
    expect(groupNamesOf('a: socialops.dev/use="true", socialops.dev/adopt-from. socialops.dev/…')).toEqual([
      'socialops.dev/use',
      'socialops.dev/adopt-from',
    ]);
  });
});
