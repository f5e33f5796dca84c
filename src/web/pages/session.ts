import { createHash, timingSafeEqual } from 'node:crypto';
import type { Context } from 'hono';
import { z } from 'zod';
import type { Requester } from '../../core/consent.ts';
import type { ChannelRef } from '../../core/grant.ts';
import { cookiesNamed, dropCookie, readCookie, writeCookie } from './cookies.ts';
import { EndedCookies } from './ended-cookies.ts';
import type { PagesParts } from './ports.ts';

/** A working day: a person is asked to sign in once in it. */
export const sessionLifeMs = 8 * 3_600_000;
/** Of somebody who came by invitation. */
export const invitedLifeMs = 30 * 60_000;
/** From Continue to the callback, and as long again to answer what the result page asks. */
export const consentLifeMs = 10 * 60_000;
/** More than one person does at once; a browser sends only so many bytes of cookies. */
const mostConsents = 5;

const ref = z.object({ namespace: z.string(), name: z.string() });

const session = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('SignedIn'),
    csrf: z.string(),
    person: z.object({
      id: z.string(),
      name: z.string(),
      email: z.string().optional(),
      isEmailVerified: z.boolean(),
      groups: z.array(z.string()),
    }),
  }),
  // The link's own text is kept, so that each request asks whether it still counts.
  z.object({ kind: z.literal('Invited'), csrf: z.string(), token: z.string(), id: z.string(), channel: ref }),
]);

/** Who this browser has shown to be. */
export type Session = z.infer<typeof session>;

const consent = z.object({
  channel: ref,
  id: z.string(),
  browserSecret: z.string(),
  csrf: z.string(),
  by: z.string(),
  begunAt: z.number(),
  temporaryTokenHash: z.string().optional(),
});

/** One consent that this browser has begun. */
export type BrowserConsent = z.infer<typeof consent>;

/** What the pages keep in the browser, sealed. */
export class BrowserMemory {
  readonly #parts: Pick<PagesParts, 'seal'>;
  readonly #ended: EndedCookies;

  constructor(parts: Pick<PagesParts, 'seal' | 'now'>) {
    this.#parts = parts;
    this.#ended = new EndedCookies(parts.now);
  }

  async session(context: Context): Promise<Session | undefined> {
    return await this.#read(context, 'session', 'session', session);
  }

  async writeSession(context: Context, content: Session, lifeMs: number): Promise<void> {
    writeCookie(context, 'session', await this.#parts.seal.close('session', content, lifeMs), lifeMs);
  }

  /** Signed out: the cookies go, and whoever copied them before finds that this replica opens them no more. */
  async endSession(context: Context): Promise<void> {
    const current = await this.session(context);
    if (current !== undefined) this.#ended.add(current.csrf, sessionLifeMs);
    for (const { content } of await this.#consents(context)) {
      if (content !== undefined) this.#ended.add(content.csrf, consentLifeMs);
    }
    dropCookie(context, 'session');
    this.forgetConsents(context);
  }

  /** Another person may have begun them in this browser; nothing of it is handed on. */
  forgetConsents(context: Context): void {
    for (const name of cookiesNamed(context, 'consent-')) dropCookie(context, name);
  }

  async consent(context: Context, id: string): Promise<BrowserConsent | undefined> {
    const found = await this.#read(context, `consent-${id}`, 'consent', consent);
    return found?.id === id ? found : undefined;
  }

  /** OAuth 1.0a: the one whose temporary token came back. */
  async consentOf(context: Context, temporaryToken: string): Promise<BrowserConsent | undefined> {
    const hash = createHash('sha256').update(temporaryToken).digest('hex');
    const kept = await this.#consents(context);
    return kept.find(({ content }) => content?.temporaryTokenHash === hash)?.content;
  }

  async writeConsent(context: Context, content: BrowserConsent): Promise<void> {
    const sealed = await this.#parts.seal.close('consent', content, consentLifeMs);
    writeCookie(context, `consent-${content.id}`, sealed, consentLifeMs);
  }

  /** Keeps the youngest consents of this browser, and drops those that open no more. */
  async pruneConsents(context: Context): Promise<void> {
    const aged = (await this.#consents(context)).map(({ name, content }) => ({ name, at: content?.begunAt ?? 0 }));
    const old = aged.sort((a, b) => b.at - a.at).filter(({ at }, index) => at === 0 || index >= mostConsents - 1);
    for (const { name } of old) dropCookie(context, name);
  }

  /** All cookies of consents; without content is what opens no more. */
  async #consents(context: Context) {
    const names = cookiesNamed(context, 'consent-');
    const read = async (name: string) => ({ name, content: await this.#read(context, name, 'consent', consent) });
    return await Promise.all(names.map(read));
  }

  async #read<T extends { readonly csrf: string }>(
    context: Context,
    name: string,
    purpose: 'session' | 'consent',
    shape: z.ZodType<T>,
  ): Promise<T | undefined> {
    const text = readCookie(context, name);
    if (text === undefined) return undefined;
    const content = shape.safeParse(await this.#parts.seal.open(purpose, text)).data;
    return content !== undefined && this.#ended.has(content.csrf) ? undefined : content;
  }
}

/** Who it is, in one word, to compare the person of a callback with the one that began. */
export function identityOf(who: Session): string {
  return who.kind === 'SignedIn' ? `SignedIn:${who.person.id}` : `Invited:${who.id}`;
}

export function requesterOf(who: Session): Requester {
  return who.kind === 'SignedIn'
    ? { kind: 'SignedIn', id: who.person.id, name: who.person.email ?? who.person.name }
    : { kind: 'Invited', id: who.id, name: 'invitation' };
}

export function isSameChannel(one: ChannelRef, other: ChannelRef): boolean {
  return one.namespace === other.namespace && one.name === other.name;
}

/** Compares two secrets in the same time wherever they differ. */
export function isSameSecret(one: string, other: string | undefined): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other ?? '')];
  return a.length === b.length && timingSafeEqual(a, b);
}
