import { grantVersion, secretNameOf } from '../api/names.ts';
import type { SocialChannel } from '../api/resources.gen.ts';
import { parseBootstrap } from '../core/bootstrap.ts';
import { isInDoubt } from '../core/escrow.ts';
import { asFailure, Failure } from '../core/failure.ts';
import type { ChannelRef, StoredGrant } from '../core/grant.ts';
import type { AppFacts, BootstrapFacts, LenderFacts, Observation } from '../core/observation.ts';
import type { NamespaceFacts, SecretLookup } from '../core/ports.ts';
import { isCurrent, projectedToken, secretContent } from '../core/projection.ts';
import { resolveApp } from './app-facts.ts';
import { consentOf, isConsentInDoubt } from './consent-facts.ts';
import { escrowOf } from './escrow.ts';
import { lenderOf } from './lender.ts';
import type { ChannelMemory } from './memory.ts';
import type { World } from './ports.ts';
import { workloadsOf } from './rollout.ts';

/** What stays the same through one reconcile, read once. */
export interface Inputs {
  readonly channel: SocialChannel;
  readonly namespace: NamespaceFacts;
  readonly app: AppFacts;
  readonly bootstrap: BootstrapFacts;
  readonly lender: LenderFacts;
  readonly inputs: string;
}

export function refOf(channel: SocialChannel): ChannelRef {
  return { namespace: channel.metadata.namespace ?? '', name: channel.metadata.name };
}

/** @throws Failure where Kubernetes or Vault cannot be asked; then nothing is decided. */
export async function readInputs(world: World, channel: SocialChannel): Promise<Inputs> {
  const ref = refOf(channel);
  const namespace = await world.namespaces.get(ref.namespace);
  if (namespace === undefined) {
    const message = `namespace ${ref.namespace} of channel ${ref.name} is gone`;
    throw new Failure('Transient', 'KubernetesUnavailable', message, { source: 'Kubernetes' });
  }
  const appRef = { namespace: channel.spec.appRef.namespace ?? ref.namespace, name: channel.spec.appRef.name };
  const { grantType, account } = channel.spec;
  const wish = { grantType, accountKind: account?.kind };
  const app = await resolveApp(world, appRef, { namespace: ref.namespace, facts: namespace }, wish);
  const bootstrap = await readBootstrap(world, channel);
  const lender = await lenderOf(world, channel, app.facts);
  const version = bootstrap.state === 'Ready' ? bootstrap.fingerprint : bootstrap.state;
  const borrowed = lender.state === 'Ready' ? lender.record.writeId : lender.state;
  const inputs = [channel.metadata.generation ?? 0, app.inputs, version, borrowed].join('|');
  return { channel, namespace, app: app.facts, bootstrap, lender, inputs };
}

async function readBootstrap(world: World, channel: SocialChannel): Promise<BootstrapFacts> {
  const name = channel.spec.bootstrap?.secretRef.name;
  const { namespace } = refOf(channel);
  if (name === undefined) return { state: 'None' };
  try {
    const secret = await world.sharedSecrets.get({ namespace, name });
    if (secret === undefined) {
      const message = `Secret ${namespace}/${name} of spec.bootstrap does not exist; the channel goes on when it is created.`;
      throw new Failure('Misconfigured', 'SecretNotFound', message, { source: 'Kubernetes' });
    }
    const { tokens, accountId, extras } = parseBootstrap(`${namespace}/${name}`, secret.data, world.clock.now());
    const spent = tokens.refresh ?? tokens.access;
    if (spent === undefined) return { state: 'None' };
    const fingerprint = await world.grants.fingerprint(spent);
    return { state: 'Ready', fingerprint, tokens, accountId, extras, resourceVersion: secret.resourceVersion };
  } catch (error) {
    const failure = asFailure(error);
    if (failure.family === 'Transient') throw failure;
    return { state: 'Unusable', failure };
  }
}

/** Gathers the facts of one pass. `known` is what the last effect left behind, so that it is not read twice. */
export async function observe(
  world: World,
  inputs: Inputs,
  memory: ChannelMemory,
  known: { grant?: StoredGrant; secret?: SecretLookup | undefined },
): Promise<Observation> {
  const { channel } = inputs;
  const ref = refOf(channel);
  const grant = known.grant ?? (await load(world, ref));
  const secret = known.secret ?? (await secretOf(world, channel));
  const isFirstLook = memory.devicePollAt === undefined;
  const consent = await consentOf(world, channel, grant, memory);
  const aside = await keptAside(world, ref, grant, memory, isConsentInDoubt(consent, isFirstLook));
  // A device is asked again only by who knows that no answer of it lies there: until then each look is the first.
  if (isFirstLook && aside.escrow.state === 'Unlisted') delete memory.devicePollAt;
  // One instant for all of it: what is wanted now must be due in this very pass.
  const now = world.clock.now();
  const facts = {
    now,
    settings: world.settings,
    ...inputs,
    clusterId: world.clusterId,
    adoptCluster: world.adoptCluster,
    grant,
    secret,
    fingerprint: await fingerprintOf(world, grant),
    consent,
    pagesURL: world.pagesURL,
    invitation: memory.invitation,
    ...aside,
    ...(await accountOwnerOf(world, ref, grant)),
    retries: memory.retries,
    blocked: memory.blocked,
    appFault: memory.appFault,
    lastCheckAt: memory.lastCheckAt,
    // Somebody has changed the app since: whether that helped is to be known at once.
    checkWantedAt: isFaultMended(memory, inputs) ? now : memory.checkWantedAt,
    handledRefreshRequest: memory.handledRefreshRequest,
    suspicion: memory.suspicion,
    sentNotices: world.notices.sent(`${ref.namespace}/${ref.name}`),
    wave: waveOf(world, inputs, memory),
    phase: phaseOf(channel.metadata.uid ?? ref.name),
  };
  const bare: Observation = { ...facts, isSecretCurrent: false, isVaultTokenCurrent: false };
  const projected = { ...bare, ...projectionFacts(world, bare, memory) };
  return { ...projected, workloads: await workloadsOf(world, projected, memory) };
}

/**
 * Of a channel that is deleted it decides nothing, and may not be readable any more: a namespace that ends can lose its
 * Roles first, and a read that is refused would keep the finalizer, and with it the namespace.
 */
async function secretOf(world: World, channel: SocialChannel): Promise<SecretLookup> {
  if (channel.metadata.deletionTimestamp !== undefined) return { state: 'Absent' };
  return await world.secrets.lookup(channel, secretNameOf(channel));
}

/** Looked for only where a rejection waits to be believed. */
function waveOf(world: World, { channel, app }: Inputs, { retries }: ChannelMemory) {
  const isSuspected = Object.values(retries).some(({ failure }) => failure.family === 'Rejected');
  if (!isSuspected || app.state !== 'Ready') return undefined;
  const { appRef } = channel.spec;
  const key = `${appRef.namespace ?? channel.metadata.namespace}/${appRef.name}`;
  return world.waves.of(key, app.platform.profile.name);
}

function isFaultMended({ faultyInputs }: ChannelMemory, { inputs }: Inputs): boolean {
  return faultyInputs !== undefined && faultyInputs !== inputs;
}

async function load(world: World, ref: ChannelRef): Promise<StoredGrant> {
  const grant = await world.grants.load(ref);
  world.meter.vaultClock(grant.readAt - world.clock.now());
  return grant;
}

function projectionFacts(world: World, o: Observation, memory: ChannelMemory) {
  const token = projectedToken(o);
  const content = token === undefined ? undefined : secretContent(o, token, world.metadataPrefixes);
  const isSecretCurrent = isCurrent(o.secret, content);
  const isVaultTokenWanted = world.settings.writeVaultToken && o.channel.spec.vaultToken === 'Enabled';
  const stamp = token === undefined ? undefined : vaultTokenStamp(token);
  // The Vault path is written before the Secret: after a restart a current Secret vouches for it.
  const isKnown = memory.vaultToken === undefined ? isSecretCurrent : memory.vaultToken === stamp;
  return { isSecretCurrent, isVaultTokenCurrent: !isVaultTokenWanted || isKnown };
}

export function vaultTokenStamp(token: { epoch: number; generation: number; state: string }): string {
  return `${grantVersion(token.epoch, token.generation)}/${token.state}`;
}

async function fingerprintOf(world: World, grant: StoredGrant): Promise<string | undefined> {
  if (grant.state !== 'Present') return undefined;
  const spent = grant.record.tokens.refresh ?? grant.record.tokens.access;
  return spent === undefined ? undefined : await world.grants.fingerprint(spent);
}

/**
 * Answers kept aside exist only where a spend ended without its commit. They are read after the record was: an answer
 * leaves the escrow only for a newer record, on which a claim of this one loses. The escrow is listed once per process in
 * any case, for what one left that died after its commit.
 */
async function keptAside(
  world: World,
  ref: ChannelRef,
  grant: StoredGrant,
  memory: ChannelMemory,
  isAnswerMissed: boolean,
) {
  const isGrantInDoubt = grant.state === 'Present' && isInDoubt(grant.record);
  const parked = isGrantInDoubt || memory.hasLeftovers === true ? await world.grants.parked(ref) : [];
  const isPresent = grant.state === 'Present';
  const isAsked = isAnswerMissed || (isPresent && (isGrantInDoubt || memory.hasLeftovers !== false));
  const escrow = await escrowOf(world, ref, isAsked);
  if (escrow.state === 'Listed') memory.hasLeftovers = parked.length > 0 || escrow.answers.length > 0;
  return { parked, escrow };
}

async function accountOwnerOf(world: World, ref: ChannelRef, grant: StoredGrant) {
  if (grant.state !== 'Present' || grant.record.kind === 'App' || grant.record.account === undefined) {
    return { accountOwner: undefined, isAccountOwnerGone: false };
  }
  const { issuedTo, account } = grant.record;
  const owner = await world.grants.accountOwner({
    platform: issuedTo.platform,
    clientId: issuedTo.clientId,
    accountId: account.id,
  });
  const isOurs = owner?.namespace === ref.namespace && owner.name === ref.name;
  if (owner === undefined || isOurs) return { accountOwner: owner, isAccountOwnerGone: false };
  const theirs = await world.grants.load(owner);
  const isGone = theirs.state !== 'Present' || theirs.record.account?.id !== account.id;
  return { accountOwner: owner, isAccountOwnerGone: isGone };
}

/** FNV-1a over the uid, as a fraction: stable, and different for neighbours. */
export function phaseOf(uid: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < uid.length; i += 1) hash = Math.imul(hash ^ uid.charCodeAt(i), 0x01000193) >>> 0;
  return hash / 2 ** 32;
}
