import type { PlatformClient } from '../core/platform-port.ts';
import { beginConsent, exchangeCode } from './consent.ts';
import { pollDevice, startDevice } from './device.ts';
import { rulesOf } from './errors.ts';
import { derive, introspect } from './inquiry.ts';
import type { Parts } from './parts.ts';
import type { ErrorRule, Platform } from './platform.ts';
import { profileOf } from './profile.ts';
import { hear } from './push.ts';
import { refresh, reissue } from './renewal.ts';
import { tokenOrigin } from './requests.ts';
import { revoke } from './revocation.ts';

export interface ClientParts extends Omit<Parts, 'platform' | 'rules'> {
  /** Only for the test that removes rules. */
  readonly standard?: readonly ErrorRule[];
}

/** One platform as the engine runs it, from its declaration alone. */
export function createPlatformClient(platform: Platform, shared: ClientParts): PlatformClient {
  const parts: Parts = { ...shared, platform, rules: rulesOf(platform.spec, shared.standard) };
  return {
    profile: profileOf(platform),
    tokenOrigin: tokenOrigin(platform.spec),
    heldMs: (client) => parts.heldMs(tokenOrigin(platform.spec), client.id),
    refresh: (request) => refresh(parts, request),
    reissue: (request) => reissue(parts, request),
    introspect: (request) => introspect(parts, request),
    derive: (request) => derive(parts, request),
    beginConsent: (request) => beginConsent(parts, request),
    exchangeCode: (request) => exchangeCode(parts, request),
    startDevice: (request) => startDevice(parts, request),
    pollDevice: (request) => pollDevice(parts, request),
    revoke: (request) => revoke(parts, request),
    hear: (client, request) => hear(parts, client, request),
  };
}
