import { Agent, request } from 'undici';

export interface VaultClientOptions {
  readonly token?: string;
  readonly ca?: string;
  readonly verify?: boolean;
}

/** An answer of Vault outside 2xx. */
export class VaultError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'VaultError';
    this.status = status;
  }
}

export interface StoredVersion {
  readonly data: Readonly<Record<string, unknown>> | null;
  readonly version: number;
  readonly destroyed: boolean;
}

/** A small client of Vault's HTTP API for tests, independent of the operator's own. */
export class VaultClient {
  readonly #url: string;
  readonly #agent: Agent;
  readonly #token: string | undefined;

  constructor(url: string, { token, ca, verify = true }: VaultClientOptions) {
    this.#url = url;
    this.#token = token;
    this.#agent = new Agent({
      connect: { rejectUnauthorized: verify, ...(ca === undefined ? {} : { ca }) },
      keepAliveTimeout: 1_000,
      headersTimeout: 30_000,
    });
  }

  async json<T = Readonly<Record<string, unknown>>>(method: string, path: string, body?: object): Promise<T> {
    const { status, bytes } = await this.#send(method, path, body === undefined ? null : JSON.stringify(body));
    const text = bytes.toString();
    if (status >= 300) throw new VaultError(status, `Vault answered ${status} to ${method} ${path}: ${text.trim()}`);
    return (text === '' ? {} : JSON.parse(text)) as T;
  }

  async bytes(method: string, path: string, body: Buffer | null = null): Promise<Buffer> {
    const { status, bytes } = await this.#send(method, path, body);
    if (status >= 300)
      throw new VaultError(status, `Vault answered ${status} to ${method} ${path}: ${bytes.toString()}`);
    return bytes;
  }

  async status(method: string, path: string): Promise<number> {
    return (await this.#send(method, path, null)).status;
  }

  /** The newest version of a KV v2 secret; `mountAndPath` is `social/socialchannel/channels/…`. Undefined without one. */
  async read(mountAndPath: string): Promise<StoredVersion | undefined> {
    const [mount, ...rest] = mountAndPath.split('/');
    const { status, bytes } = await this.#send('GET', `/v1/${mount}/data/${rest.join('/')}`, null);
    const { data } = JSON.parse(bytes.toString() || '{}') as {
      data?: { data: Record<string, unknown> | null; metadata: { version: number; destroyed: boolean } };
    };
    // A deleted or destroyed version answers 404 with its metadata.
    if (data?.metadata !== undefined) {
      return { data: data.data, version: data.metadata.version, destroyed: data.metadata.destroyed };
    }
    if (status === 404) return undefined;
    throw new VaultError(status, `Vault answered ${status} to a read of ${mountAndPath}: ${bytes.toString().trim()}`);
  }

  /** Writes a KV v2 secret as its version `cas` + 1 and returns that number. */
  async write(mountAndPath: string, data: object, cas: number): Promise<number> {
    const [mount, ...rest] = mountAndPath.split('/');
    const body = { options: { cas }, data };
    const answer = await this.json<{ data: { version: number } }>('POST', `/v1/${mount}/data/${rest.join('/')}`, body);
    return answer.data.version;
  }

  /** The names right under a KV v2 path. */
  async list(mountAndPath: string): Promise<string[]> {
    const [mount, ...rest] = mountAndPath.split('/');
    const { status, bytes } = await this.#send('GET', `/v1/${mount}/metadata/${rest.join('/')}?list=true`, null);
    if (status === 404) return [];
    const answer = JSON.parse(bytes.toString()) as { data?: { keys: string[] } };
    if (answer.data === undefined)
      throw new VaultError(status, `Vault answered ${status} to a list of ${mountAndPath}`);
    return answer.data.keys;
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #send(method: string, path: string, body: string | Buffer | null): Promise<{ status: number; bytes: Buffer }> {
    const answer = await request(`${this.#url}${path}`, {
      method: method as 'GET',
      dispatcher: this.#agent,
      headers: this.#token === undefined ? {} : { 'x-vault-token': this.#token },
      body,
    });
    return { status: answer.statusCode, bytes: Buffer.from(await answer.body.arrayBuffer()) };
  }
}
