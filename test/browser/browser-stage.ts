import type { Browser, BrowserContext, Page } from 'playwright-core';
import { type OperatedStage, operatedStage } from '../channel/operated-stage.ts';
import { castAccount } from '../harness/casting.ts';
import { launchChromium } from '../harness/chromium.ts';
import { type Ingress, startIngress } from '../harness/ingress.ts';
import { pagesFlags } from '../harness/pages.ts';
import { uniqueName } from '../harness/scratch.ts';
import { sharedWorld } from '../harness/shared-world.ts';
import { appWithSecret, channelWithTokens, oidcPlatform } from '../harness/stage.ts';

/** What the platform knows of a channel's account. */
export interface AtPlatform {
  /** Chooses the account and agrees, on the platform's own page. */
  agree(page: Page): Promise<void>;
  deny(page: Page): Promise<void>;
  /** The person removes the app in the settings of the account. */
  disconnect(): Promise<void>;
}

export interface AtSimulator {
  readonly accountId: string;
  readonly clientId: string;
}

/** An operator with its pages behind TLS, a sign-in server, and one browser. */
export interface BrowserStage extends OperatedStage {
  readonly url: string;
  readonly browser: Browser;
  /** Who may connect everything here. */
  readonly person: string;
  /** A fresh profile of the browser. */
  profile(options?: { readonly scripts?: boolean }): Promise<BrowserContext>;
  channelURL(name: string): string;
  /** A channel without login, of an account at its platform; answers what to press there. */
  newChannel(platform: string, name: string, spec?: object): Promise<AtPlatform>;
  /** A channel of the simulator that is connected already; answers also the account, and its app there. */
  connectedChannel(platform: string, name: string, spec?: object): Promise<AtPlatform & AtSimulator>;
}

export async function browserStage(): Promise<BrowserStage> {
  const world = sharedWorld();
  const browser = await launchChromium();
  const ingress = await startIngress(world.authority);
  const person = uniqueName('dana');
  const stage = await operatedStage({ args: await pagesFlags(world, ingress, person) });
  return {
    ...stage,
    url: ingress.url,
    browser,
    person,
    profile: ({ scripts = true } = {}) =>
      browser.newContext({
        ignoreHTTPSErrors: true,
        javaScriptEnabled: scripts,
        viewport: { width: 390, height: 844 },
      }),
    channelURL: (name) => `${ingress.url}/c/${stage.namespace}/${name}`,
    newChannel: (platform, name, spec = {}) =>
      platform === yamlPlatform
        ? oidcChannel(stage, ingress, name, person)
        : simulatedChannel(stage, ingress, platform, name, spec),
    connectedChannel: async (platform, name, spec = {}) => {
      const redirectUris = [`${ingress.url}/callback`];
      const app = await stage.simulatedApp(platform, `${name}-app`, { redirectUris });
      const options = { spec: { owner: undefined, ...spec }, mint: mintOf(spec) };
      const { accountId } = await stage.connect(platform, app, `${name}-app`, name, options);
      return { ...atSimulator(stage, platform, accountId), accountId, clientId: app.clientId };
    },
    removeAll: async () => {
      await browser.close();
      await stage.removeAll();
      await ingress.stop();
    },
  };
}

/** Not built in: the OAuth server that nobody here wrote, by a SocialPlatform. */
export const yamlPlatform = 'by-yaml-alone';

async function simulatedChannel(
  stage: OperatedStage,
  ingress: Ingress,
  platform: string,
  name: string,
  spec: object,
): Promise<AtPlatform> {
  const redirectUris = [`${ingress.url}/callback`];
  await stage.simulatedApp(platform, `${name}-app`, { redirectUris });
  const { accountId, spec: cast } = await castAccount(stage.simulator, platform, name);
  await stage.apply(channelWithTokens(name, `${name}-app`, undefined, { owner: undefined, ...cast, ...spec }));
  return atSimulator(stage, platform, accountId);
}

const mintOf = ({ scopes }: { readonly scopes?: string[] }) => (scopes === undefined ? {} : { scopes });

function atSimulator(stage: OperatedStage, platform: string, accountId: string): AtPlatform {
  return {
    agree: (page) => page.locator(`a[href*="approve=${accountId}"]`).click(),
    deny: (page) => page.getByRole('link', { name: 'Deny' }).click(),
    disconnect: async () => void (await stage.simulator.strike({ platform, accountId, cause: 'disconnected' })),
  };
}

async function oidcChannel(stage: OperatedStage, ingress: Ingress, name: string, person: string): Promise<AtPlatform> {
  const redirectUris = [`${ingress.url}/callback`];
  const client = await stage.oidc.createClient({ clientId: uniqueName('video-client'), redirectUris });
  const platform = uniqueName('example-video');
  await stage.world.admin.apply([oidcPlatform(platform, stage.world.oidc?.url ?? '')] as never);
  await stage.apply(appWithSecret(`${name}-app`, platform, client));
  await stage.apply(channelWithTokens(name, `${name}-app`, undefined, { owner: undefined }));
  return {
    agree: async (page) => {
      const login = page.getByRole('button', { name: `(${person})` });
      const agree = page.getByRole('button', { name: 'Agree' });
      await login.or(agree).waitFor();
      if (await login.isVisible()) await login.click();
      await agree.click();
    },
    deny: (page) => page.getByRole('button', { name: 'Deny' }).click(),
    disconnect: async () => {
      for (const { id } of await stage.oidc.grants({ clientId: client.clientId }))
        await stage.oidc.endGrant({ grantId: id });
    },
  };
}

/** Signs in on the page that asks for it: one click of ours, and what the sign-in server asks. */
export async function signIn(page: Page, person: string): Promise<void> {
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: `(${person})` }).click();
  await page.getByRole('button', { name: 'Agree' }).click();
  await page.waitForURL(/\/c\/|\/$/);
}
