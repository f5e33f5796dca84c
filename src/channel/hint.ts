import { annotations } from '../api/names.ts';
import type { PendingConsent } from '../core/consent-records.ts';
import type { ChannelRef } from '../core/grant.ts';
import type { World } from './ports.ts';

/**
 * Tells whichever replica owns the channel that there is something to look at. It is a hint and no more: without it the
 * records are read again every few minutes.
 */
export async function hint(
  world: World,
  ref: ChannelRef,
  { id, identity }: Pick<PendingConsent, 'id' | 'identity'>,
  word: 'exchange' | 'staged' | 'confirmed' | 'discarded',
): Promise<void> {
  try {
    await world.channels.annotate(ref, { uid: identity.channelUid }, { [annotations.consented]: `${id}.${word}` });
  } catch (error) {
    const channel = `${ref.namespace}/${ref.name}`;
    world.log.warn({ channel, err: error }, 'nobody could be told of a consent; it is found within minutes');
  }
}
