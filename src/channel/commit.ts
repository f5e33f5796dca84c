import { newestSeen } from '../core/blockers.ts';
import { CasLost } from '../core/failure.ts';
import type { ChannelRef, ParkedAnswer, PresentGrant, StoredGrant, TokenAnswer } from '../core/grant.ts';
import type { Observation } from '../core/observation.ts';
import type { Sealed } from '../core/sealed.ts';
import type { ChannelMemory } from './memory.ts';
import type { World } from './ports.ts';
import { Rescue } from './rescue.ts';

/** The claim of one spend, and what it was taken for. */
export interface Claimed {
  readonly world: World;
  readonly o: Observation;
  readonly memory: ChannelMemory;
}

/** Retries the write, never the spend, for as long as the process lives. */
export async function commit(
  context: Claimed,
  ref: ChannelRef,
  claimed: PresentGrant,
  answer: TokenAnswer,
  fingerprint: string,
): Promise<StoredGrant> {
  const { world, o, memory } = context;
  const { epoch, generation } = nextStamp(o, claimed);
  const raised = { ...claimed, record: { ...claimed.record, epoch } };
  const { platform } = claimed.record.issuedTo;
  // Numbered as what its commit follows: after a restore that is above what was seen, and tells it from what came before.
  const before = { ...raised, record: { ...raised.record, generation: generation - 1 } };
  const rescue = new Rescue(world, ref, platform, parkedAnswer(world, before, answer.raw, fingerprint, answer));
  const stored = await untilWritten(rescue, async () => {
    try {
      return await world.grants.commit(ref, raised, answer, generation);
    } catch (error) {
      if (!(error instanceof CasLost)) throw error;
      return undefined;
    }
  });
  const kept = stored ?? (await park(rescue));
  // What was kept aside is dropped by the pass that finds a later grant in Vault, in this process or another.
  const isInEscrow = await rescue.isOver();
  if (isInEscrow || stored === undefined) memory.hasLeftovers = true;
  if (stored !== undefined) memory.answeredAt = world.clock.now();
  return kept;
}

/**
 * Above everything that status or Secret ever showed, so that a restored backup never repeats a number. The epoch too: a
 * commit that stayed below what was seen would look rolled back again, and be refreshed for ever.
 */
export function nextStamp(o: Observation, { record }: PresentGrant): { epoch: number; generation: number } {
  const seen = newestSeen(o);
  const isSeenOlder = seen === undefined || seen.epoch < record.epoch;
  if (isSeenOlder) return { epoch: record.epoch, generation: record.generation + 1 };
  return { epoch: seen.epoch, generation: Math.max(record.generation, seen.generation) + 1 };
}

/** Repeats one write until Vault acknowledges it; an answer depends on it, so it has no deadline. */
export async function untilWritten<T>(rescue: Rescue, write: () => Promise<T>): Promise<T> {
  const { world, ref } = rescue;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await rescue.beside(write());
    } catch (error) {
      world.meter.commitRetried(rescue.platform);
      const place = `${ref.namespace}/${ref.name}`;
      if (attempt === 1 || attempt % 20 === 0) {
        world.log.error(
          { channel: place, attempt, err: error },
          'an answer of the platform is not stored yet; writing again',
        );
      }
      rescue.look();
      await rescue.beside(world.clock.sleep(Math.min(250 * 2 ** Math.min(attempt, 5), 5_000)));
    }
  }
}

/** The commit lost: somebody promoted another grant meanwhile. The answer is kept aside and reconciled (R5). */
async function park(rescue: Rescue): Promise<StoredGrant> {
  const { world, ref, answer } = rescue;
  await untilWritten(rescue, async () => await world.grants.park(ref, answer));
  world.meter.parked(rescue.platform);
  return await world.grants.load(ref);
}

function parkedAnswer(
  world: World,
  { record }: PresentGrant,
  raw: Sealed,
  fingerprint: string,
  answer?: TokenAnswer,
): ParkedAnswer {
  const { epoch, generation, claim, issuedTo } = record;
  const parkedAt = world.clock.now();
  const claimId = claim?.id ?? '';
  return { claimId, epoch, generation, fingerprint, parkedAt, issuedTo, raw, ...(answer && { answer }) };
}

/** How often bytes that nobody could understand are written before they are let go: they may be too many for Vault. */
const RAW_ATTEMPTS = 5;

export async function parkRaw(
  world: World,
  ref: ChannelRef,
  claimed: PresentGrant,
  raw: Sealed,
  fingerprint: string,
): Promise<void> {
  await parkUnread(world, ref, claimed.record.issuedTo.platform, parkedAnswer(world, claimed, raw, fingerprint));
}

/** For people only: nothing in it could be understood. */
export async function parkUnread(world: World, ref: ChannelRef, platform: string, parked: ParkedAnswer): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await world.grants.park(ref, parked);
      world.meter.parked(platform);
      return;
    } catch (error) {
      world.meter.commitRetried(platform);
      const fields = { channel: `${ref.namespace}/${ref.name}`, attempt, err: error };
      if (attempt === 1) world.log.error(fields, 'an answer that could not be understood is not stored yet');
      if (attempt === RAW_ATTEMPTS) return;
      await world.clock.sleep(Math.min(250 * 2 ** attempt, 5_000));
    }
  }
}
