import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type RunReport, type RunResult, WorkQueue } from '../../src/runtime/work-queue.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

interface Started {
  key: string;
  at: number;
  finish: (result?: RunResult) => void;
  fail: (error?: Error) => void;
}

/** A queue whose runs end when the test says so. */
function manual(workers = 4, random = () => 0.5) {
  const started: Started[] = [];
  const reports: RunReport[] = [];
  const queue = new WorkQueue({
    workers,
    random,
    onRun: (report) => reports.push(report),
    run: (key) => {
      const { promise, resolve, reject } = Promise.withResolvers<RunResult>();
      const fail = (error = new Error('run failed')) => reject(error);
      started.push({ key, at: Date.now(), finish: (result = {}) => resolve(result), fail });
      return promise;
    },
  });
  const last = () => {
    const run = started.at(-1);
    if (run === undefined) throw new Error('nothing was started');
    return run;
  };
  return { queue, started, reports, last, keys: () => started.map((run) => run.key) };
}

const settle = () => vi.advanceTimersByTimeAsync(0);

describe('a key', () => {
  it('stands in the queue once', async () => {
    const { queue, keys } = manual();
    queue.add('a');
    queue.add('a');
    queue.add('b');
    expect(queue.stats().depth).toBe(2);
    queue.start();
    await settle();
    expect(keys()).toEqual(['a', 'b']);
  });

  it('is never run by two workers at once, and runs again if it was touched meanwhile', async () => {
    const { queue, started, last } = manual();
    queue.start();
    queue.add('a');
    await settle();
    queue.add('a');
    queue.add('a');
    await settle();
    expect(started).toHaveLength(1);
    last().finish({ afterMs: 60_000 });
    await settle();
    expect(started).toHaveLength(2);
    last().finish();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(started).toHaveLength(2);
  });

  it('comes back after the time that its run asked for', async () => {
    const { queue, started, last } = manual();
    queue.start();
    queue.add('a');
    await settle();
    last().finish({ afterMs: 5_000 });
    await vi.advanceTimersByTimeAsync(4_999);
    expect(started).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(started).toHaveLength(2);
  });

  it('does not come back by itself when its run asked for nothing', async () => {
    const { queue, started, last } = manual();
    queue.start();
    queue.add('a');
    await settle();
    last().finish();
    await vi.advanceTimersByTimeAsync(24 * 3_600_000);
    expect(started).toHaveLength(1);
    expect(queue.stats()).toEqual({ depth: 0, oldestAgeMs: 0, running: 0, scheduled: 0 });
  });

  it.each([
    ['the earlier instant, set first', [1_000, 9_000], 1_000_000 + 1_000],
    ['the earlier instant, set last', [9_000, 1_000], 1_000_000 + 1_000],
  ])('keeps %s', async (_, waits, expected) => {
    const { queue, started } = manual();
    queue.start();
    for (const wait of waits) queue.addAfter('a', wait);
    expect(queue.dueAt('a')).toBe(expected);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(started.map((run) => run.at)).toEqual([expected]);
  });

  it('can be moved to later by a run', async () => {
    const { queue, last } = manual();
    queue.start();
    queue.addAfter('a', 60_000);
    queue.add('a');
    await settle();
    last().finish({ afterMs: 300_000 });
    await settle();
    expect(queue.dueAt('a')).toBe(1_300_000);
  });

  it('keeps an earlier instant that was set during its run', async () => {
    const { queue, last } = manual();
    queue.start();
    queue.add('a');
    await settle();
    queue.addAfter('a', 1_000);
    last().finish({ afterMs: 300_000 });
    await settle();
    expect(queue.dueAt('a')).toBe(1_001_000);
  });

  it('that is ready takes no instant beside it', async () => {
    const { queue, started, last } = manual();
    queue.add('a');
    queue.addAfter('a', 1_000);
    queue.start();
    await settle();
    last().finish();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(started).toHaveLength(1);
  });

  it('moves forward when it is touched while it is scheduled', async () => {
    const { queue, started } = manual();
    queue.start();
    queue.addAfter('a', 60_000);
    queue.add('a');
    await settle();
    expect(started).toHaveLength(1);
    expect(queue.dueAt('a')).toBeUndefined();
  });
});

describe('a run that throws', () => {
  it('is repeated with full jitter up to a ceiling that doubles to its cap', async () => {
    const { queue, started, reports, last } = manual(1, () => 0.999999);
    queue.start();
    queue.add('a');
    const waits: number[] = [];
    for (let n = 0; n < 12; n += 1) {
      await settle();
      const before = started.length;
      last().fail();
      await settle();
      waits.push((queue.dueAt('a') ?? 0) - Date.now());
      await vi.advanceTimersByTimeAsync(300_000);
      expect(started.length).toBe(before + 1);
    }
    expect(waits.slice(0, 4)).toEqual([999, 1_999, 3_999, 7_999]);
    expect(Math.max(...waits)).toBe(299_999);
    expect(reports.map((report) => report.attempts)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(reports.every((report) => report.outcome === 'error' && report.error instanceof Error)).toBe(true);
  });

  it('starts its backoff anew after a success', async () => {
    const { queue, reports, last } = manual();
    queue.start();
    queue.add('a');
    await settle();
    last().fail();
    await vi.advanceTimersByTimeAsync(2_000);
    last().finish();
    await settle();
    queue.add('a');
    await settle();
    last().fail();
    await settle();
    expect(reports.map((report) => report.attempts)).toEqual([1, 0, 1]);
  });

  it('runs again at once when it was touched meanwhile, and keeps counting', async () => {
    const { queue, started, reports, last } = manual();
    queue.start();
    queue.add('a');
    await settle();
    queue.add('a');
    last().fail();
    await settle();
    expect(started).toHaveLength(2);
    last().fail();
    await settle();
    expect(reports.map((report) => report.attempts)).toEqual([1, 2]);
  });

  it('may throw before it returns a promise, and holds no worker then', async () => {
    const seen: string[] = [];
    const queue = new WorkQueue({
      workers: 1,
      random: () => 0.5,
      onRun: (report) => seen.push(`${report.key} ${report.outcome}`),
      run: (key) => {
        if (key === 'bad') throw new Error('at once');
        return Promise.resolve({});
      },
    });
    queue.start();
    queue.add('bad');
    queue.add('good');
    await settle();
    expect(seen).toEqual(['bad error', 'good success']);
  });
});

describe('workers', () => {
  it('are never exceeded, and take keys in order of arrival', async () => {
    const { queue, started, keys } = manual(2);
    queue.start();
    for (const key of ['a', 'b', 'c', 'd']) queue.add(key);
    await settle();
    expect(keys()).toEqual(['a', 'b']);
    expect(queue.stats()).toMatchObject({ depth: 2, running: 2 });
    started[1]?.finish();
    await settle();
    expect(keys()).toEqual(['a', 'b', 'c']);
  });

  it('are measured: depth, oldest age, waiting time and duration', async () => {
    const { queue, reports, last } = manual(1);
    queue.start();
    queue.add('a');
    queue.add('b');
    await vi.advanceTimersByTimeAsync(3_000);
    expect(queue.stats()).toEqual({ depth: 1, oldestAgeMs: 3_000, running: 1, scheduled: 0 });
    last().finish();
    await settle();
    await vi.advanceTimersByTimeAsync(500);
    last().finish();
    await settle();
    expect(reports).toMatchObject([
      { key: 'a', waitedMs: 0, durationMs: 3_000 },
      { key: 'b', waitedMs: 3_000, durationMs: 500 },
    ]);
  });
});

describe('forget', () => {
  it.each([
    ['ready', (queue: WorkQueue) => queue.add('a')],
    ['scheduled', (queue: WorkQueue) => queue.addAfter('a', 100)],
  ])('drops a %s key', async (_, arrange) => {
    const { queue, started } = manual();
    arrange(queue);
    queue.forget('a');
    queue.start();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(started).toEqual([]);
    expect([...queue.keys()]).toEqual([]);
  });

  it.each([
    ['a result', (run: Started) => run.finish({ afterMs: 100 })],
    ['a failure', (run: Started) => run.fail()],
  ])('lets the run in progress end, and schedules nothing from %s', async (_, end) => {
    const { queue, started, last } = manual();
    queue.start();
    queue.add('a');
    await settle();
    queue.add('a');
    queue.forget('a');
    end(last());
    await vi.advanceTimersByTimeAsync(10_000);
    expect(started).toHaveLength(1);
  });

  it('is undone by a later touch', async () => {
    const { queue, started, last } = manual();
    queue.start();
    queue.add('a');
    await settle();
    queue.forget('a');
    queue.add('a');
    last().finish();
    await settle();
    expect(started).toHaveLength(2);
  });
});

describe('drain', () => {
  it('resolves when the runs in progress have ended, and starts nothing new', async () => {
    const { queue, started } = manual(2);
    queue.start();
    for (const key of ['a', 'b', 'c']) queue.add(key);
    queue.addAfter('later', 60_000);
    await settle();
    let drained = false;
    const drain = queue.drain().then(() => {
      drained = true;
    });
    await vi.advanceTimersByTimeAsync(5_000);
    started[0]?.finish({ afterMs: 1 });
    await settle();
    expect(drained).toBe(false);
    started[1]?.finish();
    await drain;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(started).toHaveLength(2);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('resolves at once when nothing runs', async () => {
    const { queue } = manual();
    queue.start();
    await expect(queue.drain()).resolves.toBeUndefined();
  });
});
