import { execFile, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { atLeast } from './binaries.ts';
import { servers } from './table.ts';

const run = promisify(execFile);
const get = join(import.meta.dirname, 'get.ts');
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'socialchannel-servers-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A program that prints a version, in a folder of its own. */
function program(place: string, name: string, version: string): string {
  mkdirSync(join(folder, place), { recursive: true });
  const path = join(folder, place, name);
  writeFileSync(path, `#!/bin/sh\necho "${version}"\n`);
  chmodSync(path, 0o755);
  return path;
}

/** Runs `get.ts NAME` with an empty cache and only what `environment` adds. */
async function resolve(name: string, environment: Record<string, string>): Promise<string> {
  const env = { XDG_CACHE_HOME: join(folder, 'cache'), PATH: '/nothing', HOME: folder, ...environment };
  const { stdout } = await run(process.execPath, [get, name], { env }).catch((error: { stderr: string }) => {
    throw new Error(error.stderr);
  });
  return stdout.trim();
}

describe('which binary is used', () => {
  it("takes the server's own variable before KUBEBUILDER_ASSETS before PATH", async () => {
    const own = program('own', 'etcd', 'etcd Version: 3.0.0');
    const assets = program('assets', 'etcd', 'etcd Version: 3.1.0');
    const onPath = program('path', 'etcd', 'etcd Version: 3.6.1');
    const PATH = join(folder, 'path');
    const KUBEBUILDER_ASSETS = join(folder, 'assets');
    expect(await resolve('etcd', { PATH, KUBEBUILDER_ASSETS, ETCD_BIN: own })).toBe(`etcd  ETCD_BIN  ${own}`);
    expect(await resolve('etcd', { PATH, KUBEBUILDER_ASSETS })).toBe(`etcd  KUBEBUILDER_ASSETS  ${assets}`);
    expect(await resolve('etcd', { PATH })).toBe(`etcd  PATH  ${onPath}`);
  });

  it('takes bao where vault is wanted and only bao is there', async () => {
    const bao = program('path', 'bao', 'OpenBao v2.3.1');
    expect(await resolve('vault', { PATH: join(folder, 'path') })).toBe(`vault  PATH  ${bao}`);
  });

  it('passes over what is too old on PATH and says that Go is needed', async () => {
    program('path', 'vault', 'Vault v1.9.3');
    const PATH = join(folder, 'path');
    await expect(resolve('vault', { PATH })).rejects.toThrow(
      /vault has to be built and Go does not run here.*Install Go 1\.26 or newer.*VAULT_BIN=/,
    );
  });

  it('refuses a variable that names nothing, instead of going on without', async () => {
    await expect(resolve('promtool', { PROMTOOL_BIN: '/no/such/promtool' })).rejects.toThrow(
      'PROMTOOL_BIN names /no/such/promtool, which cannot be run.',
    );
  });

  it('tells the end of the output of a build that fails', async () => {
    const go = program('path', 'go', 'go version go1.26.0');
    writeFileSync(
      go,
      '#!/bin/sh\n[ "$1" = version ] && echo go1.26 && exit\necho "no route to the proxy" >&2\nexit 1\n',
    );
    const PATH = join(folder, 'path');
    await expect(resolve('etcd', { PATH })).rejects.toThrow(/etcd could not be built[\s\S]*no route to the proxy/);
  });

  it.each<[string, readonly [number, number], boolean]>([
    ['etcd Version: 3.7.3', [3, 5], true],
    ['etcd Version: 3.4.30', [3, 5], false],
    ['Kubernetes v1.30.0', [1, 30], true],
    ['Client Version: v1.29.9', [1, 30], false],
    ['v4.2.3+g1234567', [3, 14], true],
    ['OpenBao v2.3.1 (abc), built 2026-01-01', [2, 0], true],
    ['promtool, version  (branch: , revision: )', [2, 45], false],
    ['', [1, 0], false],
  ])('%j against at least %j: %s', (output, minimum, fits) => {
    expect(atLeast(output, minimum)).toBe(fits);
  });
});

describe('the cache', () => {
  /** Calls `cached` in a process of its own; making takes `ms` and appends to the file `makes`. */
  function maker(ms: number) {
    const script = `
      import { appendFileSync, writeFileSync } from 'node:fs';
      import { cached } from ${JSON.stringify(join(import.meta.dirname, 'cache.ts'))};
      const { path, made } = await cached('key', 'server', async (temporary) => {
        writeFileSync(temporary, 'half');
        appendFileSync(${JSON.stringify(join(folder, 'makes'))}, 'made\\n');
        await new Promise((resolve) => setTimeout(resolve, ${ms}));
        writeFileSync(temporary, 'whole');
      });
      console.log(path + ' ' + made);
    `;
    const env = { ...process.env, XDG_CACHE_HOME: join(folder, 'cache') };
    return spawn(process.execPath, ['--input-type=module-typescript', '-e', script], { env, stdio: 'pipe' });
  }

  async function finished(child: ReturnType<typeof maker>): Promise<{ stdout: string; stderr: string }> {
    const texts = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => (texts.stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (texts.stderr += chunk.toString()));
    await new Promise((resolve) => child.once('close', resolve));
    return texts;
  }

  const makes = () => readFileSync(join(folder, 'makes'), 'utf8').split('\n').length - 1;

  it('lets one of two runs make a server, and the other wait, say so and use it', async () => {
    const results = await Promise.all([finished(maker(1_500)), finished(maker(1_500))]);
    expect(makes()).toBe(1);
    const path = join(folder, 'cache', 'social-channel-operator', 'servers', 'key', 'server');
    expect(results.map(({ stdout }) => stdout.trim()).sort()).toEqual([`${path} false`, `${path} true`]);
    expect(results.map(({ stderr }) => stderr).join('')).toContain('another run is making it, waiting');
  });

  it('takes over from a run that was killed, and leaves no half file', { timeout: 40_000 }, async () => {
    const killed = maker(60_000);
    const place = join(folder, 'cache', 'social-channel-operator', 'servers', 'key');
    await expect.poll(() => readdirSync(folder), { timeout: 10_000 }).toContain('makes');
    killed.kill('SIGKILL');
    const { stdout } = await finished(maker(0));
    expect(stdout.trim()).toMatch(/server true$/);
    expect(readFileSync(join(place, 'server'), 'utf8')).toBe('whole');
    expect(readdirSync(place)).toEqual(['server']);
  });
});

describe('the table', () => {
  it.each(servers.map((server) => [server.name, server] as const))(
    'names one variable and one source for %s',
    (name, server) => {
      expect(server.variable).toBe(`${name.toUpperCase().replaceAll('-', '_')}_BIN`);
      if (server.source.kind === 'zipped-file') return;
      const modules = readFileSync(join(import.meta.dirname, server.source.folder, 'go.mod'), 'utf8');
      const { importPath } = server.source;
      const required = [...modules.matchAll(/^(?:require)?\s+(\S+) v\d/gm)].map(([, path]) => path);
      // Named as a tool, or a part of a module that stands there with its version: a tool more would rebuild all of a folder.
      expect(modules.includes(importPath) || required.some((path) => importPath.startsWith(`${path}/`))).toBe(true);
    },
  );

  it('builds the Kubernetes version that it announces', () => {
    const modules = readFileSync(join(import.meta.dirname, 'kubernetes', 'go.mod'), 'utf8');
    const source = servers.find(({ name }) => name === 'kube-apiserver')?.source;
    const announced = source?.kind === 'go-module' && source.ldflags.find((flag) => flag.includes('gitVersion='));
    const version = String(announced).split('=')[1];
    expect(modules).toContain(`require k8s.io/kubernetes ${version}`);
  });
});
