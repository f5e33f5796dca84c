import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { SocialChannel } from '../../src/api/resources.gen.ts';
import { channelWithTokens, shortLeases } from '../harness/stage.ts';
import { sleep, waitFor } from '../harness/wait.ts';
import { type CrashStage, createCrashStage, type Kill } from './crash-stage.ts';
import { type Fate, fatesOf } from './fates.ts';
import {
  beforeClaim,
  claimWritten,
  commitWritten,
  noAnswer,
  notCommitted,
  notForwarded,
  notProjected,
} from './kill-places.ts';

const channelNames = Array.from({ length: 20 }, (_, index) => `channel-${String(index + 1).padStart(2, '0')}`);
const rotationsEach = 10;
const accessLifetimeS = 12;
/** As long as the propagation floor admits: on a busy machine a request that is given up would look like one that was killed. */
const httpTimeoutS = 3;
const longestRunMs = 240_000;
/** Between the rejection of a replay and its verdict in Vault stand two calls. */
const longestVerdictMs = 2_000;

/** Two in each window, in an order that mixes what is harmless with what is not. */
const places = [
  beforeClaim,
  noAnswer,
  claimWritten,
  notProjected,
  notCommitted,
  notForwarded,
  commitWritten,
  beforeClaim,
  noAnswer,
  notCommitted,
];

/** Rotations of all channels together between a restart and the next kill. */
const rotationsBetweenKills = 12;

let stage: CrashStage;
let clientId: string;

beforeAll(async () => {
  stage = await createCrashStage({
    platform: 'oidc',
    accessLifetimeS,
    durations: [
      ['--propagation-floor', '6s'],
      ['--claim-life', '7s'],
      ['--http-timeout', `${httpTimeoutS}s`],
      ['--min-refresh-interval', '1s'],
      ['--min-token-lifetime', '1s'],
      ['--confirm-pause', '1s'],
      ['--re-read-interval', '2s'],
      ['--shutdown-grace', '20s'],
      // So many refreshes can be in flight at a kill.
      ['--workers', '4'],
      ...shortLeases,
    ].flat(),
  });
  ({ clientId } = await stage.oidcApp('video'));
});

afterAll(async () => {
  await stage?.removeAll();
});

it('20 channels rotate 10 times each through 10 kills, and only answers in flight are lost', async () => {
  const startedAt = Date.now();
  await connectAll();
  const kills: Kill[] = [];
  for (const place of places) {
    const already = await rotations();
    await waitFor(async () => (await rotations()) >= already + rotationsBetweenKills, {
      timeoutMs: 60_000,
      everyMs: 250,
      what: `${rotationsBetweenKills} rotations between two kills`,
    });
    kills.push(await stage.killAt(place, { withinMs: 30_000 }));
  }
  const lastReadyAt = kills.at(-1)?.readyAt ?? startedAt;
  const statuses = await waitFor(() => allSettled(lastReadyAt), {
    timeoutMs: longestRunMs - (Date.now() - startedAt),
    everyMs: 500,
    what: 'every channel to be Connected with its rotations, or RefreshInterrupted',
  });
  const runMs = Date.now() - startedAt;
  // In peace, so that nothing is in flight when the books are compared.
  await stage.operator.stop();
  const fates = await fatesOf(stage, clientId, kills);
  tell(runMs, kills, fates, statuses);
  expectOnlyAnswersInFlightLost(fates, statuses);
  await expectLedgerAgrees(fates, kills);
  expect(kills.map(({ window }) => window).sort()).toEqual(places.map(({ window }) => window).sort());
  expect(runMs).toBeLessThan(longestRunMs);
}, 300_000);

type Status = NonNullable<SocialChannel['status']>;

/** One after the other, so that their refreshes do not all fall together. */
async function connectAll(): Promise<void> {
  for (const name of channelNames) {
    const grant = await stage.oidcGrant(clientId, name);
    await stage.apply(channelWithTokens(name, 'video', grant));
    await sleep((accessLifetimeS * 500) / channelNames.length);
  }
}

async function rotations(): Promise<number> {
  const { refreshesByGrant } = await stage.oidc.summary({ clientId });
  return Object.values(refreshesByGrant).reduce((sum, count) => sum + count, 0);
}

/** The statuses once every channel has come to rest after the last kill; false until then. */
async function allSettled(since: number): Promise<ReadonlyMap<string, Status> | false> {
  const grants = await stage.oidc.grants({ clientId });
  const spends = await stage.oidc.spends({ clientId });
  const rotated = new Set(
    spends
      .filter(({ outcome, answeredAt }) => outcome === 'granted' && answeredAt > since)
      .map(({ grantId }) => grantId),
  );
  const done = grants.filter(({ id, refreshes }) => refreshes >= rotationsEach && rotated.has(id));
  const isDone = new Set(done.map(({ accountId }) => accountId));
  const objects = await stage.list('SocialChannel');
  const statuses = new Map(objects.map(({ metadata, status }) => [metadata.name, (status ?? {}) as Status]));
  const isSettled = (name: string) => {
    const { state, reason } = statuses.get(name) ?? {};
    return state === 'NeedsReauth' || (state === 'Connected' && reason === 'Healthy' && isDone.has(name));
  };
  return channelNames.every(isSettled) && statuses;
}

/** Exactly the channels whose newest token reached nobody say so; all the others are as if nothing had happened. */
function expectOnlyAnswersInFlightLost(fates: readonly Fate[], statuses: ReadonlyMap<string, Status>): void {
  for (const { channel, isLost, inFlightAt, rotations: count } of fates) {
    const { state, reason } = statuses.get(channel) ?? {};
    const facts = {
      channel,
      state,
      reason,
      wasInFlight: inFlightAt.length > 0,
      hasRotatedEnough: count >= rotationsEach,
    };
    if (isLost) expect(facts).toMatchObject({ state: 'NeedsReauth', reason: 'RefreshInterrupted', wasInFlight: true });
    else expect(facts).toMatchObject({ state: 'Connected', reason: 'Healthy', hasRotatedEnough: true });
  }
}

/**
 * The platform's own word: one replay of each interrupted channel, which ends its grant, and nothing else. A kill that falls
 * on the replay itself makes the next process ask once more, because nobody heard the answer.
 */
async function expectLedgerAgrees(fates: readonly Fate[], kills: readonly Kill[]): Promise<void> {
  const { doubleSpends, lostGrants, serverErrors } = await stage.oidc.summary({ clientId });
  const lost = fates.filter(({ isLost }) => isLost).map(({ channel }) => channel);
  const replays = Map.groupBy(doubleSpends, ({ grantId }) => grantId);
  const byGrant = new Map((await stage.oidc.grants({ clientId })).map(({ id, accountId }) => [id, accountId]));
  expect([...replays.keys()].map((id) => byGrant.get(id ?? '')).sort()).toEqual(lost);
  for (const [id, [first, ...more]] of replays) {
    let before = first;
    for (const next of more.sort((one, other) => one.arrivedAt - other.arrivedAt)) {
      const wasHeard = !kills.some(({ at }) => before !== undefined && isUnheard(before, at) && at < next.arrivedAt);
      expect({ channel: byGrant.get(id ?? ''), wasHeard }).toMatchObject({ wasHeard: false });
      before = next;
    }
  }
  expect(lostGrants.map(({ accountId }) => accountId).sort()).toEqual(lost);
  expect(serverErrors).toEqual([]);
}

/** It was on its way at the kill, or so lately answered that its verdict may not have been written. */
function isUnheard({ arrivedAt, answeredAt }: { arrivedAt: number; answeredAt: number }, killedAt: number): boolean {
  return arrivedAt <= killedAt && killedAt - answeredAt <= longestVerdictMs;
}

function tell(
  runMs: number,
  kills: readonly Kill[],
  fates: readonly Fate[],
  statuses: ReadonlyMap<string, Status>,
): void {
  const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
  const total = fates.reduce((sum, fate) => sum + fate.rotations, 0);
  const lines = [
    `20 channels, ${total} rotations, ${kills.length} kills in ${seconds(runMs)}`,
    ...kills.map(
      (kill) =>
        `  killed ${kill.window} (${kill.server}) at ${victimOf(kill, fates)}; ready again after ${seconds(kill.readyAt - kill.at)}`,
    ),
    `  per rotation: ${(stage.proxies.vault.requests.length / total).toFixed(1)} requests to Vault, ${(stage.proxies.kubernetes.requests.length / total).toFixed(1)} to the API server`,
    ...fates
      .filter(({ inFlightAt }) => inFlightAt.length > 0)
      .map(
        ({ channel, inFlightAt, isLost }) =>
          `  ${channel}: spend in flight at a kill ${inFlightAt.join(', ')}; ${isLost ? 'answer lost' : 'answer stored after all'}; ${statuses.get(channel)?.reason}`,
      ),
  ];
  const unexplained = fates.filter(({ isLost, inFlightAt }) => isLost && inFlightAt.length === 0);
  const said = unexplained.flatMap(({ channel }) => stage.operator.log().filter((line) => isAbout(line, channel)));
  process.stderr.write(`${[...lines, ...said.map((line) => JSON.stringify(line))].join('\n')}\n`);
}

function isAbout({ channel }: Record<string, unknown>, name: string): boolean {
  return String(channel).endsWith(`/${name}`);
}

/** Vault and the API server are asked by the channel's name, the platform by its token. */
function victimOf({ request }: Kill, fates: readonly Fate[]): string {
  const named = /channel-\d\d/.exec(request.path)?.[0];
  if (named !== undefined) return named;
  const token = new URLSearchParams(request.body).get('refresh_token') ?? '';
  const hash = createHash('sha256').update(token).digest('hex');
  return (
    fates.find(({ tokenHashes }) => tokenHashes.includes(hash))?.channel ?? 'a channel that the ledger does not know'
  );
}
