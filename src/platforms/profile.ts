import { parseDuration } from '../core/instant.ts';
import type { PlatformProfile } from '../core/profile.ts';
import type { Platform, PlatformSpec } from './platform.ts';

/** What the core decides by, from the platform's declaration. */
export function profileOf({ name, spec }: Platform): PlatformProfile {
  const { lifetimes, rotation, refresh } = spec;
  return {
    name,
    displayName: spec.displayName,
    // A refresh token that is never replaced is sent again and again: re-use is harmless by definition.
    oldToken: rotation?.oldToken ?? (rotation?.mode === 'Never' ? 'Lives' : 'Dies'),
    graceMs: milliseconds(rotation?.grace),
    renewal: refresh.strategy,
    refreshAtPercent: refresh.atPercentOfLifetime,
    minTokenAgeMs: milliseconds(refresh.minTokenAge),
    upgradeBelowMs: milliseconds(refresh.upgradeBelow),
    derives: spec.derive !== undefined,
    isAccountNamed: spec.derive !== undefined || spec.role?.pick !== undefined,
    isPersonTheAccount: isPersonTheAccount(spec),
    accessLifetimeMs: milliseconds(lifetimes.access),
    refreshLifetimeMs: milliseconds(lifetimes.refresh),
    refreshAnchor: lifetimes.refreshAnchor,
    maxIdleMs: milliseconds(lifetimes.maxIdle),
    consentLifetimeMs: milliseconds(lifetimes.consent),
    testingLifeMs: milliseconds(lifetimes.testing),
    introspectIntervalMs: milliseconds(pace(spec)),
    tellsAccount: tellsAccount(spec),
    scopeChange: spec.authorize?.scopes.change ?? 'Free',
    revokeEffect: spec.revoke?.effect,
    push: spec.push?.find(({ receive }) => receive !== undefined)?.transport,
    projectEndsAt: spec.revoke?.projectEndsAt,
    loginsPerPerson: spec.limits?.loginsPerPerson,
    limits: limitsOf(spec),
    issuer: spec.callback.issuer,
    neededExtras: neededExtras(spec),
    areScopesAsked: spec.authorize?.scopes.send !== false,
    advice: spec.advice ?? [],
    scopePurposes: spec.authorize?.scopes.purposes ?? {},
    defaultScopes: spec.authorize?.scopes.default ?? [],
  };
}

function neededExtras({ token }: PlatformSpec): readonly string[] {
  const values = Object.values({ ...token.params, ...token.refresh?.params });
  return [...values.join(' ').matchAll(/\{\{extras\.([A-Za-z0-9_]+)\}\}/g)].map(([, name = '']) => name);
}

/** The first question sets the pace; the others join in when they are due. */
function pace({ introspect, identity, role }: PlatformSpec): string | undefined {
  return (introspect ?? identity ?? role)?.interval;
}

function tellsAccount({ introspect, identity, role, derive }: PlatformSpec): boolean {
  return (
    identity !== undefined ||
    derive !== undefined ||
    role?.pick !== undefined ||
    (introspect?.accountID?.length ?? 0) > 0
  );
}

function isPersonTheAccount({ introspect, role, derive }: PlatformSpec): boolean {
  return introspect?.personID === undefined && role?.pick === undefined && derive === undefined;
}

function limitsOf({ limits }: PlatformSpec): PlatformProfile['limits'] {
  const windowMs = milliseconds(limits?.window);
  if (limits === undefined || windowMs === undefined) return undefined;
  return { requests: limits.requests, platformRequests: limits.platformRequests, windowMs };
}

function milliseconds(duration: string | undefined): number | undefined {
  return duration === undefined ? undefined : parseDuration(duration);
}
