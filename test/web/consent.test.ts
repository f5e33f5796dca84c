import { beforeEach, describe, expect, it } from 'vitest';
import { Failure } from '../../src/core/failure.ts';
import { pagesApp } from '../../src/web/pages/app.ts';
import { Browser, base, channelCard, channelPath, formFields, key, PagesStage, people } from './pages-stage.ts';

let stage: PagesStage;
beforeEach(() => {
  stage = new PagesStage();
});

const connect = `${channelPath}/connect`;

describe('Continue', () => {
  it('leads to the platform by a page, so that no form of ours has a foreign target', async () => {
    const { page, id, state } = await stage.continued();
    expect(page.status).toBe(200);
    expect(page.goesTo).toBe(
      `https://platform.example/authorize?state=${state}&redirect_uri=${encodeURIComponent(`${base}/callback`)}`,
    );
    expect(stage.desk.ids).toEqual([id]);
  });

  it('leaves a cookie of this consent alone, for ten minutes, that says nothing', async () => {
    const browser = await stage.signedIn();
    const fields = formFields((await browser.open(channelPath)).html, connect) ?? {};
    const page = await browser.submit(connect, fields);
    const [id = ''] = stage.desk.ids;
    const [cookie = '', ...others] = page.headers.getSetCookie();
    expect(others).toEqual([]);
    const [pair = '', ...flags] = cookie.split('; ');
    expect(pair).toMatch(new RegExp(`^__Host-consent-${id}=[\\w-]+\\.[\\w-]*\\.[\\w-]+\\.[\\w-]+\\.[\\w-]+$`));
    expect(flags.sort()).toEqual(['HttpOnly', 'Max-Age=600', 'Path=/', 'SameSite=Lax', 'Secure']);
  });

  it.each<[string, Record<string, string> | 'csrf' | 'other csrf']>([
    ['a page of another site', { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' }],
    [
      'a page of a neighbour under the same domain',
      { Origin: 'https://other.example.com', 'Sec-Fetch-Site': 'same-site' },
    ],
    ['our origin by its word, and another site by the browser', { Origin: base, 'Sec-Fetch-Site': 'cross-site' }],
    ['another origin, whatever it says of its site', { Origin: 'https://evil.example' }],
    ['nowhere', { Origin: 'null', 'Sec-Fetch-Site': 'none' }],
    ['a form without token', 'csrf'],
    ["a form with another session's token", 'other csrf'],
  ])('does nothing for %s', async (_, wrong) => {
    const browser = await stage.signedIn();
    const fields = formFields((await browser.open(channelPath)).html, connect) ?? {};
    const sent =
      wrong === 'csrf' ? {} : wrong === 'other csrf' ? { csrf: fields.csrf?.replace(/./, '!') ?? '' } : fields;
    const page = await browser.submit(connect, sent, typeof wrong === 'string' ? {} : wrong);
    expect([page.status, stage.desk.ids]).toEqual([403, []]);
    expect(page.text).toContain('nothing was done');
  });

  it.each<[string, Record<string, string>]>([
    ['an old browser that names the origin alone', { Origin: base, 'Sec-Fetch-Site': '' }],
    ['a browser that names both', { Origin: base, 'Sec-Fetch-Site': 'same-origin' }],
  ])('works in %s', async (_, headers) => {
    const browser = await stage.signedIn();
    const fields = formFields((await browser.open(channelPath)).html, connect) ?? {};
    const known = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== ''));
    const page = await browser.send('POST', connect, new URLSearchParams(fields), known);
    expect([page.status, stage.desk.ids.length]).toEqual([200, 1]);
  });

  it('does nothing when it is only opened', async () => {
    const browser = await stage.signedIn();
    for (const path of [channelPath, connect, `${channelPath}/`]) await browser.get(path);
    expect([stage.desk.ids, stage.desk.finishes]).toEqual([[], []]);
  });

  it('says why it could not be started', async () => {
    stage.desk.failure = new Failure('Transient', 'VaultUnavailable', 'Vault is sealed.', { source: 'Vault' });
    const browser = await stage.signedIn();
    const page = await browser.press(channelPath, connect);
    expect([page.status, page.goesTo]).toEqual([503, undefined]);
    expect(page.text).toContain('nothing was changed. Vault is sealed.');
  });

  it('goes nowhere but to a page with TLS', async () => {
    stage.desk.begin = async () => ({ id: 'abcdefgh12', url: 'javascript:alert(1)', browserSecret: 's', expiresAt: 0 });
    const browser = await stage.signedIn();
    const page = await browser.press(channelPath, connect);
    expect([page.status, page.goesTo]).toEqual([500, undefined]);
  });

  it('is pressed at most ten times in ten minutes for one channel, by however many', async () => {
    const browsers = [await stage.signedIn(), await stage.signedIn()];
    for (let count = 0; count < 10; count += 1) await browsers[count % 2]?.press(channelPath, connect);
    const page = await browsers[0]?.press(channelPath, connect);
    expect([page?.status, stage.desk.ids.length]).toEqual([429, 10]);
    stage.now += 60_000;
    expect((await browsers[1]?.press(channelPath, connect))?.status).toBe(200);
  });

  it('keeps the cookies of five consents at most', async () => {
    const browser = await stage.signedIn();
    for (let count = 0; count < 7; count += 1) {
      stage.now += 1_000;
      await browser.press(channelPath, connect);
    }
    const kept = [...browser.cookies.keys()].filter((name) => name.startsWith('__Host-consent-'));
    expect(kept.sort()).toEqual(
      stage.desk.ids
        .slice(-5)
        .map((id) => `__Host-consent-${id}`)
        .sort(),
    );
  });
});

describe('a callback', () => {
  it('hands over what the platform said, and leads to an address without any of it', async () => {
    const { browser, id, state } = await stage.continued();
    const back = await browser.get(`/callback?code=canary-code&state=${state}&iss=https%3A%2F%2Fplatform.example`);
    expect([back.status, back.location]).toEqual([303, `${channelPath}/result/${id}`]);
    expect(stage.desk.finishes).toMatchObject([
      { id, callback: { code: 'canary-code', state, iss: 'https://platform.example' } },
    ]);
    const result = await browser.get(back.location ?? '');
    const seen = JSON.stringify([...back.headers, ...result.headers, result.html, stage.served, [...browser.cookies]]);
    for (const secret of ['canary-code', state, stage.desk.finishes[0]?.browserSecret ?? '?'])
      expect(seen).not.toContain(secret);
  });

  it.each([
    ['its verifier', { oauth_token: 'temporary-1', oauth_verifier: 'v' }, ''],
    ['a refusal', { denied: 'temporary-1' }, '?answer=Denied'],
  ])(
    'of OAuth 1.0a, which has no state, is known by its temporary token and brings %s',
    async (_, callback, answer) => {
      stage.desk.temporaryToken = 'temporary-1';
      const { browser, id } = await stage.continued();
      const back = await browser.get(`/callback?${new URLSearchParams(callback)}`);
      expect(back.location).toBe(`${channelPath}/result/${id}${answer}`);
      expect(stage.desk.finishes).toMatchObject([{ id, callback }]);
    },
  );

  it('of OAuth 1.0a with the temporary token of another browser finds nothing', async () => {
    stage.desk.temporaryToken = 'temporary-1';
    const { browser } = await stage.continued();
    expect((await browser.get('/callback?oauth_token=temporary-2&oauth_verifier=v')).location).toBe(
      '/callback/unknown',
    );
    expect(stage.desk.finishes).toEqual([]);
  });

  it('that the platform posts finds its cookie all the same, and shows the code to no address', async () => {
    const { browser, id, state } = await stage.continued();
    const cookies = new Map(browser.cookies);
    // A browser sends no SameSite=Lax cookie with a form of another site.
    browser.cookies.clear();
    const form = new URLSearchParams({ code: 'canary-code', state });
    const posted = await browser.send('POST', '/callback', form, {
      Origin: 'https://platform.example',
      'Sec-Fetch-Site': 'cross-site',
    });
    expect([posted.status, posted.location]).toEqual([303, '/callback/posted']);
    for (const [name, value] of cookies) browser.cookies.set(name, value);
    const back = await browser.get('/callback/posted');
    expect(back.location).toBe(`${channelPath}/result/${id}`);
    expect(stage.desk.finishes).toMatchObject([{ id, callback: { code: 'canary-code', state } }]);
    expect(browser.cookies.has('__Host-answer')).toBe(false);
  });

  it.each<[string, (flow: Awaited<ReturnType<PagesStage['continued']>>) => Promise<unknown>, string | RegExp]>([
    [
      'without the cookie: another browser',
      ({ state }) => stage.browser().open(`/callback?code=c&state=${state}`),
      'This browser began nothing',
    ],
    [
      "with another consent's cookie under its name",
      async ({ browser, id, state }) => {
        const other = await stage.continued(people.dana);
        const [, sealed = ''] = [...other.browser.cookies].find(([name]) => name.includes(other.id)) ?? [];
        browser.cookies.set(`__Host-consent-${id}`, sealed);
        return await browser.open(`/callback?code=c&state=${state}`);
      },
      'This browser began nothing',
    ],
    [
      'after ten minutes',
      async ({ browser, state }) => {
        stage.now += 600_001;
        return await browser.open(`/callback?code=c&state=${state}`);
      },
      'This browser began nothing',
    ],
    ['without state', ({ browser }) => browser.open('/callback?code=c'), 'This browser began nothing'],
    [
      'with a parameter twice',
      ({ browser, state }) => browser.open(`/callback?code=c&state=${state}&state=${state}`),
      'This browser began nothing',
    ],
    [
      'when somebody else has signed in meanwhile',
      async ({ browser, state }) => {
        const other = await stage.signedIn(people.manager);
        browser.cookies.set('__Host-session', other.cookies.get('__Host-session') ?? '');
        return await browser.open(`/callback?code=c&state=${state}`);
      },
      'It was not begun in this browser by the person who is signed in',
    ],
    [
      'after sign-out',
      async ({ browser, state }) => {
        await browser.press(channelPath, '/sign-out');
        return await browser.open(`/callback?code=c&state=${state}`);
      },
      'This browser began nothing',
    ],
  ])('is handed to nobody %s', async (_, act, words) => {
    const flow = await stage.continued();
    const page = (await act(flow)) as { text: string };
    expect(page.text).toMatch(words);
    expect(stage.desk.finishes).toEqual([]);
  });

  it('with a state that was not given out is the desk’s to refuse, and ends nothing', async () => {
    const { browser, id, state } = await stage.continued();
    const page = await browser.open(`/callback?code=c&state=${id}.${'x'.repeat(43)}`);
    expect(page.text).toContain('This answer does not belong to you');
    expect((await browser.open(`/callback?code=c&state=${state}`)).text).toContain('is connected');
  });

  it('that is replayed says what came of the first', async () => {
    const { browser, state } = await stage.continued();
    await browser.open(`/callback?code=c&state=${state}`);
    const page = await browser.open(`/callback?code=c&state=${state}`);
    expect(page.text).toContain('is connected');
  });

  it('reaches any replica: nothing of it is kept in the process', async () => {
    const { browser, id, state } = await stage.continued();
    const other = new Browser(pagesApp({ ...stage.parts }, () => '192.0.2.1'));
    for (const [name, value] of browser.cookies) other.cookies.set(name, value);
    expect((await other.open(`/callback?code=c&state=${state}`)).text).toContain('is connected');
    expect(stage.desk.finishes).toMatchObject([{ id }]);
  });

  it('is good though the session has ended meanwhile: the consent has its own cookie', async () => {
    const { browser, state } = await stage.continued();
    browser.cookies.delete('__Host-session');
    expect((await browser.open(`/callback?code=c&state=${state}`)).text).toContain('is connected');
  });

  it('from two tabs goes each to its own consent', async () => {
    const { browser, id, state } = await stage.continued();
    await browser.press(channelPath, connect);
    const [, second = ''] = stage.desk.ids;
    await browser.open(`/callback?code=c2&state=${stage.desk.stateOf(second)}`);
    await browser.open(`/callback?code=c1&state=${state}`);
    expect(stage.desk.finishes.map(({ id: of, callback }) => [of, callback.code])).toEqual([
      [second, 'c2'],
      [id, 'c1'],
    ]);
  });
});

describe('what the result page asks', () => {
  const account = { id: '7', handle: '@mainstage' };

  async function asked() {
    stage.desk.outcome = { kind: 'AwaitsConfirmation', account, until: stage.now + 600_000 };
    const flow = await stage.continued();
    const page = await flow.browser.open(`/callback?code=c&state=${flow.state}`);
    return { ...flow, page, result: `${channelPath}/result/${flow.id}` };
  }

  it.each([
    ['confirm', 'is connected'],
    ['discard', 'Given back'],
  ])('is answered by a button of the same browser: %s', async (what, words) => {
    const { browser, result } = await asked();
    const page = await browser.press(result, `${result}/${what}`);
    expect(page.location).toBe(result);
    expect((await browser.open(result)).text).toContain(words);
  });

  it('is answered by no other browser, though the same person sits there', async () => {
    const { result } = await asked();
    const other = await stage.signedIn(people.dana);
    expect((await other.open(result)).text).toContain('@mainstage');
    expect((await other.open(result)).html).not.toContain('/confirm');
    expect((await other.submit(`${result}/confirm`, {})).status).toBe(403);
    expect(
      await stage.desk.progress({ namespace: 'main-stage', name: 'main-stage-twitch' }, stage.desk.ids[0] ?? ''),
    ).toMatchObject({ kind: 'AwaitsConfirmation' });
  });

  it.each([
    ['without token', {}, {}],
    ['from another site', undefined, { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' }],
  ])('is not answered by a form %s', async (_, fields, headers) => {
    const { browser, page, result } = await asked();
    const sent = fields ?? formFields(page.html, `${result}/confirm`) ?? {};
    expect((await browser.submit(`${result}/confirm`, sent, headers)).status).toBe(403);
  });

  it('may be answered for ten minutes more', async () => {
    const { browser, result } = await asked();
    stage.now += 599_000;
    expect((await browser.press(result, `${result}/confirm`)).status).toBe(303);
  });

  it('belongs to its channel alone', async () => {
    const { browser, id } = await asked();
    stage.cards.set('main-stage/other', channelCard());
    const page = await browser.open(`/c/main-stage/other/result/${id}`);
    expect(page.text).toContain('This link is not known');
    expect((await browser.submit(`/c/main-stage/other/result/${id}/confirm`, {})).status).toBe(403);
    expect(key({ namespace: 'a', name: 'b' })).toBe('a/b');
  });
});
