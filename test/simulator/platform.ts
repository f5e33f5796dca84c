import type { IncomingHttpHeaders } from 'node:http';
import type { Carriers, SpendRule } from './carriers.ts';
import type { CauseHandler } from './causes.ts';
import type { SpendOutcome } from './ledger-entries.ts';
import type { App, Cause, EndCause, SystemUserToken } from './model.ts';
import type { Route } from './routes.ts';
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
  /** The body where it says it is JSON and holds an object, else null. */
  json: Record<string, unknown> | null;
}

export interface Answer {
  status: number;
  headers?: Record<string, string>;
  /** An object is sent as JSON, a string as plain text, a `JsonText` as the JSON that it is. */
  body: unknown;
  /** Set by endpoints that give tokens, for the ledger. */
  outcome?: Exclude<SpendOutcome, 'pending' | 'unprocessed'>;
}

export interface Call {
  request: PlatformRequest;
  /** What stands in the path where the route has parameters, as it arrived: still percent-encoded. */
  params: Readonly<Record<string, string>>;
  world: World;
  platform: Platform;
  /** By the platform's clock. */
  now: number;
  /** Notes a breach of the platform's rules in the ledger; names of parameters, never values. */
  complain(text: string): void;
}

/** What a consent is to lead to, before the platform has its say. */
export interface AskedShape {
  scopes: readonly string[];
  shortLived: boolean;
  oauth1: boolean;
  systemUser?: SystemUserToken;
}

/** Which tokens a consent leads to. */
export interface GrantShape {
  /** Without one, the access token is all there is, and the grant ends with the last of them. */
  refreshToken: boolean;
  /** The first access token is one of hours. */
  shortLived: boolean;
  /** OAuth 1.0a: a secret belongs to the access token. */
  tokenSecret: boolean;
  /** Absent is a person's. */
  systemUser?: SystemUserToken;
}

/** A grant as the world holds it. Instants are by the platform's clock unless they say `machine`. */
export interface Grant {
  id: string;
  platform: string;
  clientId: string;
  accountId: string | null;
  scopes: readonly string[];
  /** What was asked for and not given, or taken back; absent is nothing. */
  declined?: readonly string[];
  /** Pages that the person ticked; null is all. */
  assetIds: readonly string[] | null;
  shape: GrantShape;
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
  /** Of OAuth 1.0a. */
  secret: string | null;
  grant: Grant;
  /** Order of issue over the whole world. */
  serial: number;
  /** Access: one of hours, where the platform also has long-lived ones. */
  shortLived: boolean;
  /** Access: the page that it acts as; null is the person's own. */
  assetId: string | null;
  issuedAt: number;
  /** null is without end by age. */
  expiresAt: number | null;
  announcedExpiresAt: number | null;
  issuedMachineAt: number;
  endedMachineAt: number | null;
  endedBy: EndCause | null;
  /** It was exchanged with effect. */
  spent: boolean;
  /** It was presented to any endpoint. */
  seen: boolean;
  /** It came by rotation of, or in exchange for, the token of this serial. */
  rotatedFrom: number | null;
  /** Access: it came with the refresh token of this serial. */
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
  /** What was asked for and is not among them; absent is nothing. */
  declined?: string[];
  assetIds: string[] | null;
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

/** An access token that is about to be issued. */
export interface NewAccess {
  /** Its `accountId` is null for an app's own token. */
  grant: Grant;
  issuedAt: number;
  shortLived: boolean;
  assetId: string | null;
}

/** What the engine has to know of a platform. Adding one is its files and its line in `registry.ts`. */
export interface Platform {
  name: string;
  routes: readonly Route[];
  newSecret(kind: 'access' | 'refresh' | 'code' | 'client-secret'): string;
  /** Usual life of an access token; null is without end by age. */
  accessLifetimeSeconds(token: NewAccess): number | null;
  /** A refresh token may be exchanged once only. */
  singleUse(app: App): boolean;
  /**
   * The moment at which the platform's rules end this grant by age, by the platform's clock. `main` is its newest
   * refresh token, or access token where it has none; that such a grant ends with its last token needs no rule. Access
   * tokens that are out are left to their own expiry.
   */
  agedOut(grant: Grant, app: App, main: Token): End | null;
  /** What can happen to accounts in the field here. */
  causes: Partial<Record<Cause, CauseHandler>>;
  /** Absent is a refresh token beside each access token. */
  grantShape?(app: App, asked: AskedShape): GrantShape;
  /** What a new grant does to earlier ones of the same person. */
  opened?(world: World, grant: Grant): void;
  /** Absent is `usualCarriers`. */
  carriers?: Carriers;
  /** Absent is `usualSpends`. */
  spends?: readonly SpendRule[];
}
