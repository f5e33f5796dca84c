import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compactEtcd } from '../harness/cluster.ts';
import { FaultProxy } from '../harness/fault-proxy.ts';
import { type Operator, startOperator } from '../harness/operator.ts';
import { channelWithTokens, createStage, type Stage, shortDurations } from '../harness/stage.ts';
import { waitFor } from '../harness/wait.ts';
import { type OwnWorld, startWorld } from '../harness/world.ts';
import { errorIn, type Fleet, isConnected, launchFleet, logLine, members, plusOne } from './fleet.ts';

let world: OwnWorld;
let proxy: FaultProxy;
let stage: Stage;
let fleet: Fleet;
let operator: Operator;

beforeAll(async () => {
  world = await startWorld();
  proxy = await FaultProxy.start({ upstream: world.cluster.url, authority: world.authority });
  stage = await createStage(world);
  await stage.oidc.setAccessLifetime({ seconds: 3600 });
  const simulator = world.simulator?.url ?? '';
  operator = await startOperator({
    world,
    namespaces: [stage.namespace],
    vaultPrefix: stage.vaultPrefix,
    kubernetesUrl: proxy.url,
    platformEndpoints: { twitch: simulator, youtube: simulator },
    privateHosts: [stage.oidcHost],
    args: [...shortDurations],
  });
  fleet = await launchFleet({ world, stage });
  await fleet.connected();
});

afterAll(async () => {
  await operator?.kill();
  await proxy?.stop();
  await world?.stop();
});

const lists = { method: 'GET', path: /\/socialchannels\?limit=/ };
const watches = { method: 'GET', path: /\/socialchannels\?.*watch=true/ };

/** A channel of its own app, whose deletion forgets the grant. */
async function aside(name: string): Promise<object[]> {
  const app = await stage.simulatedApp('twitch', `${name}-app`);
  const grant = await stage.simulatedGrant('twitch', app, name);
  return channelWithTokens(name, `${name}-app`, grant, { deletionPolicy: 'Forget' });
}

async function isKnown(name: string): Promise<boolean> {
  return (await operator.metrics()).includes(`name="${name}"`);
}

async function becomesConnected(name: string): Promise<void> {
  await stage.waitFor('SocialChannel', name, isConnected, { timeoutMs: 40_000, what: `${name} to be Connected` });
}

async function isGone(name: string): Promise<void> {
  const gone = async () => (await stage.find('SocialChannel', name)) === undefined && !(await isKnown(name));
  await waitFor(gone, { timeoutMs: 40_000, what: `channel ${name} to be gone, and the operator to know it` });
  const record = await world.root.read(stage.vaultPath(name, 'grant'));
  expect(JSON.stringify(record?.data)).not.toContain('token');
}

describe('an API server that is lost under the watch', () => {
  it('killed and restarted: what was deleted and created is noticed, refreshes go on, the process stays', async () => {
    const created = await aside('created');
    await stage.apply(await aside('deleted'));
    await becomesConnected('deleted');
    const [sent, before, since] = [await fleet.sent(), await fleet.generations(), operator.log().length];
    const listed = proxy.seen(lists).length;
    // Asked for at the last moment: some of them are amid their refresh when the API server goes.
    await fleet.askRefresh();
    await world.servers.cluster.apiServer.kill();
    const isTold = (line: Record<string, unknown>) =>
      String(line.watch).startsWith('socialchannels') && Number(line.attempt) >= 2;
    const line = await logLine(operator, isTold, { since, what: 'the watch to be told of' });
    expect(errorIn(line)).toMatch(/Could not watch socialchannels in namespace \S+: the API server cannot be reached/);
    expect(await operator.healthz()).toBe(200);
    await world.servers.cluster.apiServer.start();
    await Promise.all([stage.delete('SocialChannel', 'deleted'), stage.apply(created)]);
    await Promise.all([isGone('deleted'), becomesConnected('created'), fleet.refreshed(before, 60_000)]);
    expect(await fleet.sent()).toEqual(plusOne(sent));
    expect(operator.process.running).toBe(true);
    // A server that was just started may not know our version any more (410), but says so once.
    expect(proxy.seen(lists).length).toBeLessThanOrEqual(listed + 1);
    expect(operator.log().length - since).toBeLessThan(100);
    await fleet.expectWhole([operator]);
  });

  it('out of reach while etcd is compacted (410): what was deleted and created meanwhile is noticed by a new list', async () => {
    await stage.apply(await aside('deleted'));
    await becomesConnected('deleted');
    const created = await aside('created-later');
    const [sent, before] = [await fleet.sent(), await fleet.generations()];
    const [listed, watched] = [proxy.seen(lists).length, proxy.seen(watches).length];
    await proxy.refuse();
    await stage.delete('SocialChannel', 'deleted');
    await stage.apply(created);
    // Not the finalizer's: this one is gone for good before the operator can see it.
    await stage.delete('SocialChannel', 'created');
    await stage.patch('SocialChannel', 'created', { metadata: { finalizers: null } });
    await fleet.askRefresh();
    await compactEtcd(world.cluster);
    // Its watch cache goes with it, which would still serve the old version.
    await world.servers.cluster.apiServer.restart();
    await proxy.accept();
    await proxy.waitForRequests(lists, listed + 1, 60_000);
    expect(proxy.seen(watches).length).toBeGreaterThan(watched);
    await Promise.all([isGone('deleted'), becomesConnected('created-later'), fleet.refreshed(before, 60_000)]);
    expect(await isKnown('created')).toBe(false);
    expect(await fleet.sent()).toEqual(plusOne(sent));
    await fleet.expectWhole([operator]);
  });

  it('leaves every projected Secret with the newest grant', async () => {
    for (const name of members) {
      const { status } = await stage.get('SocialChannel', name);
      const secret = await stage.get('Secret', `${name}-token`);
      const { epoch, generation } = status as { epoch: number; generation: number };
      expect(secret.metadata.annotations?.['socialops.dev/grant']).toBe(`${epoch}.${generation}`);
    }
  });
});
