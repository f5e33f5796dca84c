import { Escrow } from '../../../src/channel/escrow.ts';
import type { SealedAnswer } from '../../../src/core/escrow.ts';
import { memorySeal } from '../virtual/escrow.ts';
import type { Stage } from './stage.ts';

/** The Secrets of the operator's namespace, each with its claim. */
export type Escrowed = SealedAnswer[];

/** The escrow of one process: each call of it is one to the API server. */
export function escrowOf(
  { escrow: kept, judge }: Stage,
  ask: <T>(what: string, perform: () => T) => Promise<T>,
): Escrow {
  return new Escrow(memorySeal(), {
    put: (_, claimId, bytes) =>
      ask('put escrow', () => {
        const name = `escrow-${claimId}`;
        if (kept.some(({ place }) => place.name === name)) return;
        kept.push({ place: { name, uid: `uid of ${claimId}` }, claimId, bytes });
        judge.answers.escrowed(claimId);
      }),
    list: () => ask('list escrow', () => [...kept]),
    remove: ({ uid }) =>
      ask('remove escrow', () => {
        const index = kept.findIndex(({ place }) => place.uid === uid);
        const [removed] = index < 0 ? [] : kept.splice(index, 1);
        if (removed !== undefined) judge.answers.dropped(removed.claimId);
      }),
  });
}
