import type { Dispatcher } from 'undici';
import { type ClusterAccess, loadAccess, sign } from './kubeconfig.ts';
import { ConnectionPools } from './pools.ts';

/** What one request needs of the connection: credentials of this moment, and the pools to send it through. */
export interface Connection {
  readonly headers: Readonly<Record<string, string>>;
  readonly calls: Dispatcher;
  readonly streams: Dispatcher;
}

/** The way to one API server. */
export interface ConnectionSource {
  /** The base URL, without a slash at the end. */
  readonly server: string;
  /** @throws Error when a credential or CA file cannot be read, or a credential plug-in fails */
  connection(): Promise<Connection>;
  close(): Promise<void>;
}

/**
 * The operator's way to its API server: every request goes through one shared HTTP/1.1 pool, because over HTTP/2 a PATCH
 * beside an open watch has hung.
 */
export class PooledKubeConfig implements ConnectionSource {
  readonly #access: ClusterAccess;
  readonly #pools = new ConnectionPools();

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

  get server(): string {
    return this.#access.server;
  }

  /** The namespace of the current context; in a pod that of its ServiceAccount. */
  get namespace(): string | undefined {
    return this.#access.namespace;
  }

  async connection(): Promise<Connection> {
    const { headers, tls } = await sign(this.#access);
    const { calls, streams } = this.#pools.with(tls, this.#access.proxyUrl);
    return { headers, calls, streams };
  }

  async close(): Promise<void> {
    await this.#pools.close();
  }
}
