import type { IncomingHttpHeaders } from 'node:http';
import type { Account, AccountCondition, App, EndCause, Operation, SpendOutcome } from './model.ts';
import type { World } from './world.ts';

/** One request as it arrived, body read. */
export interface PlatformRequest {
  method: string;
  /** Begins with the original host: `/id.twitch.tv/oauth2/token`. */
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: string;
  /** The body's parameters; empty unless it says it is a form. */
  form: URLSearchParams;
}

export interface Answer {
  status: number;
  headers?: Record<string, string>;
  /** An object is sent as JSON, a string as it is. */
  body: unknown;
  /** Set by token endpoints, for the ledger. */
  outcome?: Exclude<SpendOutcome, 'pending' | 'unprocessed'>;
}

export interface Call {
  request: PlatformRequest;
  world: World;
  platform: Platform;
  /** By the platform's clock. */
  now: number;
  /** Notes a breach of the platform's rules in the ledger; names of parameters, never values. */
  complain(text: string): void;
}

export interface Route {
  method: 'GET' | 'POST';
  path: string;
  operation: Operation;
  answer(call: Call): Answer;
}

/** A grant as the world holds it. Instants are by the platform's clock unless they say `machine`. */
export interface Grant {
  id: string;
  platform: string;
  clientId: string;
  accountId: string | null;
  scopes: string[];
  consentedAt: number;
  /** When its refresh token was last spent or issued. */
  lastUsedAt: number;
  /** The person gave access until then only; null is without end. */
  limitedUntilAt: number | null;
  refreshes: number;
  openedMachineAt: number;
  endedMachineAt: number | null;
  endedBy: EndCause | null;
}

/** A token as the world holds it. Instants are by the platform's clock unless they say `machine`. */
export interface Token {
  value: string;
  hash: string;
  kind: 'access' | 'refresh';
  grant: Grant;
  /** Order of issue over the whole world. */
  serial: number;
  issuedAt: number;
  /** null is without end by age. */
  expiresAt: number | null;
  announcedExpiresAt: number | null;
  issuedMachineAt: number;
  endedMachineAt: number | null;
  endedBy: EndCause | null;
  /** Refresh: it was exchanged with effect. */
  spent: boolean;
  /** It was presented to any endpoint. */
  seen: boolean;
  /** Refresh: it came by rotation. Access: it came with the refresh token of this serial. */
  rotatedFrom: number | null;
  withRefresh: number | null;
  /** The answer that carried it left this process whole; minted ones are handed over by hand. */
  delivered: boolean;
}

/** An authorization code, single use. */
export interface Code {
  value: string;
  platform: string;
  clientId: string;
  accountId: string;
  scopes: string[];
  redirectUri: string;
  /** S256 only; null when the request had none. */
  codeChallenge: string | null;
  withRefreshToken: boolean;
  expiresAt: number;
  used: boolean;
}

export interface End {
  at: number;
  cause: EndCause;
}

/** What the engine has to know of a platform. Adding one is one file and a line in `registry.ts`. */
export interface Platform {
  name: string;
  routes: readonly Route[];
  newSecret(kind: 'access' | 'refresh' | 'code' | 'client-secret'): string;
  /** Default life of an access token. */
  accessLifetimeSeconds(forApp: boolean): number;
  /** A refresh token may be exchanged once only. */
  singleUse(app: App): boolean;
  /** The moment at which age alone ends this grant, by the platform's clock. */
  agedOut(grant: Grant, app: App, newestRefresh: Token): End | null;
  /** Whether a change of this person's password ends the grant. */
  endsWithPassword(grant: Grant, account: Account): boolean;
  /** Whether tokens of a suspended account stop working, for as long as it is suspended. */
  suspensionStopsTokens: boolean;
  conditions: readonly AccountCondition[];
  /** Live grants of one person and client beyond which the oldest ends; null is unlimited. */
  maxGrantsPerPerson: number | null;
}
