import { createHash } from 'node:crypto';
import { Agent, type buildConnector, type Dispatcher, ProxyAgent } from 'undici';

/** TLS material, in the names of Node's own options. */
export type Tls = Readonly<Record<string, unknown>>;

interface Pools {
  /** Digest of what they were made with. */
  readonly digest: string;
  readonly calls: Dispatcher;
  readonly streams: Dispatcher;
}

/** Connections for calls. Streams have a pool of their own: many watches must not leave calls without a connection. */
const CALL_CONNECTIONS = 32;

/** The pools of one API server, made anew when the CA or the client certificate changes on disk. */
export class ConnectionPools {
  #pools: Pools | undefined;

  with(tls: Tls, proxyUrl: string | undefined): Pools {
    const digest = createHash('sha256')
      .update(JSON.stringify([tls, proxyUrl]))
      .digest('hex');
    if (this.#pools?.digest === digest) return this.#pools;
    const old = this.#pools;
    const made = { digest, calls: poolOf(tls, proxyUrl, CALL_CONNECTIONS), streams: poolOf(tls, proxyUrl, null) };
    this.#pools = made;
    // Requests in flight end on the old pools; nobody waits for that, and a failure to close harms nothing.
    for (const pool of [old?.calls, old?.streams]) pool?.close().catch(() => {});
    return made;
  }

  /** Ends every connection, open streams too. */
  async close(): Promise<void> {
    const pools = this.#pools;
    this.#pools = undefined;
    await Promise.all([pools?.calls.destroy(), pools?.streams.destroy()]);
  }
}

function poolOf(tls: Tls, proxyUrl: string | undefined, connections: number | null): Dispatcher {
  const limits = { connections, allowH2: false, headersTimeout: 15_000, keepAliveTimeout: 30_000, pipelining: 1 };
  // Silence on a stream is judged by the one who follows it.
  const bodyTimeout = connections === null ? 0 : 30_000;
  // Half a minute, as client-go has it: load balancers drop what has idled for one.
  const alive = { keepAlive: true, keepAliveInitialDelay: 30_000, timeout: 5_000 };
  const options = { ...tls, ...alive } as buildConnector.BuildOptions;
  if (proxyUrl === undefined) return new Agent({ ...limits, bodyTimeout, connect: options });
  return new ProxyAgent({ ...limits, bodyTimeout, uri: proxyUrl, requestTls: options });
}
