import { annotations } from '../api/names.ts';
import type { AppFacts } from '../core/observation.ts';
import type { ChannelMarker, GrantStore, ObjectRef } from '../core/ports.ts';
import type { PushSignal } from '../core/push.ts';
import { personKey } from './persons.ts';
import type { ChannelView } from './views.ts';
import type { Views } from './wakeups.ts';

type ReadyApp = Extract<AppFacts, { state: 'Ready' }>;

export interface SignalParts {
  readonly channels: Pick<Views<ChannelView>, 'entries'>;
  readonly marker: ChannelMarker;
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
  const found = new Set<string>();
  for (const [key, view] of parts.channels.entries()) {
    if (view.app === `${namespace}/${name}` && view.account !== undefined && signal.subjects.includes(view.account))
      found.add(key);
  }
  for (const subject of signal.subjects) {
    const issuedTo = { clientId: app.client.id, tokenOrigin: app.platform.tokenOrigin };
    const { logins } = await parts.grants.personLogins(personKey(issuedTo, app.platform.profile, subject));
    for (const { channel } of logins) found.add(`${channel.namespace}/${channel.name}`);
  }
  const value = `push-${parts.digest(signal.id)}`;
  for (const key of found) await parts.marker.annotate(refOf(key), { [annotations.refresh]: value });
  return found.size;
}

function refOf(key: string): ObjectRef {
  const [namespace = '', name = ''] = key.split('/');
  return { namespace, name };
}
