import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { timeout } from 'hono/timeout';
import { z } from 'zod';
import { Failure } from '../../core/failure.ts';
import { limited, notFound, tell } from './answers.ts';
import { consentRoutes } from './consent-routes.ts';
import { dropCookie, readCookie, writeCookie } from './cookies.ts';
import { fleetRoute } from './fleet-route.ts';
import { accounted, hardened, limitedByAddress, type PagesContext, type PagesEnv } from './guard.ts';
import { invitationRoutes } from './invitation-routes.ts';
import type { PagesParts } from './ports.ts';
import { patterns } from './routes.ts';
import { BrowserMemory } from './session.ts';
import { signInRoutes } from './sign-in-routes.ts';
import { strings } from './strings.ts';
import { style, stylePath } from './style.ts';

/** Far above any form of ours, and any answer that a platform posts. */
const mostBytes = 16 * 1024;
const timeoutMs = 20_000;
/** The exchange of a code waits for the platform and for Vault. It goes on though nobody waits any more. */
const patientMs = 60_000;
const postedLifeMs = 60_000;

type Handler = (context: PagesContext) => Response | Promise<Response>;

/** @param peerOf the address at the other end of the connection */
export function pagesApp(parts: PagesParts, peerOf: (context: Context) => string): Hono<PagesEnv> {
  const app = new Hono<PagesEnv>();
  const memory = new BrowserMemory(parts);
  app.use(accounted(parts), hardened(parts.baseURL), limitedByAddress(parts, peerOf, limited));
  app.use(methodNotAllowed({ app, onMethodNotAllowed: wrongMethod }));
  app.use(bodyLimit({ maxSize: mostBytes, onError: (context) => tell(context, undefined, strings.tooLarge, 413) }));

  const on = (method: 'get' | 'post', route: keyof typeof patterns, handler: Handler, limitMs = timeoutMs) => {
    app[method](
      patterns[route],
      timeout(limitMs, () => new HTTPException(504)),
      (context) => {
        context.set('route', route);
        return handler(context);
      },
    );
  };
  const consents = consentRoutes(parts, memory);
  const signIn = signInRoutes(parts, memory);
  const invitation = invitationRoutes(parts, memory);

  on('get', 'style', styleSheet);
  on('get', 'fleet', fleetRoute(parts, memory));
  on('get', 'channel', consents.channel);
  on('post', 'connect', consents.connect, patientMs);
  on('get', 'callback', (context) => fromQuery(context, consents.callback), patientMs);
  on('post', 'callback', (context) => fromForm(parts, context));
  on('get', 'posted', (context) => fromCookie(parts, context, consents.callback), patientMs);
  on('get', 'noConsent', (context) => tell(context, undefined, strings.noConsent, 403));
  on('get', 'result', consents.result);
  on('post', 'confirm', (context) => consents.decide(context, 'confirm'), patientMs);
  on('post', 'discard', (context) => consents.decide(context, 'discard'), patientMs);
  on('post', 'signIn', signIn.begin);
  on('get', 'signedIn', signIn.finish);
  on('post', 'signOut', signIn.end);
  on('get', 'signedOut', signIn.ended);
  on('get', 'invitation', invitation.look);
  on('post', 'invitation', invitation.accept);

  app.notFound((context) => notFound(context, undefined));
  app.onError((error, context) => {
    if (error instanceof HTTPException && error.status === 504) {
      return tell(context, undefined, strings.timedOut, 504);
    }
    // Vault or Kubernetes is away, and says so itself: no fault of ours.
    if (error instanceof Failure && error.family === 'Transient') {
      const { title, text } = strings.away;
      return tell(context, undefined, { title, text: `${text} ${error.message}` }, 503);
    }
    parts.onError(error, context.get('requestId'));
    return tell(context, undefined, strings.failed, 500);
  });
  return app;
}

function wrongMethod(context: Context, methods: readonly string[]) {
  context.header('Allow', methods.join(', '));
  return tell(context, undefined, strings.wrongMethod, 405);
}

function styleSheet(context: PagesContext): Response | Promise<Response> {
  if (context.req.path !== stylePath) return notFound(context, undefined);
  return context.body(style, 200, {
    'Content-Type': 'text/css; charset=utf-8',
    'Cache-Control': 'public, max-age=31536000, immutable',
  });
}

type Callback = (context: PagesContext, answer: Readonly<Record<string, string>>) => Promise<Response>;

/** Undefined where a parameter stands twice: OAuth forbids it, and two readers could read two things. */
function onlyOnce(pairs: Iterable<[string, string]>): Record<string, string> | undefined {
  const all = [...pairs];
  return new Set(all.map(([name]) => name)).size === all.length ? Object.fromEntries(all) : undefined;
}

async function fromQuery(context: PagesContext, callback: Callback): Promise<Response> {
  const answer = onlyOnce(new URL(context.req.url).searchParams);
  return answer === undefined ? context.redirect(patterns.noConsent, 303) : await callback(context, answer);
}

/**
 * Platforms that post come from another site, so the browser leaves our cookies out. What they posted is kept sealed in
 * a cookie for the moment that the browser needs to ask again by itself.
 */
async function fromForm({ seal }: PagesParts, context: PagesContext): Promise<Response> {
  const answer = onlyOnce(new URLSearchParams(await context.req.text()));
  if (answer === undefined) return context.redirect(patterns.noConsent, 303);
  writeCookie(context, 'answer', await seal.close('answer', answer, postedLifeMs), postedLifeMs);
  return context.redirect(patterns.posted, 303);
}

async function fromCookie({ seal }: PagesParts, context: PagesContext, callback: Callback): Promise<Response> {
  const kept = readCookie(context, 'answer');
  const answer = z.record(z.string(), z.string()).safeParse(kept && (await seal.open('answer', kept))).data;
  dropCookie(context, 'answer');
  return answer === undefined ? context.redirect(patterns.noConsent, 303) : await callback(context, answer);
}
