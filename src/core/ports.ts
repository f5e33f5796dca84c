import type {
  SocialApp,
  SocialAppStatus,
  SocialChannel,
  SocialChannelStatus,
  SocialPlatform,
  SocialPlatformStatus,
} from '../api/resources.gen.ts';
import type {
  Account,
  ChannelRef,
  Claim,
  ForgottenGrant,
  GrantRecord,
  ParkedAnswer,
  PresentGrant,
  StoredGrant,
  TokenAnswer,
  Tombstone,
  Verdict,
} from './grant.ts';
import type { Sealed } from './sealed.ts';

/** Time and chance, handed in so that the core needs neither. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Milliseconds that never jump back. */
  monotonic(): number;
  /** Resolves after so many milliseconds; not before. */
  sleep(ms: number): Promise<void>;
}
/** A clock by which one can also give up waiting. */
export interface PatientClock extends Clock {
  /** Waits until the work has ended, however it ended, at most so many milliseconds; answers whether it has. */
  isSettledWithin(work: Promise<unknown>, ms: number): Promise<boolean>;
}
export interface Random {
  /** Uniform in [0, 1). */
  unit(): number;
  /** A new unguessable id. */
  id(): string;
  /** 32 unguessable bytes, base64url. */
  secret(): string;
}

/**
 * Grants in Vault. Every write is a check-and-set on the version that it derives from; each throws `CasLost` when
 * somebody else wrote meanwhile, and `Failure` (source Vault) for everything else. An unclear write (acknowledgement
 * lost) is resolved inside: repeated with the same CAS, and by reading until our `writeId` or a newer version is seen.
 */
export interface GrantStore {
  load(ref: ChannelRef): Promise<StoredGrant>;
  /** The CAS write before a spend: same tokens plus the claim; an expired claim it replaces becomes `unknown`. */
  claim(ref: ChannelRef, from: PresentGrant, claim: Claim): Promise<PresentGrant>;
  /** The token was not looked at: the claim goes, all else stays. */
  release(ref: ChannelRef, claimed: PresentGrant): Promise<PresentGrant>;
  /** The answer: new tokens, `generation` as given, claim, unknown outcome and verdict removed. Writes once; the caller repeats. */
  commit(ref: ChannelRef, claimed: PresentGrant, answer: TokenAnswer, generation: number): Promise<PresentGrant>;
  /** Keeps an answer whose commit lost its CAS. */
  park(ref: ChannelRef, parked: ParkedAnswer): Promise<void>;
  parked(ref: ChannelRef): Promise<readonly ParkedAnswer[]>;
  /** Drops parked answers that were adopted or superseded. */
  unpark(ref: ChannelRef, claimIds: readonly string[]): Promise<void>;
  /** A new grant takes the place of what is there (import, consent, adoption of a parked answer). */
  promote(ref: ChannelRef, from: StoredGrant, record: Omit<GrantRecord, 'writeId'>): Promise<PresentGrant>;
  /** Facts learnt about the present grant (account, scopes, access token refused, identity adopted); no token changes. */
  amend(ref: ChannelRef, from: PresentGrant, facts: GrantFacts): Promise<PresentGrant>;
  /** Records the rejection and the rejected fingerprint; removes the claim. */
  verdict(ref: ChannelRef, from: PresentGrant, verdict: Verdict, fingerprint: string): Promise<PresentGrant>;
  /**
   * Destroys the versions with tokens and leaves a tombstone. From a tombstone: only destroys what a process that ended
   * in between has left.
   */
  forget(ref: ChannelRef, from: StoredGrant, tombstone: Omit<Tombstone, 'writeId'>): Promise<ForgottenGrant>;
  /** Keyed digest (HMAC-SHA-256, key `keys/escrow`) of a token: tells tokens apart without telling them. */
  fingerprint(token: Sealed): Promise<string>;
  /** Writes `imported/<fingerprint>` with CAS 0 and answers the channel that owns the import: ours the first time. */
  claimImport(fingerprint: string, owner: ChannelRef): Promise<ChannelRef>;
  /** The channel that owns the account, if any. */
  accountOwner(account: AccountKey): Promise<ChannelRef | undefined>;
  /** CAS write of the owner; answers who owns it now. `takeFrom` is an owner found to hold no grant of this account any more. */
  claimAccount(account: AccountKey, owner: ChannelRef, takeFrom?: ChannelRef): Promise<ChannelRef>;
  releaseAccount(account: AccountKey, owner: ChannelRef): Promise<void>;
  /** The logins that this person gave and that still live here, newest last, and how many there ever were. */
  personLogins(person: PersonKey): Promise<{ readonly logins: readonly PersonLogin[]; readonly everGiven: number }>;
  /** Remembers a login; one of the same channel and epoch is replaced, one of an earlier epoch is over. */
  notePersonLogin(person: PersonKey, login: PersonLogin): Promise<void>;
  forgetPersonLogin(person: PersonKey, channel: ChannelRef): Promise<void>;
  /** What Vault Agent and CSI users read; `undefined` removes it. */
  writeToken(ref: ChannelRef, token: ProjectedToken | undefined): Promise<void>;
  /** A SocialApp's client secret where it lives in Vault (`apps/<namespace>/<app>`, field `client_secret`). */
  appSecret(app: ChannelRef): Promise<Sealed>;
  /** Milliseconds that the present login is still good for; the gate before a claim. */
  loginRemainingMs(): number;
}

export interface GrantFacts {
  readonly account?: Account | undefined;
  readonly person?: string | undefined;
  readonly sourceExpiresAt?: number | undefined;
  readonly consentExpiresAt?: number | undefined;
  readonly derivedFrom?: string | undefined;
  /** The account itself was rejected, and is well again: the verdict goes. */
  readonly isHealed?: boolean | undefined;
  readonly scopes?: readonly string[] | undefined;
  readonly accessExpiresAt?: number | undefined;
  readonly accessRefusedAt?: number | undefined;
  readonly identity?: GrantRecord['identity'] | undefined;
  readonly consumedBootstrap?: string | undefined;
  readonly unknown?: GrantRecord['unknown'];
}

export interface AccountKey {
  readonly platform: string;
  readonly clientId: string;
  readonly accountId: string;
}

/** A person at one app, or at all apps of one project where the platform treats them as one. */
export interface PersonKey {
  readonly platform: string;
  readonly project: string;
  readonly person: string;
}

/** One login that a person gave, as the register of persons remembers it. */
export interface PersonLogin {
  readonly channel: ChannelRef;
  readonly epoch: number;
  readonly consentedAt: number;
  /** The channel that lends this login; absent where it is the channel's own. */
  readonly lender?: string | undefined;
  readonly scopes?: readonly string[] | undefined;
}

export interface ProjectedToken {
  readonly access: Sealed;
  readonly secret?: Sealed | undefined;
  readonly accessExpiresAt?: number | undefined;
  readonly account?: Account | undefined;
  readonly platform: string;
  readonly state: string;
  readonly epoch: number;
  readonly generation: number;
}

/** A namespaced object's place. */
export interface ObjectRef {
  readonly namespace: string;
  readonly name: string;
}

/** Kubernetes, as the channel room needs it. All throw `Failure` (source Kubernetes); `undefined` means 404. */
export interface ChannelApi {
  get(ref: ObjectRef): Promise<SocialChannel | undefined>;
  /** Merge patch of `/status` with the channel's resourceVersion; a conflict is a Transient Failure with reason `CasLost`. */
  patchStatus(channel: SocialChannel, status: SocialChannelStatus): Promise<SocialChannel>;
  addFinalizer(channel: SocialChannel): Promise<void>;
  removeFinalizer(channel: SocialChannel): Promise<void>;
  /**
   * Sets annotations; null takes one off. Of the channel with that uid, and where a resourceVersion is given of that
   * version only; a conflict is a Transient Failure with reason `CasLost`, one that is gone is no failure.
   */
  annotate(
    ref: ObjectRef,
    precondition: { uid: string; resourceVersion?: string },
    to: Readonly<Record<string, string | null>>,
  ): Promise<void>;
}
export interface AppApi {
  get(ref: ObjectRef): Promise<SocialApp | undefined>;
  patchStatus(app: SocialApp, status: SocialAppStatus): Promise<void>;
}
export interface PlatformApi {
  get(name: string): Promise<SocialPlatform | undefined>;
  patchStatus(platform: SocialPlatform, status: SocialPlatformStatus): Promise<void>;
}
export interface NamespaceFacts {
  readonly uid: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly isTerminating: boolean;
}
export interface NamespaceApi {
  get(name: string): Promise<NamespaceFacts | undefined>;
}
/** Secrets that users hand to us: read only with the label `socialops.dev/use: "true"`, else Failure `SecretNotShared`. */
export interface SharedSecretApi {
  get(ref: ObjectRef): Promise<SharedSecret | undefined>;
}
export interface SharedSecret {
  readonly resourceVersion: string;
  readonly data: Readonly<Record<string, Sealed>>;
  /** Deletes it if it is still this version (afterImport: Delete). */
}
export interface ProjectedSecret {
  readonly name: string;
  readonly uid: string;
  readonly data: Readonly<Record<string, Sealed>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Kubernetes deletes it with its channel. */
  readonly isOwned: boolean;
}
export type SecretLookup =
  | { readonly state: 'Absent' }
  | { readonly state: 'Ours'; readonly secret: ProjectedSecret }
  /** Exists and is not managed by this channel; its data was not looked at. */
  | { readonly state: 'Foreign'; readonly name: string };
export interface SecretContent {
  readonly name: string;
  readonly data: Readonly<Record<string, Sealed>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** With an ownerReference Kubernetes deletes it with its channel (deletionPolicy Delete). */
  readonly isOwned: boolean;
}
export interface SecretApi {
  /** Whether it is ours is told by annotation `socialops.dev/channel-uid` = the channel's uid and our managed-by label. */
  lookup(channel: SocialChannel, name: string): Promise<SecretLookup>;
  /**
   * POST when absent, server-side apply with its uid when ours; a foreign one is never touched (Failure `Conflict`).
   * Answers what then is there.
   */
  apply(channel: SocialChannel, existing: SecretLookup, content: SecretContent): Promise<SecretLookup>;
  /** Deletes our own Secret (by uid) of that name, e.g. after spec.secret.name changed. */
  remove(channel: SocialChannel, name: string): Promise<void>;
  /** Deletes a consumed bootstrap Secret if it is still that version. */
  removeShared(ref: ObjectRef, resourceVersion: string): Promise<void>;
}
/** A workload in the namespace of a channel. */
export interface WorkloadRef {
  readonly kind: 'Deployment' | 'StatefulSet' | 'DaemonSet';
  readonly name: string;
}
/** What is known of a workload's pods without looking at them. */
export interface WorkloadFacts {
  readonly uid: string;
  readonly resourceVersion: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** When the operator restarted it last, by its pod template. */
  readonly restartedAt: number | undefined;
  /** The version of each channel's grant that its pods began with, as its pod template says. */
  readonly shown: Readonly<Record<string, string>>;
}
export interface WorkloadApi {
  get(namespace: string, ref: WorkloadRef): Promise<WorkloadFacts | undefined>;
  /**
   * Annotates the pod template in one patch, which makes its controller replace the pods. Of the very version that was
   * read; a conflict is a Transient Failure with reason `CasLost`, one that is gone is no failure.
   */
  restart(
    namespace: string,
    ref: WorkloadRef,
    found: WorkloadFacts,
    annotations: Readonly<Record<string, string>>,
  ): Promise<void>;
}
export interface EventApi {
  /** Never throws: a lost Event is counted, not fatal. */
  emit(
    regarding: SocialChannel | SocialApp,
    type: 'Normal' | 'Warning',
    reason: string,
    message: string,
  ): Promise<void>;
}
