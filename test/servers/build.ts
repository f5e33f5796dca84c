import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import { type Cached, cached } from './cache.ts';
import { Progress } from './progress.ts';
import type { GoModule, Server, ZippedFile } from './table.ts';

const run = promisify(execFile);
const tailLines = 15;
const buildFlags = ['-trimpath', '-buildvcs=false'];

/**
 * The server's own binary from the cache, made first if need be.
 *
 * @throws when Go is missing or the build fails, with the end of its output.
 */
export async function pinnedBinary(server: Server): Promise<Cached> {
  const { source } = server;
  return source.kind === 'go-module' ? built(server.name, source) : unzipped(server.name, source);
}

async function built(name: string, source: GoModule): Promise<Cached> {
  const folder = join(import.meta.dirname, source.folder);
  const flags = [...buildFlags, '-tags', source.tags.join(','), '-ldflags', source.ldflags.join(' ')];
  const key = createHash('sha256').update(await goVersion(name, folder));
  const own = source.importPath === '.' ? ['main.go'] : [];
  for (const file of ['go.mod', 'go.sum', ...own]) key.update(await readFile(join(folder, file)));
  key.update(JSON.stringify([source.importPath, flags, process.platform, process.arch]));
  return cached(key.digest('hex').slice(0, 16), name, async (temporary) => {
    const progress = new Progress(`${name}: building from test/servers/${source.folder}/go.mod`, source.coldBuildMs);
    try {
      await goBuild(folder, [...flags, '-o', temporary, source.importPath]);
      progress.end('built');
    } catch (error) {
      progress.end('failed');
      throw new Error(`${name} could not be built: ${String(error)}`, { cause: error });
    }
  });
}

async function goVersion(name: string, folder: string): Promise<string> {
  try {
    return (await run('go', ['version'], { cwd: folder })).stdout;
  } catch (error) {
    throw new Error(
      `${name} has to be built and Go does not run here (${firstLine(error)}). Install Go 1.26 or newer, or name a ` +
        `binary that you have: ${name.toUpperCase().replaceAll('-', '_')}_BIN=/path/to/${name}.`,
      { cause: error },
    );
  }
}

/** Modules stay read-only (Go's default), so that a build never edits go.mod or go.sum. */
async function goBuild(folder: string, flags: string[]): Promise<void> {
  const child = spawn('go', ['build', ...flags], {
    cwd: folder,
    env: { ...process.env, CGO_ENABLED: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let tail: string[] = [];
  const keep = (chunk: Buffer) => {
    tail = [...tail, ...chunk.toString().split('\n')].filter((line) => line !== '').slice(-tailLines);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const stop = () => child.kill();
  process.once('exit', stop);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  process.off('exit', stop);
  if (code !== 0)
    throw new Error(`"go build" in ${folder} ended with ${code}; the end of its output:\n${tail.join('\n')}`);
}

async function unzipped(name: string, source: ZippedFile): Promise<Cached> {
  const zip = await readFile(createRequire(import.meta.url).resolve(source.zip)).catch((error: unknown) => {
    throw new Error(`${name}: ${source.zip} is not installed (${firstLine(error)}). Run "npm ci".`, { cause: error });
  });
  const key = createHash('sha256').update(zip).digest('hex').slice(0, 16);
  return cached(key, name, async (temporary) => {
    const file = unzipSync(zip, { filter: ({ name: member }) => member === source.member })[source.member];
    if (file === undefined) throw new Error(`${name}: ${source.zip} holds no ${source.member}.`);
    await writeFile(temporary, file);
    await chmod(temporary, 0o755);
  });
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
