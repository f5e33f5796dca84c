import { FaultProxy } from '../test/harness/fault-proxy.ts';
import type { World } from '../test/harness/world.ts';
import type { RequestCounts } from './results.ts';

export type ServerName = 'kubernetes' | 'vault' | 'platform';

/** One request of a refresh, with `{channel}` where the channel's name stood. */
export interface Step {
  readonly server: ServerName;
  readonly method: string;
  readonly path: string;
  readonly accept?: string;
}

export type Addresses = Readonly<Record<ServerName, string>>;

/** Proxies before all servers, which write down what is sent. What goes through them is counted, never timed. */
export class Wire {
  readonly addresses: Addresses;
  readonly #proxies: Readonly<Record<ServerName, FaultProxy>>;

  private constructor(proxies: Readonly<Record<ServerName, FaultProxy>>) {
    this.#proxies = proxies;
    const { kubernetes, vault, platform } = proxies;
    this.addresses = { kubernetes: kubernetes.url, vault: vault.url, platform: platform.url };
  }

  static async start({ cluster, vault, simulator, authority }: World): Promise<Wire> {
    const before = (upstream: string) => FaultProxy.start({ upstream, authority });
    const [kubernetes, store, platform] = await Promise.all([
      before(cluster.url),
      before(vault.url),
      before(simulator?.url ?? ''),
    ]);
    return new Wire({ kubernetes, vault: store, platform });
  }

  /** Everything since the last call, in order of arrival. */
  taken(): Step[] {
    const all = Object.entries(this.#proxies).flatMap(([server, { requests }]) =>
      requests.splice(0).map((request) => ({ ...request, server: server as ServerName })),
    );
    return all
      .sort((a, b) => a.arrivedAt - b.arrivedAt)
      .map(({ server, method, path, headers }) => {
        // Without it the API server would send what the operator does not even ask for.
        const accept = headers.accept === undefined || server !== 'kubernetes' ? {} : { accept: headers.accept };
        return { server, method, path, ...accept };
      });
  }

  async stop(): Promise<void> {
    await Promise.all(Object.values(this.#proxies).map((proxy) => proxy.stop()));
  }
}

/** What stands in the paths of one fleet, and what takes its place so that they fit another. */
export interface Places {
  readonly names: readonly string[];
  readonly namespace: string;
  readonly prefix: string;
}

/**
 * The steps of one refresh, from the first look at a channel to its status: the sequence that most of the channels had,
 * worked on one after the other. Of the others something else happened in between, such as a look at the app.
 */
export function refreshSteps(steps: readonly Step[], places: Places): Step[] {
  const found = new Map<string, { steps: Step[]; times: number }>();
  let current: Step[] | undefined;
  for (const step of steps.map((one) => ({ ...one, path: general(one.path, places) }))) {
    const isOfChannel = step.path.includes('/socialchannels/{channel}');
    if (isOfChannel && step.method === 'GET') current = [];
    current?.push(step);
    if (isOfChannel && step.method === 'PATCH' && current !== undefined) {
      const key = JSON.stringify(current);
      const known = found.get(key) ?? { steps: current, times: 0 };
      found.set(key, { ...known, times: known.times + 1 });
      current = undefined;
    }
  }
  // A token call makes it a refresh; a look that found nothing to do has none.
  const refreshes = [...found.values()].filter((one) => one.steps.some(({ server }) => server === 'platform'));
  const most = refreshes.sort((a, b) => b.times - a.times)[0];
  if (most === undefined) throw new Error('no refresh was seen on the wire');
  return most.steps;
}

function general(path: string, { names, namespace, prefix }: Places): string {
  const name = names.find((one) => path.includes(one));
  const ofAny = path
    .replaceAll(namespace, '{namespace}')
    .replaceAll(prefix, '{prefix}')
    .replace(/accounts\/[0-9a-f]+/, 'accounts/{account}');
  return name === undefined ? ofAny : ofAny.replaceAll(name, '{channel}');
}

/** What no implementation of the protocol could leave out: two reads that tell the versions, and the five effects. */
export function leastSteps(steps: readonly Step[]): Step[] {
  const firstRead = (isMeant: (path: string) => boolean) =>
    steps.filter(({ method, path }) => method === 'GET' && isMeant(path)).slice(0, 1);
  return [
    ...firstRead((path) => path.endsWith('/socialchannels/{channel}')),
    ...firstRead((path) => path.endsWith('/grant')),
    ...steps.filter(
      ({ method, path }) => (method !== 'GET' && !path.endsWith('/token')) || path.endsWith('oauth2/token'),
    ),
  ];
}

/** How many requests of which kind; for people, so what is private to one channel goes. */
export function counted(steps: readonly Step[]): RequestCounts {
  const counts: Record<string, number> = {};
  for (const step of steps) {
    const name = nameOf(step);
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

function nameOf({ server, method, path }: Step): string {
  const [place = ''] = path.split('?');
  const parts = place.split('/');
  if (server === 'platform') return `platform ${method} ${parts.at(-1)}`;
  if (server === 'vault') return `vault ${method} ${vaultLeaf(parts)}`;
  const kinds = ['socialchannels', 'socialapps', 'socialplatforms', 'secrets', 'events'];
  const kind = kinds.find((one) => parts.includes(one)) ?? 'namespaces';
  return `kubernetes ${method} ${kind}${parts.at(-1) === 'status' ? '/status' : ''}`;
}

function vaultLeaf(parts: readonly string[]): string {
  return parts.includes('accounts') ? 'account' : (parts.at(-1) ?? '');
}
