import { createHash } from 'node:crypto';
import { type Blocker, blockers, newestSeen, wantedScopes } from '../core/blockers.ts';
import type { BeginConsent, BegunConsent } from '../core/consent.ts';
import type { PendingConsent, PendingRecord } from '../core/consent-records.ts';
import { epochOf, lostAfterMs, unstaged } from '../core/consent-rules.ts';
import { isSuspended } from '../core/due.ts';
import { Failure } from '../core/failure.ts';
import type { ChannelRef } from '../core/grant.ts';
import type { Observation } from '../core/observation.ts';
import { Sealed } from '../core/sealed.ts';
import { identityOf, readyApp } from './context.ts';
import { observe, readInputs } from './observe.ts';
import type { World } from './ports.ts';
import { changePending } from './stage-consent.ts';

/** So long a person has at the platform. */
const CONSENT_MS = 600_000;

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The channel as it is now; undefined where there is none. @throws Failure where somebody could not be asked */
export async function lookAt(world: World, ref: ChannelRef): Promise<Observation | undefined> {
  const channel = await world.channels.get(ref);
  if (channel === undefined) return undefined;
  return await observe(world, await readInputs(world, channel), { retries: {}, hasLeftovers: false }, {});
}

/** What a new login could not end, so that nobody is led to the platform for nothing. */
const inTheWay = [
  blockers.adoptionRequired,
  blockers.grantMissing,
  blockers.appUnusable,
  blockers.accountNameless,
  blockers.scopeSetConflict,
] as const;

/** @throws Failure with a sentence for the person who wants to connect the channel */
export function refuseUnconnectable(o: Observation): void {
  const { spec, metadata } = o.channel;
  const name = `SocialChannel ${metadata.namespace}/${metadata.name}`;
  if (metadata.deletionTimestamp !== undefined || o.namespace.isTerminating)
    throw impossible(`${name} is being deleted.`);
  if (spec.grantFrom !== undefined)
    throw impossible(`${name} lives from the login of SocialChannel ${spec.grantFrom.name}: connect that one.`);
  if (spec.grantType === 'App') throw impossible(`${name} uses the token of its app alone, which needs no person.`);
  if (isSuspended(o)) throw impossible(`${name} is suspended by spec.refresh.policy; nothing is sent for it.`);
  const blocker = inTheWay.map((check) => check(o)).find((found): found is Blocker => found !== undefined);
  if (blocker !== undefined) throw impossible(blocker.message);
}

export function impossible(message: string): Failure {
  return new Failure('Misconfigured', 'ConsentImpossible', message, { source: 'Operator' });
}

/** What a consent of this channel is bound to from its first moment. */
export function begunOf(world: World, o: Observation, by: BeginConsent['by']) {
  const { client, platform } = readyApp(o);
  return {
    id: world.random.id(),
    identity: identityOf(o),
    issuedTo: { platform: platform.profile.name, clientId: client.id, tokenOrigin: platform.tokenOrigin },
    epoch: Math.max(epochOf(o.grant), newestSeen(o)?.epoch ?? 0),
    by,
    scopes: wantedScopes(o),
    startedAt: world.clock.now(),
  };
}

/** @throws Failure with a sentence for the page */
export async function beginConsent(
  world: World,
  { channel: ref, by, redirectURI }: BeginConsent,
): Promise<BegunConsent> {
  const o = await lookAt(world, ref);
  if (o === undefined) throw impossible(`There is no SocialChannel ${ref.namespace}/${ref.name}.`);
  refuseUnconnectable(o);
  const { app, client, platform } = readyApp(o);
  const begun = begunOf(world, o, by);
  const [secret, codeVerifier, state] = [
    world.random.secret(),
    world.random.secret(),
    `${begun.id}.${world.random.secret()}`,
  ];
  const to = app.spec.redirectURI ?? redirectURI;
  const start = await platform.beginConsent({
    client,
    redirectURI: to,
    state,
    scopes: begun.scopes,
    codeVerifier: Sealed.of(codeVerifier),
    reconnect: reconnectReason(o),
    timeoutMs: world.settings.httpTimeoutMs,
  });
  const token = start.secret && new URL(start.url).searchParams.get('oauth_token');
  const temporaryTokenHash = token ? sha256(token) : undefined;
  const consent: PendingConsent = {
    ...begun,
    expiresAt: begun.startedAt + CONSENT_MS,
    browser: {
      stateHash: sha256(state),
      secretHash: sha256(secret),
      temporaryTokenHash,
      temporarySecret: start.secret,
      codeVerifier: Sealed.of(codeVerifier),
      redirectURI: to,
    },
  };
  await putPending(world, ref, consent);
  world.meter.consent(begun.issuedTo.platform, 'Begun');
  const { id, expiresAt } = consent;
  return { id, url: start.url, browserSecret: secret, expiresAt, temporaryTokenHash };
}

/** Why a person comes again; undefined for the first time. */
function reconnectReason({ grant }: Observation) {
  if (grant.state !== 'Present' || grant.record.kind === 'App') return undefined;
  return grant.record.verdict?.reason ?? 'NeedsReauth';
}

/** The newest consent takes the place of one that was not finished, but not of an answer on its way to Vault. */
export async function putPending(world: World, ref: ChannelRef, consent: PendingConsent): Promise<void> {
  const staged = await world.consents.staged(ref);
  await changePending(world, ref, (now) => {
    const open = unstaged({ state: 'Read', pending: { version: 0, value: now }, staged });
    const isOnItsWay = open !== undefined && world.clock.now() < (open.consumedAt ?? 0) + lostAfterMs(world.settings);
    if (isOnItsWay) throw onItsWay();
    refuseInvitation(now, consent, world.clock.now());
    return { ...now, consent };
  });
}

function onItsWay(): Failure {
  const message = 'The answer to another connection of this channel is being fetched at this moment; look again.';
  return new Failure('Transient', 'ConsentImpossible', message, { source: 'Operator', retryAfterMs: 1_000 });
}

function refuseInvitation({ invitation }: PendingRecord, { by }: PendingConsent, now: number): void {
  if (by.kind !== 'Invited') return;
  const isGood = invitation?.id === by.id && invitation.usedAt === undefined && now < invitation.expiresAt;
  if (!isGood) throw impossible('The invitation was used, replaced by a newer one, or is too old. Ask for another.');
}
