import { heirOf } from '../core/adoption.ts';
import type { ParkedAnswer, StoredGrant } from '../core/grant.ts';
import { tokensToGiveBack } from '../core/late-answer.ts';
import { withAnswer } from '../core/transitions.ts';
import { nextStamp } from './commit.ts';
import { type ActContext, present, readyApp } from './context.ts';
import { refOf } from './observe.ts';
import { giveBackLate } from './revoke.ts';

/**
 * An answer whose commit was lost to a Vault that was put back to an earlier backup: the record shows no trace of that
 * spend, and a second one would end the login.
 */
export async function unmarkedHeir({ world, o, memory }: ActContext): Promise<ParkedAnswer | undefined> {
  if (readyApp(o).platform.profile.oldToken === 'Lives') return undefined;
  const parked = await world.grants.parked(refOf(o.channel));
  // What an earlier process parked and left is looked at again, and dropped where it is superseded.
  if (parked.length > 0) memory.hasLeftovers = true;
  return heirOf(o, parked);
}

/** Answers that nobody needs any more; what a person's new consent has overtaken is given back where that ends nothing else. */
export async function dropParked(context: ActContext, claimIds: readonly string[]): Promise<void> {
  const { world, o } = context;
  for (const parked of o.parked) {
    const tokens = claimIds.includes(parked.claimId) ? tokensToGiveBack(o, parked) : undefined;
    if (tokens !== undefined) await giveBackLate(context, tokens);
  }
  await world.grants.unpark(refOf(o.channel), claimIds);
}

export async function adoptParked({ world, o }: ActContext, parked: ParkedAnswer): Promise<StoredGrant> {
  const ref = refOf(o.channel);
  const grant = present(o);
  if (parked.answer === undefined) return grant;
  const { epoch, generation } = nextStamp(o, grant);
  const record = withAnswer({ ...grant.record, epoch }, parked.answer, generation);
  const stored = await world.grants.promote(ref, grant, record);
  await world.grants.unpark(ref, [parked.claimId]);
  return stored;
}
