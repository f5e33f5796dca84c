import { expect } from 'vitest';
import type { KubernetesObject } from '../harness/api-client.ts';
import type { Operator } from '../harness/operator.ts';
import { uniqueName } from '../harness/scratch.ts';
import { channelWithTokens, oidcPlatform, type Stage } from '../harness/stage.ts';
import { sleep, waitFor } from '../harness/wait.ts';
import type { World } from '../harness/world.ts';
import type { Spend } from '../oidc/model.ts';

/**
 * One channel of each kind: `gaming` (Twitch, refresh token), `bot` (Twitch, client credentials), `vlog` (YouTube) and
 * `video` (the OAuth server whose refresh tokens are single-use: a replay ends the whole grant).
 */
export const members = ['gaming', 'bot', 'vlog', 'video'] as const;
export type Member = (typeof members)[number];

export interface Status {
  readonly state?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly epoch?: number;
  readonly generation?: number;
  readonly conditions?: readonly { type: string; status: string; reason: string; message: string }[];
}

export const statusOf = (object: KubernetesObject | undefined): Status => (object?.status ?? {}) as Status;
export const condition = (object: KubernetesObject | undefined, type: string) =>
  statusOf(object).conditions?.find((one) => one.type === type);
export const isConnected = (object: KubernetesObject): boolean =>
  statusOf(object).state === 'Connected' && condition(object, 'Ready')?.status === 'True';

export const hasReason =
  (...reasons: readonly string[]) =>
  (object: KubernetesObject): boolean =>
    reasons.includes(statusOf(object).reason ?? '');
export const hasGeneration =
  (least: number) =>
  (object: KubernetesObject): boolean =>
    (statusOf(object).generation ?? 0) >= least && isConnected(object);

/** Live channels of every kind, with the platforms' own account of what happened to them. */
export interface Fleet {
  /** The manifests of one channel, to be applied again. */
  readonly manifests: Readonly<Record<Member, object[]>>;
  readonly clients: { readonly twitch: string; readonly youtube: string; readonly video: string };
  connected(timeoutMs?: number): Promise<void>;
  /** Every arrival of a refresh token of `video` at its server. */
  spendsOfVideo(): Promise<Spend[]>;
  /** Asks for a refresh of each by annotation. */
  askRefresh(which?: readonly Member[]): Promise<void>;
  /** Waits until each shows a later generation than `before` and is Connected. */
  refreshed(before: Counts, timeoutMs?: number): Promise<void>;
  generations(which?: readonly Member[]): Promise<Counts>;
  /** How often each one's token was sent to its platform; for `bot` how many tokens its platform has issued. */
  sent(which?: readonly Member[]): Promise<Counts>;
  /** By the ledger: no double spend, no lost grant, no complaint; and nobody was ever asked to reconnect. */
  expectWhole(operators: readonly Operator[], except?: { readonly interrupted?: readonly Member[] }): Promise<void>;
}

export type Counts = Readonly<Partial<Record<Member, number>>>;

export interface FleetOptions {
  readonly world: World;
  readonly stage: Stage;
  /** Where the OAuth server is reached, if through a proxy. */
  readonly oidcUrl?: string;
  /** More of the channels' spec. */
  readonly spec?: object;
}

export async function launchFleet({ world, stage, oidcUrl, spec = {} }: FleetOptions): Promise<Fleet> {
  const { simulator, oidc } = stage;
  const twitch = await stage.simulatedApp('twitch', 'twitch');
  const youtube = await stage.simulatedApp('youtube', 'youtube');
  const video = await stage.oidcApp('video');
  if (oidcUrl !== undefined) await world.admin.apply(oidcPlatform(video.platform, oidcUrl));
  const gaming = await stage.simulatedGrant('twitch', twitch, 'gaming');
  const vlog = await stage.simulatedGrant('youtube', youtube, 'vlog');
  const videoGrant = await stage.oidcGrant(video.clientId, uniqueName('video'));
  const manifests = {
    gaming: channelWithTokens('gaming', 'twitch', gaming, spec),
    bot: channelWithTokens('bot', 'twitch', undefined, { grantType: 'App', ...spec }),
    vlog: channelWithTokens('vlog', 'youtube', vlog, spec),
    video: channelWithTokens('video', 'video', videoGrant, spec),
  };
  await stage.apply(Object.values(manifests).flat());
  const clients = { twitch: twitch.clientId, youtube: youtube.clientId, video: video.clientId };

  const count = async (member: Member): Promise<number> => {
    switch (member) {
      case 'gaming':
        return (await simulator.spends({ clientId: clients.twitch, accountId: gaming.accountId })).length;
      case 'bot': {
        const tokens = await simulator.tokens({ clientId: clients.twitch });
        return tokens.filter(({ accountId, kind }) => accountId === null && kind === 'access').length;
      }
      case 'vlog':
        return (await simulator.spends({ clientId: clients.youtube })).length;
      case 'video':
        return (await fleet.spendsOfVideo()).length;
    }
  };
  const generation = async (member: Member) => statusOf(await stage.get('SocialChannel', member)).generation ?? 0;

  const fleet: Fleet = {
    manifests,
    clients,
    spendsOfVideo: async () => {
      const spends = await oidc.spends({ clientId: clients.video });
      return spends.filter(({ grantId }) => grantId === videoGrant.grantId);
    },
    connected: async (timeoutMs = 30_000) => {
      await Promise.all(
        members.map((name) =>
          stage.waitFor('SocialChannel', name, isConnected, { timeoutMs, what: `channel ${name} to be Connected` }),
        ),
      );
    },
    askRefresh: async (which = members) => {
      // Two refreshes of one channel keep a distance, here of a second, from which no request is exempt.
      await sleep(1_000);
      const annotations = { 'socialops.dev/refresh': uniqueName('now') };
      await Promise.all(which.map((name) => stage.patch('SocialChannel', name, { metadata: { annotations } })));
    },
    refreshed: async (before, timeoutMs = 40_000) => {
      await Promise.all(
        Object.entries(before).map(([name, least]) =>
          stage.waitFor('SocialChannel', name, hasGeneration(least + 1), {
            timeoutMs,
            what: `channel ${name} to be refreshed`,
          }),
        ),
      );
    },
    generations: (which = members) => each(which, generation),
    sent: (which = members) => each(which, count),
    expectWhole: async (operators, { interrupted = [] } = {}) => {
      const summaries = [
        await simulator.summary({ clientId: clients.twitch }),
        await simulator.summary({ clientId: clients.youtube }),
      ];
      const server = await oidc.summary({ clientId: clients.video });
      const accused = operators
        .flatMap((operator) => operator.log())
        .filter(({ state, channel }) => state === 'NeedsReauth' && String(channel).startsWith(`${stage.namespace}/`))
        .map(({ channel }) => String(channel).split('/')[1]);
      expect({
        doubleSpends: summaries.flatMap(({ doubleSpends }) => doubleSpends),
        lostGrants: summaries.flatMap(({ lostGrants }) => lostGrants),
        complaints: summaries.flatMap(({ complaints }) => complaints),
        serverErrors: server.serverErrors,
        accused: [...new Set(accused)],
      }).toEqual({ doubleSpends: [], lostGrants: [], complaints: [], serverErrors: [], accused: interrupted });
      const isVideoLost = interrupted.includes('video');
      expect(server.doubleSpends).toHaveLength(isVideoLost ? 1 : 0);
      expect(server.lostGrants).toHaveLength(isVideoLost ? 1 : 0);
    },
  };
  return fleet;
}

async function each(which: readonly Member[], ask: (member: Member) => Promise<number>): Promise<Counts> {
  return Object.fromEntries(await Promise.all(which.map(async (member) => [member, await ask(member)] as const)));
}

/** Every count one higher. */
export function plusOne(counts: Counts): Counts {
  return Object.fromEntries(Object.entries(counts).map(([member, number]) => [member, number + 1]));
}

/** Waits until the operator has printed a line that satisfies `isMeant`; returns it. `since` leaves earlier lines out. */
export function logLine(
  operator: Operator,
  isMeant: (line: Record<string, unknown>) => boolean,
  { since = 0, what, timeoutMs = 20_000 }: { since?: number; what: string; timeoutMs?: number },
): Promise<Record<string, unknown>> {
  return waitFor(() => operator.log().slice(since).find(isMeant), { timeoutMs, everyMs: 200, what });
}

/** The message of the error that a log line tells of. */
export const errorIn = (line: Record<string, unknown>): string =>
  String((line.err as { message?: string } | undefined)?.message ?? '');
