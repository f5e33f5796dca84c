import { parseDuration } from '../core/instant.ts';
import type { PlatformProfile } from '../core/profile.ts';
import type { Platform } from './platform.ts';

/** What the core decides by, from the platform's declaration. */
export function profileOf({ name, spec }: Platform): PlatformProfile {
  const { lifetimes, rotation } = spec;
  const pace = spec.introspect?.interval ?? spec.identity?.interval;
  return {
    name,
    displayName: spec.displayName,
    // A refresh token that is never replaced is sent again and again: re-use is harmless by definition.
    oldToken: rotation?.oldToken ?? (rotation?.mode === 'Never' ? 'Lives' : 'Dies'),
    graceMs: milliseconds(rotation?.grace),
    renewal: spec.refresh.strategy,
    refreshAtPercent: spec.refresh.atPercentOfLifetime,
    accessLifetimeMs: milliseconds(lifetimes.access),
    refreshLifetimeMs: milliseconds(lifetimes.refresh),
    refreshAnchor: lifetimes.refreshAnchor,
    maxIdleMs: milliseconds(lifetimes.maxIdle),
    introspectIntervalMs: milliseconds(pace),
    tellsAccount: spec.identity !== undefined || (spec.introspect?.accountID?.length ?? 0) > 0,
    defaultScopes: spec.authorize?.scopes.default ?? [],
  };
}

function milliseconds(duration: string | undefined): number | undefined {
  return duration === undefined ? undefined : parseDuration(duration);
}
