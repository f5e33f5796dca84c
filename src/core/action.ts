import type { ConsentOutcome } from './consent-records.ts';
import type { EscrowedAnswer, EscrowPlace } from './escrow.ts';
import type { ParkedAnswer } from './grant.ts';
import type { FoundWorkload, Observation } from './observation.ts';

/** One effect, with the reason why. */
export type Action = GrantAction | PersonAction;

/** What keeps a grant. `Wait` does nothing until `until` (or until something changes). */
export type GrantAction =
  | { readonly kind: 'Wait'; readonly until: number | undefined }
  | { readonly kind: 'AddFinalizer' }
  | { readonly kind: 'RemoveFinalizer' }
  | { readonly kind: 'Forget' }
  | { readonly kind: 'RemoveSecret'; readonly name: string }
  | { readonly kind: 'AdoptIdentity' }
  | { readonly kind: 'Import' }
  | { readonly kind: 'AdoptParked'; readonly parked: ParkedAnswer }
  | { readonly kind: 'DropParked'; readonly claimIds: readonly string[] }
  | { readonly kind: 'AdoptEscrow'; readonly escrowed: EscrowedAnswer }
  | { readonly kind: 'DropEscrow'; readonly places: readonly EscrowPlace[] }
  | { readonly kind: 'ClaimAccount' }
  /** Marks an outcome that nobody saw, before anything is sent again. */
  | { readonly kind: 'MarkUnknown' }
  /** `Probe`: the outcome of an earlier spend is unknown, and this one finds out. `Heal`: the verdict may be wrong. */
  | { readonly kind: 'Spend'; readonly mode: 'Refresh' | 'Probe' | 'Heal' }
  /** Client credentials: nothing is used up. */
  | { readonly kind: 'Reissue' }
  | { readonly kind: 'Introspect' }
  /** The access token of a page or the like, or of a login that another channel lends. */
  | { readonly kind: 'Derive' }
  /** Asks whether what a verdict says of the account is still so. */
  | { readonly kind: 'Recheck' }
  /** Believes a rejection of the refresh token: nothing is sent. */
  | { readonly kind: 'Condemn' }
  | { readonly kind: 'Project' }
  /** Restarts workloads whose pods began with an earlier token than the Secret shows. */
  | { readonly kind: 'Restart'; readonly workloads: readonly FoundWorkload[] };

/** What a person who connects the channel asked for. */
export type PersonAction =
  /** Asks whose the staged login is; the right account's takes the place of what is there. */
  | { readonly kind: 'VerifyConsent' }
  /** What was staged is void: its tokens go, and what became of it stays to be read. */
  | { readonly kind: 'ConcludeConsent'; readonly outcome: ConsentOutcome }
  /** The same, and the platform gets it back where that ends nothing else. */
  | { readonly kind: 'DiscardConsent' }
  | { readonly kind: 'AdoptConsent'; readonly escrowed: EscrowedAnswer }
  /** A consent of which no answer was staged is over. */
  | { readonly kind: 'EndPending'; readonly outcome: ConsentOutcome }
  | { readonly kind: 'DropHint' }
  | { readonly kind: 'StartDevice'; readonly request: string }
  | { readonly kind: 'PollDevice' }
  | { readonly kind: 'Invite'; readonly request: string }
  | { readonly kind: 'EndInvitation' };

/** One rule of `decide`; undefined where it has nothing to say. */
export type Rule = (o: Observation) => Action | undefined;

export const wait = (until?: number): Action => ({ kind: 'Wait', until });
