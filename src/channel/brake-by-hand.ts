import { isUpTo } from '../core/brake.ts';
import { Failure } from '../core/failure.ts';
import { parseInstant } from '../core/instant.ts';
import type { Attempt, Retry } from '../core/observation.ts';
import type { ChannelMemory } from './memory.ts';
import type { Inputs } from './observe.ts';
import { phaseOf } from './observe.ts';
import type { World } from './ports.ts';

/**
 * Forgets rejections that somebody released by annotation of the app. The canary asks at once and the others after it,
 * all of them before the first could be believed anew: a platform that is still wrong is seen to be by then.
 */
export function forgetReleased(world: World, { channel, app, inputs }: Inputs, memory: ChannelMemory): void {
  if (app.state !== 'Ready') return;
  const { releasedTime, canary } = app.app.status?.rejections ?? {};
  const until = parseInstant(releasedTime);
  const { namespace, name, uid } = channel.metadata;
  const now = world.clock.now();
  const shareMs = world.settings.confirmPauseMs * (0.25 + phaseOf(uid ?? name) / 2);
  const nextAt = canary === `${namespace}/${name}` ? now : now + shareMs;
  for (const [attempt, retry] of Object.entries(memory.retries) as [Attempt, Retry][]) {
    if (retry.failure.family !== 'Rejected' || !isUpTo(retry.firstAt, until)) continue;
    if (attempt === 'Spend') delete memory.suspicion;
    const message = 'What the platform said of this login was released by hand; it is asked again.';
    const failure = new Failure('Transient', 'RejectionsHeld', message, { source: 'Operator' });
    memory.retries[attempt] = { failure, count: 0, firstAt: now, lastAt: now, nextAt, inputs };
  }
}
