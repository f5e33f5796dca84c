import type { SocialApp, SocialAppStatus, SocialChannel } from '../../../src/api/resources.gen.ts';
import { AppFaultBoard } from '../../../src/channel/app-fault-board.ts';
import { TokenBuckets } from '../../../src/channel/app-rates.ts';
import { AppReconciler } from '../../../src/channel/app-reconciler.ts';
import { BrakeBoard } from '../../../src/channel/brake-board.ts';
import type { World } from '../../../src/channel/ports.ts';
import { type ChannelView, channelView } from '../../../src/channel/views.ts';
import type { Views } from '../../../src/channel/wakeups.ts';
import type { PlatformProfile } from '../../../src/core/profile.ts';
import { app, nowAt, settings } from '../builders.ts';
import type { Illness } from './platform.ts';
import { VirtualClock } from './process.ts';
import { VirtualWorld } from './world.ts';

const appKey = 'main-stage/video';

/** Many channels of one app, on one clock, each with an account of its own. */
export class VirtualFleet {
  readonly clock = new VirtualClock(nowAt);
  worlds: readonly VirtualWorld[] = [];
  /** What the app's status said, each once as long as it lasted. */
  readonly appStory: string[] = [];
  appStatus: SocialAppStatus | undefined;
  appMessage = '';
  readonly #board = new AppFaultBoard(
    () => this.clock.now(),
    () => {
      this.#isAppTouched = true;
    },
  );
  readonly #reconciler: AppReconciler;
  readonly #watchers: Parameters<Views<ChannelView>['onChange']>[0][] = [];
  #isAppTouched = false;
  #dueAt: number[];
  #annotations: Record<string, string> = {};
  readonly #apps: World['apps'] = {
    get: async () => ({
      ...app,
      metadata: { ...app.metadata, annotations: this.#annotations },
      ...(this.appStatus === undefined ? {} : { status: this.appStatus }),
    }),
    patchStatus: async (_: SocialApp, status: SocialAppStatus) => {
      const decided = JSON.stringify(this.appStatus?.rejections);
      this.appStatus = status;
      const ready = status.conditions?.find(({ type }) => type === 'Ready');
      this.appMessage = ready?.message ?? '';
      const reason = ready?.reason ?? '';
      const isNews = reason !== this.appStory.at(-1);
      if (isNews) this.appStory.push(reason);
      if (!isNews && decided === JSON.stringify(status.rejections)) return;
      this.#dueAt = this.#dueAt.map((at) => Math.min(at, this.clock.trueNow()));
    },
  };

  /**
   * @param isElsewhere another replica has the channels than the one that looks after the app
   * @param isUnbraked mutation: nobody sees that many are rejected at once
   */
  constructor(size: number, profile: PlatformProfile, isElsewhere = false, isUnbraked = false) {
    const views: Views<ChannelView> = {
      entries: () => this.#views(),
      get: (key) => new Map(this.#views()).get(key),
      onChange: (listener) => this.#watchers.push(listener),
    };
    const shared = {
      clock: this.clock,
      appFaults: isElsewhere
        ? new AppFaultBoard(
            () => this.clock.now(),
            () => {},
          )
        : this.#board,
      appRates: new TokenBuckets(() => this.clock.monotonic()),
      waves: isUnbraked ? { of: () => undefined } : new BrakeBoard(views, this.clock, settings),
      apps: this.#apps,
    };
    this.worlds = Array.from(
      { length: size },
      (_, index) => new VirtualWorld(profile, { ...shared, name: `channel-${index}`, unit: index / size }),
    );
    this.#dueAt = this.worlds.map(() => nowAt);
    const channelsOf = () =>
      this.worlds.flatMap(({ channel }) => (channel === undefined ? [] : [channelView(channel)]));
    this.#reconciler = new AppReconciler({ world: this.#appWorld(), board: this.#board, channelsOf });
  }

  set illness(illness: Illness | undefined) {
    for (const { platform } of this.worlds) platform.illness = illness;
  }

  /** What the app's Events said, by their reasons. */
  get appEvents(): readonly string[] {
    return this.worlds[0]?.events.filter((reason) => reason.startsWith('Rejections')) ?? [];
  }

  /** Somebody annotates the app. */
  async annotate(name: string, value: string): Promise<void> {
    this.#annotations = { ...this.#annotations, [name]: value };
    await this.#tellApp();
  }

  /** Lets so much time pass, and whoever is due first has its turn. */
  async pass(ms: number): Promise<void> {
    const until = this.clock.trueNow() + ms;
    for (;;) {
      const at = Math.min(...this.#dueAt);
      if (at > until) break;
      await this.clock.sleep(Math.max(at - this.clock.trueNow(), 0));
      const index = this.#dueAt.indexOf(at);
      const world = this.worlds[index] as VirtualWorld;
      const before = troubleOf(world);
      this.#dueAt[index] = this.clock.trueNow() + Math.max(await world.runOnce(), 1);
      if (world.channel !== undefined) this.#tellWatchers(world.channel);
      // As the watch of channels wakes their app, which looks again for as long as one is suspected.
      if (troubleOf(world) !== before || isSuspected(world)) this.#isAppTouched = true;
      if (this.#isAppTouched) await this.#tellApp();
    }
    await this.clock.sleep(until - this.clock.trueNow());
  }

  #tellWatchers(channel: SocialChannel): void {
    const key = `${channel.metadata.namespace}/${channel.metadata.name}`;
    for (const tell of this.#watchers) tell(key, channelView(channel), undefined);
  }

  *#views(): Iterable<[string, ChannelView]> {
    for (const { channel } of this.worlds) {
      if (channel !== undefined) yield [`${channel.metadata.namespace}/${channel.metadata.name}`, channelView(channel)];
    }
  }

  /** A change of the app wakes its channels, as the watch does. */
  async #tellApp(): Promise<void> {
    this.#isAppTouched = false;
    await this.#reconciler.reconcile(appKey);
  }

  #appWorld(): World {
    const [first] = this.worlds;
    return { ...(first as VirtualWorld).asWorld(), apps: this.#apps };
  }
}

function isSuspected({ channel }: VirtualWorld): boolean {
  return channel !== undefined && channelView(channel).suspectedAt !== undefined;
}

function troubleOf({ channel }: VirtualWorld): string | undefined {
  if (channel === undefined) return undefined;
  const { suspectedAt, appFault } = channelView(channel);
  return `${suspectedAt ?? ''} ${appFault?.reason ?? ''}`;
}
