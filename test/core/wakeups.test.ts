import { expect, it } from 'vitest';
import type { AppView, ChannelView, SecretView } from '../../src/channel/views.ts';
import { Wakeups } from '../../src/channel/wakeups.ts';

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

const wakeups = new Wakeups(
  new Map([view('one'), view('two', { app: `${namespace}/youtube`, bootstrapSecret: 'tokens-of-two' })]),
  new Map([app('twitch', 'twitch-app'), app('youtube', 'youtube-app')]),
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
