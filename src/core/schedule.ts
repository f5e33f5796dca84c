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
  if (tokens.accessExpiresAt !== undefined) return tokens.accessExpiresAt;
  // Imported without its age: it counts as ended, or a token of unknown age would never be renewed where nothing else ends it.
  if (tokens.obtainedAt === 0) return 0;
  const assumed = channel.spec.refresh?.assumedLifetime;
  const lifeMs = (assumed === undefined ? undefined : parseDuration(assumed)) ?? profile.accessLifetimeMs;
  return lifeMs === undefined ? undefined : tokens.obtainedAt + lifeMs;
}

/** Whether automation can move the access token's end at all. */
export function isRenewable(record: GrantRecord, profile: PlatformProfile): boolean {
  if (record.kind === 'App') return true;
  return profile.renewal === 'RefreshToken' && record.tokens.refresh !== undefined;
}

export function planRefresh(facts: ScheduleFacts): RefreshPlan {
  const { channel, profile, settings, record } = facts;
  const { tokens } = record;
  const expiresAt = accessExpiryAt(tokens, channel, profile);
  const idleAt = profile.maxIdleMs === undefined ? undefined : tokens.obtainedAt + profile.maxIdleMs / 2;
  if (!isRenewable(record, profile)) return { at: undefined, lastSafeAt: undefined, isLifetimeBelowFloor: false };
  // Nothing to lose by asking at once: there is no living access token.
  if (tokens.access === undefined) return { at: tokens.obtainedAt, lastSafeAt: undefined, isLifetimeBelowFloor: false };
  if (expiresAt === undefined) {
    return { at: earliest(idleAt, tokens.accessRefusedAt), lastSafeAt: undefined, isLifetimeBelowFloor: false };
  }
  const lifeMs = Math.max(expiresAt - tokens.obtainedAt, 0);
  const isLifetimeBelowFloor = lifeMs < 2 * settings.propagationFloorMs;
  const lastSafeAt = isLifetimeBelowFloor ? tokens.obtainedAt + lifeMs / 2 : expiresAt - settings.propagationFloorMs;
  const routineAt = isLifetimeBelowFloor ? lastSafeAt : routineRefreshAt(facts, lifeMs, expiresAt, lastSafeAt);
  const dueAt = earliest(routineAt, idleAt, tokens.accessRefusedAt) ?? routineAt;
  // Half a life at most, so that the spacing never pushes a refresh past the end of a short token.
  const spacedAt = tokens.obtainedAt + Math.min(settings.minRefreshIntervalMs, lifeMs / 2);
  return { at: Math.max(dueAt, spacedAt), lastSafeAt, isLifetimeBelowFloor };
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
  readonly reason: 'ConsentEnds' | 'RefreshTokenEnds' | 'AccessTokenEnds';
  /** Whole life of what ends there: the Expiring window is at most a third of it. */
  readonly lifeMs: number;
}

/** The moment at which a person is needed because automation cannot move it; undefined while automation can. */
export function deadlineOf(facts: ScheduleFacts): Deadline | undefined {
  const { channel, app, profile, record } = facts;
  if (record.kind === 'App') return undefined;
  const { tokens } = record;
  const consentedAt = tokens.consentedAt ?? tokens.obtainedAt;
  const grantLifeMs = app.spec.grantLifetime === undefined ? undefined : parseDuration(app.spec.grantLifetime);
  const found: Deadline[] = [];
  if (grantLifeMs !== undefined)
    found.push({ at: consentedAt + grantLifeMs, reason: 'ConsentEnds', lifeMs: grantLifeMs });
  if (!isRenewable(record, profile)) {
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

/** From when on the state is Expiring because of the deadline. */
export function expiringFrom(deadline: Deadline, channel: SocialChannel): number {
  const windowMs = parseDuration(channel.spec.expiringWindow ?? '168h') ?? 0;
  return deadline.at - Math.min(windowMs, deadline.lifeMs / 3);
}

export function earliest(...instants: (number | undefined)[]): number | undefined {
  const known = instants.filter((at): at is number => at !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
