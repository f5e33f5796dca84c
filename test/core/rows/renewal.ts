import type { GrantRecord } from '../../../src/core/grant.ts';
import {
  appGrant,
  channel,
  claimedAgo,
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
  other,
  readyApp,
  retries,
  reusable,
  secondMs,
  secretShowing,
  singleUse,
  suspended,
  tokens,
  unknown,
  verdict,
  withGrace,
} from '../builders.ts';
import { fires, misses, type Row, waits, yields } from './row.ts';

const rests = waits(47 * minuteMs);
const reReads = waits(5 * minuteMs);
const refreshes = { kind: 'Spend', mode: 'Refresh' } as const;
const probes = { kind: 'Spend', mode: 'Probe' } as const;
const heals = { kind: 'Spend', mode: 'Heal' } as const;
const on = (profile: typeof reusable) => ({ app: readyApp({ profile }) });
const due = (of: Partial<GrantRecord> = {}) => grant({ tokens: dueTokens, ...of });
const judged = (agoMs: number, of: Partial<typeof verdict> = {}) =>
  grant({ verdict: { ...verdict, at: nowAt - agoMs, ...of } });
const asked = channel({ metadata: { annotations: { 'socialops.dev/refresh': 'now' } } });
const unowned = { accountOwner: undefined };
const isOlder = secretShowing('2.9');

const rejected: Row[] = [
  fires('rejected', 'the platform said no', observation(grant({ verdict })), reReads),
  fires('rejected', 'its refresh would be due', observation(due({ verdict })), reReads),
  fires('rejected', 'an hour has passed where asking is harmless', observation(judged(hourMs)), heals),
  fires('rejected', 'the hour is nearly over', observation(judged(hourMs - minuteMs)), waits(minuteMs)),
  fires('rejected', 'six hours have passed', observation(judged(6 * hourMs, { probes: 1 })), heals),
  fires('rejected', 'six hours have not passed', observation(judged(5 * hourMs, { probes: 1 })), reReads),
  fires('rejected', 'a day has passed', observation(judged(24 * hourMs, { probes: 2 })), heals),
  fires('rejected', 'three probes found the same', observation(judged(99 * hourMs, { probes: 3 })), reReads),
  fires('rejected', 'asking is not harmless', observation(judged(hourMs), on(singleUse)), reReads),
  fires('rejected', 'asking cannot change it', observation(judged(hourMs, { reason: 'AccountSuspended' })), reReads),
  fires(
    'rejected',
    'there is nothing to ask with',
    observation(grantWith({ refresh: undefined }, { verdict: { ...verdict, at: 0 } })),
    reReads,
  ),
  fires(
    'rejected',
    'an app’s token has no login to heal',
    observation(grant({ ...appGrant, verdict: { ...verdict, at: 0 } }), unowned),
    reReads,
  ),
  fires('rejected', 'it is suspended', observation(judged(hourMs), suspended), reReads),
  fires(
    'rejected',
    'another process asks',
    observation(claimedAgo(20 * secondMs, { verdict: { ...verdict, at: 0 } })),
    reReads,
  ),
  fires('rejected', 'the probe was not answered', observation(judged(hourMs), retries('Spend')), waits(minuteMs)),
  misses('rejected', 'it was not rejected', observation(), 'rest', rests),
  yields(
    'rejected',
    'another channel owns the account',
    observation(judged(hourMs), { accountOwner: other }),
    'account',
    reReads,
  ),
];

const claimed: Row[] = [
  fires('claimed', 'somebody spends', observation(claimedAgo(20 * secondMs)), waits(40 * secondMs)),
  fires(
    'claimed',
    'somebody spends what is due',
    observation(claimedAgo(59 * secondMs, { tokens: dueTokens })),
    waits(secondMs),
  ),
  fires(
    'claimed',
    'our clock is wrong, and only Vault’s counts',
    observation(claimedAgo(20 * secondMs, { tokens }), { lastCheckAt: nowAt - 2 * hourMs }),
    waits(40 * secondMs),
  ),
  misses('claimed', 'the claim is over', observation(claimedAgo(minuteMs)), 'unknownOutcome', probes),
  yields('claimed', 'it is suspended', observation(suspended, claimedAgo(20 * secondMs)), 'suspended', rests),
];

const rolledBack: Row[] = [
  fires('rolledBack', 'pods have seen a newer grant', observation(isOlder, on(singleUse)), { kind: 'MarkUnknown' }),
  fires(
    'rolledBack',
    'status has seen a newer consent',
    observation(channel({ status: { epoch: 3, generation: 1 } }), on(singleUse)),
    { kind: 'MarkUnknown' },
  ),
  fires('rolledBack', 'a grace says nothing of an old spend', observation(isOlder, on(withGrace)), {
    kind: 'MarkUnknown',
  }),
  misses('rolledBack', 'asking is harmless', observation(isOlder), 'refresh', refreshes),
  misses('rolledBack', 'it is marked', observation(isOlder, on(singleUse), grant({ unknown })), 'introspect', {
    kind: 'Introspect',
  }),
  misses(
    'rolledBack',
    'it could not be marked',
    observation(isOlder, on(singleUse), retries('Spend')),
    'rest',
    waits(47 * minuteMs),
  ),
  misses('rolledBack', 'nothing can be sent anyway', observation(isOlder, on(notRenewable)), 'rest', rests),
  misses(
    'rolledBack',
    'an app asks for another token',
    observation(isOlder, on(singleUse), grant(appGrant), unowned),
    'refresh',
    { kind: 'Reissue' },
  ),
  misses('rolledBack', 'it is the newest', observation(secretShowing('2.6'), on(singleUse)), 'rest', rests),
  yields(
    'rolledBack',
    'somebody spends',
    observation(isOlder, on(singleUse), claimedAgo(20 * secondMs)),
    'claimed',
    waits(40 * secondMs),
  ),
];

/** A spend of which nothing was seen, an hour ago; its access token lives for another three. */
const lost = (of: Partial<GrantRecord> = {}) => grant({ unknown, ...of });
const nearEnd = { ...tokens, accessExpiresAt: nowAt + 150 * secondMs };
const refused = { ...tokens, accessRefusedAt: nowAt - minuteMs };
const unknownOutcome: Row[] = [
  fires('unknownOutcome', 'asking is harmless', observation(lost()), probes),
  fires('unknownOutcome', 'a process died with its claim', observation(claimedAgo(2 * minuteMs)), probes),
  fires('unknownOutcome', 'the access token has ended', observation(lost({ tokens: ended }), on(singleUse)), probes),
  fires(
    'unknownOutcome',
    'the access token is about to end',
    observation(lost({ tokens: nearEnd }), on(singleUse)),
    probes,
  ),
  fires(
    'unknownOutcome',
    'the access token was refused',
    observation(lost({ tokens: refused }), on(singleUse)),
    probes,
  ),
  fires(
    'unknownOutcome',
    'there is no access token',
    observation(lost({ tokens: { ...tokens, access: undefined } }), on(singleUse)),
    probes,
  ),
  fires(
    'unknownOutcome',
    'the old token has a grace left',
    observation(lost({ unknown: { ...unknown, since: nowAt - 9 * minuteMs } }), on(withGrace)),
    probes,
  ),
  misses('unknownOutcome', 'the grace is over', observation(lost(), on(withGrace)), 'rest', rests),
  misses(
    'unknownOutcome',
    'the living token is worth more than the answer',
    observation(lost(), on(singleUse)),
    'rest',
    rests,
  ),
  misses(
    'unknownOutcome',
    'a moment is missing to the floor',
    observation(lost({ tokens: { ...nearEnd, accessExpiresAt: nowAt + 151 * secondMs } }), on(singleUse)),
    'rest',
    waits(secondMs),
  ),
  misses(
    'unknownOutcome',
    'the last probe was not answered',
    observation(lost({ tokens: ended }), on(singleUse), retries('Spend')),
    'rest',
    waits(minuteMs),
  ),
  misses('unknownOutcome', 'the token was rejected before', observation(lost({ rejected: ['f7'] })), 'rest', rests),
  misses('unknownOutcome', 'nothing is unknown', observation(on(singleUse)), 'rest', rests),
  yields(
    'unknownOutcome',
    'somebody finds out already',
    observation(claimedAgo(20 * secondMs, { unknown })),
    'claimed',
    waits(40 * secondMs),
  ),
  yields('unknownOutcome', 'the platform has rejected it since', observation(lost({ verdict })), 'rejected', reReads),
];

const dueAgain = (of: Partial<ReturnType<typeof retries>['retries']['Spend']>) =>
  observation(due(), retries('Spend', of));
const refresh: Row[] = [
  fires('refresh', 'two thirds of a life have passed', observation(due()), refreshes),
  fires('refresh', 'a single-use token is due', observation(due(), on(singleUse)), refreshes),
  fires('refresh', 'the access token was refused', observation(grantWith({ accessRefusedAt: nowAt })), refreshes),
  fires('refresh', 'only a refresh token was imported', observation(grantWith({ access: undefined })), refreshes),
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
  misses('refresh', 'it failed a moment ago', observation(due(), retries('Spend')), 'rest', waits(47 * minuteMs)),
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

export const renewal = [...rejected, ...claimed, ...rolledBack, ...unknownOutcome, ...refresh, ...introspect, ...rest];
