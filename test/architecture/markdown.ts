import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { posix } from 'node:path';

const ROOT = new URL('../../', import.meta.url);

/** One page, by its path inside the repository. */
export interface Page {
  readonly path: string;
  readonly text: string;
}

export function pageAt(path: string): Page {
  return { path, text: readFileSync(new URL(path, ROOT), 'utf8') };
}

/** All pages below a folder of the repository. */
export function pagesUnder(folder: string): Page[] {
  const found = readdirSync(new URL(`${folder}/`, ROOT), { recursive: true, encoding: 'utf8' });
  return found
    .filter((path) => path.endsWith('.md'))
    .sort()
    .map((path) => pageAt(posix.join(folder, path)));
}

/** What is neither code nor a comment: only there is `[a](b)` a link and `# a` a heading. */
function prose(text: string): string {
  return text.replace(/^(```+|~~~+)[^\n]*\n[\s\S]*?^\1[^\n]*$/gm, '').replace(/<!--[\s\S]*?-->/g, '');
}

/** Where the links and pictures of a page lead inside the repository, with the anchor where one is given. */
export function linksOf({ path, text }: Page): { to: string; anchor: string | undefined }[] {
  const linkless = prose(text).replace(/`[^`\n]*`/g, '');
  const targets = [...linkless.matchAll(/\]\(\s*<?([^()\s<>]+(?:\([^()\s]*\))?[^()\s<>]*)>?(?:\s+"[^"]*")?\s*\)/g)];
  return targets
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z][a-z0-9+.-]*:/i.test(target))
    .map((target) => {
      const [file = '', anchor] = target.split('#');
      const to = file === '' ? path : posix.join(posix.dirname(path), decodeURI(file));
      return { to, anchor };
    });
}

/** The anchors of a page's headings, as GitHub makes them. */
export function anchorsOf({ text }: Page): string[] {
  const seen = new Map<string, number>();
  return [...prose(text).matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)].map(([, heading = '']) => {
    const words = heading.replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const slug = words.replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/\s/g, '-');
    const before = seen.get(slug) ?? 0;
    seen.set(slug, before + 1);
    return before === 0 ? slug : `${slug}-${before}`;
  });
}

/** What is wrong with the links of a page, a line each. */
export function brokenLinks(page: Page, isThere = exists, read = pageAt): string[] {
  return linksOf(page).flatMap(({ to, anchor }) => {
    if (to.startsWith('..') || !isThere(to)) return [`${page.path}: there is no ${to}`];
    if (anchor === undefined || !to.endsWith('.md')) return [];
    return anchorsOf(read(to)).includes(anchor) ? [] : [`${page.path}: ${to} has no heading #${anchor}`];
  });
}

/** Every page below `folder` that links lead to from `start`; a link to a folder leads to its README, else to all in it. */
export function reachable(start: string, pages: readonly Page[]): ReadonlySet<string> {
  const byPath = new Map(pages.map((page) => [page.path, page]));
  const found = new Set<string>();
  const waiting = [start];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const page = byPath.get(path);
    if (page === undefined || found.has(path)) continue;
    found.add(path);
    waiting.push(...linksOf(page).flatMap(({ to }) => ledTo(to, pages)));
  }
  return found;
}

function ledTo(to: string, pages: readonly Page[]): string[] {
  if (to.endsWith('.md')) return [to];
  const folder = to.replace(/\/$/, '');
  const readme = `${folder}/README.md`;
  if (pages.some(({ path }) => path === readme)) return [readme];
  return pages.map(({ path }) => path).filter((path) => posix.dirname(path) === folder);
}

/** Flags that a page names, without their dashes; `--brake-*` is `brake-`. */
export function flagsOf(text: string): string[] {
  return [...text.matchAll(/(?<![\w-])--([a-z][a-z0-9-]*)/g)].map(([, flag = '']) => flag);
}

/** Names below our API group that a page has: labels, annotations, finalizers, versions. */
export function groupNamesOf(text: string): string[] {
  return [...text.matchAll(/(?<![\w.])socialops\.dev\/[a-zA-Z0-9][\w.-]*/g)].map(([name]) =>
    name.replace(/[.-]+$/, ''),
  );
}

function exists(path: string): boolean {
  const url = new URL(path, ROOT);
  return existsSync(url) && (!path.endsWith('/') || statSync(url).isDirectory());
}
