import { request } from 'undici';
import { type Operator, type OperatorOptions, startOperator } from '../test/harness/operator.ts';
import { hasPlatform } from '../test/harness/platform-process.ts';
import { uniqueName } from '../test/harness/scratch.ts';
import { channelWithTokens, createStage, type Stage } from '../test/harness/stage.ts';
import { sleep } from '../test/harness/wait.ts';
import type { World } from '../test/harness/world.ts';
import { ApiStub } from './api-stub.ts';
import { IdleChannels } from './idle-channels.ts';
import { cpuMs, peakMiB, restingMiB } from './process-facts.ts';
import type { Report } from './report.ts';
import { type EventCost, type IdleResult, median } from './results.ts';
import { shipped } from './shipped.ts';
import { StatusWatch } from './status-watch.ts';

export interface IdleSizes {
  readonly server: readonly number[];
  readonly stub: readonly number[];
  /** Edits, and refreshes, of the one channel that is not idle. */
  readonly events: number;
}

/** The one channel that something happens to. */
const PROBE = 'probe';
const WARM_UP = 3;

interface Bed {
  readonly world: World;
  readonly report: Report;
  readonly stage: Stage;
  readonly watch: StatusWatch;
  readonly idle: IdleChannels;
  readonly operator: OperatorOptions;
  readonly events: number;
}

/** The operator beside ever more channels that have nothing to do: memory, scrape, and what one channel's event costs. */
export async function measureIdle(
  world: World,
  report: Report,
  sizes: IdleSizes,
  keep: (result: IdleResult) => void,
): Promise<void> {
  const bed = await makeBed(world, report, sizes.events);
  // The stub first: its lists end with the real one, which holds the probe alone until then.
  for (const count of sizes.stub) {
    const { channelText: channel, secretText: secret } = bed.idle;
    const stub = await ApiStub.start({ world, namespace: bed.stage.namespace, count: count - 1, channel, secret });
    keep(await measureOne(bed, count, 'Stub', { ...bed.operator, kubernetesUrl: stub.url }));
    await stub.stop();
  }
  let made = 0;
  for (const count of sizes.server) {
    report.say(`creating idle channels in the API server, up to ${count}`);
    const from = made;
    made = count - 1;
    await bed.idle.create(world, from, made, (done) => report.say(`  ${from + done} of ${made}`));
    keep(await measureOne(bed, count, 'Server', bed.operator));
  }
  await bed.watch.stop();
}

async function makeBed(world: World, report: Report, events: number): Promise<Bed> {
  if (!hasPlatform('simulator')) throw new Error('this checkout has no simulator of platforms');
  const stage = await createStage(world);
  const app = await stage.simulatedApp('twitch', 'twitch', {}, { rateLimit: { requests: 1_000_000, window: '1s' } });
  await stage.apply(channelWithTokens(PROBE, 'twitch', await stage.simulatedGrant('twitch', app, PROBE)));
  const watch = await StatusWatch.start(world, stage.namespace);
  const options: OperatorOptions = {
    world,
    namespaces: [stage.namespace],
    vaultPrefix: stage.vaultPrefix,
    platformEndpoints: { twitch: world.simulator?.url ?? '' },
    ...shipped(),
    // Two refreshes of the probe follow each other closely.
    args: ['--min-refresh-interval', '1s'],
  };
  const first = await startOperator(options);
  const isConnected = { count: 1, what: 'the probe to be connected', timeoutMs: 60_000 };
  await watch.until(({ status }) => status?.state === 'Connected', isConnected);
  await stage.patch('SocialChannel', PROBE, { spec: { bootstrap: null } });
  await untilSettled(watch);
  await first.remove();
  report.say('one channel is connected; the idle ones are made in its image');
  const [channel, secret] = [await stage.get('SocialChannel', PROBE), await stage.get('Secret', `${PROBE}-token`)];
  return { world, report, stage, watch, idle: new IdleChannels(channel, secret), operator: options, events };
}

function untilSettled(watch: StatusWatch): Promise<number> {
  const isSettled = ({ metadata, spec, status }: NonNullable<ReturnType<StatusWatch['get']>>) =>
    spec.bootstrap === undefined && status?.observedGeneration === metadata.generation;
  return watch.untilOne(PROBE, isSettled, 'the probe to be settled');
}

async function measureOne(
  bed: Bed,
  channels: number,
  source: IdleResult['source'],
  options: OperatorOptions,
): Promise<IdleResult> {
  const { report } = bed;
  report.say(`${channels} channels (${source === 'Stub' ? 'lists filled up by a stub' : 'all in the API server'})`);
  const startedAt = Date.now();
  const operator = await startOperator({ ...options, untilReady: false });
  await untilReady(operator, report);
  const readyMs = Date.now() - startedAt;
  const pid = operator.process.pid ?? 0;
  const idle = await restingMiB(pid);
  report.say(`  ready after ${readyMs} ms, ${idle.toFixed(0)} MiB at rest`);
  const scrape = await scraped(operator);
  const edit = await events(bed, pid, editSpec);
  const refresh = await events(bed, pid, askRefresh);
  const residentMiB = { idle, after: await restingMiB(pid), peak: peakMiB(pid) };
  report.say(
    `  an edit ${edit.ms.toFixed(0)} ms, a refresh ${refresh.ms.toFixed(0)} ms, a scrape ${scrape.bytes} bytes (${scrape.wireBytes} sent)`,
  );
  await operator.remove();
  return { kind: 'idle', channels, source, readyMs, residentMiB, scrape, edit, refresh };
}

async function untilReady(operator: Operator, report: Report): Promise<void> {
  for (let waited = 0; waited < 6_000; waited += 1) {
    if ((await operator.readyz().catch(() => 0)) === 200) return;
    if (!operator.process.running) throw new Error(`the operator ended:\n${operator.output().slice(-2_000)}`);
    if (waited % 50 === 49) report.say('  the operator is not ready yet');
    await sleep(100);
  }
  throw new Error(`the operator was not ready in ten minutes:\n${operator.output().slice(-2_000)}`);
}

async function scraped({ opsAddress }: Operator): Promise<IdleResult['scrape']> {
  const found: { bytes: number; wireBytes: number; ms: number }[] = [];
  for (let count = 0; count < 5; count += 1) {
    const startedAt = performance.now();
    // As Prometheus asks.
    const wire = await bytesOf(opsAddress, { 'accept-encoding': 'gzip' });
    const ms = performance.now() - startedAt;
    found.push({ bytes: await bytesOf(opsAddress, {}), wireBytes: wire, ms });
  }
  const { bytes = 0, wireBytes = 0 } = found.at(-1) ?? {};
  return { bytes, wireBytes, ms: median(found.map(({ ms }) => ms)) };
}

async function bytesOf(opsAddress: string, headers: Record<string, string>): Promise<number> {
  const answer = await request(`http://${opsAddress}/metrics`, { headers });
  return (await answer.body.arrayBuffer()).byteLength;
}

type Event = (bed: Bed) => Promise<number>;

/** The first few warm up code that has not run yet. */
async function events(bed: Bed, pid: number, happen: Event): Promise<EventCost> {
  for (let count = 0; count < WARM_UP; count += 1) await happen(bed);
  const before = cpuMs(pid);
  const took: number[] = [];
  for (let count = 0; count < bed.events; count += 1) took.push(await happen(bed));
  return { ms: median(took), cpuMs: (cpuMs(pid) - before) / bed.events };
}

/** From the edit's own request to the event that brings the status which has seen it. */
async function editSpec({ stage, watch }: Bed): Promise<number> {
  const startedAt = Date.now();
  const owner = { name: uniqueName('Dana'), email: 'dana@example.com' };
  const { metadata } = await stage.patch('SocialChannel', PROBE, { spec: { owner } });
  const isSeen = ({ status }: { status?: { observedGeneration?: number } }) =>
    (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0);
  return (await watch.untilOne(PROBE, isSeen as never, 'status to follow an edit')) - startedAt;
}

async function askRefresh({ stage, watch }: Bed): Promise<number> {
  // The distance that two refreshes keep is not part of the cost.
  await sleep(1_100);
  const startedAt = Date.now();
  const wish = uniqueName('now');
  await stage.patch('SocialChannel', PROBE, { metadata: { annotations: { 'socialops.dev/refresh': wish } } });
  const isDone = ({ status }: { status?: { lastHandledRefreshRequest?: string } }) =>
    status?.lastHandledRefreshRequest === wish;
  return (await watch.untilOne(PROBE, isDone as never, 'a refresh that was asked for')) - startedAt;
}
