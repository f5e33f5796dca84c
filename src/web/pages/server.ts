import { getConnInfo } from '@hono/node-server/conninfo';
import type { Hono } from 'hono';
import { Listener } from '../listener.ts';
import { pagesApp } from './app.ts';
import type { PagesParts } from './ports.ts';

/** Slow senders are cut off; the way to a platform and back never holds a connection. */
const limits = { headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 30_000, maxHeaderSize: 32 * 1024 };

/**
 * The pages on a port of their own, apart from health and metrics.
 * @param push what platforms tell by themselves: their servers are no browsers, so the pages' own limits are not theirs
 */
export function pagesServer(
  parts: PagesParts,
  at: { readonly host: string; readonly port: number },
  push: Pick<Hono, 'fetch'>,
): Listener {
  const pages = pagesApp(parts, (context) => getConnInfo(context).remote.address ?? '');
  const isPush = (request: Request) => new URL(request.url).pathname.startsWith('/push/');
  return new Listener((request, env) => (isPush(request) ? push : pages).fetch(request, env), at, limits);
}
