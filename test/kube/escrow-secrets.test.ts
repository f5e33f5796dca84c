import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Failure } from '../../src/core/failure.ts';
import type { ApiClient } from '../../src/kube/client.ts';
import { EscrowSecrets } from '../../src/kube/escrow-secrets.ts';
import { uniqueName } from '../harness/scratch.ts';
import { sharedWorld } from '../harness/shared-world.ts';
import { clientFor, operatorToken } from './cluster-client.ts';

const world = sharedWorld();
const namespace = uniqueName('operator');
const channel = { namespace: 'main-stage', name: 'twitch' };
const sealed = Buffer.from('sealed bytes');
let api: ApiClient;
let escrow: EscrowSecrets;

beforeAll(async () => {
  api = clientFor(world.cluster, { token: await operatorToken(world, namespace) });
  escrow = new EscrowSecrets(api, namespace);
});
afterAll(async () => {
  await api.close();
  await world.admin.delete({ apiVersion: 'v1', kind: 'Namespace', name: namespace });
});

const secrets = () => world.admin.list({ apiVersion: 'v1', kind: 'Secret', namespace });

describe('a sealed answer in the cluster', () => {
  it('is listed for its channel alone, once however often it was put there', async () => {
    await escrow.put(channel, 'claim-1', sealed);
    await escrow.put(channel, 'claim-1', Buffer.from('other bytes'));
    await escrow.put({ ...channel, name: 'twitch-2' }, 'claim-2', sealed);
    const listed = await escrow.list(channel);
    expect(listed.map(({ claimId, bytes }) => [claimId, Buffer.from(bytes).toString()])).toEqual([
      ['claim-1', 'sealed bytes'],
    ]);
    expect(await escrow.list({ ...channel, name: 'nobody' })).toEqual([]);
  });

  it('tells people whose it is, and nothing by its name and labels; nobody can edit it', async () => {
    const [secret] = (await secrets()).filter(
      ({ metadata }) => metadata.annotations?.['socialops.dev/escrow-claim'] === 'claim-1',
    );
    expect(secret?.metadata.annotations).toMatchObject({ 'socialops.dev/escrow-channel': 'main-stage/twitch' });
    expect(secret?.metadata.name).toMatch(/^socialchannel-escrow-[0-9a-f]{40}$/);
    expect(Object.values(secret?.metadata.labels ?? {})).toEqual([expect.stringMatching(/^[0-9a-f]{40}$/)]);
    const reference = { apiVersion: 'v1', kind: 'Secret', namespace, name: secret?.metadata.name ?? '' };
    await expect(world.admin.patch(reference, { data: { answer: 'AAAA' } })).rejects.toMatchObject({ status: 422 });
  });

  it('is removed as what was listed, never as a later one of its name, and again without harm', async () => {
    const [listed] = await escrow.list(channel);
    const place = listed?.place ?? { name: '', uid: '' };
    await escrow.remove({ ...place, uid: 'another' });
    expect(await escrow.list(channel)).toHaveLength(1);
    await escrow.remove(place);
    await escrow.remove(place);
    expect(await escrow.list(channel)).toEqual([]);
  });

  it('could be kept, or it is said why not; nothing is left by the question', async () => {
    const before = (await secrets()).length;
    await escrow.check();
    expect(await secrets()).toHaveLength(before);
    await expect(new EscrowSecrets(api, 'nowhere').check()).rejects.toBeInstanceOf(Failure);
  });

  it('is not there for certain only where the API server said so', async () => {
    const elsewhere = new EscrowSecrets(clientFor(world.cluster, { server: 'https://127.0.0.1:1' }), namespace);
    const failure = await elsewhere.list(channel).catch((error) => error);
    expect(failure).toBeInstanceOf(Failure);
    expect(failure).toMatchObject({ family: 'Transient', reason: 'KubernetesUnavailable' });
  });
});
