import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createSeal } from '../../src/web/pages/seal.ts';
import { pagesServer } from '../../src/web/pages/server.ts';
import { createAuthority } from '../harness/certificates.ts';
import { launchChromium } from '../harness/chromium.ts';
import { type Ingress, startIngress } from '../harness/ingress.ts';
import { repository } from '../harness/scratch.ts';
import { type PageState, pageStates } from './page-states.ts';
import { channelPath, formFields, PagesStage, people, sealSecret, startAt } from './pages-stage.ts';

const folder = join(repository, '.test-reports', 'screenshots');
const widths = [390, 1280];

let browser: Browser;
let page: Page;
let ingress: Ingress;
let server: ReturnType<typeof pagesServer> | undefined;

beforeAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  ingress = await startIngress(createAuthority('screenshots'));
  browser = await launchChromium();
  page = await (await browser.newContext({ ignoreHTTPSErrors: true })).newPage();
  page.setDefaultTimeout(15_000);
});
afterAll(async () => {
  await browser?.close();
  await ingress?.stop();
});

afterEach(async () => {
  await page.unrouteAll();
  await page.goto('about:blank');
  await page.context().clearCookies();
  page.removeAllListeners();
  await server?.stop();
  server = undefined;
});

/** The pages on a desk in memory, at the address of the ingress. */
async function serve({ world, parts }: PageState): Promise<PagesStage> {
  const seal = createSeal({ secret: sealSecret, audience: ingress.url, now: () => startAt });
  const stage = new PagesStage({ baseURL: ingress.url, seal, ...parts });
  world?.(stage);
  const [host = '', port] = ingress.target.split(':');
  const push = { fetch: () => new Response(null, { status: 404 }) };
  server = pagesServer(stage.parts, { host, port: Number(port) }, push);
  await server.start();
  return stage;
}

/** What a browser of this person keeps, and where its consent stands. */
async function prepare(stage: PagesStage, { who, progress, path = '' }: PageState): Promise<string> {
  if (who === undefined) return path;
  const jar = await stage.signedIn(people[who], '/');
  let at = path;
  if (progress !== undefined) {
    stage.desk.outcome = progress;
    const fields = formFields((await jar.open(channelPath)).html, `${channelPath}/connect`) ?? {};
    await jar.submit(`${channelPath}/connect`, fields);
    const [id = ''] = stage.desk.ids;
    at = (await jar.get(`/callback?code=c&state=${stage.desk.stateOf(id)}`)).location ?? '';
  }
  const cookies = [...jar.cookies].map(([name, value]) => ({
    name,
    value,
    url: ingress.url,
    secure: true,
    httpOnly: true,
  }));
  await page.context().addCookies(cookies);
  return at;
}

describe('every page, as people see it', () => {
  it.each(pageStates)('$name', async (state) => {
    const stage = await serve(state);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).origin));
    const problems: string[] = [];
    page.on('console', (message) => problems.push(message.text()));
    await page.goto(`${ingress.url}${await prepare(stage, state)}`);
    // A page that asks itself again would be another document before it was looked at.
    await page.route('**/*', (route) => route.abort('aborted'));
    expect(await page.locator('h1').textContent()).toBe(state.heading);
    for (const width of widths) {
      await page.setViewportSize({ width, height: width === 390 ? 844 : 900 });
      await page.screenshot({ path: join(folder, `${state.name}-${width}.png`), fullPage: true });
      const overflow = await page.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      expect(overflow, `${width} px: nothing stands over the edge`).toBeLessThanOrEqual(0);
    }
    // It asks itself again while the work goes on: that is the page's purpose, and there is a link beside it.
    const isWaiting = state.progress?.kind === 'Working' || state.progress?.kind === 'Failed';
    expect(await seriousFindings(page, isWaiting ? { rules: { 'meta-refresh': { enabled: false } } } : {})).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await seriousFindings(page, { runOnly: ['color-contrast'] }), 'dark').toEqual([]);
    await page.setViewportSize({ width: 390, height: 844 });
    await page.screenshot({ path: join(folder, `${state.name}-dark.png`) });
    await page.emulateMedia({ colorScheme: 'light' });
    expect(Buffer.byteLength(await page.content())).toBeLessThan(50 * 1024);
    expect(new Set(asked)).toEqual(new Set([ingress.url]));
    expect(problems.filter((text) => /Content Security Policy/i.test(text))).toEqual([]);
  });
});

/** What axe-core finds serious or critical; it is put in past the page's own policy. */
async function seriousFindings(on: Page, options: axe.RunOptions): Promise<string[]> {
  const run = JSON.stringify({ resultTypes: ['violations'], ...options });
  const { violations } = (await on.evaluate(`${axe.source};axe.run(${run})`)) as axe.AxeResults;
  const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  return grave.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
}
