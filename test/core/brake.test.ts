import { describe, expect, it } from 'vitest';
import { isHeld, isSilenced, type Member, wavesOf } from '../../src/core/brake.ts';
import { channel, failure, hourMs, minuteMs, nowAt, observation, retries, secondMs, settings } from './builders.ts';

const rejectedAt = nowAt - 2 * minuteMs;

/** So many channels, of which the first ones are suspected since two minutes, each a second later than the one before. */
function members(size: number, suspects: number, of: (index: number) => Partial<Member> = () => ({})): Member[] {
  return Array.from({ length: size }, (_, index) => ({
    key: `main-stage/channel-${String(index).padStart(2, '0')}`,
    app: 'main-stage/app',
    platform: 'twitch',
    hasLogin: true,
    suspectedAt: index < suspects ? rejectedAt + index * secondMs : undefined,
    condemnedAt: undefined,
    lastRefreshAt: nowAt - hourMs,
    endsAt: nowAt + hourMs,
    ...of(index),
  }));
}

const appsOf = (all: Member[]) => wavesOf(all, nowAt, settings).apps.get('main-stage/app');
const platformOf = (all: Member[]) => wavesOf(all, nowAt, settings).platforms.get('twitch');
const ownApp = (index: number) => ({ app: `main-stage/app-${index}` });
const renewed = (from: number) => (index: number) => (index >= from ? { lastRefreshAt: nowAt - minuteMs } : {});

describe('a wave of rejections', () => {
  it.each<[string, Member[], number | undefined]>([
    ['three of an app with three channels', members(3, 3), 3],
    ['two of an app with two channels, which chance may bring', members(2, 2), undefined],
    ['a fifth of an app', members(15, 3), 3],
    ['less than a fifth of an app', members(16, 3), undefined],
    ['one that is suspected after two that were believed', members(3, 1, believed(minuteMs)), 3],
    ['one that is suspected long after two that were believed', members(3, 1, believed(2 * hourMs)), undefined],
    ['three that were believed, when nobody is suspected any more', members(3, 0, believed(minuteMs)), undefined],
    ['three while as many others are renewed', members(6, 3, renewed(3)), undefined],
    ['three while two others are renewed', members(5, 3, renewed(3)), 3],
    [
      'three that are suspected for longer than a rejection is held',
      members(3, 3, suspectedFor(4 * hourMs)),
      undefined,
    ],
    ['three that are suspected for nearly as long', members(3, 3, suspectedFor(4 * hourMs - minuteMs)), 3],
    ['more channels than a call takes arguments', members(200_000, 150_000, renewed(190_000)), 150_000],
    ['channels that never had a login do not count', members(20, 3, (index) => ({ hasLogin: index < 4 })), 3],
  ])('is seen in an app or not: %s', (_, all, rejected) => {
    expect(appsOf(all)?.rejected).toBe(rejected);
  });

  it.each<[string, Member[], number | undefined]>([
    ['twenty apps of one channel each', members(20, 20, ownApp), 20],
    ['five apps of one channel each, among fifty', members(50, 5, ownApp), 5],
    ['five among fifty-one', members(51, 5, ownApp), undefined],
    ['four apps of one channel each', members(4, 4, ownApp), undefined],
  ])('is seen at a platform or not: %s', (_, all, rejected) => {
    expect(platformOf(all)?.rejected).toBe(rejected);
  });

  it('began with its first rejection, and tells how many there are', () => {
    expect(appsOf(members(10, 4))).toMatchObject({ scope: 'App', since: rejectedAt, rejected: 4, of: 10 });
  });

  it('is found out by the channel whose token ends first; one without an end comes last', () => {
    const ends = [undefined, nowAt + 30 * minuteMs, nowAt + 10 * minuteMs, nowAt + 10 * minuteMs, nowAt + minuteMs];
    const all = members(5, 4, (index) => ({ endsAt: ends[index] }));
    expect(appsOf(all)?.canary).toBe('main-stage/channel-02');
  });

  it('is the same whatever the order in which a replica has the channels', () => {
    const all = members(12, 6, renewed(8));
    expect(appsOf([...all].reverse())).toEqual(appsOf(all));
  });
});

function believed(agoMs: number) {
  return (index: number) => (index === 0 ? {} : { condemnedAt: nowAt - agoMs });
}

function suspectedFor(agoMs: number) {
  return () => ({ suspectedAt: nowAt - agoMs, lastRefreshAt: nowAt - 5 * hourMs });
}

const rejected = { failure: failure('Rejected', 'AccessRevoked'), firstAt: nowAt - minuteMs, lastAt: nowAt - secondMs };
const me = channel({ metadata: { name: 'me', namespace: 'main-stage' } });
const wave = { scope: 'App', since: rejectedAt, rejected: 5, of: 8, lastSuccessAt: undefined, canary: 'a/b' } as const;

describe('a rejection that is one of many', () => {
  it.each<[string, object, boolean, boolean]>([
    ['is held, and its channel is silent', { wave }, true, true],
    [
      'is held, and its channel asks on, where it is the canary',
      { wave: { ...wave, canary: 'main-stage/me' } },
      true,
      false,
    ],
    [
      'is held, and its channel asks again, once another was renewed',
      { wave: { ...wave, lastSuccessAt: nowAt } },
      true,
      false,
    ],
    [
      'stays silent where that was before its last rejection',
      { wave: { ...wave, lastSuccessAt: nowAt - 2 * secondMs } },
      true,
      true,
    ],
    ['is believed where there is no wave', {}, false, false],
  ])('%s', (_, of, held, silenced) => {
    const o = observation(me, retries('Spend', rejected), of);
    expect([isHeld(o, 'Spend'), isSilenced(o, 'Spend')]).toEqual([held, silenced]);
  });

  it('is believed in the end, whatever happens to the others', () => {
    const old = { ...rejected, firstAt: nowAt - settings.brakeHoldMs };
    expect(isHeld(observation(me, retries('Spend', old), { wave }), 'Spend')).toBe(false);
    const nearly = { ...old, firstAt: old.firstAt + 1 };
    expect(isHeld(observation(me, retries('Spend', nearly), { wave }), 'Spend')).toBe(true);
  });

  it('concerns only attempts that were rejected', () => {
    const o = observation(me, retries('Spend', { ...rejected, failure: failure('Transient', 'PlatformUnavailable') }), {
      wave,
    });
    expect(isHeld(o, 'Spend')).toBe(false);
    expect(isHeld(observation(me, retries('Spend', rejected), { wave }), 'Introspect')).toBe(false);
  });
});
