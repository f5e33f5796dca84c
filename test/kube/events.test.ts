import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SocialChannel } from '../../src/api/resources.gen.ts';
import { KubeChannels } from '../../src/kube/channels.ts';
import type { ApiClient } from '../../src/kube/client.ts';
import { KubeEvents } from '../../src/kube/events.ts';
import { sharedWorld } from '../harness/shared-world.ts';
import { createTenant, type Tenant } from '../harness/tenant.ts';
import { clientFor, operatorToken } from './cluster-client.ts';
import { app, channel } from './manifests.ts';

const world = sharedWorld();
let tenant: Tenant;
let api: ApiClient;
let regarding: SocialChannel;

beforeAll(async () => {
  tenant = await createTenant(world);
  api = clientFor(world.cluster, { token: await operatorToken(world, tenant.namespace) });
  await tenant.apply([app('twitch'), channel('twitch')]);
  regarding = (await new KubeChannels(api).get({ namespace: tenant.namespace, name: 'twitch' })) as SocialChannel;
});
afterAll(async () => {
  await api.close();
  await tenant.remove();
});

describe('an Event', () => {
  it('stands with its channel, as kubectl describe finds it', async () => {
    const lost: unknown[] = [];
    const events = new KubeEvents({ client: api, instance: 'operator-0', onLost: (error) => lost.push(error) });
    await events.emit(regarding, 'Warning', 'AccessRevoked', 'The person took the access back.');
    await events.emit(regarding, 'Normal', 'Connected', 'x'.repeat(5_000));
    expect(lost).toEqual([]);
    const [first, second] = (await tenant.events('twitch')).sort((a, b) => b.type.localeCompare(a.type));
    expect(first).toMatchObject({
      type: 'Warning',
      reason: 'AccessRevoked',
      message: 'The person took the access back.',
      involvedObject: { kind: 'SocialChannel', name: 'twitch', uid: regarding.metadata.uid },
      reportingComponent: 'social-channel-operator',
      reportingInstance: 'operator-0',
    });
    expect(second?.message).toHaveLength(1_024);
  });

  it('that cannot be written is counted and stops nobody', async () => {
    const lost: unknown[] = [];
    const token = await world.admin.token(tenant.namespace, 'default');
    const powerless = clientFor(world.cluster, { token });
    const events = new KubeEvents({ client: powerless, instance: 'i', onLost: (error) => lost.push(error) });
    await expect(events.emit(regarding, 'Normal', 'Connected', 'text')).resolves.toBeUndefined();
    await powerless.close();
    expect(lost).toMatchObject([{ family: 'Misconfigured', reason: 'PermissionDenied' }]);
  });
});
