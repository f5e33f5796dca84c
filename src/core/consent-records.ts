import type { ConsentProgress, Requester } from './consent.ts';
import type { ChannelRef, GrantIdentity, IssuedTo, TokenAnswer } from './grant.ts';
import type { Sealed } from './sealed.ts';

/** What Vault keeps of consents: the one in progress under `pending`, the answer that is not verified under `staged`. */

/** How a consent ended, or what it waits for a person to say. Nothing of it holds a token. */
export type ConsentOutcome = Exclude<ConsentProgress, { kind: 'Waiting' | 'Working' }>;

interface Begun {
  readonly id: string;
  /** Whose channel it was begun for; another one of that name gets nothing. */
  readonly identity: GrantIdentity;
  readonly issuedTo: IssuedTo;
  /** Of the grant when it was begun: a higher one since means that another login came. */
  readonly epoch: number;
  readonly by: Requester;
  readonly startedAt: number;
}

/** A device authorization (RFC 8628) that waits for its person. */
export interface PendingDevice {
  /** The value of the annotation that asked for it. */
  readonly request: string;
  readonly code: Sealed;
  readonly userCode: string;
  readonly verificationURI: string;
  /** At least so long between two questions; slow_down raises it. */
  readonly intervalMs: number;
}

/** What a browser has to bring back. Hashes are SHA-256, hexadecimal; what they are of is nowhere kept. */
export interface PendingBrowser {
  readonly stateHash: string;
  readonly secretHash: string;
  /** OAuth 1.0a: of the temporary token (RFC 5849 section 2.1). */
  readonly temporaryTokenHash?: string | undefined;
  readonly temporarySecret?: Sealed | undefined;
  /** RFC 7636. */
  readonly codeVerifier: Sealed;
  readonly redirectURI: string;
}

export interface PendingConsent extends Begun {
  readonly expiresAt: number;
  readonly scopes: readonly string[];
  readonly browser?: PendingBrowser | undefined;
  readonly device?: PendingDevice | undefined;
  /** Its answer came: nobody exchanges it again. */
  readonly consumedAt?: number | undefined;
  /** How it ended where no answer was staged. */
  readonly outcome?: ConsentOutcome | undefined;
}

/** The newest invitation of the channel; any other is void. */
export interface PendingInvitation {
  readonly id: string;
  readonly expiresAt: number;
  readonly usedAt?: number | undefined;
}

/** `pending` as a whole: one write begins a consent and uses up its invitation. */
export interface PendingRecord {
  readonly consent?: PendingConsent | undefined;
  readonly invitation?: PendingInvitation | undefined;
}

/** What a person granted, as the platform answered. With `answer` it is open: not verified, or it waits for a person. */
export interface StagedConsent extends Begun {
  readonly stagedAt: number;
  readonly secretHash?: string | undefined;
  readonly answer?: TokenAnswer | undefined;
  /** What was found. Final once `answer` is gone. */
  readonly finding?: ConsentOutcome | undefined;
  /** What keeps it from being verified, a sentence; it is tried again. */
  readonly trouble?: string | undefined;
  /** So long a person may say what becomes of it. */
  readonly until?: number | undefined;
  readonly confirmedAt?: number | undefined;
  readonly discardedAt?: number | undefined;
}

/** A record with the version that the next write derives from; 0: never written. */
export interface Versioned<T> {
  readonly version: number;
  readonly value?: T | undefined;
}

/** Every write is a check-and-set on `from`. Each throws `CasLost` and `Failure` (source Vault) as GrantStore does. */
export interface ConsentStore {
  pending(ref: ChannelRef): Promise<Versioned<PendingRecord>>;
  writePending(ref: ChannelRef, from: Versioned<PendingRecord>, to: PendingRecord): Promise<Versioned<PendingRecord>>;
  staged(ref: ChannelRef): Promise<Versioned<StagedConsent>>;
  writeStaged(ref: ChannelRef, from: Versioned<StagedConsent>, to: StagedConsent): Promise<Versioned<StagedConsent>>;
  /** Destroys what stands before this version: tokens that nobody keeps must not be found there. May be repeated. */
  tidyStaged(ref: ChannelRef, version: number): Promise<void>;
}

/** Signs what links say, with a key that lives in Vault alone and is no other's. */
export interface LinkSeal {
  /** Base64url. */
  sign(text: string): Promise<string>;
  isGenuine(text: string, signature: string): Promise<boolean>;
}

export type ConsentFacts =
  /** Nothing hints at any. */
  | { readonly state: 'Unasked' }
  | {
      readonly state: 'Read';
      readonly pending: Versioned<PendingRecord>;
      readonly staged: Versioned<StagedConsent>;
      /** A device is not asked about again before this. */
      readonly pollAt?: number | undefined;
    };
