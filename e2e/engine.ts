import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ManagedProcess } from '../test/harness/managed-process.ts';
import { run, tried, works } from './shell.ts';
import type { Undoing } from './undo.ts';

/** What kind and docker need in their environment to reach the engine. */
export type EngineEnvironment = Readonly<Record<string, string>>;

const packages = ['docker.io', 'debootstrap', 'iptables', 'gcc', 'libc6-dev', 'python3'];
const commands = ['dockerd', 'docker', 'debootstrap', 'iptables', 'gcc', 'python3'];

/** Why the engine cannot be had here, in words for the `skipped` line. */
export class NoEngine extends Error {}

/**
 * A Docker engine: the one that answers already, or else, for root on Linux, one of our own with its data in `folder`.
 *
 * @throws NoEngine where neither can be had.
 */
export async function dockerEngine(folder: string, undoing: Undoing, say: (line: string) => void) {
  if (await works('docker', ['info'])) return { env: {}, isOurs: false };
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    throw new NoEngine('no Docker engine answers, and only root can start one');
  await installPackages(say);
  if (!existsSync('/sys/fs/cgroup/memory') && !existsSync('/sys/fs/cgroup/cgroup.controllers'))
    throw new NoEngine('no cgroups are mounted at /sys/fs/cgroup');
  if (![capabilities.netAdmin, capabilities.sysAdmin].every(hasCapability))
    throw new NoEngine('this root lacks CAP_SYS_ADMIN or CAP_NET_ADMIN, without which no Docker engine runs');
  // Whatever goes wrong from here on is a failure: all that an engine needs is there.
  return { env: await startEngine(folder, undoing), isOurs: true };
}

function lastLine(error: unknown): string {
  return String(error).trim().split('\n').at(-1) ?? '';
}

async function installPackages(say: (line: string) => void): Promise<void> {
  const has = await Promise.all(commands.map((name) => works('which', [name])));
  const missing = commands.filter((_, index) => !has[index]);
  if (missing.length === 0) return;
  if (!existsSync('/etc/debian_version'))
    throw new NoEngine(`${missing.join(', ')} not found; installed by itself on Debian alone`);
  say(`  installing Debian packages for ${missing.join(', ')} ...`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  try {
    await run('apt-get', ['update', '-qq'], { env });
    await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], { env });
  } catch (error) {
    throw new NoEngine(`Debian's packages cannot be installed: ${lastLine(error)}`);
  }
}

async function startEngine(folder: string, undoing: Undoing): Promise<EngineEnvironment> {
  const place = (name: string) => join(folder, name);
  mkdirSync(folder, { recursive: true });
  await stopLeftOver(place('docker.pid'));
  const runtimes = hasCapability(capabilities.sysResource) ? {} : withoutSysResource();
  writeFileSync(place('daemon.json'), JSON.stringify(runtimes));
  const host = `unix://${place('docker.sock')}`;
  const network = await networkBefore(place('network-before.json'));
  const daemon = new ManagedProcess({
    name: 'dockerd',
    command: 'dockerd',
    args: [
      ['--config-file', place('daemon.json')],
      ['--data-root', place('data')],
      ['--exec-root', place('exec')],
      ['--pidfile', place('docker.pid')],
      ['--host', host],
      ['--storage-driver', 'overlay2'],
      ['--oom-score-adjust', '0'],
    ].flat(),
    logFile: place('dockerd.log'),
    ready: () => works('docker', ['info'], { DOCKER_HOST: host }),
    readyWithinMs: 120_000,
    stopWithinMs: 60_000,
  });
  undoing.add('packet filter rules, docker0', () => network.putBack());
  undoing.add('the Docker engine', async () => {
    await daemon.stop();
    for (const mount of mountsUnder(folder)) await run('umount', [mount]);
    rmSync(place('exec'), { recursive: true, force: true });
  });
  await daemon.start();
  return { DOCKER_HOST: host, DOCKER_BUILDKIT: '0' };
}

/** One that a killed run left behind: it holds the data that ours wants. */
async function stopLeftOver(pidFile: string): Promise<void> {
  if (!existsSync(pidFile)) return;
  const pid = readFileSync(pidFile, 'utf8').trim();
  const isDaemon = existsSync(`/proc/${pid}/cmdline`) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(pidFile);
  if (isDaemon) await tried('sh', ['-c', `kill ${pid}; while kill -0 ${pid} 2>/dev/null; do sleep 0.2; done`]);
  rmSync(pidFile, { force: true });
}

function mountsUnder(folder: string): string[] {
  const places = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '');
  return places.filter((place) => place.startsWith(`${folder}/`)).reverse();
}

/** Bits of linux/capability.h. */
const capabilities = { netAdmin: 12n, sysAdmin: 21n, sysResource: 24n } as const;

function hasCapability(bit: bigint): boolean {
  const [, effective = '0'] = /^CapEff:\s*([0-9a-f]+)/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return ((BigInt(`0x${effective}`) >> bit) & 1n) === 1n;
}

/** For a root without CAP_SYS_RESOURCE: kind's nodes are given all capabilities, and runc cannot give one that it lacks. */
function withoutSysResource(): object {
  const path = join(import.meta.dirname, 'node', 'runc-without-sys-resource');
  return { 'default-runtime': 'narrowed', runtimes: { narrowed: { path } } };
}

const forwarding = '/proc/sys/net/ipv4/ip_forward';
const rules = async (table: string) => (await tried('iptables', ['-t', table, '-S'])).stdout.split('\n');

/**
 * How packets were treated before dockerd: written down in `file` until it is put back, so that a run that is killed does not
 * make its successor take dockerd's ways for the machine's own.
 */
async function networkBefore(file: string) {
  if (!existsSync(file)) {
    const policy = (await rules('filter')).find((line) => line.startsWith('-P FORWARD'));
    writeFileSync(file, JSON.stringify({ policy, forward: readFileSync(forwarding, 'utf8').trim() }));
  }
  const { policy, forward } = JSON.parse(readFileSync(file, 'utf8')) as { policy?: string; forward: string };
  return {
    putBack: async () => {
      await removeRules();
      if (policy !== undefined) await run('iptables', policy.split(' '));
      await tried('ip', ['link', 'delete', 'docker0']);
      writeFileSync(forwarding, forward);
      rmSync(file);
    },
  };
}

/** What dockerd adds and leaves: its chains, and the rules that lead there or belong to its bridge. */
async function removeRules(): Promise<void> {
  for (const table of ['filter', 'nat']) {
    const iptables = (args: string[]) => run('iptables', ['-t', table, ...args]);
    const lines = await rules(table);
    const added = lines.filter((line) => line.startsWith('-A') && /DOCKER|docker0/.test(line));
    for (const line of added) await iptables(['-D', ...line.split(' ').slice(1)]);
    for (const line of lines.filter((text) => text.startsWith('-N DOCKER'))) await iptables(['-X', line.slice(3)]);
  }
}
