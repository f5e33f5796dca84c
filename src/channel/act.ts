import { secretNameOf } from '../api/names.ts';
import type { Action, GrantAction, PersonAction } from '../core/action.ts';
import { refreshRequest } from '../core/due.ts';
import type { StoredGrant, Tombstone } from '../core/grant.ts';
import type { Attempt, Observation } from '../core/observation.ts';
import type { SecretLookup } from '../core/ports.ts';
import { projectedToken, secretContent } from '../core/projection.ts';
import { attend } from './attend.ts';
import { type ActContext, carriedOver, identityOf, present, readyApp, takeRequest } from './context.ts';
import { derive } from './derive.ts';
import { adoptEscrow, dropEscrow, forgetEscrow, unmarkedEscrow } from './escrow.ts';
import { importBootstrap } from './import.ts';
import { introspect } from './introspect.ts';
import { refOf, vaultTokenStamp } from './observe.ts';
import { adoptParked, dropParked, unmarkedHeir } from './parked.ts';
import { personOf } from './persons.ts';
import { recheck } from './recheck.ts';
import { report } from './report.ts';
import { giveBack } from './revoke.ts';
import { restart } from './rollout.ts';
import { spend } from './spend.ts';
import { condemn } from './verdicts.ts';

/** What an effect left behind; what is absent is read again. */
export interface Effect {
  readonly grant?: StoredGrant;
  readonly secret?: SecretLookup | undefined;
  /** The channel itself changed, so that everything is read again. */
  readonly isOver?: boolean;
}

/** Under which name a failure of each action is remembered. */
const attempts: Readonly<Record<Action['kind'], Attempt>> = {
  Spend: 'Spend',
  Reissue: 'Spend',
  MarkUnknown: 'Spend',
  AdoptParked: 'Spend',
  Condemn: 'Spend',
  AdoptEscrow: 'Spend',
  VerifyConsent: 'Consent',
  ConcludeConsent: 'Consent',
  DiscardConsent: 'Consent',
  AdoptConsent: 'Consent',
  EndPending: 'Consent',
  DropHint: 'Consent',
  StartDevice: 'Consent',
  PollDevice: 'Consent',
  Invite: 'Invite',
  EndInvitation: 'Invite',
  DropParked: 'Escrow',
  DropEscrow: 'Escrow',
  Introspect: 'Introspect',
  Recheck: 'Introspect',
  Derive: 'Derive',
  Project: 'Project',
  Restart: 'Rollout',
  RemoveSecret: 'Project',
  Import: 'Import',
  AdoptIdentity: 'Import',
  ClaimAccount: 'Account',
  AddFinalizer: 'Finalize',
  RemoveFinalizer: 'Finalize',
  Forget: 'Finalize',
  Wait: 'Observe',
};

export function attemptOf({ kind }: Action): Attempt {
  return attempts[kind];
}

function isOfPerson(action: Action): action is PersonAction {
  return ['Consent', 'Invite'].includes(attemptOf(action));
}

/** Performs exactly one effect. @throws Failure when it could not be done. */
export async function act(context: ActContext, action: Action): Promise<Effect> {
  return isOfPerson(action) ? await attend(context, action) : await keep(context, action);
}

async function keep(context: ActContext, action: GrantAction): Promise<Effect> {
  const { world, o } = context;
  const ref = refOf(o.channel);
  switch (action.kind) {
    case 'Wait':
      return {};
    case 'AddFinalizer':
      await world.channels.addFinalizer(o.channel);
      return { isOver: true };
    case 'RemoveFinalizer':
      await removeFinalizer(context);
      return { isOver: true };
    case 'Forget':
      return { grant: await forget(context) };
    case 'RemoveSecret':
      await world.secrets.remove(o.channel, action.name);
      // Status still names it: until that is written the same rule would fire again.
      await report(world, o);
      return { isOver: true };
    case 'AdoptIdentity':
      return { grant: await world.grants.amend(ref, present(o), { identity: identityOf(o) }) };
    case 'Import':
      return await imported(context);
    case 'AdoptParked':
      return { grant: await adoptParked(context, action.parked) };
    case 'DropParked':
      await dropParked(context, action.claimIds);
      return {};
    case 'AdoptEscrow':
      return { grant: await adoptEscrow(context, action.escrowed) };
    case 'DropEscrow':
      await dropEscrow(world, action.places);
      return {};
    case 'ClaimAccount':
      await claimAccount(context);
      return {};
    case 'MarkUnknown':
      return { grant: await markUnknown(context) };
    case 'Spend':
      return { grant: await refreshed(context, action.mode) };
    case 'Reissue':
      return { grant: await reissue(context) };
    case 'Introspect':
      return { grant: await introspect(context) };
    case 'Derive':
      return { grant: await derive(context) };
    case 'Recheck':
      return { grant: await recheck(context) };
    case 'Condemn':
      return { grant: await condemn(context, present(o)) };
    case 'Project':
      // The record is as it was, and the Secret as the server answered: neither is read again.
      return { grant: o.grant, secret: await project(context) };
    case 'Restart':
      await restart(context, action.workloads);
      return { grant: o.grant, secret: o.secret };
  }
}

async function imported(context: ActContext): Promise<Effect> {
  const grant = await importBootstrap(context);
  return grant === undefined ? { isOver: true } : { grant };
}

async function refreshed(context: ActContext, mode: 'Refresh' | 'Probe' | 'Heal'): Promise<StoredGrant> {
  const { world, o, memory, owns } = context;
  const parked = await unmarkedHeir(context);
  if (parked !== undefined) return await adoptParked(context, parked);
  const escrowed = await unmarkedEscrow(context);
  if (escrowed !== undefined) return await adoptEscrow(context, escrowed);
  const asked = refreshRequest(o);
  const grant = await spend({ world, o, grant: present(o), app: readyApp(o), memory, owns }, mode);
  // Handled only once the platform has answered one way or the other.
  if (asked === undefined) {
    delete memory.lastCheckAt;
    return grant;
  }
  memory.handledRefreshRequest = asked;
  // Whoever asks for a refresh wants to know whether all is well: the platform is asked at once, and everything.
  memory.isThoroughWanted = true;
  memory.checkWantedAt = world.clock.now();
  return grant;
}

async function reissue(context: ActContext): Promise<StoredGrant> {
  const { world, o, memory } = context;
  const { app, client, platform } = readyApp(o);
  takeRequest(context, 'token');
  const scopes = o.channel.spec.scopes ?? app.spec.scopes ?? [];
  const startedAt = world.clock.monotonic();
  const outcome = await platform.reissue({ client, scopes, timeoutMs: world.settings.httpTimeoutMs });
  const ref = { namespace: app.metadata.namespace ?? '', name: app.metadata.name };
  const family = outcome.kind === 'Answered' ? 'None' : outcome.failure.family;
  world.meter.spent(
    platform.profile.name,
    `${ref.namespace}/${ref.name}`,
    outcome.kind,
    family,
    world.clock.monotonic() - startedAt,
  );
  if (outcome.kind !== 'Answered') {
    if (outcome.failure.isAppFault) world.appFaults.report(ref, outcome.failure, 'Token');
    throw outcome.failure;
  }
  world.appFaults.clear(ref, 'Token');
  memory.answeredAt = world.clock.now();
  delete memory.lastCheckAt;
  const asked = refreshRequest(o);
  if (asked !== undefined) memory.handledRefreshRequest = asked;
  const { access, obtainedAt, accessExpiresAt, scopes: granted, raw } = outcome.answer;
  return await world.grants.promote(refOf(o.channel), o.grant, {
    ...carriedOver(o),
    kind: 'App',
    tokens: { access, obtainedAt, accessExpiresAt, scopes: granted },
    extras: {},
    raw,
  });
}

/** The token of a restored backup may have been spent already: that is written down before anything is sent. */
async function markUnknown({ world, o }: ActContext): Promise<StoredGrant> {
  const grant = present(o);
  // As early as it can have been spent: there is no grace left to count on.
  const unknown = { claimId: 'restored-backup', since: grant.record.tokens.obtainedAt };
  return await world.grants.amend(refOf(o.channel), grant, { unknown });
}

async function claimAccount({ world, o }: ActContext): Promise<void> {
  const ref = refOf(o.channel);
  const { issuedTo, account } = present(o).record;
  if (account === undefined) return;
  const key = { platform: issuedTo.platform, clientId: issuedTo.clientId, accountId: account.id };
  await world.grants.claimAccount(key, ref, o.isAccountOwnerGone ? o.accountOwner : undefined);
}

async function project({ world, o, memory }: ActContext): Promise<SecretLookup | undefined> {
  const token = projectedToken(o);
  if (token === undefined) return undefined;
  // Vault first: a current Secret then vouches for the Vault path after a restart.
  if (!o.isVaultTokenCurrent) {
    await world.grants.writeToken(refOf(o.channel), token);
    memory.vaultToken = vaultTokenStamp(token);
  }
  if (o.isSecretCurrent || o.secret.state === 'Foreign') return undefined;
  const isRestored = o.secret.state === 'Absent' && o.channel.status?.secretName === secretNameOf(o.channel);
  const applied = await world.secrets.apply(o.channel, o.secret, secretContent(o, token, world.metadataPrefixes));
  if (memory.answeredAt !== undefined) world.meter.projected(token.platform, world.clock.now() - memory.answeredAt);
  delete memory.answeredAt;
  if (isRestored) {
    const message = `Secret ${secretNameOf(o.channel)} was deleted; it is back with the present token.`;
    await world.events.emit(o.channel, 'Warning', 'SecretRestored', message);
  }
  return applied;
}

/** What others read goes first: a crash amid this finds the record still there and does it again. */
async function forget(context: ActContext): Promise<StoredGrant> {
  const { world, o } = context;
  const ref = refOf(o.channel);
  await giveBack(context);
  const record = o.grant.state === 'Present' ? o.grant.record : undefined;
  await world.grants.writeToken(ref, undefined);
  await forgetEscrow(world, ref);
  if (record?.account !== undefined && record.kind === 'User') {
    const { platform, clientId } = record.issuedTo;
    await world.grants.releaseAccount({ platform, clientId, accountId: record.account.id }, ref);
  }
  const person = record === undefined || o.app.state !== 'Ready' ? undefined : personOf(record, o.app.platform.profile);
  if (person !== undefined) await world.grants.forgetPersonLogin(person, ref);
  return await world.grants.forget(ref, o.grant, tombstoneOf(o));
}

function tombstoneOf(o: Observation): Omit<Tombstone, 'writeId'> {
  if (o.grant.state === 'Forgotten') return o.grant.tombstone;
  const record = o.grant.state === 'Present' ? o.grant.record : undefined;
  return {
    forgottenAt: o.now,
    identity: identityOf(o),
    epoch: record?.epoch ?? 0,
    generation: record?.generation ?? 0,
    consumedBootstraps: record?.consumedBootstraps ?? [],
    rejected: record?.rejected ?? [],
  };
}

/** A tombstone whose old versions were not destroyed yet is finished before the object may go. */
async function removeFinalizer({ world, o }: ActContext): Promise<void> {
  const isForgotten = o.grant.state === 'Forgotten' && o.channel.metadata.deletionTimestamp !== undefined;
  if (isForgotten) await world.grants.forget(refOf(o.channel), o.grant, tombstoneOf(o));
  await world.channels.removeFinalizer(o.channel);
}
