import {
  bootstrap,
  claimedAgo,
  failure,
  grant,
  minuteMs,
  nowAt,
  observation,
  parked,
  readyApp,
  retries,
  secondMs,
  secretShowing,
  singleUse,
  unknown,
  verdict,
} from '../builders.ts';
import { escrowed, escrowOf, unlisted } from '../kept-answers.ts';
import { fires, misses, type Row, waits, yields } from './row.ts';

const rests = waits(47 * minuteMs);
const reReads = waits(5 * minuteMs);
const ready = { bootstrap };
const onSingleUse = { app: readyApp({ profile: singleUse }) };
const superseded = { parked: [{ ...parked, generation: 6, fingerprint: 'f6' }] };

const adoptParked: Row[] = [
  fires(
    'adoptParked',
    'an answer lost its commit',
    observation(onSingleUse, grant({ unknown }), { parked: [parked] }),
    {
      kind: 'AdoptParked',
      parked,
    },
  ),
  fires(
    'adoptParked',
    'an answer lost its commit to a claim that still lives',
    observation(onSingleUse, claimedAgo(20 * secondMs), { parked: [parked] }),
    {
      kind: 'AdoptParked',
      parked,
    },
  ),
  fires('adoptParked', 'a verdict was the mistake', observation(grant({ verdict }), { parked: [parked] }), {
    kind: 'AdoptParked',
    parked,
  }),
  fires('adoptParked', 'a newer grant was stored', observation(grant({ unknown }), superseded), {
    kind: 'DropParked',
    claimIds: ['claim-8'],
  }),
  fires(
    'adoptParked',
    'another consent was stored',
    observation(grant({ unknown }), { parked: [{ ...parked, epoch: 1, generation: 9 }] }),
    {
      kind: 'DropParked',
      claimIds: ['claim-8'],
    },
  ),
  fires(
    'adoptParked',
    'the token that it was got for was imported once more since',
    observation(onSingleUse, grant({}), { parked: [{ ...parked, epoch: 1, generation: 6 }] }),
    { kind: 'AdoptParked', parked: { ...parked, epoch: 1, generation: 6 } },
  ),
  fires(
    'adoptParked',
    'the same token was spent again since, and that answer is stored',
    observation(grant({ unknown, generation: 8 }), { parked: [parked] }),
    { kind: 'DropParked', claimIds: ['claim-8'] },
  ),
  misses(
    'adoptParked',
    'another token was spent for it',
    observation(grant({ verdict }), { parked: [{ ...parked, fingerprint: 'f6' }] }),
    'rejected',
    reReads,
  ),
  misses(
    'adoptParked',
    'its bytes could not be understood',
    observation(grant({ verdict }), { parked: [{ ...parked, answer: undefined }] }),
    'rejected',
    reReads,
  ),
  misses(
    'adoptParked',
    'it failed a moment ago',
    observation(grant({ verdict }), { parked: [parked] }, retries('Spend')),
    'rejected',
    reReads,
  ),
  yields(
    'adoptParked',
    'new tokens were supplied',
    observation(grant({ unknown }), { parked: [parked] }, ready),
    'importBootstrap',
    {
      kind: 'Import',
    },
  ),
];

const adoptEscrow: Row[] = [
  fires(
    'adoptEscrow',
    'the token that it was got for was imported once more since',
    observation(onSingleUse, grant({}), escrowOf({ ...escrowed, epoch: 1, generation: 6 })),
    { kind: 'AdoptEscrow', escrowed: { ...escrowed, epoch: 1, generation: 6 } },
  ),
  fires('adoptEscrow', 'a process died before its commit', observation(grant({ unknown }), escrowOf(escrowed)), {
    kind: 'AdoptEscrow',
    escrowed,
  }),
  fires(
    'adoptEscrow',
    'the claim that it was got for still lives',
    observation(onSingleUse, claimedAgo(20 * secondMs), escrowOf(escrowed)),
    { kind: 'AdoptEscrow', escrowed },
  ),
  fires('adoptEscrow', 'a verdict was the mistake', observation(grant({ verdict }), escrowOf(escrowed)), {
    kind: 'AdoptEscrow',
    escrowed,
  }),
  fires(
    'adoptEscrow',
    'the claim names one of two',
    observation(claimedAgo(minuteMs), escrowOf({ ...escrowed, claimId: 'claim-7', parkedAt: nowAt }, escrowed)),
    { kind: 'AdoptEscrow', escrowed },
  ),
  fires(
    'adoptEscrow',
    'no claim names any, and the newest is taken',
    observation(grant({ verdict }), escrowOf({ ...escrowed, parkedAt: 0 }, escrowed)),
    { kind: 'AdoptEscrow', escrowed },
  ),
  misses(
    'adoptEscrow',
    'another token was spent for it',
    observation(grant({ verdict }), escrowOf({ ...escrowed, fingerprint: 'f6' })),
    'rejected',
    reReads,
  ),
  misses(
    'adoptEscrow',
    'it was got after another consent',
    observation(grant({ verdict }), escrowOf({ ...escrowed, epoch: 3 })),
    'rejected',
    reReads,
  ),
  misses(
    'adoptEscrow',
    'its own commit was stored',
    observation(grant({ generation: 8 }), escrowOf(escrowed)),
    'dropEscrow',
    {
      kind: 'DropEscrow',
      places: [escrowed.place],
    },
  ),
  fires('adoptEscrow', 'Vault was put back to before the spend', observation(escrowOf(escrowed)), {
    kind: 'AdoptEscrow',
    escrowed,
  }),
  fires(
    'adoptEscrow',
    'Vault was put back, and what pods see is this answer',
    observation(onSingleUse, secretShowing('2.8'), escrowOf(escrowed)),
    { kind: 'AdoptEscrow', escrowed },
  ),
  misses(
    'adoptEscrow',
    'Vault was put back, and pods see a later one',
    observation(onSingleUse, secretShowing('2.9'), escrowOf(escrowed)),
    'rolledBack',
    { kind: 'MarkUnknown' },
  ),
  fires(
    'adoptEscrow',
    'Vault was put back, pods see a later one, and this answer was got after that',
    observation(onSingleUse, secretShowing('2.9'), escrowOf({ ...escrowed, generation: 9 })),
    { kind: 'AdoptEscrow', escrowed: { ...escrowed, generation: 9 } },
  ),
  misses(
    'adoptEscrow',
    'it failed a moment ago',
    observation(grant({ verdict }), escrowOf(escrowed), retries('Spend')),
    'rejected',
    reReads,
  ),
  misses('adoptEscrow', 'it could not be listed', observation(grant({ verdict }), unlisted), 'rejected', reReads),
  yields(
    'adoptEscrow',
    'Vault itself keeps the same answer',
    observation(grant({ unknown }), { parked: [parked] }, escrowOf(escrowed)),
    'adoptParked',
    { kind: 'AdoptParked', parked },
  ),
];

const later = { ...escrowed, place: { name: 'escrow-6', uid: 'uid-6' }, generation: 6, fingerprint: 'f6' };
const dropEscrow: Row[] = [
  fires('dropEscrow', 'a later grant is stored', observation(escrowOf(later)), {
    kind: 'DropEscrow',
    places: [later.place],
  }),
  fires('dropEscrow', 'another consent is stored', observation(escrowOf({ ...escrowed, epoch: 1, generation: 9 })), {
    kind: 'DropEscrow',
    places: [escrowed.place],
  }),
  fires(
    'dropEscrow',
    'Vault itself keeps the same answer, which fits no longer',
    observation(grant({ verdict }), escrowOf({ ...escrowed, fingerprint: 'f6' }), {
      parked: [{ ...parked, fingerprint: 'f6' }],
    }),
    { kind: 'DropEscrow', places: [escrowed.place] },
  ),
  misses(
    'dropEscrow',
    'it may be the newest there is',
    observation(escrowOf({ ...escrowed, generation: 8 })),
    'rest',
    rests,
  ),
  misses(
    'dropEscrow',
    'its token was imported once more since, and it could not be adopted a moment ago',
    observation(onSingleUse, escrowOf({ ...escrowed, epoch: 1, generation: 6 }), retries('Spend')),
    'rest',
    rests,
  ),
  misses(
    'dropEscrow',
    'it could not be dropped',
    observation(escrowOf(later), retries('Escrow')),
    'rest',
    waits(minuteMs),
  ),
  misses(
    'dropEscrow',
    'it cannot be opened',
    observation({ escrow: { state: 'Listed', answers: [], unreadable: [{ place: later.place, failure: failure() }] } }),
    'rest',
    rests,
  ),
  yields(
    'dropEscrow',
    'another one is the heir',
    observation(grant({ unknown }), escrowOf(later, escrowed)),
    'adoptEscrow',
    {
      kind: 'AdoptEscrow',
      escrowed,
    },
  ),
];

export const adoption = [...adoptParked, ...adoptEscrow, ...dropEscrow];
