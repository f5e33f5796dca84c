import { randomUUID } from 'node:crypto';
import type { SocialPlatform } from '../api/resources.gen.ts';
import { Failure } from '../core/failure.ts';
import { nearestName } from '../core/nearest-name.ts';
import type { PlatformClient, PlatformRegistry } from '../core/platform-port.ts';
import type { Clock } from '../core/ports.ts';
import { type ClientParts, createPlatformClient } from './client.ts';
import { definitionProblem } from './definition.ts';
import { withEndpoint } from './endpoint.ts';
import { facebook } from './facebook.ts';
import { instagram } from './instagram.ts';
import { instagramPage } from './instagram-page.ts';
import { IssuerKeys } from './issuer-keys.ts';
import { kick } from './kick.ts';
import { linkedin } from './linkedin.ts';
import { createLoginMemory } from './login-memory.ts';
import { Pace } from './pace.ts';
import type { Platform } from './platform.ts';
import { createSender } from './send.ts';
import { threads } from './threads.ts';
import { tiktok } from './tiktok.ts';
import { twitch } from './twitch.ts';
import { inUse } from './use.ts';
import { x } from './x.ts';
import { youtube } from './youtube.ts';

/** Every built-in platform: its file, and its line here. */
export const builtInPlatforms: readonly Platform[] = [
  facebook,
  instagram,
  instagramPage,
  kick,
  linkedin,
  threads,
  tiktok,
  twitch,
  x,
  youtube,
];

export interface PlatformRegistryOptions {
  readonly clock: Clock;
  /** Access token lifetimes outside of this range are not believed. */
  readonly minTokenLifetimeMs: number;
  readonly maxTokenLifetimeMs: number;
  /** `--platform-endpoint`: name of a built-in platform to the base that its URLs are mapped under. */
  readonly endpoints: Readonly<Record<string, string>>;
  /** `--platform-ca-file`: PEM, believed besides the system's certificate authorities. */
  readonly ca?: string | undefined;
  /** `--platform-proxy`. */
  readonly proxy?: string | undefined;
  /** `--allow-private-host`: `host:port` that may be reached although its address is private. */
  readonly allowPrivateHosts: readonly string[];
}

/** A registry that also owns the connections; `close` cuts those that are still open. */
export interface OwnedPlatformRegistry extends PlatformRegistry {
  close(): Promise<void>;
}

export function createPlatformRegistry(options: PlatformRegistryOptions): OwnedPlatformRegistry {
  const sender = createSender(options);
  const parts: ClientParts = {
    clock: options.clock,
    send: sender.send,
    heldMs: sender.heldMs,
    accepted: { minMs: options.minTokenLifetimeMs, maxMs: options.maxTokenLifetimeMs },
    memory: createLoginMemory(),
    pace: new Pace(options.clock),
    keys: new IssuerKeys(sender.send, options.clock),
    newNonce: () => randomUUID().replaceAll('-', ''),
  };
  const builtIn = new Map(builtInPlatforms.map((platform) => [platform.name, moved(platform, options)] as const));
  // By use: every channel of one app and kind has the same client, and none is made anew for each look at a channel.
  const clients = new Map<string, PlatformClient>();
  return {
    isBuiltIn: (name) => builtIn.has(name),
    resolve(name, custom, use): PlatformClient {
      const found = builtIn.get(name);
      if (found === undefined) return createPlatformClient(inUse(defined(name, custom), use), parts);
      const key = JSON.stringify([name, use]);
      const client = clients.get(key) ?? createPlatformClient(inUse(found, use), parts);
      if (clients.size < maxClients) clients.set(key, client);
      return client;
    },
    check: (name, custom) => void defined(name, custom),
    close: () => sender.close(),
  };
}

const maxClients = 10_000;

function moved(platform: Platform, { endpoints }: PlatformRegistryOptions): Platform {
  const base = endpoints[platform.name];
  return base === undefined ? platform : withEndpoint(platform, base);
}

function defined(name: string, custom: SocialPlatform | undefined): Platform {
  if (custom === undefined) throw unknownPlatform(name);
  const problem = definitionProblem(custom.spec);
  if (problem !== undefined) throw invalidPlatform(name, problem);
  return { name, spec: custom.spec };
}

function unknownPlatform(name: string): Failure {
  const names = builtInPlatforms.map((platform) => platform.name).sort();
  const near = nearestName(name, names);
  const guess = near === undefined ? '' : ` Did you mean "${near}"?`;
  const message = `spec.platform: no platform "${name}".${guess} Known: ${names.join(', ')}; or define a SocialPlatform of that name.`;
  return new Failure('Misconfigured', 'PlatformUnknown', message, { source: 'Operator', isAppFault: true });
}

function invalidPlatform(name: string, problem: string): Failure {
  const message = `SocialPlatform "${name}" cannot be used: ${problem} Nothing is sent until it is corrected; its channels keep their logins.`;
  return new Failure('Misconfigured', 'PlatformInvalid', message, { source: 'Operator', isAppFault: true });
}
