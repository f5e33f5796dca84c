import { isHeld } from '../core/brake.ts';
import type { Failure } from '../core/failure.ts';
import type { PresentGrant, StoredGrant, Verdict } from '../core/grant.ts';
import type { Attempt } from '../core/observation.ts';
import type { ActContext } from './context.ts';
import { refOf } from './observe.ts';
import { deathCause } from './persons.ts';

/**
 * The platform rejects the account itself, or a token that nothing can renew; asked twice before it is believed, and the
 * record is read again before it is written: one that moved is adopted, and nobody is accused.
 * @throws Failure while the rejection awaits its confirmation
 */
export async function confirmedRejection(
  context: ActContext,
  grant: PresentGrant,
  failure: Failure,
  { attempt, derivedFrom }: { readonly attempt: Attempt; readonly derivedFrom?: string },
): Promise<StoredGrant> {
  const { world, o, memory } = context;
  const suspected = memory.retries[attempt]?.failure;
  const { reason, message } = await deathCause(context, grant.record, failure);
  if (suspected?.family !== 'Rejected' || suspected.reason !== failure.reason || isHeld(o, attempt)) throw failure;
  const latest = await world.grants.load(refOf(o.channel));
  if (latest.state !== 'Present' || latest.version !== grant.version) return latest;
  const said = `${message} It was confirmed twice.`;
  const verdict: Verdict = { reason, message: said, at: world.clock.now(), confirmations: 2, probes: 0 };
  world.meter.verdict(grant.record.issuedTo.platform, reason);
  const stored = await world.grants.verdict(refOf(o.channel), grant, verdict, '');
  // What was derived from this very source is not derived again by itself.
  return derivedFrom === undefined ? stored : await world.grants.amend(refOf(o.channel), stored, { derivedFrom });
}

/** A look at a verdict that found it still true: one of the looks is used up. */
export async function stillRejected({ world, o }: ActContext, grant: PresentGrant): Promise<StoredGrant> {
  const { verdict } = grant.record;
  if (verdict === undefined) return grant;
  return await world.grants.verdict(refOf(o.channel), grant, { ...verdict, probes: verdict.probes + 1 }, '');
}

/** A rejection that was waited with is believed: the record is as it was when the platform rejected its token. */
export async function condemn({ world, o, memory }: ActContext, grant: PresentGrant): Promise<StoredGrant> {
  const { suspicion } = memory;
  if (suspicion === undefined) return grant;
  const { fingerprint, verdict } = suspicion;
  world.meter.verdict(grant.record.issuedTo.platform, verdict.reason);
  const stored = await world.grants.verdict(
    refOf(o.channel),
    grant,
    { ...verdict, at: world.clock.now() },
    fingerprint,
  );
  delete memory.suspicion;
  return stored;
}
