import { expect, it } from 'vitest';
import { BrakeBoard } from '../../src/channel/brake-board.ts';
import type { AppView, ChannelView, SecretView } from '../../src/channel/views.ts';
import { type Views, Wakeups } from '../../src/channel/wakeups.ts';
import { nowAt, settings } from './builders.ts';

const namespace = 'main-stage';
const view = (name: string, of: Partial<ChannelView> = {}) =>
  [`${namespace}/${name}`, { namespace, name, app: `${namespace}/twitch`, ...of } as ChannelView] as [
    string,
    ChannelView,
  ];
const app = (name: string, clientSecret: string) =>
  [`${namespace}/${name}`, { namespace, name, clientSecret, platform: name } as AppView] as [string, AppView];
const secret = (name: string, channel?: string): SecretView => ({
  namespace,
  name,
  channel,
  stamp: undefined,
  resourceVersion: '1',
});

/** As a reflector: it tells of changes after it has them. */
class Store<V> implements Views<V> {
  /** How often all of them were gone through. */
  scans = 0;
  readonly #views: Map<string, V>;
  readonly #listeners: Parameters<Views<V>['onChange']>[0][] = [];

  constructor(...views: [string, V][]) {
    this.#views = new Map(views);
  }

  entries() {
    this.scans += 1;
    return this.#views.entries();
  }

  get(key: string) {
    return this.#views.get(key);
  }

  onChange(listener: Parameters<Views<V>['onChange']>[0]): void {
    this.#listeners.push(listener);
  }

  put(key: string, now: V | undefined): void {
    const before = this.#views.get(key);
    if (now === undefined) this.#views.delete(key);
    else this.#views.set(key, now);
    for (const listener of this.#listeners) listener(key, now, before);
  }
}

const apps = new Store(app('twitch', 'twitch-app'), app('youtube', 'youtube-app'));
const wakeups = new Wakeups(
  new Store(view('one'), view('two', { app: `${namespace}/youtube`, bootstrapSecret: 'tokens-of-two' })),
  apps,
);

it.each<[string, SecretView | undefined, SecretView | undefined, string[]]>([
  ['a projected Secret was edited', secret('one-token', 'one'), secret('one-token', 'one'), ['one']],
  ['a projected Secret was deleted', undefined, secret('one-token', 'one'), ['one']],
  ['somebody took the label with the channel off', secret('one-token'), secret('one-token', 'one'), ['one']],
  ['somebody gave it another channel', secret('one-token', 'two'), secret('one-token', 'one'), ['two', 'one']],
  ['the client secret of an app changed', secret('twitch-app'), secret('twitch-app'), ['one']],
  ['the tokens to import appeared', secret('tokens-of-two'), undefined, ['two']],
  ['a Secret changed that nobody uses', secret('other'), secret('other'), []],
])('wakes whom it concerns when %s', (_, now, before, names) => {
  expect(wakeups.bySecret(now, before)).toEqual(names.map((name) => `${namespace}/${name}`));
});

it('wakes the channels of an app, and of a platform', () => {
  expect(wakeups.byApp(`${namespace}/youtube`)).toEqual([`${namespace}/two`]);
  expect(wakeups.byPlatform('twitch')).toEqual([`${namespace}/one`]);
});

it('follows which channels live from a login, and which import a Secret', () => {
  const channels = new Store(view('lender'), view('one', { lender: 'lender' }));
  const following = new Wakeups(channels, apps);
  const lender = `${namespace}/lender`;
  const change = (name: string, of: Partial<ChannelView>) => channels.put(...view(name, of));
  expect(following.byLender(lender)).toEqual([`${namespace}/one`]);
  change('two', { lender: 'lender' });
  change('two', { lender: 'lender', state: 'Connected' });
  expect(following.byLender(lender)).toEqual([`${namespace}/one`, `${namespace}/two`]);
  change('one', { lender: 'another', bootstrapSecret: 'tokens' });
  expect(following.byLender(lender)).toEqual([`${namespace}/two`]);
  expect(following.byLender(`${namespace}/another`)).toEqual([`${namespace}/one`]);
  expect(following.bySecret(secret('tokens'), undefined)).toEqual([`${namespace}/one`]);
  channels.put(`${namespace}/one`, undefined);
  channels.put(`${namespace}/two`, undefined);
  expect(following.byLender(lender)).toEqual([]);
  expect(following.bySecret(secret('tokens'), undefined)).toEqual([]);
  expect(following.byLender('elsewhere/lender')).toEqual([]);
});

it('follows which app a channel uses, and goes through no other channel for an event', () => {
  const channels = new Store(view('one'), view('two', { app: `${namespace}/youtube` }));
  const following = new Wakeups(channels, apps);
  channels.scans = 0;
  const youtube = `${namespace}/youtube`;
  expect(following.channelsOf(youtube).map(({ name }) => name)).toEqual(['two']);
  channels.put(...view('one', { app: youtube }));
  channels.put(...view('three', { app: youtube, state: 'Connected' }));
  expect(following.byApp(youtube)).toEqual(['two', 'one', 'three'].map((name) => `${namespace}/${name}`));
  expect(following.bySecret(secret('youtube-app'), undefined)).toHaveLength(3);
  expect(following.byPlatform('youtube')).toHaveLength(3);
  channels.put(`${namespace}/two`, undefined);
  expect(following.channelsOf(youtube).map(({ name }) => name)).toEqual(['one', 'three']);
  expect(following.byApp(`${namespace}/twitch`)).toEqual([]);
  expect(channels.scans).toBe(0);
});

it('looks for a wave only while somebody is suspected, and finds one in what it knew at the start', () => {
  const suspected = { platform: 'twitch', state: 'Connected', suspectedAt: nowAt - 1_000 } as const;
  const clock = { at: 0, now: () => nowAt, monotonic: () => clock.at, sleep: async () => {} };
  const healthy = ['one', 'two', 'three'].map((name) => view(name, { platform: 'twitch', state: 'Connected' }));
  const channels = new Store(...healthy);
  const board = new BrakeBoard(channels, clock, settings);
  const look = () => {
    clock.at += 2_000;
    channels.scans = 0;
    const wave = board.of(`${namespace}/twitch`, 'twitch');
    return { rejected: wave?.rejected, scans: channels.scans };
  };
  expect(look()).toEqual({ rejected: undefined, scans: 0 });
  for (const [key, one] of healthy) channels.put(key, { ...one, ...suspected });
  expect(look()).toEqual({ rejected: 3, scans: 1 });
  const late = new BrakeBoard(channels, clock, settings);
  expect(late.of(`${namespace}/twitch`, 'twitch')?.rejected).toBe(3);
  for (const [key, one] of healthy) channels.put(key, one);
  expect(look()).toEqual({ rejected: undefined, scans: 0 });
});
