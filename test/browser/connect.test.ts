import type { BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isConnected } from '../channel/operated-stage.ts';
import { castPlatforms } from '../harness/casting.ts';
import { uniqueName } from '../harness/scratch.ts';
import { waitFor } from '../harness/wait.ts';
import { type AtPlatform, type BrowserStage, browserStage, signIn, yamlPlatform } from './browser-stage.ts';

const platforms = [...castPlatforms, yamlPlatform];
const nameOf = (platform: string) => `on-${platform}`;

let stage: BrowserStage;
const atPlatform = new Map<string, AtPlatform>();

beforeAll(async () => {
  stage = await browserStage();
  for (const platform of platforms) atPlatform.set(platform, await stage.newChannel(platform, nameOf(platform)));
});
afterAll(async () => {
  await stage?.removeAll();
});

/** Within so long after the callback, or the person's yes, pods can have the new token. */
const tokenLimitMs = 5_000;

const tokenOf = async (name: string) => (await stage.secret(`${name}-token`))?.access_token;

async function newPage(profile: BrowserContext): Promise<Page> {
  const page = await profile.newPage();
  page.setDefaultTimeout(20_000);
  return page;
}

/** One button of ours. */
async function press(page: Page, name: RegExp): Promise<1> {
  await page.getByRole('button', { name }).click();
  return 1;
}

/** Waits for it; what stands there instead is part of the failure. */
async function shown(page: Page, what: Locator): Promise<void> {
  await what.waitFor().catch(async (error: unknown) => {
    throw new Error(`The page says:\n${await page.locator('main').textContent()}`, { cause: error });
  });
}

/** From the channel's page to Connected; answers the clicks on our pages, and how long the Secret took. */
async function connect(page: Page, platform: string): Promise<{ clicks: number; tokenMs: number }> {
  const name = nameOf(platform);
  const before = await tokenOf(name);
  let clicks = await press(page, /^Continue with /);
  await atPlatform.get(platform)?.agree(page);
  await page.waitForURL(/\/result\//);
  let from = Date.now();
  // Only the page's own refresh brings its next state.
  const yes = page.getByRole('button', { name: /^Yes, connect/ });
  await shown(page, yes.or(page.getByText('is connected.')));
  if (await yes.isVisible()) {
    from = Date.now();
    await yes.click();
    clicks += 1;
  }
  const isNew = async () => ![undefined, '', before].includes(await tokenOf(name));
  await waitFor(isNew, { what: `the new token of ${name}`, everyMs: 50 });
  const tokenMs = Date.now() - from;
  await shown(page, page.getByText('is connected.'));
  await stage.until(name, 'it to be connected', isConnected);
  return { clicks, tokenMs };
}

describe('the first connection, from the link to Connected', () => {
  let profile: BrowserContext;
  let isSignedIn = false;
  beforeAll(async () => {
    profile = await stage.profile();
  });
  afterAll(() => profile.close());

  it.each(platforms)('takes at most three clicks of ours: %s', async (platform) => {
    const name = nameOf(platform);
    const { reconnectURL } = await stage.until(name, 'its page', (status) => status.reconnectURL !== undefined);
    expect(reconnectURL).toBe(stage.channelURL(name));
    const page = await newPage(profile);
    await page.goto(reconnectURL ?? '');
    // The others come with the session of the first.
    const signedIn = isSignedIn ? 0 : 1;
    if (!isSignedIn) await signIn(page, stage.person);
    isSignedIn = true;
    const { clicks, tokenMs } = await connect(page, platform);
    expect(signedIn + clicks).toBeLessThanOrEqual(3);
    expect(tokenMs).toBeLessThan(tokenLimitMs);
    await page.close();
  });
});

describe('the way back, without scripts', () => {
  let profile: BrowserContext;
  let page: Page;
  beforeAll(async () => {
    for (const { disconnect } of atPlatform.values()) await disconnect();
    const annotations = { 'socialops.dev/refresh': uniqueName('now') };
    for (const platform of platforms)
      await stage.patch('SocialChannel', nameOf(platform), { metadata: { annotations } });
    profile = await stage.profile({ scripts: false });
    page = await newPage(profile);
    await page.goto(stage.url);
    await signIn(page, stage.person);
  });
  afterAll(() => profile.close());

  it.each(platforms)('takes one click of ours: %s', async (platform) => {
    const name = nameOf(platform);
    await stage.until(name, 'its loss to be told', ({ state }) => state === 'NeedsReauth', 60_000);
    await page.goto(stage.channelURL(name));
    await page.getByText('Needs a person', { exact: true }).first().waitFor();
    const { clicks, tokenMs } = await connect(page, platform);
    expect(clicks).toBe(1);
    expect(tokenMs).toBeLessThan(tokenLimitMs);
  });

  it('ends with all of them connected, nobody accused but those that were disconnected, and nothing spent twice', async () => {
    await stage.expectCleanLedger(platforms.map(nameOf));
    const output = stage.operator.output();
    expect(output).not.toMatch(/code=|state=|\/i\//);
  });
});
