import type { GrantRecord } from '../../../src/core/grant.ts';
import {
  appGrant,
  channel,
  claimedAgo,
  dueTokens,
  ended,
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
  type reusable,
  secondMs,
  secretShowing,
  singleUse,
  suspended,
  tokens,
  unknown,
  verdict,
  withGrace,
} from '../builders.ts';
import { unlisted } from '../kept-answers.ts';
import { fires, misses, type Row, waits, yields } from './row.ts';

const rests = waits(47 * minuteMs);
const reReads = waits(5 * minuteMs);
const refreshes = { kind: 'Spend', mode: 'Refresh' } as const;
const probes = { kind: 'Spend', mode: 'Probe' } as const;
const heals = { kind: 'Spend', mode: 'Heal' } as const;
const on = (profile: typeof reusable) => ({ app: readyApp({ profile }) });
const due = (of: Partial<GrantRecord> = {}) => grant({ tokens: dueTokens, ...of });
const rechecks = { kind: 'Recheck' } as const;
const asking = channel({ metadata: { annotations: { 'socialops.dev/refresh': 'now' } } });
const judged = (agoMs: number, of: Partial<typeof verdict> = {}) =>
  grant({ verdict: { ...verdict, at: nowAt - agoMs, ...of } });
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
  fires('rejected', 'asking cannot change it', observation(judged(hourMs, { reason: 'AccountDeleted' })), reReads),
  fires(
    'rejected',
    'the account may be well again',
    observation(judged(hourMs, { reason: 'AdminRightsLost' })),
    rechecks,
  ),
  fires(
    'rejected',
    'the account may be well again where a second use ends the grant',
    observation(judged(hourMs, { reason: 'AccountLocked' }), on(singleUse)),
    rechecks,
  ),
  misses(
    'rejected',
    'the account was looked at an hour ago',
    observation(judged(2 * hourMs, { reason: 'AdminRightsLost', probes: 1 })),
    'rest',
    reReads,
  ),
  misses(
    'rejected',
    'the account is looked at again in a minute',
    observation(judged(6 * hourMs - minuteMs, { reason: 'AdminRightsLost', probes: 1 })),
    'rest',
    waits(minuteMs),
  ),
  misses(
    'rejected',
    'what is wrong with the account is no reason to let its login end',
    observation(due({ verdict: { ...verdict, reason: 'AdminRightsLost', at: nowAt - minuteMs } })),
    'refresh',
    refreshes,
  ),
  misses(
    'rejected',
    'a login of such an account is suspended',
    observation(grant({ verdict: { ...verdict, reason: 'AdminRightsLost', at: 0 } }), suspended),
    'suspended',
    reReads,
  ),
  fires(
    'rejected',
    'the account was looked at every day',
    observation(judged(72 * hourMs, { reason: 'AdminRightsLost', probes: 4 })),
    rechecks,
  ),
  fires(
    'rejected',
    'the token endpoint itself said that the account is locked',
    observation(grant({ rejected: ['f7'], verdict: { ...verdict, reason: 'AccountLocked', at: nowAt - hourMs } })),
    heals,
  ),
  fires(
    'rejected',
    'somebody says that the account is well again',
    observation(judged(minuteMs, { reason: 'AdminRightsLost', probes: 3 }), asking),
    rechecks,
  ),
  fires('rejected', 'somebody asks where only a new login helps', observation(judged(minuteMs), asking), reReads),
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
  fires(
    'rejected',
    'an hour has passed, and the escrow could not be listed',
    observation(judged(hourMs), unlisted),
    waits(15 * secondMs),
  ),
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
  misses('rolledBack', 'it is marked', observation(isOlder, on(singleUse), grant({ unknown })), 'rest', rests),
  misses(
    'rolledBack',
    'it could not be marked',
    observation(isOlder, on(singleUse), retries('Spend')),
    'rest',
    waits(minuteMs),
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
  misses(
    'unknownOutcome',
    'the escrow could not be listed, where the answer may lie',
    observation(lost({ tokens: ended }), on(singleUse), unlisted),
    'rest',
    waits(15 * secondMs),
  ),
  misses(
    'unknownOutcome',
    'the escrow could not be listed, and a process died with its claim',
    observation(claimedAgo(2 * minuteMs), unlisted),
    'rest',
    waits(15 * secondMs),
  ),
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

export const recovery = [...rejected, ...claimed, ...rolledBack, ...unknownOutcome];
