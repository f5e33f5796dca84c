import { Agent, request } from 'undici';
import { strings } from '../src/web/pages/strings.ts';
import { sleep } from '../test/harness/wait.ts';

/** Where somebody with a browser goes. */
export interface Places {
  /** Of our pages. */
  readonly origin: string;
  /** Of the platform's consent page, whatever stands between it and the operator. */
  readonly platform: string;
  /** PEM, of both. */
  readonly ca: string;
}

interface Page {
  readonly status: number;
  readonly location: string | undefined;
  readonly title: string;
  readonly html: string;
}

/** Between two looks at a page that does not load. */
const againMs = 700;
/** After so long somebody would have called for help. */
const patienceMs = 120_000;

/**
 * Somebody who connects a channel: opens its page, presses what stands there, agrees at the platform, and where a page
 * does not load looks again. Who reads that it did not work begins anew, as the page says.
 */
export class Person {
  readonly #places: Places;
  readonly #dispatcher: Agent;
  readonly #cookies: Map<string, string>;
  #isGone = false;
  /** How often they agreed at the platform. */
  agreed = 0;
  /** A page said that the channel is connected. */
  isConnected = false;
  /** The titles of the pages that told how it went. */
  readonly told: string[] = [];

  constructor(places: Places, cookies: ReadonlyMap<string, string> = new Map()) {
    this.#places = places;
    this.#cookies = new Map(cookies);
    // The operator is killed and started again: no connection outlives a request.
    this.#dispatcher = new Agent({ pipelining: 0, connect: { ca: places.ca } });
  }

  /** @param agree answers the sign-in server's page of that address with the query that it sends the browser back with */
  async signIn(path: string, agree: (url: string) => Promise<Record<string, string>>): Promise<void> {
    const going = await this.#press(await this.#open(path), '/sign-in');
    const back = new URLSearchParams(await agree(onwardOf(going) ?? ''));
    await this.#open(`/sign-in/callback?${back}`);
    const { title } = await this.#open(path);
    if (title === strings.signIn.title) throw new Error('the pages do not know who has signed in');
  }

  /** Ends once a page says that the channel is connected, or when they leave. */
  async connect(path: string, accountId: string): Promise<void> {
    while (!this.#isGone && !this.isConnected) {
      const going = await this.#press(await this.#open(path), `${path}/connect`).catch(() => undefined);
      const consentPage = going && onwardOf(going);
      if (consentPage === undefined) {
        await sleep(againMs);
        continue;
      }
      const back = await this.#agree(consentPage, accountId);
      const end = await this.#read(await this.#open(back));
      this.isConnected = end.title === strings.result.connected.title;
    }
  }

  /** The same browser, in which nothing was begun. */
  again(): Person {
    return new Person(this.#places, this.#cookies);
  }

  leave(): void {
    this.#isGone = true;
  }

  async #agree(url: string, accountId: string): Promise<string> {
    const page = new URL(url);
    page.searchParams.set('approve', accountId);
    const at = new URL(`${page.pathname}${page.search}`, this.#places.platform);
    const { statusCode, headers, body } = await request(at, { dispatcher: this.#dispatcher });
    const text = await body.text();
    if (statusCode !== 302) throw new Error(`the consent page answered ${statusCode}: ${text}`);
    this.agreed += 1;
    const { pathname, search } = new URL(String(headers.location));
    return `${pathname}${search}`;
  }

  /** Follows a result to its end: pages that look again by themselves, and the one question. */
  async #read(first: Page & { at: string }): Promise<Page> {
    let page = first;
    while (!this.#isGone) {
      if (this.told.at(-1) !== page.title) this.told.push(page.title);
      const here = page.at.split('?')[0] ?? '';
      const [, seconds, url] = /http-equiv="refresh" content="(\d+);url=([^"]+)"/.exec(page.html) ?? [];
      if (page.title === strings.result.confirm.title) {
        await this.#press(page, `${here}/confirm`).catch(() => undefined);
        page = await this.#open(here);
      } else if (url !== undefined) {
        await sleep(Number(seconds) * 1_000);
        page = await this.#open(unescaped(url));
      } else break;
    }
    return page;
  }

  async #press({ html, title }: Page, action: string): Promise<Page> {
    const [, inside] = new RegExp(`<form method="post" action="${action}">(.*?)</form>`, 's').exec(html) ?? [];
    if (inside === undefined) throw new Error(`the page "${title}" has no button that leads to ${action}`);
    const fields = [...inside.matchAll(/name="([^"]+)" value="([^"]*)"/g)];
    return await this.#ask(
      action,
      new URLSearchParams(fields.map(([, name = '', value = '']): [string, string] => [name, unescaped(value)])),
    );
  }

  /**
   * What stands there in the end. Our pages' redirects are followed; what does not load is loaded again.
   * @throws Error when nobody's patience would last so long
   */
  async #open(path: string): Promise<Page & { at: string }> {
    let at = path;
    let seen: unknown = 'nothing';
    for (const until = Date.now() + patienceMs; Date.now() < until && !this.#isGone; ) {
      const page = await this.#ask(at).catch((error: unknown) => {
        seen = error;
        return undefined;
      });
      if (page?.location !== undefined) {
        at = page.location;
        continue;
      }
      if (page !== undefined) {
        if (page.status < 500 || page.html.includes('http-equiv="refresh"')) return { ...page, at };
        seen = `${page.status} ${page.title}`;
      }
      await sleep(againMs);
    }
    throw new Error(`nothing loads at ${at.split('?')[0]}: ${String(seen)}`);
  }

  async #ask(path: string, form?: URLSearchParams): Promise<Page> {
    const { origin } = this.#places;
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const posted = { origin, 'content-type': 'application/x-www-form-urlencoded' };
    const { statusCode, headers, body } = await request(new URL(path, origin), {
      dispatcher: this.#dispatcher,
      headers: { cookie, ...(form === undefined ? {} : posted) },
      ...(form === undefined ? {} : { method: 'POST', body: form.toString() }),
    });
    const html = await body.text();
    for (const line of [headers['set-cookie'] ?? []].flat()) this.#keep(line);
    const [, title = ''] = /<h1>(.*?)<\/h1>/s.exec(html) ?? [];
    const { location } = headers;
    return {
      status: statusCode,
      location: location === undefined ? undefined : String(location),
      title: unescaped(title),
      html,
    };
  }

  #keep(line: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (/max-age=0/i.test(line)) this.#cookies.delete(name);
    else this.#cookies.set(name, value);
  }
}

/** Where a page leads the browser on to. */
function onwardOf({ html }: Page): string | undefined {
  const [, url] = /<a class="button" href="(https:[^"]+)"/.exec(html) ?? [];
  return url === undefined ? undefined : unescaped(url);
}

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' };

function unescaped(text: string): string {
  return text.replace(/&(?:#(\d+)|(amp|lt|gt|quot));/g, (_, code?: string, name = '') =>
    code === undefined ? (named[name] ?? '') : String.fromCharCode(Number(code)),
  );
}
