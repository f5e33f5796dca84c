import { expect, it } from 'vitest';
import type { SocialChannel } from '../../src/api/resources.gen.ts';
import { SecretTimeline } from '../harness/secret-timeline.ts';
import { shortLeaseMs } from '../harness/stage.ts';
import type { Kill } from './crash-stage.ts';
import { beforeClaim, claimWritten, type KillPlace, noAnswer, notCommitted, notProjected } from './kill-places.ts';
import { accessLifetimeS, claimLifeMs, type Lane, type Outcome, oidcLane, simulatedLane } from './lanes.ts';

/** How a channel ends that was alone in one of the five windows when the operator was killed. */
interface Ending {
  readonly point: string;
  readonly place: KillPlace;
  readonly state: 'Connected' | 'NeedsReauth';
  readonly reason: 'Healthy' | 'RefreshInterrupted';
  /** Of the token that was due, until the end. */
  readonly spends: readonly Outcome[];
  /** Nobody knows what a claim that was left behind has sent: its life is waited out. */
  readonly waitsForClaim: boolean;
}

const whole = { state: 'Connected', reason: 'Healthy', spends: ['granted'], waitsForClaim: false } as const;

const harmless: readonly Ending[] = [
  { point: 'before-claim', place: beforeClaim, ...whole },
  { point: 'claim-written', place: claimWritten, ...whole, waitsForClaim: true },
  { point: 'not-projected', place: notProjected, ...whole },
];

/** A refresh token that was sent stays good: it is sent once more. */
const reusable: readonly Ending[] = [
  ...harmless,
  { point: 'no-answer', place: noAnswer, ...whole, spends: ['granted', 'granted'], waitsForClaim: true },
  { point: 'not-committed', place: notCommitted, ...whole, spends: ['granted', 'granted'], waitsForClaim: true },
];

/** The new refresh token was in the answer that died with the process, and the old one is no longer taken. */
const lost = { state: 'NeedsReauth', reason: 'RefreshInterrupted', spends: ['granted', 'rejected'] } as const;
const singleUse: readonly Ending[] = [
  ...harmless,
  { point: 'no-answer', place: noAnswer, ...lost, waitsForClaim: true },
  { point: 'not-committed', place: notCommitted, ...lost, waitsForClaim: true },
];

it.concurrent.each([
  { platform: 'oidc-provider', open: oidcLane, endings: singleUse, lostGrants: 2 },
  { platform: 'youtube', open: () => simulatedLane('youtube'), endings: reusable, lostGrants: 0 },
  { platform: 'twitch', open: () => simulatedLane('twitch'), endings: reusable, lostGrants: 0 },
])(
  'a channel on $platform ends as it must wherever in a refresh the operator is killed',
  async ({ platform, open, endings, lostGrants }) => {
    const lane = await open();
    const timeline = new SecretTimeline(lane.stage.world, lane.stage.namespace);
    try {
      for (const ending of endings) await live(platform, lane, timeline, ending);
      expect(await lane.books()).toEqual({ doubleSpends: lostGrants, lostGrants, complaints: [] });
    } finally {
      timeline.stop();
      await lane.stage.removeAll();
    }
  },
  240_000,
);

type Status = NonNullable<SocialChannel['status']>;

/** One channel from its import through its first refresh, amid which the operator dies. */
async function live(platform: string, lane: Lane, timeline: SecretTimeline, ending: Ending): Promise<void> {
  const { stage } = lane;
  const { point, place, state, reason } = ending;
  await lane.connect(point);
  await untilStatus(lane, point, ({ generation }) => generation === 1, 'be imported');
  const kill = await stage.killAt(place, { channel: point, withinMs: accessLifetimeS * 1_000 });
  const isOver = (status: Status) =>
    status.state === state && status.reason === reason && (state === 'NeedsReauth' || status.generation === 2);
  await untilStatus(lane, point, isOver, `say ${state} (${reason}) after a kill ${place.window}`);
  const recoveredAt = Date.now();
  const longestMs = longestRecoveryMs(ending, kill);
  const tookMs = recoveredAt - kill.at;
  process.stderr.write(
    `${platform}: killed ${place.window}, ${reason} after ${tookMs} ms (at most ${longestMs}), ready again after ${kill.readyAt - kill.at} ms\n`,
  );
  const spends = await lane.spends(point);
  expect({ point, spends: spends.map(({ outcome }) => outcome) }).toEqual({ point, spends: ending.spends });
  // A replay ends the whole grant: up to then the living token was kept.
  const promisedUntil = spends.find(({ outcome }) => outcome === 'rejected')?.at ?? recoveredAt;
  const shown = timeline.shown.filter(({ name, at }) => name === `${point}-token` && at < promisedUntil);
  const deadMs = await lane.deadMs(point, shown, promisedUntil);
  expect({ point, deadMs, isKept: deadMs <= lateMs(kill) }).toMatchObject({ isKept: true });
  expect(tookMs).toBeLessThan(longestMs);
  // Its work is done; the next one is to be alone.
  await stage.delete('SocialChannel', point);
}

/** 0 unless this machine took longer to start the operator than the token had left, less the work that follows. */
function lateMs({ at, readyAt }: Kill): number {
  const startBudgetMs = 9_000;
  return Math.max(0, readyAt - at - startBudgetMs);
}

/** The new instance's start, what is left of the Leases and of the claim, and the work itself. */
function longestRecoveryMs({ waitsForClaim }: Ending, kill: Kill): number {
  const vaultClockMs = 1_000;
  const workMs = 5_000;
  // They are waited for from the new instance's first look on; the claim, which lasts longer, meanwhile.
  const restMs = waitsForClaim ? claimLifeMs + vaultClockMs : shortLeaseMs;
  return kill.readyAt - kill.at + workMs + restMs;
}

async function untilStatus(lane: Lane, name: string, is: (status: Status) => boolean, what: string): Promise<void> {
  await lane.stage.waitFor('SocialChannel', name, ({ status }) => is((status ?? {}) as Status), {
    timeoutMs: 25_000,
    what: `${name} to ${what}`,
  });
}
