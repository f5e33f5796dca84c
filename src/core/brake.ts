import type { Reason } from '../api/reasons.ts';
import { parseInstant } from './instant.ts';
import type { Attempt, Observation } from './observation.ts';
import type { Settings } from './settings.ts';

/** What the brake looks at of one channel, all of it from its status: so every replica finds the same. */
export interface Member {
  readonly key: string;
  readonly app: string;
  readonly platform: string;
  /** It has had a login. */
  readonly hasLogin: boolean;
  /** Since when the platform rejects its login, which is not believed yet. */
  readonly suspectedAt: number | undefined;
  /** When a rejection of its login was believed. */
  readonly condemnedAt: number | undefined;
  readonly lastRefreshAt: number | undefined;
  /** When its access token ends; undefined where it does not. */
  readonly endsAt: number | undefined;
}

/** Many logins that are rejected within a short time, of one app or of all apps of a platform. */
export interface Wave {
  readonly scope: 'App' | 'Platform';
  readonly since: number;
  readonly rejected: number;
  readonly of: number;
  /** The last refresh that succeeded in this scope since the wave began. */
  readonly lastSuccessAt: number | undefined;
  /** The suspect that goes on asking while the others wait: the one whose access token ends first. */
  readonly canary: string | undefined;
}

/** The waves there are, by app and by platform. */
export interface Waves {
  readonly apps: ReadonlyMap<string, Wave>;
  readonly platforms: ReadonlyMap<string, Wave>;
}

export function wavesOf(members: Iterable<Member>, now: number, settings: Settings): Waves {
  const apps = new Map<string, Member[]>();
  const platforms = new Map<string, Member[]>();
  for (const member of members) {
    if (!member.hasLogin) continue;
    put(apps, member.app, member);
    put(platforms, member.platform, member);
  }
  const { brakeAppChannels, brakeAppPercent, brakePlatformChannels, brakePlatformPercent } = settings;
  const from = { suspectedFrom: now - settings.brakeHoldMs, condemnedFrom: now - settings.brakeWindowMs };
  const ofApp = { least: brakeAppChannels, percent: brakeAppPercent };
  const ofPlatform = { least: brakePlatformChannels, percent: brakePlatformPercent };
  return {
    apps: found(apps, { scope: 'App', ...from, ...ofApp }),
    platforms: found(platforms, { scope: 'Platform', ...from, ...ofPlatform }),
  };
}

interface Measure {
  readonly scope: Wave['scope'];
  readonly suspectedFrom: number;
  readonly condemnedFrom: number;
  readonly least: number;
  readonly percent: number;
}

function put(groups: Map<string, Member[]>, name: string, member: Member): void {
  const group = groups.get(name);
  if (group === undefined) groups.set(name, [member]);
  else group.push(member);
}

function found(groups: ReadonlyMap<string, readonly Member[]>, measure: Measure): Map<string, Wave> {
  const all = new Map<string, Wave>();
  for (const [name, members] of groups) {
    const wave = waveIn(members, measure);
    if (wave !== undefined) all.set(name, wave);
  }
  return all;
}

function waveIn(
  members: readonly Member[],
  { scope, suspectedFrom, condemnedFrom, least, percent }: Measure,
): Wave | undefined {
  // A suspicion counts for as long as it may be held; what was believed long ago is no part of what happens now.
  const suspects = members.filter(({ suspectedAt }) => suspectedAt !== undefined && suspectedAt > suspectedFrom);
  const condemned = members.filter(({ condemnedAt }) => condemnedAt !== undefined && condemnedAt > condemnedFrom);
  const rejected = suspects.length + condemned.length;
  if (suspects.length === 0 || rejected < least || rejected * 100 < percent * members.length) return undefined;
  // Folded, not spread: a platform may have more channels than a call takes arguments.
  const since = [...suspects, ...condemned].reduce(
    (first, one) => Math.min(first, one.suspectedAt ?? one.condemnedAt ?? first),
    Number.MAX_SAFE_INTEGER,
  );
  const successes = members.flatMap(({ lastRefreshAt = 0 }) => (lastRefreshAt > since ? [lastRefreshAt] : []));
  // As many that were renewed meanwhile: the platform takes logins, and means those that it rejects.
  if (successes.length >= rejected) return undefined;
  const [canary] = [...suspects].sort((a, b) => endOf(a) - endOf(b) || (a.key < b.key ? -1 : 1));
  const lastSuccessAt = successes.length === 0 ? undefined : successes.reduce((a, b) => Math.max(a, b));
  return { scope, since, rejected, of: members.length, lastSuccessAt, canary: canary?.key };
}

/** For an order in which tokens without an end come last. */
export function endOf({ endsAt }: Pick<Member, 'endsAt'>): number {
  return endsAt ?? Number.MAX_SAFE_INTEGER;
}

/** Whether something began up to a moment that stands in a status: those hold whole seconds. */
export function isUpTo(at: number, until: number | undefined): boolean {
  return until !== undefined && Math.floor(at / 1000) * 1000 <= until;
}

/**
 * Whether a rejection of this attempt is not believed yet, because the platform rejects many at once. Not for ever: a
 * person who is really needed has to be asked in the end.
 */
export function isHeld(o: Observation, attempt: Attempt): boolean {
  const retry = o.retries[attempt];
  if (o.wave === undefined || retry?.failure.family !== 'Rejected') return false;
  if (isBelievedByHand(o, retry.firstAt)) return false;
  return o.now < retry.firstAt + o.settings.brakeHoldMs;
}

/** Somebody who was shown this rejection said by annotation of the app that it is true. */
function isBelievedByHand({ app }: Observation, firstAt: number): boolean {
  if (app.state !== 'Ready') return false;
  return isUpTo(firstAt, parseInstant(app.app.status?.rejections?.confirmedTime));
}

/**
 * Since when the platform rejects this login, by its status: a process that starts anew has forgotten it, and the hours of
 * a held rejection go on. Only for the grant that status tells of, and not where they ended while nobody looked.
 */
export function rejectedSince({ channel, grant, app, settings, now }: Observation, reason: Reason): number | undefined {
  const { failure, epoch, generation } = channel.status ?? {};
  if (grant.state !== 'Present' || failure?.family !== 'Rejected' || failure.code !== reason) return undefined;
  if (grant.record.epoch !== epoch || grant.record.generation !== generation) return undefined;
  const since = parseInstant(failure.firstTime);
  if (since === undefined || since > now || now >= since + settings.brakeHoldMs) return undefined;
  const rejections = app.state === 'Ready' ? app.app.status?.rejections : undefined;
  return isUpTo(since, parseInstant(rejections?.releasedTime)) ? undefined : since;
}

/** While rejections are held one suspect goes on asking, and all of them as soon as anybody was renewed. */
export function isSilenced(o: Observation, attempt: Attempt): boolean {
  if (!isHeld(o, attempt)) return false;
  const { namespace = '', name } = o.channel.metadata;
  const lastAt = o.retries[attempt]?.lastAt ?? 0;
  return o.wave?.canary !== `${namespace}/${name}` && (o.wave?.lastSuccessAt ?? 0) <= lastAt;
}

/** Any attempt whose rejection is held. */
export function heldAttempt(o: Observation): Attempt | undefined {
  return (['Spend', 'Introspect', 'Derive'] as const).find((attempt) => isHeld(o, attempt));
}
