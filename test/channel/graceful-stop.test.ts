import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FaultProxy } from '../harness/fault-proxy.ts';
import { type Operator, startOperator } from '../harness/operator.ts';
import { sharedWorld } from '../harness/shared-world.ts';
import { createStage, type Stage, shortDurations } from '../harness/stage.ts';
import { waitFor } from '../harness/wait.ts';
import { type Fleet, launchFleet, members, plusOne, statusOf } from './fleet.ts';

const world = sharedWorld();
let platforms: FaultProxy;
let video: FaultProxy;
let stage: Stage;
let fleet: Fleet;
let operator: Operator;

beforeAll(async () => {
  const { authority, simulator, oidc } = world;
  platforms = await FaultProxy.start({ upstream: simulator?.url ?? '', authority });
  video = await FaultProxy.start({ upstream: oidc?.url ?? '', authority });
  const oidcUrl = video.url.replace('127.0.0.1', 'localhost');
  stage = await createStage(world);
  operator = await startOperator({
    world,
    namespaces: [stage.namespace],
    vaultPrefix: stage.vaultPrefix,
    platformEndpoints: { twitch: platforms.url, youtube: platforms.url },
    privateHosts: [new URL(oidcUrl).host],
    args: [...shortDurations],
  });
  fleet = await launchFleet({ world, stage, oidcUrl });
  await fleet.connected();
});

afterAll(async () => {
  await operator?.remove();
  await Promise.all([platforms?.stop(), video?.stop()]);
  await stage?.remove();
});

describe('SIGTERM while platforms have not answered yet', () => {
  it('goes unready first, finishes and stores every refresh in flight, and a second SIGTERM changes nothing', async () => {
    const [sent, before] = [await fleet.sent(), await fleet.generations()];
    const toTokenEndpoint = { method: 'POST', path: /\/token$/ };
    const seen = [platforms.seen(toTokenEndpoint).length, video.seen(toTokenEndpoint).length] as const;
    for (const proxy of [platforms, video]) proxy.rule({ ...toTokenEndpoint, action: { delayMs: 1_500 } });
    await fleet.askRefresh();
    await platforms.waitForRequests(toTokenEndpoint, seen[0] + 3);
    await video.waitForRequests(toTokenEndpoint, seen[1] + 1);
    operator.process.signal('SIGTERM');
    const isUnready = async () => (await operator.readyz()) === 503;
    await waitFor(isUnready, { timeoutMs: 1_000, everyMs: 10, what: 'the operator to say that it is not ready' });
    expect(await operator.healthz()).toBe(200);
    // Nothing was stored yet when it said so.
    expect(await fleet.generations()).toEqual(before);
    operator.process.signal('SIGTERM');
    expect(operator.process.running).toBe(true);
    expect(await operator.process.ended()).toEqual({ code: 0, signal: null });
    expect(await fleet.sent()).toEqual(plusOne(sent));
    expect(await fleet.generations()).toEqual(plusOne(before));
    for (const name of members) await isFinished(name);
    await operator.start();
    await fleet.connected();
    await fleet.expectWhole([operator]);
  });
});

/** Vault holds the answer and no claim, and pods have it already. */
async function isFinished(name: string): Promise<void> {
  const { epoch, generation } = statusOf(await stage.get('SocialChannel', name));
  const record = await world.root.read(stage.vaultPath(name, 'grant'));
  expect(record?.data).toMatchObject({ epoch, generation });
  expect(record?.data).not.toHaveProperty('claim');
  const secret = await stage.get('Secret', `${name}-token`);
  expect(secret.metadata.annotations?.['socialops.dev/grant']).toBe(`${epoch}.${generation}`);
}
