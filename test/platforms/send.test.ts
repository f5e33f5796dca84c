import { connect, createServer } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { SpendOutcome, SpendRequest } from '../../src/core/platform-port.ts';
import { Sealed } from '../../src/core/sealed.ts';
import { createPlatformRegistry, type PlatformRegistryOptions } from '../../src/platforms/registry.ts';
import { createAuthority } from '../harness/certificates.ts';
import { authority, json, listen, type Reply, startPlatformServer, startProxy } from './https-server.ts';

const secrets = { access: 'access-secret-0001', refresh: 'refresh/secret+0001', client: 'client-secret-0001' };
const clock = { now: () => Date.now(), monotonic: () => performance.now(), sleep: () => Promise.resolve() };
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

function request(timeoutMs = 5_000): SpendRequest {
  return {
    client: { id: 'client', secret: Sealed.of(secrets.client) },
    tokens: { access: Sealed.of(secrets.access), refresh: Sealed.of(secrets.refresh), obtainedAt: 0 },
    scopes: [],
    extras: {},
    timeoutMs,
  };
}

function twitchAt(port: number, changes: Partial<PlatformRegistryOptions> = {}) {
  const registry = createPlatformRegistry({
    clock,
    minTokenLifetimeMs: 60_000,
    maxTokenLifetimeMs: 400 * 86_400_000,
    endpoints: { twitch: `https://127.0.0.1:${port}/` },
    ca: authority.certificate,
    allowPrivateHosts: [`127.0.0.1:${port}`],
    ...changes,
  });
  closing.push(() => registry.close());
  return registry.resolve('twitch', undefined, { settings: {}, isPublic: false });
}

async function serve(reply: Reply) {
  const server = await startPlatformServer(reply);
  closing.push(() => server.close());
  return server;
}

const tokens = { access_token: 'new-access', refresh_token: 'new-refresh', expires_in: 14_400, scope: ['a:b'] };

function shown(outcome: SpendOutcome): string {
  return outcome.kind === 'Answered'
    ? JSON.stringify(outcome)
    : `${JSON.stringify(outcome)} ${outcome.failure.message} ${outcome.failure.stack}`;
}

describe('a refresh over the wire', () => {
  it('is one POST with everything secret in the body, and its clock starts when it is sent', async () => {
    const server = await serve(json(200, tokens));
    const before = Date.now();
    const outcome = await twitchAt(server.port).refresh(request());
    expect(server.arrivals).toHaveLength(1);
    expect(server.arrivals[0]).toMatchObject({ method: 'POST', path: '/id.twitch.tv/oauth2/token' });
    expect(server.arrivals[0]?.body).toBe(
      'refresh_token=refresh%2Fsecret%2B0001&grant_type=refresh_token&client_id=client&client_secret=client-secret-0001',
    );
    expect(outcome).toMatchObject({ kind: 'Answered', answer: { scopes: ['a:b'] } });
    if (outcome.kind !== 'Answered') return;
    expect(outcome.answer.access?.equals(Sealed.of('new-access'))).toBe(true);
    expect(outcome.answer.obtainedAt).toBeGreaterThanOrEqual(before);
    expect(outcome.answer.accessExpiresAt).toBe(outcome.answer.obtainedAt + 14_400_000);
  });

  it('uses a connection of its own each time, so that no idle one is cut under it', async () => {
    const server = await serve(json(200, tokens));
    const twitch = twitchAt(server.port);
    await twitch.refresh(request());
    await twitch.refresh(request());
    expect(server.connections()).toBe(2);
    expect(server.arrivals.map(({ headers }) => headers.connection)).toEqual(['close', 'close']);
  });

  it('stops at a host that gives no answers, whoever asks, and goes on with the first one that is answered', async () => {
    const time = { at: 0 };
    let isAway = true;
    const server = await serve((...parts) => (isAway ? json(503, {}) : json(200, tokens))(...parts));
    const twitch = twitchAt(server.port, { clock: { ...clock, monotonic: () => time.at } });
    const outcomes: string[] = [];
    for (let count = 0; count < 25; count += 1) outcomes.push((await twitch.refresh(request())).kind);
    expect(server.arrivals).toHaveLength(20);
    expect(outcomes.slice(20)).toEqual(Array.from({ length: 5 }, () => 'NotSent'));
    expect(twitch.heldMs(request().client)).toBeGreaterThan(0);
    isAway = false;
    time.at = 1_000;
    expect(twitch.heldMs(request().client)).toBe(0);
    const both = await Promise.all([twitch.refresh(request()), twitch.refresh(request())]);
    expect(both.map(({ kind }) => kind)).toEqual(['Answered', 'NotSent']);
    expect((await twitch.refresh(request())).kind).toBe('Answered');
    expect(server.arrivals).toHaveLength(22);
  });

  it('goes on renewing where the host answers no questions, however many were asked', async () => {
    const server = await serve((response, incoming) =>
      (incoming.url?.includes('/oauth2/token') ? json(200, tokens) : json(503, {}))(response, incoming),
    );
    const twitch = twitchAt(server.port);
    for (let count = 0; count < 25; count += 1)
      await expect(twitch.introspect({ ...request(), kind: 'User' })).rejects.toThrow();
    expect(server.arrivals).toHaveLength(20);
    expect(twitch.heldMs(request().client)).toBe(0);
    expect((await twitch.refresh(request())).kind).toBe('Answered');
  });

  const afterSending: [name: string, reply: Reply, raw: boolean][] = [
    ['the connection is cut before the answer', (response) => response.socket?.destroy(), false],
    [
      'the connection is cut in the middle of the answer',
      (response) => {
        response.writeHead(200, { 'content-length': '1000' });
        response.write('{"access_token":"half', () => response.socket?.destroySoon());
      },
      true,
    ],
    ['no answer comes', () => undefined, false],
    ['a gateway answers 502 with a page', (response) => response.writeHead(502).end('<html>bad gateway</html>'), true],
    [
      'the body is longer than any answer',
      (response) => response.write(JSON.stringify({ ...tokens, pad: 'x'.repeat(80_000) })),
      true,
    ],
    ['the answer is a page', (response) => response.end('<html>welcome</html>'), true],
    ['the answer is empty', (response) => response.end(), true],
  ];
  it.each(afterSending)('ends Unknown and is sent once when %s', async (name, reply, raw) => {
    const server = await serve(reply);
    const outcome = await twitchAt(server.port).refresh(request(name === 'no answer comes' ? 1_000 : 10_000));
    expect(outcome).toMatchObject({ kind: 'Unknown' });
    expect(outcome.kind === 'Unknown' && outcome.raw !== undefined).toBe(raw);
    expect(server.arrivals).toHaveLength(1);
    for (const secret of Object.values(secrets)) expect(shown(outcome)).not.toContain(secret);
  });

  it('follows no redirect', async () => {
    const server = await serve((response, { url }) => {
      if (url === '/elsewhere') return json(200, tokens)(response, {} as never);
      response.writeHead(307, { location: '/elsewhere' }).end();
    });
    expect(await twitchAt(server.port).refresh(request())).toMatchObject({ kind: 'Unknown' });
    expect(server.arrivals.map(({ path }) => path)).toEqual(['/id.twitch.tv/oauth2/token']);
  });
});

describe('a refresh that was never sent', () => {
  it('says so when the connection is refused', async () => {
    const server = await serve(json(200, tokens));
    await server.close();
    const outcome = await twitchAt(server.port).refresh(request());
    expect(outcome).toMatchObject({ kind: 'NotSent', failure: { family: 'Transient', reason: 'PlatformUnavailable' } });
    expect(shown(outcome)).toContain('the connection was refused. Nothing was sent');
  });

  it('says so when the certificate is not trusted, and names the setting', async () => {
    const server = await serve(json(200, tokens));
    const outcome = await twitchAt(server.port, { ca: createAuthority('another').certificate }).refresh(request());
    expect(outcome).toMatchObject({ kind: 'NotSent' });
    expect(shown(outcome)).toContain('--platform-ca-file');
    expect(server.arrivals).toHaveLength(0);
  });

  it('says so when no connection stands within the deadline, and is not sent later either', async () => {
    const silent = createServer();
    const { port, count, close } = await listen(silent);
    closing.push(close);
    const outcome = await twitchAt(port).refresh(request(300));
    expect(outcome).toMatchObject({ kind: 'NotSent', failure: { reason: 'PlatformUnavailable' } });
    expect(shown(outcome)).toContain('no connection within 0.3 s');
    expect(count()).toBe(1);
  });

  it('is not sent either when the connection stands a moment too late', async () => {
    const server = await serve(json(200, tokens));
    const held: (() => void)[] = [];
    let over = 0;
    const front = createServer((client) => {
      client
        .on('error', () => undefined)
        .on('close', () => {
          over += 1;
        });
      held.push(() => {
        const upstream = connect(server.port, '127.0.0.1');
        upstream.on('error', () => client.destroy());
        client.pipe(upstream).pipe(client);
      });
    });
    const { port, close } = await listen(front);
    closing.push(close);
    expect(await twitchAt(port).refresh(request(300))).toMatchObject({ kind: 'NotSent' });
    for (const release of held) release();
    await vi.waitFor(() => expect([over, server.connections()]).toEqual([1, 1]), 5_000);
    expect(server.arrivals).toEqual([]);
  });

  it('is refused without TLS', async () => {
    const outcome = await twitchAt(1, { endpoints: { twitch: 'http://127.0.0.1:1' } }).refresh(request());
    expect(outcome).toMatchObject({ kind: 'NotSent', failure: { reason: 'PlatformInvalid' } });
    expect(shown(outcome)).toContain('127.0.0.1:1 is not an https address');
  });

  it.each(['[::1]:1', '::1:1'])('may go to an IPv6 address inside that is allowed as %s', async (allowed) => {
    const changes = { endpoints: { twitch: 'https://[::1]:1' }, allowPrivateHosts: [allowed] };
    expect(await twitchAt(1, changes).refresh(request())).toMatchObject({ failure: { reason: 'PlatformUnavailable' } });
  });

  it('is refused at an address inside that the operator was not started for', async () => {
    const server = await serve(json(200, tokens));
    const outcome = await twitchAt(server.port, { allowPrivateHosts: ['127.0.0.1:1'] }).refresh(request());
    expect(outcome).toMatchObject({ kind: 'NotSent', failure: { family: 'Misconfigured', reason: 'PlatformInvalid' } });
    expect(shown(outcome)).toContain(`--allow-private-host 127.0.0.1:${server.port}`);
    expect(server.connections()).toBe(0);
  });

  it('lacks the client secret that the platform asks for', async () => {
    const server = await serve(json(200, tokens));
    const outcome = await twitchAt(server.port).refresh({ ...request(), client: { id: 'client' } });
    expect(outcome).toMatchObject({ kind: 'NotSent', failure: { reason: 'AppSecretInvalid', isAppFault: true } });
    expect(server.connections()).toBe(0);
  });

  it('lacks a refresh token', async () => {
    const server = await serve(json(200, tokens));
    const outcome = await twitchAt(server.port).refresh({ ...request(), tokens: { obtainedAt: 0 } });
    expect(outcome).toMatchObject({ kind: 'NotSent', failure: { family: 'Unexpected' } });
    expect(server.connections()).toBe(0);
  });
});

describe('the one proxy', () => {
  it('carries everything, and sees no secret', async () => {
    const server = await serve(json(200, tokens));
    const proxy = await startProxy();
    closing.push(() => proxy.close());
    const outcome = await twitchAt(server.port, { proxy: proxy.url }).refresh(request());
    expect(outcome).toMatchObject({ kind: 'Answered' });
    expect(proxy.targets).toEqual([`127.0.0.1:${server.port}`]);
  });

  it('is not asked for an address inside', async () => {
    const proxy = await startProxy();
    closing.push(() => proxy.close());
    const outcome = await twitchAt(1, { proxy: proxy.url, allowPrivateHosts: [] }).refresh(request());
    expect(outcome).toMatchObject({ kind: 'NotSent', failure: { reason: 'PlatformInvalid' } });
    expect(proxy.targets).toEqual([]);
  });

  it('that is down means that nothing was sent', async () => {
    const proxy = await startProxy();
    await proxy.close();
    expect(await twitchAt(443, { proxy: proxy.url }).refresh(request())).toMatchObject({ kind: 'NotSent' });
  });
});
