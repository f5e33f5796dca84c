import { deadSpans, type Shown, type Span } from '../test/harness/secret-timeline.ts';
import { type Cast, type ChannelName, channels, refreshed } from './cast.ts';

/** Where a channel's grants stand in the ledgers. */
function ledgerOf(cast: Cast, name: ChannelName): { clientId: string; accountId?: string } | undefined {
  switch (name) {
    case 'twitch-live':
      return { clientId: cast.twitch.clientId, accountId: cast.accounts.dana };
    case 'twitch-chatbot':
      return { clientId: cast.twitch.clientId };
    case 'youtube-live':
      return { clientId: cast.youtube.clientId };
    case 'youtube-rehearsal':
      return { clientId: cast.testing.clientId };
    case 'video-archive':
      return undefined;
    default:
      return { clientId: cast.bystanders[name].clientId };
  }
}

/** Successful refreshes of each channel whose tokens end meanwhile, over all of its grants. */
export async function countRefreshes(cast: Cast): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const name of refreshed) {
    const filter = ledgerOf(cast, name);
    const grants =
      filter === undefined
        ? await cast.stage.oidc.grants({ clientId: cast.videoClientId })
        : await cast.stage.simulator.grants(filter);
    // The app's own grant has no account; it shares the client id with the person's.
    const own = grants.filter(
      (grant) => filter?.accountId !== undefined || name !== 'twitch-chatbot' || grant.accountId === null,
    );
    counts[name] = own.reduce((sum, { refreshes }) => sum + refreshes, 0);
  }
  return counts;
}

/** What the platforms have to object to; empty when nothing. */
export async function ledgerFaults(cast: Cast): Promise<string[]> {
  const faults: string[] = [];
  const simulated = await cast.stage.simulator.summary();
  const video = await cast.stage.oidc.summary();
  const doubled = simulated.doubleSpends.length + video.doubleSpends.length;
  const lost = simulated.lostGrants.length + video.lostGrants.length;
  if (doubled > 0) faults.push(`${doubled} double spends`);
  if (lost > 0) faults.push(`${lost} lost grants`);
  for (const { platform, text } of simulated.complaints) faults.push(`${platform} complains: ${text}`);
  return [...faults, ...video.serverErrors];
}

interface Gap {
  readonly ms: number;
  readonly where: string;
  /** Dead tokens in channels to which the story did nothing. */
  readonly unordered: readonly string[];
}

/** Channels whose token the story itself ended; there the gap is told, not judged. */
const ORDERED: readonly ChannelName[] = ['twitch-live', 'youtube-live'];
/** Clocks of two processes and the watch's own delay. */
const MEASURING_ERROR_MS = 100;

export async function worstGap(cast: Cast): Promise<Gap> {
  const now = Date.now();
  const alive = await aliveByToken(cast);
  let worst: Gap = { ms: 0, where: 'none', unordered: [] };
  const unordered: string[] = [];
  for (const name of channels) {
    const shown = cast.timeline.shown.filter((entry) => entry.name === `${name}-token`);
    const spans = deadSpans(shown, now, (hash) => alive.get(hash) ?? []);
    const untold = spans.filter(({ from }) => stateAt(shown, from) === 'Connected').map((span) => until(shown, span));
    const longest = Math.max(0, ...untold.map(({ from, to }) => to - from));
    if (longest > worst.ms) worst = { ms: longest, where: name, unordered };
    if (longest > MEASURING_ERROR_MS && !ORDERED.includes(name)) unordered.push(`${name} for ${longest} ms`);
  }
  return { ...worst, unordered };
}

/** What the Secret itself said of its token at that moment. */
function stateAt(shown: readonly Shown[], at: number): string | undefined {
  return shown.findLast((entry) => entry.at <= at)?.state;
}

/** The span as far as the Secret did not yet say that something is wrong. */
function until(shown: readonly Shown[], { from, to }: Span): Span {
  const toldAt = shown.find((entry) => entry.at > from && entry.state !== 'Connected')?.at;
  return { from, to: Math.min(to, toldAt ?? to) };
}

async function aliveByToken(cast: Cast): Promise<ReadonlyMap<string, readonly Span[]>> {
  const found = new Map<string, readonly Span[]>();
  for (const token of await cast.stage.simulator.tokens()) {
    found.set(
      token.hash,
      token.intervals.map(({ from, to }) => ({ from, to: to ?? Number.MAX_SAFE_INTEGER })),
    );
  }
  for (const token of await cast.stage.oidc.tokens()) {
    found.set(token.hash, [{ from: token.issuedAt, to: token.endedAt }]);
  }
  return found;
}
