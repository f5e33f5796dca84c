import { describe, expect, it } from 'vitest';
import { nextMoment } from '../../src/core/due.ts';
import { Failure } from '../../src/core/failure.ts';
import { formatInstant } from '../../src/core/instant.ts';
import { mayOweNotice, type NoticeSink, type Told, toldWith } from '../../src/core/notice.ts';
import { duesOf } from '../../src/core/notices.ts';
import type { Observation } from '../../src/core/observation.ts';
import { ladderOf, nextStepAt } from '../../src/core/schedule.ts';
import { statusOf } from '../../src/core/status.ts';
import {
  channel,
  dayMs,
  deleted,
  fresh,
  grantWith,
  hourMs,
  minuteMs,
  nowAt,
  observation,
  readyApp,
  retries,
  reusable,
  settings,
  status,
  tokens,
  unusable,
  verdict,
} from './builders.ts';

const on = { settings: { ...settings, noticeSinks: ['Webhook'] as NoticeSink[] } };
const told = (kind: Told['kind'], agoMs: number, sink: NoticeSink = 'Webhook'): Told => ({
  ...{ sink, kind, id: `${kind}-id` },
  sentTime: formatInstant(nowAt - agoMs),
});

/** A channel whose consent of 90 days ends after so long. */
const endingIn = (leftMs: number) =>
  grantWith({ consentedAt: nowAt + leftMs - 90 * dayMs, consentExpiresAt: nowAt + leftMs });
const nameless = grantWith({ consentExpiresAt: nowAt + hourMs }, { account: undefined });
const condemned = grantWith({}, { verdict });
const knows = (...notices: Told[]) => channel({ status: { ...status, notices } });
/** Well for so long: Ready since then. */
const wellFor = (ms: number, ...notices: Told[]) => readyFor('True', ms, notices);
const readyFor = (ready: 'True' | 'False', ms: number, notices: Told[]) =>
  channel({
    status: {
      ...status,
      notices,
      conditions: [
        {
          ...{ type: 'Ready', status: ready, reason: 'Connected', message: '' },
          lastTransitionTime: formatInstant(nowAt - ms),
        },
      ],
    },
  });

function dues(isHeld: boolean, ...parts: Partial<Observation>[]) {
  const o = observation(on, ...parts);
  return duesOf(o, statusOf(o), isHeld);
}
const owed = (...parts: Partial<Observation>[]) => dues(false, ...parts).owed.map(({ notice }) => notice.kind);

const spamBlocked = new Failure('Misconfigured', 'SpamBlocked', 'The platform blocks the account.', {
  source: 'Platform',
});
const blocked = [
  grantWith({ accessExpiresAt: nowAt - minuteMs }),
  retries('Spend', { count: 5, failure: spamBlocked }),
] as const;

interface Row {
  readonly name: string;
  readonly given: readonly Partial<Observation>[];
  readonly owes: readonly string[];
}
const rows: Row[] = [
  { name: 'a healthy channel', given: [], owes: [] },
  {
    name: 'one that was never connected',
    given: [fresh, { grant: { state: 'Absent', version: 0, writtenAt: 0, readAt: nowAt } }],
    owes: [],
  },
  { name: 'one whose login was rejected', given: [condemned], owes: ['NeedsReauth'] },
  { name: 'the same, told already', given: [condemned, knows(told('NeedsReauth', hourMs))], owes: [] },
  {
    name: 'the same, told of a step before',
    given: [condemned, knows(told('Expiring', 6 * dayMs))],
    owes: ['NeedsReauth'],
  },
  {
    name: 'the same, after an earlier recovery',
    given: [condemned, knows(told('Recovered', 6 * dayMs))],
    owes: ['NeedsReauth'],
  },
  { name: 'one that is going away', given: [condemned, deleted()], owes: [] },
  { name: '31 days before the end', given: [endingIn(31 * dayMs)], owes: [] },
  { name: '29 days before the end, though Connected', given: [endingIn(29 * dayMs)], owes: ['Expiring'] },
  { name: 'the same, told a day ago', given: [endingIn(29 * dayMs), knows(told('Expiring', dayMs / 2))], owes: [] },
  {
    name: '8 days before the end, told at the first step',
    given: [endingIn(8 * dayMs), knows(told('Expiring', 22 * dayMs))],
    owes: [],
  },
  {
    name: '6 days before the end, told at the first step',
    given: [endingIn(6 * dayMs), knows(told('Expiring', 24 * dayMs))],
    owes: ['Expiring'],
  },
  {
    name: '12 hours before the end, told at the second step',
    given: [endingIn(12 * hourMs), knows(told('Expiring', 6 * dayMs))],
    owes: ['Expiring'],
  },
  {
    name: '12 hours before the end, after weeks without an operator',
    given: [endingIn(12 * hourMs)],
    owes: ['Expiring'],
  },
  {
    name: 'a step that moves by seconds',
    given: [endingIn(7 * dayMs - 1000), knows(told('Expiring', 20_000))],
    owes: [],
  },
  { name: 'connected anew after a warning', given: [wellFor(hourMs, told('Expiring', hourMs))], owes: ['Recovered'] },
  { name: 'the same, told of it', given: [wellFor(hourMs, told('Recovered', minuteMs))], owes: [] },
  {
    name: 'a warned channel whose app is away for the moment',
    given: [{ app: unusable() }, readyFor('False', hourMs, [told('Expiring', hourMs)])],
    owes: [],
  },
  {
    name: 'well again after a rejection',
    given: [wellFor(hourMs, told('NeedsReauth', 2 * hourMs))],
    owes: ['Recovered'],
  },
  {
    name: 'well again, but only for a moment yet',
    given: [wellFor(10_000, told('NeedsReauth', 2 * hourMs))],
    owes: [],
  },
  {
    name: 'well again with its end near',
    given: [endingIn(3 * dayMs), wellFor(hourMs, told('NeedsReauth', 2 * hourMs))],
    owes: ['Expiring'],
  },
  {
    name: 'not rejected any more, and not well either',
    given: [{ app: unusable() }, knows(told('NeedsReauth', hourMs))],
    owes: [],
  },
  {
    name: 'tokens whose account nobody knows yet',
    given: [fresh, { app: readyApp({ profile: { ...reusable, tellsAccount: true } }) }, nameless],
    owes: [],
  },
  {
    name: 'renewals that fail: nobody who owns the account can help',
    given: [grantWith({ accessExpiresAt: nowAt - minuteMs }), retries('Spend', { count: 5 })],
    owes: [],
  },
  {
    name: 'renewals that fail because the owner has to do something at the platform',
    given: blocked,
    owes: ['Expiring'],
  },
  { name: 'the same, told already', given: [...blocked, knows(told('Expiring', hourMs))], owes: [] },
  {
    name: 'the same while the access token lives for long',
    given: [retries('Spend', { count: 5, failure: spamBlocked })],
    owes: [],
  },
  { name: 'well again after that', given: [wellFor(hourMs, told('Expiring', hourMs))], owes: ['Recovered'] },
];

describe('what a channel owes', () => {
  it.each(rows)('is $owes for $name', ({ given, owes }) => {
    expect(owed(...given)).toEqual(owes);
  });

  it('is nothing where notices are off', () => {
    const o = observation(condemned);
    expect(duesOf(o, statusOf(o), false)).toEqual({ owed: [] });
  });

  it('is told to each sink for itself', () => {
    const both = { settings: { ...settings, noticeSinks: ['Webhook', 'Mail'] as NoticeSink[] } };
    const { owed: found } = dues(false, both, condemned, knows(told('NeedsReauth', hourMs, 'Webhook')));
    expect(found.map(({ sink }) => sink)).toEqual(['Mail']);
  });

  it('is held while the platform rejects many, and looked at again soon', () => {
    expect(dues(true, condemned)).toEqual({ owed: [], againAt: nowAt + minuteMs });
    expect(dues(true)).toEqual({ owed: [], againAt: undefined });
  });

  it('comes back when a recovery has held for long enough', () => {
    const { againAt } = dues(false, wellFor(10_000, told('NeedsReauth', hourMs)));
    expect(againAt).toBe(nowAt + 50_000);
  });

  it('has the same id at every look, and another one for every occasion', () => {
    const id = (...parts: Partial<Observation>[]) => dues(false, ...parts).owed[0]?.notice.id;
    expect(id(condemned, { now: nowAt + hourMs })).toBe(id(condemned));
    expect(id(condemned)).toBe(`channel-uid-needsreauth-${verdict.at}`);
    const later = grantWith({}, { verdict: { ...verdict, at: nowAt - minuteMs } });
    expect(id(later)).not.toBe(id(condemned));
    expect(id(endingIn(6 * dayMs))).not.toBe(id(endingIn(12 * hourMs)));
  });

  it('says why, since when, what works until when, what to do and where', () => {
    const url = 'https://connect.example.com/c/main-stage/twitch';
    const [one] = dues(false, condemned, channel({ status: { ...status, reconnectURL: url } })).owed;
    // statusOf writes no address yet: whoever does hands it over in the status.
    const o = observation(on, condemned);
    const [found] = duesOf(o, { ...statusOf(o), reconnectURL: url }, false).owed;
    expect(one?.notice.kind).toBe('NeedsReauth');
    expect(found?.notice).toMatchObject({
      account: { id: '42', handle: 'mainstage' },
      owner: { email: 'dana@example.com' },
      reason: 'AccessRevoked',
      why: expect.stringContaining('mainstage'),
      remedy: expect.stringContaining('Dana Reyes'),
      since: verdict.at,
      token: { works: true, until: tokens.accessExpiresAt },
      reconnectURL: url,
    });
  });
});

describe('what only the owner can end at the platform', () => {
  it('is told with its own reason and remedy, and with no link to connect anything', () => {
    const o = observation(on, ...blocked);
    const [found] = duesOf(o, { ...statusOf(o), reconnectURL: 'https://connect.example.com/c/a/b' }, false).owed;
    expect(found?.notice).toMatchObject({
      kind: 'Expiring',
      reason: 'SpamBlocked',
      remedy: expect.stringContaining('nobody needs to reconnect'),
      reconnectURL: undefined,
    });
    expect(found?.notice.id).toBe(`channel-uid-expiring-${found?.notice.since}`);
  });

  it('is told as a deadline where a step of one has come as well', () => {
    const near = grantWith({ accessExpiresAt: nowAt - minuteMs, consentExpiresAt: nowAt + hourMs });
    const [one] = dues(false, near, retries('Spend', { count: 5, failure: spamBlocked })).owed;
    expect(one?.notice.reason).toBe('DeadlineNear');
  });
});

describe('the ladder', () => {
  const { channel: usual } = channel();
  const lasting = (lifeMs: number) =>
    ladderOf({ at: 0, reason: 'ConsentEnds', lifeMs }, usual).map((at) => -at / dayMs);
  it.each([
    [365, [30, 7, 1]],
    [90, [30, 7, 1]],
    [60, [7, 1]],
    [7, [7 / 3, 1]],
    [1, [1 / 3]],
  ])('of a life of %d days has the steps %j before its end', (lifeDays, steps) => {
    expect(lasting(lifeDays * dayMs)).toEqual(steps.map((step) => expect.closeTo(step, 6)));
  });

  it('begins where the channel says that it is expiring', () => {
    const { channel: early } = channel({ spec: { expiringWindow: '480h' } });
    expect(ladderOf({ at: 0, reason: 'ConsentEnds', lifeMs: 365 * dayMs }, early).map((at) => -at / dayMs)).toEqual([
      30, 20, 7, 1,
    ]);
  });

  it('tells the next step of a deadline that only a status knows', () => {
    expect(nextStepAt(nowAt + 8 * dayMs, nowAt)).toBe(nowAt + dayMs);
    expect(nextStepAt(nowAt + hourMs, nowAt)).toBeUndefined();
    expect(nextStepAt(undefined, nowAt)).toBeUndefined();
  });
});

describe('the memory', () => {
  it('keeps the last notice of each sink', () => {
    const [old, mail] = [told('NeedsReauth', hourMs), told('NeedsReauth', hourMs, 'Mail')];
    const recovered = told('Recovered', 0);
    expect(toldWith([old, mail], [recovered])).toEqual([mail, recovered]);
    expect(toldWith(undefined, [])).toBeUndefined();
  });

  it('is in the status from the moment on at which a sink took it', () => {
    const taken = told('NeedsReauth', 0);
    const o = observation(on, condemned, { sentNotices: [taken] });
    const written = statusOf(o);
    expect(written.notices).toEqual([taken]);
    expect(duesOf(o, written, false).owed).toEqual([]);
    expect(statusOf(observation(on, condemned, knows(taken))).notices).toEqual([taken]);
  });

  it.each([
    ['NeedsReauth', undefined, true],
    ['NeedsReauth', 'NeedsReauth', false],
    ['NeedsReauth', 'Recovered', true],
    ['Connected', undefined, false],
    ['Connected', 'Recovered', false],
    ['Connected', 'NeedsReauth', true],
    ['Expiring', 'Expiring', false],
    ['Pending', 'NeedsReauth', false],
  ] as const)('of a channel that is %s and was told %s needs a look after a restart: %s', (state, kind, may) => {
    expect(mayOweNotice(state, kind === undefined ? [] : [told(kind, 0)], ['Webhook'])).toBe(may);
  });
});

describe('a channel with a consent clock', () => {
  it('wakes by itself at the next step', () => {
    const o = observation(on, endingIn(30 * dayMs + minuteMs));
    expect(nextMoment(o)).toBe(nowAt + minuteMs);
  });
});
