import { Escrow } from '../../../src/channel/escrow.ts';
import type { SealedAnswer } from '../../../src/core/escrow.ts';
import { memorySeal } from '../virtual/escrow.ts';

/** The Secrets of the operator's namespace, each with its claim. */
export type Escrowed = SealedAnswer[];

/** The escrow of one process: each call of it is one to the API server. */
export function escrowOf(kept: Escrowed, ask: <T>(what: string, perform: () => T) => Promise<T>): Escrow {
  return new Escrow(memorySeal(), {
    put: (_, claimId, bytes) =>
      ask('put escrow', () => {
        const name = `escrow-${claimId}`;
        if (kept.some(({ place }) => place.name === name)) return;
        kept.push({ place: { name, uid: `uid of ${claimId}` }, claimId, bytes });
      }),
    list: () => ask('list escrow', () => [...kept]),
    remove: ({ uid }) =>
      ask('remove escrow', () => {
        const index = kept.findIndex(({ place }) => place.uid === uid);
        if (index >= 0) kept.splice(index, 1);
      }),
  });
}
