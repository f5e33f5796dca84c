import type { SocialChannel } from '../api/resources.gen.ts';
import type { Account, ChannelRef, IssuedTo } from './grant.ts';

/**
 * The person's way, as the pages see it (design section 10). The pages know HTTP, browsers and who may; the desk knows
 * Vault, platforms and what a consent may change. Nothing here holds a token, a code or a verifier.
 */

/** Who asked, for the record and for the page: how they showed who they are, and what they are called. */
export interface Requester {
  readonly kind: 'SignedIn' | 'Invited' | 'Device';
  /** `sub` of the sign-in, or the id of the invitation. */
  readonly id: string;
  /** For people: a name or an address. */
  readonly name: string;
}

export interface BeginConsent {
  readonly channel: ChannelRef;
  readonly by: Requester;
  /** The callback address of this installation; the app's `spec.redirectURI` goes first. */
  readonly redirectURI: string;
}

/** What the browser is given: the address of the platform, and what it has to bring back. */
export interface BegunConsent {
  readonly id: string;
  /** The platform's consent page. */
  readonly url: string;
  /** Of this one consent; kept hashed in `pending`, and in the browser's cookie. 32 random bytes, base64url. */
  readonly browserSecret: string;
  readonly expiresAt: number;
  /** OAuth 1.0a: SHA-256 of the temporary token, hexadecimal. The callback names that token, and no state. */
  readonly temporaryTokenHash?: string | undefined;
}

export interface FinishConsent {
  readonly channel: ChannelRef;
  readonly id: string;
  /** The query of the callback, or the fields of the form that the platform posted. */
  readonly callback: Readonly<Record<string, string>>;
  readonly browserSecret: string;
}

/** Why a callback changes nothing. */
export type Refusal =
  /** No consent of this id, or another one began meanwhile. */
  | 'Unknown'
  | 'Expired'
  /** Its answer came before: a reload, a second tab, an attacker. */
  | 'Used'
  /** `state`, cookie, issuer or temporary token are not those that were given out. */
  | 'Foreign'
  /** A newer login (another consent, an import) came meanwhile. */
  | 'Superseded'
  | 'Denied'
  /** The channel, its namespace or its app is another one by now. */
  | 'Changed';

/** What became of one consent; the pages turn it into sentences, the channel page shows the last one. */
export type ConsentProgress =
  | { readonly kind: 'Refused'; readonly refusal: Refusal; readonly message: string }
  /** The person is at the platform. */
  | { readonly kind: 'Waiting'; readonly until: number }
  /** The answer is being fetched, stored or verified; look again. */
  | { readonly kind: 'Working'; readonly message: string }
  /**
   * The platform, Vault or the app failed. `isKept`: the answer is stored, and the operator goes on by itself.
   * `isAnswerLost`: the platform may have granted it, and nobody has the answer.
   */
  | {
      readonly kind: 'Failed';
      readonly message: string;
      readonly isKept: boolean;
      readonly isAnswerLost?: boolean | undefined;
    }
  /** First connection without a pinned id: is this the account? */
  | { readonly kind: 'AwaitsConfirmation'; readonly account: Account; readonly until: number }
  | {
      readonly kind: 'WrongAccount';
      readonly expected: Account;
      readonly found: Account;
      readonly isRevocable: boolean;
    }
  /** `isStored`: it replaced the old login all the same, because the platform had ended that one. */
  | { readonly kind: 'ScopesMissing'; readonly missing: readonly string[]; readonly isStored: boolean }
  | { readonly kind: 'Discarded'; readonly isRevoked: boolean }
  | { readonly kind: 'Connected'; readonly account?: Account | undefined; readonly at: number };

export interface ConsentDesk {
  /**
   * Writes `pending` by CAS, then answers where the browser goes. One consent of a channel at a time: a newer one takes
   * the place of an older one that was not finished.
   * @throws Failure with a sentence for the page: no such channel, unusable app, Vault away, paused by `refresh.policy`
   */
  begin(request: BeginConsent): Promise<BegunConsent>;
  /**
   * Consumes `pending` by CAS, exchanges the code once (a spend), stores the raw answer under `staged` or in escrow, and
   * wakes the channel. Never throws for what the person or the platform did.
   */
  finish(request: FinishConsent): Promise<ConsentProgress>;
  /** Reads only. */
  progress(channel: ChannelRef, id: string): Promise<ConsentProgress>;
  /** The person says that the account shown is the right one. */
  confirm(channel: ChannelRef, id: string, browserSecret: string): Promise<ConsentProgress>;
  /** Throws away what was just granted, and gives it back to the platform where that ends nothing else. */
  discard(channel: ChannelRef, id: string, browserSecret: string): Promise<ConsentProgress>;
}

/** An invitation that an annotation asked for (for teams without OIDC), as the signed text of its link says. */
export interface Invitation {
  readonly id: string;
  readonly channel: ChannelRef;
  readonly channelUid: string;
  readonly epoch: number;
  readonly expiresAt: number;
  /** What the person who asked for it wrote beside the annotation, or nothing. */
  readonly note?: string | undefined;
}

export interface Invitations {
  /** The invitation of a link that is genuine, in time, the newest of its channel and not used; else why not. */
  check(token: string): Promise<Invitation | 'Forged' | 'Expired' | 'Used' | 'Replaced'>;
}

/** What the channel page and the fleet page tell, without a look at Vault. */
export interface ChannelCard {
  readonly channel: SocialChannel;
  readonly platform: { readonly name: string; readonly displayName: string };
  readonly app: ChannelRef;
  readonly issuedTo?: IssuedTo | undefined;
  /** Which role on the page, organisation or channel is needed, and what to do first, one sentence each. */
  readonly advice: readonly string[];
  /** What stops working without a scope, as far as the platform's definition says. */
  readonly scopePurposes: Readonly<Record<string, string>>;
  readonly canConsent: boolean;
}

export interface ChannelCards {
  get(ref: ChannelRef): Promise<ChannelCard | undefined>;
  /** All of the watched namespaces, from the watch. */
  list(): Iterable<ChannelSummary>;
}

/** One line of the fleet page. Instants are epoch milliseconds. */
export interface ChannelSummary {
  readonly ref: ChannelRef;
  readonly platform: string;
  readonly account?: string | undefined;
  readonly owner?: string | undefined;
  readonly state: 'Pending' | 'Connected' | 'Expiring' | 'NeedsReauth';
  readonly reason: string;
  readonly message: string;
  readonly since?: number | undefined;
  readonly accessExpiresAt?: number | undefined;
  readonly deadlineAt?: number | undefined;
}

/** The addresses of the pages, below `--pages-url`. None holds a secret but the invitation's, which is used once. */
export function channelPage(base: string, { namespace, name }: ChannelRef): string {
  return `${base}/c/${namespace}/${name}`;
}
export function invitationLink(base: string, token: string): string {
  return `${base}/i/${token}`;
}
