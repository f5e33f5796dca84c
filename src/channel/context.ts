import { expectedAccountId, newestSeen, wantedScopes } from '../core/blockers.ts';
import { refreshRequest } from '../core/due.ts';
import { Failure } from '../core/failure.ts';
import type { GrantRecord, PresentGrant } from '../core/grant.ts';
import type { Observation } from '../core/observation.ts';
import { tooLateAt as renewalTooLateAt } from '../core/schedule.ts';
import type { ChannelMemory } from './memory.ts';
import type { World } from './ports.ts';

/** What every effect is given. */
export interface ActContext {
  readonly world: World;
  readonly o: Observation;
  readonly memory: ChannelMemory;
  owns(forMs: number): boolean;
}

export function present(o: Observation): PresentGrant {
  if (o.grant.state === 'Present') return o.grant;
  throw new Failure('Unexpected', 'Unexpected', 'an action was chosen that needs a grant, and there is none', {
    source: 'Operator',
  });
}

export function readyApp(o: Observation) {
  if (o.app.state === 'Ready') return o.app;
  throw o.app.failure;
}

export function identityOf(o: Observation): GrantRecord['identity'] {
  return { clusterId: o.clusterId, namespaceUid: o.namespace.uid, channelUid: o.channel.metadata.uid ?? '' };
}

/** The app of a channel, as its faults and metrics name it. */
export function appRefOf(o: Observation) {
  const { metadata } = readyApp(o).app;
  return { namespace: metadata.namespace ?? '', name: metadata.name };
}

export function appNameOf(o: Observation): string {
  const { namespace, name } = appRefOf(o);
  return `${namespace}/${name}`;
}

/** What every question about a login of the channel is made of, beside the login. */
export function inquiryOf({ world, o }: ActContext) {
  const timeoutMs = world.settings.httpTimeoutMs;
  return { client: readyApp(o).client, account: expectedAccountId(o), wantedScopes: wantedScopes(o), timeoutMs };
}

/** What a new grant takes over from whatever stood there before. */
export function carriedOver(o: Observation) {
  const { client, platform } = readyApp(o);
  const before =
    o.grant.state === 'Present' ? o.grant.record : o.grant.state === 'Forgotten' ? o.grant.tombstone : undefined;
  const seen = newestSeen(o);
  return {
    identity: identityOf(o),
    issuedTo: { platform: platform.profile.name, clientId: client.id, tokenOrigin: platform.tokenOrigin },
    epoch: Math.max(before?.epoch ?? 1, seen?.epoch ?? 1),
    generation: Math.max(before?.generation ?? 0, seen?.generation ?? 0) + 1,
    rejected: before?.rejected ?? [],
    consumedBootstraps: before?.consumedBootstraps ?? [],
  };
}

/** What a request of the app's budget is for. */
export type Purpose = 'token' | 'derive' | 'introspect' | 'import' | 'consent';

/** Persons first, then the tokens that end first, then questions: those lose nothing by a later turn. */
function tooLateAt(o: Observation, purpose: Purpose): number {
  if (purpose === 'consent' || refreshRequest(o) !== undefined) return 0;
  if (purpose === 'introspect' || o.grant.state !== 'Present' || o.app.state !== 'Ready')
    return Number.MAX_SAFE_INTEGER;
  return renewalTooLateAt(o.grant.record.tokens, o.channel, o.app.platform.profile);
}

/**
 * One request of the app's budget, taken before anything is claimed or sent.
 * @throws Failure `RateLimited`, or `PlatformUnavailable` where nothing answers and other channels have found that out
 */
export function takeRequest({ world, o }: Pick<ActContext, 'world' | 'o'>, purpose: Purpose): void {
  const { app, client, platform } = readyApp(o);
  const isForToken = purpose === 'token' || purpose === 'consent';
  const heldMs = isForToken ? platform.heldMs(client) : 0;
  if (heldMs > 0) {
    const message = `${platform.profile.displayName} does not answer at ${platform.tokenOrigin}; nothing was sent, and it is asked again from time to time.`;
    throw new Failure('Transient', 'PlatformUnavailable', message, { source: 'Platform', retryAfterMs: heldMs });
  }
  const asker = `${o.channel.metadata.namespace}/${o.channel.metadata.name} ${purpose}`;
  const waitMs = world.appRates.take(app, platform.profile, asker, tooLateAt(o, purpose));
  if (waitMs === 0) return;
  const place = `${app.metadata.namespace}/${app.metadata.name}`;
  const message = `The request budget of SocialApp ${place} (spec.rateLimit, or what ${platform.profile.displayName} publishes) is used up; nothing was sent, it goes on by itself.`;
  throw new Failure('Transient', 'RateLimited', message, { source: 'Operator', retryAfterMs: waitMs });
}
