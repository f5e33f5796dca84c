import { describe, expect, it } from 'vitest';
import { channelPath, PagesStage, people } from './pages-stage.ts';

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
