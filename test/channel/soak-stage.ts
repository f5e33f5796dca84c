import { readdirSync, readlinkSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { expect } from 'vitest';
import { FaultProxy } from '../harness/fault-proxy.ts';
import { heapEnvironment, liveHeapMiB } from '../harness/live-heap.ts';
import type { Operator } from '../harness/operator.ts';
import { uniqueName } from '../harness/scratch.ts';
import type { Stage } from '../harness/stage.ts';
import { sleep, waitFor } from '../harness/wait.ts';
import type { World } from '../harness/world.ts';
import type { FaultInput } from '../simulator/model.ts';
import { isConnected, statusOf } from './operated-stage.ts';
import { randomOf, replicaTroubles } from './replica-troubles.ts';
import {
  connectMany,
  expectWhole,
  gauge,
  type Replica,
  type ReplicatedStage,
  refreshed,
  replicatedStage,
} from './replicas-stage.ts';

export interface Soak {
  readonly world: World;
  readonly channels: number;
  /** Of an access token: each channel rotates about twice in it. */
  readonly lifeSeconds: number;
  readonly runMs: number;
  /** From one fault to the next. */
  readonly everyMs: number;
  readonly seed: number;
  /** Where this run has a Vault of its own. */
  readonly vault?: { seal(): Promise<void>; unseal(): Promise<void> };
}

/** Something that goes wrong for a while. Of two on the same thing the second waits for another turn. */
interface Fault {
  readonly name: string;
  readonly on: string;
  readonly forMs: number;
  begin(): Promise<unknown>;
  end(): Promise<unknown>;
}

/** A replica that no fault ends, from outside. */
interface Measure {
  /** In use after a collection. */
  readonly heapMiB: number;
  readonly residentMiB: number;
  readonly sockets: number;
}

/** More than this, and something is kept that nobody needs. */
const mayGrow: Measure = { heapMiB: 6, residentMiB: 48, sockets: 12 };

/** Faults without a pause, and then: nothing lost, nothing sent twice, nobody accused, all refreshed, memory and sockets flat. */
export async function soaked(soak: Soak): Promise<void> {
  const { world, channels, lifeSeconds, runMs, seed } = soak;
  const platform = await FaultProxy.start({ upstream: world.simulator?.url ?? '', authority: world.authority });
  const simulator = { url: platform.url, controlUrl: world.simulator?.controlUrl ?? '' };
  const replicated = await replicatedStage({ ...world, simulator }, heapEnvironment);
  try {
    const names = Array.from({ length: channels }, (_, index) => `live-${index + 1}`);
    const startedAt = Date.now();
    await connectMany(replicated, names, lifeSeconds, 60_000 + channels * 1_000);
    say(`${channels} channels are connected after ${seconds(Date.now() - startedAt)}; seed ${seed}`);
    await refreshed(replicated, names, Date.now(), 3 * lifeSeconds * 1_000);
    const [survivor] = replicated.replicas;
    const first = await measured(survivor.operator);
    say(`before the faults: ${shown(first)}`);
    await troubled(soak, replicated, platform, names);
    await recovered(replicated, names, lifeSeconds);
    await expectWhole(replicated);
    const last = await measured(survivor.operator);
    say(`after ${seconds(runMs)} of faults: ${shown(last)}`);
    for (const what of ['heapMiB', 'residentMiB', 'sockets'] as const)
      expect(last[what] - first[what], `${what}: from ${first[what]} to ${last[what]}`).toBeLessThan(mayGrow[what]);
  } finally {
    await replicated.removeAll();
    await platform.stop();
  }
}

async function troubled(
  soak: Soak,
  replicated: ReplicatedStage,
  platform: FaultProxy,
  names: readonly string[],
): Promise<void> {
  const { runMs, everyMs, seed } = soak;
  const random = randomOf(seed);
  const busy = new Map<string, Promise<unknown>>();
  const counts = new Map<string, number>();
  const startedAt = Date.now();
  let toldAt = startedAt;
  let failure: unknown;
  while (Date.now() - startedAt < runMs) {
    if (failure !== undefined) throw failure;
    const all = faultsOf(soak, replicated, platform, names, random);
    const fault = all[Math.floor(random() * all.length)];
    if (fault !== undefined && !busy.has(fault.on)) {
      counts.set(fault.name, (counts.get(fault.name) ?? 0) + 1);
      const course = play(fault)
        .catch((error) => {
          failure ??= error;
        })
        .finally(() => busy.delete(fault.on));
      busy.set(fault.on, course);
      await sleep(everyMs);
    }
    if (Date.now() - toldAt > 15_000) {
      toldAt = Date.now();
      say(`  ${seconds(toldAt - startedAt)}: ${sum(counts)} faults, now ${[...busy.keys()].join(', ') || 'none'}`);
    }
    await sleep(100);
  }
  await Promise.all(busy.values());
  if (failure !== undefined) throw failure;
  say(`${sum(counts)} faults: ${[...counts].map(([name, times]) => `${times} ${name}`).join(', ')}`);
  for (const { operator } of replicated.replicas) expect(operator.process.running).toBe(true);
}

/** Far longer than any of them takes on a busy machine: one that never ends would leave the rest of the run without faults. */
const tooLongMs = 180_000;

async function play({ name, on, forMs, begin, end }: Fault): Promise<void> {
  const course = async () => {
    await begin();
    await sleep(forMs);
    await end();
  };
  const limit = new AbortController();
  const overdue = async () => {
    await setTimeout(forMs + tooLongMs, undefined, { signal: limit.signal });
    throw new Error(`The fault "${name}" on ${on} did not end.`);
  };
  try {
    await Promise.race([course(), overdue()]);
  } finally {
    limit.abort();
  }
}

const sum = (counts: ReadonlyMap<string, number>) => [...counts.values()].reduce((total, times) => total + times, 0);

/** What could go wrong next. */
function faultsOf(
  { vault }: Soak,
  { stage, replicas }: ReplicatedStage,
  platform: FaultProxy,
  names: readonly string[],
  random: () => number,
): Fault[] {
  // Now and then longer than a Lease.
  const forMs = random() < 0.2 ? 18_000 : 1_000 + random() * 6_000;
  const shortMs = Math.min(forMs, 7_000);
  const channel = names[Math.floor(random() * names.length)] ?? '';
  const sealed = { name: 'Vault sealed', on: 'vault', forMs: shortMs };
  return [
    ...onReplicas(replicas, forMs),
    ...atPlatform(stage, platform, shortMs),
    ...onChannel(stage, channel),
    ...(vault === undefined ? [] : [{ ...sealed, begin: () => vault.seal(), end: () => vault.unseal() }]),
  ];
}

/** The first replica is never ended, so that its memory tells of the whole run. */
function onReplicas(replicas: readonly Replica[], forMs: number): Fault[] {
  return replicas.flatMap((replica, index) =>
    replicaTroubles
      .filter(({ isNewProcess }) => index > 0 || !isNewProcess)
      .map(({ name, begin, end }) => ({
        ...{ name, on: `replica ${index}`, forMs },
        ...{ begin: () => begin(replica), end: () => end(replica) },
      })),
  );
}

function atPlatform({ simulator }: Stage, proxy: FaultProxy, forMs: number): Fault[] {
  const answers = (name: string, fault: Pick<FaultInput, 'kind' | 'status' | 'retryAfterSeconds'>): Fault => ({
    ...{ name: `platform: ${name}`, on: 'platform', forMs },
    begin: () => simulator.addFault({ platform: 'twitch', operation: 'any', ...fault }),
    end: () => simulator.clearFaults({ platform: 'twitch' }),
  });
  return [
    {
      ...{ name: 'platform cut off', on: 'platform', forMs },
      ...{ begin: () => proxy.refuse(), end: () => proxy.accept() },
    },
    answers('503', { kind: 'status', status: 503 }),
    answers('429', { kind: 'status', status: 429, retryAfterSeconds: 2 }),
    answers('HTML', { kind: 'html' }),
    answers('answers lost', { kind: 'answer-lost' }),
  ];
}

function onChannel(stage: Stage, channel: string): Fault[] {
  const edit = (name: string, patch: object, back: object = {}): Fault => ({
    ...{ name, on: channel, forMs: 2_000 },
    begin: () => stage.patch('SocialChannel', channel, patch),
    end: () => stage.patch('SocialChannel', channel, back),
  });
  const policy = (word: 'Suspended' | 'Automatic') => ({ spec: { refresh: { policy: word } } });
  return [
    edit('owner edited', { spec: { owner: { name: uniqueName('Dana') } } }),
    edit('refresh asked for', { metadata: { annotations: { 'socialops.dev/refresh': uniqueName('now') } } }),
    edit('suspended', policy('Suspended'), policy('Automatic')),
    {
      ...{ name: 'Secret deleted', on: channel, forMs: 0 },
      // Not back yet from the last time.
      begin: () => stage.delete('Secret', `${channel}-token`).catch(unlessMissing),
      end: async () => {},
    },
  ];
}

function unlessMissing(error: unknown): void {
  if (!String(error).includes('not found')) throw error;
}

/** Everything is up again: shares are even, each channel is Connected, and each has been refreshed since. */
async function recovered(replicated: ReplicatedStage, names: readonly string[], lifeSeconds: number): Promise<void> {
  const { stage } = replicated;
  await replicated.balanced();
  const since = Date.now();
  await refreshed(replicated, names, since, 3 * lifeSeconds * 1_000);
  const areWhole = async () => (await stage.list('SocialChannel')).map(statusOf).every(isConnected);
  await waitFor(areWhole, { timeoutMs: 30_000, everyMs: 500, what: 'all channels to be Connected' });
  const secrets = (await stage.list('Secret')).filter(({ metadata }) => metadata.name.endsWith('-token'));
  expect(secrets).toHaveLength(names.length);
  say(`all ${names.length} channels were refreshed ${seconds(Date.now() - since)} after the last fault`);
}

async function measured(operator: Operator): Promise<Measure> {
  const heapMiB = Math.round(await liveHeapMiB(operator));
  const residentMiB = Math.round((await gauge(operator, 'process_resident_memory_bytes')) / 2 ** 20);
  return { heapMiB, residentMiB, sockets: socketsOf(operator.process.pid ?? 0) };
}

function socketsOf(pid: number): number {
  const folder = `/proc/${pid}/fd`;
  const isSocket = (name: string) => {
    try {
      return readlinkSync(`${folder}/${name}`).startsWith('socket:');
    } catch {
      // Closed since it was listed.
      return false;
    }
  };
  return readdirSync(folder).filter(isSocket).length;
}

const shown = ({ heapMiB, residentMiB, sockets }: Measure) =>
  `heap ${heapMiB} MiB, resident ${residentMiB} MiB, ${sockets} sockets`;
const seconds = (ms: number) => `${(ms / 1_000).toFixed(0)} s`;
const say = (line: string) => process.stderr.write(`soak: ${line}\n`);
