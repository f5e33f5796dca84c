import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type DispatcherOptions, HttpMethod, KubeConfig, RequestContext } from '@kubernetes/client-node';
import { Agent, type buildConnector, type Dispatcher, ProxyAgent } from 'undici';
import { parse } from 'yaml';

type CreateDispatcherOptions = Parameters<KubeConfig['createDispatcherOptions']>;

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

/** Connections for calls. Streams have a pool of their own: many watches must not leave calls without a connection. */
const CALL_CONNECTIONS = 32;

/**
 * A kubeconfig whose every request goes through one shared HTTP/1.1 pool.
 *
 * client-node 2.0.1 makes a new undici agent per call whenever a CA is set, which leaks sockets; and undici negotiates
 * HTTP/2 by default, where a PATCH beside an open watch has hung. Both are undone here, through public methods only.
 * The pools are made anew when the CA or the client certificate changes on disk.
 */
export class PooledKubeConfig extends KubeConfig {
  #pools: Pools | undefined;

  /** @returns the kubeconfig of that file, of `KUBECONFIG`, or of the pod's ServiceAccount, in this order */
  static load(kubeconfigFile: string | undefined): PooledKubeConfig {
    const config = new PooledKubeConfig();
    const file = kubeconfigFile ?? process.env.KUBECONFIG;
    if (file === undefined || file === '') config.loadFromCluster();
    else {
      const text = readFileSync(file, 'utf8');
      config.loadFromString(text);
      config.makePathsAbsolute(dirname(resolve(file)));
      config.#honourTokenFiles(text, dirname(resolve(file)));
    }
    return config;
  }

  /** client-node reads `tokenFile` of a kubeconfig under another name and only once; a projected token is replaced hourly. */
  #honourTokenFiles(text: string, folder: string): void {
    const { users = [] } = parse(text) as { users?: { name: string; user?: { tokenFile?: string } }[] };
    const tokenFiles = new Map(users.map(({ name, user }) => [name, user?.tokenFile]));
    this.users = this.users.map((user) => {
      const tokenFile = tokenFiles.get(user.name);
      if (tokenFile === undefined) return user;
      return { ...user, authProvider: { name: 'tokenFile', config: { tokenFile: resolve(folder, tokenFile) } } };
    });
  }

  /** The API server's base URL, without a slash at the end. */
  get server(): string {
    const cluster = this.getCurrentCluster();
    if (!cluster) throw new Error('The kubeconfig has no current context with a cluster; set current-context.');
    return cluster.server.replace(/\/+$/, '');
  }

  /** The namespace of the current context; in a pod that of its ServiceAccount. */
  get namespace(): string | undefined {
    return this.getContextObject(this.getCurrentContext())?.namespace;
  }

  override createDispatcherOptions(...[cluster, agentOptions]: CreateDispatcherOptions): DispatcherOptions {
    this.#renew(super.createDispatcherOptions(cluster, agentOptions));
    // Tells client-node to make no agent of its own.
    return { type: 'none' };
  }

  override async applySecurityAuthentication(context: RequestContext): Promise<void> {
    await super.applySecurityAuthentication(context);
    if (this.#pools) context.setDispatcher(this.#pools.calls);
  }

  /** @throws Error when a credential or CA file cannot be read, or a credential plug-in fails */
  async connection(): Promise<Connection> {
    const context = new RequestContext(`${this.server}/`, HttpMethod.GET);
    await this.applySecurityAuthentication(context);
    if (!this.#pools) throw new Error('No connection pool for the API server could be made.');
    const headers: Record<string, string> = {};
    // A token file may end in a newline, which is not allowed in a header.
    for (const [name, value] of Object.entries(context.getHeaders())) headers[name] = value.trim();
    return { headers, calls: this.#pools.calls, streams: this.#pools.streams };
  }

  /** Ends every connection, open streams too. */
  async close(): Promise<void> {
    const pools = this.#pools;
    this.#pools = undefined;
    await Promise.all([pools?.calls.destroy(), pools?.streams.destroy()]);
  }

  #renew(options: DispatcherOptions): void {
    const digest = createHash('sha256').update(JSON.stringify(options)).digest('hex');
    if (this.#pools?.digest === digest) return;
    const old = this.#pools;
    this.#pools = { digest, calls: poolOf(options, CALL_CONNECTIONS), streams: poolOf(options, null) };
    // Requests in flight end on the old pools; nobody waits for that, and a failure to close harms nothing.
    for (const pool of [old?.calls, old?.streams]) pool?.close().catch(() => {});
  }
}

function poolOf(options: DispatcherOptions, connections: number | null): Dispatcher {
  const limits = { connections, allowH2: false, headersTimeout: 15_000, keepAliveTimeout: 30_000, pipelining: 1 };
  // Silence on a stream is judged by the one who follows it.
  const bodyTimeout = connections === null ? 0 : 30_000;
  // Node's and undici's types of the same TLS options differ only in how they write optional fields.
  const tls = (of: object) => ({ ...of, timeout: 5_000 }) as buildConnector.BuildOptions;
  switch (options.type) {
    case 'none':
      return new Agent({ ...limits, bodyTimeout, connect: tls({}) });
    case 'agent':
      return new Agent({ ...limits, bodyTimeout, connect: tls(options.connect) });
    case 'proxy':
      return new ProxyAgent({ ...limits, bodyTimeout, uri: options.uri, requestTls: tls(options.requestTls) });
    case 'socks':
      throw new Error('The kubeconfig names a SOCKS proxy, which is not supported; use an HTTP proxy-url.');
  }
}
