import type { GrantRecord } from '../../../src/core/grant.ts';
import {
  appGrant,
  channel,
  dayMs,
  dueTokens,
  ended,
  failure,
  grant,
  grantWith,
  hourMs,
  minuteMs,
  notRenewable,
  nowAt,
  observation,
  readyApp,
  retries,
  reusable,
  secondMs,
  singleUse,
  suspended,
  traded,
  unknown,
} from '../builders.ts';
import { fires, misses, type Row, waits, yields } from './row.ts';

const rests = waits(47 * minuteMs);
const refreshes = { kind: 'Spend', mode: 'Refresh' } as const;
const probes = { kind: 'Spend', mode: 'Probe' } as const;
const on = (profile: typeof reusable) => ({ app: readyApp({ profile }) });
const due = (of: Partial<GrantRecord> = {}) => grant({ tokens: dueTokens, ...of });
const asked = channel({ metadata: { annotations: { 'socialops.dev/refresh': 'now' } } });
const unowned = { accountOwner: undefined };

const dueAgain = (of: Partial<ReturnType<typeof retries>['retries']['Spend']>) =>
  observation(due(), retries('Spend', of));
const refresh: Row[] = [
  fires('refresh', 'two thirds of a life have passed', observation(due()), refreshes),
  fires('refresh', 'a single-use token is due', observation(due(), on(singleUse)), refreshes),
  fires('refresh', 'the access token was refused', observation(grantWith({ accessRefusedAt: nowAt })), refreshes),
  fires('refresh', 'only a refresh token was imported', observation(grantWith({ access: undefined })), refreshes),
  fires(
    'refresh',
    'its beginning was noted by a clock that ran ahead',
    observation(grantWith({ obtainedAt: nowAt + 3 * hourMs, accessExpiresAt: nowAt + 7 * hourMs })),
    refreshes,
  ),
  fires('refresh', 'a person asks for it', observation(asked), refreshes),
  fires(
    'refresh',
    'an app’s token is due',
    observation(grant({ ...appGrant, tokens: { ...dueTokens, refresh: undefined } }), unowned),
    { kind: 'Reissue' },
  ),
  fires('refresh', 'the retry’s time has come', dueAgain({ nextAt: nowAt }), refreshes),
  fires('refresh', 'the app was corrected since it failed', dueAgain({ inputs: 'inputs-0' }), refreshes),
  misses('refresh', 'it is early', observation(), 'rest', rests),
  misses('refresh', 'it failed a moment ago', observation(due(), retries('Spend')), 'rest', waits(minuteMs)),
  misses(
    'refresh',
    'a rejection awaits its confirmation',
    dueAgain({ failure: failure('Rejected', 'AccessRevoked'), nextAt: nowAt + 5 * secondMs }),
    'rest',
    waits(5 * secondMs),
  ),
  misses('refresh', 'the token was rejected before', observation(due({ rejected: ['f7'] })), 'rest', rests),
  misses('refresh', 'that wish was fulfilled', observation(asked, { handledRefreshRequest: 'now' }), 'rest', rests),
  misses('refresh', 'nothing renews it', observation(due(), on(notRenewable)), 'rest', rests),
  misses(
    'refresh',
    'a person asks a moment after the last one',
    observation(asked, grantWith({ obtainedAt: nowAt - 20 * secondMs })),
    'rest',
    waits(40 * secondMs),
  ),
  yields('refresh', 'an outcome is unknown', observation(due({ unknown })), 'unknownOutcome', probes),
];

const unchecked = { lastCheckAt: nowAt - hourMs };
const introspect: Row[] = [
  fires('introspect', 'an hour has passed', observation(unchecked), { kind: 'Introspect' }),
  fires('introspect', 'a new token was never looked at', observation({ lastCheckAt: undefined }), {
    kind: 'Introspect',
  }),
  fires('introspect', 'the account is not known yet', observation(grant({ account: undefined }), unowned), {
    kind: 'Introspect',
  }),
  fires(
    'introspect',
    'the last check was noted by a clock that ran ahead',
    observation({ lastCheckAt: nowAt + hourMs }),
    {
      kind: 'Introspect',
    },
  ),
  fires(
    'introspect',
    'somebody asks for a refresh that the platform does not allow for hours',
    observation(
      asked,
      on(traded),
      grantWith({ obtainedAt: nowAt - hourMs, accessExpiresAt: nowAt + 59 * dayMs, lifeBeforeMs: 60 * dayMs }),
    ),
    { kind: 'Introspect' },
  ),
  fires('introspect', 'somebody asks for a refresh that nothing can make', observation(asked, on(notRenewable)), {
    kind: 'Introspect',
  }),
  misses(
    'introspect',
    'it was asked lately',
    observation({ lastCheckAt: nowAt - 56 * minuteMs }),
    'rest',
    waits(minuteMs),
  ),
  misses(
    'introspect',
    'status knows of a check before the restart',
    observation(
      { lastCheckAt: undefined },
      channel({ status: { account: { id: '42' }, lastCheckTime: '2026-03-01T11:50:00Z' } }),
    ),
    'rest',
    rests,
  ),
  misses(
    'introspect',
    'it failed a moment ago',
    observation(unchecked, retries('Introspect')),
    'rest',
    waits(minuteMs),
  ),
  misses(
    'introspect',
    'the platform cannot be asked',
    observation(unchecked, on({ ...reusable, introspectIntervalMs: undefined })),
    'rest',
    waits(104.4 * minuteMs),
  ),
  misses(
    'introspect',
    'the token has ended',
    observation(unchecked, grant({ tokens: ended }), on(notRenewable)),
    'rest',
    waits(21 * hourMs),
  ),
  yields('introspect', 'a refresh is due', observation(unchecked, due()), 'refresh', refreshes),
  yields('introspect', 'it is suspended', observation(unchecked, suspended), 'suspended', waits(104.4 * minuteMs)),
];

const rest: Row[] = [
  fires('rest', 'all is well', observation(), rests),
  fires(
    'rest',
    'a refresh comes first',
    observation(
      { lastCheckAt: nowAt },
      grantWith({ obtainedAt: nowAt - 2.5 * hourMs, accessExpiresAt: nowAt + 1.5 * hourMs }),
    ),
    waits(14.4 * minuteMs),
  ),
  fires(
    'rest',
    'nothing ever ends, and Vault is read again within a day',
    observation(
      on({ ...reusable, accessLifetimeMs: undefined, introspectIntervalMs: undefined }),
      grantWith({ accessExpiresAt: undefined }),
    ),
    waits(21 * hourMs),
  ),
  yields('rest', 'the token is due', observation(due()), 'refresh', refreshes),
];

export const renewal = [...refresh, ...introspect, ...rest];
