import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { bucketOf } from '../../src/runtime/buckets.ts';
import { OtherDivision } from '../../src/runtime/census.ts';
import { pick, quotaOf } from '../../src/runtime/fair-share.ts';
import { keysOf, Replica, Replicas } from './lease-replicas.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

/** So many replicas that have shared everything already. */
async function settled(count: number): Promise<Replicas & { readonly each: readonly Replica[] }> {
  // Those of an earlier world would go on for ever.
  vi.clearAllTimers();
  const replicas = new Replicas();
  for (let n = 0; n < count; n += 1) await replicas.join(`r${n}`);
  await replicas.run(20_000);
  replicas.resetGaps();
  return Object.assign(replicas, { each: [...replicas.all] });
}

const third = ([, , replica]: readonly Replica[]): Replica => replica as Replica;

describe('one replica', () => {
  it('holds every bucket at once', async () => {
    const replicas = new Replicas();
    const one = await replicas.join('r0');
    expect(one.owned()).toHaveLength(16);
    expect(one.news).toMatchObject([{ did: 'Acquired', owned: 16, replicas: 1 }]);
    expect(one.leases.notReady()).toBeUndefined();
  });

  it('keeps all of them for as long as it renews, each for at least the time that a claim takes', async () => {
    const { each, ...replicas } = await settled(1);
    const one = each[0] as Replica;
    for (let second = 0; second < 120; second += 1) {
      await vi.advanceTimersByTimeAsync(1_000);
      expect(one.owned(2_000)).toHaveLength(16);
    }
    expect(one.news).toHaveLength(1);
    expect(replicas.longestGapMs).toBe(0);
  });

  it('takes up at once what an earlier one let go, and after a Lease what an earlier one left behind', async () => {
    const replicas = new Replicas();
    const first = await replicas.join('r0');
    void first.leases.stop();
    await replicas.run(1_000);
    const second = await replicas.join('r1');
    expect(second.owned()).toHaveLength(16);
    second.crash();
    await replicas.join('r2');
    expect(await replicas.untilAllOwned(20_000)).toBeLessThan(15_500);
  });

  it('waits less for what an earlier one left behind, the longer its own start has lasted since its first look', async () => {
    const replicas = await settled(1);
    replicas.each[0]?.crash();
    const late = new Replica('r1', replicas.server, { buckets: 16 });
    void late.leases.peek();
    await replicas.run(15_100);
    expect(late.owned()).toEqual([]);
    void late.leases.start();
    await replicas.run(200);
    expect(late.owned()).toHaveLength(16);
  });
});

describe('several replicas', () => {
  it.each([
    [2, [8, 8]],
    [3, [6, 5, 5]],
    [5, [4, 3, 3, 3, 3]],
  ])('%i share the buckets evenly', async (count, expected) => {
    expect((await settled(count)).shares()).toEqual(expected);
  });

  it('that begin at the same moment come to an even share as well', async () => {
    const replicas = new Replicas();
    await Promise.all(['r0', 'r1', 'r2'].map((name) => replicas.join(name)));
    await replicas.run(20_000);
    expect(replicas.shares()).toEqual([6, 5, 5]);
  });

  it('make room for another one without leaving a bucket alone for longer than a second', async () => {
    const replicas = await settled(2);
    await replicas.join('r2');
    await replicas.run(10_000);
    expect(replicas.shares()).toEqual([6, 5, 5]);
    expect(replicas.longestGapMs).toBeLessThanOrEqual(1_000);
  });

  it('divide among them what one lets go that stops, within three seconds', async () => {
    const replicas = await settled(3);
    void third(replicas.each).leases.stop();
    await replicas.run(10_000);
    expect(replicas.shares()).toEqual([8, 8, 0]);
    expect(replicas.longestGapMs).toBeLessThanOrEqual(3_000);
  });

  it('take over from one that was killed within 20 s, whenever it renewed last', async () => {
    for (let n = 0; n < 12; n += 1) {
      const replicas = await settled(3);
      await replicas.run(n * 450);
      third(replicas.each).crash();
      replicas.resetGaps();
      await replicas.run(STOPPED_MS);
      expect(replicas.longestGapMs).toBeLessThan(20_000);
      expect(replicas.shares()).toEqual([8, 8, 0]);
      expect(replicas.server.names('Member')).toEqual(['test-replica-r0', 'test-replica-r1']);
    }
  }, 30_000);

  it('leave the shares as they are while wall clocks jump', async () => {
    const replicas = await settled(3);
    const changes = () => replicas.all.map(({ news }) => news.length);
    const before = changes();
    for (const jumpMs of [3_600_000, -7_200_000, 86_400_000]) {
      vi.setSystemTime(Date.now() + jumpMs);
      await replicas.run(20_000);
    }
    expect(changes()).toEqual(before);
    expect(replicas.longestGapMs).toBe(0);
  });

  it('ask the API server about six times a second, and never all at once', async () => {
    const replicas = await settled(3);
    await replicas.run(60_000);
    replicas.server.calls.length = 0;
    const beganAt = performance.now();
    await replicas.run(60_000);
    const bySecond = Array.from({ length: 60 }, () => 0);
    for (const at of replicas.server.calls)
      bySecond[Math.floor((at - beganAt) / 1_000)] = (bySecond[Math.floor((at - beganAt) / 1_000)] ?? 0) + 1;
    expect(replicas.server.calls.length / 60).toBeLessThan(7);
    expect(Math.max(...bySecond)).toBeLessThan(16);
  });
});

/** Longer than a Lease and everything that follows from its end. */
const STOPPED_MS = 22_000;

describe('a process that was stopped for longer than its Leases', () => {
  it('owns nothing when it wakes, and gets its share back only by the others giving it', async () => {
    const replicas = await settled(3);
    const frozen = third(replicas.each);
    frozen.freeze();
    await replicas.run(STOPPED_MS);
    expect(replicas.shares()).toEqual([8, 8, 0]);
    frozen.thaw();
    expect(frozen.owned()).toEqual([]);
    await replicas.run(10_000);
    expect(replicas.shares()).toEqual([6, 5, 5]);
    expect(frozen.news.map(({ did }) => did)).toContain('Lost');
  });

  it('owns nothing when it wakes even if nobody took anything, until it has renewed', async () => {
    const replicas = await settled(1);
    const [frozen] = replicas.each as [Replica];
    frozen.freeze();
    await replicas.run(STOPPED_MS);
    frozen.thaw();
    expect(frozen.owned()).toEqual([]);
    expect(await replicas.untilAllOwned(5_000)).toBeGreaterThan(0);
  });

  it('does not take the answer to a renewal from before the stop for a new Lease', async () => {
    const replicas = await settled(2);
    const [frozen] = replicas.each as [Replica];
    frozen.delayMs = 400;
    // Frozen at another moment each time, so that renewals are on their way in some.
    for (let n = 0; n < 10; n += 1) {
      await replicas.run(500 + n * 350);
      frozen.freeze();
      await replicas.run(STOPPED_MS);
      frozen.thaw();
      await replicas.run(8_000);
    }
    expect(replicas.shares()).toEqual([8, 8]);
  });
});

describe('a replica that cannot reach the API server', () => {
  it.each(['Cut', 'AnswersLost'] as const)(
    'owns nothing after a Lease, while the others take over (%s)',
    async (way) => {
      const replicas = await settled(3);
      const cut = third(replicas.each);
      cut.way = way;
      await replicas.run(12_500);
      expect(cut.owned()).toEqual([]);
      await replicas.run(30_000);
      expect(cut.leases.owned()).toBe(0);
      expect(cut.leases.notReady()).toContain('nothing is refreshed');
      cut.way = 'Open';
      await replicas.run(15_000);
      expect(replicas.shares()).toEqual([6, 5, 5]);
      expect(cut.leases.notReady()).toBeUndefined();
    },
  );

  it('sees that nobody holds its keys, where the same goes for all; and all come back by themselves', async () => {
    const replicas = await settled(2);
    const isHeld = () => keysOf(16).filter((key) => replicas.each[0]?.leases.isHeldByAnyone(key)).length;
    expect(isHeld()).toBe(16);
    for (const replica of replicas.each) replica.way = 'Cut';
    await replicas.run(STOPPED_MS);
    expect(replicas.shares()).toEqual([0, 0]);
    expect(isHeld()).toBe(0);
    for (const replica of replicas.each) replica.way = 'Open';
    expect(await replicas.untilAllOwned(30_000)).toBeLessThan(8_000);
    await replicas.run(10_000);
    expect(replicas.shares()).toEqual([8, 8]);
    expect(isHeld()).toBe(16);
  });

  it('keeps its share while answers take two seconds', async () => {
    const replicas = await settled(3);
    for (const replica of replicas.each) replica.delayMs = 1_000;
    await replicas.run(60_000);
    expect(replicas.longestGapMs).toBe(0);
    expect(replicas.shares()).toEqual([6, 5, 5]);
  });
});

describe('a bucket in which something is in progress', () => {
  it('is not given up before that has ended, however long it takes, and nothing new begins in it', async () => {
    const replicas = await settled(1);
    const [one] = replicas.each as [Replica];
    const work = Promise.withResolvers<void>();
    for (let index = 0; index < 16; index += 1) one.inProgress.set(index, work.promise);
    const two = await replicas.join('r1');
    await replicas.run(60_000);
    expect([one.owned().length, two.owned().length]).toEqual([8, 0]);
    work.resolve();
    await replicas.run(1_000);
    expect([one.owned().length, two.owned().length]).toEqual([8, 8]);
  });

  it('holds up no other bucket when its replica stops', async () => {
    const replicas = await settled(2);
    const [one, two] = replicas.each as [Replica, Replica];
    const work = Promise.withResolvers<void>();
    one.inProgress.set(one.owned()[0] ?? 0, work.promise);
    let hasStopped = false;
    void one.leases.stop().then(() => {
      hasStopped = true;
    });
    await replicas.run(30_000);
    expect([two.owned().length, hasStopped]).toEqual([15, false]);
    work.resolve();
    await replicas.run(1_000);
    expect([two.owned().length, hasStopped]).toEqual([16, true]);
  });
});

describe('replicas with different numbers of buckets', () => {
  it('do not share: the later one holds nothing and says why, until the other has gone', async () => {
    const replicas = await settled(1);
    const [old] = replicas.each as [Replica];
    const late = await new Replicas(32, replicas.server).join('r1');
    await replicas.run(60_000);
    expect([old.owned().length, late.owned().length]).toEqual([16, 0]);
    expect(late.troubles[0]).toBeInstanceOf(OtherDivision);
    expect(late.leases.notReady()).toBeUndefined();
    void old.leases.stop();
    await replicas.run(5_000);
    expect(late.owned()).toHaveLength(32);
  });

  it('wait for the end of the Leases of one that was killed', async () => {
    const replicas = await settled(1);
    const late = await new Replicas(8, replicas.server).join('r1');
    replicas.each[0]?.crash();
    await replicas.run(8_000);
    expect(late.owned()).toEqual([]);
    await replicas.run(12_000);
    expect(late.owned()).toHaveLength(8);
  });
});

describe('the arithmetic', () => {
  it('gives shares that add up to all buckets and differ by one at most', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 40 }), (buckets, members) => {
        const quotas = Array.from({ length: members }, (_, rank) => quotaOf({ rank, members }, buckets));
        expect(quotas.reduce((sum, quota) => sum + quota)).toBe(buckets);
        expect(Math.max(...quotas) - Math.min(...quotas)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('lets those who take at the same time want different buckets', () => {
    const free = [0, 1, 2, 3, 4, 5, 6, 7];
    const wanted = [0, 1, 2].flatMap((rank) => pick(free, 2, { rank, members: 3 }));
    expect(new Set(wanted).size).toBe(6);
  });

  it('spreads keys that differ in little evenly', () => {
    const counts = Array.from({ length: 16 }, () => 0);
    for (let n = 0; n < 10_000; n += 1)
      counts[bucketOf(`main-stage/channel-${n}`, 16)] = (counts[bucketOf(`main-stage/channel-${n}`, 16)] ?? 0) + 1;
    expect(Math.min(...counts)).toBeGreaterThan(500);
    expect(Math.max(...counts)).toBeLessThan(750);
  });
});
