import type { Observation, WorkloadLookup } from '../../../src/core/observation.ts';
import type { WorkloadFacts } from '../../../src/core/ports.ts';
import {
  channel,
  claimedAgo,
  dueTokens,
  ended,
  failure,
  grant,
  grantWith,
  hourMs,
  minuteMs,
  nowAt,
  observation,
  retries,
  retry,
  secondMs,
  secretShowing,
  suspended,
} from '../builders.ts';
import { fires, misses, type Row, waits, yields } from './row.ts';

const ref = { kind: 'Deployment', name: 'encoder' } as const;
const rollout = { workloads: [ref], minInterval: '10m' };
const restarted = channel({ spec: { rollout } });

/** Began a day ago with the token of that version. */
export function workload(of: Partial<WorkloadFacts> = {}) {
  const shown = { twitch: '2.6' };
  const facts = { uid: 'workload-uid', resourceVersion: '1', createdAt: nowAt - 24 * hourMs, restartedAt: undefined };
  return { state: 'Found', ref, facts: { ...facts, shown, ...of } } as const;
}
const missing: WorkloadLookup = { state: 'Missing', ref };
const unreadable: WorkloadLookup = { state: 'Unreadable', ref, failure: failure('Misconfigured', 'PermissionDenied') };

/** A channel of which the token has been in the Secret for an hour, and these workloads. */
export const watching = (workloads: readonly WorkloadLookup[], ...parts: Partial<Observation>[]) =>
  observation(restarted, { workloads }, ...parts);

const rests = waits(47 * minuteMs);
const restarts = (...workloads: readonly ReturnType<typeof workload>[]) => ({ kind: 'Restart', workloads }) as const;
const behind = workload();
const never = workload({ shown: {} });
const ofAnother = workload({ shown: { youtube: '2.7' } });
const lately = workload({ restartedAt: nowAt - 4 * minuteMs });
const longAgo = workload({ restartedAt: nowAt - 10 * minuteMs });
const noted = (at: number): Partial<Observation> => {
  const { secret } = secretShowing('2.7');
  if (secret.state !== 'Ours') throw new Error('it is ours');
  const instant = new Date(at).toISOString();
  const annotations = { ...secret.secret.annotations, 'socialops.dev/projected-at': instant };
  return { secret: { ...secret, secret: { ...secret.secret, annotations } } };
};

export const restartRows: Row[] = [
  fires('restart', 'its pods began with an earlier token', watching([behind]), restarts(behind)),
  fires('restart', 'nothing is known of its pods', watching([never]), restarts(never)),
  fires('restart', 'only another channel restarted it', watching([ofAnother]), restarts(ofAnother)),
  fires('restart', 'one of two has it', watching([workload({ shown: { twitch: '2.7' } }), behind]), restarts(behind)),
  fires('restart', 'one of two is missing', watching([missing, behind]), restarts(behind)),
  fires(
    'restart',
    'it was noted by a clock that ran ahead',
    watching(
      [workload({ restartedAt: nowAt + hourMs, shown: { twitch: '2.6' }, createdAt: 0 })],
      noted(nowAt + 2 * hourMs),
    ),
    restarts(workload({ restartedAt: nowAt + hourMs, createdAt: 0 })),
  ),
  fires(
    'restart',
    'the shortest interval has passed since a restart that came before the token',
    watching([longAgo], noted(nowAt - 9 * minuteMs)),
    restarts(longAgo),
  ),
  fires(
    'restart',
    'its restart and the token are too close to tell which came first',
    watching([longAgo], noted(nowAt - 10 * minuteMs - 100 * secondMs)),
    restarts(longAgo),
  ),
  fires(
    'restart',
    'the renewal that is due is suspended',
    watching([behind], grant({ tokens: dueTokens }), {
      channel: { ...restarted.channel, spec: { ...suspended.channel.spec, rollout } },
    }),
    restarts(behind),
  ),
  fires(
    'restart',
    'a renewal that is due has failed and waits',
    watching([behind], grant({ tokens: dueTokens }), retries('Spend')),
    restarts(behind),
  ),
  misses('restart', 'its pods have the token', watching([workload({ shown: { twitch: '2.7' } })]), 'rest', rests),
  misses('restart', 'nothing is named', observation(), 'rest', rests),
  misses(
    'restart',
    'it is younger than the token',
    watching([workload({ createdAt: nowAt - 30 * minuteMs, shown: {} })]),
    'rest',
    rests,
  ),
  misses(
    'restart',
    'another channel restarted it since',
    watching([workload({ restartedAt: nowAt - 20 * minuteMs, shown: { youtube: '2.7' } })]),
    'rest',
    rests,
  ),
  misses(
    'restart',
    'it was restarted lately',
    watching([lately], noted(nowAt - 5 * minuteMs)),
    'rest',
    waits(6 * minuteMs),
  ),
  misses('restart', 'it failed a moment ago', watching([behind], retries('Rollout')), 'rest', waits(minuteMs)),
  misses('restart', 'it does not exist', watching([missing]), 'rest', waits(5 * minuteMs)),
  misses('restart', 'it may not be read', watching([unreadable]), 'rest', waits(5 * minuteMs)),
  misses(
    'restart',
    'a refresh token is being spent',
    watching([behind], claimedAgo(10 * secondMs)),
    'claimed',
    waits(50 * secondMs),
  ),
  misses('restart', 'the token is about to be renewed', watching([behind], grant({ tokens: dueTokens })), 'refresh', {
    kind: 'Spend',
    mode: 'Refresh',
  }),
  misses(
    'restart',
    'the token has ended',
    watching([behind], grant({ tokens: ended }), retries('Spend')),
    'rest',
    waits(minuteMs),
  ),
  misses(
    'restart',
    'the platform refused the token',
    watching([behind], grantWith({ accessRefusedAt: nowAt - minuteMs }), retries('Spend')),
    'rest',
    waits(minuteMs),
  ),
  yields('restart', 'the token is not in Vault yet', watching([behind], { isVaultTokenCurrent: false }), 'project', {
    kind: 'Project',
  }),
];

/** What the condition says, in the same words. */
export const conditionRows: readonly (readonly [when: string, o: Observation, says: string])[] = [
  ['its pods have the token', watching([workload({ shown: { twitch: '2.7' } })]), 'True/Restarted'],
  ['it does not exist', watching([missing]), 'False/WorkloadNotFound'],
  ['it may not be read', watching([unreadable]), 'False/PermissionDenied'],
  [
    'its restart was refused',
    watching([behind], { retries: { Rollout: retry({ failure: failure('Misconfigured', 'PermissionDenied') }) } }),
    'False/PermissionDenied',
  ],
  ['it was restarted lately', watching([lately], noted(nowAt - 5 * minuteMs)), 'False/RestartWaiting'],
];
