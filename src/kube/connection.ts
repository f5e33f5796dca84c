import { createHash } from 'node:crypto';
import { Agent, type buildConnector, type Dispatcher, ProxyAgent } from 'undici';
import { type ClusterAccess, loadAccess, sign } from './kubeconfig.ts';

/** What one request needs of the connection: credentials of this moment, and the pools to send it through. */
export interface Connection {
  readonly headers: Readonly<Record<string, string>>;
  readonly calls: Dispatcher;
  readonly streams: Dispatcher;
}

interface Pools {
  /** Digest of the TLS material that they were made with. */
  readonly digest: string;
  readonly calls: Dispatcher;
  readonly streams: Dispatcher;
}

type Tls = Readonly<Record<string, unknown>>;

/** Connections for calls. Streams have a pool of their own: many watches must not leave calls without a connection. */
const CALL_CONNECTIONS = 32;

/**
 * The way to one API server: every request goes through one shared HTTP/1.1 pool, because over HTTP/2 a PATCH beside an
 * open watch has hung. The pools are made anew when the CA or the client certificate changes on disk.
 */
export class PooledKubeConfig {
  readonly #access: ClusterAccess;
  #pools: Pools | undefined;

  /** @throws Error for an address that would send credentials in the clear, or through a proxy that is not supported */
  constructor(access: ClusterAccess) {
    if (access.server.startsWith('http:') && access.isUnverified !== true)
      throw new Error('The kubeconfig names an API server without TLS (http://), which is refused.');
    if (access.proxyUrl?.startsWith('socks') === true)
      throw new Error('The kubeconfig names a SOCKS proxy, which is not supported; use an HTTP proxy-url.');
    this.#access = access;
  }

  /** @returns the kubeconfig of that file, of `KUBECONFIG`, or of the pod's ServiceAccount, in this order */
  static load(kubeconfigFile: string | undefined): PooledKubeConfig {
    return new PooledKubeConfig(loadAccess(kubeconfigFile));
  }

  /** The API server's base URL, without a slash at the end. */
  get server(): string {
    return this.#access.server;
  }

  /** The namespace of the current context; in a pod that of its ServiceAccount. */
  get namespace(): string | undefined {
    return this.#access.namespace;
  }

  /** @throws Error when a credential or CA file cannot be read, or a credential plug-in fails */
  async connection(): Promise<Connection> {
    const { headers, tls } = await sign(this.#access);
    const { calls, streams } = this.#renewed(tls);
    return { headers, calls, streams };
  }

  /** Ends every connection, open streams too. */
  async close(): Promise<void> {
    const pools = this.#pools;
    this.#pools = undefined;
    await Promise.all([pools?.calls.destroy(), pools?.streams.destroy()]);
  }

  #renewed(tls: Tls): Pools {
    const digest = createHash('sha256').update(JSON.stringify(tls)).digest('hex');
    if (this.#pools?.digest === digest) return this.#pools;
    const old = this.#pools;
    const { proxyUrl } = this.#access;
    const made = { digest, calls: poolOf(tls, proxyUrl, CALL_CONNECTIONS), streams: poolOf(tls, proxyUrl, null) };
    this.#pools = made;
    // Requests in flight end on the old pools; nobody waits for that, and a failure to close harms nothing.
    for (const pool of [old?.calls, old?.streams]) pool?.close().catch(() => {});
    return made;
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
