import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/core/failure.ts';
import { SignInFailed } from '../../src/web/pages/sign-in.ts';
import {
  channelCard,
  channelPath,
  channelRef,
  key,
  needsReauth,
  type Page,
  PagesStage,
  people,
} from './pages-stage.ts';

/** What breaks out of text, of attributes in either quotes, and of tags. */
const hostile = `"><script>alert(1)</script>'><img src=x onerror=alert(2)>&lt;b&gt;<a href="javascript:alert(3)">`;

function expectHarmless(page: Page): void {
  expect(page.text).toContain(hostile);
  expect(page.html).not.toMatch(/<(?:script|img|b)\b/i);
  expect(page.html).not.toContain('href="javascript:');
}

async function onChannelPage(write: (stage: PagesStage) => void): Promise<Page> {
  const stage = new PagesStage();
  write(stage);
  return await (await stage.signedIn()).open(channelPath);
}

function withCard(...card: Parameters<typeof channelCard>) {
  return (stage: PagesStage) => void stage.cards.set(key(channelRef), channelCard(...card));
}

describe('words of others stay words', () => {
  it.each<[string, (stage: PagesStage) => void]>([
    ["an account's handle", withCard({}, { ...needsReauth, account: { id: '1', handle: hostile } })],
    ["an account's id", withCard({}, { ...needsReauth, account: { id: hostile, handle: 'h' } })],
    ["an owner's name", withCard({ owner: { name: hostile, email: 'dana@example.com' } })],
    ["an owner's address", withCard({ owner: { name: 'Dana', email: hostile } })],
    ['a message', withCard({}, { ...needsReauth, message: hostile })],
    [
      'a message of the history',
      withCard(
        {},
        { ...needsReauth, conditions: needsReauth.conditions?.map((one) => ({ ...one, message: hostile })) ?? [] },
      ),
    ],
    ["a platform's name", withCard({}, needsReauth, { platform: { name: 'p', displayName: hostile } })],
    ['an advice', withCard({}, needsReauth, { advice: [hostile] })],
    ["an app's name", withCard({}, needsReauth, { app: { namespace: 'a', name: hostile } })],
  ])('%s', async (_, write) => {
    expectHarmless(await onChannelPage(write));
  });

  it("a visitor's name", async () => {
    const stage = new PagesStage();
    expectHarmless(await (await stage.signedIn({ ...people.dana, name: hostile })).open(channelPath));
    expectHarmless(await (await stage.signedIn({ ...people.nobody, name: hostile })).open(channelPath));
  });

  it('the note of an invitation', async () => {
    const stage = new PagesStage();
    const token = 'a'.repeat(40);
    stage.invitations.set(token, {
      id: 'i',
      channel: channelRef,
      channelUid: 'u',
      epoch: 1,
      expiresAt: stage.now + 1_000,
      note: hostile,
    });
    expectHarmless(await stage.browser().open(`/i/${token}`));
  });

  it("the desk's words on a result page", async () => {
    const stage = new PagesStage();
    const results = [
      { kind: 'Working', message: hostile },
      { kind: 'Failed', message: hostile, isKept: false },
      { kind: 'ScopesMissing', missing: [hostile], isStored: false },
      { kind: 'AwaitsConfirmation', account: { id: '1', handle: hostile }, until: 0 },
      { kind: 'WrongAccount', expected: { id: hostile }, found: { id: '2' }, isRevocable: false },
    ] as const;
    for (const outcome of results) {
      stage.desk.outcome = outcome;
      const { browser, state } = await stage.continued();
      expectHarmless(await browser.open(`/callback?code=c&state=${state}`));
    }
  });

  it('the words of a failure', async () => {
    const stage = new PagesStage();
    stage.desk.failure = new Failure('Transient', 'PlatformUnavailable', hostile, { source: 'Platform' });
    expectHarmless((await stage.continued()).page);
    stage.signIn.next = new SignInFailed('Denied', hostile);
    const browser = stage.browser();
    const { goesTo } = await browser.submit('/sign-in', { return: '/' });
    const state = new URL(goesTo ?? '').searchParams.get('state');
    expectHarmless(await browser.open(`/sign-in/callback?code=c&state=${state}`));
  });

  it('the address that the platform is reached at', async () => {
    const stage = new PagesStage();
    stage.desk.begin = async () => ({
      id: 'abcdefgh12',
      url: `https://p.example/?a=${hostile}`,
      browserSecret: 's',
      expiresAt: 0,
    });
    const browser = await stage.signedIn();
    const page = await browser.press(channelPath, `${channelPath}/connect`);
    expect(page.html).not.toMatch(/<(?:script|img|b)\b/i);
    expect(page.goesTo).toBe(`https://p.example/?a=${hostile}`);
  });

  it('whatever stands in a line of the fleet or in its filters', async () => {
    const stage = new PagesStage();
    stage.summaries.push({
      ref: channelRef,
      platform: hostile,
      owner: 'o',
      account: 'a',
      state: 'Pending',
      reason: 'r',
      message: 'm',
    });
    const browser = await stage.signedIn();
    expectHarmless(await browser.open('/'));
    const query = new URLSearchParams({ state: hostile, owner: hostile, page: hostile });
    expect((await browser.open(`/?${query}`)).html).not.toMatch(/<(?:script|img|b)\b/i);
  });

  it('any text at all, in the place where most is shown', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 60 }), async (message) => {
        const page = await onChannelPage(withCard({}, { ...needsReauth, message: `[${message}]` }));
        const shown = /<p class="lead">([\s\S]*?)<\/p>/.exec(page.html)?.[1] ?? '';
        expect(shown).not.toMatch(/[<>"]/);
        expect(shown.startsWith('[') && shown.endsWith(']')).toBe(true);
      }),
      { numRuns: 30 },
    );
  });
});
