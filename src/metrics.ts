import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { type ChannelSource, renderChannels, scrapeFamilies } from './metrics-channels.ts';
import {
  controllerInstruments,
  dependencyInstruments,
  grantInstruments,
  messageInstruments,
} from './metrics-instruments.ts';

/** What is read at each scrape, from whoever knows it. Everything may be empty. */
/** How this replica stands among the others. */
export interface ReplicaGauges {
  readonly bucketsOwned: number;
  readonly live: number;
  /** Channels in buckets that nobody is seen to hold. */
  readonly refreshesHeld: number;
}

export interface MetricsSources {
  readonly channels: ChannelSource;
  queues(): Iterable<{ readonly controller: string; readonly depth: number; readonly oldestAgeMs: number }>;
  reflectors(): Iterable<{
    readonly kind: string;
    readonly lastContactAt?: number | undefined;
    readonly restarts: number;
  }>;
  replicas(): ReplicaGauges;
  /** How many channels wait for each dependency that does not answer. */
  channelsHeldBack(): Iterable<{ readonly dependency: string; readonly count: number }>;
  noticesWaiting(): Iterable<{ readonly sink: string; readonly count: number }>;
  /** When the Vault login ends, epoch milliseconds; undefined without a login, or when it has no end. */
  vaultLoginExpiresAt(): number | undefined;
}

/** Of a process that watches nothing. */
export const nothingToScrape: MetricsSources = {
  channels: { list: () => [] },
  queues: () => [],
  reflectors: () => [],
  replicas: () => ({ bucketsOwned: 0, live: 0, refreshesHeld: 0 }),
  channelsHeldBack: () => [],
  noticesWaiting: () => [],
  vaultLoginExpiresAt: () => undefined,
};

export interface MetricsOptions {
  readonly sources: MetricsSources;
  readonly version: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Above so many channels only the noteworthy have series of their own. */
  readonly channelLimit: number;
}

type Instruments = ReturnType<typeof grantInstruments> &
  ReturnType<typeof dependencyInstruments> &
  ReturnType<typeof controllerInstruments> &
  ReturnType<typeof messageInstruments>;

/** The instruments to count with, and the scrape. One per process; nothing is registered globally. */
export interface Metrics extends Instruments {
  /** Text exposition of everything; gauges of channels straight from the store, as it is at this moment. */
  scrape(): Promise<string>;
  readonly contentType: string;
  /** Lets an app's series begin at zero: `rate()` does not see the first increment of a series that was absent. */
  beginApp(platform: string, app: string): void;
  /** What exists, for the documentation. */
  describe(): Promise<readonly MetricDescription[]>;
}

export interface MetricDescription {
  readonly name: string;
  readonly type: string;
  readonly labels: readonly string[];
  readonly help: string;
}

export function createMetrics(options: MetricsOptions): Metrics {
  const registry = new Registry();
  const instruments: Instruments = {
    ...grantInstruments(registry),
    ...dependencyInstruments(registry),
    ...controllerInstruments(registry),
    ...messageInstruments(registry),
  };
  processGauges(registry, options);
  const runtime = nodeMetrics();
  return {
    ...instruments,
    contentType: registry.contentType,
    scrape: async () => {
      const { sources, now, channelLimit } = options;
      const kept = [await registry.metrics(), await runtime.metrics()];
      return renderChannels(sources.channels, now(), channelLimit) + kept.join('\n');
    },
    beginApp: (platform, app) => {
      instruments.tokenRefreshes.inc({ platform, app, result: 'Answered', family: 'None' }, 0);
      for (const counter of perPlatform(instruments)) counter.inc({ platform }, 0);
    },
    describe: () => describe(registry),
  };
}

/** The usual metrics of the process and of Node, without the three gauges that are misnamed as counters. */
function nodeMetrics(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const counted of ['handles', 'requests', 'resources']) {
    registry.removeSingleMetric(`nodejs_active_${counted}_total`);
  }
  return registry;
}

function perPlatform(instruments: Instruments): readonly Counter<'platform'>[] {
  return [
    instruments.tokenGapSeconds,
    instruments.commitRetries,
    instruments.unknownOutcomes,
    instruments.parkedAnswers,
    instruments.escrowsWritten,
    instruments.escrowsAdopted,
    instruments.escrowsUnreadable,
    instruments.falseAccusations,
    instruments.lifetimeChanges,
  ];
}

/** Gauges and counters whose values others keep; they are fetched at each scrape. */
function processGauges(registry: Registry, { sources, version }: MetricsOptions): void {
  const registers = [registry];
  new Gauge({
    name: 'socialchannel_build_info',
    help: 'Always 1; version of the operator and of Node.',
    labelNames: ['version', 'node_version'],
    registers,
  }).set({ version, node_version: process.version }, 1);
  new Gauge({
    name: 'socialchannel_buckets_owned',
    help: 'Shares of all channels that this replica looks after.',
    registers,
    collect() {
      this.set(sources.replicas().bucketsOwned);
    },
  });
  new Gauge({
    name: 'socialchannel_replicas',
    help: 'Replicas that share the channels, as far as this one sees.',
    registers,
    collect() {
      this.set(sources.replicas().live);
    },
  });
  new Gauge({
    name: 'socialchannel_refreshes_held',
    help: 'Channels that no replica is seen to look after, so that nothing is refreshed for them; all where this replica cannot reach the API server.',
    registers,
    collect() {
      this.set(sources.replicas().refreshesHeld);
    },
  });
  new Gauge({
    name: 'socialchannel_vault_token_expiration_timestamp_seconds',
    help: 'When the login to Vault ends; absent without a login.',
    registers,
    collect() {
      const at = sources.vaultLoginExpiresAt();
      // Not `reset`: that would set it to zero, an instant in 1970.
      if (at === undefined) this.remove();
      else this.set(at / 1000);
    },
  });
  heldBackGauge(registry, sources);
  noticeGauges(registry, sources);
  queueGauges(registry, sources);
  reflectorGauges(registry, sources);
}

function heldBackGauge(registry: Registry, sources: MetricsSources): void {
  new Gauge({
    name: 'socialchannel_channels_held_back',
    help: 'Channels that wait without a request because what they need, kubernetes or vault, does not answer; one at a time asks.',
    labelNames: ['dependency'],
    registers: [registry],
    collect() {
      for (const { dependency, count } of sources.channelsHeldBack()) this.set({ dependency }, count);
    },
  });
}

function noticeGauges(registry: Registry, sources: MetricsSources): void {
  new Gauge({
    name: 'socialchannel_notices_waiting',
    help: 'Notices that a sink has not taken yet, by sink; those that wait for others of the same owner included.',
    labelNames: ['sink'],
    registers: [registry],
    collect() {
      for (const { sink, count } of sources.noticesWaiting()) this.set({ sink }, count);
    },
  });
}

function queueGauges(registry: Registry, sources: MetricsSources): void {
  const registers = [registry];
  new Gauge({
    name: 'socialchannel_workqueue_depth',
    help: 'Keys that are due and wait for a worker, by controller.',
    labelNames: ['controller'],
    registers,
    collect() {
      for (const { controller, depth } of sources.queues()) this.set({ controller }, depth);
    },
  });
  new Gauge({
    name: 'socialchannel_workqueue_oldest_seconds',
    help: 'How long the first of the waiting keys has waited, by controller; zero when none waits.',
    labelNames: ['controller'],
    registers,
    collect() {
      for (const { controller, oldestAgeMs } of sources.queues()) this.set({ controller }, oldestAgeMs / 1000);
    },
  });
}

function reflectorGauges(registry: Registry, sources: MetricsSources): void {
  const registers = [registry];
  new Gauge({
    name: 'socialchannel_reflector_last_sync_timestamp_seconds',
    help: 'When the API server last said something about objects of this kind; absent before the first list.',
    labelNames: ['kind'],
    registers,
    collect() {
      for (const { kind, lastContactAt } of sources.reflectors()) {
        if (lastContactAt !== undefined) this.set({ kind }, lastContactAt / 1000);
      }
    },
  });
  new Counter({
    name: 'socialchannel_reflector_restarts_total',
    help: 'Watches that ended otherwise than cleanly and were taken up again, by kind.',
    labelNames: ['kind'],
    registers,
    collect() {
      this.reset();
      for (const { kind, restarts } of sources.reflectors()) this.inc({ kind }, restarts);
    },
  });
}

async function describe(registry: Registry): Promise<readonly MetricDescription[]> {
  const kept = await registry.getMetricsAsJSON();
  const described = kept.map(({ name, help, type }) => {
    // The library's types leave out `labelNames`, which every metric has.
    const { labelNames } = registry.getSingleMetric(name) as unknown as { readonly labelNames: readonly string[] };
    return { name, help, type: String(type), labels: labelNames };
  });
  const scraped = scrapeFamilies.map(({ name, help, labels }) => ({ name, help, type: 'gauge', labels }));
  return [...scraped, ...described].sort((a, b) => a.name.localeCompare(b.name));
}

/** The page docs/metrics.md; a test keeps it equal to this. */
export function metricsPage(metrics: readonly MetricDescription[]): string {
  const rows = metrics.map(({ name, type, labels, help }) => {
    const told = labels.map((label) => `\`${label}\``).join(', ');
    return `| \`${name}\` | ${type} | ${told || '–'} | ${help} |`;
  });
  return `${PAGE_HEAD}\n| Metric | Type | Labels | Meaning |\n| --- | --- | --- | --- |\n${rows.join('\n')}\n`;
}

const PAGE_HEAD = `# Metrics

Generated from the operator's registry by \`scripts/generate-docs.ts\`; do not edit.

Served at \`/metrics\` of \`--ops-address\`. Series with \`namespace\` and \`name\` are computed at the scrape from what the
operator knows at that moment, by the replica that owns the channel; use \`max by (namespace, name)\` in rules. What is
unknown is absent, not zero. Where a replica has more channels than \`--metrics-channel-limit\`, only those that are unhealthy or
within 30 days of their deadline have series of their own, the most urgent first and never more than the limit: so a scrape has
a bound, less than 2 MB with the default of 1,000, and raising the limit costs about 1 kB for each channel. The counts by platform
always tell of all. What an alert about a single channel needs is kept at every size; should more than the limit be urgent at
once, \`socialchannel_urgent_channels_without_series\` counts the rest and SocialChannelAlertsIncomplete fires. \`outcome\` and
\`result\` are \`Success\` or a failure's family: \`Transient\`, \`Rejected\`, \`Misconfigured\`, \`Unexpected\`. The usual \`process_\`
and \`nodejs_\` metrics are there too. Who asks for gzip gets it, as Prometheus does.
`;
