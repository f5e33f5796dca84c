import { isCheckAsked, refreshRequest } from '../core/due.ts';
import { Failure } from '../core/failure.ts';
import type { GrantRecord, PresentGrant, StoredGrant } from '../core/grant.ts';
import type { Introspection, ValidLogin } from '../core/platform-port.ts';
import type { GrantFacts } from '../core/ports.ts';
import type { PlatformProfile } from '../core/profile.ts';
import { isAccountUnknown, isRenewable } from '../core/schedule.ts';
import { type ActContext, appNameOf, appRefOf, inquiryOf, present, readyApp, takeRequest } from './context.ts';
import { refOf } from './observe.ts';
import { noteLogin } from './persons.ts';
import { confirmedRejection } from './verdicts.ts';

/** The platform's statement of the end and ours differ by rounding and travel time; only more than this is news. */
const EXPIRY_TOLERANCE_MS = 60_000;
/** So long until the platform is asked again where the app is at fault. */
const FAULT_RECHECK_MS = 900_000;
/** A derived token that is refused so soon after it was given is no passing thing. */
const FRESHLY_DERIVED_MS = 600_000;

/**
 * Asks whether the grant still works, for whom, and with which permissions; facts that are new go into the record.
 *
 * @throws Failure when the platform could not be asked, or when a rejection awaits its confirmation.
 */
export async function introspect(context: ActContext): Promise<StoredGrant> {
  const { world, o, memory } = context;
  const grant = present(o);
  const { platform } = readyApp(o);
  const isAsked = isCheckAsked(o);
  const found = await ask(context, grant);
  // A refresh that has to wait is not made up for later: whoever asked has the answer that was to be had.
  if (isAsked) {
    memory.handledRefreshRequest = refreshRequest(o);
    // Until it is found well the check stays due: a rejection has to be confirmed.
    memory.checkWantedAt = world.clock.now();
  }
  if (found.kind === 'Valid') {
    heed(context, found);
    // Asked again by the schedule of failures: an account that is never told would else be asked for without a pause.
    if (found.account === undefined && isAccountUnknown(platform.profile, grant.record))
      throw notTold(platform.profile);
    const news = newsIn(grant.record, found);
    return news === undefined ? grant : await learn(context, grant, news);
  }
  return await notValid(context, grant, found);
}

/** One question about the grant, counted. @throws Failure */
export async function ask(context: ActContext, { record }: PresentGrant): Promise<Introspection> {
  const { world, o, memory } = context;
  const { platform } = readyApp(o);
  const { tokens, kind, extras } = record;
  takeRequest(context, 'introspect');
  const startedAt = world.clock.monotonic();
  const isThorough = memory.isThoroughWanted === true || refreshRequest(o) !== undefined;
  const request = { ...inquiryOf(context), tokens, kind, extras, isThorough };
  try {
    const found = await platform.introspect(request);
    // What was found by asking everything is confirmed by asking everything.
    memory.isThoroughWanted = isThorough && found.kind !== 'Valid';
    world.meter.introspected(platform.profile.name, appNameOf(o), found.kind, world.clock.monotonic() - startedAt);
    return found;
  } catch (error) {
    if (error instanceof Failure && error.isAppFault) world.appFaults.report(appRefOf(o), error, 'Question');
    throw error;
  }
}

/** Notes what was told beside a good finding: the owner's to lift, or the app's to mend. */
export function heed({ world, o, memory }: ActContext, { blocked, appFault, isComplete }: ValidLogin): void {
  const now = world.clock.now();
  memory.lastCheckAt = now;
  // What the app ran into is looked at again soon, however rarely the platform is asked otherwise.
  if (appFault === undefined) delete memory.checkWantedAt;
  else memory.checkWantedAt = now + FAULT_RECHECK_MS;
  if (blocked === undefined) delete memory.blocked;
  else memory.blocked = blocked;
  if (appFault === undefined) delete memory.faultyInputs;
  else memory.faultyInputs = o.inputs;
  // Told in status, because another replica may look after the app. Since when: the same fault found again is no news.
  const isSame = appFault !== undefined && memory.appFault?.failure.reason === appFault.reason;
  if (appFault !== undefined && !isSame) memory.appFault = { failure: appFault, at: now };
  else if (appFault === undefined && isComplete) delete memory.appFault;
  if (appFault !== undefined) world.appFaults.report(appRefOf(o), appFault, 'Question');
  else if (isComplete) world.appFaults.clear(appRefOf(o), 'Question');
}

async function learn(context: ActContext, grant: PresentGrant, news: GrantFacts): Promise<StoredGrant> {
  const { world, o } = context;
  const stored = await world.grants.amend(refOf(o.channel), grant, news);
  const isPersonNew = news.person !== undefined || news.account !== undefined || news.scopes !== undefined;
  if (isPersonNew) await noteLogin(world, stored.record, refOf(o.channel), readyApp(o).platform.profile);
  return stored;
}

async function notValid(
  context: ActContext,
  grant: PresentGrant,
  found: Exclude<Introspection, ValidLogin>,
): Promise<StoredGrant> {
  const { world, o, memory } = context;
  const { profile } = readyApp(o).platform;
  const { record } = grant;
  const now = world.clock.now();
  // An app's own token is nobody's consent: whatever is said of it, the app asks for another.
  const isTokenOnly = found.kind === 'AccessTokenDead' || record.kind === 'App';
  const isDerived = profile.derives || record.lender !== undefined;
  const canDerive = isDerived && (memory.derivedAt === undefined || now - memory.derivedAt > FRESHLY_DERIVED_MS);
  const canRenew = isDerived ? canDerive : isRenewable(record, profile);
  // The access token is dead, the grant may well be alive: only what gives a new one tells.
  if (isTokenOnly && canRenew) return await world.grants.amend(refOf(o.channel), grant, { accessRefusedAt: now });
  return await confirmedRejection(context, grant, found.failure, { attempt: 'Introspect' });
}

function notTold({ displayName }: PlatformProfile): Failure {
  const message = `${displayName} says that the login works, but not whose it is. Its token is not shown to pods until then; it is asked again.`;
  return new Failure('Unexpected', 'Unexpected', message, { source: 'Platform' });
}

/** What the record does not hold yet; undefined where it holds everything. */
export function newsIn(record: GrantRecord, found: ValidLogin): GrantFacts | undefined {
  const { account, person, scopes } = found;
  const { tokens } = record;
  const isNewAccount =
    account !== undefined && (account.id !== record.account?.id || account.handle !== record.account?.handle);
  const news: GrantFacts = {
    ...(isNewAccount ? { account } : {}),
    ...(person !== undefined && person !== record.person ? { person } : {}),
    ...(scopes !== undefined && scopes.join(' ') !== tokens.scopes?.join(' ') ? { scopes } : {}),
    ...(isOther(found.accessExpiresAt, tokens.accessExpiresAt) ? { accessExpiresAt: found.accessExpiresAt } : {}),
    ...(isOther(found.sourceExpiresAt, tokens.refreshExpiresAt) ? { sourceExpiresAt: found.sourceExpiresAt } : {}),
    ...(isOther(found.consentExpiresAt, tokens.consentExpiresAt) ? { consentExpiresAt: found.consentExpiresAt } : {}),
  };
  return Object.keys(news).length === 0 ? undefined : news;
}

function isOther(told: number | undefined, known: number | undefined): boolean {
  return told !== undefined && (known === undefined || Math.abs(known - told) > EXPIRY_TOLERANCE_MS);
}
