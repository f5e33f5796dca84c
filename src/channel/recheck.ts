import { derivationSource } from '../core/derivation.ts';
import { refreshRequest } from '../core/due.ts';
import type { StoredGrant } from '../core/grant.ts';
import { type ActContext, present } from './context.ts';
import { derivation, recordOf } from './derive.ts';
import { ask, heed, newsIn } from './introspect.ts';
import { refOf } from './observe.ts';
import { stillRejected } from './verdicts.ts';

/**
 * Asks whether what a verdict says of the account is still so: a role was given back, a lock lifted. If it is not, the
 * verdict goes and nobody needs to reconnect.
 * @throws Failure when the platform could not be asked
 */
export async function recheck(context: ActContext): Promise<StoredGrant> {
  const { world, o, memory } = context;
  const grant = present(o);
  const ref = refOf(o.channel);
  const asked = refreshRequest(o);
  const source = derivationSource(o);
  let stored: StoredGrant;
  if (source === undefined) {
    const found = await ask(context, grant);
    if (found.kind === 'Valid') heed(context, found);
    stored =
      found.kind === 'Valid'
        ? await world.grants.amend(ref, grant, { ...newsIn(grant.record, found), isHealed: true })
        : await stillRejected(context, grant);
  } else {
    const found = await derivation(context, source);
    stored =
      found.kind === 'Derived'
        ? await world.grants.promote(ref, grant, recordOf(context, source, found))
        : await stillRejected(context, grant);
  }
  if (asked !== undefined) memory.handledRefreshRequest = asked;
  memory.retries = {};
  return stored;
}
