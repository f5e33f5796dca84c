import { beforeEach, describe, expect, it } from 'vitest';
import type { Person } from '../../src/web/pages/access.ts';
import { sessionLifeMs } from '../../src/web/pages/session.ts';
import { channelCard, channelPath, formFields, key, PagesStage, people } from './pages-stage.ts';

let stage: PagesStage;
beforeEach(() => {
  stage = new PagesStage();
});

const connect = `${channelPath}/connect`;
const dana = { name: 'Dana Reyes', email: 'dana@example.com' };

function put(owner: { name: string; email?: string } | undefined, more = {}): void {
  stage.cards.set(
    key({ namespace: 'main-stage', name: 'main-stage-twitch' }),
    channelCard(owner && { owner }, undefined, more),
  );
}

describe('who may connect', () => {
  it.each<[string, Person, { name: string; email?: string } | undefined, object, number, string, boolean]>([
    ['the owner', people.dana, dana, {}, 200, 'Continue with Twitch', true],
    ['one of the group, where nobody is named', people.dana, undefined, {}, 200, 'Continue with Twitch', true],
    [
      'another of the group',
      { ...people.dana, email: 'eve@example.com' },
      dana,
      {},
      200,
      'Only Dana Reyes <dana@example.com> may connect this channel.',
      false,
    ],
    [
      'the owner whose address is not verified',
      { ...people.dana, isEmailVerified: false },
      dana,
      {},
      200,
      'the sign-in server does not vouch for it',
      false,
    ],
    ['one who may see', people.manager, undefined, {}, 200, 'You may look at this channel, but not connect it', false],
    [
      'one of another namespace, though the channel names them as owner',
      people.mallory,
      { name: 'M', email: 'mallory@example.com' },
      {},
      403,
      'None of your groups may see the channels of namespace main-stage',
      false,
    ],
    ['one in no group', people.nobody, undefined, {}, 403, 'None of your groups', false],
    [
      'the owner, where no person can connect it',
      people.dana,
      dana,
      { canConsent: false },
      200,
      'cannot be connected by a person',
      false,
    ],
  ])('%s', async (_, who, owner, more, status, words, isAllowed) => {
    put(owner, more);
    const browser = await stage.signedIn(who);
    const page = await browser.open(channelPath);
    expect(page.status).toBe(status);
    expect(page.text).toContain(words);
    expect(formFields(page.html, connect) !== undefined).toBe(isAllowed);
    // The button is no protection: the request itself is judged, with a good token.
    const { csrf = '' } = formFields(page.html, connect) ?? formFields(page.html, '/sign-out') ?? {};
    const sent = await browser.submit(connect, { csrf });
    expect([sent.status, stage.desk.ids.length]).toEqual(isAllowed ? [200, 1] : [403, 0]);
  });

  it('is told before the consent: which app of which namespace, and who asked', async () => {
    put(dana);
    const { text } = await (await stage.signedIn()).open(channelPath);
    expect(text).toContain('twitch (namespace main-stage)');
    expect(text).toContain('Asked for by You, dana@example.com');
    expect(text).toContain('You let the app twitch of namespace main-stage act for you on Twitch.');
  });

  it('is led on to the channel whose login this one uses', async () => {
    stage.cards.set(
      key({ namespace: 'main-stage', name: 'main-stage-twitch' }),
      channelCard({ grantFrom: { name: 'lender' } }, undefined, { canConsent: false }),
    );
    const page = await (await stage.signedIn()).open(channelPath);
    expect(page.html).toContain('href="/c/main-stage/lender"');
    expect(page.text).toContain('Connect that one, and this one goes on too.');
    expect(formFields(page.html, connect)).toBeUndefined();
  });

  it('reads why in the words of the status, in which this page is not an address but here', async () => {
    const reconnectURL = `https://connect.example.com${channelPath}`;
    const message = `Twitch rejected it twice. Dana Reyes can connect it at ${reconnectURL}`;
    const status = { state: 'NeedsReauth', reason: 'AccessRevoked', message, reconnectURL } as const;
    stage.cards.set(key({ namespace: 'main-stage', name: 'main-stage-twitch' }), channelCard({}, status));
    const { text } = await (await stage.signedIn()).open(channelPath);
    expect(text).toContain('Twitch rejected it twice. Dana Reyes can connect it on this page. ');
  });

  it('does not tell outsiders whether a channel exists', async () => {
    const browser = await stage.signedIn(people.mallory);
    const [there, absent] = [await browser.open(channelPath), await browser.open('/c/main-stage/absent')];
    const same = (text: string) => text.replace(/Request \S+/, '');
    expect([absent.status, same(absent.text)]).toEqual([there.status, same(there.text)]);
    const nobody = stage.browser();
    expect(same((await nobody.open('/c/main-stage/absent')).text)).toBe(same((await nobody.open(channelPath)).text));
  });

  it('tells insiders that a channel is gone', async () => {
    expect((await (await stage.signedIn()).open('/c/main-stage/absent')).status).toBe(404);
  });

  it('is asked anew with each request: a channel that got another owner is closed at once', async () => {
    put(dana);
    const browser = await stage.signedIn();
    const fields = formFields((await browser.open(channelPath)).html, connect) ?? {};
    put({ name: 'Eve', email: 'eve@example.com' });
    expect((await browser.submit(connect, fields)).status).toBe(403);
  });
});

describe('a session', () => {
  it('ends after eight hours, on any replica', async () => {
    const browser = await stage.signedIn();
    stage.now += sessionLifeMs - 1_000;
    expect((await browser.open(channelPath)).text).toContain('Continue with Twitch');
    stage.now += 2_000;
    expect((await browser.open(channelPath)).text).toContain('Sign in to see');
  });

  it('has one cookie that says nothing and goes to us alone', async () => {
    const browser = stage.browser();
    const page = await browser.submit('/sign-in', { return: '/' });
    const state = new URL(page.goesTo ?? '').searchParams.get('state');
    const back = await browser.get(`/sign-in/callback?code=c&state=${state}`);
    const session = back.headers.getSetCookie().find((line) => line.startsWith('__Host-session')) ?? '';
    expect(session.split('; ').slice(1).sort()).toEqual([
      'HttpOnly',
      'Max-Age=28800',
      'Path=/',
      'SameSite=Lax',
      'Secure',
    ]);
    expect(session).not.toMatch(/dana|stage-crew/);
    expect(browser.cookies.has('__Host-sign-in')).toBe(false);
  });

  it.each([
    ['changed', (value: string) => `${value.slice(0, -2)}xx`],
    ['invented', () => 'eyJhbGciOiJub25lIn0.e30.'],
    ['of another purpose', () => ''],
  ])('whose cookie was %s is none', async (_, change) => {
    const browser = await stage.signedIn();
    browser.cookies.set('__Host-session', change(browser.cookies.get('__Host-session') ?? ''));
    expect((await browser.open(channelPath)).text).toContain('Sign in to see');
  });

  it('is ended by its own button, and by no other site', async () => {
    const browser = await stage.signedIn();
    expect((await browser.submit('/sign-out', {}, { 'Sec-Fetch-Site': 'cross-site' })).status).toBe(403);
    expect((await browser.submit('/sign-out', {})).status).toBe(403);
    expect((await browser.press(channelPath, '/sign-out')).location).toBe('/signed-out');
    expect([...browser.cookies.keys()]).toEqual([]);
    expect((await browser.open('/signed-out')).text).toContain('You are signed out here');
  });

  it('opens no page any more after sign-out, also from a copy of its cookies', async () => {
    const { browser, id, state } = await stage.continued();
    const copied = new Map(browser.cookies);
    const other = await stage.signedIn();
    await browser.press(channelPath, '/sign-out');
    const thief = stage.browser();
    for (const [name, value] of copied) thief.cookies.set(name, value);
    expect((await thief.open(channelPath)).text).toContain('Sign in to see');
    expect((await thief.open(`/callback?code=c&state=${state}`)).text).toContain('This browser began nothing');
    expect((await thief.submit(`${channelPath}/result/${id}/confirm`, {})).status).toBe(403);
    expect(stage.desk.finishes).toEqual([]);
    // Of the same person, in another browser: that one did not sign out.
    expect((await other.open(channelPath)).text).toContain('Continue with Twitch');
  });

  it('can be ended at the sign-in server too, where that has a page for it', async () => {
    const html = async () => (await stage.browser().open('/signed-out')).html;
    const link = '<a href="https://login.example.com/logout?client_id=pages">Sign out at login.example.com too</a>';
    expect(await html()).toContain(link);
    stage.signIn.endSessionURL = async () => undefined;
    expect(await html()).not.toContain('too</a>');
  });

  it('keeps only the groups that the administrator’s file names', async () => {
    const browser = await stage.signedIn();
    const content = await stage.parts.seal.open('session', browser.cookies.get('__Host-session') ?? '');
    expect(content).toMatchObject({ person: { groups: ['stage-crew'] } });
  });
});

describe('without a sign-in', () => {
  it('says that there is none, and leads nobody on', async () => {
    stage = new PagesStage({ signIn: undefined });
    const page = await stage.browser().open(channelPath);
    expect([page.status, page.text]).toEqual([403, expect.stringContaining('The administrator has set up no sign-in')]);
    expect((await stage.browser().submit('/sign-in', {})).status).toBe(403);
  });
});
