import { FaultProxy } from '../harness/fault-proxy.ts';
import { type Operator, startOperator } from '../harness/operator.ts';
import { startPlatform } from '../harness/platform-process.ts';
import { scratchFolder } from '../harness/scratch.ts';
import { sharedWorld } from '../harness/shared-world.ts';
import { createStage, type Stage } from '../harness/stage.ts';
import { waitFor } from '../harness/wait.ts';
import type { World } from '../harness/world.ts';
import type { KillPlace, Server, Window } from './kill-places.ts';

/** One kill, as it happened. */
export interface Kill {
  readonly window: Window;
  readonly server: Server;
  readonly at: number;
  /** When the next instance was ready. */
  readonly readyAt: number;
  /** The request that the operator died at. */
  readonly request: { readonly path: string; readonly body: string };
}

/** An operator whose every connection goes through a proxy, so that it can be killed at any point on the wire. */
export interface CrashStage extends Stage {
  readonly world: World;
  readonly operator: Operator;
  readonly proxies: Readonly<Record<Server, FaultProxy>>;
  /** Kills it where the first such request (of this channel) passes, and starts it again at once, as a kubelet does. */
  killAt(place: KillPlace, options: { readonly channel?: string; readonly withinMs: number }): Promise<Kill>;
  removeAll(): Promise<void>;
}

export interface CrashStageOptions {
  /** Which stand-in the platform's proxy leads to. An OAuth server is started for this stage alone: its tokens' life is set. */
  readonly platform: 'oidc' | 'simulator';
  /** Life of the OAuth server's access tokens. */
  readonly accessLifetimeS: number;
  readonly durations: readonly string[];
}

export async function createCrashStage(options: CrashStageOptions): Promise<CrashStage> {
  const { folder, authority, ...shared } = sharedWorld();
  const own =
    options.platform === 'oidc'
      ? await startPlatform({ name: 'oidc', folder: scratchFolder('oidc'), authority })
      : undefined;
  const { url: platformUrl, controlUrl } = own?.address ?? shared.simulator ?? { url: '', controlUrl: '' };
  const proxy = (upstream: string) => FaultProxy.start({ upstream, authority });
  const proxies = {
    vault: await proxy(shared.vault.url),
    kubernetes: await proxy(shared.cluster.url),
    platform: await proxy(platformUrl),
  };
  const throughProxy = { url: proxies.platform.url, controlUrl };
  // The stage names the OAuth server's address to the operator, so that is the proxy's.
  const world: World = { ...shared, folder, authority, ...(own && { oidc: throughProxy }) };
  const stage = await createStage(world);
  if (own !== undefined) await stage.oidc.setAccessLifetime({ seconds: options.accessLifetimeS });
  const simulator = own === undefined ? throughProxy.url : (world.simulator?.url ?? '');
  const operator = await startOperator({
    world,
    namespaces: [stage.namespace],
    vaultPrefix: stage.vaultPrefix,
    kubernetesUrl: proxies.kubernetes.url,
    vaultUrl: proxies.vault.url,
    platformEndpoints: { twitch: simulator, youtube: simulator },
    privateHosts: [stage.oidcHost],
    args: options.durations,
  });
  return {
    ...stage,
    world,
    operator,
    proxies,
    killAt: (place, { channel, withinMs }) =>
      killAt({ operator, proxy: proxies[place.server] }, place, channel, withinMs),
    removeAll: async () => {
      await operator.remove();
      await stage.remove();
      await Promise.all(Object.values(proxies).map((each) => each.stop()));
      await own?.process.kill();
    },
  };
}

interface Victim {
  readonly operator: Operator;
  readonly proxy: FaultProxy;
}

async function killAt(
  { operator, proxy }: Victim,
  { window, server, at: kill, match }: KillPlace,
  channel: string | undefined,
  withinMs: number,
): Promise<Kill> {
  let diedAt: number | undefined;
  const victim = async () => {
    await operator.kill();
    diedAt = Date.now();
  };
  const rule = proxy.rule({ ...match(channel), action: { kill, victim } });
  const what = `the operator to be killed ${window}`;
  const at = await waitFor(() => diedAt, { timeoutMs: withinMs, everyMs: 10, what });
  rule.remove();
  const request = proxy.requests.findLast(({ fault }) => fault === 'kill');
  await operator.start();
  return { window, server, at, readyAt: Date.now(), request: { path: request?.path ?? '', body: request?.body ?? '' } };
}
