import { Failure } from '../core/failure.ts';
import { nearestName } from '../core/nearest-name.ts';
import type { Clock, PlatformClient, PlatformRegistry } from '../core/ports.ts';
import { createPlatformClient } from './client.ts';
import { definitionProblem } from './definition.ts';
import { createIdentityMemory } from './identity-memory.ts';
import type { Platform, PlatformSpec } from './platform.ts';
import { createSender } from './send.ts';
import { twitch } from './twitch.ts';
import { youtube } from './youtube.ts';

/** Every built-in platform: its file, and its line here. */
export const builtInPlatforms: readonly Platform[] = [twitch, youtube];

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
  const accepted = { minMs: options.minTokenLifetimeMs, maxMs: options.maxTokenLifetimeMs };
  const parts = { clock: options.clock, send: sender.send, accepted, memory: createIdentityMemory() };
  const builtIn = new Map(
    builtInPlatforms.map((platform) => {
      const base = options.endpoints[platform.name];
      const spec = base === undefined ? platform.spec : withEndpoint(platform.spec, base);
      return [platform.name, createPlatformClient({ name: platform.name, spec }, parts)] as const;
    }),
  );
  return {
    resolve(name, custom): PlatformClient {
      const found = builtIn.get(name);
      if (found !== undefined) return found;
      if (custom === undefined) throw unknownPlatform(name);
      const problem = definitionProblem(custom.spec);
      if (problem !== undefined) throw invalidPlatform(name, problem);
      return createPlatformClient({ name, spec: custom.spec }, parts);
    },
    close: () => sender.close(),
  };
}

/** Every URL of the platform under `base`: `https://id.twitch.tv/oauth2/token` becomes `<base>/id.twitch.tv/oauth2/token`. */
function withEndpoint(spec: PlatformSpec, base: string): PlatformSpec {
  const root = base.replace(/\/+$/, '');
  const move = (url: string) => `${root}/${url.replace(/^https:\/\//, '')}`;
  const { token, introspect, identity } = spec;
  return {
    ...spec,
    token: {
      ...token,
      url: move(token.url),
      ...(token.refreshURL === undefined ? {} : { refreshURL: move(token.refreshURL) }),
    },
    ...(introspect === undefined ? {} : { introspect: { ...introspect, url: move(introspect.url) } }),
    ...(identity === undefined ? {} : { identity: { ...identity, url: move(identity.url) } }),
  };
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
