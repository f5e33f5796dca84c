import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { Agent, request } from 'undici';
import { issueServer } from '../test/harness/certificates.ts';
import { freePort } from '../test/harness/scratch.ts';
import type { World } from '../test/harness/world.ts';

/** One more object for each index, as JSON. */
type Make = (index: number) => string;

export interface StubOptions {
  readonly world: World;
  readonly namespace: string;
  readonly count: number;
  readonly channel: Make;
  /** As metadata alone, which is how the operator watches Secrets. */
  readonly secret: Make;
}

const managed = 'app.kubernetes.io/managed-by';

/**
 * Passes everything on to the real API server, but puts `count` idle channels and their Secrets into the lists. The rest
 * (watches, reads, writes) is the real server's, which has never heard of those.
 */
export class ApiStub {
  readonly url: string;
  readonly #options: StubOptions;
  readonly #agent: Agent;
  readonly #server: Server;

  private constructor(url: string, options: StubOptions) {
    const { world } = options;
    const { certificate, key } = issueServer(world.authority, 'api-stub');
    this.url = url;
    this.#options = options;
    this.#agent = new Agent({ connect: { ca: world.cluster.ca }, allowH2: false, bodyTimeout: 0 });
    this.#server = createServer({ cert: certificate, key, ALPNProtocols: ['http/1.1'] }, (incoming, response) => {
      this.#serve(incoming, response).catch(() => response.destroy());
    });
    this.#server.requestTimeout = 0;
  }

  static async start(options: StubOptions): Promise<ApiStub> {
    const port = await freePort();
    const stub = new ApiStub(`https://127.0.0.1:${port}`, options);
    await new Promise<void>((resolve) => stub.#server.listen(port, '127.0.0.1', resolve));
    return stub;
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await this.#agent.destroy();
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(incoming.url ?? '/', this.url);
    const make = incoming.method === 'GET' ? this.#makerOf(url) : undefined;
    const from = Number(url.searchParams.get('continue') ?? 0);
    if (make !== undefined && from < this.#options.count) {
      this.#page(response, make, { from, limit: Number(url.searchParams.get('limit') ?? 500) });
      return;
    }
    // The last page is the real list, whose version the watch then begins at.
    if (make !== undefined) url.searchParams.delete('continue');
    await this.#pass(incoming, response, url);
  }

  /** Of the two lists that are filled up; not of watches, nor of the list that looks for one Secret by its name. */
  #makerOf(url: URL): Make | undefined {
    const { namespace, channel, secret } = this.#options;
    if (url.searchParams.has('watch') || url.searchParams.has('fieldSelector')) return undefined;
    if (url.pathname.endsWith(`/namespaces/${namespace}/socialchannels`)) return channel;
    const isOurs = url.searchParams.get('labelSelector')?.startsWith(managed) === true;
    return isOurs && url.pathname.endsWith(`/namespaces/${namespace}/secrets`) ? secret : undefined;
  }

  #page(response: ServerResponse, make: Make, { from, limit }: { from: number; limit: number }): void {
    const to = Math.min(from + limit, this.#options.count);
    const items = Array.from({ length: to - from }, (_, offset) => make(from + offset));
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(`{"kind":"List","metadata":{"resourceVersion":"1","continue":"${to}"},"items":[${items.join(',')}]}`);
  }

  async #pass(incoming: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const { host: _, connection: __, ...headers } = incoming.headers;
    const leaving = new AbortController();
    response.once('close', () => leaving.abort());
    const answer = await request(`${this.#options.world.cluster.url}${url.pathname}${url.search}`, {
      method: incoming.method as 'GET',
      headers,
      dispatcher: this.#agent,
      body: incoming.method === 'GET' ? null : incoming,
      signal: leaving.signal,
    });
    response.writeHead(answer.statusCode, answer.headers);
    response.flushHeaders();
    for await (const chunk of answer.body) response.write(chunk);
    response.end();
  }
}
