import {
  claimedAgo,
  dueTokens,
  failure,
  grant,
  hourMs,
  minuteMs,
  nowAt,
  observation,
  readyApp,
  retries,
  secondMs,
  singleUse,
  verdict,
} from '../builders.ts';
import { fires, misses, type Row, waits, yields } from './row.ts';

const reReads = waits(5 * minuteMs);
const refreshes = { kind: 'Spend', mode: 'Refresh' } as const;
const due = grant({ tokens: dueTokens });
const suspected = {
  app: readyApp({ profile: singleUse }),
  suspicion: {
    fingerprint: 'f7',
    verdict: { reason: 'AccessRevoked', message: 'No.', confirmations: 1, probes: 0 },
    claimIds: [],
  },
} as const;
const saidNo = (of: object = {}) =>
  retries('Spend', { failure: failure('Rejected', 'AccessRevoked'), nextAt: nowAt, ...of });
const wave = {
  scope: 'App',
  since: nowAt - hourMs,
  rejected: 5,
  of: 8,
  lastSuccessAt: undefined,
  canary: 'a/b',
} as const;
const believes = { kind: 'Condemn' } as const;
/** Vault took the claim and not its release: the process heard the rejection all the same. */
const unreleased = {
  ...suspected,
  suspicion: { ...suspected.suspicion, claimIds: ['claim-8'] },
  escrow: { state: 'Listed', answers: [], unreadable: [] },
} as const;
export const suspicion: Row[] = [
  fires(
    'suspicion',
    'the claim of the rejected spend has ended by its age alone',
    observation(
      claimedAgo(minuteMs, { tokens: dueTokens }),
      unreleased,
      saidNo({ firstAt: nowAt - minuteMs, nextAt: nowAt - 55 * secondMs }),
    ),
    believes,
  ),
  misses(
    'suspicion',
    'that claim ended long ago, and a wave had kept it waiting',
    observation(
      claimedAgo(minuteMs + 6 * secondMs, { tokens: dueTokens }),
      unreleased,
      saidNo({ nextAt: nowAt - 6 * secondMs }),
    ),
    'refresh',
    refreshes,
  ),
  fires('suspicion', 'the pause is over, and others are well', observation(due, suspected, saidNo()), believes),
  fires(
    'suspicion',
    'it has been held for as long as it may be',
    observation(due, suspected, saidNo({ firstAt: nowAt - 4 * hourMs }), { wave }),
    believes,
  ),
  misses(
    'suspicion',
    'another token is there by now',
    observation(due, suspected, saidNo(), { fingerprint: 'f8' }),
    'refresh',
    refreshes,
  ),
  misses(
    'suspicion',
    'the pause is not over',
    observation(due, suspected, saidNo({ nextAt: nowAt + secondMs })),
    'rest',
    waits(secondMs),
  ),
  misses(
    'suspicion',
    'it was one of many, and that is over',
    observation(due, suspected, saidNo({ nextAt: nowAt - 6 * secondMs })),
    'refresh',
    refreshes,
  ),
  misses(
    'suspicion',
    'the platform failed since, and has said nothing of the token',
    observation(due, suspected, retries('Spend', { nextAt: nowAt })),
    'refresh',
    refreshes,
  ),
  misses('suspicion', 'the token was taken since', observation(due, suspected), 'refresh', refreshes),
  misses('suspicion', 'it is one of many', observation(due, suspected, saidNo(), { wave }), 'rest', reReads),
  misses(
    'suspicion',
    'it is one of many, and the one that goes on asking',
    observation(due, suspected, saidNo(), { wave: { ...wave, canary: 'main-stage/twitch' } }),
    'refresh',
    refreshes,
  ),
  yields(
    'suspicion',
    'it was believed already',
    observation(grant({ tokens: dueTokens, verdict }), suspected, saidNo()),
    'rejected',
    reReads,
  ),
];
