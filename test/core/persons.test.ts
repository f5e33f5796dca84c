import { describe, expect, it } from 'vitest';
import type { ActContext } from '../../src/channel/context.ts';
import { deathCause, personOf } from '../../src/channel/persons.ts';
import type { World } from '../../src/channel/ports.ts';
import { giveBack } from '../../src/channel/revoke.ts';
import type { PendingConsent } from '../../src/core/consent-records.ts';
import type { Failure } from '../../src/core/failure.ts';
import type { GrantRecord } from '../../src/core/grant.ts';
import type { Revocation } from '../../src/core/platform-port.ts';
import type { PersonLogin } from '../../src/core/ports.ts';
import type { PlatformProfile } from '../../src/core/profile.ts';
import {
  channel,
  dayMs,
  derived,
  failure,
  grant,
  hourMs,
  minuteMs,
  nowAt,
  observation,
  readyApp,
  record,
  reusable,
  secondMs,
  settings,
  tokens,
} from './builders.ts';
import { consent, staged } from './consents.ts';

const consentedAt = nowAt - 30 * dayMs;
const sibling = (of: Partial<PersonLogin> = {}): PersonLogin => ({
  channel: { namespace: 'main-stage', name: 'second' },
  epoch: 1,
  consentedAt: consentedAt + dayMs,
  scopes: ['stream'],
  ...of,
});
const own = sibling({ channel: { namespace: 'main-stage', name: 'twitch' }, consentedAt });

interface Told {
  readonly profile?: PlatformProfile;
  readonly logins?: readonly PersonLogin[];
  readonly everGiven?: number;
  readonly pending?: Partial<PendingConsent>;
  readonly stagedId?: string;
  readonly record?: Partial<GrantRecord>;
  readonly severalDied?: boolean;
  readonly policy?: 'Retain' | 'Forget' | 'Revoke';
  readonly revocation?: Revocation;
  readonly isTerminating?: boolean;
  readonly triedFor?: number;
}

/** A context in which only what these effects ask for is there, and the book of what they did. */
function situation(told: Told) {
  const done: string[] = [];
  const profile = told.profile ?? reusable;
  const app = readyApp({ profile });
  const platform = {
    ...(app.state === 'Ready' ? app.platform : expect.unreachable()),
    revoke: async () => {
      done.push('revoke');
      return told.revocation ?? ({ kind: 'Revoked' } as const);
    },
  };
  const namespace = { uid: 'namespace-uid', labels: {}, annotations: {}, isTerminating: told.isTerminating ?? false };
  const o = observation(
    channel({ spec: { deletionPolicy: told.policy ?? 'Revoke' } }),
    { app: { ...app, platform } as typeof app, namespace },
    grant({ account: { id: '42' }, ...told.record }),
  );
  const world = {
    clock: { now: () => nowAt },
    settings,
    grants: { personLogins: async () => ({ logins: told.logins ?? [own], everGiven: told.everGiven ?? 1 }) },
    consents: {
      pending: async () => ({ version: 1, value: told.pending && { consent: { ...consent, ...told.pending } } }),
      staged: async () => ({ version: 1, value: told.stagedId && { ...staged, id: told.stagedId } }),
    },
    appFaults: { diedOfTesting: () => told.severalDied ?? false },
    meter: { revoked: (_: string, outcome: string) => done.push(outcome) },
    events: {
      emit: async (_: object, __: string, reason: string, message: string) => done.push(`${reason}: ${message}`),
    },
  } as unknown as World;
  const retry = { firstAt: nowAt - (told.triedFor ?? 0) };
  const memory = { retries: told.triedFor === undefined ? {} : { Finalize: retry } } as ActContext['memory'];
  return { context: { world, o, memory, owns: () => true } satisfies ActContext, done, record: o.grant };
}

describe('the person of a login', () => {
  it.each<[string, Partial<GrantRecord>, Partial<PlatformProfile>, string | undefined]>([
    ['is the account, where the account is a person', {}, {}, '42'],
    ['is whom the platform named', { person: 'p' }, {}, 'p'],
    ['is not the account, where the account is a page', {}, { isPersonTheAccount: false }, undefined],
    ['is nobody for the app itself', { kind: 'App' }, {}, undefined],
  ])('%s', (_, of, profile, expected) => {
    expect(personOf({ ...record, ...of }, { ...reusable, ...profile })?.person).toBe(expected);
  });

  it.each([
    ['the app', undefined, '123-abc.apps'],
    ['the project, where the platform counts by it', '-', '123'],
  ])('is counted by %s', (_, projectEndsAt, project) => {
    const of = { ...record, issuedTo: { ...record.issuedTo, clientId: '123-abc.apps' } };
    expect(personOf(of, { ...reusable, projectEndsAt })?.project).toBe(project);
  });
});

describe('why a login died', () => {
  const testing = { ...reusable, testingLifeMs: 7 * dayMs };
  const limited = { ...reusable, loginsPerPerson: 100 };
  const oneSet = { ...reusable, scopeChange: 'EndsEarlierTokens' } as const;
  const aged = (ageMs: number) => ({ tokens: { ...tokens, consentedAt: nowAt - ageMs } });
  const older = { tokens: { ...tokens, consentedAt } };
  const oneLogin = { ...reusable, loginsPerPerson: 1 };
  const failed = { kind: 'Failed', message: '', isKept: false } as const;
  const lost = { epoch: record.epoch, consumedAt: nowAt - secondMs, outcome: { ...failed, isAnswerLost: true } };

  it.each<[string, Told, string]>([
    ['nothing more is known', {}, 'AccessRevoked'],
    [
      'several died at the age of a test',
      { profile: testing, record: aged(7 * dayMs + hourMs), severalDied: true },
      'TestingModeExpired',
    ],
    ['one died at that age', { profile: testing, record: aged(7 * dayMs + hourMs) }, 'AccessRevoked'],
    ['it died younger', { profile: testing, record: aged(6 * dayMs), severalDied: true }, 'AccessRevoked'],
    ['it died much older', { profile: testing, record: aged(9 * dayMs), severalDied: true }, 'AccessRevoked'],
    [
      'its age is not known',
      { profile: testing, record: { tokens: { ...tokens, consentedAt: undefined } }, severalDied: true },
      'AccessRevoked',
    ],
    [
      'the person gave other scopes later',
      { profile: oneSet, record: older, logins: [own, sibling({ scopes: ['chat'] })] },
      'ScopeChanged',
    ],
    [
      'the person gave the same scopes later',
      { profile: oneSet, record: older, logins: [own, sibling()] },
      'AccessRevoked',
    ],
    [
      'the person gave other scopes earlier',
      {
        profile: oneSet,
        record: older,
        logins: [sibling({ scopes: ['chat'], consentedAt: consentedAt - dayMs }), own],
      },
      'AccessRevoked',
    ],
    [
      'the person gave other scopes later, and the platform does not mind',
      { record: older, logins: [own, sibling({ scopes: ['chat'] })] },
      'AccessRevoked',
    ],
    [
      'the person gave more logins than are kept',
      { profile: limited, record: older, logins: [own, sibling()], everGiven: 101 },
      'TooManyLogins',
    ],
    [
      'the person gave as many as are kept',
      { profile: limited, record: older, logins: [own, sibling()], everGiven: 100 },
      'AccessRevoked',
    ],
    [
      'it is the youngest of many',
      {
        profile: limited,
        record: { tokens: { ...tokens, consentedAt: nowAt } },
        logins: [own, sibling()],
        everGiven: 101,
      },
      'AccessRevoked',
    ],
    ['a consent came whose answer nobody has', { profile: oneLogin, pending: lost }, 'RefreshInterrupted'],
    [
      'a consent came, and its process died before its answer was stored',
      { profile: oneLogin, pending: { ...lost, outcome: undefined } },
      'RefreshInterrupted',
    ],
    [
      'a consent came whose answer nobody has, and other scopes end the login before',
      { profile: oneSet, pending: lost },
      'RefreshInterrupted',
    ],
    ['an answer was lost where logins stand beside each other', { pending: lost }, 'AccessRevoked'],
    ['the platform refused the code', { profile: oneLogin, pending: { ...lost, outcome: failed } }, 'AccessRevoked'],
    [
      'the person was still at the platform',
      { profile: oneLogin, pending: { consumedAt: undefined } },
      'AccessRevoked',
    ],
    ['the answer came after all', { profile: oneLogin, pending: lost, stagedId: consent.id }, 'AccessRevoked'],
    [
      'the login was renewed after that consent',
      { profile: oneLogin, pending: lost, record: { tokens: { ...tokens, obtainedAt: nowAt } } },
      'AccessRevoked',
    ],
    ['that consent was of a login before', { profile: oneLogin, pending: { ...lost, epoch: 1 } }, 'AccessRevoked'],
  ])('where %s', async (_, told, reason) => {
    const { context, record: held } = situation(told);
    const of = held.state === 'Present' ? held.record : expect.unreachable();
    expect(await deathCause(context, of, failure('Rejected', 'AccessRevoked'))).toMatchObject({ reason });
  });

  it('is what the platform said, where it said it', async () => {
    const { context, record: held } = situation({
      profile: testing,
      record: aged(7 * dayMs + hourMs),
      severalDied: true,
    });
    const of = held.state === 'Present' ? held.record : expect.unreachable();
    expect(await deathCause(context, of, failure('Rejected', 'PasswordChanged'))).toMatchObject({
      reason: 'PasswordChanged',
    });
  });
});

describe('a login that is given back', () => {
  const wide = { ...reusable, revokeEffect: 'Person' } as const;
  const away: Revocation = { kind: 'Failed', failure: failure() };
  const refusedByApp: Revocation = { kind: 'Failed', failure: failure('Misconfigured', 'AppSecretInvalid') };
  const borrower = sibling({ lender: 'twitch' });

  it.each<[string, Told, string[]]>([
    ['is given back', {}, ['revoke', 'Revoked']],
    ['is kept at the platform where only forgetting is wished', { policy: 'Forget' }, []],
    ['is not the channel’s to give back where another one lends it', { record: { lender: 'lender' } }, []],
    ['is nobody’s where it is the app’s own', { record: { kind: 'App' } }, []],
    ['may be gone already', { revocation: { kind: 'AlreadyGone' } }, ['revoke', 'AlreadyGone']],
    ['is the person’s last', { profile: wide }, ['revoke', 'Revoked']],
    [
      'stays while a sibling would end with it',
      { profile: wide, logins: [own, sibling()] },
      [
        'Shared',
        'SharedGrant: The login was forgotten here but not given back to the platform: SocialChannel main-stage/second lives from what the same person gave.',
      ],
    ],
    ['goes alone where a sibling has a login of its own', { logins: [own, sibling()] }, ['revoke', 'Revoked']],
    [
      'stays while a channel borrows it',
      { logins: [own, borrower] },
      [
        'Shared',
        'SharedGrant: The login was forgotten here but not given back to the platform: SocialChannel main-stage/second lives from what the same person gave.',
      ],
    ],
    [
      'stays where nobody knows whose it is and much would end with it',
      { profile: { ...derived, revokeEffect: 'Person' }, record: { person: undefined } },
      [
        'Shared',
        'SharedGrant: The login was forgotten here but not given back to the platform: the platform would end everything that the person gave, and has not told who the person is.',
      ],
    ],
    [
      'is given up with a word after a minute',
      { revocation: away, triedFor: 2 * minuteMs },
      [
        'revoke',
        'Failed',
        "NotRevoked: The login could not be given back: Message of PlatformUnavailable. It was forgotten here; removing the app in the account's settings ends it there too.",
      ],
    ],
    [
      'holds up no namespace',
      { revocation: away, isTerminating: true },
      [
        'revoke',
        'Failed',
        "NotRevoked: The login could not be given back: Message of PlatformUnavailable. It was forgotten here; removing the app in the account's settings ends it there too.",
      ],
    ],
    [
      'is not waited for where waiting does not help',
      { revocation: refusedByApp },
      [
        'revoke',
        'Failed',
        "NotRevoked: The login could not be given back: Message of AppSecretInvalid. It was forgotten here; removing the app in the account's settings ends it there too.",
      ],
    ],
  ])('%s', async (_, told, expected) => {
    const { context, done } = situation(told);
    await giveBack(context);
    expect(done).toEqual(expected);
  });

  it.each<[string, number | undefined]>([
    ['at once', undefined],
    ['within a minute', 30_000],
  ])('waits for a platform that is away, %s', async (_, triedFor) => {
    const { context, done } = situation({ revocation: away, ...(triedFor === undefined ? {} : { triedFor }) });
    await expect(giveBack(context)).rejects.toSatisfy((error: Failure) => error.reason === 'PlatformUnavailable');
    expect(done).toEqual(['revoke']);
  });
});
