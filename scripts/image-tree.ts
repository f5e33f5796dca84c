/**
 * Writes what goes into the image to a folder, the same bytes each time: the compiled program, the packages that it needs
 * without what only developers need, the licence, and a list of it all as CycloneDX.
 *
 *     node scripts/image-tree.ts FOLDER
 *
 * The Dockerfile runs it; the last line is the digest of the tree (paths, modes and contents).
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';

const root = join(import.meta.dirname, '..');
/** The start of Unix time: a date of the build would differ each time. */
const EPOCH = 0;

interface Lock {
  readonly packages: Readonly<
    Record<string, { readonly version: string; readonly dev?: boolean; readonly devOptional?: boolean }>
  >;
}

/** Folder -> `name@version` of the packages that the program needs, as the lock file has them. */
function neededPackages(): ReadonlyMap<string, string> {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lock;
  const needed = Object.entries(packages).filter(
    ([path, { dev, devOptional }]) => path !== '' && dev !== true && devOptional !== true,
  );
  return new Map(
    needed.map(([path, { version }]) => [path, `${path.replace(/^.*node_modules\//, '')}@${version}`] as const),
  );
}

/** By ending alone: what a folder is for cannot be told from its name (one package keeps its program in `doc`). */
const forDevelopers = /^\.|\.(?:map|ts|mts|cts|md|markdown|tsbuildinfo)$/;

/** Whether a file or folder of a package is of use at run time. Licences always are. */
export function isOfUse(path: string): boolean {
  const name = basename(path);
  return /^(?:licen[cs]e|notice|copying)/i.test(name) || !forDevelopers.test(name);
}

function copyPackage(path: string, target: string): void {
  const from = join(root, path);
  cpSync(from, join(target, path), {
    recursive: true,
    // Packages inside packages are in the lock file by themselves.
    filter: (file) => file === from || (basename(file) !== 'node_modules' && isOfUse(relative(from, file))),
  });
}

/** @throws where TypeScript or npm fail */
export function writeTree(target: string): void {
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', join(target, 'dist')], { cwd: root });
  for (const path of neededPackages().keys()) copyPackage(path, target);
  const { name, version, type } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  writeFileSync(join(target, 'package.json'), `${JSON.stringify({ name, version, type }, null, 2)}\n`);
  cpSync(join(root, 'LICENSE'), join(target, 'LICENSE'));
  writeFileSync(join(target, 'sbom.cdx.json'), `${JSON.stringify(billOfMaterials(name), null, 2)}\n`);
  for (const path of pathsIn(target)) settle(join(target, path));
  settle(target);
}

interface Bom {
  readonly serialNumber: string;
  readonly metadata: { readonly component: { readonly 'bom-ref': string } };
  readonly components: readonly { readonly 'bom-ref': string }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

/**
 * What npm says of the packages, without the moment, the folder and the version of npm. It is asked for all of them:
 * with --omit=dev npm 11 leaves out what the program and a tool for developers both need.
 */
function billOfMaterials(name: string): object {
  const args = ['sbom', '--package-lock-only', '--sbom-format=cyclonedx'];
  const options = { cwd: root, encoding: 'utf8', maxBuffer: 1e8, stdio: 'pipe' } as const;
  const {
    serialNumber: _,
    metadata,
    components,
    dependencies,
    ...rest
  } = JSON.parse(execFileSync('npm', args, options)) as Bom;
  const needed = new Set(neededPackages().values());
  const kept = components.filter((component) => needed.has(component['bom-ref']));
  const known = new Set([metadata.component['bom-ref'], ...kept.map((component) => component['bom-ref'])]);
  return {
    ...rest,
    metadata: { component: { ...metadata.component, name, type: 'application' } },
    components: kept,
    dependencies: dependencies
      .filter(({ ref }) => known.has(ref))
      .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((one) => known.has(one)) })),
  };
}

/** Modes and times are part of a layer. */
function settle(path: string): void {
  chmodSync(path, lstatSync(path).isDirectory() ? 0o755 : 0o644);
  utimesSync(path, EPOCH, EPOCH);
}

/** Everything below a folder, sorted. */
function pathsIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
}

export function digestOf(folder: string): string {
  const hash = createHash('sha256');
  for (const path of pathsIn(folder)) {
    const { mode, mtimeMs } = lstatSync(join(folder, path));
    hash.update(`${path}\0${mode}\0${mtimeMs}\0`);
    if (!lstatSync(join(folder, path)).isDirectory()) hash.update(readFileSync(join(folder, path)));
  }
  return `sha256:${hash.digest('hex')}`;
}

if (import.meta.main) {
  const [folder] = process.argv.slice(2);
  if (folder === undefined) {
    process.stderr.write('Usage: node scripts/image-tree.ts FOLDER\n');
    process.exit(2);
  }
  writeTree(resolve(folder));
  console.log(`tree ${digestOf(resolve(folder))}`);
}
