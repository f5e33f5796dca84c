import type { EndCause, FaultKind, GrantView, Operation } from './model.ts';

/** `granted`, `rejected` (this grant is refused), `refused` (token not looked at), `unprocessed` (a fault came first). */
export type SpendOutcome = 'pending' | 'granted' | 'rejected' | 'refused' | 'unprocessed';

/**
 * One arrival of a token or an authorization code that is traded for tokens. `exchange` is a living access token for
 * another: to repeat that harms nobody.
 */
export interface Spend {
  id: number;
  kind: 'refresh' | 'code' | 'exchange';
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
  /**
   * Ids of grants whose newest refresh token (or only token, where there is none) came by rotation or exchange and was
   * never seen since, nor its access token.
   */
  unconfirmedRotations: string[];
  refreshesByGrant: Record<string, number>;
  complaints: Complaint[];
}
