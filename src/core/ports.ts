import type {
  SocialApp,
  SocialAppStatus,
  SocialChannel,
  SocialChannelStatus,
  SocialPlatform,
  SocialPlatformStatus,
} from '../api/resources.gen.ts';
import type { Failure } from './failure.ts';
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
  TokenSet,
  Tombstone,
  Verdict,
} from './grant.ts';
import type { PlatformProfile } from './profile.ts';
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
export interface Random {
  /** Uniform in [0, 1). */
  unit(): number;
  /** A new unguessable id. */
  id(): string;
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
  /** What Vault Agent and CSI users read; `undefined` removes it. */
  writeToken(ref: ChannelRef, token: ProjectedToken | undefined): Promise<void>;
  /** A SocialApp's client secret where it lives in Vault (`apps/<namespace>/<app>`, field `client_secret`). */
  appSecret(app: ChannelRef): Promise<Sealed>;
  /** Milliseconds that the present login is still good for; the gate before a claim. */
  loginRemainingMs(): number;
}

export interface GrantFacts {
  readonly account?: Account | undefined;
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

export interface ProjectedToken {
  readonly access: Sealed;
  readonly accessExpiresAt?: number | undefined;
  readonly account?: Account | undefined;
  readonly platform: string;
  readonly state: string;
  readonly epoch: number;
  readonly generation: number;
}

/** The OAuth client of a SocialApp, resolved. */
export interface OAuthClient {
  readonly id: string;
  readonly secret?: Sealed | undefined;
  /** `SocialApp.spec.extra`. */
  readonly extra: Readonly<Record<string, string>>;
}

/**
 * The five endings of a spend (design section 6, step 3). `NotSent` and `Refused`: the token was not looked at.
 * `Unknown`: it was sent, and nobody knows what became of it (`raw` where bytes came that could not be understood).
 */
export type SpendOutcome =
  | { readonly kind: 'NotSent'; readonly failure: Failure }
  | { readonly kind: 'Refused'; readonly failure: Failure }
  | { readonly kind: 'Answered'; readonly answer: TokenAnswer }
  | { readonly kind: 'Rejected'; readonly failure: Failure }
  | { readonly kind: 'Unknown'; readonly failure: Failure; readonly raw?: Sealed | undefined };

export interface SpendRequest {
  readonly client: OAuthClient;
  /** Absent for client credentials. */
  readonly tokens?: TokenSet | undefined;
  readonly scopes: readonly string[];
  readonly extras: Readonly<Record<string, string>>;
  /** Deadline of the whole request, milliseconds. */
  readonly timeoutMs: number;
}

/** What a validity check found. It throws `Failure` when it could not be made or understood. */
export type Introspection =
  | {
      readonly kind: 'Valid';
      readonly account?: Account | undefined;
      readonly scopes?: readonly string[] | undefined;
      readonly accessExpiresAt?: number | undefined;
    }
  /** The access token is dead; the refresh token has not been asked. */
  | { readonly kind: 'AccessTokenDead'; readonly failure: Failure }
  /** The platform rejects the grant or the account itself (suspended, role lost, no channel). */
  | { readonly kind: 'Rejected'; readonly failure: Failure };

export interface IntrospectRequest {
  readonly client: OAuthClient;
  readonly tokens: TokenSet;
  readonly kind: 'User' | 'App';
  readonly extras: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

/** One platform, as the engine runs it. Requests are sent once: no retries, no redirects, no probing of client authentication. */
export interface PlatformClient {
  readonly profile: PlatformProfile;
  /** Scheme, host and port that `issuedTo.tokenOrigin` is compared with. */
  readonly tokenOrigin: string;
  /** Never throws: every ending is an outcome. */
  refresh(request: SpendRequest): Promise<SpendOutcome>;
  /** RFC 6749 4.4. Never throws. */
  reissue(request: SpendRequest): Promise<SpendOutcome>;
  introspect(request: IntrospectRequest): Promise<Introspection>;
}

export interface PlatformRegistry {
  /** The built-in platform or the SocialPlatform of that name; throws Failure `PlatformUnknown` (with the nearest name) or `PlatformInvalid`. */
  resolve(name: string, custom: SocialPlatform | undefined): PlatformClient;
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
  /** POST when absent, server-side apply with its uid when ours; a foreign one is never touched (Failure `Conflict`). */
  apply(channel: SocialChannel, existing: SecretLookup, content: SecretContent): Promise<void>;
  /** Deletes our own Secret (by uid) of that name, e.g. after spec.secret.name changed. */
  remove(channel: SocialChannel, name: string): Promise<void>;
  /** Deletes a consumed bootstrap Secret if it is still that version. */
  removeShared(ref: ObjectRef, resourceVersion: string): Promise<void>;
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
