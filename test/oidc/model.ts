/** What travels over the control connection of the authorization server. Instants are epoch milliseconds. */

export interface ClientInput {
  clientId: string;
  /** Default: a new random one. */
  clientSecret?: string;
  /** Default `client_secret_basic`. */
  authMethod?: 'client_secret_basic' | 'client_secret_post' | 'none';
  /** Default: one that nobody serves. */
  redirectUris?: string[];
}

export interface AccountInput {
  id: string;
  /** Default: made of the id. */
  name?: string;
  /** Told for scope `email`. */
  email?: string;
  /** Default true. */
  emailVerified?: boolean;
  /** Told for scope `groups`. */
  groups?: string[];
}

export interface Client {
  clientId: string;
  /** null for authentication method `none`. */
  clientSecret: string | null;
}

export interface MintInput {
  clientId: string;
  accountId: string;
  /** Default `openid offline_access`. */
  scope?: string;
}

export interface MintedGrant {
  grantId: string;
  clientId: string;
  accountId: string;
  accessToken: string;
  refreshToken: string;
  scopes: string[];
  obtainedAt: number;
  expiresAt: number;
}

/** A person who was led to the authorization endpoint answers it. */
export interface ConsentInput {
  url: string;
  /** Absent: the person refuses. */
  accountId?: string;
  /** Default: what was asked for. */
  scope?: string;
}

/** Who ended a grant: a replayed refresh token, the client's revocation, or the test. */
export type GrantEnd = 'replay' | 'revoked-by-client' | 'ended-by-test';

export interface GrantView {
  id: string;
  clientId: string;
  accountId: string;
  alive: boolean;
  openedAt: number;
  endedAt: number | null;
  endedBy: GrantEnd | null;
  refreshes: number;
}

export interface TokenView {
  kind: 'access' | 'refresh';
  /** SHA-256 of the value, hexadecimal. */
  hash: string;
  grantId: string;
  clientId: string;
  accountId: string;
  /** Alive from (inclusive) to (exclusive); a refresh token is alive until it is consumed. */
  issuedAt: number;
  endedAt: number;
}

export interface Spend {
  id: number;
  grantId: string | null;
  clientId: string | null;
  tokenHash: string;
  arrivedAt: number;
  answeredAt: number;
  /** `rejected`: this token is refused. `refused`: the token was not looked at. `failed`: the server failed. */
  outcome: 'granted' | 'rejected' | 'refused' | 'failed';
  status: number;
  error: string | null;
  /** Why, in the server's own words, which it does not tell the client. */
  detail: string | null;
  delivered: boolean;
  /** It had been consumed by an earlier request. */
  replay: boolean;
  /** Another spend of the same token was in flight. */
  overlap: boolean;
}

export interface LedgerFilter {
  clientId?: string;
  accountId?: string;
}

export interface LedgerSummary {
  doubleSpends: Spend[];
  /** Ended without a test having ordered it. */
  lostGrants: GrantView[];
  /** Ids of living grants whose newest refresh token came by rotation and was not seen since, nor its access token. */
  unconfirmedRotations: string[];
  refreshesByGrant: Record<string, number>;
  /** Failures of the server itself, which make a run worthless. */
  serverErrors: string[];
}

export interface OidcCalls {
  createClient: { input: ClientInput; output: Client };
  createAccount: { input: AccountInput; output: { id: string; name: string } };
  mintGrant: { input: MintInput; output: MintedGrant };
  consent: { input: ConsentInput; output: Record<string, string> };
  endGrant: { input: { grantId: string }; output: { ended: boolean } };
  setAccessLifetime: { input: { seconds: number }; output: { seconds: number } };
  summary: { input: LedgerFilter; output: LedgerSummary };
  grants: { input: LedgerFilter; output: GrantView[] };
  tokens: { input: LedgerFilter; output: TokenView[] };
  spends: { input: LedgerFilter; output: Spend[] };
  tokenAt: { input: { value: string; at: number }; output: { known: boolean; alive: boolean } };
  secrets: { input: Record<string, never>; output: string[] };
}
