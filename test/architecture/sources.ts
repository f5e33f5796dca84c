import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';

/** One TypeScript file, by its path inside the repository. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

export interface Import {
  /** The path inside the repository for relative imports, else the specifier as written (`node:fs`, `zod`). */
  readonly target: string;
  readonly isType: boolean;
}

const ROOT = new URL('../../', import.meta.url);

/** All TypeScript files under the given folders of the repository; folders that do not exist yet are empty. */
export function sourcesUnder(...folders: readonly string[]): SourceFile[] {
  return folders.flatMap(filesUnder).map((path) => ({ path, text: readFileSync(new URL(path, ROOT), 'utf8') }));
}

/** Every folder under the given ones, by its path inside the repository. */
export function foldersUnder(...folders: readonly string[]): string[] {
  return folders.flatMap((folder) => {
    const entries = entriesOf(folder).filter((entry) => entry.isDirectory());
    const below = entries.map((entry) => posix.join(folder, entry.name));
    return [...below, ...foldersUnder(...below)];
  });
}

function filesUnder(folder: string): string[] {
  const here = entriesOf(folder).filter((entry) => entry.isFile() && entry.name.endsWith('.ts'));
  const below = entriesOf(folder).filter((entry) => entry.isDirectory());
  return [
    ...here.map((entry) => posix.join(folder, entry.name)),
    ...below.flatMap((entry) => filesUnder(posix.join(folder, entry.name))),
  ];
}

function entriesOf(folder: string) {
  try {
    return readdirSync(new URL(`${folder}/`, ROOT), { withFileTypes: true });
  } catch {
    return [];
  }
}

/** Static, dynamic, re-exporting and type-only imports. */
export function importsOf({ path, text }: SourceFile): Import[] {
  const code = withoutComments(text);
  const patterns = [
    /^\s*(?:import|export)\s+(?<type>type\s)?[^'"`;]*?\bfrom\s*['"](?<target>[^'"]+)['"]/gm,
    /^\s*import\s*['"](?<target>[^'"]+)['"]/gm,
    /\bimport\s*\(\s*['"](?<target>[^'"]+)['"]/g,
  ];
  return patterns.flatMap((pattern) =>
    [...code.matchAll(pattern)].map(({ groups }) => ({
      target: resolved(path, groups?.target ?? ''),
      isType: groups?.type !== undefined,
    })),
  );
}

function resolved(from: string, target: string): string {
  return target.startsWith('.') ? posix.join(posix.dirname(from), target) : target;
}

export function withoutComments(text: string): string {
  return text.replace(/\/\*.*?\*\//gs, '').replace(/(^|[^:])\/\/.*$/gm, '$1');
}

/** Words in messages are not uses: what stands in plain quotes goes too. Templates stay, as they hold code. */
export function withoutQuoted(text: string): string {
  return text.replace(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g, "''");
}
