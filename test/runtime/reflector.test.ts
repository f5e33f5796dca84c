import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Reflector } from '../../src/runtime/reflector.ts';
import { httpError, ScriptedSource, type Thing, thing } from './scripted-source.ts';

interface Change {
  key: string;
  now: string | undefined;
  before: string | undefined;
}

function reflect(options: { pageSize?: number; random?: () => number } = {}) {
  const source = new ScriptedSource();
  const errors: unknown[] = [];
  const changes: Change[] = [];
  const reflector = new Reflector<Thing, string>({
    name: 'things',
    source,
    project: (object) => {
      if (object.spec === 'unreadable') throw new Error('cannot project');
      return object.spec ?? '';
    },
    random: options.random ?? (() => 0.5),
    onError: (error) => errors.push(error),
    ...(options.pageSize ? { pageSize: options.pageSize } : {}),
  });
  reflector.onChange((key, now, before) => changes.push({ key, now, before }));
  return { source, errors, changes, reflector };
}

/** Lets every promise settle without any time passing. */
const settle = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the first list', () => {
  it('is read in pages, becomes the store, and marks the reflector synced after the last page', async () => {
    const { source, reflector, changes } = reflect({ pageSize: 2 });
    source.objects = [1, 2, 3, 4, 5].map((n) => thing(`t${n}`, n, `s${n}`));
    source.version = 9;
    let synced = false;
    void reflector.synced.then(() => {
      synced = true;
    });
    expect(reflector.state).toBe('idle');
    reflector.start();
    expect(reflector.state).toBe('listing');
    await settle();
    expect(source.lists).toEqual([{ limit: 2 }, { limit: 2, continue: '2' }, { limit: 2, continue: '4' }]);
    expect(synced).toBe(true);
    expect(reflector.size).toBe(5);
    expect(reflector.get('ns/t4')).toBe('s4');
    expect(changes.map((change) => change.key)).toEqual(['ns/t1', 'ns/t2', 'ns/t3', 'ns/t4', 'ns/t5']);
    expect(reflector.state).toBe('following');
    expect(source.current.resourceVersion).toBe('9');
    await reflector.stop();
  });

  it('is tried for ever, ever slower but never slower than 30 s', async () => {
    const { source, reflector, errors } = reflect({ random: () => 0.999 });
    source.listFailures.push(...Array.from({ length: 12 }, () => new Error('connection refused')));
    const listedAt: number[] = [];
    const list = source.list.bind(source);
    source.list = (page) => {
      listedAt.push(Date.now());
      return list(page);
    };
    reflector.start();
    await settle();
    expect(reflector.state).toBe('waiting');
    await vi.advanceTimersByTimeAsync(4 * 60_000);
    expect(errors).toHaveLength(12);
    expect(reflector.isSynced).toBe(true);
    const gaps = listedAt.slice(1).map((at, index) => at - (listedAt[index] ?? 0));
    expect(gaps).toEqual([499, 999, 1_998, 3_996, 7_992, 15_984, ...Array.from({ length: 6 }, () => 29_970)]);
    await reflector.stop();
  });

  it('starts over when its continue token expired in the middle, and removes nothing meanwhile', async () => {
    const { source, reflector, changes } = reflect({ pageSize: 1 });
    source.objects = [thing('a', 1), thing('b', 2)];
    const list = source.list.bind(source);
    let calls = 0;
    source.list = async (page) => {
      calls += 1;
      if (calls === 2) source.listFailures.push(httpError(410));
      return list(page);
    };
    reflector.start();
    await settle();
    expect(reflector.isSynced).toBe(true);
    expect(changes.filter((change) => change.now === undefined)).toEqual([]);
    expect(reflector.counters.expired).toBe(1);
    await reflector.stop();
  });
});

describe('a watch that ends', () => {
  const rows: {
    when: string;
    end: (source: ScriptedSource) => void;
    lists: number;
    version: string;
    failures: number;
  }[] = [
    { when: 'cleanly', end: (s) => s.current.end(), lists: 1, version: '7', failures: 0 },
    { when: 'by a reset', end: (s) => s.current.fail(new Error('ECONNRESET')), lists: 1, version: '7', failures: 1 },
    { when: 'by HTTP 401', end: (s) => s.current.fail(httpError(401)), lists: 1, version: '7', failures: 1 },
    { when: 'by HTTP 403', end: (s) => s.current.fail(httpError(403)), lists: 1, version: '7', failures: 1 },
    { when: 'by HTTP 429', end: (s) => s.current.fail(httpError(429)), lists: 1, version: '7', failures: 1 },
    { when: 'by HTTP 503', end: (s) => s.current.fail(httpError(503)), lists: 1, version: '7', failures: 1 },
    { when: 'by HTTP 410', end: (s) => s.current.fail(httpError(410)), lists: 2, version: '20', failures: 0 },
    {
      when: 'by an ERROR event 410',
      end: (s) => s.current.emit({ type: 'ERROR', code: 410, reason: 'Expired' }),
      lists: 2,
      version: '20',
      failures: 0,
    },
    {
      when: 'by an ERROR event 500',
      end: (s) => s.current.emit({ type: 'ERROR', code: 500, reason: 'InternalError' }),
      lists: 1,
      version: '7',
      failures: 1,
    },
  ];
  it.each(rows)('$when is followed by $lists list(s) and a watch from version $version', async (row) => {
    const { source, reflector } = reflect();
    source.objects = [thing('a', 3)];
    source.version = 5;
    reflector.start();
    await settle();
    source.current.emit({ type: 'MODIFIED', object: thing('a', 7, 'new') });
    source.version = 20;
    row.end(source);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(source.lists).toHaveLength(row.lists);
    expect(source.watches.length).toBe(2);
    expect(source.current.resourceVersion).toBe(row.version);
    expect(source.open).toBe(1);
    expect(reflector.counters.failures).toBe(row.failures);
    await reflector.stop();
  });

  it('loses no deletion that happened while the version was expired', async () => {
    const { source, reflector, changes } = reflect();
    source.objects = [thing('a', 1, 'A'), thing('b', 2, 'B')];
    reflector.start();
    await settle();
    source.objects = [thing('b', 2, 'B')];
    changes.length = 0;
    source.current.emit({ type: 'ERROR', code: 410, reason: 'Expired' });
    await settle();
    expect(changes).toEqual([
      { key: 'ns/b', now: 'B', before: 'B' },
      { key: 'ns/a', now: undefined, before: 'A' },
    ]);
    expect(reflector.get('ns/a')).toBeUndefined();
    await reflector.stop();
  });

  it('lists at most a few times a minute when the server answers 410 again and again', async () => {
    const { source, reflector } = reflect();
    source.watchFailures.push(...Array.from({ length: 1_000 }, () => httpError(410)));
    reflector.start();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(reflector.counters.lists).toBeGreaterThan(3);
    expect(reflector.counters.lists).toBeLessThan(15);
    await reflector.stop();
  });

  it('does not spin when the server ends every watch at once', async () => {
    const { source, reflector } = reflect();
    source.watch = async () => {};
    reflector.start();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(reflector.counters.watches).toBeGreaterThan(3);
    expect(reflector.counters.watches).toBeLessThan(15);
    await reflector.stop();
  });

  it.each([
    ['an event', (source: ScriptedSource) => source.current.emit({ type: 'BOOKMARK', resourceVersion: '3' })],
    ['a quiet but long life', () => vi.advanceTimersByTimeAsync(20_000)],
  ])('is followed by a short wait once %s has shown that the server is well', async (_, recover) => {
    const { source, reflector } = reflect({ random: () => 0.999 });
    reflector.start();
    await settle();
    source.watchFailures.push(...Array.from({ length: 6 }, () => new Error('refused')));
    source.current.fail(new Error('reset'));
    await vi.advanceTimersByTimeAsync(63_000);
    expect(source.watches).toHaveLength(2);
    await recover(source);
    source.current.fail(new Error('reset'));
    await vi.advanceTimersByTimeAsync(600);
    expect(source.watches).toHaveLength(3);
    await reflector.stop();
  });

  it('waits as long as Retry-After asks', async () => {
    const { source, reflector } = reflect({ random: () => 0 });
    reflector.start();
    await settle();
    source.current.fail(httpError(429, 12_000));
    await vi.advanceTimersByTimeAsync(11_900);
    expect(source.watches).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(200);
    expect(source.watches).toHaveLength(2);
    await reflector.stop();
  });
});

describe('following', () => {
  it('asks the server for 5 to 10 minutes', async () => {
    const seconds: number[] = [];
    for (const random of [0, 0.5, 0.999]) {
      const { source, reflector } = reflect({ random: () => random });
      reflector.start();
      await settle();
      seconds.push(source.current.timeoutSeconds);
      await reflector.stop();
    }
    expect(seconds).toEqual([300, 450, 599]);
  });

  it('resumes from the last bookmark', async () => {
    const { source, reflector } = reflect();
    reflector.start();
    await settle();
    source.current.emit({ type: 'BOOKMARK', resourceVersion: '44' });
    source.current.end();
    await settle();
    expect(source.current.resourceVersion).toBe('44');
    await reflector.stop();
  });

  it('lists again after 150 s of silence, and not before: etcd may have been put back to an earlier version', async () => {
    const { source, reflector, errors } = reflect();
    source.objects = [thing('a', 40, 'new')];
    reflector.start();
    await settle();
    await vi.advanceTimersByTimeAsync(140_000);
    source.current.emit({ type: 'BOOKMARK', resourceVersion: '44' });
    await vi.advanceTimersByTimeAsync(140_000);
    expect(source.watches).toHaveLength(1);
    expect(errors).toEqual([]);
    source.objects = [thing('a', 30, 'old')];
    await vi.advanceTimersByTimeAsync(12_000);
    expect(source.watches).toHaveLength(2);
    expect(reflector.counters.lists).toBe(2);
    expect(reflector.get('ns/a')).toBe('old');
    expect(String(errors[0])).toContain('silent for 150000 ms');
    expect(source.open).toBe(1);
    await reflector.stop();
  });

  it('tells a recreated object as a deletion and an addition', async () => {
    const { source, reflector, changes } = reflect();
    source.objects = [thing('a', 1, 'old', 'uid-1')];
    reflector.start();
    await settle();
    changes.length = 0;
    source.current.emit({ type: 'MODIFIED', object: thing('a', 2, 'new', 'uid-2') });
    expect(changes).toEqual([
      { key: 'ns/a', now: undefined, before: 'old' },
      { key: 'ns/a', now: 'new', before: undefined },
    ]);
    expect(reflector.get('ns/a')).toBe('new');
    await reflector.stop();
  });

  it('survives a listener that throws, tells the others, and advances the version', async () => {
    const { source, reflector, changes, errors } = reflect();
    reflector.onChange(() => {
      throw new Error('listener broke');
    });
    const later: string[] = [];
    reflector.onChange((key) => later.push(key));
    reflector.start();
    await settle();
    source.current.emit({ type: 'ADDED', object: thing('a', 8) });
    source.current.end();
    await settle();
    expect(String(errors[0])).toContain('listener broke');
    expect(changes).toHaveLength(1);
    expect(later).toEqual(['ns/a']);
    expect(source.current.resourceVersion).toBe('8');
    await reflector.stop();
  });

  it('keeps the last good projection of an object that can no longer be projected', async () => {
    const { source, reflector, errors } = reflect();
    source.objects = [thing('a', 1, 'good')];
    reflector.start();
    await settle();
    source.current.emit({ type: 'MODIFIED', object: thing('a', 2, 'unreadable') });
    expect(reflector.get('ns/a')).toBe('good');
    expect(String(errors[0])).toContain('cannot project');
    await reflector.stop();
  });

  it('knows when the server was last heard', async () => {
    const { source, reflector } = reflect();
    expect(reflector.lastContactAt).toBeUndefined();
    reflector.start();
    await settle();
    const listedAt = Date.now();
    expect(reflector.lastContactAt).toBe(listedAt);
    await vi.advanceTimersByTimeAsync(50_000);
    expect(reflector.lastContactAt).toBe(listedAt);
    source.current.emit({ type: 'BOOKMARK', resourceVersion: '3' });
    expect(reflector.lastContactAt).toBe(listedAt + 50_000);
    await reflector.stop();
  });
});

describe('stop', () => {
  it.each([
    ['while following', async (_source: ScriptedSource) => settle()],
    [
      'while waiting',
      async (source: ScriptedSource) => {
        await settle();
        source.current.fail(new Error('reset'));
        await settle();
      },
    ],
    [
      'during a list that hangs until it is aborted',
      async (source: ScriptedSource) => {
        source.list = ({ signal }) =>
          new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
      },
    ],
  ])('%s leaves no watch and no timer, and reports no error', async (_when, arrange) => {
    const { source, reflector, errors } = reflect();
    if (_when.startsWith('during')) await arrange(source);
    reflector.start();
    if (!_when.startsWith('during')) await arrange(source);
    errors.length = 0;
    await reflector.stop();
    expect(reflector.state).toBe('stopped');
    expect(source.open).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
    expect(errors).toEqual([]);
    const watches = source.watches.length;
    await vi.advanceTimersByTimeAsync(120_000);
    expect(source.watches.length).toBe(watches);
  });

  it('ignores events that arrive afterwards', async () => {
    const { source, reflector, changes } = reflect();
    reflector.start();
    await settle();
    const watch = source.current;
    await reflector.stop();
    watch.emit({ type: 'ADDED', object: thing('late', 9) });
    expect(changes).toEqual([]);
    expect(reflector.size).toBe(0);
  });

  it('is final: a stopped reflector refuses to start', async () => {
    const { reflector } = reflect();
    reflector.start();
    await reflector.stop();
    expect(() => reflector.start()).toThrow('make a new one');
  });
});
