import type { SocialApp, SocialChannel, SocialChannelStatus } from '../api/resources.gen.ts';
import type { Wave } from './brake.ts';
import type { ConsentFacts } from './consent-records.ts';
import type { EscrowFacts } from './escrow.ts';
import type { Failure } from './failure.ts';
import type { ChannelRef, GrantRecord, ParkedAnswer, StoredGrant, TokenSet, Verdict } from './grant.ts';
import type { Told } from './notice.ts';
import type { OAuthClient, PlatformClient } from './platform-port.ts';
import type { NamespaceFacts, SecretLookup, WorkloadFacts, WorkloadRef } from './ports.ts';
import type { Settings } from './settings.ts';

/** The app that the channel names, or why it cannot be used. */
export type AppFacts =
  | {
      readonly state: 'Ready';
      readonly app: SocialApp;
      readonly client: OAuthClient;
      readonly platform: PlatformClient;
    }
  | { readonly state: 'Unusable'; readonly failure: Failure };

/** Tokens that exist already and wait to be imported. */
export type BootstrapFacts =
  | { readonly state: 'None' }
  | { readonly state: 'Unusable'; readonly failure: Failure }
  | {
      readonly state: 'Ready';
      readonly fingerprint: string;
      readonly tokens: TokenSet;
      readonly accountId?: string | undefined;
      readonly extras: Readonly<Record<string, string>>;
      readonly resourceVersion: string;
    };

/** The channel whose login this one lives from (`spec.grantFrom`). */
export type LenderFacts =
  | { readonly state: 'None' }
  | { readonly state: 'Unusable'; readonly failure: Failure }
  | {
      readonly state: 'Ready';
      readonly name: string;
      readonly record: GrantRecord;
      /** A person is needed there. */
      readonly needsReauth: boolean;
      readonly message: string;
    };

/** A workload of `spec.rollout` that exists. */
export interface FoundWorkload {
  readonly state: 'Found';
  readonly ref: WorkloadRef;
  readonly facts: WorkloadFacts;
}
export type WorkloadLookup =
  | FoundWorkload
  | { readonly state: 'Missing'; readonly ref: WorkloadRef }
  | { readonly state: 'Unreadable'; readonly ref: WorkloadRef; readonly failure: Failure };

/** The effects that can fail and be tried again; each has its own memory of attempts. */
export type Attempt =
  | 'Spend'
  | 'Introspect'
  | 'Derive'
  | 'Project'
  | 'Import'
  | 'Account'
  | 'Finalize'
  | 'Escrow'
  | 'Rollout'
  | 'Consent'
  | 'Invite'
  | 'Observe';

/** What a process remembers of failed attempts of one channel; a restart forgets it, which costs one early try. */
export interface Retry {
  readonly failure: Failure;
  readonly count: number;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly nextAt: number;
  /** Of the spec and the app's secret that it failed with: a change of either ends the wait. */
  readonly inputs: string;
}

/** A refresh token that the platform rejected, which is not believed yet. */
export interface Suspicion {
  readonly fingerprint: string;
  readonly verdict: Omit<Verdict, 'at'>;
  /** The claims of the spends that ended so: where one of them could not be released, its outcome is known all the same. */
  readonly claimIds: readonly string[];
}

/** Everything that `decide` and `status` may look at. */
export interface Observation {
  readonly now: number;
  readonly settings: Settings;
  readonly channel: SocialChannel;
  readonly clusterId: string;
  /** `--adopt-cluster`: records of that cluster are taken over. */
  readonly adoptCluster?: string | undefined;
  readonly namespace: NamespaceFacts;
  readonly app: AppFacts;
  readonly grant: StoredGrant;
  /** Fingerprint of the present refresh token (of the access token without one). */
  readonly fingerprint?: string | undefined;
  readonly parked: readonly ParkedAnswer[];
  readonly escrow: EscrowFacts;
  readonly consent: ConsentFacts;
  /** Where people connect channels (`--pages-url`). */
  readonly pagesURL?: string | undefined;
  readonly bootstrap: BootstrapFacts;
  readonly lender: LenderFacts;
  /** What the platform holds against the account although the login is good, as last heard. */
  readonly blocked?: Failure | undefined;
  /** What the platform holds against the app, as this channel's questions heard although its login is good. */
  readonly appFault?: { readonly failure: Failure; readonly at: number } | undefined;
  /** Which channel owns the account of the present grant. */
  readonly accountOwner: ChannelRef | undefined;
  /** True where that owner's record no longer holds this account. */
  readonly isAccountOwnerGone: boolean;
  readonly secret: SecretLookup;
  /** Whether the Secret's content is what it should be (computed with the very function that builds it). */
  readonly isSecretCurrent: boolean;
  /** Whether this process has written the Vault path `token` for this grant and state. */
  readonly isVaultTokenCurrent: boolean;
  /** The workloads of `spec.rollout`; absent while there is no token for them, and once all are known to have it. */
  readonly workloads?: readonly WorkloadLookup[] | undefined;
  readonly retries: Readonly<Partial<Record<Attempt, Retry>>>;
  /** When this process last introspected the present access token. */
  readonly lastCheckAt?: number | undefined;
  /** By when the platform is to be asked, however lately it was. */
  readonly checkWantedAt?: number | undefined;
  /** The refresh request that this process has answered last (annotation `socialops.dev/refresh`). */
  readonly handledRefreshRequest?: string | undefined;
  /** The invitation that this process made last. */
  readonly invitation?: NonNullable<SocialChannelStatus['invitation']> | undefined;
  /** The wave of rejections that this channel's own is, or would be, a part of. */
  readonly wave?: Wave | undefined;
  /** The present token as the platform rejected it, where asking again would tell nothing new. */
  readonly suspicion?: Suspicion | undefined;
  /** Notices that sinks took and that the status does not show yet. */
  readonly sentNotices?: readonly Told[] | undefined;
  /** Spec and app secret in one string: a retry that waits because of either wakes when it differs. */
  readonly inputs: string;
  /** Stable phase in [0, 1) from the channel's uid: spreads what would else fall together. */
  readonly phase: number;
}
