import { type Condition, getCondition, setCondition } from '../api/conditions.ts';
import type { Reason } from '../api/reasons.ts';
import type { SocialApp, SocialAppStatus } from '../api/resources.gen.ts';
import type { Failure } from '../core/failure.ts';
import { formatInstant } from '../core/instant.ts';
import type { ObjectRef } from '../core/ports.ts';
import { isSameStatus } from '../core/status.ts';
import { resolveApp } from './app-facts.ts';
import type { AppFaults, World } from './ports.ts';
import type { ChannelView } from './views.ts';

interface Fault {
  readonly failure: Failure;
  readonly since: number;
}

/** Faults of apps that requests of their channels ran into; the newest word of the platform counts. */
export class AppFaultBoard implements AppFaults {
  readonly #faults = new Map<string, Fault>();
  readonly #now: () => number;
  readonly #onNews: (app: string) => void;

  constructor(now: () => number, onNews: (app: string) => void) {
    this.#now = now;
    this.#onNews = onNews;
  }

  report(app: ObjectRef, failure: Failure): void {
    const key = `${app.namespace}/${app.name}`;
    const known = this.#faults.get(key);
    if (known?.failure.reason === failure.reason) return;
    this.#faults.set(key, { failure, since: this.#now() });
    this.#onNews(key);
  }

  clear(app: ObjectRef): void {
    const key = `${app.namespace}/${app.name}`;
    if (this.#faults.delete(key)) this.#onNews(key);
  }

  of(key: string): Fault | undefined {
    return this.#faults.get(key);
  }
}

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
    const status = await this.#statusOf(key, app);
    if (isSameStatus(app.status, status)) return { afterMs: RECHECK_MS };
    const now = world.clock.now();
    const dueAt = (this.#writtenAt.get(key) ?? 0) + COUNTS_EVERY_MS;
    if (isSameButCounts(app.status, status) && now < dueAt) return { afterMs: dueAt - now };
    await world.apps.patchStatus(app, status);
    this.#writtenAt.set(key, now);
    await this.#announce(app, status);
    return { afterMs: RECHECK_MS };
  }

  async #statusOf(key: string, app: SocialApp): Promise<SocialAppStatus> {
    const { world, channelsOf } = this.#sources;
    const channels = channelsOf(key);
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
    const fault = board.of(key);
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

/** What it means for the channels: nobody is asked to reconnect because of an app. */
function consequence(channels: readonly ChannelView[]): string {
  const ends = channels.map((channel) => channel.accessTokenExpiresAt).filter((at) => at !== undefined);
  const until = ends.length === 0 ? '' : ` until ${formatInstant(Math.min(...ends))} at the earliest`;
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
