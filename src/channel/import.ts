import { expectedAccountId, isAccountWrong } from '../core/blockers.ts';
import { Failure } from '../core/failure.ts';
import type { GrantRecord, StoredGrant } from '../core/grant.ts';
import { formatInstant } from '../core/instant.ts';
import type { BootstrapFacts, Observation } from '../core/observation.ts';
import type { ValidLogin } from '../core/platform-port.ts';
import { accessExpiryAt } from '../core/schedule.ts';
import { type ActContext, readyApp } from './context.ts';
import { askWhose, type NewLogin, ownTokens, storeLogin } from './new-login.ts';
import { refOf } from './observe.ts';

type ReadyBootstrap = Extract<BootstrapFacts, { state: 'Ready' }>;

/**
 * Imports tokens that exist already: verified where they can be, marked as consumed by CAS 0 before anything else, then
 * promoted over whatever stood there, with the epoch raised. A crash between the two marks finds its own and goes on.
 *
 * @returns undefined where the Secret is another one by now, so that everything has to be read again
 * @throws Failure `DuplicateGrant`, `BootstrapInvalid`, or whatever Vault or the platform said.
 */
export async function importBootstrap(context: ActContext): Promise<StoredGrant | undefined> {
  const { world, o } = context;
  const { bootstrap } = o;
  if (bootstrap.state !== 'Ready' || (await hasChanged(context, bootstrap))) return undefined;
  const ref = refOf(o.channel);
  refuseRejected(o, bootstrap);
  refuseIncomplete(o, bootstrap);
  refuseOlder(o, bootstrap);
  const found = await verify(context, bootstrap);
  const owner = await world.grants.claimImport(bootstrap.fingerprint, ref);
  if (owner.namespace !== ref.namespace || owner.name !== ref.name) {
    const message =
      `The tokens in Secret ${o.channel.spec.bootstrap?.secretRef.name} were imported by SocialChannel ${owner.namespace}/${owner.name} already. ` +
      `One grant has one channel, because two would end each other's tokens. Give this channel a grant of its own, or spec.grantFrom: { name: ${owner.name} } to live from that one.`;
    throw new Failure('Misconfigured', 'DuplicateGrant', message, { source: 'Operator' });
  }
  const stored = await storeLogin(context, loginOf(bootstrap), found);
  world.log.info(
    { channel: `${ref.namespace}/${ref.name}`, epoch: stored.record.epoch },
    'imported tokens of a bootstrap Secret',
  );
  await retire(context, bootstrap);
  return stored;
}

/**
 * The Secret was read before the grant: another replica may have imported a newer one since, which this one would
 * replace. Whoever changes it after this look raises the grant's version by importing it, and our write is lost.
 */
async function hasChanged({ world, o }: ActContext, bootstrap: ReadyBootstrap): Promise<boolean> {
  const { namespace } = refOf(o.channel);
  const name = o.channel.spec.bootstrap?.secretRef.name ?? '';
  const present = await world.sharedSecrets.get({ namespace, name });
  return present?.resourceVersion !== bootstrap.resourceVersion;
}

/** Never the scopes that somebody typed: a missing scope asks a person to reconnect, and only the platform knows. */
function loginOf({ tokens: { scopes: _typed, ...tokens }, extras, fingerprint }: ReadyBootstrap): NewLogin {
  return { tokens, extras, bootstrap: fingerprint };
}

/** Asks whose the tokens are before they replace anything; undefined where only a refresh can tell. */
async function verify(context: ActContext, bootstrap: ReadyBootstrap): Promise<ValidLogin | undefined> {
  const { o } = context;
  const { platform } = readyApp(o);
  const { tokens } = bootstrap;
  const asked = ownTokens(platform.profile, tokens, o.now);
  const hasEnded = tokens.accessExpiresAt !== undefined ? o.now >= tokens.accessExpiresAt : asked.obtainedAt === 0;
  const expected = expectedAccountId(o);
  refuseOther(o.channel.spec.bootstrap?.secretRef.name, expected, bootstrap.accountId);
  if (platform.profile.introspectIntervalMs === undefined) return undefined;
  if (tokens.access === undefined || hasEnded) return unverified(o, bootstrap, 'there is no living access token');
  const found = await askWhose(context, loginOf(bootstrap), 'import');
  if (found.kind !== 'Valid') return unverified(o, bootstrap, found.failure.message.replace(/\.$/, ''));
  refuseOther(o.channel.spec.bootstrap?.secretRef.name, expected, found.account?.id);
  return found;
}

/** A token that the platform rejected before is never sent again, so there is nothing to import. */
function refuseRejected({ channel, grant }: Observation, { fingerprint }: ReadyBootstrap): void {
  const known = grant.state === 'Present' ? grant.record : grant.state === 'Forgotten' ? grant.tombstone : undefined;
  if (known === undefined || !known.rejected.includes(fingerprint)) return;
  const message = `The tokens in Secret ${channel.spec.bootstrap?.secretRef.name} were rejected by the platform before. Nothing was replaced. Put new tokens there.`;
  throw new Failure('Misconfigured', 'BootstrapInvalid', message, { source: 'Operator' });
}

/** What a refresh will want back is missed before the tokens count as imported. */
function refuseIncomplete(o: Observation, { extras }: ReadyBootstrap): void {
  const { displayName, neededExtras } = readyApp(o).platform.profile;
  const missing = neededExtras.filter((name) => !extras[name]).map((name) => `extras.${name}`);
  if (missing.length === 0) return;
  const message = `Secret ${o.channel.spec.bootstrap?.secretRef.name} lacks ${missing.join(' and ')}, which ${displayName} wants back with every refresh. Nothing was imported. It is read again when it changes.`;
  throw new Failure('Misconfigured', 'BootstrapInvalid', message, { source: 'Operator' });
}

/**
 * Tokens that say that they are older than the consent behind the present login, which works: a Vault that was put back to
 * before their import has no mark of it, and what renews them may have been used up long ago.
 */
function refuseOlder(o: Observation, { tokens }: ReadyBootstrap): void {
  const present = workingLogin(o)?.tokens.consentedAt;
  const offered = Math.max(tokens.obtainedAt, tokens.consentedAt ?? 0);
  if (present === undefined || offered >= present) return;
  const message =
    `The tokens in Secret ${o.channel.spec.bootstrap?.secretRef.name} are of ${formatInstant(offered)}, and the present login, which works, was ` +
    `given later (${formatInstant(present)}). Nothing was replaced. Delete the Secret, or put newer tokens there.`;
  throw new Failure('Misconfigured', 'BootstrapInvalid', message, { source: 'Operator' });
}

/** Only using the tokens up would tell whose they are: that is no risk to take with a login that works. */
function unverified(o: Observation, { accountId }: ReadyBootstrap, why: string): undefined {
  if (workingLogin(o) === undefined || accountId !== undefined) return undefined;
  const message =
    `Whose tokens are in Secret ${o.channel.spec.bootstrap?.secretRef.name} would show only after they were used (${why}), and the present ` +
    'login works. Nothing was replaced. Put a living access token there, or the id of its account as account_id.';
  throw new Failure('Misconfigured', 'BootstrapInvalid', message, { source: 'Operator' });
}

/** The present login, where there is nothing against it. */
function workingLogin(o: Observation): GrantRecord | undefined {
  if (o.grant.state !== 'Present' || isAccountWrong(o)) return undefined;
  const { record } = o.grant;
  return record.verdict === undefined && record.account !== undefined && isOfUse(record, o) ? record : undefined;
}

/** Whether there is something to lose: what renews it, or an access token that lives and is traded for the next one. */
function isOfUse({ tokens }: GrantRecord, o: Observation): boolean {
  if (tokens.refresh !== undefined) return true;
  const endsAt = accessExpiryAt(tokens, o.channel, readyApp(o).platform.profile);
  const isAlive = tokens.access !== undefined && tokens.accessRefusedAt === undefined;
  return isAlive && (endsAt === undefined || o.now < endsAt);
}

/** The wrong account never replaces the right one (design section 10). */
function refuseOther(secret: string | undefined, expected: string | undefined, found: string | undefined): void {
  if (expected === undefined || found === undefined || expected === found) return;
  const message =
    `The tokens in Secret ${secret} belong to the account with id ${found}, this channel to the account with id ${expected}. ` +
    'Nothing was replaced. Put tokens of the right account there.';
  throw new Failure('Misconfigured', 'BootstrapInvalid', message, { source: 'Platform' });
}

async function retire({ world, o }: ActContext, bootstrap: ReadyBootstrap): Promise<void> {
  const name = o.channel.spec.bootstrap?.secretRef.name ?? '';
  if (o.channel.spec.bootstrap?.afterImport === 'Delete') {
    const { namespace } = refOf(o.channel);
    await world.secrets.removeShared({ namespace, name }, bootstrap.resourceVersion);
    return;
  }
  const message = `The tokens in Secret ${name} are stored in Vault and were used up; the Secret is no longer needed.`;
  await world.events.emit(o.channel, 'Normal', 'BootstrapConsumed', message);
}
