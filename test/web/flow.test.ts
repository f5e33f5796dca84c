import { describe, expect, it } from 'vitest';
import { channelCard, channelPath, condition, PagesStage, people } from './pages-stage.ts';

describe('the way of a person', () => {
  it('goes from the link to Connected by three clicks: sign in, continue, and what the platform asks', async () => {
    const stage = new PagesStage();
    const browser = stage.browser();
    expect((await browser.open(channelPath)).text).toContain('Sign in to see whether you may connect this channel');
    const toSignIn = await browser.press(channelPath, '/sign-in');
    const state = new URL(toSignIn.goesTo ?? '').searchParams.get('state');
    const page = await browser.open(`/sign-in/callback?code=c&state=${state}`);
    expect(page.text).toContain('Continue with Twitch');
    const toPlatform = await browser.press(channelPath, `${channelPath}/connect`);
    const back = new URL(toPlatform.goesTo ?? '').searchParams;
    const result = await browser.open(`/callback?code=abc&state=${back.get('state')}`);
    expect(result.text).toContain('Connected');
    expect(stage.desk.begins).toEqual([
      {
        channel: { namespace: 'main-stage', name: 'main-stage-twitch' },
        by: { kind: 'SignedIn', id: people.dana.id, name: 'dana@example.com' },
        redirectURI: 'https://connect.example.com/callback',
      },
    ]);
    expect(stage.desk.finishes).toHaveLength(1);
    expect(stage.errors).toEqual([]);
  });
});

describe('the history of a channel', () => {
  const at = '2026-11-25T11:42:00Z';
  const conditions = [condition('ReauthRequired', 'False', 'Healthy', 'Nothing to do.', at)];

  it.each([
    ['Pending', false],
    ['Connected', true],
  ] as const)('of one that is %s tells that nobody is needed: %s', async (state, isTold) => {
    const stage = new PagesStage();
    stage.cards.set('main-stage/main-stage-twitch', channelCard({}, { state, conditions }));
    const { text } = await (await stage.signedIn()).open(channelPath);
    expect(text.includes('Nobody is needed')).toBe(isTold);
  });
});
