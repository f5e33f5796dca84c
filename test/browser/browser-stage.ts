import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { type OperatedStage, operatedStage } from '../channel/operated-stage.ts';
import { castAccount, castConsent } from '../harness/casting.ts';
import { launchChromium } from '../harness/chromium.ts';
import { type Ingress, startIngress } from '../harness/ingress.ts';
import { scratchFolder, uniqueName } from '../harness/scratch.ts';
import { sharedWorld } from '../harness/shared-world.ts';
import { channelWithTokens } from '../harness/stage.ts';

const accessFile = `
rules:
  - namespaces: ['*']
    connect: [stage-crew]
`;

/** An operator with its pages behind TLS, a sign-in server, and one browser. */
export interface BrowserStage extends OperatedStage {
  readonly url: string;
  readonly browser: Browser;
  /** Who may connect everything here. */
  readonly person: string;
  /** A fresh profile of the browser. */
  profile(options?: { readonly scripts?: boolean }): Promise<BrowserContext>;
  channelURL(name: string): string;
  /** A channel without login, and the account at its platform. */
  newChannel(platform: string, name: string, spec?: object): Promise<{ accountId: string; assetId: string | undefined }>;
}

export async function browserStage(): Promise<BrowserStage> {
  const world = sharedWorld();
  const browser = await launchChromium();
  const ingress = await startIngress(world.authority);
  const folder = scratchFolder('pages');
  const person = uniqueName('dana');
  const stage = await operatedStage({ args: await pagesArgs(ingress, folder, person) });
  return {
    ...stage,
    url: ingress.url,
    browser,
    person,
    profile: ({ scripts = true } = {}) =>
      browser.newContext({ ignoreHTTPSErrors: true, javaScriptEnabled: scripts, viewport: { width: 390, height: 844 } }),
    channelURL: (name) => `${ingress.url}/c/${stage.namespace}/${name}`,
    newChannel: async (platform, name, spec = {}) => {
      const { clientId } = await stage.simulatedApp(platform, `${name}-app`, { redirectUris: [`${ingress.url}/callback`] });
      const cast = await castAccount(stage.simulator, platform, name);
      const { scopes = [] } = castConsent(platform);
      await stage.apply(channelWithTokens(name, `${name}-app`, undefined, { owner: undefined, ...cast.spec, ...spec }));
      return { accountId: cast.accountId, assetId: cast.assetId, ...(clientId && scopes ? {} : {}) };
    },
    removeAll: async () => {
      await browser.close();
      await stage.removeAll();
      await ingress.stop();
    },
  };
}

async function pagesArgs(ingress: Ingress, folder: string, person: string): Promise<string[]> {
  const world = sharedWorld();
  const { OidcControl } = await import('../oidc/control.ts');
  const oidc = new OidcControl(world.oidc?.controlUrl ?? '');
  await oidc.createAccount({ id: person, name: 'Dana Reyes', email: 'dana@example.com', groups: ['stage-crew'] });
  const redirectUris = [`${ingress.url}/sign-in/callback`];
  const { clientId, clientSecret } = await oidc.createClient({ clientId: uniqueName('pages'), redirectUris });
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  return [
    ['--pages-url', ingress.url],
    ['--pages-address', ingress.target],
    ['--pages-sign-in-issuer', world.oidc?.url ?? ''],
    ['--pages-sign-in-client-id', clientId],
    ['--pages-sign-in-client-secret-file', file('client-secret', clientSecret ?? '')],
    ['--pages-sign-in-scopes', 'openid,email,groups'],
    ['--pages-sign-in-ca-file', file('ca.crt', world.authority.certificate)],
    ['--pages-access-file', file('access.yaml', accessFile)],
    ['--pages-trusted-proxies', '127.0.0.0/8'],
    ['--pages-invitations'],
  ].flat();
}

/** Signs in on the page that asks for it: one click of ours, and what the sign-in server asks. */
export async function signIn(page: Page, person: string): Promise<void> {
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: `(${person})` }).click();
  await page.getByRole('button', { name: 'Agree' }).click();
  await page.waitForURL(/\/c\/|\/$/);
}
