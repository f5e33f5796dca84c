import type { SocialApp, SocialChannel } from '../api/resources.gen.ts';
import type { GrantRecord, TokenSet } from './grant.ts';
import { parseDuration, parseInstant } from './instant.ts';
import type { PlatformProfile } from './profile.ts';
import type { Settings } from './settings.ts';

/** What scheduling looks at; an Observation with a usable app and a present grant has it all. */
export interface ScheduleFacts {
  readonly channel: SocialChannel;
  readonly app: SocialApp;
  readonly profile: PlatformProfile;
  readonly settings: Settings;
  readonly record: GrantRecord;
  /** Stable in [0, 1): moves a refresh later by up to 5 % of the life, so that what was connected together spreads. */
  readonly phase: number;
}

export interface RefreshPlan {
  /** When a routine refresh starts; undefined: never by itself. */
  readonly at: number | undefined;
  /** The last instant at which a refresh leaves pods enough time to see the new token. */
  readonly lastSafeAt: number | undefined;
  /** The life is below twice the propagation floor: pods may see a token end whatever we do. */
  readonly isLifetimeBelowFloor: boolean;
}

/** When the access token ends: as the platform said, else as the channel or the profile assumes; undefined: never. */
export function accessExpiryAt(tokens: TokenSet, channel: SocialChannel, profile: PlatformProfile): number | undefined {
  // What is assumed is assumed of the person's own token; a derived one ends with it, or when the platform says so.
  if (tokens.accessExpiresAt !== undefined || profile.derives) return tokens.accessExpiresAt;
  return assumedExpiryAt(tokens, channel, profile);
}

/** When a renewal comes too late for the pods, or for the login itself; what never ends has the most time. */
export function tooLateAt(tokens: TokenSet, channel: SocialChannel, profile: PlatformProfile): number {
  const ends = earliest(
    accessExpiryAt(tokens, channel, profile),
    renewedExpiryAt(tokens, channel, profile),
    tokens.refreshExpiresAt,
  );
  return ends ?? Number.MAX_SAFE_INTEGER - 1;
}

/** When the token ends that a renewal moves on: the person's own where pods get a derived one. */
export function renewedExpiryAt(
  tokens: TokenSet,
  channel: SocialChannel,
  profile: PlatformProfile,
): number | undefined {
  if (!profile.derives) return accessExpiryAt(tokens, channel, profile);
  return tokens.refreshExpiresAt ?? assumedExpiryAt(tokens, channel, profile);
}

function assumedExpiryAt(tokens: TokenSet, channel: SocialChannel, profile: PlatformProfile): number | undefined {
  const assumed = channel.spec.refresh?.assumedLifetime;
  const lifeMs = (assumed === undefined ? undefined : parseDuration(assumed)) ?? profile.accessLifetimeMs;
  // What is traded while it lives, and is not known to end, is asked about instead: trading it could give it an end.
  if (lifeMs === undefined && isProlonged(profile)) return undefined;
  // Imported without its age: it counts as ended, or a token of unknown age would never be renewed where nothing else ends it.
  if (tokens.obtainedAt === 0) return 0;
  return lifeMs === undefined ? undefined : tokens.obtainedAt + lifeMs;
}

/** A life that is shorter than this part of the former one is news; platforms round and cap lives all the time. */
const MUCH_SHORTER = 0.6;

/** Whether the access token lives much shorter than the one before it. */
export function isMuchShorter({ obtainedAt, accessExpiresAt, lifeBeforeMs }: TokenSet): boolean {
  if (accessExpiresAt === undefined || lifeBeforeMs === undefined) return false;
  return accessExpiresAt - obtainedAt < lifeBeforeMs * MUCH_SHORTER;
}

/** Whether automation can move the access token's end at all. */
export function isRenewable(record: GrantRecord, profile: PlatformProfile): boolean {
  if (record.kind === 'App') return true;
  if (record.lender !== undefined) return false;
  const { access, refresh } = record.tokens;
  if (profile.renewal === 'RefreshToken') return refresh !== undefined;
  return isProlonged(profile) && (refresh ?? access) !== undefined;
}

/** Whether a living token is what renews: once it has ended, only a person can. */
function isProlonged({ renewal }: PlatformProfile): boolean {
  return renewal === 'Exchange' || renewal === 'Touch';
}

export function planRefresh(facts: ScheduleFacts): RefreshPlan {
  const { channel, profile, settings, record } = facts;
  const { tokens } = record;
  const expiresAt = renewedExpiryAt(tokens, channel, profile);
  const idleAt = profile.maxIdleMs === undefined ? undefined : tokens.obtainedAt + profile.maxIdleMs / 2;
  // A derived token that was refused is derived again; the person's own is not to blame.
  const refusedAt = profile.derives ? undefined : tokens.accessRefusedAt;
  if (!isRenewable(record, profile)) return { at: undefined, lastSafeAt: undefined, isLifetimeBelowFloor: false };
  // Nothing to lose by asking at once: there is no living access token, or one that lives for a moment only.
  if ((tokens.access === undefined && !profile.derives) || isShortLived(tokens, expiresAt, profile)) {
    return { at: tokens.obtainedAt, lastSafeAt: undefined, isLifetimeBelowFloor: false };
  }
  if (expiresAt === undefined) {
    return { at: earliest(idleAt, refusedAt), lastSafeAt: undefined, isLifetimeBelowFloor: false };
  }
  const lifeMs = Math.max(expiresAt - tokens.obtainedAt, 0);
  const isLifetimeBelowFloor = lifeMs < 2 * settings.propagationFloorMs;
  const lastSafeAt = isLifetimeBelowFloor ? tokens.obtainedAt + lifeMs / 2 : expiresAt - settings.propagationFloorMs;
  const routineAt = isLifetimeBelowFloor ? lastSafeAt : routineRefreshAt(facts, lifeMs, expiresAt, lastSafeAt);
  const dueAt = earliest(routineAt, idleAt, refusedAt) ?? routineAt;
  // Half a life at most, so that the spacing never pushes a refresh past the end of a short token.
  const spacedAt = tokens.obtainedAt + Math.min(spacingMs(facts), lifeMs / 2);
  return { at: Math.max(dueAt, spacedAt), lastSafeAt, isLifetimeBelowFloor };
}

/** How old a token is at least before it is renewed: by our setting, and by the platform's rule. */
export function spacingMs({ settings, profile }: Pick<ScheduleFacts, 'settings' | 'profile'>): number {
  return Math.max(settings.minRefreshIntervalMs, profile.minTokenAgeMs ?? 0);
}

/** A token of the first consent that is to be traded for a long-lived one at once; one that has ended cannot be. */
function isShortLived(tokens: TokenSet, expiresAt: number | undefined, profile: PlatformProfile): boolean {
  if (profile.upgradeBelowMs === undefined || expiresAt === undefined || tokens.obtainedAt === 0) return false;
  return tokens.lifeBeforeMs === undefined && expiresAt - tokens.obtainedAt < profile.upgradeBelowMs;
}

function routineRefreshAt(facts: ScheduleFacts, lifeMs: number, expiresAt: number, lastSafeAt: number): number {
  const { spec } = facts.channel;
  const beforeMs = spec.refresh?.beforeExpiry === undefined ? undefined : parseDuration(spec.refresh.beforeExpiry);
  const percent = spec.refresh?.atPercentOfLifetime ?? facts.profile.refreshAtPercent;
  const { obtainedAt } = facts.record.tokens;
  // A beforeExpiry longer than the life would otherwise ask for a refresh before the token was there.
  const base =
    beforeMs === undefined
      ? obtainedAt + (lifeMs * percent) / 100
      : Math.max(expiresAt - beforeMs, obtainedAt + lifeMs / 10);
  const at = base + facts.phase * lifeMs * 0.05;
  const holdUntil = parseInstant(spec.refresh?.holdUntil) ?? 0;
  return Math.min(Math.max(at, holdUntil), lastSafeAt);
}

/** When the platform is asked next whether the grant still works; undefined: it cannot be asked. */
export function checkAt(
  profile: PlatformProfile,
  record: GrantRecord,
  lastCheckAt: number | undefined,
  phase: number,
): number | undefined {
  if (profile.introspectIntervalMs === undefined || record.tokens.access === undefined) return undefined;
  if (lastCheckAt === undefined || isAccountUnknown(profile, record)) return record.tokens.obtainedAt;
  // Earlier by up to a tenth, never later: a platform that demands an hourly check audits it.
  return lastCheckAt + profile.introspectIntervalMs * (1 - phase * 0.1);
}

export function isAccountUnknown(profile: PlatformProfile, record: GrantRecord): boolean {
  return record.kind === 'User' && profile.tellsAccount && record.account === undefined;
}

export interface Deadline {
  readonly at: number;
  /** `ExchangeOverdue`: automation could still move it, and has not managed to. */
  readonly reason: 'ConsentEnds' | 'RefreshTokenEnds' | 'AccessTokenEnds' | 'ExchangeOverdue';
  /** Whole life of what ends there: the Expiring window is at most a third of it. */
  readonly lifeMs: number;
}

/** The moment at which a person is needed because automation cannot move it; undefined while automation can. */
export function deadlineOf(facts: ScheduleFacts, now: number): Deadline | undefined {
  const { channel, app, profile, record } = facts;
  // A borrowed login has the lender's deadlines.
  if (record.kind === 'App' || record.lender !== undefined) return undefined;
  const { tokens } = record;
  const consentedAt = tokens.consentedAt ?? tokens.obtainedAt;
  const ofApp = app.spec.grantLifetime === undefined ? undefined : parseDuration(app.spec.grantLifetime);
  const grantLifeMs = ofApp ?? profile.consentLifetimeMs;
  const found: Deadline[] = [];
  if (grantLifeMs !== undefined)
    found.push({ at: consentedAt + grantLifeMs, reason: 'ConsentEnds', lifeMs: grantLifeMs });
  if (tokens.consentExpiresAt !== undefined) {
    const at = tokens.consentExpiresAt;
    found.push({ at, reason: 'ConsentEnds', lifeMs: at - consentedAt });
  }
  const prolonged = prolongedDeadline(facts);
  if (prolonged !== undefined) {
    if (prolonged.reason === 'AccessTokenEnds' || now >= expiringFrom(prolonged, channel)) found.push(prolonged);
  } else if (!isRenewable(record, profile)) {
    const at = accessExpiryAt(tokens, channel, profile);
    if (at !== undefined) found.push({ at, reason: 'AccessTokenEnds', lifeMs: at - tokens.obtainedAt });
  } else if (profile.refreshAnchor === 'Authorization') {
    // Anchored at issue or last use, the end moves with every refresh: then it is no deadline.
    const at =
      tokens.refreshExpiresAt ??
      (profile.refreshLifetimeMs === undefined ? undefined : consentedAt + profile.refreshLifetimeMs);
    if (at !== undefined) found.push({ at, reason: 'RefreshTokenEnds', lifeMs: at - consentedAt });
  }
  return found.sort((a, b) => a.at - b.at)[0];
}

/** The end of a token that is renewed while it lives: a deadline once it stays where it is, or comes near. */
export function prolongedDeadline({ channel, profile, record }: ScheduleFacts): Deadline | undefined {
  if (!isProlonged(profile) || !isRenewable(record, profile)) return undefined;
  const { tokens } = record;
  const at = renewedExpiryAt(tokens, channel, profile);
  if (at === undefined) return undefined;
  return tokens.isEndFixed
    ? { at, reason: 'AccessTokenEnds', lifeMs: at - (tokens.consentedAt ?? tokens.obtainedAt) }
    : { at, reason: 'ExchangeOverdue', lifeMs: at - tokens.obtainedAt };
}

/** From when on the state is Expiring because of the deadline. */
export function expiringFrom(deadline: Deadline, channel: SocialChannel): number {
  const windowMs = parseDuration(channel.spec.expiringWindow ?? '168h') ?? 0;
  return deadline.at - Math.min(windowMs, deadline.lifeMs / 3);
}

/** So long before a deadline its owner is told: once at each step. */
const LADDER_MS: readonly number[] = [30, 7, 1].map((days) => days * 86_400_000);

/**
 * The instants at which the owner is told of a deadline, first to last: where the state turns Expiring, and the steps of
 * the ladder that lie within the last third of the life. Told earlier it would be told of a consent that is still young.
 */
export function ladderOf(deadline: Deadline, channel: SocialChannel): readonly number[] {
  const steps = LADDER_MS.filter((ms) => ms <= deadline.lifeMs / 3).map((ms) => deadline.at - ms);
  return [...new Set([...steps, expiringFrom(deadline, channel)])].sort((a, b) => a - b);
}

/** The next step of a deadline of which nothing else is known: one that is too early for its life does no harm. */
export function nextStepAt(deadlineAt: number | undefined, now: number): number | undefined {
  if (deadlineAt === undefined) return undefined;
  return earliest(...LADDER_MS.map((ms) => deadlineAt - ms).filter((at) => at > now));
}

export function earliest(...instants: (number | undefined)[]): number | undefined {
  const known = instants.filter((at): at is number => at !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
