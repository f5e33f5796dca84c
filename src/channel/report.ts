import { getCondition } from '../api/conditions.ts';
import type { SocialChannel, SocialChannelStatus } from '../api/resources.gen.ts';
import type { Observation } from '../core/observation.ts';
import { isSameStatus, statusOf } from '../core/status.ts';
import type { World } from './ports.ts';

/** Writes status when it differs from what is there, and one Event for a transition that people want to know of. */
export async function report(world: World, o: Observation): Promise<void> {
  const { channel } = o;
  // A channel that is going away is not written to: its last writer is the finalizer.
  if (channel.metadata.deletionTimestamp !== undefined) return;
  const status = statusOf(o);
  if (isSameStatus(channel.status, status)) return;
  await world.channels.patchStatus(channel, status);
  const event = transition(channel.status, status);
  if (event === undefined) return;
  await world.events.emit(channel, event.type, event.reason, event.message);
  const { namespace, name } = channel.metadata;
  const fields = { channel: `${namespace}/${name}`, state: status.state, reason: status.reason };
  world.log.info(fields, 'the state of a channel changed');
}

interface Transition {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

/** Only what changed for people: the state, or Ready together with its cause. */
function transition(before: SocialChannel['status'], after: SocialChannelStatus): Transition | undefined {
  const readyBefore = getCondition(before?.conditions, 'Ready');
  const ready = getCondition(after.conditions, 'Ready');
  const isSameState = before?.state === after.state;
  const isSameCause =
    readyBefore?.status === ready?.status && (ready?.status === 'True' || readyBefore?.reason === ready?.reason);
  if (isSameState && isSameCause) return undefined;
  // The very first status of a channel that waits for its first connection is no news.
  if (before?.state === undefined && after.reason === 'NeverConnected') return undefined;
  const isGood = after.state === 'Connected' && ready?.status === 'True';
  return {
    type: isGood || after.state === 'Pending' ? 'Normal' : 'Warning',
    reason: isGood ? 'Connected' : (after.reason ?? 'Unexpected'),
    message: after.message ?? '',
  };
}
