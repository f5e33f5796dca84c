import { importsOf, type SourceFile, withoutComments, withoutQuoted } from './sources.ts';

/** Rooms of `src` by floor: a room imports itself and lower floors, never its neighbours. */
const floors: readonly (readonly string[])[] = [
  ['api'],
  ['core'],
  // `process` stands for some files of src itself: configuration, log, metrics, version. All others there are `main`.
  ['platforms', 'vault', 'kube', 'notices', 'runtime', 'process'],
  ['channel', 'web', 'cli'],
  ['main'],
];

/** Rooms whose parts are made in main.ts and its files alone; others know their types at most. */
const adapters = ['platforms', 'vault', 'kube', 'notices'];

/** The room of a path in `src`; undefined outside of it. */
export function roomOf(path: string): string | undefined {
  const [top, first = '', second] = path.split('/');
  if (top !== 'src') return undefined;
  if (second !== undefined) return first;
  return /^(?:config|log|metrics|version)(?:-[a-z-]+)?\.ts$/.test(first) ? 'process' : 'main';
}

function floorOf(room: string): number {
  return floors.findIndex((rooms) => rooms.includes(room));
}

/** Imports that go up or sideways, from a room that is not in the plan, or out of `src` into tests. */
export function wrongImports(file: SourceFile): string[] {
  const room = roomOf(file.path);
  if (room === undefined) return [];
  if (floorOf(room) < 0) return [`${file.path}: there is no room ${room}`];
  return importsOf(file).flatMap(({ target }) => {
    const isInside = /^[a-z]+\//.test(target) && target.endsWith('.ts');
    const other = roomOf(target);
    if (isInside && other === undefined) return [`${file.path} imports ${target}, which is not part of the product`];
    if (other === undefined || other === room || floorOf(other) < floorOf(room)) return [];
    return [`${file.path} imports ${target}: ${room} may not know ${other}`];
  });
}

/** Values taken from an adapter's room, elsewhere than in main: whoever takes them would construct. */
export function adaptersConstructed(file: SourceFile): string[] {
  const room = roomOf(file.path);
  if (room === undefined || room === 'main') return [];
  return importsOf(file)
    .filter(({ target, isType }) => !isType && adapters.includes(roomOf(target) ?? '') && roomOf(target) !== room)
    .map(({ target }) => `${file.path} takes a value from ${target}: only main.ts constructs adapters`);
}

const impurities: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['the clock', /\bDate\.now\b|\bnew Date\(\s*\)|\bDate\(\s*\)|\bperformance\b|\bhrtime\b/],
  ['chance', /\bMath\.random\b|\bcrypto\b|\brandomUUID\b/],
  ['a timer', /\b(?:setTimeout|setInterval|setImmediate|queueMicrotask)\b/],
  ['the process', /\bprocess\s*\.|\bglobalThis\b/],
  ['the network', /\bfetch\s*\(|\bWebSocket\b/],
  ['a logger', /\bconsole\s*\./],
];

/** Clock, chance, timers, process, network and logs in `core` and `api`, and anything imported from outside. */
export function impure(file: SourceFile): string[] {
  const room = roomOf(file.path);
  if (room !== 'core' && room !== 'api') return [];
  const code = withoutQuoted(withoutComments(file.text));
  const used = impurities.filter(([, pattern]) => pattern.test(code)).map(([what]) => `${file.path} uses ${what}`);
  const foreign = importsOf(file).filter(({ target }) => !target.startsWith('src/'));
  return [...used, ...foreign.map(({ target }) => `${file.path} imports ${target} from outside`)];
}

/** Tests' worlds are written from the platforms' documents alone, so that a misreading in `src` shows. */
export function leaningOnSource(file: SourceFile): string[] {
  if (!/^test\/(?:simulator|oidc|harness|servers)\//.test(file.path)) return [];
  return importsOf(file)
    .filter(({ target }) => target.startsWith('src/'))
    .map(({ target }) => `${file.path} imports ${target}`);
}

const MAX_LINES = 300;

/** Files over 300 lines, unless generated, a table of test rows, or saying at their head that they are a flat table. */
export function tooLong({ path, text }: SourceFile): string[] {
  const lines = text.trimEnd().split('\n');
  const isExcused =
    path.endsWith('.gen.ts') || path.endsWith('.test.ts') || /flat table/i.test(lines.slice(0, 5).join(' '));
  return lines.length <= MAX_LINES || isExcused ? [] : [`${path} has ${lines.length} lines, ${MAX_LINES} are allowed`];
}

const EMPTY_NAMES = /^(?:utils?|helpers?|common|lib|misc|shared)(?:\.ts)?$/;

/** Names that say nothing of what is inside. */
export function emptyName(path: string): string[] {
  return EMPTY_NAMES.test(path.split('/').at(-1) ?? '') ? [`${path}: name it after what is inside`] : [];
}

/** Where every platform stands: their list, and what is made from the CRD. */
const listsOfPlatforms = /^src\/platforms\/registry\.ts$|\.gen\.ts$/;

/** The names of platforms that stand in a file which is not theirs; a host such as id.twitch.tv names nobody. */
export function foreignPlatforms(names: readonly string[], { path, text }: SourceFile): string[] {
  if (!path.startsWith('src/') || listsOfPlatforms.test(path)) return [];
  const [file = ''] = path.split('/').slice(-1);
  return names
    .filter((name) => !(path.startsWith('src/platforms/') && file.startsWith(name)) && namesPlatform(text, name))
    .map((name) => `${path} names the platform ${name}`);
}

function namesPlatform(text: string, name: string): boolean {
  // One letter is a name only where it stands for itself.
  if (name.length === 1) return text.includes(`'${name}'`) || text.includes(`"${name}"`);
  return new RegExp(`(?<![\\w./-])${name}(?![\\w/-]|\\.\\w)`, 'i').test(text);
}
