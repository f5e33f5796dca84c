import type { Reason } from '../api/reasons.ts';
import { endsFormerLogin, lostExchangeAt } from '../core/consent-rules.ts';
import type { Failure } from '../core/failure.ts';
import type { ChannelRef, GrantRecord } from '../core/grant.ts';
import { formatInstant } from '../core/instant.ts';
import type { PersonKey, PersonLogin } from '../core/ports.ts';
import type { PlatformProfile } from '../core/profile.ts';
import { type ActContext, appRefOf, readyApp } from './context.ts';
import { refOf } from './observe.ts';
import type { World } from './ports.ts';

/** What tells whose a login is. */
type Login = Pick<GrantRecord, 'kind' | 'issuedTo' | 'person' | 'account'>;

/** The person of a grant at its app or project; undefined where the platform has not told who it was. */
export function personOf(
  { kind, issuedTo, person, account }: Login,
  { projectEndsAt, isPersonTheAccount }: PlatformProfile,
): PersonKey | undefined {
  const id = person ?? (isPersonTheAccount ? account?.id : undefined);
  return kind !== 'User' || id === undefined ? undefined : personKey(issuedTo, { projectEndsAt }, id);
}

/** How the register knows a person of an app. */
export function personKey(
  { clientId, tokenOrigin }: Pick<GrantRecord['issuedTo'], 'clientId' | 'tokenOrigin'>,
  { projectEndsAt }: Pick<PlatformProfile, 'projectEndsAt'>,
  person: string,
): PersonKey {
  const [project = clientId] = projectEndsAt === undefined ? [] : clientId.split(projectEndsAt);
  // By the token endpoint: platforms that share it share their logins too.
  return { platform: tokenOrigin, project, person };
}

/** Remembers which logins a person gave: giving one back may end the others, and platforms keep only so many. */
export async function noteLogin(
  world: World,
  record: GrantRecord,
  channel: ChannelRef,
  profile: PlatformProfile,
): Promise<void> {
  const person = personOf(record, profile);
  if (person === undefined) return;
  const { tokens, epoch, lender } = record;
  const consentedAt = tokens.consentedAt ?? tokens.obtainedAt;
  await world.grants.notePersonLogin(person, { channel, epoch, consentedAt, scopes: tokens.scopes, lender });
}

/** The other channels that live from what the same person gave; undefined where it is not known who that is. */
export async function siblingsOf(
  world: World,
  record: Login,
  channel: ChannelRef,
  profile: PlatformProfile,
): Promise<readonly PersonLogin[] | undefined> {
  const person = personOf(record, profile);
  if (person === undefined) return undefined;
  const { logins } = await world.grants.personLogins(person);
  return logins.filter((one) => one.channel.namespace !== channel.namespace || one.channel.name !== channel.name);
}

export interface Cause {
  readonly reason: Reason;
  readonly message: string;
}

/** Consents of apps in testing end at this age, give or take what a refresh finds out later. */
const TESTING_TOLERANCE_MS = 24 * 3_600_000;

/**
 * Why a login died, where the platform gives the same word for every cause and what is known here tells more: a younger
 * consent of the same person with other scopes, too many logins of one person, an app in testing.
 */
export async function deathCause(context: ActContext, record: GrantRecord, failure: Failure): Promise<Cause> {
  const { reason, message } = failure;
  const stated = { reason, message };
  if (reason !== 'AccessRevoked') return stated;
  const causes = [testingCause, siblingCause, lostConsentCause];
  for (const causeOf of causes) {
    const cause = await causeOf(context, record, message);
    if (cause !== undefined) return cause;
  }
  return stated;
}

/** A person connected the channel once more, nobody got the answer, and the platform ends the login before it then. */
async function lostConsentCause(
  { world, o }: ActContext,
  record: GrantRecord,
  message: string,
): Promise<Cause | undefined> {
  const { profile } = readyApp(o).platform;
  if (!endsFormerLogin(profile)) return undefined;
  const ref = refOf(o.channel);
  const [pending, staged] = await Promise.all([world.consents.pending(ref), world.consents.staged(ref)]);
  const lostAt = lostExchangeAt(record, pending.value ?? {}, staged.value);
  if (lostAt === undefined) return undefined;
  const why = `Somebody connected the channel once more at ${formatInstant(lostAt)}; the answer of ${profile.displayName} was lost on its way, and a new login ends the one before it there. Nobody did anything wrong.`;
  return { reason: 'RefreshInterrupted', message: `${message} ${why}` };
}

async function testingCause(
  { world, o }: ActContext,
  record: GrantRecord,
  message: string,
): Promise<Cause | undefined> {
  const { testingLifeMs, displayName } = readyApp(o).platform.profile;
  const { consentedAt } = record.tokens;
  if (testingLifeMs === undefined || consentedAt === undefined) return undefined;
  const ageMs = world.clock.now() - consentedAt;
  const isOfThatAge = ageMs >= testingLifeMs && ageMs < testingLifeMs + TESTING_TOLERANCE_MS;
  if (!isOfThatAge || !world.appFaults.diedOfTesting(appRefOf(o), refOf(o.channel))) return undefined;
  const days = Math.round(testingLifeMs / 86_400_000);
  const why = `Several logins of this app died ${days} days after their consent: it is in testing mode at ${displayName}.`;
  return { reason: 'TestingModeExpired', message: `${message} ${why}` };
}

async function siblingCause(
  { world, o }: ActContext,
  record: GrantRecord,
  message: string,
): Promise<Cause | undefined> {
  const { profile } = readyApp(o).platform;
  const person = personOf(record, profile);
  const consentedAt = record.tokens.consentedAt ?? record.tokens.obtainedAt;
  if (person === undefined) return undefined;
  const { logins, everGiven } = await world.grants.personLogins(person);
  const younger = logins.filter((one) => one.consentedAt > consentedAt);
  const other = younger.find((one) => one.scopes !== undefined && !isSame(one.scopes, record.tokens.scopes ?? []));
  if (profile.scopeChange === 'EndsEarlierTokens' && other !== undefined) {
    const why = `The same person connected ${other.channel.namespace}/${other.channel.name} with other scopes later, which ends earlier logins there.`;
    return { reason: 'ScopeChanged', message: `${message} ${why}` };
  }
  if (profile.loginsPerPerson === undefined || everGiven <= profile.loginsPerPerson || younger.length === 0)
    return undefined;
  const why = `The person gave this app ${everGiven} logins, and ${profile.displayName} keeps ${profile.loginsPerPerson}.`;
  return { reason: 'TooManyLogins', message: `${message} ${why}` };
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return [...a].sort().join(' ') === [...b].sort().join(' ');
}
