import { once } from 'node:events';
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { controlHandlers, serveControl } from './control-server.ts';
import { Engine } from './engine.ts';
import type { Platform } from './platform.ts';
import { platforms } from './registry.ts';
import { World } from './world.ts';

export interface SimulatorOptions {
  /** PEM. */
  cert: string;
  key: string;
  /** Address that the platforms answer on; default loopback. The control connection is on loopback always. */
  host?: string;
  /** 0 picks a free one. */
  port: number;
  controlPort: number;
  /** Absent is all there are. */
  platforms?: readonly Platform[];
}

export interface Simulator {
  url: string;
  controlUrl: string;
  close(): Promise<void>;
}

const loopback = '127.0.0.1';

async function listen(server: Server, port: number, host: string): Promise<number> {
  server.listen(port, host);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

/** Starts the platforms (HTTPS) and their control connection (HTTP). */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { host = loopback } = options;
  const world = new World(options.platforms ?? platforms);
  const engine = new Engine(world);
  const connections = new Map<number, Socket>();
  const server = createHttpsServer({ cert: options.cert, key: options.key }, (incoming, response) => {
    const port = incoming.socket.remotePort ?? 0;
    // Only the connection below TLS can be reset.
    const cut = () => (connections.get(port) ?? incoming.socket).resetAndDestroy();
    engine.serve(incoming, response, cut).catch((error: unknown) => {
      const text = `the simulator failed: ${error instanceof Error ? error.stack : String(error)}`;
      world.ledger.complain({ at: Date.now(), platform: 'none', operation: null, clientId: null, text });
      response.destroy();
    });
  });
  server.on('connection', (socket: Socket) => {
    const port = socket.remotePort ?? 0;
    connections.set(port, socket);
    socket.once('close', () => connections.delete(port));
  });
  const handlers = controlHandlers(engine, world);
  const control = createHttpServer((incoming, response) => {
    serveControl(handlers, incoming, response).catch(() => response.destroy());
  });
  const port = await listen(server, options.port, host);
  const controlPort = await listen(control, options.controlPort, loopback);
  return {
    url: `https://${host}:${port}`,
    controlUrl: `http://${loopback}:${controlPort}`,
    close: async () => {
      await Promise.all([close(server), close(control)]);
    },
  };
}
