import type { PendingConsent, PendingRecord, StagedConsent, Versioned } from '../core/consent-records.ts';
import { CasLost } from '../core/failure.ts';
import type { ChannelRef, ParkedAnswer, TokenAnswer } from '../core/grant.ts';
import { untilWritten } from './commit.ts';
import type { World } from './ports.ts';
import { Rescue } from './rescue.ts';

/** Until a consent's own write to Vault is done or lost to others this often, something is wrong. */
const ATTEMPTS = 5;

/**
 * A change by check-and-set on what was just read, tried anew where others wrote meanwhile.
 * @param change undefined leaves it as it is
 */
async function changed<T>(
  read: () => Promise<Versioned<T>>,
  write: (from: Versioned<T>, to: T) => Promise<Versioned<T>>,
  change: (now: T | undefined) => T | undefined,
): Promise<Versioned<T>> {
  for (let attempt = 1; ; attempt += 1) {
    const from = await read();
    const to = change(from.value);
    if (to === undefined) return from;
    try {
      return await write(from, to);
    } catch (error) {
      if (!(error instanceof CasLost) || attempt === ATTEMPTS) throw error;
    }
  }
}

export function changePending(
  { consents }: World,
  ref: ChannelRef,
  change: (now: PendingRecord) => PendingRecord | undefined,
): Promise<Versioned<PendingRecord>> {
  const write = (from: Versioned<PendingRecord>, to: PendingRecord) => consents.writePending(ref, from, to);
  return changed(
    () => consents.pending(ref),
    write,
    (now) => change(now ?? {}),
  );
}

export function changeStaged(
  { consents }: World,
  ref: ChannelRef,
  change: (now: StagedConsent | undefined) => StagedConsent | undefined,
): Promise<Versioned<StagedConsent>> {
  const write = (from: Versioned<StagedConsent>, to: StagedConsent) => consents.writeStaged(ref, from, to);
  return changed(() => consents.staged(ref), write, change);
}

/**
 * Stores what the platform answered to a consent, as a commit is stored (design section 6): the write is repeated for as
 * long as the process lives, and beside it the answer goes into escrow where Vault takes too long. Nothing fallible stands
 * between the answer and this.
 */
export async function stageAnswer(
  world: World,
  ref: ChannelRef,
  consent: PendingConsent,
  answer: TokenAnswer,
): Promise<void> {
  const rescue = new Rescue(world, ref, consent.issuedTo.platform, keptAnswer(consent, answer, world.clock.now()));
  const to = stagedOf(consent, answer, world.clock.now());
  await untilWritten(rescue, () => changeStaged(world, ref, (now) => (isNewer(now, consent) ? undefined : to)));
  await rescue.isOver();
}

/** A consent that was begun later has staged its own answer, or this very answer lies there already. */
function isNewer(now: StagedConsent | undefined, { id, startedAt }: PendingConsent): boolean {
  return now !== undefined && (now.id === id || now.startedAt > startedAt);
}

export function stagedOf(consent: PendingConsent, answer: TokenAnswer, stagedAt: number): StagedConsent {
  const { id, identity, issuedTo, epoch, by, startedAt, browser } = consent;
  return { id, identity, issuedTo, epoch, by, startedAt, secretHash: browser?.secretHash, stagedAt, answer };
}

/**
 * As it lies in escrow, under the consent's id as its claim. It stands above every renewal of the epoch in which it was
 * begun: only a newer login makes it superfluous.
 */
export function keptAnswer({ id, epoch }: PendingConsent, answer: TokenAnswer, parkedAt: number): ParkedAnswer {
  const generation = Number.MAX_SAFE_INTEGER;
  return { claimId: id, epoch, generation, fingerprint: '', parkedAt, answer, raw: answer.raw };
}
