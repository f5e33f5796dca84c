import { expectedAccountId, requiredScopes } from '../core/blockers.ts';
import type { ConsentOutcome, StagedConsent } from '../core/consent-records.ts';
import { endsFormerLogin, openStaged } from '../core/consent-rules.ts';
import { asFailure, CasLost, Failure } from '../core/failure.ts';
import type { Account, StoredGrant, TokenAnswer } from '../core/grant.ts';
import type { Observation } from '../core/observation.ts';
import type { ValidLogin } from '../core/platform-port.ts';
import { isOfTheToken } from '../core/rejections.ts';
import { type ActContext, readyApp } from './context.ts';
import { askWhose, type NewLogin, storeLogin } from './new-login.ts';
import { refOf } from './observe.ts';
import { giveBackLogin, isRevocable } from './revoke.ts';
import { changeStaged } from './stage-consent.ts';

/** So long a person may say whether the account shown is the right one, or what becomes of a wrong one. */
const PATIENCE_MS = 900_000;

export function staged(o: Observation): StagedConsent & { readonly answer: TokenAnswer } {
  const open = openStaged(o);
  if (open?.answer !== undefined) return { ...open, answer: open.answer };
  throw new Failure('Unexpected', 'Unexpected', 'an action was chosen that needs a staged login, and there is none', {
    source: 'Operator',
  });
}

/**
 * Asks whose the staged login is. The right account's takes the place of what is there; any other finding is written down,
 * and nothing is replaced.
 * @throws Failure when the platform could not be asked; the answer stays staged
 */
export async function verifyConsent(context: ActContext): Promise<StoredGrant> {
  const { world, o } = context;
  const open = staged(o);
  const login = loginOf(open);
  try {
    const found = await whose(context, login);
    const finding = 'kind' in found && found.kind === 'Failed' ? found : await judged(context, open, login, found);
    if (finding !== undefined) {
      await note(context, open, finding);
      return o.grant;
    }
    const stored = await storeLogin(context, login, found.kind === 'Valid' ? found : undefined);
    const { account, scopes } = { account: stored.record.account, scopes: missingFrom(o, stored.record.tokens.scopes) };
    world.log.info({ channel: channelOf(o), epoch: stored.record.epoch }, 'a consent took the place of what was there');
    const outcome: ConsentOutcome =
      scopes.length > 0
        ? { kind: 'ScopesMissing', missing: scopes, isStored: true }
        : { kind: 'Connected', account, at: world.clock.now() };
    await concludeConsent(context, outcome);
    await world.events.emit(o.channel, 'Normal', 'ConsentGiven', givenBy(open, account));
    return stored;
  } catch (error) {
    await noteTrouble(context, open, asFailure(error));
    throw error;
  }
}

function channelOf({ channel: { metadata } }: Observation): string {
  return `${metadata.namespace}/${metadata.name}`;
}

function givenBy({ by }: StagedConsent, account: Account | undefined): string {
  const who = by.name === '' ? 'Somebody' : by.name;
  const how = { SignedIn: 'signed in', Invited: 'by invitation', Device: 'with a device code' }[by.kind];
  const as = account === undefined ? '' : ` as ${account.handle ?? account.id}`;
  return `${who} (${how}) connected the channel${as}. The login before it, if any, is no longer used.`;
}

function loginOf({ id, answer, startedAt }: StagedConsent & { readonly answer: TokenAnswer }): NewLogin {
  const { account, extras = {}, raw, ...tokens } = answer;
  const consentedAt = answer.obtainedAt > 0 ? answer.obtainedAt : startedAt;
  return { tokens: { ...tokens, consentedAt }, extras, account, raw, consent: id };
}

type Unasked = { readonly kind: 'Unasked' };

async function whose(
  context: ActContext,
  login: NewLogin,
): Promise<ValidLogin | Unasked | Extract<ConsentOutcome, { kind: 'Failed' }>> {
  const { profile } = readyApp(context.o).platform;
  if (profile.introspectIntervalMs === undefined) return { kind: 'Unasked' };
  const found = await askWhose(context, login, 'consent');
  if (found.kind === 'Valid') {
    const isTold = profile.derives || !profile.tellsAccount || (found.account ?? login.account) !== undefined;
    if (isTold) return found;
    const message = `${profile.displayName} says that the login works, but not whose it is. It is asked again.`;
    throw new Failure('Unexpected', 'Unexpected', message, { source: 'Platform' });
  }
  // A login of this moment may not have arrived everywhere at the platform; and nobody is accused by it.
  const { failure } = found;
  const retryAfterMs = context.world.settings.confirmPauseMs;
  const isConfirmed = context.memory.retries.Consent?.failure.message === failure.message;
  if (!isConfirmed)
    throw new Failure('Unexpected', 'Unexpected', failure.message, { source: 'Platform', retryAfterMs });
  // Where the platform ended the former login for it, this one is all there is: its trouble is the channel's then.
  if (
    endsFormerLogin(readyApp(context.o).platform.profile) &&
    found.kind === 'Rejected' &&
    isAccountTold(context.o, login)
  )
    return { kind: 'Unasked' };
  return { kind: 'Failed', message: `${failure.message} Nothing was replaced.`, isKept: false };
}

function isAccountTold(o: Observation, { account }: NewLogin): boolean {
  return account !== undefined && account.id === expectedAccountId(o);
}

/** Undefined: it is the right account's and may take the place of what is there. */
async function judged(
  context: ActContext,
  open: StagedConsent,
  login: NewLogin,
  found: ValidLogin | Unasked,
): Promise<ConsentOutcome | undefined> {
  const { o, world } = context;
  const { profile } = readyApp(o).platform;
  const { displayName, derives } = profile;
  const valid = found.kind === 'Valid' ? found : undefined;
  const account = valid?.account ?? login.account;
  const confirmed = open.finding?.kind === 'AwaitsConfirmation' && open.confirmedAt !== undefined;
  const expected = expectedAccountId(o) ?? (confirmed ? accountOf(open.finding)?.id : undefined);
  if (account !== undefined && expected !== undefined && account.id !== expected) {
    const known = { id: expected, handle: handleOf(o, expected) };
    return {
      kind: 'WrongAccount',
      expected: known,
      found: account,
      isRevocable: await isRevocable(context, account, valid?.person),
    };
  }
  const owner = account === undefined ? undefined : await otherOwner(context, account);
  if (owner !== undefined) {
    const message = `SocialChannel ${owner} already keeps this account at ${displayName} through the same app. Nothing was replaced.`;
    return { kind: 'Failed', message, isKept: false };
  }
  if (account !== undefined && expected === undefined && !derives)
    return { kind: 'AwaitsConfirmation', account, until: world.clock.now() + PATIENCE_MS };
  const missing = missingFrom(o, valid?.scopes ?? login.tokens.scopes);
  if (missing.length === 0 || endsFormerLogin(profile) || !isWorking(o)) return undefined;
  return { kind: 'ScopesMissing', missing, isStored: false };
}

function accountOf(finding: ConsentOutcome | undefined): Account | undefined {
  return finding?.kind === 'AwaitsConfirmation' ? finding.account : undefined;
}

function handleOf({ channel: { spec, status } }: Observation, id: string): string | undefined {
  return status?.account?.id === id ? status.account.handle : spec.account?.handle;
}

/** Another channel that lives from this account through the same app: two would end each other's tokens. */
async function otherOwner({ world, o }: ActContext, { id }: Account): Promise<string | undefined> {
  const { client, platform } = readyApp(o);
  const key = { platform: platform.profile.name, clientId: client.id, accountId: id };
  const owner = await world.grants.accountOwner(key);
  const { namespace, name } = refOf(o.channel);
  if (owner === undefined || (owner.namespace === namespace && owner.name === name)) return undefined;
  const theirs = await world.grants.load(owner);
  return theirs.state === 'Present' && theirs.record.account?.id === id
    ? `${owner.namespace}/${owner.name}`
    : undefined;
}

function missingFrom(o: Observation, granted: readonly string[] | undefined): string[] {
  return granted === undefined ? [] : requiredScopes(o).filter((scope) => !granted.includes(scope));
}

/** Whether there is a login that would be worse off replaced. */
function isWorking({ grant }: Observation): boolean {
  if (grant.state !== 'Present') return false;
  const { verdict, kind } = grant.record;
  return kind === 'User' && (verdict === undefined || !isOfTheToken(verdict.reason));
}

/** Writes a finding beside the answer where a person still has a say, else in its place. */
async function note(context: ActContext, open: StagedConsent, finding: ConsentOutcome): Promise<void> {
  const { world, o } = context;
  const waits = finding.kind !== 'Failed';
  world.meter.consent(open.issuedTo.platform, finding.kind);
  if (!waits) return await concluded(context, finding);
  const until = world.clock.now() + PATIENCE_MS;
  await changeStaged(world, refOf(o.channel), (now) => {
    if (now?.id !== open.id || now.answer === undefined) return undefined;
    const { trouble: _over, ...rest } = now;
    return { ...rest, finding, until };
  });
}

async function noteTrouble({ world, o }: ActContext, { id, trouble }: StagedConsent, failure: Failure): Promise<void> {
  if (failure instanceof CasLost || failure.message === trouble) return;
  try {
    await changeStaged(world, refOf(o.channel), (now) =>
      now?.id === id && now.answer !== undefined ? { ...now, trouble: failure.message } : undefined,
    );
  } catch {
    // The failure itself is thrown by the caller; that it could not be written down either is no more news.
  }
}

/** The answer goes, what became of it stays. */
export async function concludeConsent(context: ActContext, outcome: ConsentOutcome): Promise<void> {
  const { issuedTo } = staged(context.o);
  context.world.meter.consent(issuedTo.platform, outcome.kind === 'Refused' ? outcome.refusal : outcome.kind);
  await concluded(context, outcome);
}

async function concluded({ world, o }: ActContext, finding: ConsentOutcome): Promise<void> {
  const { id } = staged(o);
  const ref = refOf(o.channel);
  const { version } = await changeStaged(world, ref, (now) => {
    if (now?.id !== id || now.answer === undefined) return undefined;
    const { answer: _gone, trouble: _over, until: _ended, ...rest } = now;
    return { ...rest, finding };
  });
  try {
    await world.consents.tidyStaged(ref, version);
  } catch (error) {
    // It is done again before the hint goes; what became of the consent is told in any case.
    world.log.warn({ channel: channelOf(o), err: error }, 'earlier versions of a consent are not destroyed yet');
  }
}

/** A person threw it away: the platform gets it back where that ends nothing else. Or nobody said what becomes of it. */
export async function discardConsent(context: ActContext): Promise<void> {
  const open = staged(context.o);
  const { finding } = open;
  if (open.discardedAt !== undefined || finding === undefined) {
    const account = finding?.kind === 'WrongAccount' ? finding.found : accountOf(finding);
    const given = await giveBackLogin(context, loginOf(open), account);
    return await concludeConsent(context, { kind: 'Discarded', isRevoked: given === 'Revoked' });
  }
  if (finding.kind === 'AwaitsConfirmation') {
    const message = 'Nobody said in time whether the account was the right one. Nothing was connected.';
    return await concludeConsent(context, { kind: 'Refused', refusal: 'Expired', message });
  }
  await concluded(context, finding.kind === 'WrongAccount' ? { ...finding, isRevocable: false } : finding);
}
