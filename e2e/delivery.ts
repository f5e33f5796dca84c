import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { sleep, waitFor } from '../test/harness/wait.ts';
import type { KindCluster } from './cluster.ts';
import { upgrade, values } from './install.ts';
import { paths } from './names.ts';
import type { Step, Telling } from './steps.ts';
import { streams } from './trouble.ts';
import type { World } from './world.ts';

/** The pod that reads its token. */
export const consumer = 'encoder-e2e';
/** The default of --propagation-floor. */
const defaultFloorMs = 150_000;
const record = `social/socialchannel/channels/${paths.stage}/${paths.channel}/grant`;

/** A line of e2e/consumer.mjs. */
type Line =
  | { readonly at: number; readonly changed: string }
  | { readonly at: number; readonly call: number; readonly token: string; readonly error?: string };

/** The pod that reads its token. */
async function startConsumer(world: World, name: string): Promise<void> {
  const program = readFileSync(join(import.meta.dirname, 'consumer.mjs'), 'utf8');
  const url = `${world.platforms.url}/www.googleapis.com/youtube/v3/channels?part=id%2Csnippet&mine=true`;
  const metadata = { name, namespace: paths.stage };
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata,
    spec: {
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 2,
      securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: 'encoder',
          image: `${world.image.repository}:${world.image.tag}`,
          command: ['node', '/program/consumer.mjs'],
          env: [
            { name: 'URL', value: url },
            { name: 'NODE_EXTRA_CA_CERTS', value: '/ca/ca.crt' },
          ],
          securityContext: {
            allowPrivilegeEscalation: false,
            capabilities: { drop: ['ALL'] },
            readOnlyRootFilesystem: true,
          },
          volumeMounts: [
            { name: 'token', mountPath: '/run/social/token', readOnly: true },
            { name: 'program', mountPath: '/program', readOnly: true },
            { name: 'ca', mountPath: '/ca', readOnly: true },
          ],
        },
      ],
      volumes: [
        { name: 'token', secret: { secretName: `${paths.channel}-token` } },
        { name: 'program', configMap: { name } },
        { name: 'ca', configMap: { name: 'platform-ca' } },
      ],
    },
  };
  const objects = [{ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { 'consumer.mjs': program } }, pod];
  await world.kubectl(['apply', '-f', '-'], { input: objects.map((one) => stringify(one)).join('---\n') });
  await world.kubectl(['wait', '-n', paths.stage, '--for=condition=Ready', `pod/${name}`, '--timeout=120s']);
}

async function linesOf(world: World, name: string): Promise<Line[]> {
  const log = await world.kubectl(['logs', '-n', paths.stage, name]);
  return log
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line);
}

async function reads(world: World): Promise<string> {
  await startConsumer(world, consumer);
  const enough = 10;
  const calls = await waitFor(
    async () => {
      const seen = (await linesOf(world, consumer)).filter((line) => 'call' in line);
      return seen.length >= enough && seen;
    },
    { timeoutMs: 60_000, everyMs: 1_000, what: `${enough} calls of the pod` },
  );
  const refused = calls.filter((line) => line.call !== 200);
  if (refused.length > 0) throw new Error(`${refused.length} of ${calls.length}: ${JSON.stringify(refused[0])}`);
  return `${calls.length} calls of the platform's API, each answered 200`;
}

/** When Vault took each token of the channel, by the mark that the pod prints. */
async function commits({ vault }: World): Promise<Map<string, number>> {
  const path = record.replace('social/', 'social/metadata/');
  const { data } = await vault.root.json<{ data: { versions: Record<string, { created_time: string }> } }>(
    'GET',
    `/v1/${path}`,
  );
  const found = new Map<string, number>();
  for (const [version, { created_time: createdTime }] of Object.entries(data.versions)) {
    const token = await accessToken(vault.root, version);
    const mark = token === undefined ? '' : createHash('sha256').update(token).digest('hex').slice(0, 12);
    // A claim repeats the tokens of the version before it: the first one counts.
    if (!found.has(mark)) found.set(mark, Date.parse(createdTime));
  }
  return found;
}

async function accessToken(root: World['vault']['root'], version: string): Promise<string | undefined> {
  type Answer = { data: { data: { tokens?: { access?: string } } | null } };
  const path = `/v1/${record.replace('social/', 'social/data/')}?version=${version}`;
  const answer = await root.json<Answer>('GET', path).catch(() => undefined);
  return answer?.data.data?.tokens?.access;
}

/** From the commit in Vault to the new bytes in the pod, for `count` refreshes seen from now on. */
async function propagation(world: World, count: number, { say }: Telling): Promise<number[]> {
  const from = Date.now();
  const seen = new Map<string, number>();
  const commitsSeen = new Map<string, number>();
  return await waitFor(
    async () => {
      for (const [mark, at] of await commits(world)) if (!commitsSeen.has(mark)) commitsSeen.set(mark, at);
      for (const line of await linesOf(world, consumer)) {
        const at = 'changed' in line ? commitsSeen.get(line.changed) : undefined;
        if ('changed' in line && at !== undefined && at > from && !seen.has(line.changed)) {
          seen.set(line.changed, line.at - at);
          say(`commit in Vault to new bytes in the pod: ${((line.at - at) / 1000).toFixed(1)} s`);
        }
      }
      return seen.size >= count && [...seen.values()];
    },
    { timeoutMs: 600_000, everyMs: 2_000, what: `${count} refreshes to arrive in the pod` },
  );
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

async function withDefaults(world: World, telling: Telling): Promise<string> {
  const longest = Math.max(...(await propagation(world, 3, telling)));
  if (longest > defaultFloorMs) throw new Error(`${seconds(longest)} is more than the default propagation floor.`);
  return `at most ${seconds(longest)} with the kubelet's defaults; the default propagation floor is ${seconds(defaultFloorMs)}`;
}

/** The kubelet's own file: kubeadm has one setting for all nodes only. */
async function oftener(kind: KindCluster): Promise<void> {
  const script = [
    "sed -i '/^syncFrequency:/d' /var/lib/kubelet/config.yaml",
    "echo 'syncFrequency: 5s' >> /var/lib/kubelet/config.yaml",
    'pkill -x kubelet',
  ];
  for (const node of kind.workers) await kind.inNode(node, script.join(' && '));
}

const shortFloorMs = 20_000;

/** Short enough for tokens of a minute; the relations between them hold. */
const shortSettings = {
  'propagation-floor': `${shortFloorMs / 1000}s`,
  'claim-life': '12s',
  'http-timeout': '5s',
  'min-refresh-interval': '10s',
  'lease-duration': '10s',
  'lease-renew-interval': '2s',
};

async function withFiveSeconds(world: World, telling: Telling): Promise<string> {
  const { kind, simulator } = world;
  if (kind === undefined) throw new Error('There is no node to change.');
  await oftener(kind);
  await world.kubectl(['wait', 'nodes', '--all', '--for=condition=Ready', '--timeout=120s']);
  await simulator.updateApp({ platform: 'youtube', clientId: paths.googleClient, accessLifetimeSeconds: 60 });
  await upgrade(world, values(world, shortSettings));
  const measured = await propagation(world, 3, telling);
  const longest = Math.max(...measured);
  if (longest > shortFloorMs)
    throw new Error(`${seconds(longest)} is more than the propagation floor of ${seconds(shortFloorMs)}.`);
  const lifeMs = Math.max(60_000, 4 * longest);
  const accessLifetimeSeconds = Math.ceil(lifeMs / 1000);
  await simulator.updateApp({ platform: 'youtube', clientId: paths.googleClient, accessLifetimeSeconds });
  return `at most ${seconds(longest)}; tokens live ${accessLifetimeSeconds} s from now on`;
}

async function streaming(world: World, telling: Telling): Promise<string> {
  const startedAt = Date.now();
  const endsAt = startedAt + telling.minutes * 60_000;
  await streams(world, consumer, values(world, shortSettings), telling);
  const left = endsAt - Date.now();
  if (left > 0) telling.say(`streams on for ${Math.round(left / 1000)} s`);
  if (left > 0) await sleep(left);
  const lines = (await linesOf(world, consumer)).filter((line) => line.at >= startedAt);
  const calls = lines.filter((line) => 'call' in line);
  const tokens = lines.filter((line) => 'changed' in line).length;
  const refused = calls.filter((line) => line.call !== 200);
  const took = (Date.now() - startedAt) / 1000;
  if (refused.length > 0) {
    const some = refused.slice(0, 5).map((line) => JSON.stringify(line));
    throw new Error(`${refused.length} of ${calls.length} calls were refused:\n${some.join('\n')}`);
  }
  if (calls.length < took * 0.8) throw new Error(`Only ${calls.length} calls in ${Math.round(took)} s.`);
  if (tokens < telling.minutes / 2) throw new Error(`Only ${tokens} new tokens in ${Math.round(took)} s.`);
  return `${calls.length} calls in ${Math.round(took)} s with ${tokens} new tokens, 0 refused`;
}

export const delivery: readonly Step[] = [
  { title: 'A pod that mounts the folder calls the platform with the token in it', carries: true, play: reads },
  { title: "Propagation with the kubelet's default settings", carries: true, play: withDefaults },
  { title: 'Propagation with syncFrequency 5 s', needsHost: true, play: withFiveSeconds },
  { title: 'No call is refused while pods, a node and releases change', needsHost: true, play: streaming },
];
