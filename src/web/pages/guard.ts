import type { Context, MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import { askerOf, clientAddresses } from './client-address.ts';
import { RateLimit } from './limits.ts';
import type { PagesParts, ServedRequest } from './ports.ts';

export interface PagesEnv {
  Variables: { requestId: string; route: string };
}
export type PagesContext = Context<PagesEnv>;
type Guard = MiddlewareHandler<PagesEnv>;

/** Nothing from elsewhere, no script at all; forms go to us, and nobody shows us in a frame. */
export const contentSecurityPolicy = {
  defaultSrc: ["'none'"],
  styleSrc: ["'self'"],
  formAction: ["'self'"],
  baseUri: ["'none'"],
  frameAncestors: ["'none'"],
};

const noPowers = ['camera', 'microphone', 'geolocation', 'payment', 'usb'] as const;

export function hardened(baseURL: string): Guard {
  return secureHeaders({
    contentSecurityPolicy,
    xFrameOptions: 'DENY',
    referrerPolicy: 'no-referrer',
    crossOriginOpenerPolicy: 'same-origin',
    crossOriginResourcePolicy: 'same-origin',
    strictTransportSecurity: baseURL.startsWith('https:') ? 'max-age=31536000' : false,
    permissionsPolicy: Object.fromEntries(noPowers.map((power) => [power, []])),
  });
}

/** An id for each request, and its ending for the counter. Nothing is taken from the request itself. */
export function accounted(parts: Pick<PagesParts, 'secret' | 'onRequest'>): Guard {
  return async (context, next) => {
    context.set('requestId', parts.secret().slice(0, 16));
    context.set('route', 'none');
    await next();
    context.header('X-Request-Id', context.get('requestId'));
    if (!context.res.headers.has('Cache-Control')) context.header('Cache-Control', 'no-store');
    parts.onRequest({ route: context.get('route'), outcome: outcomeOf(context.res.status) });
  };
}

function outcomeOf(status: number): ServedRequest['outcome'] {
  if (status < 300) return 'Ok';
  if (status < 400) return 'Redirected';
  if (status === 404) return 'NotFound';
  if (status === 429) return 'Limited';
  return status < 500 ? 'Refused' : 'Failed';
}

/** What one asker may send; a household behind one address, or a proxy that is not trusted, is one asker. */
export const addressRate = { count: 120, perMs: 60_000 };
/** Consents that are begun for one channel. */
export const channelRate = { count: 10, perMs: 600_000 };

export function limitedByAddress(
  parts: Pick<PagesParts, 'trustedProxies' | 'now'>,
  peerOf: (context: Context) => string,
  answer: (context: PagesContext, waitMs: number) => Response | Promise<Response>,
): Guard {
  const addressOf = clientAddresses(parts.trustedProxies);
  const limit = new RateLimit(addressRate, parts.now);
  return async (context, next) => {
    const waitMs = limit.take(askerOf(addressOf(peerOf(context), context.req.header('X-Forwarded-For'))));
    if (waitMs > 0) return await answer(context, waitMs);
    await next();
    return undefined;
  };
}

/**
 * Whether a request that changes something comes from a page of ours. With no-referrer a browser sends `Origin: null`
 * for a form of the same origin; then Fetch Metadata has to say so.
 */
export function isSameOrigin(context: Context, baseURL: string): boolean {
  const site = context.req.header('Sec-Fetch-Site');
  if (site !== undefined && site !== 'same-origin') return false;
  const origin = context.req.header('Origin');
  if (origin !== undefined && origin !== 'null') return origin === new URL(baseURL).origin;
  return site === 'same-origin';
}
