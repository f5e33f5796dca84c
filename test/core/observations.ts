import fc from 'fast-check';
import type { GrantRecord, TokenSet } from '../../src/core/grant.ts';
import type { Attempt, Observation, Retry } from '../../src/core/observation.ts';
import {
  absent,
  appGrant,
  bootstrap,
  channel,
  dayMs,
  failure,
  forgotten,
  grant,
  hourMs,
  identity,
  inputs,
  minuteMs,
  notRenewable,
  nowAt,
  observation,
  other,
  ours,
  parked,
  readyApp,
  record,
  retry,
  reusable,
  secondMs,
  secretShowing,
  singleUse,
  status,
  tokens,
  unusable,
  verdict,
  withGrace,
} from './builders.ts';
import { escrowed, escrowOf, unlisted } from './kept-answers.ts';

/** Mostly the first, which is the ordinary one: else nearly every observation would be stopped by the first rules. */
const usually = <T>(usual: T, ...others: T[]) =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(usual) }, { weight: 4, arbitrary: fc.constantFrom(usual, ...others) });

const profiles = fc.constantFrom(
  reusable,
  singleUse,
  { ...singleUse, oldToken: 'Dies' as const },
  withGrace,
  notRenewable,
  { ...reusable, accessLifetimeMs: undefined, tellsAccount: false, introspectIntervalMs: undefined },
  { ...reusable, refreshAnchor: 'Authorization' as const, refreshLifetimeMs: 60 * dayMs, maxIdleMs: 20 * dayMs },
  { ...reusable, renewal: 'ReissueClientCredentials' as const },
);

const ages = fc.constantFrom(0, 5 * secondMs, minuteMs, hourMs, 3 * hourMs, 5 * hourMs, 40 * dayMs);
const lives = fc.constantFrom(undefined, 2 * minuteMs, hourMs, 4 * hourMs, 60 * dayMs);

const tokenSets: fc.Arbitrary<TokenSet> = fc
  .record({
    age: ages,
    life: lives,
    access: usually(true, false),
    refresh: usually(true, false),
    refusedAt: usually(undefined, nowAt - minuteMs),
    scopes: usually<string[] | undefined>(['stream'], undefined, []),
    isAgeUnknown: usually(false, true),
  })
  .map(({ age, life, access, refresh, refusedAt, scopes, isAgeUnknown }) => ({
    access: access ? tokens.access : undefined,
    refresh: refresh ? tokens.refresh : undefined,
    obtainedAt: isAgeUnknown ? 0 : nowAt - age,
    accessExpiresAt: life === undefined ? undefined : nowAt - age + life,
    consentedAt: nowAt - 30 * dayMs,
    accessRefusedAt: refusedAt,
    scopes,
  }));

const claims = usually<GrantRecord['claim']>(undefined, {
  id: 'claim-8',
  holder: 'pod-a',
  epoch: 2,
  fingerprint: 'f7',
  lifeMs: minuteMs,
});

const records: fc.Arbitrary<GrantRecord> = fc
  .record({
    kind: usually<'User' | 'App'>('User', 'App'),
    tokens: tokenSets,
    identity: usually(identity, { ...identity, clusterId: 'elsewhere' }, { ...identity, namespaceUid: 'earlier' }),
    issuedTo: usually(record.issuedTo, { ...record.issuedTo, clientId: 'former' }),
    account: usually<GrantRecord['account']>(record.account, undefined, { id: '43' }),
    claim: claims,
    unknown: usually<GrantRecord['unknown']>(undefined, { claimId: 'claim-6', since: nowAt - hourMs }),
    verdict: usually<GrantRecord['verdict']>(
      undefined,
      verdict,
      { ...verdict, at: nowAt - 7 * hourMs, probes: 1 },
      { ...verdict, reason: 'RefreshInterrupted', at: nowAt - dayMs },
    ),
    rejected: usually<string[]>([], ['f7']),
    generation: usually(7, 5),
  })
  .map(({ account, kind, ...of }) => ({
    ...record,
    ...(kind === 'App' ? appGrant : {}),
    kind,
    ...of,
    account: kind === 'App' ? undefined : account,
  }));

const grants = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(records, ages).map(([of, age]) => grant(of, { writtenAt: nowAt - age })) },
  { weight: 1, arbitrary: fc.constant(absent) },
  { weight: 1, arbitrary: fc.constant(forgotten) },
);

const attempts: Attempt[] = ['Spend', 'Introspect', 'Project', 'Import', 'Account', 'Finalize', 'Escrow', 'Observe'];
const retrySets: fc.Arbitrary<Observation['retries']> = fc.dictionary(
  fc.constantFrom(...attempts),
  fc
    .record({
      count: fc.constantFrom(1, 3, 12),
      failure: fc.constantFrom(
        failure(),
        failure('Rejected', 'AccessRevoked'),
        failure('Misconfigured', 'DuplicateGrant'),
        failure('Unexpected', 'Unexpected'),
      ),
      nextAt: fc.constantFrom(nowAt - minuteMs, nowAt, nowAt + minuteMs),
      inputs: usually(inputs, 'inputs-0'),
    })
    .map((of: Partial<Retry>) => retry(of)),
  { maxKeys: 3 },
);

const channels = fc
  .record({
    grantType: usually<'User' | 'App'>('User', 'App'),
    deletionPolicy: usually<'Retain' | 'Forget'>('Retain', 'Forget'),
    policy: usually<'Automatic' | 'Suspended'>('Automatic', 'Suspended'),
    scopes: usually<string[] | undefined>(undefined, ['stream'], ['stream', 'chat']),
    accountId: usually<string | undefined>(undefined, '42', '44'),
    isLeaving: usually(false, true),
    annotations: usually<Record<string, string>>(
      {},
      { 'socialops.dev/refresh': 'now' },
      { 'socialops.dev/accept-missing-grant': '2.7' },
    ),
    finalizers: usually<string[]>([], ['socialops.dev/forget']),
    seen: fc.constantFrom(
      undefined,
      status,
      { ...status, state: 'Expiring' as const, reason: 'RefreshFailing' as const },
      { ...status, generation: 9, secretName: 'former-token' },
    ),
  })
  .map(({ grantType, deletionPolicy, policy, scopes, accountId, isLeaving, annotations, finalizers, seen }) =>
    channel({
      metadata: {
        annotations,
        finalizers,
        ...(isLeaving ? { deletionTimestamp: '2026-03-01T11:59:00Z' } : {}),
      },
      spec: {
        grantType,
        deletionPolicy,
        ...(scopes === undefined ? {} : { scopes }),
        ...(accountId === undefined ? {} : { account: { id: accountId } }),
      },
      refresh: { policy },
      status: seen,
    }),
  );

/** Any observation that could be made, and some that never should be. */
export const observations: fc.Arbitrary<Observation> = fc
  .record({
    channel: channels,
    grant: grants,
    profile: profiles,
    isAppReady: usually(true, false),
    grantLifetime: usually<string | undefined>(undefined, '168h'),
    bootstrap: usually<Observation['bootstrap']>(
      { state: 'None' },
      bootstrap,
      { ...bootstrap, fingerprint: 'b1' },
      { state: 'Unusable', failure: failure('Misconfigured', 'SecretNotShared') },
    ),
    parked: usually<Observation['parked']>(
      [],
      [parked],
      [{ ...parked, generation: 3, fingerprint: 'f3' }],
      [{ ...parked, answer: undefined }],
    ),
    escrow: usually<Observation['escrow']>(
      escrowOf().escrow,
      escrowOf(escrowed).escrow,
      escrowOf({ ...escrowed, generation: 3 }).escrow,
      unlisted.escrow,
    ),
    accountOwner: usually<Observation['accountOwner']>(ours, undefined, other),
    isAccountOwnerGone: usually(false, true),
    secret: usually<Observation['secret']>(
      secretShowing('2.7').secret,
      secretShowing('2.9').secret,
      { state: 'Absent' },
      { state: 'Foreign', name: 'twitch-token' },
    ),
    isSecretCurrent: usually(true, false),
    isVaultTokenCurrent: usually(true, false),
    isTerminating: usually(false, true),
    adoptCluster: usually<string | undefined>(undefined, 'elsewhere'),
    retries: retrySets,
    lastCheckAt: usually<number | undefined>(nowAt - 10 * minuteMs, undefined, nowAt - 2 * hourMs),
    phase: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  })
  .map(({ channel: of, grant: held, profile, isAppReady, grantLifetime, isTerminating, ...rest }) => {
    const namespace = { uid: 'namespace-uid', labels: {}, annotations: {}, isTerminating };
    const spec = grantLifetime === undefined ? {} : { grantLifetime };
    const app = isAppReady ? readyApp({ profile, spec }) : unusable();
    const isOwned = held.grant.state === 'Present' && held.grant.record.account !== undefined;
    return observation(of, held, { app, namespace }, rest, isOwned ? {} : { accountOwner: undefined });
  });
