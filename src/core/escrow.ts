import { newestSeen } from './blockers.ts';
import type { Failure } from './failure.ts';
import type { ChannelRef, GrantRecord, ParkedAnswer } from './grant.ts';
import { isBefore } from './grant.ts';
import type { Observation } from './observation.ts';

/** Answers of a platform that Vault had not acknowledged: sealed, and kept where the loss of Vault does not reach. */

/** Which object holds one sealed answer; the uid tells it from a later one of the same name. */
export interface EscrowPlace {
  readonly name: string;
  readonly uid: string;
}

/** One sealed answer as it lies there. Nothing of it may be believed before it is opened. */
export interface SealedAnswer {
  readonly place: EscrowPlace;
  /** As written beside it. Sealing binds it, so a false one only makes the answer unreadable. */
  readonly claimId: string;
  readonly bytes: Uint8Array;
}

/** What is sealed: the answer, and for which cluster. */
export interface EscrowContent {
  readonly clusterId: string;
  readonly answer: ParkedAnswer;
}

/** Authenticated encryption under a key that lives in Vault alone, bound to the channel's record and to the claim. */
export interface AnswerSeal {
  /** Works while Vault is away, once there was a login. */
  seal(ref: ChannelRef, content: EscrowContent): Promise<Uint8Array>;
  /** @throws Failure `EscrowUnreadable` for what is damaged, foreign or newer; any other where the key cannot be had */
  open(ref: ChannelRef, sealed: SealedAnswer): Promise<EscrowContent>;
}

/** Where sealed answers lie: Secrets of the operator's own namespace, one per claim. Failures have source Kubernetes. */
export interface EscrowPlaces {
  /** Repeated for the same claim it changes nothing. */
  put(ref: ChannelRef, claimId: string, bytes: Uint8Array): Promise<void>;
  /** Everything of this channel, by a read that cannot be stale. */
  list(ref: ChannelRef): Promise<readonly SealedAnswer[]>;
  remove(place: EscrowPlace): Promise<void>;
}

export interface EscrowedAnswer extends ParkedAnswer {
  readonly place: EscrowPlace;
}

/** One that cannot be used: it is kept and told, never dropped and never trusted. */
export interface UnreadableEscrow {
  readonly place: EscrowPlace;
  readonly failure: Failure;
}

export type EscrowFacts =
  /** Nothing hints at any. */
  | { readonly state: 'Unasked' }
  | { readonly state: 'Unlisted'; readonly failure: Failure }
  | {
      readonly state: 'Listed';
      readonly answers: readonly EscrowedAnswer[];
      readonly unreadable: readonly UnreadableEscrow[];
    };

/** Whether a spend may have ended without its commit, or was judged without its answer. */
export function isInDoubt({ claim, unknown, verdict }: GrantRecord): boolean {
  return claim !== undefined || unknown !== undefined || verdict !== undefined;
}

/**
 * Nothing is sent while the fate of an earlier spend is open and the escrow was not listed: its answer may lie there,
 * and a replay could end the grant.
 */
export function isEscrowMissed(o: Observation): boolean {
  return o.grant.state === 'Present' && isInDoubt(o.grant.record) && o.escrow.state !== 'Listed';
}

/**
 * The answer that takes the present grant on: got for this very token, and nothing was committed since. Epoch and
 * generation count as well where a token may be sent again and has the same fingerprint for years; elsewhere they do not,
 * because the same bootstrap may have been imported once more. No doubt is needed: a Vault that was put back to an
 * earlier backup knows nothing of the spend. What was seen later than the commit that this answer would have got tells that
 * its tokens are old, unless it was got after that backup came back: then it is numbered above what was seen.
 */
export function escrowHeir(o: Observation): EscrowedAnswer | undefined {
  if (o.grant.state !== 'Present') return undefined;
  const { claim } = o.grant.record;
  const heirs = heirsOf(o);
  const named = heirs.find(({ claimId }) => claimId === claim?.id);
  return named ?? heirs.toSorted((a, b) => b.parkedAt - a.parkedAt)[0];
}

function heirsOf(o: Observation): readonly EscrowedAnswer[] {
  if (o.grant.state !== 'Present' || o.escrow.state !== 'Listed') return [];
  const { record } = o.grant;
  const seen = newestSeen(o);
  const isOld = ({ epoch, generation }: { readonly epoch: number; readonly generation: number }) =>
    seen !== undefined && isBefore({ epoch, generation: generation + 1 }, seen);
  const isTold = o.app.state === 'Ready' && o.app.platform.profile.oldToken !== 'Lives';
  return o.escrow.answers.filter(
    ({ answer, epoch, generation, fingerprint }) =>
      answer !== undefined &&
      fingerprint === o.fingerprint &&
      !(isOld(record) && isOld({ epoch, generation })) &&
      (isTold || (epoch === record.epoch && generation === record.generation)),
  );
}

/**
 * Answers that nobody needs any more: a later grant is known to be stored, or Vault itself keeps the same answer. Never one
 * that may still take the grant on, whatever its number: it may only be waiting for Vault.
 */
export function escrowLeftovers(o: Observation): readonly EscrowPlace[] {
  if (o.grant.state !== 'Present' || o.escrow.state !== 'Listed') return [];
  const { record } = o.grant;
  const heirs = new Set(heirsOf(o));
  const isParked = ({ claimId }: EscrowedAnswer) => o.parked.some((parked) => parked.claimId === claimId);
  const isOver = (answer: EscrowedAnswer) => isParked(answer) || (isBefore(answer, record) && !heirs.has(answer));
  return o.escrow.answers.filter(isOver).map(({ place }) => place);
}
