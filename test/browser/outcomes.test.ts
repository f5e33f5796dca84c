import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { formatInstant } from '../../src/core/instant.ts';
import { isConnected } from '../channel/operated-stage.ts';
import { look } from '../harness/page-look.ts';
import { repository, uniqueName } from '../harness/scratch.ts';
import { type BrowserStage, browserStage, signIn } from './browser-stage.ts';

const folder = join(repository, '.test-reports', 'screenshots-desk');

let stage: BrowserStage;
/** Without scripts: nothing of all this needs one. */
let crew: BrowserContext;
let page: Page;
let scripted: BrowserContext;

beforeAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  stage = await browserStage();
  crew = await stage.profile({ scripts: false });
  scripted = await stage.profile();
  const first = await crew.newPage();
  await first.goto(stage.url);
  await signIn(first, stage.person);
  await first.close();
});
afterAll(async () => {
  await stage?.removeAll();
});
beforeEach(async () => {
  page = await openTab(crew);
});
afterEach(() => page.close());

async function openTab(profile: BrowserContext): Promise<Page> {
  const opened = await profile.newPage();
  opened.setDefaultTimeout(20_000);
  return opened;
}

const press = (name: RegExp, on = page) => on.getByRole('button', { name }).click();
const says = async (text: string, on = page) => expect(await on.locator('main').textContent()).toContain(text);
const tokenOf = async (name: string) => (await stage.secret(`${name}-token`))?.access_token;
const isUnchanged = async (name: string) =>
  expect(await stage.status(name)).toMatchObject({ state: 'Connected', epoch: 1, reason: 'Healthy' });

/** Waits for the page of this heading, writes its pictures, and asks of it what is asked of every page. */
async function arrives(heading: string, name: string, on = page): Promise<void> {
  const found = on.getByRole('heading', { level: 1, name: heading });
  await found.waitFor().catch(async (error: unknown) => {
    throw new Error(`${on.url()} says:\n${await on.locator('body').textContent()}`, { cause: error });
  });
  // A page that asks itself again would be another document before it was looked at.
  await on.route('**/*', (route) => route.abort('aborted'));
  await look(on, { name, folder, scripted, isWaiting: (await on.locator('meta[http-equiv="refresh"]').count()) > 0 });
  await on.unroute('**/*');
}

/** From the channel's page to the platform's. */
async function goToPlatform(name: string, on = page): Promise<void> {
  await on.goto(stage.channelURL(name));
  await press(/^Continue with /, on);
  await on.getByRole('heading', { name: 'Simulated' }).waitFor();
}

/** Agrees at the platform with more said than the link of its page says. */
async function agreeWith(accountId: string, more: Readonly<Record<string, string>>): Promise<void> {
  const link = await page.locator(`a[href*="approve=${accountId}"]`).getAttribute('href');
  const target = new URL(link ?? '', page.url());
  for (const [name, value] of Object.entries(more)) target.searchParams.set(name, value);
  await page.goto(target.href);
}

describe('a channel that is connected stays as it is', () => {
  const name = 'kept';
  const scopes = ['channel:read:stream_key', 'user:read:chat'];
  const before = { token: '' };
  let own: Awaited<ReturnType<BrowserStage['connectedChannel']>>;

  beforeAll(async () => {
    own = await stage.connectedChannel('twitch', name, { scopes });
    await stage.until(name, 'it to connect', isConnected);
    before.token = (await tokenOf(name)) ?? '';
  });

  it('when another account agreed, and what that one granted is given back by a button', async () => {
    const other = await stage.simulator.createAccount({
      platform: 'twitch',
      id: uniqueName('other'),
      login: 'private',
    });
    await goToPlatform(name);
    await page.locator(`a[href*="approve=${other.id}"]`).click();
    await arrives('This is another account', 'wrong-account');
    for (const handle of [name, 'private', own.accountId, other.id]) await says(handle);
    await isUnchanged(name);
    const revoked = async () =>
      (await stage.simulator.tokens({ platform: 'twitch', accountId: other.id })).filter(
        ({ kind, endedBy }) => kind === 'access' && endedBy === 'revoked-by-client',
      ).length;
    expect(await revoked()).toBe(0);
    await press(/^Give back what I just granted$/);
    await arrives('Given back', 'given-back');
    // There the access token alone can be given back; the other one is destroyed here.
    expect(await revoked()).toBe(1);
    await isUnchanged(name);
  });

  it('when fewer permissions were granted than it needs', async () => {
    await goToPlatform(name);
    await agreeWith(own.accountId, { approve_scopes: 'user:read:chat' });
    await arrives('Some permissions are missing', 'fewer-scopes');
    await says('channel:read:stream_key');
    expect(await page.locator('main').textContent()).not.toContain('user:read:chat');
    await isUnchanged(name);
  });

  it('when the person does not agree', async () => {
    await goToPlatform(name);
    await own.deny(page);
    await arrives('You did not agree', 'denied');
    await isUnchanged(name);
  });

  it('when the platform fails at the exchange', async () => {
    const { clientId } = own;
    await stage.simulator.addFault({ platform: 'twitch', clientId, operation: 'token', kind: 'status', times: 1 });
    await goToPlatform(name);
    await own.agree(page);
    await arrives('It did not work this time', 'platform-away');
    await isUnchanged(name);
  });

  it('when ten minutes have passed', async () => {
    await goToPlatform(name);
    const path = stage.vaultPath(name, 'pending');
    const { root } = stage.world;
    const pending = await root.read(path);
    const { consent, ...others } = (pending?.data ?? {}) as { consent?: object };
    const aged = { ...others, consent: { ...consent, expiresAt: formatInstant(Date.now() - 1_000) } };
    await root.write(path, aged, pending?.version ?? 0);
    await own.agree(page);
    await arrives('Too late', 'too-old');
    await isUnchanged(name);
  });

  it('when a consent that was begun before is finished after a newer one', async () => {
    await goToPlatform(name);
    const second = await openTab(crew);
    await goToPlatform(name, second);
    await own.agree(page);
    await arrives('This link is not known', 'newer-consent');
    await second.close();
    await isUnchanged(name);
  });

  it('with the very token that its pods had, and with its own login alive', async () => {
    const shown = (await tokenOf(name)) ?? '';
    expect(await stage.simulator.tokenAt({ value: shown, at: Date.now() })).toMatchObject({ alive: true });
    expect(shown).toBe(before.token);
  });
});

describe('a first account', () => {
  const name = 'unpinned';

  it('is shown and can be given back; nothing is connected until it is confirmed; an answer counts once', async () => {
    const at = await stage.newChannel('kick', name);
    await stage.until(name, 'its page', ({ reconnectURL }) => reconnectURL !== undefined);
    await page.goto(stage.channelURL(name));
    await arrives(name, 'first-connection');
    await press(/^Continue with /);
    await at.agree(page);
    await arrives('Is this the right account?', 'confirm');
    await press(/^No, give it back$/);
    await page.getByRole('heading', { name: /^(Given back|Thrown away)$/ }).waitFor();
    expect(await stage.status(name)).toMatchObject({ state: 'Pending' });
    await goToPlatform(name);
    const answers: string[] = [];
    page.on('request', (request) => request.url().includes('/callback?') && answers.push(request.url()));
    await at.agree(page);
    await press(/^Yes, connect /);
    await arrives('Connected', 'connected');
    await stage.until(name, 'it to be connected', isConnected);
    expect(answers).toHaveLength(1);
    // Again, as a reload or somebody who found it in a history would.
    await page.goto(answers[0] ?? '');
    await page.getByRole('heading', { level: 1, name: 'Connected' }).waitFor();
    expect(await stage.status(name)).toMatchObject({ epoch: 1 });
    const stranger = await stage.profile({ scripts: false });
    const tab = await openTab(stranger);
    await tab.goto(answers[0] ?? '');
    await arrives('This browser began nothing', 'another-browser', tab);
    await stranger.close();
  });
});

describe('an invitation', () => {
  it('lets somebody without a sign-in connect one channel, once', async () => {
    const name = 'invited';
    const at = await stage.newChannel('twitch', name);
    const annotations = { 'socialops.dev/invite': 'for kim', 'socialops.dev/invite-note': 'Before Friday, please.' };
    await stage.patch('SocialChannel', name, { metadata: { annotations } });
    await stage.until(name, 'the link', ({ invitation }) => invitation?.secretName !== undefined);
    const { link = '' } = (await stage.secret(`${name}-invitation`)) ?? {};
    const guest = await stage.profile({ scripts: false });
    const tab = await openTab(guest);
    await tab.goto(link);
    await arrives('You are invited to connect a channel', 'invitation', tab);
    await says('Before Friday, please.', tab);
    await press(/^Open the channel$/, tab);
    await arrives(name, 'invited-channel', tab);
    await press(/^Continue with /, tab);
    await at.agree(tab);
    await press(/^Yes, connect /, tab);
    await arrives('Connected', 'invited-connected', tab);
    await stage.until(name, 'it to be connected', isConnected);
    await tab.goto(link);
    await arrives('This invitation was used', 'invitation-used', tab);
    await tab.goto(stage.channelURL(name));
    await tab.getByRole('button', { name: /^Continue with / }).waitFor({ state: 'detached' });
    await guest.close();
  });
});

describe('X by OAuth 1.0a, whose answers have no state', () => {
  it('is denied, then connected', async () => {
    const name = 'old-x';
    const at = await stage.newChannel('x', name, { grantType: 'OAuth1' });
    await stage.until(name, 'its page', ({ reconnectURL }) => reconnectURL !== undefined);
    await goToPlatform(name);
    await at.deny(page);
    await arrives('You did not agree', 'oauth1-denied');
    await goToPlatform(name);
    await at.agree(page);
    await arrives('Is this the right account?', 'oauth1-confirm');
    await press(/^Yes, connect /);
    await arrives('Connected', 'oauth1-connected');
    await stage.until(name, 'it to be connected', isConnected);
  });
});

it('nobody was asked to reconnect, nothing was spent twice or lost, and nothing secret was printed', async () => {
  await stage.expectCleanLedger();
  expect(stage.operator.output()).not.toMatch(/code=|state=|\/i\/|oauth_verifier=/);
});
