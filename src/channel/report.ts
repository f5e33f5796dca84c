import { getCondition, setCondition } from '../api/conditions.ts';
import type { SocialChannel, SocialChannelStatus } from '../api/resources.gen.ts';
import type { Failure } from '../core/failure.ts';
import { duesOf } from '../core/notices.ts';
import type { Observation } from '../core/observation.ts';
import { earliest } from '../core/schedule.ts';
import { isSameStatus, statusOf } from '../core/status.ts';
import type { World } from './ports.ts';

/**
 * Writes status when it differs from what is there, one Event for a transition that people want to know of, and hands
 * over the notices that are due.
 * @returns when to look again because of notices; undefined: not because of them
 */
export async function report(world: World, o: Observation): Promise<number | undefined> {
  const { channel } = o;
  // A channel that is going away is not written to: its last writer is the finalizer.
  if (channel.metadata.deletionTimestamp !== undefined) return undefined;
  const status = statusOf(o);
  if (!isSameStatus(channel.status, status)) await write(world, channel, status);
  return notify(world, o, status);
}

/** So soon notices are offered again that a full queue did not take. */
const FULL_MS = 60_000;

/** Only now: what is told is what the status says. It takes no time, and fails nothing. */
function notify(world: World, o: Observation, status: SocialChannelStatus): number | undefined {
  if (o.settings.noticeSinks.length === 0) return undefined;
  const { metadata, spec } = o.channel;
  const app = `${spec.appRef.namespace ?? metadata.namespace}/${spec.appRef.name}`;
  const isHeld = world.waves.of(app, status.platform ?? '') !== undefined;
  const { owed, againAt } = duesOf(o, status, isHeld);
  const isTaken = world.notices.owes(`${metadata.namespace}/${metadata.name}`, owed, status.notices ?? []);
  return earliest(againAt, isTaken ? undefined : o.now + FULL_MS);
}

async function write(world: World, channel: SocialChannel, status: SocialChannelStatus): Promise<void> {
  await world.channels.patchStatus(channel, status);
  const event = transition(channel.status, status);
  if (event === undefined) return;
  await world.events.emit(channel, event.type, event.reason, event.message);
  const { namespace, name } = channel.metadata;
  const fields = { channel: `${namespace}/${name}`, state: status.state, reason: status.reason };
  world.log.info(fields, 'the state of a channel changed');
}

/**
 * Says in the conditions why the channel cannot even be looked at: a permission or a policy is missing. Only for what a
 * person must change: an outage would otherwise be a write per channel. The state stays, because nothing new is known.
 */
export async function reportBlind(world: World, channel: SocialChannel, failure: Failure): Promise<void> {
  if (failure.family !== 'Misconfigured' || channel.metadata.deletionTimestamp !== undefined) return;
  const { reason, message } = failure;
  const fact = { reason, message, observedGeneration: channel.metadata.generation ?? 0 };
  const now = world.clock.now();
  const notReady = setCondition(channel.status?.conditions ?? [], { type: 'Ready', status: 'False', ...fact }, now);
  const conditions = setCondition(notReady, { type: 'Stalled', status: 'True', ...fact }, now);
  const state = channel.status?.state ?? 'Pending';
  const status = { ...channel.status, state, reason, message, conditions };
  if (isSameStatus(channel.status, status)) return;
  try {
    await world.channels.patchStatus(channel, status);
  } catch {
    // What could not be looked at is thrown by the caller; that it could not be written either is no more news.
  }
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
