import { join } from 'node:path';
import axe from 'axe-core';
import type { BrowserContext, Page } from 'playwright-core';
import { expect } from 'vitest';

/** A phone, and the screen of a desk. */
const sizes = [
  { width: 390, height: 844 },
  { width: 1280, height: 900 },
] as const;
const mostBytes = 50 * 1024;

export interface LookOptions {
  /** For the pictures' names, beside the width. */
  readonly name: string;
  readonly folder: string;
  /** It asks itself again while work goes on: that is such a page's purpose, and there is a link beside it. */
  readonly isWaiting?: boolean;
  /** Where the page is looked at by axe-core, if its own browser runs no scripts: a profile that does. */
  readonly scripted?: BrowserContext;
}

/** What every page has to be, whatever it says; its pictures are written, for people to look at. */
export async function look(page: Page, { name, folder, isWaiting = false, scripted }: LookOptions): Promise<void> {
  for (const size of sizes) {
    await page.setViewportSize(size);
    await page.screenshot({ path: join(folder, `${name}-${size.width}.png`), fullPage: true });
    const overflow = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
    expect(overflow, `${size.width} px: nothing stands over the edge`).toBeLessThanOrEqual(0);
  }
  const examined = scripted === undefined ? page : await copied(page, scripted);
  expect(await seriousFindings(examined, isWaiting ? { rules: { 'meta-refresh': { enabled: false } } } : {})).toEqual(
    [],
  );
  if (examined !== page) await examined.close();
  expect(Buffer.byteLength(await page.content())).toBeLessThan(mostBytes);
  await page.setViewportSize(sizes[0]);
}

/** The same page at the same address, with its own style sheet, and going nowhere. */
async function copied(page: Page, context: BrowserContext): Promise<Page> {
  const [copy, body] = [await context.newPage(), await page.content()];
  let isShown = false;
  await copy.route('**/*', async (route) => {
    if (route.request().resourceType() === 'stylesheet') return await route.continue();
    if (isShown) return await route.abort('aborted');
    isShown = true;
    return await route.fulfill({ contentType: 'text/html; charset=utf-8', body });
  });
  await copy.goto(page.url());
  return copy;
}

/** What axe-core finds serious or critical; it is put in past the page's own policy. */
export async function seriousFindings(on: Page, options: axe.RunOptions): Promise<string[]> {
  const run = JSON.stringify({ resultTypes: ['violations'], ...options });
  const { violations } = (await on.evaluate(`${axe.source};axe.run(${run})`)) as axe.AxeResults;
  const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  return grave.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
}
