import { formatInstant } from '../src/core/instant.ts';
import type { KubernetesObject } from '../test/harness/api-client.ts';
import { type Operator, type OperatorOptions, startOperator } from '../test/harness/operator.ts';
import { channelWithTokens, createStage, type Stage } from '../test/harness/stage.ts';
import type { World } from '../test/harness/world.ts';
import type { App } from '../test/simulator/model.ts';
import { inParallel } from './parallel.ts';
import type { Report } from './report.ts';
import { shipped } from './shipped.ts';
import { StatusWatch } from './status-watch.ts';

/** Requests that the bench itself has in flight while it prepares. */
const WIDTH = 32;
/** So much of a token's life is over in `makeDue`: more than any profile waits. */
const SPENT = 0.9;

export type Tokens = 'Rotating' | 'Reusable';

/** Channels of Twitch, connected by the operator itself, that can be made due as often as one likes. */
export interface Fleet {
  readonly stage: Stage;
  readonly clientId: string;
  readonly clientSecret: string | null;
  readonly names: readonly string[];
  readonly watch: StatusWatch;
  /** Stopped. `start` runs it as it ships. */
  readonly operator: Operator;
  generation(name: string): number;
  /** Makes every channel due now, as if the operator had been away: no operator may run. */
  makeDue(): Promise<void>;
  close(): Promise<void>;
}

export interface FleetOptions {
  readonly tokens: Tokens;
  readonly count: number;
  /** What the operator is given beside the usual. */
  readonly operator?: Partial<OperatorOptions>;
}

export async function connectFleet(world: World, report: Report, options: FleetOptions): Promise<Fleet> {
  const { tokens, count } = options;
  const stage = await createStage(world);
  const isPublic = tokens === 'Rotating';
  const input = isPublic ? { clientType: 'public' as const, rotate: 'always' as const } : { rotate: 'never' as const };
  // No budget: how fast we can be is measured, not how patient.
  const app = await stage.simulatedApp('twitch', 'twitch', input, { rateLimit: { requests: 1_000_000, window: '1s' } });
  const names = await applyChannels(stage, app, report, options);
  const watch = await StatusWatch.start(world, stage.namespace);
  const operator = await startOperator({
    world,
    namespaces: [stage.namespace],
    vaultPrefix: stage.vaultPrefix,
    platformEndpoints: { twitch: world.simulator?.url ?? '' },
    ...shipped(),
    ...options.operator,
  });
  await untilConnected(watch, report, count);
  // An imported login: what it was imported from is no longer looked at.
  await inParallel(names, WIDTH, async (name) => {
    await stage.patch('SocialChannel', name, { spec: { bootstrap: null } });
  });
  await untilConnected(watch, report, count, (channel) => channel.spec.bootstrap === undefined);
  await operator.stop();
  return {
    stage,
    names,
    watch,
    operator,
    clientId: app.clientId,
    clientSecret: app.clientSecret,
    generation: (name) => Number(watch.get(name)?.status?.generation ?? 0),
    makeDue: () => inParallel(names, WIDTH, (name) => age(world, stage, name)),
    close: async () => {
      await watch.stop();
      await operator.remove();
    },
  };
}

async function applyChannels(
  stage: Stage,
  app: App,
  report: Report,
  { tokens, count }: FleetOptions,
): Promise<string[]> {
  const names = Array.from({ length: count }, (_, index) => `ch-${String(index).padStart(5, '0')}`);
  report.say(`applying ${count} channels with ${tokens.toLowerCase()} refresh tokens`);
  await inParallel(names, WIDTH, async (name) => {
    await stage.apply(channelWithTokens(name, 'twitch', await stage.simulatedGrant('twitch', app, name)));
  });
  return names;
}

async function untilConnected(
  watch: StatusWatch,
  report: Report,
  count: number,
  isToo: (channel: KubernetesObject) => boolean = () => true,
): Promise<void> {
  const isSettled = (channel: KubernetesObject) =>
    channel.status?.state === 'Connected' &&
    channel.status.observedGeneration === channel.metadata.generation &&
    isToo(channel);
  await watch.until(isSettled, {
    count,
    what: `${count} channels to be connected`,
    timeoutMs: 60_000 + count * 200,
    onProgress: (done) => report.say(`  the operator has connected ${done} of ${count}`),
  });
}

/** Moves record, Secret and status of one channel back in time alike, so that a restart finds it due and nothing odd. */
async function age(world: World, stage: Stage, name: string): Promise<void> {
  const path = stage.vaultPath(name, 'grant');
  const stored = await world.root.read(path);
  if (stored?.data == null) throw new Error(`there is no record of channel ${name} to be aged`);
  const tokens = stored.data.tokens as { obtainedAt: string; accessExpiresAt: string };
  const lifeMs = Date.parse(tokens.accessExpiresAt) - Date.parse(tokens.obtainedAt);
  const obtainedAt = Date.now() - lifeMs * SPENT;
  const expiresAt = obtainedAt + lifeMs;
  const aged = { ...tokens, obtainedAt: iso(obtainedAt), accessExpiresAt: iso(expiresAt) };
  await world.root.write(path, { ...stored.data, tokens: aged }, stored.version);
  const expires = formatInstant(expiresAt);
  await stage.patch('Secret', `${name}-token`, { stringData: { expires_at: expires } });
  const now = formatInstant(Date.now());
  const status = {
    accessTokenExpiryTime: expires,
    lastRefreshTime: formatInstant(obtainedAt),
    nextRefreshTime: formatInstant(obtainedAt + lifeMs / 2),
    lastCheckTime: now,
  };
  await stage.patch('SocialChannel', name, { status }, 'status');
}

const iso = (at: number): string => new Date(at).toISOString();
