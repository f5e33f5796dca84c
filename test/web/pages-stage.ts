import { randomBytes } from 'node:crypto';
import type { Hono } from 'hono';
import type { SocialChannel, SocialChannelStatus } from '../../src/api/resources.gen.ts';
import type { ChannelCard, ChannelSummary, Invitation } from '../../src/core/consent.ts';
import type { ChannelRef } from '../../src/core/grant.ts';
import { Sealed } from '../../src/core/sealed.ts';
import { type Access, type Person, readAccess } from '../../src/web/pages/access.ts';
import { pagesApp } from '../../src/web/pages/app.ts';
import type { PagesEnv } from '../../src/web/pages/guard.ts';
import type { PagesParts, ServedRequest } from '../../src/web/pages/ports.ts';
import { createSeal } from '../../src/web/pages/seal.ts';
import { type SignIn, SignInFailed } from '../../src/web/pages/sign-in.ts';
import { MemoryDesk } from './memory-desk.ts';

export const base = 'https://connect.example.com';
export const startAt = Date.UTC(2026, 10, 25, 12, 0, 0);
export const channelRef: ChannelRef = { namespace: 'main-stage', name: 'main-stage-twitch' };
export const channelPath = '/c/main-stage/main-stage-twitch';

/** Every replica has the same. */
export const sealSecret = Sealed.of('k'.repeat(64));

export const access: Access = readAccess(`
rules:
  - namespaces: [main-stage]
    connect: [stage-crew]
    see: [managers]
  - namespaces: ['side-*']
    connect: [side-crew]
`);

/** People that can sign in here, by name. */
export const people = {
  dana: person('dana', ['stage-crew', 'unknown-group'], 'dana@example.com'),
  mallory: person('mallory', ['side-crew']),
  manager: person('manager', ['managers']),
  nobody: person('nobody', []),
} satisfies Record<string, Person>;

function person(name: string, groups: readonly string[], email = `${name}@example.com`): Person {
  return { id: `sub-${name}`, name: `${name} of the team`, email, isEmailVerified: true, groups };
}

/** A sign-in server that signs in whoever it is told to. */
export class ScriptedSignIn implements SignIn {
  readonly host = 'login.example.com';
  next: Person | SignInFailed = people.dana;
  #count = 0;

  async begin(returnTo: string) {
    this.#count += 1;
    const transaction = { state: `state${this.#count}`, nonce: 'n', verifier: 'v', returnTo };
    return { url: `https://login.example.com/auth?state=${transaction.state}`, transaction };
  }

  async finish(callback: URLSearchParams, { state }: { state: string }): Promise<Person> {
    if (callback.get('state') !== state) throw new SignInFailed('NotGenuine', 'state does not fit');
    if (this.next instanceof SignInFailed) throw this.next;
    return this.next;
  }

  async endSessionURL(): Promise<string | undefined> {
    return 'https://login.example.com/logout?client_id=pages';
  }
}

export function channelCard(
  spec: Partial<SocialChannel['spec']> = {},
  status: SocialChannelStatus | undefined = needsReauth,
  more: Partial<ChannelCard> = {},
): ChannelCard {
  const channel = {
    apiVersion: 'socialops.dev/v1alpha1',
    kind: 'SocialChannel',
    metadata: { name: channelRef.name, namespace: channelRef.namespace, creationTimestamp: '2026-11-01T09:00:00Z' },
    spec: { appRef: { name: 'twitch' }, ...spec },
    ...(status === undefined ? {} : { status }),
  } as SocialChannel;
  return {
    channel,
    platform: { name: 'twitch', displayName: 'Twitch' },
    app: { namespace: 'main-stage', name: 'twitch' },
    advice: [],
    scopePurposes: { 'clips:edit': 'cutting clips' },
    canConsent: true,
    ...more,
  };
}

export const needsReauth: SocialChannelStatus = {
  state: 'NeedsReauth',
  reason: 'AccessRevoked',
  message:
    'Twitch rejected the stored login: "Invalid refresh token". This happens when the password was changed or the app was disconnected. It was confirmed twice.',
  needsReauthSince: '2026-11-25T11:42:00Z',
  accessTokenExpiryTime: '2026-11-25T11:42:00Z',
  account: { id: '141981764', handle: '@mainstage' },
  platform: 'twitch',
  conditions: [
    condition('Ready', 'False', 'AccessRevoked', 'Twitch rejected the stored login.', '2026-11-25T11:42:00Z'),
    condition(
      'TokenValid',
      'False',
      'AccessTokenRefused',
      'The platform refused the access token.',
      '2026-11-25T11:42:00Z',
    ),
    condition(
      'ReauthRequired',
      'True',
      'AccessRevoked',
      'Dana Reyes has to connect the channel again.',
      '2026-11-25T11:43:00Z',
    ),
    condition(
      'SecretProjected',
      'True',
      'Projected',
      'Secret main-stage/main-stage-twitch-token holds the access token.',
      '2026-11-01T10:00:00Z',
    ),
  ],
};

type Conditions = NonNullable<SocialChannelStatus['conditions']>;

export function condition(
  type: Conditions[number]['type'],
  status: Conditions[number]['status'],
  reason: Conditions[number]['reason'],
  message: string,
  lastTransitionTime: string,
): Conditions[number] {
  return { type, status, reason, message, observedGeneration: 1, lastTransitionTime };
}

/** Everything that the pages stand on, in memory, and what was counted. */
export class PagesStage {
  now = startAt;
  readonly desk: MemoryDesk;
  readonly signIn = new ScriptedSignIn();
  readonly cards = new Map<string, ChannelCard>([[key(channelRef), channelCard()]]);
  readonly summaries: ChannelSummary[] = [];
  readonly invitations = new Map<string, Invitation | 'Forged' | 'Expired' | 'Used' | 'Replaced'>();
  readonly served: ServedRequest[] = [];
  readonly errors: unknown[] = [];
  readonly parts: PagesParts;
  readonly app: Hono<PagesEnv>;
  peer = '192.0.2.1';

  constructor(more: Partial<PagesParts> = {}) {
    this.desk = new MemoryDesk(() => this.now);
    this.parts = {
      baseURL: base,
      desk: this.desk,
      cards: {
        get: async (ref) => this.cards.get(key(ref)),
        list: () => this.summaries,
      },
      access,
      seal: createSeal({ secret: sealSecret, audience: base, now: () => this.now }),
      signIn: this.signIn,
      invitations: { check: async (token) => this.invitations.get(token) ?? 'Forged' },
      trustedProxies: [],
      now: () => this.now,
      secret: () => randomBytes(32).toString('base64url'),
      onRequest: (served) => this.served.push(served),
      onError: (error) => this.errors.push(error),
      ...more,
    };
    this.app = pagesApp(this.parts, () => this.peer);
  }

  browser(): Browser {
    return new Browser(this.app);
  }

  /** A browser in which this person has signed in. */
  async signedIn(who: Person = people.dana, returnTo = channelPath): Promise<Browser> {
    const browser = this.browser();
    this.signIn.next = who;
    const page = await browser.submit('/sign-in', { return: returnTo });
    const state = new URL(page.goesTo ?? '').searchParams.get('state');
    await browser.get(`/sign-in/callback?code=c&state=${state}`);
    return browser;
  }

  /** A browser that has pressed Continue, and what it would bring back. */
  async continued(who: Person = people.dana) {
    const browser = await this.signedIn(who);
    const page = await browser.press(channelPath, `${channelPath}/connect`);
    const id = this.desk.ids.at(-1) ?? '';
    return { browser, page, id, state: this.desk.stateOf(id) };
  }
}

export function key({ namespace, name }: ChannelRef): string {
  return `${namespace}/${name}`;
}

export interface Page {
  readonly status: number;
  readonly headers: Headers;
  readonly html: string;
  /** Without tags, entities resolved, spaces as one: what a person reads. */
  readonly text: string;
  readonly location: string | null;
  /** Where the page leads on by itself. */
  readonly goesTo: string | undefined;
}

/** As little of a browser as the flow needs: cookies, forms, and the headers that browsers send by themselves. */
export class Browser {
  readonly cookies = new Map<string, string>();
  readonly #app: Hono<PagesEnv>;

  constructor(app: Hono<PagesEnv>) {
    this.#app = app;
  }

  async get(path: string, headers: Record<string, string> = {}): Promise<Page> {
    return await this.send('GET', path, undefined, { 'Sec-Fetch-Site': 'cross-site', ...headers });
  }

  /** Follows redirects to our own pages, as a browser does. */
  async open(path: string): Promise<Page> {
    const page = await this.get(path);
    return page.location?.startsWith('/') ? await this.open(page.location) : page;
  }

  /** A form of ours, as Chromium sends it from a page with no-referrer. */
  async submit(path: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Page> {
    const ours = { Origin: 'null', 'Sec-Fetch-Site': 'same-origin', ...headers };
    return await this.send('POST', path, new URLSearchParams(fields), ours);
  }

  /** Opens a page, and presses the button of the form with that action. */
  async press(on: string, action: string): Promise<Page> {
    const page = await this.open(on);
    const fields = formFields(page.html, action);
    if (fields === undefined) throw new Error(`no form for ${action} on ${on}: ${page.text}`);
    return await this.submit(action, fields);
  }

  async send(method: string, path: string, body: URLSearchParams | undefined, headers: Record<string, string>) {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const init = { method, headers: { ...(cookie === '' ? {} : { Cookie: cookie }), ...headers } };
    const response = await this.#app.request(path, body === undefined ? init : { ...init, body });
    for (const line of response.headers.getSetCookie()) this.#keep(line);
    return await pageOf(response);
  }

  #keep(line: string): void {
    const [pair = ''] = line.split(';');
    const [name = '', value = ''] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
    if (/Max-Age=0/i.test(line)) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

async function pageOf(response: Response): Promise<Page> {
  const html = await response.text();
  const goesTo = /http-equiv="refresh" content="\d+;url=([^"]*)"/.exec(html)?.[1];
  return {
    status: response.status,
    headers: response.headers,
    html,
    text: readable(html),
    location: response.headers.get('Location'),
    goesTo: goesTo && unescaped(goesTo),
  };
}

function unescaped(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}

function readable(html: string): string {
  return unescaped(html.replace(/<[^>]*>/g, ' '))
    .replace(/\s+/g, ' ')
    .trim();
}

/** Names and values of the hidden fields of one form; undefined where there is no such form. */
export function formFields(html: string, action: string): Record<string, string> | undefined {
  const form = html.split('<form ').find((part) => part.startsWith(`method="post" action="${action}"`));
  if (form === undefined) return undefined;
  const inputs = form.split('</form>')[0]?.matchAll(/name="([^"]*)" value="([^"]*)"/g) ?? [];
  return Object.fromEntries([...inputs].map(([, name = '', value = '']) => [name, unescaped(value)]));
}
