import { describe, expect, it } from 'vitest';
import type { TokenSet } from '../../src/core/grant.ts';
import {
  accessExpiryAt,
  checkAt,
  deadlineOf,
  expiringFrom,
  planRefresh,
  type ScheduleFacts,
} from '../../src/core/schedule.ts';
import {
  app,
  appGrant,
  channel,
  dayMs,
  derived,
  hourMs,
  minuteMs,
  notRenewable,
  nowAt,
  record,
  reusable,
  secondMs,
  settings,
  tokens,
  traded,
} from './builders.ts';

/** A token obtained now, that lives so long. */
const living = (lifeMs: number | undefined, of: Partial<TokenSet> = {}): TokenSet => ({
  ...tokens,
  obtainedAt: nowAt,
  accessExpiresAt: lifeMs === undefined ? undefined : nowAt + lifeMs,
  ...of,
});
const facts = (of: Partial<ScheduleFacts> = {}, held: TokenSet = living(4 * hourMs)): ScheduleFacts => ({
  ...channel(),
  app,
  profile: reusable,
  settings,
  record: { ...record, tokens: held },
  phase: 0,
  ...of,
});
const floorMs = settings.propagationFloorMs;
const dueIn = (of: Partial<ScheduleFacts>, held?: TokenSet) => (planRefresh(facts(of, held)).at ?? Number.NaN) - nowAt;
const wishing = (refresh: Parameters<typeof channel>[0] & object) => channel(refresh);

describe('a refresh', () => {
  it.each<[string, Partial<ScheduleFacts>, TokenSet, number]>([
    ['at two thirds of four hours', {}, living(4 * hourMs), 0.66 * 4 * hourMs],
    ['at two thirds of what the platform really gave', {}, living(hourMs), 0.66 * hourMs],
    ['later by the jitter', { phase: 0.5 }, living(4 * hourMs), (0.66 + 0.025) * 4 * hourMs],
    [
      'at the percentage that is wished',
      wishing({ refresh: { atPercentOfLifetime: 50 } }),
      living(4 * hourMs),
      2 * hourMs,
    ],
    [
      'so long before the end as is wished',
      wishing({ refresh: { beforeExpiry: '1h' } }),
      living(4 * hourMs),
      3 * hourMs,
    ],
    [
      'not at once when more is wished than it lives',
      wishing({ refresh: { beforeExpiry: '9h' } }),
      living(4 * hourMs),
      0.4 * hourMs,
    ],
    [
      'not later than the floor before the end',
      wishing({ refresh: { beforeExpiry: '10s' } }),
      living(4 * hourMs),
      4 * hourMs - floorMs,
    ],
    ['not later than the floor, with all the jitter', { phase: 0.99 }, living(6 * minuteMs), 6 * minuteMs - floorMs],
    ['at half of a life below twice the floor', { phase: 0.9 }, living(4 * minuteMs), 2 * minuteMs],
    ['at once when only a refresh token was imported', {}, living(undefined, { access: undefined }), 0],
    ['at once when the age is unknown', {}, living(undefined, { obtainedAt: 0 }), -nowAt],
    ['by the life that the profile knows', {}, living(undefined), 0.66 * 4 * hourMs],
    [
      'by the life that the channel assumes',
      wishing({ refresh: { assumedLifetime: '1h' } }),
      living(undefined),
      0.66 * hourMs,
    ],
    ['at half of the idle time', { profile: { ...reusable, maxIdleMs: 2 * hourMs } }, living(4 * hourMs), hourMs],
    [
      'at half of the idle time where nothing ends',
      { profile: { ...reusable, accessLifetimeMs: undefined, maxIdleMs: 2 * dayMs } },
      living(undefined),
      dayMs,
    ],
    [
      'a minute after the last one, though it was refused at once',
      {},
      living(4 * hourMs, { accessRefusedAt: nowAt }),
      minuteMs,
    ],
    ['when it was refused', {}, living(4 * hourMs, { accessRefusedAt: nowAt + hourMs }), hourMs],
    [
      'not before the show is over',
      wishing({ refresh: { holdUntil: '2026-03-01T15:00:00Z' } }),
      living(4 * hourMs),
      3 * hourMs,
    ],
    [
      'during a show that is longer than the token',
      wishing({ refresh: { holdUntil: '2026-03-02T15:00:00Z' } }),
      living(4 * hourMs),
      4 * hourMs - floorMs,
    ],
    ['at once where a short-lived token is to be traded', { profile: traded }, living(hourMs), 0],
    [
      'on the way of a long life where it was traded already',
      { profile: traded },
      living(hourMs, { lifeBeforeMs: hourMs }),
      hourMs / 2,
    ],
    ['in the middle of sixty days', { profile: traded }, living(60 * dayMs), 30 * dayMs],
    [
      'not before the platform allows it',
      { profile: traded, ...wishing({ refresh: { atPercentOfLifetime: 10 } }) },
      living(3 * dayMs, { lifeBeforeMs: 60 * dayMs }),
      dayMs,
    ],
    [
      "by the end of the person's own token where pods have a derived one",
      { profile: derived },
      living(undefined, { refreshExpiresAt: nowAt + 60 * dayMs }),
      30 * dayMs,
    ],
    [
      "by the person's own token alone, though the derived one was refused",
      { profile: derived },
      living(undefined, { refreshExpiresAt: nowAt + 60 * dayMs, accessRefusedAt: nowAt }),
      30 * dayMs,
    ],
    [
      "by the life that the profile knows of the person's own",
      { profile: derived },
      living(undefined, { access: undefined }),
      30 * dayMs,
    ],
  ])('comes %s', (_, of, held, expected) => {
    expect(dueIn(of, held)).toBeCloseTo(expected, -1);
  });

  it.each<[string, Partial<ScheduleFacts>]>([
    [
      'nothing ever ends',
      { profile: { ...reusable, accessLifetimeMs: undefined }, record: { ...record, tokens: living(undefined) } },
    ],
    ['the platform renews nothing', { profile: notRenewable }],
    ['there is no refresh token', { record: { ...record, tokens: living(hourMs, { refresh: undefined }) } }],
    ['another channel lends the login', { record: { ...record, lender: 'lender', tokens: living(hourMs) } }],
    [
      'what is traded is not known to end',
      {
        profile: { ...derived, accessLifetimeMs: undefined },
        record: { ...record, tokens: living(undefined, { obtainedAt: 0 }) },
      },
    ],
  ])('never comes by itself where %s', (_, of) => {
    expect(planRefresh(facts(of)).at).toBeUndefined();
  });

  it('of an app’s token needs no refresh token', () => {
    expect(planRefresh(facts({ record: { ...record, ...appGrant } })).at).toBeGreaterThan(nowAt);
  });

  it.each([
    [2 * floorMs - 1, true],
    [2 * floorMs, false],
  ])('of a life of %i ms leaves too little time for pods: %s', (lifeMs, expected) => {
    expect(planRefresh(facts({}, living(lifeMs))).isLifetimeBelowFloor).toBe(expected);
  });

  it('is spaced by half a life at most, so that a short token does not end first', () => {
    expect(dueIn({}, living(90 * secondMs, { accessRefusedAt: nowAt }))).toBe(45 * secondMs);
  });
});

describe('the end of an access token', () => {
  it('is what the platform said, whatever is assumed', () => {
    const assuming = channel({ refresh: { assumedLifetime: '1h' } }).channel;
    expect(accessExpiryAt(living(2 * hourMs), assuming, reusable)).toBe(nowAt + 2 * hourMs);
  });

  it('has passed where its age is unknown', () => {
    const profile = { ...reusable, accessLifetimeMs: undefined };
    expect(accessExpiryAt(living(undefined, { obtainedAt: 0 }), channel().channel, profile)).toBeLessThan(nowAt);
  });
});

describe('a check', () => {
  const held = { ...record, tokens: living(4 * hourMs) };

  it.each<[string, number | undefined, number, number]>([
    ['at once where there was none', undefined, 0, 0],
    ['an hour after the last', nowAt, 0, hourMs],
    ['earlier by a tenth at most, never later', nowAt, 0.999, 0.9 * hourMs],
  ])('comes %s', (_, lastAt, phase, expected) => {
    expect((checkAt(reusable, held, lastAt, phase) ?? 0) - nowAt).toBeCloseTo(expected, -4);
  });

  it('comes at once while it is not known whose token it is', () => {
    expect(checkAt(reusable, { ...held, account: undefined }, nowAt + hourMs, 0)).toBe(nowAt);
  });

  it.each([
    ['the platform cannot be asked', { ...reusable, introspectIntervalMs: undefined }, held],
    ['there is no token to ask about', reusable, { ...held, tokens: living(hourMs, { access: undefined }) }],
  ])('never comes where %s', (_, profile, of) => {
    expect(checkAt(profile, of, nowAt, 0)).toBeUndefined();
  });
});

describe('a deadline', () => {
  const consentedAt = nowAt - dayMs;
  const held = living(4 * hourMs, { consentedAt });
  const testing = { app: { ...app, spec: { ...app.spec, grantLifetime: '168h' } } };
  const authorized = { ...reusable, refreshAnchor: 'Authorization' as const };

  it.each<[string, Partial<ScheduleFacts>, TokenSet, unknown]>([
    [
      'the end of the consent, in an app in testing mode',
      testing,
      held,
      { at: consentedAt + 168 * hourMs, reason: 'ConsentEnds', lifeMs: 168 * hourMs },
    ],
    [
      'the end of a token that nothing renews',
      { profile: notRenewable },
      held,
      { at: nowAt + 4 * hourMs, reason: 'AccessTokenEnds', lifeMs: 4 * hourMs },
    ],
    [
      'the end of a refresh token that no use moves',
      { profile: authorized },
      { ...held, refreshExpiresAt: nowAt + dayMs },
      { at: nowAt + dayMs, reason: 'RefreshTokenEnds', lifeMs: 2 * dayMs },
    ],
    [
      'the end of a refresh token by the profile',
      { profile: { ...authorized, refreshLifetimeMs: 60 * dayMs } },
      held,
      { at: consentedAt + 60 * dayMs, reason: 'RefreshTokenEnds', lifeMs: 60 * dayMs },
    ],
    [
      'whichever comes first',
      { ...testing, profile: notRenewable },
      held,
      { at: nowAt + 4 * hourMs, reason: 'AccessTokenEnds', lifeMs: 4 * hourMs },
    ],
    ['none where each use moves the end', {}, { ...held, refreshExpiresAt: nowAt + dayMs }, undefined],
    [
      'the end of the consent that the platform states',
      {},
      { ...held, consentExpiresAt: nowAt + 89 * dayMs },
      { at: nowAt + 89 * dayMs, reason: 'ConsentEnds', lifeMs: 90 * dayMs },
    ],
    [
      'the end of the consent, where the platform documents one',
      { profile: { ...reusable, consentLifetimeMs: 365 * dayMs } },
      held,
      { at: consentedAt + 365 * dayMs, reason: 'ConsentEnds', lifeMs: 365 * dayMs },
    ],
    [
      "the end of the consent that the app's owner knows better",
      { ...testing, profile: { ...reusable, consentLifetimeMs: 365 * dayMs } },
      held,
      { at: consentedAt + 168 * hourMs, reason: 'ConsentEnds', lifeMs: 168 * hourMs },
    ],
    ['none while a living token can still be traded', { profile: traded }, living(60 * dayMs), undefined],
    [
      'the end of a token that trading no longer moves',
      { profile: traded },
      { ...living(60 * dayMs), consentedAt, isEndFixed: true },
      { at: nowAt + 60 * dayMs, reason: 'AccessTokenEnds', lifeMs: 61 * dayMs },
    ],
    [
      'the near end of a token that nobody managed to trade',
      { profile: traded },
      { ...living(60 * dayMs), obtainedAt: nowAt - 58 * dayMs, accessExpiresAt: nowAt + 2 * dayMs },
      { at: nowAt + 2 * dayMs, reason: 'ExchangeOverdue', lifeMs: 60 * dayMs },
    ],
    [
      'none where another channel lends the login',
      { profile: traded, record: { ...record, lender: 'lender', tokens: { ...held, isEndFixed: true } } },
      held,
      undefined,
    ],
    ['none where nothing ends', { profile: authorized }, held, undefined],
    ['none for an app’s own token', { ...testing, record: { ...record, ...appGrant } }, held, undefined],
  ])('is %s', (_, of, tokensHeld, expected) => {
    expect(deadlineOf(facts(of, tokensHeld), nowAt)).toEqual(expected);
  });

  it.each([
    ['so long before it as is wished', '24h', 90 * dayMs, dayMs],
    ['a third of a short life before it', '168h', 7 * dayMs, (7 * dayMs) / 3],
    ['a week before it', '168h', 90 * dayMs, 7 * dayMs],
  ])('is near from %s', (_, expiringWindow, lifeMs, expected) => {
    const of = channel({ spec: { expiringWindow } }).channel;
    expect(nowAt - expiringFrom({ at: nowAt, reason: 'ConsentEnds', lifeMs }, of)).toBe(expected);
  });
});
