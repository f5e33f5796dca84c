import { Hono } from 'hono';
import { compress } from 'hono/compress';
import { Listener } from './listener.ts';

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
export class OpsServer extends Listener {
  readonly name = 'ops endpoints';

  constructor(sources: OpsSources, at: { readonly host: string; readonly port: number }) {
    super(opsApp(sources).fetch, at);
  }
}
