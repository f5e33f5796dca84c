import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { simulatedPlatforms } from '../harness/casting.ts';
import { type NoticeSinks, startNoticeSinks } from '../harness/notice-sinks.ts';
import { type Operator, startOperator } from '../harness/operator.ts';
import { uniqueName } from '../harness/scratch.ts';
import { sharedWorld } from '../harness/shared-world.ts';
import { bootstrapSecret, channelWithTokens, shortDurations } from '../harness/stage.ts';
import { waitFor } from '../harness/wait.ts';
import type { App } from '../simulator/model.ts';
import { isConnected, type Minted, type OperatedStage, operatedStage } from './operated-stage.ts';

const dayMs = 86_400_000;
let sinks: NoticeSinks;
let stage: OperatedStage;
let second: Operator;
let app: App;

beforeAll(async () => {
  const world = sharedWorld();
  sinks = await startNoticeSinks(world);
  stage = await operatedStage({ args: sinks.flags });
  // Another replica with the same sinks: each channel is told of by the one that looks after it.
  second = await startOperator({
    world,
    namespaces: [stage.namespace],
    vaultPrefix: stage.vaultPrefix,
    operatorNamespace: stage.operator.namespace,
    platformEndpoints: simulatedPlatforms(world.simulator?.url ?? ''),
    args: [...shortDurations, ...sinks.flags],
  });
  // A channel that changes hands between a notice and the status that remembers it may be told of twice, under one id.
  const areShared = async () => {
    const [ours, theirs] = [await sharesOf(stage.operator), await sharesOf(second)];
    return ours > 0 && Math.abs(ours - theirs) <= 1;
  };
  await waitFor(areShared, { what: 'the two replicas to share the channels', timeoutMs: 60_000 });
  app = await stage.simulatedApp('twitch', 'app', {}, { grantLifetime: '720h' });
});

async function sharesOf(operator: Operator): Promise<number> {
  return Number(/^socialchannel_buckets_owned (\d+)$/m.exec(await operator.metrics())?.[1]);
}
afterAll(async () => {
  second?.files.stopRenewing();
  await second?.kill();
  await stage?.removeAll();
  await sinks?.stop();
});

/** What the webhook was told of a channel, in order. */
const told = (name: string) =>
  sinks.events.filter(({ subject }) => subject === `${stage.namespace}/${name}`).map(({ data }) => data.state);
const mails = (name: string) =>
  sinks.mails.filter(({ content }) => plain(content).includes(`${stage.namespace}/${name}`));
/** Without the soft line breaks of quoted-printable. */
const plain = (content: string) => content.replace(/=\r?\n/g, '');

async function untilTold(name: string, states: readonly string[]): Promise<void> {
  const isTold = () => told(name).length >= states.length && mails(name).length >= states.length;
  await waitFor(async () => isTold(), { what: `${name} to be told as ${states.join(', ')}`, timeoutMs: 90_000 });
  expect(told(name)).toEqual(states);
  const isRemembered = ({ notices = [] }: Awaited<ReturnType<typeof stage.status>>) =>
    notices.length === 2 && notices.every(({ kind }) => (kind === 'Recovered' ? 'Connected' : kind) === states.at(-1));
  await stage.until(name, 'its status to remember that', isRemembered, 90_000);
}

async function connectedAgo(name: string, days: number): Promise<Minted> {
  const grant = await stage.simulatedGrant('twitch', app, name);
  await stage.apply(channelWithTokens(name, 'app', { ...grant, consentedAt: Date.now() - days * dayMs }, grant.spec));
  await stage.until(name, 'to connect', ({ state }) => state === 'Connected' || state === 'Expiring', 90_000);
  return grant;
}

async function rejected(name: string, { accountId }: Minted): Promise<void> {
  await stage.simulator.disconnect({ platform: 'twitch', accountId, clientId: app.clientId });
  await stage.patch('SocialChannel', name, {
    metadata: { annotations: { 'socialops.dev/refresh': uniqueName('now') } },
  });
  await stage.until(name, 'its rejection', ({ state }) => state === 'NeedsReauth', 90_000);
}

async function consents(name: string, { accountId }: Minted): Promise<void> {
  const secret = uniqueName(name);
  const grant = await stage.simulator.mintGrant({ platform: 'twitch', clientId: app.clientId, accountId });
  await stage.apply(bootstrapSecret(secret, { ...grant, consentedAt: Date.now() }));
  await stage.patch('SocialChannel', name, { spec: { bootstrap: { secretRef: { name: secret } } } });
  await stage.until(name, 'to be well again', isConnected, 90_000);
}

describe('an owner', () => {
  it('is told once of a deadline, once of a rejection and once of the recovery, by each sink', async () => {
    const grant = await connectedAgo('whole', 25);
    await untilTold('whole', ['Expiring']);
    await rejected('whole', grant);
    await untilTold('whole', ['Expiring', 'NeedsReauth']);
    await consents('whole', grant);
    await untilTold('whole', ['Expiring', 'NeedsReauth', 'Connected']);
    expect(sinks.complaints).toEqual([]);
    const [mail] = mails('whole');
    expect(mail).toMatchObject({ to: ['dana@example.com'], isEncrypted: true, user: 'operator' });
    expect(mail?.content).toContain('multipart/alternative');
  });

  it('is told after a restart of what happened before it, and not again of what was told', async () => {
    const told = await connectedAgo('early', 0);
    await rejected('early', told);
    await untilTold('early', ['NeedsReauth']);
    const later = await connectedAgo('later', 0);
    sinks.isDown = true;
    await rejected('later', later);
    const before = sinks.attempts;
    await waitFor(async () => sinks.attempts > before, { what: 'an attempt while the sink is down' });
    await Promise.all([stage.operator.kill(), second.kill()]);
    sinks.isDown = false;
    await Promise.all([stage.operator.start(), second.start()]);
    await untilTold('later', ['NeedsReauth']);
    await untilTold('early', ['NeedsReauth']);
  });

  it('gets one mail of many channels, and none is lost while the sinks are down', async () => {
    const names = ['many-1', 'many-2', 'many-3', 'many-4'];
    const grants = await Promise.all(names.map((name) => connectedAgo(name, 0)));
    sinks.isDown = true;
    await Promise.all(names.map((name, at) => rejected(name, grants[at] as Minted)));
    // The channels are looked after all the same.
    const other = await connectedAgo('other', 0);
    await stage.until('other', 'to connect although no sink answers', isConnected, 90_000);
    expect(other.accountId).toBeDefined();
    sinks.isDown = false;
    for (const name of names) await untilTold(name, ['NeedsReauth']);
    // One per replica at most: each tells of the channels that it looks after.
    const digests = new Set(names.flatMap(mails));
    expect(digests.size).toBeLessThanOrEqual(2);
  });

  it('is counted, and no secret is told', async () => {
    const scrapes = `${await stage.operator.metrics()}${await second.metrics()}`;
    expect(scrapes).toMatch(/socialchannel_notices_total\{sink="Mail",kind="NeedsReauth",result="Sent"\} [1-9]/);
    expect(scrapes).toMatch(/socialchannel_notices_waiting\{sink="Webhook"\} 0/);
    const everything = JSON.stringify([sinks.events, sinks.mails]) + stage.operator.output() + second.output();
    const { access_token } = (await stage.secret('other-token')) ?? {};
    expect(access_token).toBeDefined();
    expect(everything).not.toContain(access_token);
    expect(everything).not.toContain('correct horse');
  });
});
