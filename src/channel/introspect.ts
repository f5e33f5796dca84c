import { Failure } from '../core/failure.ts';
import type { GrantRecord, PresentGrant, StoredGrant } from '../core/grant.ts';
import type { GrantFacts, Introspection } from '../core/ports.ts';
import type { PlatformProfile } from '../core/profile.ts';
import { isAccountUnknown, isRenewable } from '../core/schedule.ts';
import { type ActContext, present, readyApp, takeRequest } from './context.ts';
import { refOf } from './observe.ts';

/** The platform's statement of the end and ours differ by rounding and travel time; only more than this is news. */
const EXPIRY_TOLERANCE_MS = 60_000;

/**
 * Asks whether the grant still works, for whom, and with which permissions; facts that are new go into the record.
 *
 * @throws Failure when the platform could not be asked, or when a rejection awaits its confirmation.
 */
export async function introspect(context: ActContext): Promise<StoredGrant> {
  const { world, o, memory } = context;
  const grant = present(o);
  const { app, client, platform } = readyApp(o);
  const { tokens, kind, extras } = grant.record;
  const appName = `${app.metadata.namespace}/${app.metadata.name}`;
  takeRequest(world, app);
  const startedAt = world.clock.monotonic();
  const found = await platform.introspect({ client, tokens, kind, extras, timeoutMs: world.settings.httpTimeoutMs });
  world.meter.introspected(platform.profile.name, appName, found.kind, world.clock.monotonic() - startedAt);
  if (found.kind === 'Valid') {
    memory.lastCheckAt = world.clock.now();
    // Asked again by the schedule of failures: an account that is never told would else be asked for without a pause.
    if (found.account === undefined && isAccountUnknown(platform.profile, grant.record))
      throw notTold(platform.profile);
    const news = newsIn(grant.record, found);
    return news === undefined ? grant : await world.grants.amend(refOf(o.channel), grant, news);
  }
  // An app's own token is nobody's consent: whatever is said of it, the app asks for another.
  const isTokenOnly = found.kind === 'AccessTokenDead' || kind === 'App';
  const canAskRefresh = isTokenOnly && isRenewable(grant.record, platform.profile);
  // The access token is dead, the grant may well be alive: only the refresh tells.
  if (canAskRefresh) return await world.grants.amend(refOf(o.channel), grant, { accessRefusedAt: world.clock.now() });
  return await rejected(context, grant, found.failure);
}

function notTold({ displayName }: PlatformProfile): Failure {
  const message = `${displayName} says that the login works, but not whose it is. Its token is not shown to pods until then; it is asked again.`;
  return new Failure('Unexpected', 'Unexpected', message, { source: 'Platform' });
}

function newsIn(record: GrantRecord, found: Extract<Introspection, { kind: 'Valid' }>): GrantFacts | undefined {
  const { account, scopes, accessExpiresAt } = found;
  const isNewAccount =
    account !== undefined && (account.id !== record.account?.id || account.handle !== record.account?.handle);
  const isNewScope = scopes !== undefined && scopes.join(' ') !== record.tokens.scopes?.join(' ');
  const known = record.tokens.accessExpiresAt;
  const isShortened =
    accessExpiresAt !== undefined && (known === undefined || Math.abs(known - accessExpiresAt) > EXPIRY_TOLERANCE_MS);
  if (!isNewAccount && !isNewScope && !isShortened) return undefined;
  return {
    ...(isNewAccount ? { account } : {}),
    ...(isNewScope ? { scopes } : {}),
    ...(isShortened ? { accessExpiresAt } : {}),
  };
}

/** The platform rejects the account itself, or a token that nothing can renew; asked twice before it is believed. */
async function rejected({ world, o, memory }: ActContext, grant: PresentGrant, failure: Failure): Promise<StoredGrant> {
  const suspected = memory.retries.Introspect?.failure;
  if (suspected?.family !== 'Rejected' || suspected.reason !== failure.reason) throw failure;
  const latest = await world.grants.load(refOf(o.channel));
  if (latest.state !== 'Present' || latest.version !== grant.version) return latest;
  const message = `${failure.message} It was confirmed twice.`;
  const verdict = { reason: failure.reason, message, at: world.clock.now(), confirmations: 2, probes: 0 };
  world.meter.verdict(grant.record.issuedTo.platform, failure.reason);
  return await world.grants.verdict(refOf(o.channel), grant, verdict, '');
}
