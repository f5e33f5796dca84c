import { afterEach, expect, it, vi } from 'vitest';
import { Sealed } from '../../src/core/sealed.ts';
import { createPlatformRegistry } from '../../src/platforms/registry.ts';
import { authority, json, startPlatformServer } from './https-server.ts';

// Only the name service is played: a public name whose address lies inside.
const addresses = vi.hoisted(() => [{ address: '127.0.0.1', family: 4 }]);
vi.mock('node:dns', () => ({
  lookup: (_host: string, _options: unknown, callback: (error: null, found: typeof addresses) => void) =>
    callback(null, addresses),
}));

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

it.each([
  ['one address inside', [{ address: '127.0.0.1', family: 4 }]],
  [
    'one of two addresses inside',
    [
      { address: '192.0.2.1', family: 4 },
      { address: '::1', family: 6 },
    ],
  ],
])('a public name with %s is refused at connect, and nothing is sent', async (_, found) => {
  addresses.splice(0, addresses.length, ...found);
  const server = await startPlatformServer(json(200, { access_token: 'a' }));
  const registry = createPlatformRegistry({
    clock: { now: () => 0, monotonic: () => 0, sleep: () => Promise.resolve() },
    minTokenLifetimeMs: 1,
    maxTokenLifetimeMs: 2,
    endpoints: { twitch: `https://rebind.example.com:${server.port}` },
    ca: authority.certificate,
    allowPrivateHosts: [`127.0.0.1:${server.port}`],
  });
  closing.push(
    () => server.close(),
    () => registry.close(),
  );
  const outcome = await registry.resolve('twitch', undefined, { settings: {}, isPublic: false }).refresh({
    client: { id: 'id', secret: Sealed.of('secret') },
    tokens: { refresh: Sealed.of('refresh'), obtainedAt: 0 },
    scopes: [],
    extras: {},
    timeoutMs: 5_000,
  });
  const inside = found.at(-1)?.address;
  expect(outcome).toMatchObject({ kind: 'NotSent', failure: { family: 'Misconfigured', reason: 'PlatformInvalid' } });
  expect(outcome.kind === 'NotSent' && outcome.failure.message).toContain(`resolves to ${inside}, which lies inside`);
  expect(server.connections()).toBe(0);
});
