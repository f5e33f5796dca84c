import { describe, expect, it } from 'vitest';
import {
  blockerOf,
  blockers,
  expectedAccountId,
  isRolledBack,
  missingScopes,
  newestSeen,
} from '../../src/core/blockers.ts';
import type { Observation } from '../../src/core/observation.ts';
import {
  absent,
  appGrant,
  bootstrap,
  channel,
  derived,
  failure,
  forgotten,
  fresh,
  grant,
  grantWith,
  identity,
  observation,
  other,
  readyApp,
  retries,
  reusable,
  secretShowing,
  status,
  unusable,
  verdict,
} from './builders.ts';

/** Like LinkedIn: another set of scopes ends what the same person gave before. */
const oneSet = { ...reusable, scopeChange: 'EndsEarlierTokens' } as const;
const otherCluster = grant({ identity: { ...identity, clusterId: 'old-cluster' } });
const otherNamespace = grant({ identity: { ...identity, namespaceUid: 'old-uid' } });
const elsewhere = grant({
  issuedTo: { platform: 'twitch', clientId: 'client', tokenOrigin: 'https://evil.example.com' },
});
const refused = (reason: Parameters<typeof failure>[1]) =>
  retries('Import', { failure: failure('Misconfigured', reason) });
const unread = { bootstrap: { state: 'Unusable', failure: failure('Misconfigured', 'SecretNotShared') } } as const;

describe('what keeps a channel from being worked on', () => {
  it.each<[string, Observation, string | undefined, boolean]>([
    ['nothing', observation(), undefined, false],
    ['a record of another cluster', observation(otherCluster), 'AdoptionRequired', true],
    ['a record of an earlier namespace', observation(otherNamespace), 'AdoptionRequired', true],
    [
      'a record of an earlier channel of this name, which is ours',
      observation(grant({ identity: { ...identity, channelUid: 'earlier' } })),
      undefined,
      false,
    ],
    ['a tombstone', observation(forgotten), undefined, false],
    ['a record that vanished', observation(absent), 'GrantMissing', true],
    ['no record yet', observation(fresh, absent), undefined, false],
    [
      'a loss that was accepted',
      observation(absent, channel({ metadata: { annotations: { 'socialops.dev/accept-missing-grant': '2.7' } } })),
      undefined,
      false,
    ],
    ['an app that is not there', observation({ app: unusable() }), 'AppNotFound', true],
    ['an app that is not understood', observation({ app: unusable('Unexpected', 'Unexpected') }), 'Unexpected', false],
    ['another client', observation({ app: readyApp({ clientId: 'x' }) }), 'AppChanged', true],
    ['another token endpoint', observation(elsewhere), 'AppChanged', true],
    ['another channel with this account', observation({ accountOwner: other }), 'DuplicateAccount', true],
    [
      'a channel of the same name elsewhere',
      observation({ accountOwner: { namespace: 'other-stage', name: 'twitch' } }),
      'DuplicateAccount',
      true,
    ],
    [
      'an owner of the account that has gone',
      observation({ accountOwner: other, isAccountOwnerGone: true }),
      undefined,
      false,
    ],
    ['a bootstrap that cannot be read', observation(fresh, absent, unread), 'SecretNotShared', false],
    ['a bootstrap that cannot be read and is not needed', observation(unread), undefined, false],
    [
      'a bootstrap that cannot be read, after a verdict',
      observation(grant({ verdict }), unread),
      'SecretNotShared',
      false,
    ],
    [
      'the login of another channel',
      observation(fresh, absent, { bootstrap }, refused('DuplicateGrant')),
      'DuplicateGrant',
      true,
    ],
    [
      'tokens that cannot be used',
      observation(fresh, absent, { bootstrap }, refused('BootstrapInvalid')),
      'BootstrapInvalid',
      false,
    ],
    ['an import that is tried again', observation(fresh, absent, { bootstrap }, retries('Import')), undefined, false],
    [
      'a page that nobody named',
      observation(fresh, absent, { app: readyApp({ profile: derived }) }),
      'AccountIDRequired',
      true,
    ],
    [
      'a lender that cannot be used',
      observation({ lender: { state: 'Unusable', failure: failure('Misconfigured', 'LenderUnusable') } }),
      'LenderUnusable',
      false,
    ],
    [
      'a wish for other scopes that would end earlier logins',
      observation(channel({ spec: { scopes: ['stream', 'chat'] } }), { app: readyApp({ profile: oneSet }) }),
      'ScopeSetConflict',
      false,
    ],
    [
      'a wish for the same scopes in another order',
      observation(channel({ spec: { scopes: ['chat', 'stream'] } }), {
        app: readyApp({ profile: { ...oneSet, defaultScopes: ['stream', 'chat'] } }),
      }),
      undefined,
      false,
    ],
    [
      "a wish that is the app's",
      observation(channel({ spec: { scopes: ['chat'] } }), {
        app: readyApp({ profile: oneSet, spec: { scopes: ['chat'] } }),
      }),
      undefined,
      false,
    ],
    [
      'a refusal of an earlier bootstrap',
      observation(
        fresh,
        absent,
        retries('Import', { inputs: 'inputs-0', failure: failure('Misconfigured', 'DuplicateGrant') }),
      ),
      undefined,
      false,
    ],
  ])('is told: %s', (_, o, reason, isStalled) => {
    expect(blockerOf(o)?.reason).toBe(reason);
    expect(blockerOf(o)?.isStalled ?? false).toBe(isStalled);
  });

  it.each<[keyof typeof blockers, Observation, string]>([
    ['adoptionRequired', observation(otherCluster), '--adopt-cluster=old-cluster'],
    [
      'adoptionRequired',
      observation(otherNamespace),
      'kubectl annotate namespace main-stage socialops.dev/adopt-from=old-uid',
    ],
    [
      'grantMissing',
      observation(absent),
      'kubectl annotate -n main-stage schan twitch socialops.dev/accept-missing-grant=2.7',
    ],
    ['appChanged', observation(elsewhere), 'https://evil.example.com'],
    ['duplicateAccount', observation({ accountOwner: other }), 'other-stage/rival'],
  ])('comes with what a person can do: %s', (check, o, words) => {
    expect(blockers[check](o)?.message).toContain(words);
  });

  it('is told in the order in which a person would deal with it', () => {
    const all = observation(otherCluster, { app: unusable(), accountOwner: other });
    expect(blockerOf(all)?.reason).toBe('AdoptionRequired');
    expect(blockerOf({ ...all, ...grant() })?.reason).toBe('AppNotFound');
  });
});

describe('the newest grant that was seen', () => {
  it.each<[string, Observation, unknown]>([
    ['by status', observation({ secret: { state: 'Absent' } }), { epoch: 2, generation: 7 }],
    ['by the Secret', observation(secretShowing('2.9')), { epoch: 2, generation: 9 }],
    ['by status where the Secret lags', observation(secretShowing('1.9')), { epoch: 2, generation: 7 }],
    ['by the Secret where status was lost', observation(fresh, secretShowing('1.9')), { epoch: 1, generation: 9 }],
    ['by a Secret that somebody edited', observation(fresh, secretShowing('many')), undefined],
    ['by nobody', observation(fresh, { secret: { state: 'Absent' } }), undefined],
    ['not by somebody else’s Secret', observation(fresh, { secret: { state: 'Foreign', name: 'x' } }), undefined],
  ])('is told %s', (_, o, expected) => {
    expect(newestSeen(o)).toEqual(expected);
  });

  it.each([
    [{ epoch: 2, generation: 7 }, false],
    [{ epoch: 2, generation: 6 }, true],
    [{ epoch: 1, generation: 9 }, true],
    [{ epoch: 3, generation: 1 }, false],
  ])('makes %o a restored backup: %s', (of, expected) => {
    const held = grant(of);
    expect(isRolledBack(observation(held), held.grant)).toBe(expected);
  });
});

describe('the account that is expected', () => {
  it.each([
    ['as specified', channel({ spec: { account: { id: '9' } } }), '9'],
    ['as first connected', channel(), '42'],
    ['nobody yet', fresh, undefined],
    [
      'a name alone is never compared',
      channel({ spec: { account: { handle: 'x' } }, status: { ...status, account: undefined } as never }),
      undefined,
    ],
  ])('is %s', (_, of, expected) => {
    expect(expectedAccountId(observation(of))).toBe(expected);
  });
});

describe('missing permissions', () => {
  it.each<[string, Observation, string[]]>([
    [
      'what the channel asks for and was not given',
      observation(channel({ spec: { scopes: ['stream', 'chat'] } })),
      ['chat'],
    ],
    ['what the app asks for', observation({ app: readyApp({ spec: { scopes: ['chat'] } }) }), ['chat']],
    [
      'the channel’s wish alone, where it has one',
      observation(channel({ spec: { scopes: ['stream'] } }), { app: readyApp({ spec: { scopes: ['chat'] } }) }),
      [],
    ],
    [
      'not the platform’s default set',
      observation(grant({ tokens: { ...grant().grant.record.tokens, scopes: [] } })),
      [],
    ],
    [
      'what of the default set was given once and is gone',
      observation(grantWith({ scopes: [] }, { consentScopes: ['stream', 'else'] })),
      ['stream'],
    ],
    ['none for an app’s own token', observation(channel({ spec: { scopes: ['chat'] } }), grant(appGrant)), []],
    ['none while the app is not there', observation(channel({ spec: { scopes: ['chat'] } }), { app: unusable() }), []],
  ])('are %s', (_, o, expected) => {
    expect(missingScopes(o)).toEqual(expected);
  });
});
