/**
 * Builds the image with buildah or docker, whichever is here.
 *
 *     node scripts/image.ts --tag registry.example.com/media/social-channel-operator:0.1.0 --base node:24-slim@sha256:…
 *
 * The files of the image are the same bytes each time. Their layer is too with buildah, and with docker's BuildKit, which
 * both set all times to the start of Unix time here; the image as a whole is where the base is pinned by its digest.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const root = join(import.meta.dirname, '..');

/** The command that builds, for a builder that works here; undefined where none does. */
export function buildCommand(works: (command: string, args: readonly string[]) => boolean, tag: string, base: string) {
  const bases = ['--build-arg', `BASE=${base}`, '--build-arg', `BUILD_BASE=${base}`];
  if (works('buildah', ['--version'])) return ['buildah', 'bud', '--timestamp', '0', ...bases, '--tag', tag, '.'];
  if (!works('docker', ['info'])) return undefined;
  const output = `type=image,name=${tag},rewrite-timestamp=true`;
  if (!works('docker', ['buildx', 'version'])) return ['docker', 'build', ...bases, '--tag', tag, '.'];
  return ['docker', 'buildx', 'build', ...bases, '--build-arg', 'SOURCE_DATE_EPOCH=0', '--output', output, '.'];
}

function main(): number {
  const { values } = parseArgs({
    options: {
      tag: { type: 'string', default: 'social-channel-operator:latest' },
      base: { type: 'string', default: 'node:24-slim' },
    },
  });
  const works = (command: string, args: readonly string[]) =>
    spawnSync(command, args, { stdio: 'ignore' }).status === 0;
  const command = buildCommand(works, values.tag, values.base);
  if (command === undefined) {
    process.stderr.write('Neither buildah nor a docker engine works here. Install buildah, or start docker.\n');
    return 1;
  }
  if (!values.base.includes('@sha256:')) {
    process.stderr.write(`${values.base} is not pinned by a digest: who builds later may get another base.\n`);
  }
  const [builder = '', ...args] = command;
  return spawnSync(builder, args, { cwd: root, stdio: 'inherit' }).status ?? 1;
}

if (import.meta.main) process.exitCode = main();
