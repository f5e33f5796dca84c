import { deadSpans, type Shown } from '../harness/secret-timeline.ts';
import { channelWithTokens, shortLeases } from '../harness/stage.ts';
import { type CrashStage, createCrashStage } from './crash-stage.ts';

/** A refresh token's way through one platform's token endpoint. */
export type Outcome = 'granted' | 'rejected';

/** What the platform's ledger says when the story is over. */
export interface Books {
  readonly doubleSpends: number;
  readonly lostGrants: number;
  readonly complaints: readonly unknown[];
}

/** One platform with an operator of its own, asked in the same words whichever ledger keeps its books. */
export interface Lane {
  readonly stage: CrashStage;
  /** Applies a channel whose first refresh is due `refreshAfterMs` from now. */
  connect(name: string): Promise<void>;
  /** What became of the refresh tokens that this channel sent, in order, with the moment of arrival. */
  spends(name: string): Promise<{ outcome: Outcome; at: number }[]>;
  /** How long its Secret showed a dead token until `until`, milliseconds. */
  deadMs(name: string, shown: readonly Shown[], until: number): Promise<number>;
  books(): Promise<Books>;
}

/** Life of the access token that a channel begins with. */
export const accessLifetimeS = 22;
/** Of those that a refresh brings: on a busy machine the next refresh must not fall into the recovery. */
const laterLifetimeS = 600;
export const claimLifeMs = 7_000;

/** With `claim-life` + `http-timeout` within `propagation-floor`, as the operator demands of an installation. */
const durations = [
  ['--propagation-floor', '9s'],
  ['--claim-life', `${claimLifeMs}ms`],
  ['--http-timeout', '2s'],
  ['--min-refresh-interval', '1s'],
  ['--min-token-lifetime', '1s'],
  ['--confirm-pause', '1s'],
  ['--re-read-interval', '2s'],
  ['--shutdown-grace', '20s'],
  ...shortLeases,
].flat();

/** Nine seconds after its start: what is left of the token covers a claim that is waited out, and a busy machine. */
const early = { refresh: { atPercentOfLifetime: 41 } };

export async function oidcLane(): Promise<Lane> {
  const stage = await createCrashStage({ platform: 'oidc', accessLifetimeS, durations });
  const { clientId } = await stage.oidcApp('app');
  return {
    stage,
    connect: async (name) => {
      await stage.oidc.setAccessLifetime({ seconds: accessLifetimeS });
      const grant = await stage.oidcGrant(clientId, name);
      await stage.oidc.setAccessLifetime({ seconds: laterLifetimeS });
      await stage.apply(channelWithTokens(name, 'app', grant, early));
    },
    spends: async (name) => {
      const spends = await stage.oidc.spends({ clientId, accountId: name });
      return spends.map(({ outcome, arrivedAt }) => ({ outcome: outcome as Outcome, at: arrivedAt }));
    },
    deadMs: async (name, shown, until) => {
      const tokens = await stage.oidc.tokens({ clientId, accountId: name });
      const alive = new Map(tokens.map(({ hash, issuedAt, endedAt }) => [hash, [{ from: issuedAt, to: endedAt }]]));
      return sum(deadSpans(shown, until, (hash) => alive.get(hash) ?? []));
    },
    books: async () => {
      const { doubleSpends, lostGrants, serverErrors } = await stage.oidc.summary({ clientId });
      return { doubleSpends: doubleSpends.length, lostGrants: lostGrants.length, complaints: serverErrors };
    },
  };
}

export async function simulatedLane(platform: 'twitch' | 'youtube'): Promise<Lane> {
  const stage = await createCrashStage({ platform: 'simulator', accessLifetimeS, durations });
  const app = await stage.simulatedApp(platform, 'app');
  const { clientId } = app;
  const setAccessLifetime = (accessLifetimeSeconds: number) =>
    stage.simulator.updateApp({ platform, clientId, accessLifetimeSeconds });
  const accounts = new Map<string, string>();
  const filterOf = (name: string) => ({ clientId, accountId: accounts.get(name) ?? name });
  return {
    stage,
    connect: async (name) => {
      await setAccessLifetime(accessLifetimeS);
      const grant = await stage.simulatedGrant(platform, app, name);
      await setAccessLifetime(laterLifetimeS);
      accounts.set(name, grant.accountId);
      await stage.apply(channelWithTokens(name, 'app', grant, early));
    },
    spends: async (name) => {
      const spends = await stage.simulator.spends(filterOf(name));
      return spends.map(({ outcome, arrivedAt }) => ({ outcome: outcome as Outcome, at: arrivedAt }));
    },
    deadMs: async (name, shown, until) => {
      const tokens = await stage.simulator.tokens(filterOf(name));
      const spans = ({ intervals }: (typeof tokens)[number]) =>
        intervals.map(({ from, to }) => ({ from, to: to ?? Number.POSITIVE_INFINITY }));
      const alive = new Map(tokens.map((token) => [token.hash, spans(token)]));
      return sum(deadSpans(shown, until, (hash) => alive.get(hash) ?? []));
    },
    books: async () => {
      const { doubleSpends, lostGrants, complaints } = await stage.simulator.summary({ clientId });
      return { doubleSpends: doubleSpends.length, lostGrants: lostGrants.length, complaints };
    },
  };
}

function sum(spans: readonly { from: number; to: number }[]): number {
  return spans.reduce((total, { from, to }) => total + to - from, 0);
}
