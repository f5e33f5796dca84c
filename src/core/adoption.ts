import type { Rule } from './action.ts';
import { isWaiting } from './due.ts';
import { escrowHeir, escrowLeftovers } from './escrow.ts';
import type { ParkedAnswer } from './grant.ts';
import type { Observation } from './observation.ts';

/**
 * The answer that lost its commit and is the newest token, because nothing newer was stored since. A token that is
 * replaced by its use tells that by itself, whatever epoch it has: after a restore of Vault the same bootstrap may have
 * been imported again, and would else be spent again.
 */
export function heirOf(o: Observation, parked: readonly ParkedAnswer[]): ParkedAnswer | undefined {
  if (o.grant.state !== 'Present') return undefined;
  const { record } = o.grant;
  // A refresh token that outlives its use does not tell what was stored since it was sent: only the generation does.
  const isTold = o.app.state === 'Ready' && o.app.platform.profile.oldToken !== 'Lives';
  return parked.find(
    ({ answer, epoch, generation, fingerprint }) =>
      answer !== undefined &&
      fingerprint === o.fingerprint &&
      (isTold || (epoch === record.epoch && generation >= record.generation)),
  );
}

export const adoptParked: Rule = (o) => {
  if (o.grant.state !== 'Present' || o.parked.length === 0 || isWaiting(o, 'Spend')) return undefined;
  const { record } = o.grant;
  const heir = heirOf(o, o.parked);
  if (heir !== undefined) return { kind: 'AdoptParked', parked: heir };
  const superseded = o.parked.filter((parked) => parked.epoch < record.epoch || parked.generation < record.generation);
  return isWaiting(o, 'Escrow') || superseded.length === 0
    ? undefined
    : { kind: 'DropParked', claimIds: superseded.map((parked) => parked.claimId) };
};

/** Before anything is sent: a replay of the token that this answer was got for could end the grant. */
export const adoptEscrow: Rule = (o) => {
  const escrowed = isWaiting(o, 'Spend') ? undefined : escrowHeir(o);
  return escrowed === undefined ? undefined : { kind: 'AdoptEscrow', escrowed };
};

export const dropEscrow: Rule = (o) => {
  const places = isWaiting(o, 'Escrow') ? [] : escrowLeftovers(o);
  return places.length === 0 ? undefined : { kind: 'DropEscrow', places };
};
