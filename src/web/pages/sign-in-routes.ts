import { html } from 'hono/html';
import { z } from 'zod';
import { namedGroups } from './access.ts';
import { goOn, notSameOrigin, show, tell } from './answers.ts';
import { dropCookie, readCookie, writeCookie } from './cookies.ts';
import { isSameOrigin, type PagesContext } from './guard.ts';
import { postForm } from './layout.ts';
import type { PagesParts } from './ports.ts';
import { safeReturn } from './routes.ts';
import { type BrowserMemory, isSameSecret, sessionLifeMs } from './session.ts';
import { SignInFailed } from './sign-in.ts';
import { strings } from './strings.ts';

const transactionLifeMs = 10 * 60_000;
const transaction = z.object({ state: z.string(), nonce: z.string(), verifier: z.string(), returnTo: z.string() });

type Answer = Response | Promise<Response>;

/** Sign-in, its way back, and sign-out. */
export function signInRoutes(parts: PagesParts, memory: BrowserMemory) {
  const { signIn, seal, baseURL } = parts;
  return {
    begin: async (context: PagesContext): Promise<Response> => {
      if (!isSameOrigin(context, baseURL)) return await notSameOrigin(context, undefined);
      if (signIn === undefined) return await tell(context, undefined, strings.signIn.none, 403);
      const { return: returnTo } = await context.req.parseBody();
      try {
        const begun = await signIn.begin(safeReturn(typeof returnTo === 'string' ? returnTo : undefined));
        const sealed = await seal.close('sign-in', begun.transaction, transactionLifeMs);
        writeCookie(context, 'sign-in', sealed, transactionLifeMs);
        return await goOn(context, undefined, signIn.host, begun.url);
      } catch (error) {
        return await failed(context, error, '/');
      }
    },
    finish: async (context: PagesContext): Promise<Response> => {
      const kept = readCookie(context, 'sign-in');
      const begun = transaction.safeParse(kept && (await seal.open('sign-in', kept))).data;
      dropCookie(context, 'sign-in');
      if (signIn === undefined || begun === undefined) {
        return await failed(context, new SignInFailed('NotGenuine', ''), '/');
      }
      try {
        const person = await signIn.finish(new URL(context.req.url).searchParams, begun);
        const named = namedGroups(parts.access);
        const groups = person.groups.filter((group) => named.has(group));
        memory.forgetConsents(context);
        const content = { kind: 'SignedIn', csrf: parts.secret(), person: { ...person, groups } } as const;
        await memory.writeSession(context, content, sessionLifeMs);
        return context.redirect(safeReturn(begun.returnTo), 303);
      } catch (error) {
        return await failed(context, error, begun.returnTo);
      }
    },
    end: async (context: PagesContext): Promise<Response> => {
      const session = await memory.session(context);
      const { csrf } = await context.req.parseBody();
      const isOurs = session === undefined || isSameSecret(session.csrf, typeof csrf === 'string' ? csrf : undefined);
      if (!isOurs || !isSameOrigin(context, baseURL)) return await notSameOrigin(context, session);
      await memory.endSession(context);
      return context.redirect('/signed-out', 303);
    },
    ended: async (context: PagesContext): Promise<Response> => {
      const { title, text, everywhere } = strings.signedOut;
      const url = await signIn?.endSessionURL();
      const link = url === undefined ? html`` : html`<p><a href="${url}">${everywhere(signIn?.host ?? '')}</a></p>`;
      const again = signIn === undefined ? html`` : signInAgain('/');
      return await show(context, undefined, { title, body: html`<p class="lead">${text}</p>${link}${again}` });
    },
  };

  function failed(context: PagesContext, error: unknown, returnTo: string): Answer {
    if (!(error instanceof SignInFailed)) throw error;
    const { title, text } = strings.signIn.failed[error.kind];
    const status = error.kind === 'Unavailable' ? 503 : 403;
    const details =
      error.message === '' ? '' : html`<p class="quiet">${strings.technicalDetails}: ${error.message}</p>`;
    return tell(context, undefined, { title, text }, status, html`${details}${signInAgain(safeReturn(returnTo))}`);
  }
}

function signInAgain(returnTo: string) {
  return html`<div class="acts">${postForm('/sign-in', undefined, strings.signIn.again, { fields: { return: returnTo } })}</div>`;
}
