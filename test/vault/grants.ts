import type { ChannelRef, GrantRecord, PresentGrant, StoredGrant, TokenAnswer } from '../../src/core/grant.ts';
import { Sealed } from '../../src/core/sealed.ts';

export const ref: ChannelRef = { namespace: 'main-stage', name: 'twitch' };
export const identity = { clusterId: 'cluster', namespaceUid: 'namespace', channelUid: 'channel' };

/** Every field that a grant can have but claim, unknown outcome and verdict. */
export const content: Omit<GrantRecord, 'writeId'> = {
  kind: 'User',
  identity,
  issuedTo: { platform: 'twitch', clientId: 'client', tokenOrigin: 'https://id.twitch.tv' },
  account: { id: '42', handle: 'mainstage' },
  person: 'p1',
  lender: 'lender',
  consentScopes: ['chat', 'else', 'stream'],
  epoch: 1,
  generation: 1,
  tokens: {
    access: Sealed.of('access-1'),
    refresh: Sealed.of('refresh-1'),
    secret: Sealed.of('token-secret-1'),
    obtainedAt: 1_795_000_000_001,
    accessExpiresAt: 1_795_000_900_002,
    refreshExpiresAt: 1_796_000_000_003,
    consentExpiresAt: 1_797_000_000_005,
    consentedAt: 1_794_000_000_004,
    lifeBeforeMs: 3_600_000,
    isEndFixed: true,
    derivedFrom: 'f0',
    scopes: ['chat', 'stream'],
  },
  extras: { device: 'd1' },
  rejected: ['r1'],
  consumedBootstraps: ['b1'],
  raw: Sealed.of('{"access_token":"access-1"}'),
};

export function claimNamed(id: string, lifeMs = 60_000) {
  return { id, holder: 'pod-a', epoch: 1, fingerprint: 'f1', lifeMs };
}

export function answerNamed(name: string): TokenAnswer {
  return {
    access: Sealed.of(`access-${name}`),
    refresh: Sealed.of(`refresh-${name}`),
    obtainedAt: 1_795_001_000_000,
    accessExpiresAt: 1_795_002_000_000,
    raw: Sealed.of(`{"access_token":"access-${name}"}`),
  };
}

/** With the secrets in the clear: two `Sealed` look equal to a test whatever they hold. */
export function revealed(value: unknown): unknown {
  if (value instanceof Sealed) return `sealed ${value.reveal()}`;
  if (Array.isArray(value)) return value.map(revealed);
  if (typeof value !== 'object' || value === null) return value;
  const known = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(known.map(([name, field]) => [name, revealed(field)]));
}

export function present(grant: StoredGrant): PresentGrant {
  if (grant.state === 'Present') return grant;
  throw new Error(`The grant is ${grant.state}.`);
}
