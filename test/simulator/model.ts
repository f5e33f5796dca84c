import type { Quirk } from './registry.ts';

/**
 * The things of the simulated world, as they travel over the control connection.
 *
 * Instants on the control connection are epoch milliseconds of this machine's clock, even where a platform's own clock
 * has been shifted, so that a test compares them directly with what it saw itself.
 */

/**
 * What a request asks of a platform; faults are aimed at one of these.
 * `token`: a code or refresh token for tokens. `exchange`: a living token for one that lasts longer. `derive`: a token
 * for one page. `role`: what a person may do on a page. `device`: the device flow, polls too.
 */
export type Operation =
  | 'token'
  | 'exchange'
  | 'derive'
  | 'validate'
  | 'identity'
  | 'role'
  | 'device'
  | 'revoke'
  | 'authorize'
  | 'keys';

/** `device` is Google's type for TVs and devices of limited input, which may use the device flow and nothing else. */
export type ClientType = 'confidential' | 'public' | 'device';

/**
 * `never`: a refresh returns the same refresh token. `always`: it returns a new one, and the old one works until the
 * new one is first spent.
 */
export type Rotation = 'never' | 'always';

export interface App {
  platform: string;
  clientId: string;
  /** null for a public client. */
  clientSecret: string | null;
  clientType: ClientType;
  /**
   * Google: consent screen in publishing status Testing, grants end 7 days after consent. Instagram: in development mode,
   * which serves its testers alone.
   */
  testing: boolean;
  rotate: Rotation;
  /** Google: clients of one Cloud project share their fate on revoke. */
  project: string;
  redirectUris: string[];
  /** Life of new access tokens, which `expires_in` announces; null is the platform's own. */
  accessLifetimeSeconds: number | null;
  /** New access tokens end this early although `expires_in` promises more; null keeps the promise. */
  silentLifetimeSeconds: number | null;
  suspended: boolean;
  /** The version of the platform's API that the app's requests name is served no more. */
  apiVersionRetired: boolean;
  /** Time between two polls of a device flow; null is the platform's own. */
  deviceIntervalSeconds: number | null;
  /** Departures that the app is told to show; each platform's file says which it has. */
  quirks: Quirk[];
}

export type AppInput = Pick<App, 'platform' | 'clientId'> & Partial<Omit<App, 'platform' | 'clientId'>>;

export interface Account {
  platform: string;
  id: string;
  login: string;
  displayName: string;
  email: string;
  /** YouTube: the channel that this person's token acts for; null is an account without a channel. */
  channelId: string | null;
  /** Instagram, Threads: what a private account permits ends 90 days after the consent. */
  isPrivate: boolean;
  /** Instagram, Threads: the app has this person among its testers. */
  isTester: boolean;
}

export type AccountInput = Pick<Account, 'platform' | 'id'> & Partial<Omit<Account, 'platform' | 'id'>>;

/** A page or an organization that persons act for. */
export interface Asset {
  platform: string;
  id: string;
  kind: 'page' | 'organization';
  name: string;
  /** Meta: it belongs to a business portfolio, and lists hide it from who did not grant `business_management`. */
  inPortfolio: boolean;
  /** The Instagram account that is linked with a page. */
  instagram: { id: string; username: string } | null;
  condition: 'ok' | 'deleted';
}

export type AssetInput = Pick<Asset, 'platform' | 'id'> & Partial<Omit<Asset, 'platform' | 'id'>>;

/** What a person may do on an asset: tasks or role names, as the platform calls them. Empty is a role lost. */
export interface RolesInput {
  platform: string;
  accountId: string;
  assetId: string;
  roles: string[];
}

/** What happens to accounts in the field, by one name on every platform that has it. */
export type Cause =
  | 'password-changed'
  | 'disconnected'
  | 'permission-withdrawn'
  | 'role-lost'
  | 'page-hidden'
  | 'page-deleted'
  | 'page-unlinked'
  | 'spam-blocked'
  | 'many-addresses'
  | 'logged-out'
  | 'checkpoint'
  | 'device-changed'
  | 'unconfirmed'
  | 'locked'
  | 'suspended'
  | 'deleted'
  | 'org-policy'
  | 'reauth-policy'
  | 'scope-set-changed'
  | 'token-ended-early'
  | 'unused'
  | 'consent-over'
  | 'token-expired'
  | 'no-channel'
  | 'live-disabled'
  | 'account-type-changed'
  | 'identity-check'
  | 'two-factor-required'
  | 'restricted'
  | 'publishing-unauthorized';

export interface CauseInput {
  platform: string;
  cause: Cause;
  accountId: string;
  /** Absent is every app that the person gave something to. */
  clientId?: string;
  /** The page or organization that it is about. */
  assetId?: string;
  /** Of `permission-withdrawn`: what the person takes back. */
  scopes?: string[];
}

/** Meta: what a business has in a person's stead. Its token has no end, or is one of sixty days. */
export type SystemUserToken = 'endless' | 'sixty-days';

/** Why a grant or a token ended: what a test ordered, what age brings, what a client did. */
export type EndCause =
  | Cause
  | 'ended-by-test'
  | 'revoked-by-client'
  | 'revoked-with-sibling'
  | 'replay'
  | 'rotated'
  | 'token-limit'
  | 'superseded'
  | 'testing-expired'
  | 'aged-out'
  | 'access-ended'
  | 'expired';

/** From (inclusive) to (exclusive); `to` is null while nothing bounds it. */
export interface Interval {
  from: number;
  to: number | null;
}

export interface GrantView {
  id: string;
  platform: string;
  clientId: string;
  /** null for an app's own grant (client credentials). */
  accountId: string | null;
  scopes: string[];
  consentedAt: number;
  alive: boolean;
  intervals: Interval[];
  endedBy: EndCause | null;
  /** Successful renewals since it was opened: refreshes, or repeated client-credentials requests. */
  refreshes: number;
}

export type TokenKind = 'access' | 'refresh';

export interface TokenView {
  kind: TokenKind;
  platform: string;
  grantId: string;
  clientId: string;
  accountId: string | null;
  /** The page that the token acts as; null is the person's own. */
  assetId: string | null;
  /** SHA-256 of the value, hexadecimal. */
  hash: string;
  issuedAt: number;
  /** What the answer announced; null where it announced nothing. */
  announcedExpiresAt: number | null;
  intervals: Interval[];
  endedBy: EndCause | null;
}

export type FaultKind = 'status' | 'hang' | 'reset' | 'delay' | 'html' | 'garbage' | 'answer-lost';

export interface FaultInput {
  platform: string;
  operation: Operation | 'any';
  clientId?: string;
  accountId?: string;
  /** How many requests it meets; absent is without end. */
  times?: number;
  /** Epoch milliseconds after which it meets no more requests. */
  untilMs?: number;
  kind: FaultKind;
  /** Of `status` (503) and `html` (502). */
  status?: number;
  headers?: Record<string, string>;
  /** Body of `status`; absent is a small JSON object that no platform documents. */
  body?: unknown;
  retryAfterSeconds?: number;
  /** Of `delay`. */
  delayMs?: number;
  /** The platform does its work first (a refresh token is rotated), then answers badly. */
  afterEffect?: boolean;
}

export interface Fault extends FaultInput {
  id: number;
  /** How many requests it has met. */
  met: number;
}

export interface MintInput {
  platform: string;
  clientId: string;
  accountId: string;
  scopes?: string[];
  /** When the access token was issued; default now. */
  obtainedAt?: number;
  /** When the person consented; default `obtainedAt`. */
  consentedAt?: number;
  /** Google: the person gave access for this long only, counted from the consent. */
  limitedSeconds?: number;
  /** A token of hours, as a login gives it where long-lived ones are to be had by exchange. */
  shortLived?: boolean;
  /** A token with a secret, without end by age. */
  oauth1?: boolean;
  /** The account is a system user. */
  systemUser?: SystemUserToken;
  /** Pages that the person ticked; absent is all. */
  assetIds?: string[];
}

export interface MintedGrant {
  grantId: string;
  platform: string;
  clientId: string;
  accountId: string;
  accessToken: string;
  /** null where the platform gives none. */
  refreshToken: string | null;
  /** Of OAuth 1.0a. */
  tokenSecret: string | null;
  scopes: string[];
  obtainedAt: number;
  /** null is without end by age. */
  expiresAt: number | null;
  consentedAt: number;
  /** The end that age alone brings, as the platform's rules have it now; null where none does. */
  refreshExpiresAt: number | null;
}

export interface Secret {
  kind: TokenKind | 'token-secret' | 'request-token' | 'code' | 'device-code' | 'client-secret';
  platform: string;
  value: string;
}

/** The person's answer to a device that shows a user code. */
export interface DeviceAnswer {
  platform: string;
  userCode: string;
  accountId: string;
  approve: boolean;
  /** Absent is all that the device asked for. */
  scopes?: string[];
}

export interface TokenState {
  known: boolean;
  alive: boolean;
  endedBy: EndCause | null;
}
