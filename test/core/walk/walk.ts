import { dayMs, hourMs, minuteMs } from '../times.ts';
import { Chance } from './chance.ts';
import { checkHealed, isOnlyAPersonsToMend } from './healed.ts';
import type { Cause } from './losses.ts';
import { type WalkProfile, walkProfiles } from './profiles.ts';
import type { Mutation } from './stage.ts';
import { Town } from './town.ts';
import { type Trouble, troublesOf, visitsOf } from './troubles.ts';

export interface WalkOptions {
  readonly seed: number;
  /** Places in the seed's plan that are left out. */
  readonly without?: readonly number[];
  readonly mutation?: Mutation | undefined;
  /** Nobody comes by the page: as seeds were walked before anybody did. */
  readonly isUnvisited?: boolean | undefined;
  readonly isTold?: boolean;
}

export interface WalkResult {
  readonly seed: number;
  readonly profile: string;
  readonly effects: number;
  readonly spends: number;
  readonly days: number;
  readonly losses: Readonly<Partial<Record<Cause, number>>>;
  /** What became of the logins that were granted by the page. */
  readonly logins: Readonly<Record<string, number>>;
  readonly violations: readonly string[];
  readonly story: readonly string[];
}

const leastEffects = 3_000;

export function planOf(
  seed: number,
  isUnvisited = false,
): {
  profile: WalkProfile;
  isSplit: boolean;
  troubles: readonly Trouble[];
} {
  const chance = new Chance(seed);
  const profile = walkProfiles[seed % walkProfiles.length] as WalkProfile;
  const isSplit = chance.isTrue(0.3);
  const count = Math.floor(chance.between(10, 40));
  const troubles = troublesOf(chance, count, profile.spanMs, profile.longestTroubleMs);
  if (isUnvisited) return { profile, isSplit, troubles };
  const visits = visitsOf(chance, Math.floor(chance.between(1, 8)), profile.spanMs, profile.longestTroubleMs);
  return { profile, isSplit, troubles: [...troubles, ...visits] };
}

/** One seed: a span full of troubles, and then time in which everything has to heal. */
export async function walk({
  seed,
  without = [],
  mutation,
  isUnvisited,
  isTold = false,
}: WalkOptions): Promise<WalkResult> {
  const { profile, isSplit, troubles } = planOf(seed, isUnvisited);
  const town = new Town({ seed, profile, isSplit, mutation });
  const { stage } = town;
  stage.isTold = isTold;
  const startedAt = stage.kernel.now;
  town.expect(troubles.filter((_, place) => !without.includes(place)));
  const isOver = () => stage.judge.violations.length > 0;
  await stage.kernel.passUntil(startedAt + profile.spanMs, isOver);
  // Quiet ones go on: somebody reconnects what is not connected, and life takes its course.
  while (stage.effects < leastEffects && !isOver()) {
    town.revive();
    const isEnough = () => isOver() || stage.effects >= leastEffects;
    await stage.kernel.passUntil(stage.kernel.now + profile.spanMs / 5, isEnough);
  }
  town.calm();
  await stage.kernel.passUntil(stage.kernel.now + profile.healMs, () => isOver() || isOnlyAPersonsToMend(stage));
  if (!isOver()) checkHealed(stage);
  if (!isOver()) await checkReconnects(town, isOver);
  const { effects, judge, story, platform, kernel } = stage;
  return {
    seed,
    profile: profile.name,
    effects,
    spends: platform.spends.length,
    days: (kernel.now - startedAt) / dayMs,
    losses: judge.losses.counts(),
    logins: judge.logins.counts(),
    violations: judge.violations,
    story,
  };
}

/** Whatever happened, a new consent is the way back. */
async function checkReconnects(town: Town, isOver: () => boolean): Promise<void> {
  const { stage } = town;
  const { kernel, cluster, judge } = stage;
  // One that was just being deleted is there again.
  town.revive();
  cluster.change({ bootstrap: stage.newConsent() });
  await kernel.passUntil(kernel.now + hourMs + 10 * minuteMs, isOver);
  const { state, reason } = cluster.channel?.status ?? {};
  if (!isOver() && state !== 'Connected') judge.violation('a new consent heals', `${state}/${reason}`);
}
