import type { Reason } from '../../src/api/reasons.ts';
import type { TokenSet } from '../../src/core/grant.ts';
import type { PlatformUse } from '../../src/core/platform-port.ts';
import type { OutgoingRequest } from '../../src/platforms/form.ts';

/** Now, in every row: 2026-11-22T10:00:00Z. */
export const nowAt = Date.UTC(2026, 10, 22, 10);
export const hourMs = 3_600_000;
export const dayMs = 86_400_000;

/**
 * Where a row's answer is known from: the platform's public page or RFC section, the day on which that was read, and
 * whether it is documented there, was observed by others, or is not confirmed by anybody.
 */
export type Source = readonly [where: string, readOn: string, evidence: 'documented' | 'observed' | 'unconfirmed'];

/** An answer as a platform gave it. A body that is not a text is sent as JSON. */
export interface Recorded {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Which of the platform's addresses answers. */
export type Place = 'Token' | 'Introspect' | 'Identity' | 'Role' | 'Derive' | 'Touch' | 'Revoke' | 'Device' | 'Request';

/** What is compared: an outcome with its secrets in the clear and its instants as seconds from now. */
export interface Seen {
  readonly kind: string;
  readonly family?: string;
  readonly reason?: string;
  readonly isAppFault?: true;
  readonly retryAfterS?: number;
  readonly access?: string;
  readonly refresh?: string;
  readonly secret?: string;
  readonly expiresInS?: number;
  readonly refreshExpiresInS?: number;
  readonly sourceExpiresInS?: number;
  readonly consentExpiresInS?: number;
  readonly scopes?: readonly string[];
  readonly account?: { readonly id: string; readonly handle?: string | undefined };
  readonly person?: string;
  readonly extras?: Readonly<Record<string, string>>;
  /** Reason of what the platform holds against the account, or of what is wrong with the app, beside a good finding. */
  readonly beside?: string;
  readonly hasRaw?: true;
  readonly slowDown?: true;
  readonly url?: string;
  readonly userCode?: string;
  readonly verificationURI?: string;
  readonly intervalS?: number;
}

/** One call, what the platform answers, and what is made of it. */
export interface Question {
  readonly name: string;
  readonly call: 'refresh' | 'reissue' | 'introspect' | 'derive' | 'consent' | 'code' | 'device' | 'poll' | 'revoke';
  /** A list is used up in order. */
  readonly answers: Readonly<Partial<Record<Place, Recorded | readonly Recorded[]>>>;
  readonly use?: Partial<PlatformUse>;
  /** Introspection of an app token. */
  readonly kind?: 'App';
  readonly tokens?: Partial<TokenSet>;
  readonly extras?: Readonly<Record<string, string>>;
  /** `spec.account.id`. */
  readonly account?: string;
  /** What the person brought back; by default a code. */
  readonly callback?: Readonly<Record<string, string>>;
  /** The scopes that the channel asks for. */
  readonly scopes?: readonly string[];
  /** Why a person who was here before comes again. */
  readonly reconnect?: Reason;
  readonly want: Seen;
  /** A part of the message for people. */
  readonly says?: string;
  /** The requests, exactly, in order. */
  readonly sent?: readonly Pick<OutgoingRequest, 'method' | 'url' | 'headers' | 'body'>[];
}

export interface Row extends Question {
  readonly source: Source;
}

/** Rows that are known from one place. */
export function cited(source: Source, ...questions: readonly Question[]): Row[] {
  return questions.map((question) => ({ ...question, source }));
}

export const held = {
  access: 'held-access-0001',
  refresh: 'held-refresh-0001',
  secret: 'app-secret-0001',
  tokenSecret: 'held-token-secret-0001',
  id: 'our-client',
  code: 'brought-code-0001',
  // The example of RFC 7636 appendix B.
  verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
  challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  state: 'state-0001',
  redirectURI: 'https://connect.example.com/callback',
  deviceCode: 'device-code-0001',
  nonce: 'nonce0001',
};
