import type { ChannelCards, ConsentDesk, Invitations } from '../../core/consent.ts';
import type { Access } from './access.ts';
import type { Seal } from './seal.ts';
import type { SignIn } from './sign-in.ts';

/** How one request ended, for a counter; both words are from closed lists. */
export interface ServedRequest {
  /** The pattern of the route, never the path: paths hold names and the tokens of invitations. */
  readonly route: string;
  readonly outcome: 'Ok' | 'Redirected' | 'Refused' | 'NotFound' | 'Limited' | 'Failed';
}

/** Everything that the pages stand on. */
export interface PagesParts {
  /** Scheme, host and port that people type; no path. Links, cookies and the redirect URI come from here alone. */
  readonly baseURL: string;
  readonly desk: ConsentDesk;
  readonly cards: ChannelCards;
  readonly access: Access;
  readonly seal: Seal;
  /** Absent: nobody can sign in. */
  readonly signIn?: SignIn | undefined;
  /** Absent: invitations are not admitted. */
  readonly invitations?: Invitations | undefined;
  /** Networks whose `X-Forwarded-For` is believed, as CIDR. */
  readonly trustedProxies: readonly string[];
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** 32 unguessable bytes, base64url. */
  readonly secret: () => string;
  readonly onRequest: (served: ServedRequest) => void;
  /** Something failed that nobody foresaw; `requestId` is on the page that the person sees. */
  readonly onError: (error: unknown, requestId: string) => void;
}
