import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { OpsServer, type OpsSources, opsApp } from '../../src/web/ops.ts';

const healthy: OpsSources = {
  isLive: () => true,
  notReady: () => [],
  metrics: async () => 'socialchannel_up 1\n',
  metricsContentType: 'text/plain; version=0.0.4; charset=utf-8',
};

async function get(
  sources: Partial<OpsSources>,
  path: string,
): Promise<{ status: number; body: string; type: string }> {
  const response = await opsApp({ ...healthy, ...sources }).request(path);
  return { status: response.status, body: await response.text(), type: response.headers.get('content-type') ?? '' };
}

describe('a scrape of thousands of channels', () => {
  const text = 'socialchannel_state{namespace="main-stage",name="main-stage-twitch",state="Connected"} 1\n'.repeat(
    5_000,
  );
  const scrape = async (accepts: string) => {
    const sources = { ...healthy, metrics: async () => text };
    return await opsApp(sources).request('/metrics', { headers: { 'accept-encoding': accepts } });
  };

  it('travels compressed where that is asked for, and says the same', async () => {
    const response = await scrape('gzip;q=1.0, identity;q=0.5');
    expect(response.headers.get('content-encoding')).toBe('gzip');
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(bytes.length).toBeLessThan(text.length / 50);
    expect(gunzipSync(bytes).toString()).toBe(text);
  });

  it('travels as it is otherwise', async () => {
    const response = await scrape('identity');
    expect(response.headers.get('content-encoding')).toBeNull();
    expect(await response.text()).toBe(text);
  });
});

describe('the ops endpoints', () => {
  it.each([
    ['live', '/healthz', {}, 200, 'ok\n'],
    ['a stuck event loop', '/healthz', { isLive: () => false }, 503, 'The event loop does not turn.\n'],
    ['ready', '/readyz', {}, 200, 'ok\n'],
    [
      'each part that is not ready',
      '/readyz',
      { notReady: () => ['Vault: no login yet.', 'Channels: not listed yet.'] },
      503,
      'Vault: no login yet.\nChannels: not listed yet.\n',
    ],
    ['live though not ready', '/healthz', { notReady: () => ['Vault is sealed.'] }, 200, 'ok\n'],
    ['the scrape', '/metrics', {}, 200, 'socialchannel_up 1\n'],
    [
      'no word of an error inside',
      '/metrics',
      { metrics: () => Promise.reject(new Error('canary')) },
      500,
      'internal error\n',
    ],
  ])('tells: %s', async (_, path, sources, status, body) => {
    expect(await get(sources, path)).toMatchObject({ status, body });
  });

  it('names the exposition format', async () => {
    expect((await get({}, '/metrics')).type).toBe(healthy.metricsContentType);
  });
});

describe('the ops server', () => {
  let server: OpsServer | undefined;
  afterEach(() => server?.stop());

  it('answers where it says it listens, and no longer after its stop', async () => {
    server = new OpsServer(healthy, { host: '127.0.0.1', port: 0 });
    expect(server.address).toBeUndefined();
    await server.start();
    const url = `http://${server.address}/readyz`;
    expect((await fetch(url)).status).toBe(200);
    await server.stop();
    server = undefined;
    await expect(fetch(url)).rejects.toThrow();
  });

  it('says so when the address is taken', async () => {
    server = new OpsServer(healthy, { host: '127.0.0.1', port: 0 });
    await server.start();
    const port = Number(server.address?.split(':')[1]);
    await expect(new OpsServer(healthy, { host: '127.0.0.1', port }).start()).rejects.toThrow(/EADDRINUSE/);
  });
});
