import type { EscrowedAnswer, EscrowFacts } from '../../src/core/escrow.ts';
import { failure, parked } from './builders.ts';

export const escrowed: EscrowedAnswer = { ...parked, place: { name: 'escrow-8', uid: 'escrow-uid' } };
/** What lies in escrow. */
export const escrowOf = (...answers: EscrowedAnswer[]): { escrow: EscrowFacts } => ({
  escrow: { state: 'Listed', answers, unreadable: [] },
});
/** The API server could not be asked. */
export const unlisted: { escrow: EscrowFacts } = {
  escrow: { state: 'Unlisted', failure: failure('Transient', 'KubernetesUnavailable') },
};
