import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isConnected, statusOf } from '../channel/operated-stage.ts';
import { argsOf, render } from '../chart/helm.ts';
import { type Operator, startOperator } from '../harness/operator.ts';
import { channelWithTokens, createStage, type Stage, shortDurations } from '../harness/stage.ts';
import { waitFor } from '../harness/wait.ts';
import { type OwnWorld, startWorld } from '../harness/world.ts';
import type { App } from '../simulator/model.ts';
import { blocksOf, type Shell, shellOf } from './pasted.ts';

/** The page names its namespaces and channels; a cluster of its own has them under these very names. */
const blocks = blocksOf('docs/backup-and-restore.md');
const release = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  namespace: 'social-system',
  name: 'social-channel-operator',
};
const channels = ['main-stage-twitch', 'second-twitch'] as const;

let world: OwnWorld;
let stage: Stage;
let shell: Shell;
let app: App;
let operator: Operator;
const operators: Operator[] = [];
const used = new Set<string>();

beforeAll(async () => {
  world = await startWorld({ platforms: ['simulator', 'oidc'] });
  [stage, shell] = await Promise.all([createStage(world, { namespace: 'main-stage' }), shellOf(world)]);
  operator = await run([]);
  await deployOperator();
  app = await stage.simulatedApp('twitch', 'twitch');
  for (const name of channels)
    await stage.apply(channelWithTokens(name, 'twitch', await stage.simulatedGrant('twitch', app, name)));
  for (const name of channels) await until(name, 'it to connect', isConnected);
  // Used up; applied again with them it would be another story.
  for (const name of channels) await stage.patch('SocialChannel', name, { spec: { bootstrap: null } });
});
afterAll(() => world?.stop());

async function run(args: readonly string[]): Promise<Operator> {
  const started = await startOperator({
    world,
    namespaces: [stage.namespace],
    vaultPrefix: stage.vaultPrefix,
    operatorNamespace: release.namespace,
    platformEndpoints: { twitch: world.simulator?.url ?? '' },
    args: [...shortDurations, ...args],
  });
  operators.push(started);
  return started;
}

/** No kubelet runs here: the test starts and ends the operator as this object says. */
async function deployOperator(): Promise<void> {
  const labels = { 'app.kubernetes.io/component': 'operator' };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'operator', image: 'operator:1' }] } };
  const { namespace, name, ...type } = release;
  await world.admin.apply({
    ...type,
    metadata: { namespace, name },
    spec: { replicas: 0, selector: { matchLabels: labels }, template },
  });
}

/** The block of the page that holds these words, with names in it replaced by those of this run. */
async function paste(words: string, names: Readonly<Record<string, string>> = {}): Promise<string> {
  const found = blocks.filter(({ mark, text }) => mark === '' && text.includes(words));
  expect([words, found.length]).toEqual([words, 1]);
  const [{ text } = { text: '' }] = found;
  used.add(text);
  const filled = Object.entries(names).reduce((all, [from, to]) => {
    expect(all).toContain(from);
    return all.replaceAll(from, to);
  }, text);
  return (await shell.paste(filled)).stdout;
}

const until = (name: string, what: string, condition: (status: ReturnType<typeof statusOf>) => boolean) =>
  stage.waitFor('SocialChannel', name, (object) => condition(statusOf(object)), { what, timeoutMs: 30_000 });
const replicas = async () => (await world.admin.get(release)).spec.replicas as number;
const sent = async () => (await stage.simulator.spends({ clientId: app.clientId })).length;
const record = (name: string) => world.root.read(stage.vaultPath(name, 'grant'));

async function stopPaused(): Promise<void> {
  await world.admin.patch(release, { spec: { replicas: 2 } });
  await paste('--replicas=0');
  expect(await replicas()).toBe(0);
  await operator.stop();
}

describe('a Vault that comes back without a grant', () => {
  it('is met paused, spends nothing, says what it lacks, and the channel is given up or goes on by the commands of the page', async () => {
    const id = (await paste('get namespace kube-system')).trim();
    expect((await record('main-stage-twitch'))?.data?.identity).toMatchObject({ clusterId: id });
    await stopPaused();
    await paste('"policy":"Suspended"');
    const metadata = stage.vaultPath('main-stage-twitch', 'grant').replace('social/', '/v1/social/metadata/');
    expect(await world.root.status('DELETE', metadata)).toBe(204);
    const before = await sent();

    expect(await paste('--replicas=2')).toMatch(/^main-stage +main-stage-twitch /m);
    expect(await replicas()).toBe(2);
    await operator.start();
    const missing = statusOf(await until('main-stage-twitch', 'the loss', ({ reason }) => reason === 'GrantMissing'));
    const [, version = ''] = /socialops\.dev\/accept-missing-grant=(\d+\.\d+)/.exec(missing.message ?? '') ?? [];
    await stage.patch('SocialChannel', 'second-twitch', { spec: { owner: { name: 'Robin Doe' } } });
    expect(await sent()).toBe(before);

    await paste('accept-missing-grant', { '2.17': version });
    await until('main-stage-twitch', 'it to wait for a login', ({ reason }) => reason === 'NeverConnected');
    await paste('"policy":"Automatic"');
    const { generation = 0 } = statusOf(await stage.get('SocialChannel', 'second-twitch'));
    await paste('socialops.dev/refresh=');
    await until('second-twitch', 'its refresh', (status) => (status.generation ?? 0) > generation);
    expect(await sent()).toBe(before + 1);
  });
});

describe('another cluster', () => {
  it('adopts what the first one kept by the flag of the page, and sends nothing for it', async () => {
    const from = (await record('second-twitch'))?.data?.identity as { clusterId: string };
    await stopPaused();
    const before = await sent();
    // The new cluster has the manifests and nothing else: no status, no Secret with a token.
    for (const name of channels) {
      await stage.delete('SocialChannel', name);
      await stage.apply(channelWithTokens(name, 'twitch', undefined));
    }
    operator = await run(['--cluster-id', 'spare']);
    await until('second-twitch', 'the refusal', ({ reason }) => reason === 'AdoptionRequired');
    await operator.stop();
    const install = blocks.find(({ text }) => text.includes('helm install'))?.text ?? '';
    const [, shown = ''] = /--set config\.adopt-cluster=(\S+)/.exec(install) ?? [];
    const args = argsOf(await render({ replicaCount: 0, config: { 'adopt-cluster': shown } }));
    expect(args).toContain(`--adopt-cluster=${shown}`);
    operator = await run(['--cluster-id', 'spare', '--adopt-cluster', from.clusterId]);
    await until('second-twitch', 'the adoption', isConnected);
    expect((await record('second-twitch'))?.data?.identity).toMatchObject({ clusterId: 'spare' });
    expect(await sent()).toBe(before);
  });
});

describe('a namespace that was made anew', () => {
  it('gets its grants back by the annotation of the page', async () => {
    const oldUid = stage.namespaceUid;
    const apiVersion = 'v1';
    const namespace = { apiVersion, kind: 'Namespace', name: stage.namespace };
    const manifests = await Promise.all([
      stage.get('SocialApp', 'twitch'),
      stage.get('Secret', 'twitch-app'),
      stage.get('SocialChannel', 'second-twitch'),
    ]);
    await stage.remove();
    await world.admin.create({ apiVersion, kind: 'Namespace', metadata: { name: namespace.name } });
    await stage.apply(
      manifests.map(({ apiVersion: version, kind, metadata: { name, labels }, spec, data }) => ({
        apiVersion: version,
        kind,
        metadata: { name, ...(labels === undefined ? {} : { labels }) },
        ...(spec === undefined ? {} : { spec }),
        ...(data === undefined ? {} : { data }),
      })),
    );
    await until('second-twitch', 'the refusal', ({ reason }) => reason === 'AdoptionRequired');
    const before = await sent();
    const adoptFrom = blocks.find(({ text }) => text.includes('adopt-from='))?.text ?? '';
    const [, shown = ''] = /adopt-from=(\S+)/.exec(adoptFrom) ?? [];
    await paste('adopt-from=', { [shown]: oldUid });
    await until('second-twitch', 'the adoption', isConnected);
    expect(await sent()).toBe(before);
    await shell.paste(`kubectl annotate namespace main-stage socialops.dev/adopt-from-`);
    await waitFor(
      async () => (await world.admin.get(namespace)).metadata.annotations?.['socialops.dev/adopt-from'] === undefined,
      { what: 'the annotation to be gone' },
    );
  });
});

describe('the page', () => {
  it('has no other commands than those that ran, those of the plugin, and those that need more than servers', () => {
    const rest = blocks.filter(({ mark, text }) => mark === '' && !used.has(text));
    expect(rest.map(({ text }) => text)).toEqual([expect.stringContaining('kubectl socialchannel doctor')]);
    expect(blocks.filter(({ mark }) => mark !== '').map(({ text }) => text.split(' ').slice(0, 2).join(' '))).toEqual([
      'helm test',
      'etcdutl snapshot',
      'helm install',
    ]);
  });

  it('leads to a whole ledger', async () => {
    expect(await stage.simulator.summary({ clientId: app.clientId })).toMatchObject({
      doubleSpends: [],
      lostGrants: [],
      complaints: [],
    });
    const asked = operators.flatMap((one) => one.log()).filter(({ state }) => state === 'NeedsReauth');
    expect(asked).toEqual([]);
  });
});
