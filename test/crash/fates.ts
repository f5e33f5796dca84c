import { createHash } from 'node:crypto';
import type { RecordedRequest } from '../harness/fault-proxy.ts';
import type { Spend } from '../oidc/model.ts';
import type { CrashStage, Kill } from './crash-stage.ts';
import { noAnswer, notCommitted, type Window } from './kill-places.ts';

/** What became of one channel's grant, told by the platform's ledger, the proxies and Vault; never by its status. */
export interface Fate {
  readonly channel: string;
  readonly rotations: number;
  /** The newest refresh token that the platform gave never reached Vault: only a person can bring a new one. */
  readonly isLost: boolean;
  /** The kills at which a request of this channel had been forwarded and its commit had not been acknowledged. */
  readonly inFlightAt: readonly Window[];
  /** SHA-256 of its refresh tokens, oldest first. */
  readonly tokenHashes: readonly string[];
}

/** Nothing stands between an answer and its commit: what was answered longer before a kill was not lost by it. */
const longestCommitMs = 3_000;

/** By channel, in the order of their names. Channels are named as their accounts. */
export async function fatesOf(stage: CrashStage, clientId: string, kills: readonly Kill[]): Promise<Fate[]> {
  const tokens = (await stage.oidc.tokens({ clientId })).filter(({ kind }) => kind === 'refresh');
  const spends = await stage.oidc.spends({ clientId });
  const grants = await stage.oidc.grants({ clientId });
  const acknowledged = commitsOf(stage.proxies.vault.seen(notCommitted.match()));
  const forwarded = forwardedSpends(stage.proxies.platform.seen(noAnswer.match()));
  const fates = grants.map(async ({ id, accountId: channel, refreshes: rotations }): Promise<Fate> => {
    const tokenHashes = tokens.filter(({ grantId }) => grantId === id).map(({ hash }) => hash);
    const stored = await stage.world.root.read(stage.vaultPath(channel, 'grant'));
    const granted = spends.filter(({ grantId, outcome }) => grantId === id && outcome === 'granted');
    const isInFlight = (spend: Spend, kill: Kill) => {
      const sentAt = forwarded.get(spend.tokenHash) ?? Number.POSITIVE_INFINITY;
      const successor = tokenHashes[tokenHashes.indexOf(spend.tokenHash) + 1] ?? '';
      const isAmid = sentAt <= kill.at && kill.at - spend.answeredAt <= longestCommitMs;
      return isAmid && (acknowledged.get(successor) ?? Number.POSITIVE_INFINITY) > kill.at;
    };
    // An unacknowledged commit of an earlier kill is settled by the next instance, so that each spend counts at one kill.
    const inFlightAt = granted.flatMap((spend) => kills.find((kill) => isInFlight(spend, kill))?.window ?? []);
    return { channel, rotations, isLost: hashOf(stored?.data?.tokens) !== tokenHashes.at(-1), inFlightAt, tokenHashes };
  });
  return (await Promise.all(fates)).sort((a, b) => a.channel.localeCompare(b.channel));
}

/** When Vault acknowledged the commit of a refresh token, by the token's hash. */
function commitsOf(requests: readonly RecordedRequest[]): ReadonlyMap<string, number> {
  const stored = requests.filter(({ status, fault }) => status === 200 && fault === undefined);
  return new Map(
    stored.map(({ body, arrivedAt }) => {
      const { data } = JSON.parse(body) as { data: { tokens?: unknown } };
      return [hashOf(data.tokens), arrivedAt];
    }),
  );
}

/** When a refresh token was first sent on to the platform, by its hash. */
function forwardedSpends(requests: readonly RecordedRequest[]): ReadonlyMap<string, number> {
  const first = new Map<string, number>();
  for (const { body, arrivedAt, fault, status } of requests) {
    // The proxy killed the operator instead of sending it on.
    if (fault === 'kill' && status === undefined) continue;
    const hash = sha256(new URLSearchParams(body).get('refresh_token') ?? '');
    if (!first.has(hash)) first.set(hash, arrivedAt);
  }
  return first;
}

function hashOf(tokens: unknown): string {
  const { refresh = '' } = (tokens ?? {}) as { refresh?: string };
  return sha256(refresh);
}

function sha256(value: string): string {
  return createHash('sha256').update(value).digest('hex');
}
