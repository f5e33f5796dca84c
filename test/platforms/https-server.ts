import { createServer as createPlainServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo, connect, type Server, type Socket } from 'node:net';
import { createAuthority, issueServer } from '../harness/certificates.ts';

export const authority = createAuthority('platform tests');
const certificate = issueServer(authority, 'platform');

/** What arrived, as it stood on the wire. */
export interface Arrival {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface PlatformServer {
  readonly port: number;
  readonly base: string;
  readonly arrivals: Arrival[];
  /** TCP connections so far. */
  connections(): number;
  close(): Promise<void>;
}

export type Reply = (response: ServerResponse, request: IncomingMessage) => void;

/** An HTTPS server on loopback that notes every request and answers by `reply` once the request is there whole. */
export async function startPlatformServer(reply: Reply): Promise<PlatformServer> {
  const arrivals: Arrival[] = [];
  const server = createServer({ key: certificate.key, cert: certificate.certificate }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      arrivals.push({ method, path: url, headers, body: Buffer.concat(chunks).toString() });
      reply(response, request);
    });
  });
  const { port, count, close } = await listen(server);
  return { port, base: `https://127.0.0.1:${port}`, arrivals, connections: count, close };
}

/** A CONNECT proxy on loopback; `targets` are the places that tunnels were asked for. */
export async function startProxy(): Promise<{ url: string; targets: string[]; close(): Promise<void> }> {
  const targets: string[] = [];
  const server = createPlainServer();
  server.on('connect', (request, client: Socket) => {
    targets.push(request.url ?? '');
    const [host, port] = (request.url ?? '').split(':');
    const upstream = connect(Number(port), host ?? '', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    upstream.on('error', () => client.destroy());
    client.on('error', () => upstream.destroy());
  });
  const { port, close } = await listen(server);
  return { url: `http://127.0.0.1:${port}`, targets, close };
}

/** Listens on a free port of loopback; closing cuts what is open. */
export async function listen(server: Server) {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      for (const socket of sockets) socket.destroy();
      server.close(() => resolve());
    });
  return { port: (server.address() as AddressInfo).port, count: () => connections, close };
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Reply {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
}
