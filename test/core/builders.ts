import type { SocialApp, SocialChannel, SocialChannelStatus } from '../../src/api/resources.gen.ts';
import { Failure, type Family } from '../../src/core/failure.ts';
import type {
  ForgottenGrant,
  GrantRecord,
  ParkedAnswer,
  PresentGrant,
  TokenSet,
  Verdict,
} from '../../src/core/grant.ts';
import type { AppFacts, Attempt, BootstrapFacts, LenderFacts, Observation, Retry } from '../../src/core/observation.ts';
import type { PlatformClient } from '../../src/core/platform-port.ts';
import type { SecretLookup } from '../../src/core/ports.ts';
import type { PlatformProfile } from '../../src/core/profile.ts';
import { Sealed } from '../../src/core/sealed.ts';
import type { Settings } from '../../src/core/settings.ts';
import { reusable, unasked } from './profiles.ts';
import { dayMs, hourMs, minuteMs, secondMs } from './times.ts';

export * from './profiles.ts';
export * from './times.ts';

/** The instant of every observation that does not say another. */
export const nowAt = Date.parse('2026-03-01T12:00:00Z');

export const settings: Settings = {
  propagationFloorMs: 150 * secondMs,
  claimLifeMs: 60 * secondMs,
  httpTimeoutMs: 15 * secondMs,
  minRefreshIntervalMs: 60 * secondMs,
  minTokenLifetimeMs: 60 * secondMs,
  maxTokenLifetimeMs: 400 * dayMs,
  confirmPauseMs: 5 * secondMs,
  brakeWindowMs: hourMs,
  brakeHoldMs: 4 * hourMs,
  brakeAppChannels: 3,
  brakeAppPercent: 20,
  brakePlatformChannels: 5,
  brakePlatformPercent: 10,
  reReadIntervalMs: 5 * minuteMs,
  writeVaultToken: true,
  noticeSinks: [],
  noticeWindowMs: minuteMs,
};

export const app: SocialApp = {
  apiVersion: 'socialops.dev/v1alpha1',
  kind: 'SocialApp',
  metadata: { name: 'video', namespace: 'main-stage', uid: 'app-uid', generation: 1 },
  spec: { platform: 'twitch', clientId: 'client', clientType: 'Confidential', allowedNamespaces: { from: 'Same' } },
};
export const tokenOrigin = 'https://id.twitch.tv';

export interface Ready {
  readonly profile?: PlatformProfile;
  readonly spec?: Partial<SocialApp['spec']>;
  readonly clientId?: string;
}

/** An app that can be used. Its platform's requests throw: decisions are made without asking. */
export function readyApp({ profile = reusable, spec = {}, clientId = 'client' }: Ready = {}): AppFacts {
  const refuse = () => Promise.reject(new Error('the core asked a platform'));
  const platform: PlatformClient = { profile, tokenOrigin, ...unasked(refuse) };
  return {
    state: 'Ready',
    app: { ...app, spec: { ...app.spec, ...spec } },
    client: { id: clientId },
    platform,
  };
}

export function unusable(family: Family = 'Misconfigured', reason: Failure['reason'] = 'AppNotFound'): AppFacts {
  return { state: 'Unusable', failure: failure(family, reason) };
}

export function failure(family: Family = 'Transient', reason: Failure['reason'] = 'PlatformUnavailable'): Failure {
  return new Failure(family, reason, `Message of ${reason}.`, { source: 'Platform' });
}

export const inputs = 'inputs-1';

/** A failed attempt that waits another minute; `of` says otherwise. */
export function retry(of: Partial<Retry> = {}): Retry {
  const { count = 1 } = of;
  return {
    failure: failure(),
    count,
    firstAt: nowAt - 10 * minuteMs,
    lastAt: nowAt - minuteMs,
    nextAt: nowAt + minuteMs,
    inputs,
    ...of,
  };
}
export const retries = (attempt: Attempt, of: Partial<Retry> = {}) => ({ retries: { [attempt]: retry(of) } });

/** An hour old, three hours to go. */
export const tokens: TokenSet = {
  access: Sealed.of('access-7'),
  refresh: Sealed.of('refresh-7'),
  obtainedAt: nowAt - hourMs,
  accessExpiresAt: nowAt + 3 * hourMs,
  consentedAt: nowAt - 30 * dayMs,
  scopes: ['stream'],
};

/** A token that ended ten minutes ago. */
export const ended: TokenSet = { ...tokens, obtainedAt: nowAt - 4.1 * hourMs, accessExpiresAt: nowAt - 10 * minuteMs };
/** Three hours old: its time to be renewed has come, and it lives for another hour. */
export const dueTokens: TokenSet = { ...tokens, obtainedAt: nowAt - 3 * hourMs, accessExpiresAt: nowAt + hourMs };

export const identity = { clusterId: 'cluster', namespaceUid: 'namespace-uid', channelUid: 'channel-uid' };
export const ours = { namespace: 'main-stage', name: 'twitch' };
export const other = { namespace: 'other-stage', name: 'rival' };

export const record: GrantRecord = {
  writeId: 'w7',
  kind: 'User',
  identity,
  issuedTo: { platform: 'twitch', clientId: 'client', tokenOrigin },
  account: { id: '42', handle: 'mainstage' },
  epoch: 2,
  generation: 7,
  tokens,
  extras: {},
  rejected: [],
  consumedBootstraps: ['b1'],
};

/** The grant as Vault holds it: written an hour ago, read just now. */
export function grant(of: Partial<GrantRecord> = {}, at: Partial<PresentGrant> = {}): { grant: PresentGrant } {
  const stored = { version: 7, writtenAt: nowAt - hourMs, readAt: nowAt };
  return { grant: { state: 'Present', record: { ...record, ...of }, ...stored, ...at } };
}
export const grantWith = (of: Partial<TokenSet>, more: Partial<GrantRecord> = {}) =>
  grant({ ...more, tokens: { ...(more.tokens ?? tokens), ...of } });
export const absent = { grant: { state: 'Absent', version: 0, writtenAt: 0, readAt: nowAt } } as const;
export const forgotten = {
  grant: {
    state: 'Forgotten',
    version: 9,
    writtenAt: nowAt - hourMs,
    readAt: nowAt,
    tombstone: {
      writeId: 'w9',
      forgottenAt: nowAt - hourMs,
      identity,
      epoch: 2,
      generation: 7,
      consumedBootstraps: ['b1'],
      rejected: [],
    },
  } satisfies ForgottenGrant,
};
/** The app's own token (client credentials). */
export const appGrant: Partial<GrantRecord> = {
  kind: 'App',
  account: undefined,
  tokens: { access: Sealed.of('app-access'), obtainedAt: nowAt - hourMs, accessExpiresAt: nowAt + 3 * hourMs },
};

export const verdict: Verdict = {
  reason: 'AccessRevoked',
  message: 'Twitch rejected the stored login.',
  at: nowAt - 10 * minuteMs,
  confirmations: 2,
  probes: 0,
};
const claim = { id: 'claim-8', holder: 'pod-a', epoch: 2, fingerprint: 'f7', lifeMs: 60 * secondMs };
/** A claim written so long ago by Vault's clock; it lives for a minute. */
export const claimedAgo = (agoMs: number, of: Partial<GrantRecord> = {}) =>
  grant({ ...of, claim }, { version: 8, writtenAt: nowAt - agoMs });
export const unknown = { claimId: 'claim-8', since: nowAt - hourMs };
export const parked: ParkedAnswer = {
  claimId: 'claim-8',
  epoch: 2,
  generation: 7,
  fingerprint: 'f7',
  parkedAt: nowAt - minuteMs,
  answer: { access: Sealed.of('access-8'), obtainedAt: nowAt - minuteMs, raw: Sealed.of('raw-8') },
  raw: Sealed.of('raw-8'),
};

export const bootstrap: Extract<BootstrapFacts, { state: 'Ready' }> = {
  state: 'Ready',
  fingerprint: 'b2',
  tokens,
  extras: {},
  resourceVersion: '1',
};

export const status: SocialChannelStatus = {
  state: 'Connected',
  reason: 'Healthy',
  account: { id: '42', handle: 'mainstage' },
  epoch: 2,
  generation: 7,
  secretName: 'twitch-token',
};

interface ChannelParts {
  readonly metadata?: Partial<SocialChannel['metadata']>;
  readonly spec?: Partial<SocialChannel['spec']>;
  readonly refresh?: Partial<SocialChannel['spec']['refresh']>;
  readonly status?: SocialChannelStatus | undefined;
}

/** The channel as the API server shows it, with every default filled in. */
export function channel(of: ChannelParts = {}): { channel: SocialChannel } {
  const seen = 'status' in of ? of.status : status;
  return {
    channel: {
      apiVersion: 'socialops.dev/v1alpha1',
      kind: 'SocialChannel',
      metadata: { ...ours, uid: 'channel-uid', generation: 3, resourceVersion: '1', ...of.metadata },
      spec: {
        appRef: { name: 'video' },
        grantType: 'User',
        owner: { name: 'Dana Reyes', email: 'dana@example.com' },
        expiringWindow: '168h',
        secret: {
          keys: {
            accessToken: 'access_token',
            expiresAt: 'expires_at',
            accountID: 'account_id',
            platform: 'platform',
            state: 'state',
            accessTokenSecret: 'access_token_secret',
          },
          deletionPolicy: 'Delete',
        },
        vaultToken: 'Enabled',
        deletionPolicy: 'Retain',
        ...of.spec,
        refresh: { policy: 'Automatic', ...of.refresh },
      },
      ...(seen === undefined ? {} : { status: seen }),
    },
  };
}
export const suspended = channel({ refresh: { policy: 'Suspended' } });
/** A channel that was never connected. */
export const fresh = channel({ status: undefined });
export const deleted = (of: ChannelParts = {}) =>
  channel({
    ...of,
    metadata: {
      deletionTimestamp: '2026-03-01T11:59:00Z',
      finalizers: ['socialops.dev/forget'],
      ...of.metadata,
    },
    spec: { deletionPolicy: 'Forget' },
  });

/** Our Secret, showing the grant of that epoch and generation. */
export function secretShowing(stamp: string): { secret: SecretLookup } {
  const annotations = { 'socialops.dev/grant': stamp };
  return {
    secret: {
      state: 'Ours',
      secret: { name: 'twitch-token', uid: 'secret-uid', data: {}, labels: {}, annotations, isOwned: true },
    },
  };
}

/** Another channel that lends its login. */
export function lending(of: Partial<GrantRecord> = {}, needsReauth = false): { lender: LenderFacts } {
  const lent = { ...record, account: { id: 'person' }, epoch: 1, generation: 3, ...of };
  return { lender: { state: 'Ready', name: 'lender', record: lent, needsReauth, message: 'Message of the lender.' } };
}

/** A connected channel with nothing to do; `parts` say what is different. */
export function observation(...parts: Partial<Observation>[]): Observation {
  const usual: Observation = {
    now: nowAt,
    settings,
    ...channel(),
    clusterId: 'cluster',
    namespace: { uid: 'namespace-uid', labels: {}, annotations: {}, isTerminating: false },
    app: readyApp(),
    ...grant(),
    fingerprint: 'f7',
    parked: [],
    escrow: { state: 'Listed', answers: [], unreadable: [] },
    consent: { state: 'Unasked' },
    bootstrap: { state: 'None' },
    lender: { state: 'None' },
    accountOwner: ours,
    isAccountOwnerGone: false,
    ...secretShowing('2.7'),
    isSecretCurrent: true,
    isVaultTokenCurrent: true,
    retries: {},
    lastCheckAt: nowAt - 10 * minuteMs,
    inputs,
    phase: 0.5,
  };
  return Object.assign({}, usual, ...parts);
}
