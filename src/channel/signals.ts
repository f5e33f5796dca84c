import { annotations } from '../api/names.ts';
import type { AppFacts } from '../core/observation.ts';
import type { ChannelApi, GrantStore } from '../core/ports.ts';
import type { PushSignal } from '../core/push.ts';
import { personKey } from './persons.ts';
import type { ChannelView } from './views.ts';
import type { Views } from './wakeups.ts';

type ReadyApp = Extract<AppFacts, { state: 'Ready' }>;

export interface SignalParts {
  readonly channels: Pick<Views<ChannelView>, 'entries'>;
  readonly marker: Pick<ChannelApi, 'annotate'>;
  readonly grants: Pick<GrantStore, 'personLogins'>;
  /** A short digest: what is written on a channel names no person. */
  readonly digest: (text: string) => string;
}

/**
 * Asks for a check of every channel that a platform's message may be about: those of the app with that account, and those
 * that live from a login which that person gave. By the same annotation that a person uses, so that the replica which
 * looks after the channel hears of it, and so that a repeated message changes nothing.
 * @returns how many channels those are
 * @throws Failure where Vault or the API server could not be asked
 */
export async function checkBySignal(parts: SignalParts, app: ReadyApp, signal: PushSignal): Promise<number> {
  const { namespace = '', name } = app.app.metadata;
  const theirs = await channelsOf(parts, app, signal.subjects);
  const annotation = { [annotations.refresh]: `push-${parts.digest(signal.id)}` };
  let count = 0;
  for (const [key, view] of parts.channels.entries()) {
    const isTheirs = view.account !== undefined && signal.subjects.includes(view.account);
    if (!(view.app === `${namespace}/${name}` && isTheirs) && !theirs.has(key)) continue;
    count += 1;
    await parts.marker.annotate({ namespace: view.namespace, name: view.name }, { uid: view.uid }, annotation);
  }
  return count;
}

/** The channels that live from logins which these persons gave. */
async function channelsOf({ grants }: SignalParts, app: ReadyApp, persons: readonly string[]): Promise<Set<string>> {
  const issuedTo = { clientId: app.client.id, tokenOrigin: app.platform.tokenOrigin };
  const keys = persons.map((person) => personKey(issuedTo, app.platform.profile, person));
  const registers = await Promise.all(keys.map((key) => grants.personLogins(key)));
  const channels = registers.flatMap(({ logins }) => logins.map(({ channel }) => channel));
  return new Set(channels.map(({ namespace, name }) => `${namespace}/${name}`));
}
