import { type DerivationSource, derivationSource } from '../core/derivation.ts';
import { Failure } from '../core/failure.ts';
import type { GrantRecord, StoredGrant, TokenSet } from '../core/grant.ts';
import type { Derivation } from '../core/platform-port.ts';
import { type ActContext, appNameOf, appRefOf, carriedOver, inquiryOf, readyApp, takeRequest } from './context.ts';
import { refOf } from './observe.ts';
import { noteLogin } from './persons.ts';
import { confirmedRejection } from './verdicts.ts';

/** A list that leaves an account out while its token still works is looked at again this much later. */
const UNCLEAR_RETRY_MS = 6 * 3_600_000;

/**
 * Gets the access token of a page or the like by the person's own token, or of an account of a login that another channel
 * lends. Nothing is used up by it.
 * @throws Failure when nothing was learnt, or when a rejection awaits its confirmation
 */
export async function derive(context: ActContext): Promise<StoredGrant> {
  const { world, o, memory } = context;
  const source = derivationSource(o);
  if (source === undefined) return o.grant;
  takeRequest(context, 'derive');
  const startedAt = world.clock.monotonic();
  const found = await derivation(context, source);
  const { platform } = readyApp(o);
  world.meter.derived(platform.profile.name, appNameOf(o), found.kind, world.clock.monotonic() - startedAt);
  if (found.kind === 'Rejected') return await rejected(context, source, found.failure);
  const stored = await world.grants.promote(refOf(o.channel), o.grant, recordOf(context, source, found));
  memory.derivedAt = world.clock.now();
  delete memory.lastCheckAt;
  if (o.channel.spec.grantFrom !== undefined) await noteLogin(world, stored.record, refOf(o.channel), platform.profile);
  return stored;
}

export async function derivation(context: ActContext, { tokens, extras }: DerivationSource): Promise<Derivation> {
  const { world, o } = context;
  const { platform } = readyApp(o);
  const request = { ...inquiryOf(context), tokens: ownOf(tokens), extras };
  if (platform.profile.derives) return await platform.derive(request);
  // Here every account of the person is reached by the person's own token: what is asked is whether this one may be.
  const { access, obtainedAt } = tokens;
  const found = await platform.introspect({ ...request, tokens, kind: 'User' });
  if (found.kind !== 'Valid') return { kind: 'Rejected', failure: found.failure };
  if (found.appFault?.isAppFault) world.appFaults.report(appRefOf(o), found.appFault, 'Question');
  if (access === undefined || found.account === undefined)
    throw nothingLent(o.lender.state === 'Ready' ? o.lender.name : '');
  return { kind: 'Derived', access, account: found.account, obtainedAt };
}

/** The person's own token stands for itself: what pods of the lender get is of no use to derive from. */
function ownOf(tokens: TokenSet): TokenSet {
  return tokens.refresh === undefined ? tokens : { ...tokens, access: undefined };
}

function nothingLent(lender: string): Failure {
  const message = `SocialChannel ${lender} has no access token yet, or the platform did not say for which account it is`;
  return new Failure('Transient', 'LenderUnusable', message, { source: 'Operator' });
}

export function recordOf(
  { o }: ActContext,
  source: DerivationSource,
  found: Extract<Derivation, { kind: 'Derived' }>,
): Omit<GrantRecord, 'writeId'> {
  const { access, account } = found;
  if (o.channel.spec.grantFrom === undefined && o.grant.state === 'Present') {
    const { accessRefusedAt: _refused, accessExpiresAt: _ended, ...tokens } = o.grant.record.tokens;
    const { verdict: _verdict, ...record } = o.grant.record;
    const generation = record.generation + 1;
    return { ...record, account, generation, tokens: { ...tokens, access, derivedFrom: source.stamp } };
  }
  const before = o.grant.state === 'Present' ? o.grant.record : undefined;
  const { consentedAt, accessExpiresAt, consentExpiresAt } = source.tokens;
  const isOwnToken = access.equals(source.tokens.access);
  return {
    ...carriedOver(o),
    kind: 'User',
    account,
    person: source.person,
    lender: o.channel.spec.grantFrom?.name,
    consentScopes: before?.consentScopes ?? source.scopes,
    tokens: {
      access,
      obtainedAt: found.obtainedAt,
      accessExpiresAt: isOwnToken ? accessExpiresAt : undefined,
      consentExpiresAt,
      consentedAt,
      scopes: source.scopes,
      derivedFrom: source.stamp,
    },
    extras: source.extras,
  };
}

/** A token that still works outweighs a list that does not show its account: nobody is accused by a list alone. */
async function rejected(context: ActContext, source: DerivationSource, failure: Failure): Promise<StoredGrant> {
  const { o } = context;
  const { platform } = readyApp(o);
  if (o.grant.state !== 'Present') throw failure;
  const { tokens, extras } = o.grant.record;
  const isUntold = tokens.access !== undefined && tokens.accessRefusedAt === undefined;
  if (isUntold && platform.profile.introspectIntervalMs !== undefined && failure.status === 200) {
    const login = { extras, kind: 'User', tokens: { ...tokens, refresh: undefined } } as const;
    const found = await platform.introspect({ ...inquiryOf(context), ...login });
    if (found.kind === 'Valid') throw stillWorking(failure);
  }
  return await confirmedRejection(context, o.grant, failure, { attempt: 'Derive', derivedFrom: source.stamp });
}

function stillWorking({ message, status }: Failure): Failure {
  const why = `${message} The access token that pods have still works, so it stays in use; it is looked at again.`;
  return new Failure('Unexpected', 'Unexpected', why, { source: 'Platform', status, retryAfterMs: UNCLEAR_RETRY_MS });
}
