import { asFailure, type Failure } from '../core/failure.ts';
import type { FoundWorkload, Observation, WorkloadLookup } from '../core/observation.ts';
import type { WorkloadRef } from '../core/ports.ts';
import { isFresh, restartAnnotations } from '../core/rollout.ts';
import type { ActContext } from './context.ts';
import type { ChannelMemory } from './memory.ts';
import type { World } from './ports.ts';

/** Reads the workloads of `spec.rollout`, once the Secret shows the present token; not again when all have it. */
export async function workloadsOf(
  world: World,
  o: Observation,
  memory: ChannelMemory,
): Promise<readonly WorkloadLookup[] | undefined> {
  const { metadata, spec } = o.channel;
  const isLeaving = metadata.deletionTimestamp !== undefined || o.namespace.isTerminating;
  if (spec.rollout === undefined || isLeaving || !o.isSecretCurrent || o.grant.state !== 'Present') return undefined;
  const { epoch, generation } = o.grant.record;
  const stamp = [epoch, generation, metadata.generation].join('|');
  if (memory.restarted === stamp) return undefined;
  const namespace = metadata.namespace ?? '';
  const found = await Promise.all(spec.rollout.workloads.map((ref) => look(world, namespace, ref, memory)));
  if (found.every((one) => one.state === 'Found' && isFresh(o, one.facts))) memory.restarted = stamp;
  return found;
}

/** What cannot be read holds up nothing but its restart. */
async function look(world: World, namespace: string, ref: WorkloadRef, memory: ChannelMemory): Promise<WorkloadLookup> {
  try {
    const facts = await world.workloads.get(namespace, ref);
    if (facts === undefined) return { state: 'Missing', ref };
    const ownAt = memory.restarts?.get(keyOf(ref));
    const restartedAt = ownAt === undefined ? facts.restartedAt : Math.max(ownAt, facts.restartedAt ?? 0);
    return { state: 'Found', ref, facts: { ...facts, restartedAt } };
  } catch (error) {
    return { state: 'Unreadable', ref, failure: asFailure(error) };
  }
}

const keyOf = ({ kind, name }: WorkloadRef) => `${kind}/${name}`;

/** @throws Failure, the first of them, once each was tried */
export async function restart({ world, o, memory }: ActContext, workloads: readonly FoundWorkload[]): Promise<void> {
  const failures: Failure[] = [];
  for (const { ref, facts } of workloads) {
    try {
      await world.workloads.restart(o.channel.metadata.namespace ?? '', ref, facts, restartAnnotations(o));
      memory.restarts ??= new Map();
      memory.restarts.set(keyOf(ref), o.now);
      const message = `${ref.kind} ${ref.name} is restarted: the Secret has a new access token (spec.rollout).`;
      await world.events.emit(o.channel, 'Normal', 'Restarted', message);
    } catch (error) {
      failures.push(asFailure(error));
    }
  }
  if (failures[0] !== undefined) throw failures[0];
}
