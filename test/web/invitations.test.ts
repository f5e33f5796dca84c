import { beforeEach, describe, expect, it } from 'vitest';
import type { Invitation } from '../../src/core/consent.ts';
import { channelCard, channelPath, channelRef, PagesStage, people } from './pages-stage.ts';

const token = `canary.${'a'.repeat(60)}`;
const link = `/i/${token}`;
const connect = `${channelPath}/connect`;

let stage: PagesStage;
let invitation: Invitation;
beforeEach(() => {
  stage = new PagesStage({ signIn: undefined });
  const expiresAt = stage.now + 86_400_000;
  invitation = { id: 'inv1', channel: channelRef, channelUid: 'u', epoch: 2, expiresAt, note: 'Kim of the main stage' };
  stage.invitations.set(token, invitation);
});

async function invited() {
  const browser = stage.browser();
  const page = await browser.press(link, link);
  return { browser, page };
}

describe('an invitation', () => {
  it('names namespace, app and who asked, and does nothing when it is opened', async () => {
    const browser = stage.browser();
    const { text, status } = await browser.open(link);
    expect(status).toBe(200);
    for (const words of [
      'main-stage',
      'twitch (namespace main-stage)',
      'An invitation: “Kim of the main stage”',
      '26 Nov 2026',
    ]) {
      expect(text).toContain(words);
    }
    expect([...browser.cookies.keys()]).toEqual([]);
  });

  it('leads to Connected by its button, Continue, and what the platform asks', async () => {
    const { browser, page } = await invited();
    expect(page.location).toBe(channelPath);
    expect((await browser.open(channelPath)).text).toContain('Asked for by An invitation: “Kim of the main stage”');
    await browser.press(channelPath, connect);
    expect(stage.desk.begins).toMatchObject([{ by: { kind: 'Invited', id: 'inv1' }, channel: channelRef }]);
    const [id = ''] = stage.desk.ids;
    const result = await browser.open(`/callback?code=c&state=${stage.desk.stateOf(id)}`);
    expect(result.text).toContain('is connected');
    expect(JSON.stringify(stage.served)).not.toContain('canary');
  });

  it.each(['Forged', 'Expired', 'Used', 'Replaced'] as const)(
    'that is %s opens nothing, not even a page that it opened before',
    async (verdict) => {
      const { browser } = await invited();
      const before = await browser.open(channelPath);
      stage.invitations.set(token, verdict);
      for (const page of [await browser.open(channelPath), await browser.open(link), await browser.submit(link, {})]) {
        expect(page.status).toBe(403);
        expect(page.text).toMatch(/not genuine|too old|was used|newer invitation/);
      }
      const csrf = /name="csrf" value="([^"]+)"/.exec(before.html)?.[1] ?? '';
      expect((await browser.submit(connect, { csrf })).status).toBe(403);
      expect(stage.desk.ids).toEqual([]);
    },
  );

  it('is for its channel alone', async () => {
    stage.cards.set('main-stage/other', channelCard());
    const { browser } = await invited();
    for (const path of ['/c/main-stage/other', '/', '/c/main-stage/absent']) {
      const page = await browser.open(path);
      expect([page.status, page.text]).toEqual([
        403,
        expect.stringContaining('Your invitation is for another channel'),
      ]);
    }
  });

  it('ends what a person had begun in that browser, and the other way round', async () => {
    stage = new PagesStage();
    stage.invitations.set(token, invitation);
    const { browser, state } = await stage.continued(people.dana);
    await browser.press(link, link);
    expect((await browser.open(`/callback?code=c&state=${state}`)).text).toContain('This browser began nothing');
  });

  it.each([
    ['half an hour', 86_400_000, 1_800],
    ['its own end, where that is sooner', 60_000, 60],
  ])('opens a session until %s', async (_, leftMs, seconds) => {
    stage.invitations.set(token, { ...invitation, expiresAt: stage.now + leftMs });
    const { page } = await invited();
    expect(page.headers.getSetCookie().join('\n')).toContain(`Max-Age=${seconds};`);
  });

  it('is not accepted from another site', async () => {
    const page = await stage
      .browser()
      .submit(link, {}, { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' });
    expect([page.status, page.headers.getSetCookie()]).toEqual([403, []]);
  });

  it('is unknown where invitations are not admitted', async () => {
    stage = new PagesStage({ invitations: undefined });
    expect([(await stage.browser().open(link)).status, (await stage.browser().submit(link, {})).status]).toEqual([
      404, 404,
    ]);
  });

  it('of a channel that is gone is not found', async () => {
    stage.cards.clear();
    expect((await stage.browser().open(link)).status).toBe(404);
  });
});
