import type { Reason } from '../api/reasons.ts';
import type { Sealed } from './sealed.ts';

/** Namespace and name of a SocialChannel; also the channel's place in Vault. */
export interface ChannelRef {
  readonly namespace: string;
  readonly name: string;
}

/** Whose record it is. A record is used only by the cluster and namespace that it was written for (design section 5). */
export interface GrantIdentity {
  readonly clusterId: string;
  readonly namespaceUid: string;
  readonly channelUid: string;
}

/** Which OAuth client the grant was issued to. Nothing is sent to any other (design section 5, Binding). */
export interface IssuedTo {
  readonly platform: string;
  readonly clientId: string;
  /** Scheme, host and port of the token endpoint. */
  readonly tokenOrigin: string;
}

export interface Account {
  readonly id: string;
  readonly handle?: string | undefined;
}

/** What the platform gave. Instants are epoch milliseconds on our clock. */
export interface TokenSet {
  /** What pods get. Absent where only a refresh token was imported, or while a page's token was not derived yet. */
  readonly access?: Sealed | undefined;
  /**
   * What renewal spends and pods never see: the refresh token, or the person's own token where pods get one that was
   * derived from it. Absent where the access token itself is traded or prolonged, for App grants, and where nothing renews.
   */
  readonly refresh?: Sealed | undefined;
  /** OAuth 1.0a: the secret that belongs to `access` (RFC 5849 section 2.3). */
  readonly secret?: Sealed | undefined;
  /** Our clock when the request was sent that brought the access token (RFC 6749 5.1: `expires_in` counts from it). */
  readonly obtainedAt: number;
  /** Absent: the platform states no end, and none is assumed. */
  readonly accessExpiresAt?: number | undefined;
  readonly refreshExpiresAt?: number | undefined;
  /** End of the consent itself, as the platform told; no renewal moves it. */
  readonly consentExpiresAt?: number | undefined;
  /** Life of the access token before this one, milliseconds: a changed life is told. */
  readonly lifeBeforeMs?: number | undefined;
  /** The last renewal did not move the end: only a person can (tokens that are exchanged while they live). */
  readonly isEndFixed?: boolean | undefined;
  /** Of what `access` was derived from: another stamp there asks for another derivation. */
  readonly derivedFrom?: string | undefined;
  /** When the person consented; what the clock of a fixed-life grant counts from. */
  readonly consentedAt?: number | undefined;
  /** Granted scopes, sorted; absent where the platform has not told. */
  readonly scopes?: readonly string[] | undefined;
  /** The platform said that this access token is dead before its time; the refresh token has not been asked yet. */
  readonly accessRefusedAt?: number | undefined;
}

/** The write-ahead record of one spend: lock, intent and proof that Vault takes writes, in one CAS write. */
export interface Claim {
  readonly id: string;
  /** Which process holds it (pod name and start id). */
  readonly holder: string;
  readonly epoch: number;
  /** Of the refresh token about to be spent; of the access token for App grants. */
  readonly fingerprint: string;
  /** How long after the claim's write it may be taken over; its age is Vault's `Date` minus the version's `created_time`. */
  readonly lifeMs: number;
}

/** A spend whose answer nobody saw. Kept until a commit or a new consent, whatever claims come and go meanwhile. */
export interface UnknownOutcome {
  readonly claimId: string;
  readonly since: number;
}

/** The platform's definite rejection of this grant, recorded before anybody is asked to reconnect. */
export interface Verdict {
  readonly reason: Reason;
  /** A sentence for people; no secrets. */
  readonly message: string;
  readonly at: number;
  /** How often the platform said so before it was believed. */
  readonly confirmations: number;
  /** Healing probes already spent on it. */
  readonly probes: number;
}

/** What Vault keeps at `channels/<namespace>/<name>/grant`. */
export interface GrantRecord {
  /** Random id of this write: an unclear write is resolved by finding it there. */
  readonly writeId: string;
  readonly kind: 'User' | 'App';
  readonly identity: GrantIdentity;
  readonly issuedTo: IssuedTo;
  readonly account?: Account | undefined;
  /** Id of the person who consented, where that is not the account itself. */
  readonly person?: string | undefined;
  /** The channel whose login this one lives from (`spec.grantFrom`); then nothing here renews. */
  readonly lender?: string | undefined;
  /** Id of the consent that this epoch came from; absent after an import. */
  readonly consent?: string | undefined;
  /** What was granted when it was first known in this epoch: what is missing later was withdrawn. */
  readonly consentScopes?: readonly string[] | undefined;
  /** Raised by every re-authorisation (import, consent). */
  readonly epoch: number;
  /** Raised by every commit; never falls within a channel's life. */
  readonly generation: number;
  readonly tokens: TokenSet;
  /** What the platform wants back on refresh (device ids and the like). */
  readonly extras: Readonly<Record<string, string>>;
  readonly claim?: Claim | undefined;
  readonly unknown?: UnknownOutcome | undefined;
  readonly verdict?: Verdict | undefined;
  /** Fingerprints of refresh tokens that the platform rejected: never sent again by a routine refresh. Newest last, at most 20. */
  readonly rejected: readonly string[];
  /** Fingerprints of bootstraps consumed by this channel. Newest last, at most 50. */
  readonly consumedBootstraps: readonly string[];
  /** The platform's answer as it came, so that nothing in it is lost to a parser. */
  readonly raw?: Sealed | undefined;
}

/** What is left after Forget, so that versions never restart and a re-applied bootstrap resurrects nothing. */
export interface Tombstone {
  readonly writeId: string;
  readonly forgottenAt: number;
  readonly identity: GrantIdentity;
  readonly epoch: number;
  readonly generation: number;
  readonly consumedBootstraps: readonly string[];
  readonly rejected: readonly string[];
}

interface Stored {
  /** KV v2 version; what the next CAS write derives from. 0: nothing was ever written. */
  readonly version: number;
  /** Vault's `created_time` of this version. */
  readonly writtenAt: number;
  /** Vault's `Date` of the answer that carried it: `readAt - writtenAt` is an age without any pod's clock. */
  readonly readAt: number;
}

export interface AbsentGrant extends Stored {
  readonly state: 'Absent';
}
export interface PresentGrant extends Stored {
  readonly state: 'Present';
  readonly record: GrantRecord;
}
export interface ForgottenGrant extends Stored {
  readonly state: 'Forgotten';
  readonly tombstone: Tombstone;
}
export type StoredGrant = AbsentGrant | PresentGrant | ForgottenGrant;

/** A new token set as the platform's answer stated it, parsed. */
export interface TokenAnswer {
  /** Absent where the answer renews the person's own token and pods get a derived one: the stored one stays. */
  readonly access?: Sealed | undefined;
  /** OAuth 1.0a. */
  readonly secret?: Sealed | undefined;
  /** Absent or empty in the answer: the stored one stays (RFC 6749 section 6). */
  readonly refresh?: Sealed | undefined;
  readonly obtainedAt: number;
  readonly accessExpiresAt?: number | undefined;
  readonly refreshExpiresAt?: number | undefined;
  readonly scopes?: readonly string[] | undefined;
  readonly account?: Account | undefined;
  readonly extras?: Readonly<Record<string, string>> | undefined;
  readonly raw: Sealed;
}

/** A platform's answer whose commit lost its CAS; kept under `parked`, reconciled, never dropped. */
export interface ParkedAnswer {
  readonly claimId: string;
  readonly epoch: number;
  readonly generation: number;
  /** Fingerprint of the token that was spent for it. */
  readonly fingerprint: string;
  readonly parkedAt: number;
  /** Which client it was given to; absent in answers that an earlier operator kept. */
  readonly issuedTo?: IssuedTo | undefined;
  /** Absent where the answer could not be parsed: then only `raw` is kept, for people. */
  readonly answer?: TokenAnswer | undefined;
  readonly raw: Sealed;
}

/** Whether (epoch, generation) of `a` lies before that of `b`. */
export function isBefore(a: { epoch: number; generation: number }, b: { epoch: number; generation: number }): boolean {
  return a.epoch !== b.epoch ? a.epoch < b.epoch : a.generation < b.generation;
}
