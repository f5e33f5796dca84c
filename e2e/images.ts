import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { repository } from '../test/harness/scratch.ts';
import { pinnedBinary } from '../test/servers/build.ts';
import { type ServerName, servers } from '../test/servers/table.ts';
import type { EngineEnvironment } from './engine.ts';
import { run, works } from './shell.ts';

const nodeParts = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
  'kube-proxy',
  'kubeadm',
  'kubectl',
  'coredns',
] as const satisfies readonly ServerName[];

const kit = join(import.meta.dirname, 'node');
/** What the project's Dockerfile begins with. */
const base = 'node:24-slim';

/** Binaries of one version, whatever the machine has beside them. */
async function ourBinaries(): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of nodeParts) {
    const server = servers.find((one) => one.name === name);
    if (server !== undefined) found[name] = (await pinnedBinary(server)).path;
  }
  return found;
}

/** kind's node image out of Debian packages and our own binaries; made once for each state of the kit and the binaries. */
export async function localNodeImage(folder: string, env: EngineEnvironment): Promise<string> {
  const binaries = await ourBinaries();
  const key = createHash('sha256').update(JSON.stringify(binaries));
  for (const file of readdirSync(kit).sort()) key.update(readFileSync(join(kit, file)));
  const image = `localhost/kind-node:${key.digest('hex').slice(0, 12)}`;
  if (await works('docker', ['image', 'inspect', image], env)) return image;
  const work = join(folder, 'node-image');
  const bin = join(work, 'bin');
  rmSync(bin, { recursive: true, force: true });
  mkdirSync(bin, { recursive: true });
  for (const [name, path] of Object.entries(binaries)) symlinkSync(path, join(bin, name));
  await run(join(kit, 'build-image.sh'), [], {
    env: { ...env, BIN: bin, WORK: work, DEBS: join(folder, 'debs'), IMAGE: image },
  });
  return image;
}

/** A stand-in for the base image: Debian, this Node and its npm. Its name is that of the published one. */
export async function localBaseImage(folder: string, env: EngineEnvironment): Promise<void> {
  if (await works('docker', ['image', 'inspect', base], env)) return;
  const root = join(folder, 'base-image');
  rmSync(root, { recursive: true, force: true });
  mkdirSync(root, { recursive: true });
  await run(join(kit, 'debian.sh'), [], { env: { ROOT: root, DEBS: join(folder, 'debs') } });
  const lib = join(root, 'usr/local/lib/node_modules');
  mkdirSync(lib, { recursive: true });
  cpSync(process.execPath, join(root, 'usr/local/bin/node'));
  cpSync(npmFolder(), join(lib, 'npm'), { recursive: true, dereference: true });
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(root, 'usr/local/bin/npm'));
  // Whom this machine trusts, so that npm reaches the registry that this machine reaches.
  const trusted = '/etc/ssl/certs/ca-certificates.crt';
  if (existsSync(trusted)) cpSync(realpathSync(trusted), join(root, 'etc/ssl/certs/ca-certificates.crt'));
  writeFileSync(join(root, 'etc/npmrc'), await npmSettings());
  const settings = [
    'ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt',
    'ENV NPM_CONFIG_GLOBALCONFIG=/etc/npmrc',
  ];
  await run(
    'sh',
    [
      '-c',
      `tar -C "$1" -cf - . | docker import ${settings.map((one) => `--change '${one}'`).join(' ')} - ${base}`,
      'sh',
      root,
    ],
    { env },
  );
  rmSync(root, { recursive: true, force: true });
}

function npmFolder(): string {
  const { npm_execpath: npm } = process.env;
  if (npm?.endsWith('npm-cli.js')) return dirname(dirname(realpathSync(npm)));
  return dirname(createRequire('/usr/lib/node_modules/').resolve('npm/package.json'));
}

/** The registry alone: no login goes into an image. */
async function npmSettings(): Promise<string> {
  return `registry=${(await run('npm', ['config', 'get', 'registry'])).trim()}\n`;
}

/** The operator's image, from the project's Dockerfile as it is. */
export async function operatorImage(tag: string, env: EngineEnvironment): Promise<void> {
  await run(process.execPath, ['scripts/image.ts', '--tag', tag, '--base', base], { cwd: repository, env });
}
