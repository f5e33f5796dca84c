import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Manager } from '../../src/runtime/manager.ts';
import { Reflector } from '../../src/runtime/reflector.ts';
import { ReflectorSet } from '../../src/runtime/reflector-set.ts';
import { ScriptedSource, type Thing, thing } from './scripted-source.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});
const settle = () => vi.advanceTimersByTimeAsync(0);

function pair() {
  const sources = [new ScriptedSource(), new ScriptedSource()] as const;
  const [one, two] = sources;
  one.objects = [thing('a', 1, 'A')];
  two.objects = [thing('b', 1, 'B')];
  const reflectors = sources.map(
    (source, index) =>
      new Reflector<Thing, string>({
        name: `things in ${index}`,
        source,
        project: (object) => object.spec ?? '',
        random: () => 0.5,
        onError: () => {},
      }),
  );
  return { one, two, set: new ReflectorSet('things', reflectors) };
}

describe('a set of reflectors', () => {
  it('is looked at as one', async () => {
    const { two, set } = pair();
    const keys: string[] = [];
    set.onChange((key) => keys.push(key));
    await set.start();
    await settle();
    two.current.emit({ type: 'ADDED', object: thing('c', 2, 'C') });
    expect([...set.entries()]).toEqual([
      ['ns/a', 'A'],
      ['ns/b', 'B'],
      ['ns/c', 'C'],
    ]);
    expect([set.get('ns/a'), set.get('ns/c'), set.get('ns/x')]).toEqual(['A', 'C', undefined]);
    expect(set.size).toBe(3);
    expect(keys).toEqual(['ns/a', 'ns/b', 'ns/c']);
    expect(set.counters()).toEqual({ lists: 2, watches: 2, failures: 0, expired: 0 });
    await set.stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('has started when the last of them is complete', async () => {
    const { two, set } = pair();
    two.listFailures.push(new Error('refused'));
    let started = false;
    const start = set.start().then(() => {
      started = true;
    });
    await settle();
    expect(started).toBe(false);
    expect(set.notReady()).toBe('The first list of things in 1 is not complete.');
    await vi.advanceTimersByTimeAsync(1_000);
    await start;
    expect(set.notReady()).toBeUndefined();
    await set.stop();
  });

  it('makes the process not ready while a server is silent, and ready again when it is heard', async () => {
    const { one, two, set } = pair();
    const manager = new Manager({ graceMs: 1_000, onStep: () => {} }).add(set);
    await manager.start();
    await settle();
    const { list, watch } = ScriptedSource.prototype;
    // Neither a watch nor the list that a silent watch is asked for once more.
    const refuse = () => Promise.reject(new Error('refused'));
    for (const source of [one, two]) Object.assign(source, { list: refuse, watch: refuse });
    await vi.advanceTimersByTimeAsync(230_000);
    expect(manager.notReady()).toEqual([]);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(manager.notReady()).toEqual([
      'Nothing was heard about things in 0 for 250 s. Nothing was heard about things in 1 for 250 s.',
    ]);
    expect(manager.isLive()).toBe(true);
    for (const source of [one, two]) Object.assign(source, { list, watch });
    await vi.advanceTimersByTimeAsync(30_000);
    for (const source of [one, two]) source.current.emit({ type: 'BOOKMARK', resourceVersion: '7' });
    expect(manager.notReady()).toEqual([]);
    await manager.stop();
  });
});
