import { AppFaultBoard } from './channel/app-fault-board.ts';
import { AppReconciler } from './channel/app-reconciler.ts';
import { BrakeBoard } from './channel/brake-board.ts';
import { Desk } from './channel/desk.ts';
import { phaseOf } from './channel/observe.ts';
import { PlatformReconciler } from './channel/platform-reconciler.ts';
import type { RejectionWaves, World } from './channel/ports.ts';
import { ChannelReconciler } from './channel/reconcile.ts';
import { type ChannelView, firstDueAt, isForeignEdit, isLenderNews, isWish, type SecretView } from './channel/views.ts';
import { Wakeups } from './channel/wakeups.ts';
import { type Config, settingsOf } from './config.ts';
import { asFailure } from './core/failure.ts';
import type { Settings } from './core/settings.ts';
import type { Logger } from './log.ts';
import type { DependencyGate } from './main-gate.ts';
import { clock, random } from './main-process.ts';
import type { Watches } from './main-watches.ts';
import type { Metrics } from './metrics.ts';
import type { NoticeDesk } from './notices/desk.ts';
import { Controller } from './runtime/controller.ts';
import type { LeaseBuckets } from './runtime/lease-buckets.ts';
import type { Component } from './runtime/manager.ts';

export interface Parts {
  readonly config: Config;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly watches: Watches;
  readonly world: (faults: AppFaultBoard, waves: RejectionWaves) => World;
  readonly ownership: LeaseBuckets;
  readonly notices: NoticeDesk;
  readonly gate: DependencyGate;
}

/** The desk at which the pages begin and end consents, and the world that it shares with the controllers. */
export interface Served {
  readonly desk: Desk;
  readonly world: World;
}

function controllersOf({ config, log, metrics, watches, ownership, notices, gate, world: worldWith }: Parts) {
  const wakeups = new Wakeups(watches.channels, watches.apps);
  const shared = { ownership, workers: config.workers, random: random.unit };
  const settings = settingsOf(config);
  // The board needs the controller, the controller the handler, the handler the board: the news go round by name.
  const board: AppFaultBoard = new AppFaultBoard(clock.now, (app) => appController.touch(app));
  const world = worldWith(board, new BrakeBoard(watches.channels, clock, settings));
  const channelReconciler = new ChannelReconciler(world);
  const appReconciler = new AppReconciler({ world, board, channelsOf: (app) => wakeups.channelsOf(app) });
  const channelController = new Controller({
    ...shared,
    name: 'channels',
    handler: (key, run) => channelReconciler.reconcile(key, run),
    hold: (key) => gate.hold(key, watches.channels.get(key)),
    // A run that failed comes back well within the propagation floor: its refresh may have become due meanwhile.
    backoff: { baseMs: 1_000, capMs: 60_000 },
    onRun: runLog('channels', log, metrics),
  });
  const appController: Controller = new Controller({
    ...shared,
    name: 'apps',
    workers: 2,
    handler: (key) => appReconciler.reconcile(key),
    onRun: runLog('apps', log, metrics),
  });
  ownership.onLose(async (share) => channelReconciler.forget(share));
  const platformReconciler = new PlatformReconciler(world);
  const platformController = new Controller({
    ...shared,
    name: 'platforms',
    workers: 1,
    handler: (name) => platformReconciler.reconcile(name),
    onRun: runLog('platforms', log, metrics),
  });
  platformController.watch(watches.platforms, { matters: isChange });
  wakeOnResources(channelController, appController, watches, wakeups, settings);
  gate.onWake(watches.channels, (key) => channelController.touch(key));
  notices.onSent((key) => channelController.touch(key));
  wakeOnSecrets(channelController, appController, watches, wakeups);
  return {
    controllers: [channelController, appController, platformController],
    served: { desk: new Desk(world), world },
  };
}

/** More than the echo of a status write. */
function isChange(now?: { generation: number }, before?: { generation: number }): boolean {
  return now?.generation !== before?.generation;
}

function wakeOnResources(
  channelController: Controller,
  appController: Controller,
  watches: Watches,
  wakeups: Wakeups,
  { noticeSinks }: Settings,
) {
  const firstAt = (view: ChannelView) => {
    const secret = watches.projected.get(`${view.namespace}/${view.secretName}`);
    const phase = phaseOf(`${view.namespace}/${view.name}`);
    return firstDueAt(view, secret, { now: clock.now(), phase, noticeSinks });
  };
  channelController.watch(watches.channels, { matters: isWish, firstDueAt: firstAt });
  appController.watch(watches.channels, {
    keys: (_, now, before) => [now?.app, before?.app].filter((app) => app !== undefined),
    matters: (now, before) =>
      now?.state !== before?.state ||
      now?.app !== before?.app ||
      now?.suspectedAt !== before?.suspectedAt ||
      now?.appFault?.reason !== before?.appFault?.reason,
  });
  channelController.watch(watches.channels, {
    keys: (key) => wakeups.byLender(key),
    matters: isLenderNews,
    wakesAtStart: false,
  });
  channelController.watch(watches.apps, {
    keys: (key) => wakeups.byApp(key),
    matters: (now, before) => isChange(now, before) || now?.decided !== before?.decided,
    wakesAtStart: false,
  });
  appController.watch(watches.apps, {
    matters: (now, before) => isChange(now, before) || now?.asked !== before?.asked,
  });
  const onPlatform = { matters: isChange, wakesAtStart: false };
  channelController.watch(watches.platforms, { ...onPlatform, keys: (name) => wakeups.byPlatform(name) });
  appController.watch(watches.platforms, { ...onPlatform, keys: (name) => wakeups.appsByPlatform(name) });
}

function wakeOnSecrets(channelController: Controller, appController: Controller, watches: Watches, wakeups: Wakeups) {
  const isEdit = (now?: SecretView, before?: SecretView) => now?.resourceVersion !== before?.resourceVersion;
  const shared = { matters: isEdit, wakesAtStart: false };
  channelController.watch(watches.shared, {
    ...shared,
    keys: (_, now, before) => wakeups.bySecret(now, before),
  });
  appController.watch(watches.shared, { ...shared, keys: (_, now, before) => wakeups.appsBySecret(now ?? before) });
  channelController.watch(watches.projected, {
    matters: isForeignEdit,
    wakesAtStart: false,
    keys: (_, now, before) => wakeups.bySecret(now, before),
  });
}

/** A run's result for the log and the metrics: an error is a bug or a dependency that could not be asked. */
function runLog(controller: string, log: Logger, metrics: Metrics) {
  return (run: {
    key: string;
    outcome: 'success' | 'error';
    durationMs: number;
    attempts: number;
    error?: unknown;
  }) => {
    const result = run.outcome === 'success' ? 'Success' : asFailure(run.error).family;
    metrics.reconciles.inc({ controller, result });
    metrics.reconcileSeconds.observe({ controller }, run.durationMs / 1000);
    if (run.outcome === 'error' && (run.attempts & (run.attempts - 1)) === 0) {
      log.warn(
        { controller, key: run.key, attempt: run.attempts, err: run.error },
        'a reconcile failed; it is repeated',
      );
    }
  };
}

export function controllersComponent(parts: Parts, sources: { controllers: Controller[]; served?: Served }): Component {
  return {
    name: 'controllers',
    // Made now, because the cluster's identity is known only after the start of what stands before.
    start: async () => {
      const { controllers, served } = controllersOf(parts);
      sources.controllers.push(...controllers);
      sources.served = served;
      await Promise.all(sources.controllers.map((controller) => controller.start()));
      await parts.ownership.start();
    },
    stop: async () => {
      parts.gate.stop();
      // Together: what nothing is in progress in can be taken over while the rest is being finished.
      await Promise.all([parts.ownership.stop(), ...sources.controllers.map((controller) => controller.stop())]);
    },
    notReady: () => parts.ownership.notReady(),
    unfinished: () => sources.controllers.flatMap((controller) => controller.unfinished()),
  };
}
