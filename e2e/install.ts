import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { documents, type KubernetesObject } from '../test/harness/api-client.ts';
import { repository } from '../test/harness/scratch.ts';
import { waitFor } from '../test/harness/wait.ts';
import { serverBinaries } from '../test/servers/binaries.ts';
import { paths } from './names.ts';
import { run } from './shell.ts';
import type { Step } from './steps.ts';
import type { World } from './world.ts';

/** The settings of a release that stands beside a simulator; all else is as shipped. */
export function values(world: World, config: Readonly<Record<string, string>> = {}): object {
  const { host } = new URL(world.platforms.url);
  return {
    vault: { address: world.vault.address.url, caBundle: world.authority.certificate },
    image: world.image,
    platformCA: { configMapName: 'platform-ca' },
    config: {
      'platform-endpoint': ['youtube', 'twitch'].map((name) => `${name}=${world.platforms.url}`),
      'allow-private-host': [host],
      ...config,
    },
  };
}

/** helm upgrade with these values; the command and its output are helm's own. */
export async function upgrade(world: World, all: object): Promise<void> {
  const file = join(world.folder, 'values.yaml');
  writeFileSync(file, stringify(all));
  const chart = join(repository, 'charts/social-channel-operator');
  const flags = ['-n', paths.operator, '-f', file, '--install', '--wait', '--timeout', '5m'];
  await world.helm(['upgrade', paths.release, chart, ...flags]);
}

export async function operatorPods(world: World): Promise<KubernetesObject[]> {
  const selector = 'app.kubernetes.io/component=operator';
  const list = await world.kubectl(['get', 'pods', '-n', paths.operator, '-l', selector, '-o', 'json']);
  const { items } = JSON.parse(list) as { items: KubernetesObject[] };
  return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
}

export const isReady = (pod: KubernetesObject): boolean =>
  pod.status.conditions?.some((one: { type: string; status: string }) => one.type === 'Ready' && one.status === 'True');

/** Two ready pods and none that goes. */
export function bothReady(world: World, timeoutMs = 240_000): Promise<KubernetesObject[]> {
  return waitFor(
    async () => {
      const pods = await operatorPods(world);
      return pods.length === 2 && pods.every(isReady) && pods;
    },
    { timeoutMs, everyMs: 500, what: 'two operator pods to be Ready' },
  );
}

async function namespaces({ kubectl, tryKubectl, authority }: World): Promise<string> {
  await kubectl(['create', 'namespace', paths.operator]);
  await kubectl(['label', 'namespace', paths.operator, 'pod-security.kubernetes.io/enforce=restricted']);
  await kubectl(['create', 'namespace', paths.stage]);
  await kubectl(['label', 'namespace', paths.stage, 'pod-security.kubernetes.io/enforce=restricted']);
  for (const namespace of [paths.operator, paths.stage]) {
    await kubectl([
      'create',
      'configmap',
      'platform-ca',
      '-n',
      namespace,
      `--from-literal=ca.crt=${authority.certificate}`,
    ]);
  }
  const root = ['run', 'root', '-n', paths.operator, '--image=any', '--dry-run=server'];
  const { code, stderr } = await tryKubectl(root);
  if (code === 0 || !stderr.includes('violates PodSecurity')) throw new Error(`A pod without restrictions: ${stderr}`);
  return 'a pod without restrictions is refused';
}

async function vaultSetUp(world: World): Promise<string> {
  const { vault } = await serverBinaries(['vault']);
  const PATH = `${join(vault, '..')}:${process.env.PATH}`;
  await run('deploy/vault/setup.sh', [], { cwd: repository, env: { ...world.vaultEnvironment, PATH } });
  return 'deploy/vault/setup.sh ran as shipped';
}

async function chart(world: World): Promise<string> {
  await upgrade(world, values(world));
  const pods = await bothReady(world);
  const nodes = pods.map(({ spec }) => spec.nodeName as string);
  if (new Set(nodes).size !== 2) throw new Error(`Both operator pods run on ${nodes[0]}.`);
  return `Ready on ${nodes.join(' and ')}`;
}

/** A sample with the simulator's values where it says that they are to be replaced. */
function filled(file: string, replacements: Readonly<Record<string, string>>): KubernetesObject[] {
  const text = Object.entries(replacements).reduce(
    (sample, [from, to]) => sample.replaceAll(from, to),
    readFileSync(join(repository, 'deploy/samples', file), 'utf8'),
  );
  return documents(text);
}

async function samples(world: World): Promise<string> {
  const { simulator } = world;
  const scopes = ['https://www.googleapis.com/auth/youtube'];
  const google = await simulator.createApp({
    platform: 'youtube',
    clientId: paths.googleClient,
    accessLifetimeSeconds: 120,
  });
  await simulator.createAccount({ platform: 'youtube', id: '10', login: 'mainstage', channelId: 'UCmainstage' });
  const minted = await simulator.mintGrant({ platform: 'youtube', clientId: google.clientId, accountId: '10', scopes });
  const twitch = await simulator.createApp({ platform: 'twitch', clientId: 'twitch-e2e' });
  const objects = [
    ...filled('youtube.yaml', {
      'client_secret: replace-me': `client_secret: ${google.clientSecret}`,
      'refresh_token: replace-me': `refresh_token: ${minted.refreshToken}`,
      '2026-11-20T18:00:00Z': new Date().toISOString(),
      'replace-me.apps.googleusercontent.com': google.clientId,
      'UCreplace-me': 'UCmainstage',
    }),
    ...filled('twitch.yaml', {
      'client_secret: replace-me': `client_secret: ${twitch.clientSecret}`,
      'clientId: replace-me': `clientId: ${twitch.clientId}`,
    }),
    ...filled('generic-oauth2.yaml', {}).filter(({ kind }) => kind === 'SocialPlatform'),
  ];
  await untilConnected(world, objects, ['main-stage-youtube', 'main-stage-twitch-app']);
  return (await world.kubectl(['get', 'schan', '-n', paths.stage])).trim().split('\n').join('\n        ');
}

export const install: readonly Step[] = [
  { title: 'Namespaces enforce Restricted', carries: true, play: namespaces },
  { title: 'Vault is set up by the script of deploy/', carries: true, play: vaultSetUp },
  { title: 'The chart as shipped: two operator pods Ready on different nodes', carries: true, play: chart },
  { title: 'Channels of the samples become Connected', carries: true, play: samples },
];

/** Applies what it takes, and waits until these channels of the stage are Connected. */
export async function untilConnected(
  world: World,
  objects: readonly object[],
  channels: readonly string[],
): Promise<void> {
  await world.kubectl(['apply', '-f', '-'], { input: objects.map((one) => stringify(one)).join('---\n') });
  const named = channels.map((name) => `schan/${name}`);
  const until = ['--for=jsonpath={.status.state}=Connected', '--timeout=120s'];
  await world.kubectl(['wait', '-n', paths.stage, ...until, ...named]);
}
