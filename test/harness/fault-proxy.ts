import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent, createServer, request as forward, type Server } from 'node:https';
import { Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { type Authority, issueServer, type KeyPair } from './certificates.ts';
import {
  type ActiveRule,
  type ArrivedRequest,
  type FaultAction,
  type FaultRule,
  FaultRules,
  matches,
  type RequestMatch,
} from './fault-rules.ts';
import { freePort } from './scratch.ts';
import { waitFor } from './wait.ts';

/** One request as it came over the wire. */
export interface RecordedRequest extends ArrivedRequest {
  readonly arrivedAt: number;
  readonly headers: IncomingMessage['headers'];
  /** What upstream (or a rule) answered; absent while it has not, or when the connection broke. */
  status?: number;
  /** When the last byte of the answer had gone to the client; absent while it has not, or never will. */
  answeredAt?: number;
  /** The kind of the rule that was applied: `delayMs`, `cut`, `answer`, … */
  fault?: string;
  /** Why the connection was reset where no rule asked for it. */
  broken?: string;
}

export interface FaultProxyOptions {
  /** Where requests go: `https://127.0.0.1:6443`. */
  readonly upstream: string;
  readonly authority: Authority;
  /** What it shows to clients instead of a proper certificate: an expired one, or one of a foreign authority. */
  readonly certificate?: KeyPair;
}

/**
 * Stands between the operator and one upstream, ends TLS on both sides, passes HTTP/1.1 on as it streams (watches work)
 * and does what its rules say. One connection of a client is one connection to upstream, so that either side sees the
 * other's resets. A request is read whole before a rule is looked for; answers stream.
 */
export class FaultProxy {
  readonly requests: RecordedRequest[] = [];
  readonly url: string;
  readonly #upstream: URL;
  readonly #authority: Authority;
  readonly #server: Server;
  readonly #rules = new FaultRules();
  readonly #connections = new Map<Socket, Connection>();
  /** The TCP sockets under the TLS ones, by the client's port: only these can be reset. */
  readonly #tcpSockets = new Map<number, Socket>();
  readonly #open = new Set<Socket>();

  private constructor(url: string, server: Server, { upstream, authority }: FaultProxyOptions) {
    this.url = url;
    this.#server = server;
    this.#upstream = new URL(upstream);
    this.#authority = authority;
  }

  static async start(options: FaultProxyOptions): Promise<FaultProxy> {
    const { certificate, key } = options.certificate ?? issueServer(options.authority, 'fault-proxy');
    const server = createServer({ cert: certificate, key, ALPNProtocols: ['http/1.1'], keepAliveTimeout: 0 });
    server.requestTimeout = 0;
    const proxy = new FaultProxy(`https://127.0.0.1:${await freePort()}`, server, options);
    server.on('request', (request, response) => void proxy.#serve(request, response));
    server.on('connection', (socket) => {
      if (socket instanceof Socket) proxy.#remember(socket);
    });
    server.on('secureConnection', (socket) => proxy.#adopt(socket));
    await proxy.accept();
    return proxy;
  }

  rule(rule: FaultRule): ActiveRule {
    return this.#rules.add(rule);
  }

  clearRules(): void {
    this.#rules.clear();
  }

  /** The requests so far that match. */
  seen(match: RequestMatch): RecordedRequest[] {
    return this.requests.filter((request) => matches(match, request));
  }

  /** Waits until `count` requests that match have arrived, and returns them. */
  async waitForRequests(match: RequestMatch, count = 1, timeoutMs = 15_000): Promise<RecordedRequest[]> {
    const what = `${count} requests ${match.method ?? ''} ${match.path ?? ''} at the proxy of ${this.#upstream.origin}`;
    return waitFor(() => this.seen(match).length >= count && this.seen(match), { timeoutMs, everyMs: 20, what });
  }

  /** Resets every connection that is open now, those amid their handshake included: a server that closes waits for them too. */
  dropConnections(): void {
    for (const tcp of this.#open) tcp.resetAndDestroy();
  }

  /** Listens again after `refuse`, on the same port. */
  async accept(): Promise<void> {
    const { hostname, port } = new URL(this.url);
    await new Promise<void>((resolve, reject) => {
      const fail = (error: Error) => reject(error);
      this.#server.once('error', fail).listen(Number(port), hostname, () => {
        this.#server.off('error', fail);
        resolve();
      });
    });
  }

  /** Resets what is open and refuses new connections: upstream's machine is gone. */
  async refuse(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.dropConnections();
    this.#server.closeAllConnections();
    await closed;
  }

  async stop(): Promise<void> {
    if (this.#server.listening) await this.refuse();
  }

  #remember(tcp: Socket): void {
    const { remotePort = 0 } = tcp;
    this.#open.add(tcp);
    this.#tcpSockets.set(remotePort, tcp);
    tcp.once('close', () => {
      this.#open.delete(tcp);
      // The next client may have the port already.
      if (this.#tcpSockets.get(remotePort) === tcp) this.#tcpSockets.delete(remotePort);
    });
  }

  #adopt(socket: Socket): void {
    const tcp = this.#tcpSockets.get(socket.remotePort ?? 0);
    // A client that was killed right after its handshake has no port any more.
    if (tcp === undefined) return void socket.destroy();
    const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: this.#authority.certificate });
    this.#connections.set(socket, { tcp, agent, upstream: undefined, busy: false });
    socket.on('error', () => {});
    socket.once('close', () => {
      this.#connections.delete(socket);
      // A client that leaves early ends its request upstream as well: that is how a watch is stopped.
      agent.destroy();
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url: path = '/', headers, socket } = request;
    const connection = this.#connections.get(socket);
    if (connection === undefined) return;
    connection.busy = true;
    response.once('close', () => {
      connection.busy = false;
    });
    // Sooner than the body, so that the order of the record is the order of arrival.
    const record: RecordedRequest = { arrivedAt: Date.now(), method, path, headers, body: '' };
    this.requests.push(record);
    try {
      const body = await collect(request);
      Object.assign(record, { body: body.toString() });
      const action = this.#rules.actionFor(record);
      if (action !== undefined) record.fault = Object.keys(action)[0] ?? '';
      await this.#act(action, { request, response, body, record, connection });
    } catch (error) {
      record.broken = String(error);
      // One side broke off: the other is told in the same way.
      connection.tcp.resetAndDestroy();
    }
  }

  async #act(action: FaultAction | undefined, exchange: Exchange): Promise<void> {
    const { response, record, connection } = exchange;
    if (action === undefined) return this.#pass(exchange);
    if ('delayMs' in action) {
      await setTimeout(action.delayMs, undefined, { ref: false });
      return this.#pass(exchange);
    }
    if ('hang' in action) return;
    if ('answer' in action) {
      record.status = action.answer.status;
      response.writeHead(action.answer.status, action.answer.headers).end(action.answer.body);
      return;
    }
    if ('kill' in action && action.kill === 'after-answer') {
      await action.first?.();
      // Where upstream breaks off instead of answering, that is the end of its part as well.
      await this.#pass(exchange).finally(action.victim);
      return;
    }
    if ('kill' in action && action.kill === 'after-forward') {
      await this.#complete(exchange).finally(action.victim);
    } else if ('kill' in action) await action.victim();
    if ('truncate' in action) await this.#passHalf(exchange);
    if ('swallow' in action) await this.#complete(exchange);
    connection.tcp.resetAndDestroy();
  }

  /** Streams the answer through and resolves when its last byte has gone to the client. */
  async #pass(exchange: Exchange): Promise<void> {
    const { response, record } = exchange;
    const answer = await this.#forward(exchange);
    response.writeHead(answer.statusCode ?? 502, answer.statusMessage, answer.rawHeaders);
    response.flushHeaders();
    await new Promise<void>((resolve, reject) => {
      answer.once('error', reject).once('aborted', () => reject(new Error('upstream broke off')));
      response.once('finish', resolve).once('close', resolve);
      answer.pipe(response);
    });
    if (response.writableFinished) record.answeredAt = Date.now();
  }

  async #complete(exchange: Exchange): Promise<Buffer> {
    return collect(await this.#forward(exchange));
  }

  async #passHalf(exchange: Exchange): Promise<void> {
    const answer = await this.#forward(exchange);
    const body = await collect(answer);
    exchange.response.writeHead(answer.statusCode ?? 502, answer.statusMessage, answer.rawHeaders);
    const half = body.subarray(0, Math.floor(body.length / 2));
    await new Promise<void>((resolve) => exchange.response.write(half, () => resolve()));
  }

  #forward({ request, body, record, connection }: Exchange): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const { hostname, port } = this.#upstream;
      const { method, path } = record;
      const upstream = forward({ hostname, port, method, path, headers: request.rawHeaders, agent: connection.agent });
      upstream.once('socket', (socket) => follow(socket, connection, request.socket));
      upstream.once('error', reject).once('response', (answer: IncomingMessage) => {
        record.status = answer.statusCode ?? 0;
        resolve(answer);
      });
      upstream.end(body);
    });
  }
}

/** A client's connection with its own one to upstream. */
interface Connection {
  readonly tcp: Socket;
  readonly agent: Agent;
  upstream: Socket | undefined;
  busy: boolean;
}

interface Exchange {
  readonly connection: Connection;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: Buffer;
  readonly record: RecordedRequest;
}

/** An idle connection that upstream closes is closed towards the client too, as it would see without a proxy. */
function follow(upstream: Socket, connection: Connection, client: Socket): void {
  if (connection.upstream === upstream) return;
  connection.upstream = upstream;
  upstream.once('close', () => {
    if (!connection.busy) client.destroySoon();
  });
}

async function collect(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
