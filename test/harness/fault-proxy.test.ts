import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { Agent, request } from 'undici';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAuthority, issueExpiredServer, issueServer } from './certificates.ts';
import { FaultProxy } from './fault-proxy.ts';
import type { FaultAction } from './fault-rules.ts';
import { waitFor } from './wait.ts';

const authority = createAuthority('proxy test');
const body = 'x'.repeat(100_000);
let upstream: Server;
let served: string[];
let proxy: FaultProxy;
let agent: Agent;
let victims: number;

let release: () => void = () => {};

/** /stream sends a chunk at once and the rest on `release`; /quiet sends its head only; /silent sends nothing. */
function serve(incoming: IncomingMessage, response: ServerResponse): void {
  served.push(`${incoming.method} ${incoming.url}`);
  if (incoming.url === '/stream') {
    response.write('first\n');
    release = () => response.end('second\n');
    return;
  }
  if (incoming.url === '/quiet') response.flushHeaders();
  if (incoming.url === '/quiet' || incoming.url === '/silent') return;
  incoming.resume().on('end', () => response.end(body));
}

beforeAll(async () => {
  const { certificate, key } = issueServer(authority, 'upstream');
  upstream = createServer({ cert: certificate, key }, serve);
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
});

afterAll(() => {
  upstream.closeAllConnections();
  upstream.close();
});

beforeEach(async () => {
  served = [];
  victims = 0;
  proxy = await FaultProxy.start({ upstream: upstreamUrl(), authority });
  agent = new Agent({ connect: { ca: authority.certificate }, headersTimeout: 1_000 });
});

afterEach(async () => {
  await agent.destroy();
  await proxy.stop();
});

function upstreamUrl(): string {
  return `https://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
}

async function send(path: string, method: 'GET' | 'POST' = 'GET', payload?: string): Promise<string> {
  const answer = await request(proxy.url + path, { method, dispatcher: agent, body: payload ?? null });
  const text = await answer.body.text();
  return `${answer.statusCode} ${text.length > 100 ? text.length : text}`;
}

const victim = async () => {
  victims += 1;
};

describe('a fault proxy', () => {
  it('passes requests and answers on and records both', async () => {
    expect(await send('/a?b=1', 'POST', 'payload')).toBe('200 100000');
    expect(proxy.requests).toMatchObject([{ method: 'POST', path: '/a?b=1', body: 'payload', status: 200 }]);
    expect(served).toEqual(['POST /a?b=1']);
  });

  it('passes the first part of an answer on before the rest exists, as a watch needs it', async () => {
    const answer = await request(`${proxy.url}/stream`, { dispatcher: agent });
    const chunks = answer.body[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    expect((await chunks.next()).value?.toString()).toBe('first\n');
    release();
    expect((await chunks.next()).value?.toString()).toBe('second\n');
  });

  it('passes the head of an answer on before there is a body, as a watch of a quiet collection needs it', async () => {
    const answer = await request(`${proxy.url}/quiet`, { dispatcher: agent });
    expect(answer.statusCode).toBe(200);
    answer.body.on('error', () => {}).destroy();
  });

  it.each(['/stream', '/silent'])('ends the request upstream when the client of %s leaves', async (path) => {
    const stop = new AbortController();
    const arrived = new Promise<IncomingMessage>((resolve) => upstream.once('request', resolve));
    const asked = request(proxy.url + path, { dispatcher: agent, signal: stop.signal });
    asked.then((answer) => answer.body.on('error', () => {})).catch(() => {});
    const incoming = await arrived;
    const closed = new Promise<boolean>((resolve) => incoming.once('close', () => resolve(true)));
    stop.abort();
    expect(await closed).toBe(true);
  });

  it('closes an idle connection when upstream closes its own, as the client would see without a proxy', async () => {
    await send('/');
    const disconnected = new Promise<boolean>((resolve) => agent.once('disconnect', () => resolve(true)));
    upstream.closeAllConnections();
    expect(await disconnected).toBe(true);
  });

  it.each<[string, FaultAction, { outcome: RegExp; upstreamSees: number; victims?: number }]>([
    ['cut', { cut: true }, { outcome: /closed|reset|ECONNRESET/, upstreamSees: 0 }],
    ['swallow', { swallow: true }, { outcome: /closed|reset|ECONNRESET/, upstreamSees: 1 }],
    ['truncate', { truncate: true }, { outcome: /closed|reset|ECONNRESET|terminated/, upstreamSees: 1 }],
    ['hang', { hang: true }, { outcome: /Headers Timeout/, upstreamSees: 0 }],
    ['answer', { answer: { status: 503, body: 'busy' } }, { outcome: /^503 busy$/, upstreamSees: 0 }],
    ['delay', { delayMs: 20 }, { outcome: /^200 100000$/, upstreamSees: 1 }],
    [
      'kill before forwarding',
      { kill: 'before-forward', victim },
      { outcome: /closed|reset|ECONNRESET/, upstreamSees: 0, victims: 1 },
    ],
    [
      'kill after forwarding',
      { kill: 'after-forward', victim },
      { outcome: /closed|reset|ECONNRESET/, upstreamSees: 1, victims: 1 },
    ],
    [
      'kill after the answer',
      { kill: 'after-answer', victim },
      { outcome: /^200 100000$/, upstreamSees: 1, victims: 1 },
    ],
  ])('%s', async (_name, action, expected) => {
    const rule = proxy.rule({ path: /^\/token$/, action });
    const outcome = await send('/token', 'POST', 'grant').catch((error: Error) => String(error));
    expect(outcome).toMatch(expected.outcome);
    expect(rule.hits).toBe(1);
    expect(served).toHaveLength(expected.upstreamSees);
    await waitFor(() => victims === (expected.victims ?? 0), { timeoutMs: 2_000, what: 'the victim to be called' });
  });

  it('kills only after upstream has answered in full, and before the client has anything', async () => {
    let upstreamDone = false;
    upstream.once('request', (_incoming, response: ServerResponse) => {
      response.once('finish', () => {
        upstreamDone = true;
      });
    });
    let doneAtKill = false;
    const note = async () => {
      doneAtKill = upstreamDone;
    };
    proxy.rule({ action: { kill: 'after-forward', victim: note } });
    await expect(send('/token')).rejects.toThrow();
    expect(doneAtKill).toBe(true);
  });

  it('breaks something else first, before the client has anything', async () => {
    const order: string[] = [];
    const note = (what: string) => async () => void order.push(what);
    proxy.rule({ action: { kill: 'after-answer', first: note('first'), victim: note('victim') } });
    await send('/token').then(() => order.push('answered'));
    await waitFor(() => order.length === 3, { timeoutMs: 2_000, what: 'the victim to be called' });
    expect(order[0]).toBe('first');
    expect(proxy.requests[0]?.answeredAt).toBeGreaterThanOrEqual(proxy.requests[0]?.arrivedAt ?? 0);
  });

  it.each(['after-forward', 'after-answer'] as const)(
    'kills %s too where upstream breaks off instead',
    async (kill) => {
      upstream.once('request', (incoming: IncomingMessage) => incoming.socket.destroy());
      proxy.rule({ action: { kill, victim } });
      await expect(send('/silent')).rejects.toThrow();
      await waitFor(() => victims === 1, { timeoutMs: 2_000, what: 'the victim to be called' });
      expect(proxy.requests[0]?.answeredAt).toBeUndefined();
      expect(proxy.requests[0]?.broken).toBeDefined();
    },
  );

  it('acts on the nth request that matches by method, path and body, and on no other', async () => {
    const match = { method: 'POST', path: /^\/token/, body: /refresh_token/ };
    const rule = proxy.rule({ ...match, nth: 2, action: { answer: { status: 429 } } });
    const answers = [
      await send('/token', 'POST', 'refresh_token=1'),
      await send('/token', 'GET'),
      await send('/token', 'POST', 'other'),
      await send('/token', 'POST', 'refresh_token=2'),
      await send('/token', 'POST', 'refresh_token=3'),
    ];
    expect(answers.map((answer) => answer.slice(0, 3))).toEqual(['200', '200', '200', '429', '200']);
    expect(rule).toMatchObject({ hits: 1, matched: 3 });
    expect(proxy.seen(match)).toHaveLength(3);
  });

  it('forgets a rule that is removed', async () => {
    const rule = proxy.rule({ action: { answer: { status: 503 } } });
    expect(await send('/')).toMatch(/^503/);
    rule.remove();
    expect(await send('/')).toMatch(/^200/);
  });

  it('refuses at once although a client, stopped amid its handshake, holds a connection open', async () => {
    const { port } = new URL(proxy.url);
    const client = connect(Number(port), '127.0.0.1');
    // What it sends is no whole handshake.
    client.on('error', () => {}).on('connect', () => client.write(Buffer.from([0x16, 0x03])));
    await waitFor(() => client.bytesWritten === 2, { what: 'half a handshake to be sent' });
    // Connections are taken in turn: when this one is served the first is there as well.
    await send('/');
    let isRefused = false;
    const refused = proxy.refuse().then(() => {
      isRefused = true;
    });
    // A server that waits for such a client gives it two minutes.
    await waitFor(() => isRefused && client.closed, { timeoutMs: 5_000, what: 'the connection to be reset' });
    await refused;
    await proxy.accept();
  });

  it('refuses connections and takes them again on the same port', async () => {
    await proxy.refuse();
    await expect(send('/')).rejects.toThrow(/ECONNREFUSED/);
    await proxy.accept();
    expect(await send('/')).toMatch(/^200/);
  });

  it.each([
    ['an expired certificate', () => issueExpiredServer(authority, 'x'), /expired/],
    [
      'a certificate of another authority',
      () => issueServer(createAuthority('foreign'), 'x'),
      /self-signed|issuer|verify/,
    ],
  ])('can show %s', async (_name, certificate, message) => {
    const bad = await FaultProxy.start({ upstream: upstreamUrl(), authority, certificate: certificate() });
    await expect(request(bad.url, { dispatcher: agent })).rejects.toThrow(message);
    await bad.stop();
    expect(served).toEqual([]);
  });
});
