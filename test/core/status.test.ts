import { describe, expect, it } from 'vitest';
import { getCondition } from '../../src/api/conditions.ts';
import type { Observation } from '../../src/core/observation.ts';
import { isSameStatus, statusOf } from '../../src/core/status.ts';
import {
  absent,
  channel,
  dayMs,
  ended,
  failure,
  fresh,
  grant,
  grantWith,
  minuteMs,
  notRenewable,
  nowAt,
  observation,
  readyApp,
  retries,
  retry,
  settings,
  status,
  suspended,
  tokens,
  verdict,
} from './builders.ts';

const testing = { app: readyApp({ spec: { grantLifetime: '168h' } }) };
const nearEnd = { ...tokens, accessExpiresAt: nowAt + 4 * minuteMs };
const refusal = failure('Rejected', 'AccessRevoked');
const asking = (scopes: string[]) => channel({ spec: { scopes } });
const seen = (of: typeof status) => channel({ status: of });

describe('the conditions', () => {
  const conditions = (o: Observation) =>
    Object.fromEntries((statusOf(o).conditions ?? []).map(({ type, status: is, reason }) => [type, `${is}/${reason}`]));
  const healthy = {
    Ready: 'True/Connected',
    TokenValid: 'True/AccessTokenValid',
    ReauthRequired: 'False/NotRequired',
    SecretProjected: 'True/Projected',
    Stalled: 'False/Progressing',
  };
  const needy = (reason: string) => ({
    Ready: `False/${reason}`,
    ReauthRequired: `True/${reason}`,
    Stalled: `True/${reason}`,
  });
  const stale = { isSecretCurrent: false };

  it.each<[string, Observation, object]>([
    ['all is well', observation(), {}],
    ['a permission is missing, while the token lives', observation(asking(['chat'])), needy('ScopeMissing')],
    ['the platform said no, while the token lives', observation(grant({ verdict })), needy('AccessRevoked')],
    [
      'the platform said no, and the token is dead',
      observation(grantWith({ accessRefusedAt: nowAt }, { verdict })),
      { ...needy('AccessRevoked'), TokenValid: 'False/AccessTokenRefused' },
    ],
    [
      'the token was refused, and a refresh follows',
      observation(grantWith({ accessRefusedAt: nowAt })),
      { Ready: 'False/AccessTokenRefused', TokenValid: 'False/AccessTokenRefused' },
    ],
    [
      'the token ended, and a refresh follows',
      observation(grant({ tokens: ended })),
      { Ready: 'False/AccessTokenExpired', TokenValid: 'False/AccessTokenExpired' },
    ],
    [
      'the account is another one',
      observation(grant({ account: { id: '43' } })),
      { ...needy('WrongAccount'), TokenValid: 'False/WrongAccount' },
    ],
    [
      'refreshes fail, and little is left',
      observation(grant({ tokens: nearEnd }), retries('Spend', { count: 3 })),
      { Ready: 'False/RefreshFailing' },
    ],
    [
      'an outage lasts, and pods have a token',
      observation(retries('Spend', { count: 9 })),
      { Ready: 'True/PlatformUnavailable' },
    ],
    [
      'the app’s secret is wrong',
      observation(retries('Spend', { failure: failure('Misconfigured', 'AppSecretInvalid') })),
      { Ready: 'False/AppSecretInvalid' },
    ],
    [
      'the app is another one',
      observation({ app: readyApp({ clientId: 'x' }) }),
      { Ready: 'False/AppChanged', Stalled: 'True/AppChanged' },
    ],
    [
      'a deadline is near',
      observation(testing, grantWith({ consentedAt: nowAt - 6 * dayMs })),
      { Ready: 'True/DeadlineNear' },
    ],
    ['it is suspended', observation(suspended), { Ready: 'True/Suspended' }],
    [
      'it is suspended, and the token ended',
      observation(suspended, grant({ tokens: ended })),
      { Ready: 'False/Suspended', TokenValid: 'False/AccessTokenExpired' },
    ],
    [
      'the Secret is somebody else’s',
      observation(stale, { secret: { state: 'Foreign', name: 'twitch-token' } }),
      { Ready: 'False/Conflict', SecretProjected: 'False/Conflict' },
    ],
    [
      'the Secret could not be written',
      observation(stale, retries('Project', { failure: failure('Misconfigured', 'PermissionDenied') })),
      { Ready: 'False/PermissionDenied', SecretProjected: 'False/PermissionDenied' },
    ],
    ['the Secret is being written', observation(stale), { SecretProjected: 'False/Progressing' }],
    [
      'there is no grant',
      observation(fresh, absent, stale),
      { Ready: 'False/NeverConnected', TokenValid: 'False/NoAccessToken', SecretProjected: 'False/NoAccessToken' },
    ],
  ])('where %s', (_, o, difference) => {
    expect(conditions(o)).toEqual({ ...healthy, ...difference });
  });

  it('tell which spec they describe, and since when', () => {
    for (const condition of statusOf(observation()).conditions ?? []) {
      expect(condition).toMatchObject({ observedGeneration: 3, lastTransitionTime: '2026-03-01T12:00:00Z' });
    }
  });
});

describe('what else status tells', () => {
  it('is the whole of a healthy channel', () => {
    const { conditions: _, ...rest } = statusOf(observation());
    expect(rest).toEqual({
      observedGeneration: 3,
      state: 'Connected',
      reason: 'Healthy',
      message: 'Connected as mainstage.',
      platform: 'twitch',
      account: { id: '42', handle: 'mainstage' },
      grantedScopes: ['stream'],
      epoch: 2,
      generation: 7,
      accessTokenExpiryTime: '2026-03-01T15:00:00Z',
      lastRefreshTime: '2026-03-01T11:00:00Z',
      nextRefreshTime: '2026-03-01T13:44:24Z',
      lastCheckTime: '2026-03-01T11:50:00Z',
      nextCheckTime: '2026-03-01T12:47:00Z',
      secretName: 'twitch-token',
    });
  });

  it.each<[string, Observation, string]>([
    ['by the verdict', observation(grant({ verdict })), '2026-03-01T11:50:00Z'],
    ['by the condition', observation(asking(['chat'])), '2026-03-01T12:00:00Z'],
    [
      'by the condition as it stands',
      observation(
        asking(['chat']),
        channel({
          spec: { scopes: ['chat'] },
          status: {
            ...status,
            conditions: [
              {
                type: 'ReauthRequired',
                status: 'True',
                reason: 'ScopeMissing',
                message: '',
                lastTransitionTime: '2026-02-01T00:00:00Z',
              },
            ],
          },
        }),
      ),
      '2026-02-01T00:00:00Z',
    ],
  ])('is since when a person is needed, %s', (_, o, since) => {
    expect(statusOf(o).needsReauthSince).toBe(since);
  });

  it('names the owner and what to do, but no page that is not there', () => {
    const { message, reconnectURL } = statusOf(observation(fresh, absent));
    expect(message).toContain('Dana Reyes <dana@example.com> has to connect it');
    expect(reconnectURL).toBeUndefined();
  });

  it('keeps the account that was connected first when another comes', () => {
    expect(statusOf(observation(grant({ account: { id: '43' } }))).account).toEqual({ id: '42', handle: 'mainstage' });
  });

  it('keeps the newest grant that was seen when Vault was restored', () => {
    const o = observation(grant({ generation: 5 }));
    expect(statusOf(o)).toMatchObject({ epoch: 2, generation: 7 });
  });

  it.each([
    [
      'a suspected rejection at once',
      retry({ failure: refusal }),
      { family: 'Rejected', code: 'AccessRevoked', count: 1 },
    ],
    [
      'a transient failure from the third on',
      retry({ count: 3 }),
      { family: 'Transient', code: 'PlatformUnavailable', count: 3 },
    ],
  ])('shows %s', (_, Spend, expected) => {
    expect(statusOf(observation({ retries: { Spend } })).failure).toMatchObject({
      ...expected,
      firstTime: '2026-03-01T11:50:00Z',
      lastTime: '2026-03-01T11:59:00Z',
      nextAttemptTime: '2026-03-01T12:01:00Z',
    });
  });

  it('hides a transient failure that will be over soon', () => {
    expect(statusOf(observation(retries('Spend', { count: 2 }))).failure).toBeUndefined();
  });

  it('shows the worst of several failures', () => {
    const both = {
      Spend: retry({ count: 4 }),
      Introspect: retry({ count: 9, failure: failure('Unexpected', 'Unexpected') }),
    };
    expect(statusOf(observation({ retries: both })).failure?.code).toBe('Unexpected');
  });

  it('plans nothing while it is suspended', () => {
    const { nextRefreshTime, nextCheckTime } = statusOf(observation(suspended));
    expect([nextRefreshTime, nextCheckTime]).toEqual([undefined, undefined]);
  });

  it('does not plan before the next attempt', () => {
    const o = observation(grant({ tokens: nearEnd }), retries('Spend'));
    expect(statusOf(o).nextRefreshTime).toBe('2026-03-01T12:01:00Z');
  });

  it('take a request as handled that nothing could ever answer, because the grant can neither be renewed nor asked about', () => {
    const asked = channel({ metadata: { annotations: { 'socialops.dev/refresh': 'now' } } });
    const on = (profile: typeof notRenewable) => ({ app: readyApp({ profile }) });
    const mute = on({ ...notRenewable, introspectIntervalMs: undefined });
    expect(statusOf(observation(asked, mute)).lastHandledRefreshRequest).toBe('now');
    expect(statusOf(observation(asked, on(notRenewable))).lastHandledRefreshRequest).toBeUndefined();
    expect(statusOf(observation(asked)).lastHandledRefreshRequest).toBeUndefined();
  });

  it('tell no last refresh of tokens whose age nobody knows', () => {
    expect(statusOf(observation(grantWith({ obtainedAt: 0 }))).lastRefreshTime).toBeUndefined();
  });

  it('echoes the wish that was fulfilled', () => {
    const handled = { handledRefreshRequest: 'b' };
    expect(statusOf(observation(handled)).lastHandledRefreshRequest).toBe('b');
    expect(statusOf(observation(seen({ ...status, lastHandledRefreshRequest: 'a' }))).lastHandledRefreshRequest).toBe(
      'a',
    );
  });

  it('has its moment of Expiring at twice the floor', () => {
    const left = (ms: number) => grantWith({ accessExpiresAt: nowAt + 2 * settings.propagationFloorMs + ms });
    const failing = retries('Spend', { count: 3 });
    expect(statusOf(observation(left(0), failing)).state).toBe('Expiring');
    expect(statusOf(observation(left(1), failing)).state).toBe('Connected');
  });
});

describe('a status', () => {
  it.each<[string, object, boolean]>([
    ['the moments of checks alone', { lastCheckTime: 'x', nextCheckTime: 'y' }, true],
    ['the order of its fields', { generation: 7, epoch: 2 }, true],
    ['the next refresh', { nextRefreshTime: 'x' }, false],
    ['a condition', { conditions: [getCondition(statusOf(observation()).conditions, 'Ready')] }, false],
    ['a field that is gone', { reason: undefined }, false],
  ])('that differs by %s', (_, difference, isSame) => {
    const { reason, ...rest } = statusOf(observation());
    expect(isSameStatus(statusOf(observation()), { ...rest, reason, ...difference })).toBe(isSame);
  });

  it('that was never written differs', () => {
    expect(isSameStatus(undefined, statusOf(observation()))).toBe(false);
  });
});
