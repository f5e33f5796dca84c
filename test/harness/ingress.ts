import { once } from 'node:events';
import { request as ask } from 'node:http';
import { createServer } from 'node:https';
import { type Authority, issueServer } from './certificates.ts';
import { freePort } from './scratch.ts';

export interface Ingress {
  /** What people type. */
  readonly url: string;
  /** Where the pages have to listen. */
  readonly target: string;
  stop(): Promise<void>;
}

/** What stands before the pages in a cluster: it speaks TLS, and says who asks. */
export async function startIngress(authority: Authority): Promise<Ingress> {
  const { certificate, key } = issueServer(authority, 'ingress');
  const [port, targetPort] = [await freePort(), await freePort()];
  const server = createServer({ cert: certificate, key }, (incoming, response) => {
    const headers = { ...incoming.headers, 'x-forwarded-for': incoming.socket.remoteAddress ?? '' };
    const { method, url: path } = incoming;
    const onward = ask({ host: '127.0.0.1', port: targetPort, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on(
      'error',
      () => response.writableEnded || response.writeHead(502).end('nobody answers behind the ingress'),
    );
    incoming.pipe(onward);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `https://localhost:${port}`,
    target: `127.0.0.1:${targetPort}`,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
