import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documents, type KubernetesObject } from '../harness/api-client.ts';
import { repository } from '../harness/scratch.ts';
import { waitFor } from '../harness/wait.ts';
import type { App } from '../simulator/model.ts';
import { conditionOf, isConnected, type OperatedStage, operatedStage, type Status } from './operated-stage.ts';

let stage: OperatedStage;
let app: App;

/** As an administrator gives it beside deploy/rbac.yaml, bound where the operator serves. */
async function permit(): Promise<void> {
  const text = readFileSync(join(repository, 'deploy/rbac-rollout.yaml'), 'utf8');
  const { namespace } = stage.operator;
  const [role, binding] = documents(text.replaceAll('social-system', namespace));
  await stage.apply([
    { ...role, kind: 'Role', metadata: { name: role?.metadata.name } },
    { ...binding, kind: 'RoleBinding', metadata: { name: 'restarts' }, roleRef: { ...binding?.roleRef, kind: 'Role' } },
  ]);
}

beforeAll(async () => {
  stage = await operatedStage({ access: 'namespaces' });
  app = await stage.simulatedApp('twitch', 'twitch');
});
afterAll(() => stage?.removeAll());

const rollout = (...names: string[]) => ({
  rollout: { workloads: names.map((name) => ({ kind: 'Deployment', name })), minInterval: '10m' },
});

function deployment(name: string): object {
  const labels = { app: name };
  const pod = { metadata: { labels }, spec: { containers: [{ name: 'bot', image: 'bot:1' }] } };
  const spec = { replicas: 1, selector: { matchLabels: labels }, template: pod };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name }, spec };
}

const workload = (name: string) => ({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: stage.namespace, name });
const read = (name: string) => stage.world.admin.get(workload(name));
const notesOf = (object: KubernetesObject): Record<string, string> => object.spec.template.metadata.annotations ?? {};
const notes = async (name: string) => notesOf(await read(name));
const says = (reason: string) => (status: Status) => conditionOf(status, 'WorkloadsRestarted')?.reason === reason;
const refreshNow = (channel: string) =>
  stage.patch('SocialChannel', channel, { metadata: { annotations: { 'socialops.dev/refresh': `${Date.now()}` } } });

/** The ReplicaSets that the Deployment's own controller made: one for each restart, and the first. */
async function replicaSets(name: string): Promise<number> {
  const all = await stage.world.admin.list({ apiVersion: 'apps/v1', kind: 'ReplicaSet', namespace: stage.namespace });
  return all.filter(({ metadata }) => metadata.ownerReferences?.some((owner) => owner.name === name)).length;
}

describe('a Deployment that spec.rollout names', () => {
  it('is not touched without the permission; the condition says which it is, and the channel works', async () => {
    await stage.apply(deployment('bot'));
    await stage.connect('twitch', app, 'twitch', 'main', { spec: rollout('bot') });
    const status = await stage.until('main', 'the refusal', says('PermissionDenied'));
    expect(conditionOf(status, 'WorkloadsRestarted')?.message).toMatch(
      /may not get deployments .*rbac\.rolloutRestarts/,
    );
    await stage.until('main', 'it to be connected', isConnected);
    expect(conditionOf(await stage.status('main'), 'Ready')?.status).toBe('True');
    expect(await notes('bot')).toEqual({});
  });

  it('is restarted by its controller once the permission is there, and says with which token', async () => {
    await permit();
    const status = await stage.until('main', 'the restart', says('Restarted'));
    expect(await notes('bot')).toEqual({
      'token.socialops.dev/main': `${status.epoch}.${status.generation}`,
      'socialops.dev/restarted-at': expect.stringMatching(/^\d{4}-.*Z$/),
    });
    await waitFor(async () => (await replicaSets('bot')) === 2, { what: 'new pods by the controller' });
    const events = await stage.events('main');
    expect(events.filter(({ reason }) => reason === 'Restarted').map(({ message }) => message)).toEqual([
      'Deployment bot is restarted: the Secret has a new access token (spec.rollout).',
    ]);
    expect(JSON.stringify(await read('bot'))).not.toContain((await stage.secret('main-token'))?.access_token);
  });

  it('is not restarted by another start of the operator, a kill, or a Secret that is put back', async () => {
    const before = (await read('bot')).metadata.generation;
    await stage.operator.restart({ kill: true });
    await stage.delete('Secret', 'main-token');
    await stage.waitFor('Secret', 'main-token', () => true, { what: 'the Secret to be back', timeoutMs: 10_000 });
    await stage.patch('SocialChannel', 'main', { spec: { owner: { name: 'Robin Doe' } } });
    const { metadata } = await stage.get('SocialChannel', 'main');
    await stage.until('main', 'it to be seen', (status) => status.observedGeneration === metadata.generation);
    expect((await read('bot')).metadata.generation).toBe(before);
  });

  it('waits for the interval after a renewal, and then gets the newest token in one restart', async () => {
    const restartedAt = (await notes('bot'))['socialops.dev/restarted-at'];
    const { generation = 0 } = await stage.status('main');
    await refreshNow('main');
    const waiting = await stage.until('main', 'the wait', says('RestartWaiting'));
    expect(waiting.generation).toBeGreaterThan(generation);
    const at = new Date(Date.parse(restartedAt ?? '') + 600_000).toISOString().replace('.000', '');
    expect(conditionOf(waiting, 'WorkloadsRestarted')?.message).toContain(`it is restarted at ${at}`);
    expect((await notes('bot'))['socialops.dev/restarted-at']).toBe(restartedAt);
    // Ten minutes pass: the operator looks again when the channel changes.
    const earlier = { 'socialops.dev/restarted-at': new Date(Date.now() - 601_000).toISOString() };
    await stage.world.admin.patch(workload('bot'), { spec: { template: { metadata: { annotations: earlier } } } });
    await refreshNow('main');
    const isLatest = async () => {
      const { epoch, generation: now } = await stage.status('main');
      return (await notes('bot'))['token.socialops.dev/main'] === `${epoch}.${now}`;
    };
    await waitFor(isLatest, { what: 'the restart', timeoutMs: 20_000 });
  });

  it('is told of when it does not exist, and left alone when it comes with pods younger than the token', async () => {
    await stage.connect('twitch', app, 'twitch', 'second', { spec: rollout('later') });
    const status = await stage.until('second', 'the lack', says('WorkloadNotFound'));
    expect(conditionOf(status, 'WorkloadsRestarted')?.message).toContain(`Deployment ${stage.namespace}/later`);
    // The floor of this stage is 4 s.
    await waitFor(
      async () =>
        Date.now() >
        Date.parse(
          (await stage.get('Secret', 'second-token')).metadata.annotations?.['socialops.dev/projected-at'] ?? '',
        ) +
          6_000,
      { what: 'the token to be old enough', timeoutMs: 10_000 },
    );
    await stage.apply(deployment('later'));
    await stage.until('second', 'it to be found', says('Restarted'));
    expect(await notes('later')).toEqual({});
  });

  it('keeps the ledger clean', () => stage.expectCleanLedger());
});
