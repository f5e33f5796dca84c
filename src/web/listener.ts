import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';

type Fetch = Parameters<typeof createAdaptorServer>[0]['fetch'];

/** An HTTP server that says where it really listens, and lets go of its connections when it stops. */
export class Listener {
  readonly #server: ReturnType<typeof createAdaptorServer>;
  readonly #at: { readonly host: string; readonly port: number };

  /** @param limits options of Node's server: time-outs, size of headers */
  constructor(fetch: Fetch, at: { readonly host: string; readonly port: number }, limits: object = {}) {
    this.#server = createAdaptorServer({ fetch, serverOptions: limits });
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

  /** With port 0 the system has chosen. Undefined before `start`. */
  get address(): string | undefined {
    const bound = this.#server.address() as AddressInfo | null;
    if (bound === null) return undefined;
    return bound.family === 'IPv6' ? `[${bound.address}]:${bound.port}` : `${bound.address}:${bound.port}`;
  }

  async stop(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    // Kept-alive connections would hold the process for minutes.
    if ('closeAllConnections' in this.#server) this.#server.closeAllConnections();
    await promise;
  }
}
