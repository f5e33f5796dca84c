/**
 * The things of the simulated world, as they travel over the control connection.
 *
 * Instants on the control connection are epoch milliseconds of this machine's clock, even where a platform's own clock
 * has been shifted, so that a test compares them directly with what it saw itself.
 */

/** What a request asks of a platform; faults are aimed at one of these. */
export type Operation = 'token' | 'validate' | 'identity' | 'revoke' | 'authorize';

export type ClientType = 'confidential' | 'public';

/**
 * `never`: a refresh returns the same refresh token. `always`: it returns a new one, and the old one works until the
 * new one is first spent.
 */
export type Rotation = 'never' | 'always';

/**
 * Documented or observed departures that one app can be told to show.
 * Twitch: `omit-expires-in`, `omit-scope`, `reject-with-401`, `empty-validate-body`.
 * YouTube: `return-refresh-token`, `deleted-client`, `org-internal`, `quota-exceeded`, `api-disabled`, `signup-required`.
 */
export type Quirk =
  | 'omit-expires-in'
  | 'omit-scope'
  | 'reject-with-401'
  | 'empty-validate-body'
  | 'return-refresh-token'
  | 'deleted-client'
  | 'org-internal'
  | 'quota-exceeded'
  | 'api-disabled'
  | 'signup-required';

export interface App {
  platform: string;
  clientId: string;
  /** null for a public client. */
  clientSecret: string | null;
  clientType: ClientType;
  /** Google: consent screen in publishing status Testing, grants end 7 days after consent. */
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
  quirks: Quirk[];
}

export type AppInput = Pick<App, 'platform' | 'clientId'> & Partial<Omit<App, 'platform' | 'clientId'>>;

/** `reauth-policy` and `admin-policy` are Google Workspace rules; a platform without them refuses the setting. */
export type AccountCondition = 'ok' | 'suspended' | 'deleted' | 'reauth-policy' | 'admin-policy';

export interface Account {
  platform: string;
  id: string;
  login: string;
  displayName: string;
  email: string;
  /** YouTube: the channel that this person's token acts for; null is an account without a channel. */
  channelId: string | null;
  condition: AccountCondition;
}

export type AccountInput = Pick<Account, 'platform' | 'id'> & Partial<Omit<Account, 'platform' | 'id'>>;

/** Why a grant or a token ended. The first group are events that a test ordered. */
export type EndCause =
  | 'password-changed'
  | 'disconnected'
  | 'account-deleted'
  | 'ended-by-test'
  | 'revoked-by-client'
  | 'revoked-with-sibling'
  | 'replay'
  | 'rotated'
  | 'token-limit'
  | 'testing-expired'
  | 'unused'
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
  /** SHA-256 of the value, hexadecimal. */
  hash: string;
  issuedAt: number;
  /** What the answer announced; null where it announced nothing. */
  announcedExpiresAt: number | null;
  intervals: Interval[];
  endedBy: EndCause | null;
}

/** `granted`, `rejected` (this grant is refused), `refused` (token not looked at), `unprocessed` (a fault came first). */
export type SpendOutcome = 'pending' | 'granted' | 'rejected' | 'refused' | 'unprocessed';

/** One arrival of a refresh token or an authorization code at a token endpoint. */
export interface Spend {
  id: number;
  kind: 'refresh' | 'code';
  platform: string;
  clientId: string;
  accountId: string | null;
  /** null when nobody was ever given this token. */
  grantId: string | null;
  tokenHash: string;
  arrivedAt: number;
  /** When the answer was written or the connection ended; null while in flight. */
  answeredAt: number | null;
  outcome: SpendOutcome;
  status: number | null;
  /** The platform's own answer left this process whole. */
  delivered: boolean;
  fault: FaultKind | null;
  /** Its successor had been seen in use, or it is single-use and had been spent before. */
  replay: boolean;
  /** Another spend of the same token was in flight. */
  overlap: boolean;
  rejected: boolean;
  singleUse: boolean;
}

/** A request that a platform would refuse, or that its documentation forbids. Holds names, never values. */
export interface Complaint {
  at: number;
  platform: string;
  operation: Operation | null;
  clientId: string | null;
  text: string;
}

export interface LostGrant {
  grant: GrantView;
  cause: EndCause | 'answer-lost';
  at: number | null;
}

/** Narrows a question to one platform, app or account; an absent field matches all. */
export interface LedgerFilter {
  platform?: string;
  clientId?: string;
  accountId?: string;
}

export interface LedgerSummary {
  /** Spends that overlapped another, or replayed a single-use token. */
  doubleSpends: Spend[];
  /** All replays, of rotated tokens that may be repeated too. */
  replays: Spend[];
  /** Ended, or out of everybody's reach, without a test having ordered it. */
  lostGrants: LostGrant[];
  /** Ids of grants whose newest refresh token came by rotation and was never seen since, nor its access token. */
  unconfirmedRotations: string[];
  refreshesByGrant: Record<string, number>;
  complaints: Complaint[];
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
}

export interface MintedGrant {
  grantId: string;
  platform: string;
  clientId: string;
  accountId: string;
  accessToken: string;
  refreshToken: string;
  scopes: string[];
  obtainedAt: number;
  expiresAt: number;
  consentedAt: number;
  /** The end that age alone brings, as the platform's rules have it now; null where none does. */
  refreshExpiresAt: number | null;
}

export interface Secret {
  kind: TokenKind | 'code' | 'client-secret';
  platform: string;
  value: string;
}

export interface TokenState {
  known: boolean;
  alive: boolean;
  endedBy: EndCause | null;
}

/** Every call of the control connection: name, what it takes, what it returns. */
export interface ControlCalls {
  createApp: { input: AppInput; output: App };
  updateApp: { input: AppInput; output: App };
  rotateAppSecret: { input: Pick<App, 'platform' | 'clientId'> & { clientSecret?: string }; output: App };
  createAccount: { input: AccountInput; output: Account };
  updateAccount: { input: AccountInput; output: Account };
  changePassword: { input: Pick<Account, 'platform' | 'id'>; output: { ended: number } };
  disconnect: { input: { platform: string; clientId: string; accountId: string }; output: { ended: number } };
  endGrant: { input: { grantId: string }; output: { ended: number } };
  endAccessTokens: { input: LedgerFilter; output: { ended: number } };
  mintGrant: { input: MintInput; output: MintedGrant };
  addFault: { input: FaultInput; output: Fault };
  removeFault: { input: { id: number }; output: { removed: boolean } };
  clearFaults: { input: { platform?: string }; output: { removed: number } };
  faults: { input: Record<string, never>; output: Fault[] };
  shiftClock: { input: { platform: string; byMs: number }; output: { shiftMs: number } };
  summary: { input: LedgerFilter; output: LedgerSummary };
  grants: { input: LedgerFilter; output: GrantView[] };
  tokens: { input: LedgerFilter; output: TokenView[] };
  spends: { input: LedgerFilter; output: Spend[] };
  complaints: { input: LedgerFilter; output: Complaint[] };
  tokenAt: { input: { value: string; at: number }; output: TokenState };
  secrets: { input: LedgerFilter; output: Secret[] };
}
