import { type Condition, getCondition, setCondition } from '../api/conditions.ts';
import { annotations } from '../api/names.ts';
import type { Reason } from '../api/reasons.ts';
import type { SocialApp, SocialAppStatus } from '../api/resources.gen.ts';
import type { Wave } from '../core/brake.ts';
import { ruleByHand, type Suspect, shownUntil, undecided } from '../core/brake-by-hand.ts';
import { Failure } from '../core/failure.ts';
import { formatInstant } from '../core/instant.ts';
import type { PlatformProfile } from '../core/profile.ts';
import { isSameStatus } from '../core/status.ts';
import { resolveApp } from './app-facts.ts';
import type { AppFaultBoard, Fault } from './app-fault-board.ts';
import type { World } from './ports.ts';
import type { ChannelAppFault, ChannelView } from './views.ts';

/** Until then whoever ran into a fault beside a good login has asked again. */
const ASKED_AGAIN_MS = 1_200_000;

interface AppSources {
  readonly world: World;
  readonly board: AppFaultBoard;
  readonly channelsOf: (app: string) => readonly ChannelView[];
}

/** What the first look at an app finds; a fault that only requests can find is added from the board. */
interface Verdict {
  readonly status: 'True' | 'False';
  readonly reason: Reason;
  readonly message: string;
}

/** How often the counts of channels may be written. */
const COUNTS_EVERY_MS = 5_000;
/** What no watch brings (Vault, an app that its platform suspended and admitted again) is looked at this often. */
const RECHECK_MS = 300_000;

/** Whether a rejection is one of many is known only when the others are seen, and over when they are gone. */
const SUSPICION_RECHECK_MS = 5_000;

/** Says in a SocialApp's status whether it can be used, and how its channels are. App faults live here. */
export class AppReconciler {
  readonly #sources: AppSources;
  readonly #writtenAt = new Map<string, number>();

  constructor(sources: AppSources) {
    this.#sources = sources;
  }

  async reconcile(key: string): Promise<{ afterMs?: number }> {
    const { world } = this.#sources;
    const [namespace = '', name = ''] = key.split('/');
    const app = await world.apps.get({ namespace, name });
    if (app === undefined || app.metadata.deletionTimestamp !== undefined) return {};
    const channels = this.#sources.channelsOf(key);
    const { rejections, rulings } = ruleByHand(app, channels.flatMap(suspectOf));
    const decided = rejections === undefined ? app : { ...app, status: { ...app.status, rejections } };
    const status = await this.#statusOf(key, decided, channels);
    const restMs = channels.some(isSuspected) ? SUSPICION_RECHECK_MS : RECHECK_MS;
    if (isSameStatus(app.status, status)) return { afterMs: restMs };
    const now = world.clock.now();
    const dueAt = (this.#writtenAt.get(key) ?? 0) + COUNTS_EVERY_MS;
    if (isSameButCounts(app.status, status) && now < dueAt) return { afterMs: dueAt - now };
    await world.apps.patchStatus(app, status);
    this.#writtenAt.set(key, now);
    await this.#announce(app, status);
    for (const { type, reason, message } of rulings) await world.events.emit(app, type, reason, message);
    return { afterMs: restMs };
  }

  async #statusOf(key: string, app: SocialApp, channels: readonly ChannelView[]): Promise<SocialAppStatus> {
    const { world } = this.#sources;
    const rejections = app.status?.rejections;
    const { status, reason, message } = await this.#look(key, app, channels);
    const observedGeneration = app.metadata.generation ?? 0;
    const ready = { type: 'Ready' as const, status, reason, message, observedGeneration };
    const count = (state: ChannelView['state']) => channels.filter((channel) => channel.state === state).length;
    return {
      observedGeneration,
      conditions: setCondition(app.status?.conditions ?? [], ready, world.clock.now()),
      platform: app.spec.platform,
      clientId: app.spec.clientId,
      channels: {
        total: channels.length,
        pending: count('Pending'),
        connected: count('Connected'),
        expiring: count('Expiring'),
        needsReauth: count('NeedsReauth'),
      },
      ...(rejections === undefined ? {} : { rejections }),
    };
  }

  async #look(key: string, app: SocialApp, channels: readonly ChannelView[]): Promise<Verdict> {
    const { world, board } = this.#sources;
    const namespace = app.metadata.namespace ?? '';
    const facts = { uid: '', labels: {}, annotations: {}, isTerminating: false };
    const { facts: found } = await resolveApp(world, { namespace, name: app.metadata.name }, { namespace, facts });
    if (found.state === 'Unusable')
      return { status: 'False', reason: found.failure.reason, message: found.failure.message };
    world.meter.began(found.platform.profile.name, key);
    const told = metElsewhere(channels, board.questionsClearedAt(key) ?? 0, world.clock.now());
    if (told === undefined) board.expire(key);
    const fault = board.of(key) ?? told;
    if (fault === undefined && board.isInTesting(key)) return inTesting(found.platform.profile, app);
    const wave = world.waves.of(key, found.platform.profile.name);
    const open = undecided(channels.flatMap(suspectOf), app.status?.rejections);
    if (fault === undefined && wave !== undefined && open.length > 0)
      return held(found.platform.profile, wave, byHand(app, shownUntil(open)));
    if (fault === undefined) return { status: 'True', reason: 'Accepted', message: 'The app can be used.' };
    const message = `${fault.failure.message} Seen at ${formatInstant(fault.since)}. ${consequence(channels)} ${remedy(app, fault.failure)}`;
    return { status: 'False', reason: fault.failure.reason, message };
  }

  async #announce(app: SocialApp, status: SocialAppStatus): Promise<void> {
    const before = getCondition(app.status?.conditions, 'Ready');
    const ready = getCondition(status.conditions, 'Ready') as Condition;
    if (before?.status === ready.status && before.reason === ready.reason) return;
    if (before === undefined && ready.status === 'True') return;
    await this.#sources.world.events.emit(
      app,
      ready.status === 'True' ? 'Normal' : 'Warning',
      ready.reason,
      ready.message,
    );
  }
}

function inTesting({ displayName, testingLifeMs = 0 }: PlatformProfile, { spec }: SocialApp): Verdict {
  const days = Math.round(testingLifeMs / 86_400_000);
  const warned =
    spec.grantLifetime === undefined
      ? ` Until then spec.grantLifetime: ${days * 24}h lets its channels say in time when a person is needed.`
      : '';
  const message = `The app can be used, but several of its logins died ${days} days after their consent: it is in testing mode at ${displayName}. Publish it there.${warned}`;
  return { status: 'True', reason: 'AppInTesting', message };
}

function isSuspected({ suspectedAt }: ChannelView): boolean {
  return suspectedAt !== undefined;
}

function suspectOf({ namespace, name, suspectedAt, accessTokenExpiresAt: endsAt }: ChannelView): Suspect[] {
  return suspectedAt === undefined ? [] : [{ key: `${namespace}/${name}`, suspectedAt, endsAt }];
}

/** The commands of those who know more. The moment in them stands for what is shown, and for nothing that comes later. */
function byHand({ metadata: { namespace, name } }: SocialApp, until: string): string {
  const annotate = `kubectl annotate socialapp ${name} -n ${namespace} --overwrite`;
  return (
    `To forget these rejections and ask again: \`${annotate} ${annotations.releaseRejections}=${until}\`; ` +
    `to believe them now: \`${annotate} ${annotations.confirmRejections}=${until}\`. Both concern this app alone.`
  );
}

function held(
  { displayName }: PlatformProfile,
  { scope, since, rejected, of, canary }: Wave,
  commands: string,
): Verdict {
  const whose = scope === 'App' ? 'of this app' : `of all apps at ${displayName}`;
  const message =
    `${displayName} has rejected ${rejected} of ${of} channels ${whose} since ${formatInstant(since)}. That looks like a fault of ${displayName} or of the app, ` +
    `so nobody is asked to reconnect yet; ${canary} goes on asking, and the others go on as soon as it succeeds. ` +
    `Who knows that a login is gone can connect it at any time. ${commands}`;
  return { status: 'True', reason: 'RejectionsHeld', message };
}

/**
 * What channels of other replicas ran into, by their statuses. A refresh that succeeded since shows that it is over, though
 * some have not tried again yet.
 */
function metElsewhere(
  channels: readonly ChannelView[],
  clearedAt: number,
  now: number,
): Pick<Fault, 'failure' | 'since'> | undefined {
  // Folded, not spread: an app may have more channels than a call takes arguments.
  const renewedAt = channels.reduce((last, { lastRefreshAt = 0 }) => Math.max(last, lastRefreshAt), 0);
  // What was cleared by another's question is told again only by whoever has asked since.
  const isClearedNow = now - clearedAt < ASKED_AGAIN_MS;
  const isOver = ({ at, isBesideLogin }: ChannelAppFault) =>
    isBesideLogin ? isClearedNow && at <= clearedAt : at <= renewedAt;
  const faults = channels.flatMap(({ appFault }) => (appFault !== undefined && !isOver(appFault) ? [appFault] : []));
  const [newest] = faults.sort((one, other) => other.at - one.at);
  if (newest === undefined) return undefined;
  const { reason, message, at } = newest;
  return {
    failure: new Failure('Misconfigured', reason, message, { source: 'Platform', isAppFault: true }),
    since: at,
  };
}

/** What it means for the channels: nobody is asked to reconnect because of an app. */
function consequence(channels: readonly ChannelView[]): string {
  const end = channels.reduce(
    (first, { accessTokenExpiresAt: at = first }) => Math.min(first, at),
    Number.POSITIVE_INFINITY,
  );
  const until = Number.isFinite(end) ? ` until ${formatInstant(end)} at the earliest` : '';
  const many =
    channels.length === 1
      ? '1 channel keeps its state and its token'
      : `${channels.length} channels keep their state and their tokens`;
  return `${many}${until}.`;
}

/** Where a person can end it here; elsewhere the failure's own words say where. */
function remedy({ metadata, spec }: SocialApp, { reason }: Failure): string {
  const again = 'Without a change it is tried again every few minutes.';
  if (reason !== 'AppSecretInvalid' || spec.clientSecretRef === undefined) return again;
  return `Correct spec.clientId or the Secret ${metadata.namespace}/${spec.clientSecretRef.name}. ${again}`;
}

function isSameButCounts(a: SocialAppStatus | undefined, b: SocialAppStatus): boolean {
  const { channels: _a, ...restOfA } = a ?? {};
  const { channels: _b, ...restOfB } = b;
  return isSameStatus(restOfA, restOfB);
}
