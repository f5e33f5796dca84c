import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../harness/wait.ts';
import { type BrowserStage, browserStage, signIn } from './browser-stage.ts';

let stage: BrowserStage;

beforeAll(async () => {
  stage = await browserStage();
});
afterAll(async () => {
  await stage?.removeAll();
});

const tokenOf = async (name: string) => (await stage.secret(`${name}-token`))?.access_token;

/** Presses Continue, agrees at the platform as that account, and comes back. */
async function consent(page: Page, accountId: string): Promise<void> {
  await page.getByRole('button', { name: /^Continue with / }).click();
  await page.locator(`a[href*="approve=${accountId}"]`).click();
  await page.waitForURL(/\/result\//);
}

async function untilToken(name: string, before: string | undefined): Promise<number> {
  const from = Date.now();
  const isNew = async () => ![undefined, before].includes(await tokenOf(name));
  await waitFor(isNew, { what: `the new token of ${name}`, timeoutMs: 20_000, everyMs: 50 });
  return Date.now() - from;
}

describe('the first connection', () => {
  it('on twitch', async () => {
    const { accountId } = await stage.newChannel('twitch', 'first');
    await stage.until('first', 'it to be pending', ({ reason }) => reason === 'NeverConnected');
    const page = await (await stage.profile()).newPage();
    page.setDefaultTimeout(15_000);
    await page.goto(stage.channelURL('first'));
    await signIn(page, stage.person);
    await consent(page, accountId);
    console.log(await page.locator('main').innerText());
    await page.getByRole('button', { name: /^Yes, connect/ }).click({ timeout: 20_000 });
    const ms = await untilToken('first', undefined);
    console.log('token after', ms);
    await page.getByText('is connected').waitFor();
    expect(ms).toBeLessThan(5_000);
  });
});
