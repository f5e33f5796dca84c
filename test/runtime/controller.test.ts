import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Ownership, Share } from '../../src/runtime/buckets.ts';
import { Controller, type Handler, type Run, type WatchOptions } from '../../src/runtime/controller.ts';
import type { ChangeListener } from '../../src/runtime/reflector.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});
const settle = () => vi.advanceTimersByTimeAsync(0);

/** A store that the test changes by hand. */
class Store {
  readonly values = new Map<string, string>();
  readonly listeners: ChangeListener<string>[] = [];
  entries() {
    return this.values.entries();
  }
  onChange(listener: ChangeListener<string>) {
    this.listeners.push(listener);
  }
  put(key: string, value: string) {
    const before = this.values.get(key);
    this.values.set(key, value);
    for (const listener of this.listeners) listener(key, value, before);
  }
  remove(key: string) {
    const before = this.values.get(key);
    this.values.delete(key);
    for (const listener of this.listeners) listener(key, undefined, before);
  }
}

/** Ownership that the test gives and takes. */
class Shares implements Ownership {
  readonly name = 'shares';
  readonly mine = new Set<string>();
  #acquire: ((share: Share) => void)[] = [];
  #lose: ((share: Share) => Promise<void>)[] = [];
  owns(key: string, forMs: number) {
    return this.mine.has(key) && forMs <= 10_000;
  }
  onAcquire(listener: (share: Share) => void) {
    this.#acquire.push(listener);
  }
  onLose(listener: (share: Share) => Promise<void>) {
    this.#lose.push(listener);
  }
  async start() {}
  async stop() {}
  give(...keys: string[]) {
    for (const key of keys) this.mine.add(key);
    for (const listener of this.#acquire) listener((key) => keys.includes(key));
  }
  giveAll() {
    for (const listener of this.#acquire) listener(() => true);
  }
  async take(...keys: string[]) {
    for (const key of keys) this.mine.delete(key);
    await Promise.all(this.#lose.map((listener) => listener((key) => keys.includes(key))));
  }
}

/** Ownership of a process that runs alone. */
class SoleOwner extends Shares {
  override owns() {
    return this.#started;
  }
  #started = false;
  override async start() {
    this.#started = true;
    this.giveAll();
  }
}

function controlled(ownership: Ownership, watch: WatchOptions<string> = {}, handler?: Handler) {
  const store = new Store();
  const runs: { key: string; run: Run; at: number }[] = [];
  const controller = new Controller({
    name: 'things',
    ownership,
    workers: 4,
    random: () => 0.5,
    onRun: () => {},
    handler: async (key, run) => {
      runs.push({ key, run, at: Date.now() });
      return handler ? handler(key, run) : {};
    },
  }).watch(store, watch);
  return { store, controller, runs, keys: () => runs.map((run) => run.key) };
}

describe('a controller', () => {
  it('runs what exists at start, then what changes or goes away', async () => {
    const owner = new SoleOwner();
    const { store, controller, keys } = controlled(owner);
    store.put('ns/early', '1');
    await owner.start();
    await controller.start();
    await settle();
    expect(keys()).toEqual(['ns/early']);
    store.put('ns/new', '1');
    store.remove('ns/early');
    await settle();
    expect(keys()).toEqual(['ns/early', 'ns/new', 'ns/early']);
  });

  it('runs a key again when its handler asked for it', async () => {
    const owner = new SoleOwner();
    const { store, controller, runs } = controlled(owner, {}, async () => ({ afterMs: 30_000 }));
    await owner.start();
    await controller.start();
    store.put('ns/a', '1');
    await settle();
    expect(controller.dueAt('ns/a')).toBe(1_030_000);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(runs.map((run) => run.at)).toEqual([1_000_000, 1_030_000]);
  });

  it('spreads the first runs over the due times that the objects themselves tell', async () => {
    const owner = new SoleOwner();
    const { store, controller, runs } = controlled(owner, {
      firstDueAt: (value) => (value === '' ? undefined : Number(value)),
    });
    store.put('ns/late', '1060000');
    store.put('ns/overdue', '900000');
    store.put('ns/unknown', '');
    await owner.start();
    await controller.start();
    await vi.advanceTimersByTimeAsync(90_000);
    expect(runs.map(({ key, at }) => [key, at])).toEqual([
      ['ns/unknown', 1_000_000],
      ['ns/overdue', 1_000_000],
      ['ns/late', 1_060_000],
    ]);
  });

  it('runs a changed object at once, whatever due time it tells', async () => {
    const owner = new SoleOwner();
    const { store, controller, runs } = controlled(owner, { firstDueAt: () => 1_060_000 });
    await owner.start();
    await controller.start();
    store.put('ns/a', '1');
    await settle();
    expect(runs).toHaveLength(0);
    store.put('ns/a', '2');
    await settle();
    expect(runs).toHaveLength(1);
  });

  it('ignores changes that do not matter', async () => {
    const owner = new SoleOwner();
    const { store, controller, keys } = controlled(owner, {
      matters: (now, before) => now?.split(' ')[0] !== before?.split(' ')[0],
    });
    await owner.start();
    await controller.start();
    store.put('ns/a', 'spec1 status1');
    await settle();
    store.put('ns/a', 'spec1 status2');
    await settle();
    expect(keys()).toEqual(['ns/a']);
    store.put('ns/a', 'spec2 status2');
    await settle();
    expect(keys()).toEqual(['ns/a', 'ns/a']);
  });

  it('can be fed by several watches through a mapping', async () => {
    const owner = new SoleOwner();
    const { store, controller, keys } = controlled(owner);
    const apps = new Store();
    controller.watch(apps, { keys: (key) => [...store.values].filter(([, app]) => app === key).map(([k]) => k) });
    await owner.start();
    await controller.start();
    store.put('ns/one', 'ns/app');
    store.put('ns/two', 'ns/app');
    store.put('ns/three', 'ns/other');
    await settle();
    apps.put('ns/app', 'changed');
    await settle();
    expect(keys().slice(3)).toEqual(['ns/one', 'ns/two']);
  });

  it('leaves keys of other processes alone, and takes them up when they become ours', async () => {
    const shares = new Shares();
    const { store, controller, keys } = controlled(shares);
    store.put('ns/a', '1');
    store.put('ns/b', '1');
    controller.touch('ns/a');
    expect(controller.stats()).toMatchObject({ depth: 0, running: 0, scheduled: 0 });
    await controller.start();
    await settle();
    expect(keys()).toEqual([]);
    shares.give('ns/b');
    await settle();
    expect(keys()).toEqual(['ns/b']);
  });

  it('takes up a share that was lost and acquired again by its due times, the earliest first, and no key sooner', async () => {
    const shares = new Shares();
    const { store, controller, runs } = controlled(shares, { firstDueAt: (value) => Number(value) });
    const keys = ['ns/later', 'ns/overdue', 'ns/most-overdue'];
    for (const [at, key] of keys.entries()) store.put(key, String([1_120_000, 990_000, 900_000][at]));
    await controller.start();
    shares.give(...keys);
    await settle();
    await shares.take(...keys);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(runs.map(({ key }) => key)).toEqual(['ns/most-overdue', 'ns/overdue']);
    shares.give(...keys);
    await vi.advanceTimersByTimeAsync(59_000);
    expect(runs.slice(2).map(({ key }) => key)).toEqual(['ns/most-overdue', 'ns/overdue']);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(runs.slice(4).map(({ key, at }) => [key, at])).toEqual([['ns/later', 1_120_000]]);
  });

  it('aborts the signal of a lost key, forgets its due time, tells how long a key stays ours, and when its run has ended', async () => {
    const shares = new Shares();
    const { promise, resolve } = Promise.withResolvers<void>();
    const { store, controller, runs } = controlled(shares, {}, async (key) => {
      if (key === 'ns/running') await promise;
      return { afterMs: 1_000 };
    });
    await controller.start();
    shares.give('ns/running', 'ns/scheduled');
    store.put('ns/running', '1');
    store.put('ns/scheduled', '1');
    await settle();
    const run = runs[0]?.run;
    expect(run?.owns(10_000)).toBe(true);
    expect(run?.owns(10_001)).toBe(false);
    let isOver = false;
    const over = shares.take('ns/running', 'ns/scheduled').then(() => {
      isOver = true;
    });
    await settle();
    expect(isOver).toBe(false);
    expect(run?.signal.aborted).toBe(true);
    expect(run?.owns(0)).toBe(false);
    expect(controller.stats().scheduled).toBe(0);
    resolve();
    await over;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(runs).toHaveLength(2);
  });

  it('does not run a key that was lost between queue and worker', async () => {
    const shares = new Shares();
    const { store, controller, keys } = controlled(shares);
    shares.give('ns/a');
    store.put('ns/a', '1');
    shares.mine.delete('ns/a');
    await controller.start();
    await settle();
    expect(keys()).toEqual([]);
  });

  it('finishes runs in progress when it stops, without aborting them', async () => {
    const owner = new SoleOwner();
    const { promise, resolve } = Promise.withResolvers<void>();
    let ended = false;
    const { store, controller, runs } = controlled(owner, {}, async () => {
      await promise;
      ended = true;
      return {};
    });
    await owner.start();
    await controller.start();
    store.put('ns/a', '1');
    await settle();
    const stop = controller.stop();
    store.put('ns/b', '1');
    await vi.advanceTimersByTimeAsync(5_000);
    expect(controller.unfinished()).toEqual(['ns/a']);
    expect(runs[0]?.run.signal.aborted).toBe(false);
    expect(runs[0]?.run.owns(60_000)).toBe(true);
    resolve();
    await stop;
    expect(ended).toBe(true);
    expect(runs).toHaveLength(1);
  });
});
