import type { Reason } from '../api/reasons.ts';
import type { SocialPlatform } from '../api/resources.gen.ts';
import type { Failure } from './failure.ts';
import type { Account, TokenAnswer, TokenSet } from './grant.ts';
import type { PlatformProfile } from './profile.ts';
import type { Heard, PushRequest } from './push.ts';
import type { Sealed } from './sealed.ts';

/** The OAuth client of a SocialApp, resolved. */
export interface OAuthClient {
  readonly id: string;
  readonly secret?: Sealed | undefined;
}

/** What every request about a login is given. */
interface LoginRequest {
  readonly client: OAuthClient;
  readonly tokens: TokenSet;
  readonly extras: Readonly<Record<string, string>>;
  /** Id of the account that the channel is for, where it is known. */
  readonly account?: string | undefined;
  /** The scopes that the channel asks for: they tell a permission that is missing from an app that may not use it. */
  readonly wantedScopes?: readonly string[] | undefined;
  /** Deadline of each request, milliseconds. */
  readonly timeoutMs: number;
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

export interface SpendRequest extends LoginRequest {
  readonly scopes: readonly string[];
}

/** Client credentials: nothing is used up. */
export interface ReissueRequest {
  readonly client: OAuthClient;
  readonly scopes: readonly string[];
  readonly timeoutMs: number;
}

/** What a validity check found. It throws `Failure` when it could not be made or understood. */
export type Introspection =
  | ValidLogin
  /** The access token is dead; what renews it has not been asked. */
  | { readonly kind: 'AccessTokenDead'; readonly failure: Failure }
  /** The platform rejects the grant or the account itself (suspended, role lost, no channel). */
  | { readonly kind: 'Rejected'; readonly failure: Failure };

export interface ValidLogin {
  readonly kind: 'Valid';
  readonly account?: Account | undefined;
  /** Id of the person who consented, where that is not the account itself. */
  readonly person?: string | undefined;
  readonly scopes?: readonly string[] | undefined;
  readonly accessExpiresAt?: number | undefined;
  /** End of the person's own token, where pods are given one that was derived from it. */
  readonly sourceExpiresAt?: number | undefined;
  /** End of the consent itself, which only the person moves. */
  readonly consentExpiresAt?: number | undefined;
  /** What the platform holds against the account although the login is good. */
  readonly blocked?: Failure | undefined;
  /** Every question that the platform has was answered well within its interval. */
  readonly isComplete?: boolean | undefined;
  /** What the app ran into while less urgent questions were asked. */
  readonly appFault?: Failure | undefined;
}

export interface IntrospectRequest extends LoginRequest {
  readonly kind: 'User' | 'App';
  /** Somebody wants to know now: what is usually asked less often is asked as well. */
  readonly isThorough?: boolean | undefined;
}

/** The access token of a page or the like, got by the person's own token. It throws `Failure` when nothing was learnt. */
export type Derivation =
  | {
      readonly kind: 'Derived';
      readonly access: Sealed;
      readonly account: Account;
      readonly obtainedAt: number;
    }
  | { readonly kind: 'Rejected'; readonly failure: Failure };

/** An authorization request (RFC 6749 section 4.1.1, RFC 7636 section 4.3). */
export interface ConsentRequest {
  readonly client: OAuthClient;
  readonly redirectURI: string;
  readonly state: string;
  readonly scopes: readonly string[];
  /** RFC 7636; the engine sends its challenge where the platform takes one. */
  readonly codeVerifier: Sealed;
  /** Why a person who was here before comes again; undefined for the first consent. */
  readonly reconnect?: Reason | undefined;
  readonly timeoutMs: number;
}

/** Where the person is led, and what has to be kept until they come back. */
export interface ConsentStart {
  readonly url: string;
  /** OAuth 1.0a: the secret of the temporary credentials (RFC 5849 section 2.1). */
  readonly secret?: Sealed | undefined;
}

/** What the person brought back. */
export interface CodeRequest {
  readonly client: OAuthClient;
  readonly callback: Readonly<Record<string, string>>;
  readonly redirectURI: string;
  readonly codeVerifier: Sealed;
  readonly secret?: Sealed | undefined;
  readonly timeoutMs: number;
}

/** RFC 8628 section 3.2. Durations in milliseconds. */
export interface DeviceStart {
  readonly deviceCode: Sealed;
  readonly userCode: string;
  readonly verificationURI: string;
  readonly expiresInMs: number;
  readonly intervalMs: number;
}

/** One question after a device authorization (RFC 8628 section 3.5). */
export type DeviceOutcome = SpendOutcome | { readonly kind: 'Pending'; readonly slowDown: boolean };

export type Revocation =
  | { readonly kind: 'Revoked' }
  /** The platform says that there is nothing to revoke any more. */
  | { readonly kind: 'AlreadyGone' }
  | { readonly kind: 'Failed'; readonly failure: Failure };

/** One platform, as the engine runs it. Requests are sent once: no retries, no redirects, no probing of client authentication. */
export interface PlatformClient {
  readonly profile: PlatformProfile;
  /** Scheme, host and port that `issuedTo.tokenOrigin` is compared with. */
  readonly tokenOrigin: string;
  /** Milliseconds until it is worth to ask there again, because nothing answers; 0: now. */
  heldMs(client: OAuthClient): number;
  /** Renews by whatever way the platform has: refresh token, exchange, touch. Never throws: every ending is an outcome. */
  refresh(request: SpendRequest): Promise<SpendOutcome>;
  /** RFC 6749 4.4. Never throws. */
  reissue(request: ReissueRequest): Promise<SpendOutcome>;
  introspect(request: IntrospectRequest): Promise<Introspection>;
  derive(request: LoginRequest): Promise<Derivation>;
  /** @throws Failure where the platform cannot be asked, or nobody can be led to it. */
  beginConsent(request: ConsentRequest): Promise<ConsentStart>;
  /** Never throws. The code is used up by it. */
  exchangeCode(request: CodeRequest): Promise<SpendOutcome>;
  /** @throws Failure */
  startDevice(request: { client: OAuthClient; scopes: readonly string[]; timeoutMs: number }): Promise<DeviceStart>;
  /** Never throws. */
  pollDevice(request: {
    client: OAuthClient;
    scopes: readonly string[];
    device: DeviceStart;
    timeoutMs: number;
  }): Promise<DeviceOutcome>;
  /** Never throws. */
  revoke(request: LoginRequest): Promise<Revocation>;
  /** Checks what the platform sent by itself. Never throws; nothing in it is believed before its proof is. */
  hear(client: OAuthClient, request: PushRequest): Promise<Heard>;
}

/** How a platform is used: by which app, and for what. */
export interface PlatformUse {
  /** `SocialApp.spec.extra`. */
  readonly settings: Readonly<Record<string, string>>;
  /** RFC 6749 section 2.1. */
  readonly isPublic: boolean;
  readonly grantType?: 'User' | 'App' | 'OAuth1' | undefined;
  /** `SocialChannel.spec.account.kind`. */
  readonly accountKind?: string | undefined;
}

export interface PlatformRegistry {
  /** Whether it is in the code: a SocialPlatform of that name changes nothing. */
  isBuiltIn(name: string): boolean;
  /**
   * The built-in platform or the SocialPlatform of that name.
   * @throws Failure `PlatformUnknown` (with the nearest name), `PlatformInvalid`, `AppSettingsInvalid`,
   *   `AccountKindUnknown` or `GrantTypeUnsupported`
   */
  resolve(name: string, custom: SocialPlatform | undefined, use: PlatformUse): PlatformClient;
  /** @throws Failure `PlatformInvalid` where the definition cannot be used by any app */
  check(name: string, custom: SocialPlatform): void;
}
