import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { OidcCalls } from './model.ts';
import { ControlError, OidcServer } from './server.ts';

export interface OidcOptions {
  /** PEM. */
  cert: string;
  key: string;
  /** 0 picks a free one. */
  port: number;
  controlPort: number;
}

export interface RunningOidc {
  url: string;
  controlUrl: string;
  close(): Promise<void>;
}

type Handlers = {
  [Name in keyof OidcCalls]: (
    input: OidcCalls[Name]['input'],
  ) => OidcCalls[Name]['output'] | Promise<OidcCalls[Name]['output']>;
};

function handlersOf(server: OidcServer): Handlers {
  const { ledger } = server;
  return {
    createClient: (input) => server.createClient(input),
    createAccount: (input) => server.createAccount(input),
    mintGrant: (input) => server.mintGrant(input),
    consent: (input) => server.consent(input),
    endGrant: async ({ grantId }) => ({ ended: await server.endGrant(grantId) }),
    setAccessLifetime: ({ seconds }) => {
      server.accessLifetimeS = seconds;
      return { seconds };
    },
    summary: (filter) => ledger.summary(filter),
    grants: (filter) => ledger.grants(filter),
    tokens: (filter) => ledger.tokens(filter),
    spends: (filter) => ledger.spends(filter),
    tokenAt: ({ value, at }) => {
      const token = ledger.find(value);
      return { known: token !== undefined, alive: token !== undefined && token.issuedAt <= at && at < token.endedAt };
    },
    secrets: () => server.secrets(),
  };
}

async function serveControl(handlers: Handlers, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) {
    chunks.push(chunk as Buffer);
  }
  const reply = (status: number, body: unknown) => {
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(body));
  };
  const name = (incoming.url ?? '/').slice(1);
  const handler = Object.hasOwn(handlers, name) ? handlers[name as keyof OidcCalls] : undefined;
  if (incoming.method !== 'POST' || !handler) {
    return reply(404, { error: `no call "${name}"; POST one of: ${Object.keys(handlers).join(', ')}` });
  }
  try {
    // The name picked the handler; that its input fits is what the typed client is for.
    const run = handler as (input: unknown) => unknown;
    reply(200, await run(JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}')));
  } catch (error) {
    reply(error instanceof ControlError ? 400 : 500, { error: error instanceof Error ? error.message : String(error) });
  }
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

/** Starts the authorization server (HTTPS) and its control connection (HTTP), both on loopback. */
export async function startOidc(options: OidcOptions): Promise<RunningOidc> {
  const server = createHttpsServer({ cert: options.cert, key: options.key });
  const url = `https://127.0.0.1:${await listen(server, options.port)}`;
  const oidc = new OidcServer(url);
  server.on('request', oidc.listener());
  const handlers = handlersOf(oidc);
  const control = createHttpServer((incoming, response) => {
    serveControl(handlers, incoming, response).catch(() => response.destroy());
  });
  const controlPort = await listen(control, options.controlPort);
  return {
    url,
    controlUrl: `http://127.0.0.1:${controlPort}`,
    close: async () => {
      await Promise.all([close(server), close(control)]);
    },
  };
}
