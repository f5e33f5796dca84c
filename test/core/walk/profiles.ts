import type { PlatformProfile } from '../../../src/core/profile.ts';
import { reusable, singleUse, traded, withGrace } from '../profiles.ts';
import { dayMs, hourMs, minuteMs } from '../times.ts';

/** A way of rotation, with lives and spans that fit it. */
export interface WalkProfile {
  readonly name: string;
  readonly profile: PlatformProfile;
  /** How long troubles last. */
  readonly spanMs: number;
  /** Longest outage: longer than an access token where a refresh token is there, far shorter where only a living token renews. */
  readonly longestTroubleMs: number;
  /** How often a channel that waits for a person is read again. */
  readonly reReadMs: number;
  /** Until then everything has healed. */
  readonly healMs: number;
}

export const walkProfiles: readonly WalkProfile[] = [
  {
    name: 'reusable',
    profile: { ...reusable, introspectIntervalMs: 6 * hourMs },
    spanMs: 3 * dayMs,
    reReadMs: 30 * minuteMs,
    longestTroubleMs: 6 * hourMs,
    healMs: 2 * dayMs,
  },
  {
    name: 'grace',
    profile: { ...withGrace, graceMs: 10 * minuteMs, introspectIntervalMs: 6 * hourMs },
    spanMs: 3 * dayMs,
    reReadMs: 30 * minuteMs,
    longestTroubleMs: 6 * hourMs,
    healMs: dayMs,
  },
  {
    name: 'single-use',
    profile: { ...singleUse, oldToken: 'Dies', accessLifetimeMs: dayMs, introspectIntervalMs: 18 * hourMs },
    spanMs: 20 * dayMs,
    reReadMs: 2 * hourMs,
    longestTroubleMs: 12 * hourMs,
    healMs: 2 * dayMs,
  },
  {
    name: 'kills-on-replay',
    profile: { ...singleUse, accessLifetimeMs: 2 * hourMs, introspectIntervalMs: 6 * hourMs },
    spanMs: 2 * dayMs,
    reReadMs: 30 * minuteMs,
    longestTroubleMs: 3 * hourMs,
    healMs: dayMs,
  },
  {
    name: 'exchange',
    profile: { ...traded, introspectIntervalMs: 4 * dayMs },
    spanMs: 250 * dayMs,
    reReadMs: 2 * dayMs,
    longestTroubleMs: 6 * hourMs,
    healMs: 70 * dayMs,
  },
];
