import type { Failure } from '../core/failure.ts';
import type { Account, GrantRecord, TokenAnswer } from '../core/grant.ts';
import { revokePatienceMs } from '../core/leaving.ts';
import type { Attempt } from '../core/observation.ts';
import type { Revocation } from '../core/platform-port.ts';
import { type ActContext, present, readyApp } from './context.ts';
import { type NewLogin, ownTokens } from './new-login.ts';
import { refOf } from './observe.ts';
import { siblingsOf } from './persons.ts';

/**
 * Gives the login back to the platform before it is forgotten, where that harms nobody: what the platform would end with
 * it must not be what another channel lives from.
 * @throws Failure while the platform does not answer and the patience lasts
 */
export async function giveBack(context: ActContext): Promise<void> {
  const { world, o } = context;
  if (o.channel.spec.deletionPolicy !== 'Revoke' || o.grant.state !== 'Present') return;
  const { record } = o.grant;
  const { platform } = record.issuedTo;
  if (record.kind === 'App' || record.lender !== undefined) return;
  const shared = await sharedWith(context, record);
  if (shared !== undefined) {
    world.meter.revoked(platform, 'Shared');
    await world.events.emit(
      o.channel,
      'Normal',
      'SharedGrant',
      `The login was forgotten here but not given back to the platform: ${shared}.`,
    );
    return;
  }
  const outcome = await revocation(context, record);
  if (outcome.kind === 'Failed' && isWorthWaiting(context, 'Finalize', outcome.failure)) throw outcome.failure;
  world.meter.revoked(platform, outcome.kind);
  if (outcome.kind !== 'Failed') return;
  const remedy = "It was forgotten here; removing the app in the account's settings ends it there too.";
  const message = `The login could not be given back: ${outcome.failure.message} ${remedy}`;
  await world.events.emit(o.channel, 'Warning', 'NotRevoked', message);
}

/**
 * Gives back the tokens of an answer that a new consent has overtaken: nobody uses them, and nobody else knows of them.
 * @throws Failure while the platform does not answer and the patience lasts
 */
export async function giveBackLate(context: ActContext, tokens: TokenAnswer): Promise<void> {
  const { world, o } = context;
  const { record } = present(o);
  const outcome = await revocation(context, { ...record, tokens, extras: { ...record.extras, ...tokens.extras } });
  if (outcome.kind === 'Failed' && isWorthWaiting(context, 'Escrow', outcome.failure)) throw outcome.failure;
  world.meter.revoked(record.issuedTo.platform, outcome.kind);
}

/** Who else would lose by it, as a clause; undefined where nobody does. */
async function sharedWith({ world, o }: ActContext, record: GrantRecord): Promise<string | undefined> {
  if (o.app.state !== 'Ready') return undefined;
  const { profile } = o.app.platform;
  const { namespace, name } = refOf(o.channel);
  const siblings = await siblingsOf(world, record, { namespace, name }, profile);
  const isWide = profile.revokeEffect === 'Person' || profile.revokeEffect === 'Project';
  if (siblings === undefined) {
    return isWide
      ? 'the platform would end everything that the person gave, and has not told who the person is'
      : undefined;
  }
  const touched = siblings.find(
    ({ channel, lender }) => isWide || (lender === name && channel.namespace === namespace),
  );
  if (touched === undefined) return undefined;
  return `SocialChannel ${touched.channel.namespace}/${touched.channel.name} lives from what the same person gave`;
}

async function revocation({ world, o }: ActContext, { tokens, extras, account }: GrantRecord): Promise<Revocation> {
  if (o.app.state !== 'Ready') return { kind: 'Failed', failure: o.app.failure };
  const { client, platform } = o.app;
  const timeoutMs = world.settings.httpTimeoutMs;
  return await platform.revoke({ client, tokens, extras, account: account?.id, timeoutMs });
}

function isWorthWaiting({ world, o, memory }: ActContext, attempt: Attempt, failure: Failure): boolean {
  if (failure.family === 'Misconfigured' || o.namespace.isTerminating) return false;
  const firstAt = memory.retries[attempt]?.firstAt;
  return firstAt === undefined || world.clock.now() - firstAt < revokePatienceMs;
}

type GivenBack = 'Revoked' | 'Kept';

/**
 * Whether a login that was given by mistake can be given back: on platforms where that ends this one login, or where the
 * person is known to have given no other.
 */
export async function isRevocable(
  { world, o }: ActContext,
  account: Account,
  person: string | undefined,
): Promise<boolean> {
  const { client, platform } = readyApp(o);
  const { profile } = platform;
  if (profile.revokeEffect === undefined) return false;
  if (profile.revokeEffect === 'Token' || profile.revokeEffect === 'Grant') return true;
  const issuedTo = { platform: profile.name, clientId: client.id, tokenOrigin: platform.tokenOrigin };
  const siblings = await siblingsOf(world, { kind: 'User', issuedTo, person, account }, refOf(o.channel), profile);
  return siblings !== undefined && siblings.length === 0 && o.grant.state !== 'Present';
}

/** Gives a login back that never took a place; what the platform says to it changes nothing here. */
export async function giveBackLogin(
  context: ActContext,
  { tokens, extras }: NewLogin,
  account: Account | undefined,
): Promise<GivenBack> {
  const { world, o } = context;
  const { client, platform } = readyApp(o);
  if (account === undefined || !(await isRevocable(context, account, undefined))) return 'Kept';
  const own = ownTokens(platform.profile, tokens, o.now);
  const request = { client, tokens: own, extras, account: account.id, timeoutMs: world.settings.httpTimeoutMs };
  const outcome = await platform.revoke(request);
  world.meter.revoked(platform.profile.name, outcome.kind);
  return outcome.kind === 'Failed' ? 'Kept' : 'Revoked';
}
