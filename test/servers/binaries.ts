import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { pinnedBinary } from './build.ts';
import { type PathCommand, type Server, type ServerName, serverEnvironment, serverNames, servers } from './table.ts';

const run = promisify(execFile);

/** Where a binary comes from: a variable, a folder the user named, PATH, or ours (from the cache or just made). */
export type Origin = { readonly from: string; readonly made: boolean };

export interface FoundServer {
  readonly name: ServerName;
  readonly path: string;
  readonly origin: Origin;
}

/**
 * The binaries to run, by name. What the user has wins: the server's own variable, KUBEBUILDER_ASSETS, then PATH where
 * the version fits; else ours is built, once, which can take minutes and says so on standard error.
 *
 * @throws one error naming what to do, when a variable names no binary, Go is missing or a build fails.
 */
export async function serverBinaries<Name extends ServerName = ServerName>(
  names: readonly Name[] = serverNames as readonly ServerName[] as readonly Name[],
): Promise<Record<Name, string>> {
  const found = await findServers(names);
  return Object.fromEntries(found.map(({ name, path }) => [name, path])) as Record<Name, string>;
}

/** As `serverBinaries`, with the origin of each. One after the other: a build uses every core by itself. */
export async function findServers(names: readonly ServerName[]): Promise<FoundServer[]> {
  const found: FoundServer[] = [];
  for (const server of servers.filter(({ name }) => names.includes(name))) found.push(await findServer(server));
  return found;
}

async function findServer(server: Server): Promise<FoundServer> {
  return (await fromVariable(server)) ?? (await fromAssets(server)) ?? (await fromPath(server)) ?? (await ours(server));
}

async function fromVariable({ name, variable }: Server): Promise<FoundServer | undefined> {
  const path = process.env[variable];
  if (!path) return undefined;
  if (!(await executable(path))) {
    throw new Error(`${variable} names ${path}, which cannot be run. Correct it, or unset it to have ${name} built.`);
  }
  return { name, path, origin: { from: variable, made: false } };
}

async function fromAssets({ name, inKubebuilderAssets }: Server): Promise<FoundServer | undefined> {
  const folder = process.env.KUBEBUILDER_ASSETS;
  if (!folder || !inKubebuilderAssets) return undefined;
  const path = join(folder, name);
  if (!(await executable(path))) return undefined;
  return { name, path, origin: { from: 'KUBEBUILDER_ASSETS', made: false } };
}

async function fromPath({ name, onPath }: Server): Promise<FoundServer | undefined> {
  for (const candidate of onPath) {
    const path = await onSearchPath(candidate.command);
    if (path !== undefined && (await fits(path, candidate)))
      return { name, path, origin: { from: 'PATH', made: false } };
  }
  return undefined;
}

async function ours(server: Server): Promise<FoundServer> {
  const { path, made } = await pinnedBinary(server);
  const from = server.source.kind === 'go-module' ? `test/servers/${server.source.folder}/go.mod` : 'npm';
  return { name: server.name, path, origin: { from, made } };
}

async function onSearchPath(command: string): Promise<string | undefined> {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, command);
    if (folder !== '' && (await executable(path))) return path;
  }
  return undefined;
}

async function executable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function fits(path: string, { versionArguments, minimum }: PathCommand): Promise<boolean> {
  const options = { timeout: 10_000, env: { ...process.env, ...serverEnvironment } };
  const output = await run(path, [...versionArguments], options).then(
    ({ stdout, stderr }) => stdout + stderr,
    () => '',
  );
  return atLeast(output, minimum);
}

/** Whether the first version number in `output` is `minimum` or newer; false where there is none. */
export function atLeast(output: string, minimum: readonly [major: number, minor: number]): boolean {
  const [, major, minor] = /(\d+)\.(\d+)(?:\.\d+)?/.exec(output) ?? [];
  if (major === undefined || minor === undefined) return false;
  return Number(major) > minimum[0] || (Number(major) === minimum[0] && Number(minor) >= minimum[1]);
}
