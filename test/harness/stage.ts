import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { OidcControl } from '../oidc/control.ts';
import { SimulatorControl } from '../simulator/control.ts';
import type { App, MintInput } from '../simulator/model.ts';
import { type Cast, castAccount, castConsent } from './casting.ts';
import { uniqueName } from './scratch.ts';
import { createTenant, type Tenant, type TenantOptions } from './tenant.ts';
import type { World } from './world.ts';

/** One that is killed leaves its Leases behind, and whoever comes next waits for their end. */
export const shortLeaseMs = 4_000;
export const shortLeases = [
  ['--lease-duration', `${shortLeaseMs}ms`],
  ['--lease-renew-interval', '1s'],
] as const;

/** Durations short enough for tests; set by configuration only, constants of platforms stay as they are. */
export const shortDurations: readonly string[] = [
  ['--propagation-floor', '4s'],
  ['--claim-life', '6s'],
  ['--http-timeout', '2s'],
  ['--min-refresh-interval', '1s'],
  ['--min-token-lifetime', '1s'],
  ['--confirm-pause', '1s'],
  ['--re-read-interval', '2s'],
  ['--shutdown-grace', '20s'],
  // Tests make many logins of one platform die within seconds; those that are about waves lower this.
  ['--brake-app-channels', '100000'],
  ['--brake-platform-channels', '100000'],
  ...shortLeases,
].flat();

export const owner = { name: 'Dana Reyes', email: 'dana@example.com' };

/** Tokens as a person would bring them, whichever platform they come from. */
export interface Tokens {
  readonly accessToken?: string;
  readonly refreshToken?: string | null;
  /** Of OAuth 1.0a. */
  readonly tokenSecret?: string | null;
  readonly obtainedAt?: number;
  readonly expiresAt?: number | null;
  readonly consentedAt?: number;
  readonly scopes?: readonly string[];
}

const instant = (at: number | null | undefined) => (at == null ? {} : new Date(at).toISOString());

/** A Secret that is shared with the operator. */
export function sharedSecret(name: string, stringData: Readonly<Record<string, string>>): object {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, labels: { 'socialops.dev/use': 'true' } },
    type: 'Opaque',
    stringData,
  };
}

export function bootstrapSecret(name: string, tokens: Tokens): object {
  const entries = {
    access_token: tokens.accessToken,
    refresh_token: tokens.refreshToken,
    access_token_secret: tokens.tokenSecret,
    obtained_at: instant(tokens.obtainedAt),
    expires_at: instant(tokens.expiresAt),
    consented_at: instant(tokens.consentedAt),
    scopes: tokens.scopes?.join(' '),
  };
  const known = Object.entries(entries).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return sharedSecret(name, Object.fromEntries(known));
}

/** A SocialApp with the Secret that holds its client secret. */
export function appWithSecret(
  name: string,
  platform: string,
  client: { clientId: string; clientSecret: string | null },
  spec: object = {},
): object[] {
  const app = {
    apiVersion: 'socialops.dev/v1alpha1',
    kind: 'SocialApp',
    metadata: { name },
    spec: {
      platform,
      clientId: client.clientId,
      ...(client.clientSecret === null ? { clientType: 'Public' } : { clientSecretRef: { name: `${name}-app` } }),
      ...spec,
    },
  };
  return client.clientSecret === null
    ? [app]
    : [app, sharedSecret(`${name}-app`, { client_secret: client.clientSecret })];
}

/** A SocialChannel; with tokens also the Secret that it imports them from. */
export function channelWithTokens(name: string, app: string, tokens: Tokens | undefined, spec: object = {}): object[] {
  const bootstrap = tokens === undefined ? {} : { bootstrap: { secretRef: { name: `${name}-bootstrap` } } };
  const channel = {
    apiVersion: 'socialops.dev/v1alpha1',
    kind: 'SocialChannel',
    metadata: { name },
    spec: { appRef: { name: app }, owner, ...bootstrap, ...spec },
  };
  return tokens === undefined ? [channel] : [bootstrapSecret(`${name}-bootstrap`, tokens), channel];
}

/** The OAuth server that nobody here wrote, as a SocialPlatform by somebody who only read how to write one. */
export function oidcPlatform(name: string, url: string): object {
  // A resource may name no address, only a name (schema); the server's certificate has both.
  const base = url.replace('127.0.0.1', 'localhost');
  const written = readFileSync(new URL('../oidc/written-by-a-reader.yaml', import.meta.url), 'utf8');
  return { ...parse(written.replaceAll('https://oauth.example.com', base)), metadata: { name } };
}

/** A tenant with the stand-ins of the platforms at hand. */
export interface Stage extends Tenant {
  readonly simulator: SimulatorControl;
  readonly oidc: OidcControl;
  /** `host:port` of the OAuth server, for --allow-private-host. */
  readonly oidcHost: string;
  /** An app of the simulator with its SocialApp applied; answers its client id. */
  simulatedApp(platform: string, name: string, input?: Partial<App>, spec?: object): Promise<App>;
  /** An account with a grant of any age, and what a channel says of it. */
  simulatedGrant(platform: string, app: App, account: string, mint?: Partial<MintInput>): Promise<Tokens & Cast>;
  /** A client of the OAuth server, its SocialPlatform and SocialApp applied. */
  oidcApp(name: string): Promise<{ clientId: string; platform: string }>;
  oidcGrant(clientId: string, account: string): Promise<Tokens & { grantId: string }>;
}

export async function createStage(world: World, options: TenantOptions = {}): Promise<Stage> {
  const tenant = await createTenant(world, options);
  if (world.simulator === undefined || world.oidc === undefined)
    throw new Error('this world has no stand-ins for platforms');
  const simulator = new SimulatorControl(world.simulator.controlUrl);
  const oidc = new OidcControl(world.oidc.controlUrl);
  const { url } = world.oidc;
  return {
    ...tenant,
    simulator,
    oidc,
    oidcHost: new URL(url).host.replace('127.0.0.1', 'localhost'),
    simulatedApp: async (platform, name, input = {}, spec = {}) => {
      const app = await simulator.createApp({ platform, clientId: uniqueName(`${platform}-client`), ...input });
      await tenant.apply(appWithSecret(name, platform, app, spec));
      return app;
    },
    simulatedGrant: async (platform, { clientId }, account, mint = {}) => {
      const cast = await castAccount(simulator, platform, account);
      const consent = { platform, clientId, accountId: cast.accountId, ...castConsent(platform) };
      return { ...(await simulator.mintGrant({ ...consent, ...mint })), ...cast };
    },
    oidcApp: async (name) => {
      const client = await oidc.createClient({ clientId: uniqueName('video-client') });
      const platform = uniqueName('example-video');
      await world.admin.apply([oidcPlatform(platform, url)] as never);
      await tenant.apply(appWithSecret(name, platform, client));
      return { clientId: client.clientId, platform };
    },
    oidcGrant: async (clientId, account) => {
      await oidc.createAccount({ id: account, name: `${account} live` });
      return await oidc.mintGrant({ clientId, accountId: account });
    },
  };
}
