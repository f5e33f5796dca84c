import { describe, expect, it } from 'vitest';
import { checkBySignal } from '../../src/channel/signals.ts';
import { type ChannelView, channelView } from '../../src/channel/views.ts';
import type { PersonKey } from '../../src/core/ports.ts';
import { channel, readyApp, reusable, status } from './builders.ts';

type ReadyApp = Extract<ReturnType<typeof readyApp>, { state: 'Ready' }>;

function view(
  name: string,
  account: string,
  app: { name: string; namespace?: string } = { name: 'video' },
): [string, ChannelView] {
  const of = { metadata: { name }, spec: { appRef: app }, status: { ...status, account: { id: account } } };
  return [`main-stage/${name}`, channelView(channel(of).channel)];
}

/** Asks about account or person 42; answers which channels were asked to check, and with what. */
async function asked(views: readonly [string, ChannelView][], persons: readonly string[] = [], app = readyApp()) {
  const marks: [string, string | undefined][] = [];
  const keys: PersonKey[] = [];
  const count = await checkBySignal(
    {
      channels: { entries: () => views },
      marker: {
        annotate: async ({ namespace, name }, { uid }, to) => {
          expect(uid).toBe('channel-uid');
          marks.push([`${namespace}/${name}`, to['socialops.dev/refresh'] ?? undefined]);
        },
      },
      grants: {
        personLogins: async (key) => {
          keys.push(key);
          const logins = persons.map((name) => ({
            channel: { namespace: 'main-stage', name },
            epoch: 1,
            consentedAt: 0,
          }));
          return { logins, everGiven: logins.length };
        },
      },
      digest: (text) => `digest of ${text}`,
    },
    app as ReadyApp,
    { id: 'message-1', event: 'revoked', subjects: ['42'] },
  );
  return { count, marks, keys };
}

describe('a genuine message', () => {
  it('makes every channel of the app with that account be checked, and no other', async () => {
    const views = [
      view('one', '42'),
      view('two', '43'),
      view('of-another-app', '42', { name: 'radio' }),
      view('of-another-namespace', '42', { name: 'video', namespace: 'other-stage' }),
    ];
    const { count, marks } = await asked(views);
    expect(marks).toEqual([['main-stage/one', 'push-digest of message-1']]);
    expect(count).toBe(1);
  });

  it('makes every channel be checked that lives from a login of that person, each once', async () => {
    const { marks } = await asked(
      [view('one', '42'), view('page', '100'), view('other', '101')],
      ['one', 'page', 'gone'],
    );
    expect(marks.map(([key]) => key)).toEqual(['main-stage/one', 'main-stage/page']);
  });

  it('asks the register as logins are kept there: by the project, where apps share them', async () => {
    const app = readyApp({ profile: { ...reusable, projectEndsAt: '-' }, clientId: '111-abc' });
    expect((await asked([], [], app)).keys).toEqual([
      { platform: 'https://id.twitch.tv', project: '111', person: '42' },
    ]);
  });

  it('of somebody whom no channel knows changes nothing', async () => {
    expect(await asked([view('one', '43')])).toMatchObject({ count: 0, marks: [] });
  });
});
