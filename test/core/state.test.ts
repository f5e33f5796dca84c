import { describe, expect, it } from 'vitest';
import type { Observation } from '../../src/core/observation.ts';
import type { PlatformProfile } from '../../src/core/profile.ts';
import { statusOf } from '../../src/core/status.ts';
import {
  absent,
  appGrant,
  bootstrap,
  channel,
  claimedAgo,
  dayMs,
  derived,
  ended,
  failure,
  forgotten,
  fresh,
  grant,
  grantWith,
  hourMs,
  identity,
  lending,
  minuteMs,
  notRenewable,
  nowAt,
  observation,
  other,
  readyApp,
  retries,
  secondMs,
  secretShowing,
  singleUse,
  status,
  suspended,
  tokens,
  traded,
  unknown,
  unusable,
  verdict,
} from './builders.ts';

const on = (profile: PlatformProfile) => ({ app: readyApp({ profile }) });
const testing = { app: readyApp({ spec: { grantLifetime: '168h' } }) };
const unlistable: Pick<Observation, 'escrow'> = {
  escrow: { state: 'Unlisted', failure: failure('Misconfigured', 'PermissionDenied') },
};
const nearEnd = { ...tokens, accessExpiresAt: nowAt + 4 * minuteMs };
const refusal = failure('Rejected', 'AccessRevoked');
const asking = (scopes: string[]) => channel({ spec: { scopes } });
const seen = (of: typeof status) => channel({ status: of });

describe('the state', () => {
  it.each<[string, Observation, string, string]>([
    ['nobody connected it', observation(fresh, absent), 'Pending', 'NeverConnected'],
    ['the app is not there', observation(fresh, absent, { app: unusable() }), 'Pending', 'AppNotFound'],
    [
      'its import failed',
      observation(fresh, absent, { bootstrap }, retries('Import', { failure: failure('Unexpected', 'Unexpected') })),
      'Pending',
      'Unexpected',
    ],
    [
      'an earlier import failed',
      observation(
        fresh,
        absent,
        retries('Import', { inputs: 'inputs-0', failure: failure('Misconfigured', 'DuplicateGrant') }),
      ),
      'Pending',
      'NeverConnected',
    ],
    [
      'its Secret is not shared',
      observation(fresh, absent, {
        bootstrap: { state: 'Unusable', failure: failure('Misconfigured', 'SecretNotShared') },
      }),
      'Pending',
      'SecretNotShared',
    ],
    [
      'its tokens belong to another channel',
      observation(
        fresh,
        absent,
        { bootstrap },
        retries('Import', { failure: failure('Misconfigured', 'DuplicateGrant') }),
      ),
      'Pending',
      'DuplicateGrant',
    ],
    [
      'its app’s token is refused',
      observation(
        channel({ spec: { grantType: 'App' }, status: undefined }),
        absent,
        retries('Spend', { failure: failure('Misconfigured', 'AppSecretInvalid') }),
      ),
      'Pending',
      'AppSecretInvalid',
    ],
    [
      'it was forgotten, and its Secret is the same',
      observation(fresh, forgotten, { bootstrap: { ...bootstrap, fingerprint: 'b1' } }),
      'Pending',
      'GrantForgotten',
    ],
    ['it was forgotten', observation(fresh, forgotten), 'Pending', 'NeverConnected'],
    [
      'its record is another cluster’s',
      observation(grant({ identity: { ...identity, clusterId: 'x' } })),
      'Pending',
      'AdoptionRequired',
    ],
    ['its record vanished', observation(absent), 'Connected', 'GrantMissing'],
    [
      'its record vanished in need',
      observation(absent, seen({ ...status, state: 'NeedsReauth' })),
      'NeedsReauth',
      'GrantMissing',
    ],
    [
      'it was imported and nobody knows whose it is',
      observation(fresh, grant({ account: undefined })),
      'Pending',
      'Importing',
    ],
    [
      'nobody can tell whose it is',
      observation(fresh, grant({ account: undefined }), retries('Introspect')),
      'Pending',
      'PlatformUnavailable',
    ],
    ['a known account gets a new token', observation(grant({ account: undefined })), 'Connected', 'Healthy'],
    ['all is well', observation(), 'Connected', 'Healthy'],
    ['an app’s token is well', observation(grant(appGrant), { accountOwner: undefined }), 'Connected', 'Healthy'],
    ['a refresh failed twice', observation(retries('Spend', { count: 2 })), 'Connected', 'Healthy'],
    ['a refresh failed thrice', observation(retries('Spend', { count: 3 })), 'Connected', 'PlatformUnavailable'],
    [
      'the app’s secret is wrong',
      observation(retries('Spend', { failure: failure('Misconfigured', 'AppSecretInvalid') })),
      'Connected',
      'AppSecretInvalid',
    ],
    ['a rejection is suspected', observation(retries('Spend', { failure: refusal })), 'Connected', 'Healthy'],
    [
      'the app names another client',
      observation({ app: readyApp({ clientId: 'another' }) }),
      'Connected',
      'AppChanged',
    ],
    ['another channel has the account', observation({ accountOwner: other }), 'Connected', 'DuplicateAccount'],
    ['renewal is suspended', observation(suspended), 'Connected', 'Suspended'],
    ['an outcome is unknown', observation(grant({ unknown }), on(singleUse)), 'Connected', 'OutcomeUnknown'],
    [
      'an outcome is unknown, and the escrow may not be listed',
      observation(grant({ unknown }), on(singleUse), unlistable),
      'Connected',
      'PermissionDenied',
    ],
    ['nothing is unknown, and the escrow may not be listed', observation(unlistable), 'Connected', 'Healthy'],
    [
      'it ended, an outcome is unknown, and the escrow may not be listed',
      observation(grant({ tokens: ended, unknown }), on(singleUse), unlistable),
      'Expiring',
      'PermissionDenied',
    ],
    ['an outcome is unknown where asking is harmless', observation(grant({ unknown })), 'Connected', 'Healthy'],
    ['Vault was restored', observation(secretShowing('2.9')), 'Connected', 'GrantRolledBack'],
    [
      'tokens live shortly',
      observation(grantWith({ obtainedAt: nowAt, accessExpiresAt: nowAt + 4 * minuteMs })),
      'Connected',
      'LifetimeBelowFloor',
    ],
    [
      'the consent ends soon',
      observation(testing, grantWith({ consentedAt: nowAt - 6 * dayMs })),
      'Expiring',
      'DeadlineNear',
    ],
    [
      'the consent does not end soon',
      observation(testing, grantWith({ consentedAt: nowAt - dayMs })),
      'Connected',
      'Healthy',
    ],
    [
      'nothing renews it and it ends soon',
      observation(on(notRenewable), grantWith({ accessExpiresAt: nowAt + hourMs, obtainedAt: nowAt - 9 * hourMs })),
      'Expiring',
      'DeadlineNear',
    ],
    [
      'refreshes fail and little is left',
      observation(grant({ tokens: nearEnd }), retries('Spend', { count: 3 })),
      'Expiring',
      'RefreshFailing',
    ],
    [
      'a refresh failed once and little is left',
      observation(grant({ tokens: nearEnd }), retries('Spend')),
      'Connected',
      'Healthy',
    ],
    [
      'a refresh failed once and nothing is left',
      observation(grant({ tokens: ended }), retries('Spend')),
      'Expiring',
      'RefreshFailing',
    ],
    [
      'refreshes failed before a restart',
      observation(grant({ tokens: ended }), seen({ ...status, state: 'Expiring', reason: 'RefreshFailing' })),
      'Expiring',
      'RefreshFailing',
    ],
    [
      'refreshes failed before the last one',
      observation(grant({ generation: 8 }), seen({ ...status, state: 'Expiring', reason: 'RefreshFailing' })),
      'Connected',
      'Healthy',
    ],
    [
      'the token was refused and refreshes fail',
      observation(grantWith({ accessRefusedAt: nowAt }), retries('Spend', { count: 3 })),
      'Expiring',
      'RefreshFailing',
    ],
    [
      'it ended and its app is gone',
      observation(grant({ tokens: ended }), { app: unusable() }),
      'Expiring',
      'AppNotFound',
    ],
    [
      'it ended and an outcome is unknown',
      observation(grant({ tokens: ended, unknown }), on(singleUse)),
      'Expiring',
      'OutcomeUnknown',
    ],
    ['it is renewed at the very end', observation(grant({ tokens: nearEnd })), 'Connected', 'Healthy'],
    ['somebody renews it', observation(claimedAgo(secondMs, { tokens: nearEnd })), 'Connected', 'Healthy'],
    ['the platform said no', observation(grant({ verdict })), 'NeedsReauth', 'AccessRevoked'],
    [
      'the platform said no, and the app is gone',
      observation(grant({ verdict }), { app: unusable() }),
      'NeedsReauth',
      'AccessRevoked',
    ],
    ['the account is another one', observation(grant({ account: { id: '43' } })), 'NeedsReauth', 'WrongAccount'],
    ['a permission is missing', observation(asking(['stream', 'chat'])), 'NeedsReauth', 'ScopeMissing'],
    ['no permission is known', observation(asking(['chat']), grantWith({ scopes: undefined })), 'Connected', 'Healthy'],
    [
      'the app asks for a permission',
      observation({ app: readyApp({ spec: { scopes: ['chat'] } }) }),
      'NeedsReauth',
      'ScopeMissing',
    ],
    [
      'it ended and nothing renews it',
      observation(on(notRenewable), grant({ tokens: ended })),
      'NeedsReauth',
      'DeadlinePassed',
    ],
    [
      'it is assumed to have ended, and nothing renews it',
      observation(on(notRenewable), grantWith({ ...ended, accessExpiresAt: undefined })),
      'Expiring',
      'DeadlineNear',
    ],
    [
      'it ended before the consent that nothing renews',
      observation(
        { app: readyApp({ profile: notRenewable, spec: { grantLifetime: '168h' } }) },
        grant({ tokens: ended }),
      ),
      'NeedsReauth',
      'DeadlinePassed',
    ],
    [
      'the login that it lives from needs a person',
      observation(channel({ spec: { grantFrom: { name: 'lender' } } }), lending({}, true)),
      'NeedsReauth',
      'LenderNeedsReauth',
    ],
    [
      'its token was refused because the login that it lives from needs a person',
      observation(
        channel({ spec: { grantFrom: { name: 'lender' } } }),
        lending({}, true),
        grant({ verdict: { ...verdict, reason: 'PasswordChanged' } }),
      ),
      'NeedsReauth',
      'LenderNeedsReauth',
    ],
    [
      'it waits for its first token by a lent login',
      observation(channel({ spec: { grantFrom: { name: 'lender' } }, status: undefined }), absent, lending()),
      'Pending',
      'Importing',
    ],
    [
      'the consent ended, as the platform had stated',
      observation(grantWith({ consentExpiresAt: nowAt })),
      'NeedsReauth',
      'DataAccessExpired',
    ],
    [
      'the consent ends soon, as the platform states',
      observation(grantWith({ consentedAt: nowAt - 85 * dayMs, consentExpiresAt: nowAt + 5 * dayMs })),
      'Expiring',
      'DeadlineNear',
    ],
    [
      'a living token could not be traded for a long time',
      observation(on(traded), grantWith({ obtainedAt: nowAt - 58 * dayMs, accessExpiresAt: nowAt + 2 * dayMs })),
      'Expiring',
      'DeadlineNear',
    ],
    [
      'the platform blocks the account for a while',
      observation({ blocked: failure('Misconfigured', 'SpamBlocked') }),
      'Connected',
      'SpamBlocked',
    ],
    [
      'the platform blocked the account before a restart',
      observation(seen({ ...status, reason: 'SpamBlocked' }), { lastCheckAt: undefined }),
      'Connected',
      'SpamBlocked',
    ],
    [
      'the platform blocked the account until the last check',
      observation(seen({ ...status, reason: 'SpamBlocked' })),
      'Connected',
      'Healthy',
    ],
    [
      'its tokens live much shorter than before',
      observation(grantWith({ lifeBeforeMs: 8 * hourMs })),
      'Connected',
      'LifetimeChanged',
    ],
    [
      'nobody said which page it is for',
      observation(on(derived), channel({ status: { ...status, account: undefined } as never })),
      'Connected',
      'AccountIDRequired',
    ],
  ])('where %s', (_, o, state, reason) => {
    expect(statusOf(o)).toMatchObject({ state, reason });
  });

  it('does not flicker on the way through an ordinary life', () => {
    for (let ageMs = 0; ageMs <= 4 * hourMs; ageMs += minuteMs) {
      const held = grantWith({ obtainedAt: nowAt - ageMs, accessExpiresAt: nowAt - ageMs + 4 * hourMs });
      expect(statusOf(observation(held)).state).toBe('Connected');
    }
  });
});
