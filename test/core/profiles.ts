import type { PlatformClient } from '../../src/core/platform-port.ts';
import type { PlatformProfile } from '../../src/core/profile.ts';
import { dayMs, hourMs, minuteMs } from './times.ts';

/** Like Twitch: a refresh token that may be sent again, four hours of life, an hourly check. */
export const reusable: PlatformProfile = {
  neededExtras: [],
  advice: [],
  scopePurposes: {},
  areScopesAsked: true,
  name: 'twitch',
  displayName: 'Twitch',
  oldToken: 'Lives',
  renewal: 'RefreshToken',
  refreshAtPercent: 66,
  accessLifetimeMs: 4 * hourMs,
  refreshAnchor: 'Issue',
  introspectIntervalMs: hourMs,
  tellsAccount: true,
  derives: false,
  isPersonTheAccount: true,
  isAccountNamed: false,
  scopeChange: 'Free',
  defaultScopes: ['stream'],
};
/** A refresh token that is replaced by each use, and whose second use ends the whole grant. */
export const singleUse: PlatformProfile = { ...reusable, oldToken: 'ReplayRevokesAll' };
export const withGrace: PlatformProfile = { ...reusable, oldToken: 'Grace', graceMs: 10 * minuteMs };
/** Like Instagram: a living token of 60 days is traded for another one, never on its first day. */
export const traded: PlatformProfile = {
  ...reusable,
  renewal: 'Exchange',
  accessLifetimeMs: 60 * dayMs,
  refreshAtPercent: 50,
  minTokenAgeMs: dayMs,
  upgradeBelowMs: dayMs,
};
/** Like Facebook: the same, and pods get a page's token that is derived from the person's. */
export const derived: PlatformProfile = { ...traded, derives: true, isPersonTheAccount: false, isAccountNamed: true };
/** Nothing renews its tokens. */
export const notRenewable: PlatformProfile = { ...reusable, renewal: 'None' };

/** Every request of a platform, answered alike. */
export function unasked(answer: () => Promise<never>): Omit<PlatformClient, 'profile' | 'tokenOrigin'> {
  return {
    heldMs: () => 0,
    refresh: answer,
    reissue: answer,
    introspect: answer,
    derive: answer,
    beginConsent: answer,
    exchangeCode: answer,
    startDevice: answer,
    pollDevice: answer,
    revoke: answer,
    hear: answer,
  };
}
