import { grantVersion } from '../api/names.ts';
import { expectedAccountId } from './blockers.ts';
import type { TokenSet } from './grant.ts';
import type { Observation } from './observation.ts';

/** What a channel's access token is derived from: another channel's login, or the person's own token in its own record. */
export interface DerivationSource {
  readonly tokens: TokenSet;
  readonly extras: Readonly<Record<string, string>>;
  readonly scopes?: readonly string[] | undefined;
  readonly person?: string | undefined;
  /** Changes whenever what is derived has to be derived again. */
  readonly stamp: string;
}

/** Undefined where the channel's access token is its login's own, or where there is nothing to derive from yet. */
export function derivationSource(o: Observation): DerivationSource | undefined {
  if (o.channel.spec.grantFrom !== undefined) return lent(o);
  if (o.app.state !== 'Ready' || !o.app.platform.profile.derives || o.grant.state !== 'Present') return undefined;
  const { tokens, extras, person } = o.grant.record;
  if (tokens.refresh === undefined || o.fingerprint === undefined) return undefined;
  return { tokens, extras, scopes: tokens.scopes, person, stamp: o.fingerprint };
}

function lent({ lender }: Observation): DerivationSource | undefined {
  if (lender.state !== 'Ready' || lender.needsReauth) return undefined;
  const { tokens, extras, person, account, epoch, generation } = lender.record;
  const stamp = `${lender.name}@${grantVersion(epoch, generation)}`;
  return { tokens, extras, scopes: tokens.scopes, person: person ?? account?.id, stamp };
}

/** Whether the access token has to be derived: never yet, for another account, from something older, or because the platform refused it. */
export function isDerivationDue(o: Observation): boolean {
  const source = derivationSource(o);
  if (source === undefined || o.app.state !== 'Ready' || expectedAccountId(o) === undefined) return false;
  if (o.grant.state !== 'Present') return true;
  const { tokens, verdict, account } = o.grant.record;
  const isNewer = tokens.derivedFrom !== source.stamp || (account !== undefined && account.id !== expectedAccountId(o));
  // What was derived from this very source and rejected is not derived again by itself.
  if (verdict !== undefined) return isNewer && o.channel.spec.grantFrom !== undefined;
  return isNewer || tokens.access === undefined || tokens.accessRefusedAt !== undefined;
}
