import { getConnInfo } from '@hono/node-server/conninfo';
import { Listener } from '../listener.ts';
import { pagesApp } from './app.ts';
import type { PagesParts } from './ports.ts';

/** Slow senders are cut off; the way to a platform and back never holds a connection. */
const limits = { headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 30_000, maxHeaderSize: 32 * 1024 };

/** The pages on a port of their own, apart from health and metrics. */
export function pagesServer(parts: PagesParts, at: { readonly host: string; readonly port: number }): Listener {
  const app = pagesApp(parts, (context) => getConnInfo(context).remote.address ?? '');
  return new Listener(app.fetch, at, limits);
}
