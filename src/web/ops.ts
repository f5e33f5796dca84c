import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { compress } from 'hono/compress';

/** What the endpoints ask of the process. */
export interface OpsSources {
  /** The event loop turns. Never "a dependency answers": an outage would restart every replica. */
  isLive(): boolean;
  /** Why the process is not ready, one sentence each; empty when it is. */
  notReady(): readonly string[];
  /** The scrape: text in Prometheus' exposition format. */
  metrics(): Promise<string>;
  readonly metricsContentType: string;
}

/** `/healthz`, `/readyz` and `/metrics`: plain text, for kubelet, Prometheus and people with curl. */
export function opsApp(sources: OpsSources): Hono {
  const app = new Hono();
  app.get('/healthz', (context) =>
    sources.isLive() ? context.text('ok\n') : context.text('The event loop does not turn.\n', 503),
  );
  app.get('/readyz', (context) => {
    const reasons = sources.notReady();
    return reasons.length === 0 ? context.text('ok\n') : context.text(`${reasons.join('\n')}\n`, 503);
  });
  // Where the scraper asks for it, as Prometheus does: thousands of channels are megabytes of much the same words.
  app.use('/metrics', compress({ encoding: 'gzip' }));
  app.get('/metrics', async (context) =>
    context.body(await sources.metrics(), 200, { 'Content-Type': sources.metricsContentType }),
  );
  // Hono's own page would show nothing of the error either; its log line goes to the console, past our logger.
  app.onError((_error, context) => context.text('internal error\n', 500));
  return app;
}

/** The listening endpoints. Start them first and stop them last, so that starting and stopping can be watched. */
export class OpsServer {
  readonly name = 'ops endpoints';
  readonly #server: ReturnType<typeof createAdaptorServer>;
  readonly #at: { readonly host: string; readonly port: number };

  constructor(sources: OpsSources, at: { readonly host: string; readonly port: number }) {
    this.#server = createAdaptorServer({ fetch: opsApp(sources).fetch });
    this.#at = at;
  }

  /** @throws when the address cannot be listened on */
  async start(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server.once('error', reject);
    this.#server.listen(this.#at.port, this.#at.host, resolve);
    await promise;
    this.#server.off('error', reject);
  }

  /** Where it listens really: with port 0 the system has chosen. Undefined before `start`. */
  get address(): string | undefined {
    const bound = this.#server.address() as AddressInfo | null;
    if (bound === null) return undefined;
    return bound.family === 'IPv6' ? `[${bound.address}]:${bound.port}` : `${bound.address}:${bound.port}`;
  }

  async stop(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    // Kept-alive connections of Prometheus and kubelet would hold the process for minutes.
    if ('closeAllConnections' in this.#server) this.#server.closeAllConnections();
    await promise;
  }
}
