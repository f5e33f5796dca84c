import { group, plurals, secretNameOf, version } from '../api/names.ts';
import type { SocialApp, SocialChannel } from '../api/resources.gen.ts';
import { nearestName } from '../core/nearest-name.ts';
import type { ApiServer } from './api-server.ts';
import { CliError } from './exit.ts';
import type { Look } from './text.ts';

/** What one command works with. */
export interface Session {
  readonly api: ApiServer;
  /** Of `-n`, else of the context, else `default`. */
  readonly namespace: string;
  /** True with `-A`. */
  readonly isEverywhere: boolean;
  readonly look: () => Look;
  readonly print: (text: string) => void;
  /** Progress and notes, on standard error: what reads the output is not disturbed by them. */
  readonly note: (text: string) => void;
  readonly sleep: (ms: number) => Promise<void>;
}

const base = `/apis/${group}/${version}`;

/** The path of our objects in one namespace, or in all. */
export function pathOf(kind: keyof typeof plurals, namespace: string | undefined, name?: string): string {
  const place = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  return `${base}${place}/${plurals[kind]}${name === undefined ? '' : `/${encodeURIComponent(name)}`}`;
}

export function placeText({ isEverywhere, namespace }: Session): string {
  return isEverywhere ? 'all namespaces' : `namespace ${namespace}`;
}

export function listChannels(session: Session): Promise<SocialChannel[]> {
  const namespace = session.isEverywhere ? undefined : session.namespace;
  return session.api.list({
    path: pathOf('SocialChannel', namespace),
    doing: `list the SocialChannels of ${placeText(session)}`,
  });
}

export function listApps(session: Session): Promise<SocialApp[]> {
  const namespace = session.isEverywhere ? undefined : session.namespace;
  return session.api.list({
    path: pathOf('SocialApp', namespace),
    doing: `list the SocialApps of ${placeText(session)}`,
  });
}

export function findChannel({ api, namespace }: Session, name: string): Promise<SocialChannel | undefined> {
  const path = pathOf('SocialChannel', namespace, name);
  return api.find({ path, doing: `read SocialChannel ${namespace}/${name}` });
}

/** @throws CliError `NotFound` with the nearest name that exists */
export async function getChannel(session: Session, name: string): Promise<SocialChannel> {
  const channel = await findChannel(session, name);
  if (channel !== undefined) return channel;
  const { namespace } = session;
  const names = await listChannels({ ...session, isEverywhere: false })
    .then((channels) => channels.map(({ metadata }) => metadata.name))
    .catch((error: unknown) => {
      // Who may read one channel may perhaps not list them: then there is no name to propose.
      if (error instanceof CliError && error.exit === 'Forbidden') return [];
      throw error;
    });
  const near = nearestName(name, names);
  const meant =
    near !== undefined
      ? ` Did you mean "${near}"?`
      : names.length === 0
        ? ' There is no channel in this namespace; choose another with -n, or see all with: kubectl socialchannel status -A'
        : ` This namespace has: ${names.slice(0, 10).join(', ')}${names.length > 10 ? ', …' : ''}.`;
  throw new CliError('NotFound', `There is no SocialChannel ${namespace}/${name}.${meant}`);
}

/** Sets annotations of a channel; `null` takes one away. */
export function annotate(
  session: Session,
  name: string,
  annotations: Record<string, string | null>,
): Promise<SocialChannel> {
  return session.api.call({
    method: 'PATCH',
    path: pathOf('SocialChannel', session.namespace, name),
    query: { fieldManager: 'kubectl-socialchannel' },
    contentType: 'application/merge-patch+json',
    body: { metadata: { annotations } },
    doing: `ask for it on SocialChannel ${session.namespace}/${name}`,
  });
}

export interface Waiting {
  readonly timeoutMs: number;
  readonly everyMs?: number;
}

/** Looks again until `done` says something, or the time is over: then undefined. */
export async function until<T>(
  session: Session,
  look: () => Promise<T | undefined>,
  { timeoutMs, everyMs = 400 }: Waiting,
): Promise<T | undefined> {
  const endsAt = session.look().now + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== undefined || session.look().now >= endsAt) return found;
    await session.sleep(everyMs);
  }
}

export function tokenSecretOf(channel: SocialChannel): string {
  return channel.status?.secretName ?? secretNameOf(channel);
}
