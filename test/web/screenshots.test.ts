import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createSeal } from '../../src/web/pages/seal.ts';
import { pagesServer } from '../../src/web/pages/server.ts';
import { createAuthority } from '../harness/certificates.ts';
import { launchChromium } from '../harness/chromium.ts';
import { type Ingress, startIngress } from '../harness/ingress.ts';
import { look, seriousFindings } from '../harness/page-look.ts';
import { repository } from '../harness/scratch.ts';
import { type PageState, pageStates } from './page-states.ts';
import { channelPath, formFields, PagesStage, people, sealSecret, startAt } from './pages-stage.ts';

const folder = join(repository, '.test-reports', 'screenshots');

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

it('the fleet is narrowed by its filters, and walked through page by page', async () => {
  const fleet = pageStates.find(({ name }) => name === 'fleet');
  if (fleet === undefined) throw new Error('no fleet among the pages');
  await page.goto(`${ingress.url}${await prepare(await serve(fleet), fleet)}`);
  const states = () => page.locator('tbody td:nth-child(2)').allTextContents();
  const [first] = [await states()];
  expect([first.length, first[0], first.includes('Connected')]).toEqual([25, 'Needs a person', true]);
  await page.getByRole('link', { name: 'Less urgent' }).click();
  expect(new Set(await states())).toEqual(new Set(['Connected']));
  await page.getByLabel('State').selectOption({ label: 'Ends soon' });
  await page.getByLabel('Platform').selectOption('twitch');
  await page.getByRole('button', { name: 'Show' }).click();
  await page.getByText('7 channels, most urgent first').waitFor();
  expect(new Set(await states())).toEqual(new Set(['Ends soon']));
  await page.getByRole('link', { name: 'All channels' }).click();
  await page.getByText('40 channels, most urgent first').waitFor();
});

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
    const isWaiting = state.progress?.kind === 'Working' || state.progress?.kind === 'Failed';
    await look(page, { name: state.name, folder, isWaiting });
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await seriousFindings(page, { runOnly: ['color-contrast'] }), 'dark').toEqual([]);
    await page.screenshot({ path: join(folder, `${state.name}-dark.png`) });
    await page.emulateMedia({ colorScheme: 'light' });
    expect(new Set(asked)).toEqual(new Set([ingress.url]));
    expect(problems.filter((text) => /Content Security Policy/i.test(text))).toEqual([]);
  });
});
