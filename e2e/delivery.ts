import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { waitFor } from '../test/harness/wait.ts';
import { paths } from './names.ts';
import type { Step } from './steps.ts';
import type { World } from './world.ts';

/** A line of e2e/consumer.mjs. */
type Line =
  | { readonly at: number; readonly changed: string }
  | { readonly at: number; readonly call: number; readonly token: string; readonly error?: string };

/** The pod that reads its token, on a worker of its own choice. */
async function startConsumer(world: World, name: string, node?: string): Promise<void> {
  const program = readFileSync(join(import.meta.dirname, 'consumer.mjs'), 'utf8');
  const url = `${world.platforms.url}/www.googleapis.com/youtube/v3/channels?part=id%2Csnippet&mine=true`;
  const metadata = { name, namespace: paths.stage };
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata,
    spec: {
      ...(node === undefined ? {} : { nodeSelector: { 'kubernetes.io/hostname': node } }),
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
  await startConsumer(world, 'encoder-e2e');
  const enough = 10;
  const calls = await waitFor(
    async () => {
      const seen = (await linesOf(world, 'encoder-e2e')).filter((line) => 'call' in line);
      return seen.length >= enough && seen;
    },
    { timeoutMs: 60_000, everyMs: 1_000, what: `${enough} calls of the pod` },
  );
  const refused = calls.filter((line) => 'call' in line && line.call !== 200);
  if (refused.length > 0) throw new Error(`${refused.length} of ${calls.length}: ${JSON.stringify(refused[0])}`);
  return `${calls.length} calls of the platform's API, each answered 200`;
}

export const delivery: readonly Step[] = [
  { title: 'A pod that mounts the folder calls the platform with the token in it', play: reads },
];
