import { beforeEach, describe, expect, it } from 'vitest';
import { safeReturn } from '../../src/web/pages/routes.ts';
import { stylePath } from '../../src/web/pages/style.ts';
import { base, channelPath, PagesStage } from './pages-stage.ts';

let stage: PagesStage;
beforeEach(() => {
  stage = new PagesStage();
});

const result = `${channelPath}/result/abcdefgh12`;
const token = 'a'.repeat(40);

/** Every route, what somebody gets who comes from nowhere, and how it is counted. */
const routes = [
  ['GET', '/', 200, 'fleet'],
  ['GET', stylePath, 200, 'style'],
  ['GET', '/style/0123456789abcdef.css', 404, 'style'],
  ['GET', channelPath, 200, 'channel'],
  ['POST', `${channelPath}/connect`, 200, 'connect'],
  ['GET', result, 200, 'result'],
  ['POST', `${result}/confirm`, 403, 'confirm'],
  ['POST', `${result}/discard`, 403, 'discard'],
  ['GET', '/callback?code=c&state=s', 303, 'callback'],
  ['POST', '/callback', 303, 'callback'],
  ['GET', '/callback/posted', 303, 'posted'],
  ['GET', '/callback/unknown', 403, 'noConsent'],
  ['POST', '/sign-in', 403, 'signIn'],
  ['GET', '/sign-in/callback?code=c&state=s', 403, 'signedIn'],
  ['POST', '/sign-out', 403, 'signOut'],
  ['GET', '/signed-out', 200, 'signedOut'],
  ['GET', `/i/${token}`, 403, 'invitation'],
  ['POST', `/i/${token}`, 403, 'invitation'],
  ['GET', '/nowhere', 404, 'none'],
  ['GET', '/c/UPPER/x', 404, 'none'],
  ['GET', '/c/-a/x', 404, 'channel'],
  ['GET', `${channelPath}/result/short`, 404, 'result'],
] as const;

describe('each route', () => {
  it.each(routes)(
    '%s %s answers %i with every header of protection, and is counted as %s',
    async (method, path, status, route) => {
      const page = await stage
        .browser()
        .send(method, path, method === 'POST' ? new URLSearchParams({ a: 'b' }) : undefined, {});
      expect(page.status).toBe(status);
      expect(Object.fromEntries(page.headers)).toMatchObject({
        'content-security-policy':
          "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        'x-frame-options': 'DENY',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'strict-transport-security': 'max-age=31536000',
        'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
        'cache-control': status === 200 && route === 'style' ? 'public, max-age=31536000, immutable' : 'no-store',
        'x-request-id': expect.stringMatching(/^[\w-]{16}$/),
      });
      expect(page.headers.get('x-powered-by')).toBeNull();
      expect(page.html).not.toMatch(/<script|\son\w+=|style="|https?:\/\/(?!login\.example|platform\.example)/i);
      expect(stage.served.map((served) => served.route)).toEqual([route]);
      expect(stage.errors).toEqual([]);
    },
  );

  it('is in the table above', async () => {
    const { patterns } = await import('../../src/web/pages/routes.ts');
    const seen = new Set<string>(routes.map(([, , , route]) => route));
    expect(Object.keys(patterns).filter((route) => !seen.has(route))).toEqual([]);
  });

  it('shows people the id of the request that its header has', async () => {
    const page = await stage.browser().get('/nowhere', { 'X-Request-Id': 'forged' });
    expect(page.text).toContain(`Request ${page.headers.get('x-request-id')}.`);
    expect(page.text).not.toContain('forged');
  });
});

describe('requests that do not belong here', () => {
  it.each([
    ['PUT', channelPath, 'GET, HEAD'],
    ['DELETE', `${channelPath}/connect`, 'POST'],
    ['GET', `${channelPath}/connect`, 'POST'],
    ['GET', '/sign-out', 'POST'],
    ['PATCH', '/callback', 'GET, HEAD, POST'],
    ['OPTIONS', '/', 'GET, HEAD'],
  ])('%s %s is told what is allowed', async (method, path, allowed) => {
    const page = await stage.browser().send(method, path, undefined, {});
    expect([page.status, page.headers.get('allow')]).toEqual([405, allowed]);
  });

  it('HEAD gets the headers alone', async () => {
    const page = await stage.browser().send('HEAD', channelPath, undefined, {});
    expect([page.status, page.html]).toEqual([200, '']);
    expect(page.headers.get('content-type')).toBe('text/html; charset=UTF-8');
  });

  it('more than 16 KiB are not read', async () => {
    const page = await stage.browser().submit('/sign-in', { return: 'x'.repeat(16 * 1024) });
    expect(page.status).toBe(413);
  });

  it('more than 120 in a minute from one address have to wait, others not', async () => {
    const browser = stage.browser();
    for (let count = 0; count < 120; count += 1) expect((await browser.get(stylePath)).status).toBe(200);
    const page = await browser.get(stylePath);
    expect([page.status, page.headers.get('retry-after')]).toEqual([429, '1']);
    expect(page.text).toContain('Please wait 1 second');
    // What it says of itself counts for nothing without a proxy that is trusted.
    expect((await browser.get(stylePath, { 'X-Forwarded-For': '198.51.100.7' })).status).toBe(429);
    stage.peer = '192.0.2.2';
    expect((await browser.get(stylePath)).status).toBe(200);
    expect(stage.served.filter(({ outcome }) => outcome === 'Limited')).toHaveLength(2);
  });

  it('a proxy that is trusted says who asks', async () => {
    stage = new PagesStage({ trustedProxies: ['192.0.2.0/24'] });
    const browser = stage.browser();
    const as = (address: string) => browser.get(stylePath, { 'X-Forwarded-For': address });
    for (let count = 0; count < 120; count += 1) await as('198.51.100.7');
    expect([(await as('198.51.100.7')).status, (await as('198.51.100.8')).status]).toEqual([429, 200]);
  });
});

describe('a fault of ours', () => {
  it('shows nothing of itself, and is told with the id that the person sees', async () => {
    const told: unknown[] = [];
    const cards = { get: () => Promise.reject(new Error('canary')), list: () => [] };
    stage = new PagesStage({ cards, onError: (error, requestId) => told.push([String(error), requestId]) });
    const browser = await stage.signedIn();
    const page = await browser.get(channelPath);
    expect(page.status).toBe(500);
    expect(page.html).not.toContain('canary');
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(told).toEqual([['Error: canary', page.headers.get('x-request-id')]]);
    expect(stage.served.at(-1)).toEqual({ route: 'channel', outcome: 'Failed' });
  });
});

describe('the way back after the sign-in', () => {
  it.each([
    ['/', '/'],
    [channelPath, channelPath],
    [undefined, '/'],
    ['https://evil.example/', '/'],
    ['//evil.example/', '/'],
    ['/\\evil.example', '/'],
    ['/c/main-stage/x/connect', '/'],
    ['/c/main-stage/x?y=z', '/'],
    ['/c/..//evil.example', '/'],
    ['/sign-out', '/'],
    ['/c/a/b\r\nSet-Cookie: x=y', '/'],
  ])('from %j is to %s', (wanted, expected) => {
    expect(safeReturn(wanted)).toBe(expected);
  });
});

it('sends no HSTS for a page on loopback without TLS', async () => {
  const plain = new PagesStage({ baseURL: 'http://localhost:8081' });
  expect((await plain.browser().get('/signed-out')).headers.get('strict-transport-security')).toBeNull();
  expect(base).toMatch(/^https:/);
});
