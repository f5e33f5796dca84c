import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Component, Manager } from '../../src/runtime/manager.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});
const settle = () => vi.advanceTimersByTimeAsync(0);

function managed(graceMs = 50_000) {
  const did: string[] = [];
  const manager = new Manager({ graceMs, onStep: (step) => did.push(`${step.name} ${step.did}`) });
  const add = (name: string, part: Partial<Component> = {}) =>
    manager.add({ name, start: async () => {}, stop: async () => {}, ...part });
  return { manager, did, add };
}

describe('the manager', () => {
  it('starts in order and stops in reverse', async () => {
    const { manager, did, add } = managed();
    for (const name of ['ops', 'watches', 'controller']) add(name);
    await manager.start();
    expect(await manager.stop()).toEqual({ clean: true, unfinished: [] });
    expect(did).toEqual([
      'ops started',
      'watches started',
      'controller started',
      'controller stopped',
      'watches stopped',
      'ops stopped',
    ]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is ready when everything has started and no component objects', async () => {
    const { manager, add } = managed();
    const { promise, resolve } = Promise.withResolvers<void>();
    let objection: string | undefined = 'The API server was last heard 3 min ago.';
    add('watches', { start: () => promise, notReady: () => objection });
    expect(manager.notReady()).not.toEqual([]);
    const start = manager.start();
    await settle();
    expect(manager.notReady()).toEqual(['Starting: watches is not up yet.']);
    resolve();
    await start;
    expect(manager.notReady()).toEqual(['The API server was last heard 3 min ago.']);
    objection = undefined;
    expect(manager.notReady()).toEqual([]);
    await manager.stop();
  });

  it('stops what it had started when a component cannot start, and says why', async () => {
    const { manager, did, add } = managed();
    add('first');
    add('second', { start: () => Promise.reject(new Error('no port')) });
    add('third');
    await expect(manager.start()).rejects.toThrow('no port');
    expect(did).toEqual(['first started', 'second failed', 'second stopped', 'first stopped']);
  });

  it('can be stopped while a component waits for the world', async () => {
    const { manager, did, add } = managed();
    add('ops');
    add('watches', { start: () => new Promise(() => {}) });
    add('controller');
    const start = manager.start();
    await settle();
    expect((await manager.stop()).clean).toBe(true);
    await start;
    expect(did).toEqual(['ops started', 'watches stopped', 'ops stopped']);
  });

  it('goes on stopping when one component fails to', async () => {
    const { manager, did, add } = managed();
    add('ops');
    add('watches', { stop: () => Promise.reject(new Error('stuck')) });
    await manager.start();
    expect(await manager.stop()).toEqual({ clean: false, unfinished: ['watches'] });
    expect(did.slice(-2)).toEqual(['watches failed', 'ops stopped']);
  });

  it('is live while the event loop turns, ready or not', async () => {
    const { manager, add } = managed();
    add('watches', { notReady: () => 'The API server does not answer.' });
    await manager.start();
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(manager.isLive()).toBe(true);
    // A stuck loop: the clock goes on, no timer runs.
    vi.setSystemTime(Date.now() + 31_000);
    expect(manager.isLive()).toBe(false);
    await manager.stop();
  });
});

describe('on SIGTERM', () => {
  /** A controller with one run that takes `workMs`. */
  function working(manager: ReturnType<typeof managed>, workMs: number) {
    const state = { taking: true, finished: false };
    manager.add('controller', {
      stop: async () => {
        state.taking = false;
        await new Promise((resolve) => setTimeout(resolve, workMs));
        state.finished = true;
      },
      unfinished: () => ['main-stage/twitch'],
    });
    return state;
  }

  it('readiness goes first, work in progress is finished, and a second signal changes nothing', async () => {
    const world = managed();
    world.add('ops');
    const work = working(world, 40_000);
    const signals = new EventEmitter();
    await world.manager.start();
    const stopped = world.manager.untilSignal(signals);
    signals.emit('SIGTERM');
    expect(world.manager.notReady()).toEqual(['The process is stopping.']);
    await settle();
    expect(work.taking).toBe(false);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(signals.listenerCount('SIGTERM')).toBe(1);
    signals.emit('SIGTERM');
    signals.emit('SIGINT');
    await vi.advanceTimersByTimeAsync(19_000);
    expect(work.finished).toBe(false);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await stopped).toEqual({ clean: true, unfinished: [] });
    expect(work.finished).toBe(true);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(world.did.slice(2)).toEqual(['controller stopped', 'ops stopped']);
    expect(signals.listenerCount('SIGTERM')).toBe(0);
  });

  it('work that outlives the grace is named, and the rest is stopped all the same', async () => {
    const world = managed(10_000);
    world.add('ops');
    working(world, 60_000);
    const signals = new EventEmitter();
    await world.manager.start();
    const stopped = world.manager.untilSignal(signals);
    signals.emit('SIGTERM');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await stopped).toEqual({ clean: false, unfinished: ['controller main-stage/twitch'] });
    expect(world.did.at(-1)).toBe('ops stopped');
  });
});
