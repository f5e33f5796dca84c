import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type DispatcherOptions, HttpMethod, KubeConfig, RequestContext } from '@kubernetes/client-node';
import { parse } from 'yaml';
import type { Connection, ConnectionSource } from './connection.ts';
import { ConnectionPools, type Tls } from './pools.ts';

type CreateDispatcherOptions = Parameters<KubeConfig['createDispatcherOptions']>;

/**
 * A person's kubeconfig, by client-node, for the kubectl plugin: files are merged and contexts chosen there. Its requests go
 * through the same pools as the operator's.
 */
export class PersonKubeConfig extends KubeConfig implements ConnectionSource {
  readonly #pools = new ConnectionPools();
  #current: Omit<Connection, 'headers'> | undefined;

  /** @returns the kubeconfig of that file, of `KUBECONFIG`, or of the pod's ServiceAccount, in this order */
  static load(kubeconfigFile: string | undefined): PersonKubeConfig {
    const config = new PersonKubeConfig();
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
    const options = super.createDispatcherOptions(cluster, agentOptions);
    if (options.type === 'socks')
      throw new Error('The kubeconfig names a SOCKS proxy, which is not supported; use an HTTP proxy-url.');
    const tls = options.type === 'proxy' ? options.requestTls : options.type === 'agent' ? options.connect : {};
    this.#current = this.#pools.with(tls as Tls, options.type === 'proxy' ? options.uri : undefined);
    // Tells client-node to make no agent of its own.
    return { type: 'none' };
  }

  /** @throws Error when a credential or CA file cannot be read, or a credential plug-in fails */
  async connection(): Promise<Connection> {
    const context = new RequestContext(`${this.server}/`, HttpMethod.GET);
    await this.applySecurityAuthentication(context);
    if (!this.#current) throw new Error('No connection pool for the API server could be made.');
    const headers: Record<string, string> = {};
    // A token file may end in a newline, which is not allowed in a header.
    for (const [name, value] of Object.entries(context.getHeaders())) headers[name] = value.trim();
    return { ...this.#current, headers };
  }

  /** Ends every connection, open streams too. */
  async close(): Promise<void> {
    await this.#pools.close();
  }
}
