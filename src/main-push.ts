import { createHash } from 'node:crypto';
import { resolveOwnApp } from './channel/app-facts.ts';
import type { World } from './channel/ports.ts';
import { checkBySignal } from './channel/signals.ts';
import type { AppFacts } from './core/observation.ts';
import type { ChannelApi, ObjectRef } from './core/ports.ts';
import type { Logger } from './log.ts';
import { clock } from './main-process.ts';
import type { Watches } from './main-watches.ts';
import type { Metrics } from './metrics.ts';
import type { PushOptions } from './web/push.ts';

/** An app and its secret are read again after so long: messages come in waves, and each would read both. */
const FRESH_MS = 10_000;

type ReadyApp = Extract<AppFacts, { state: 'Ready' }>;
type AppWorld = Pick<World, 'apps' | 'platforms' | 'registry' | 'sharedSecrets' | 'grants' | 'appFaults'>;

export interface PushParts {
  readonly world: AppWorld;
  readonly marker: Pick<ChannelApi, 'annotate'>;
  readonly watches: Pick<Watches, 'apps' | 'channels'>;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly baseURL: string;
}

/** What the push receivers are made with, wherever they are mounted. */
export function pushOptions({ world, marker, watches, metrics, log, baseURL }: PushParts): PushOptions {
  const recent = new Map<string, { readonly at: number; readonly app: Promise<ReadyApp | undefined> }>();
  const appOf = (ref: ObjectRef): Promise<ReadyApp | undefined> => {
    const key = `${ref.namespace}/${ref.name}`;
    // Anybody may name an app: only those that there are cost a request.
    if (watches.apps.get(key) === undefined) {
      recent.delete(key);
      return Promise.resolve(undefined);
    }
    const before = recent.get(key);
    if (before !== undefined && clock.now() - before.at < FRESH_MS) return before.app;
    const app = resolveOwnApp(world, ref).then((facts) => (facts.state === 'Ready' ? facts : undefined));
    recent.set(key, { at: clock.now(), app });
    app.catch(() => recent.delete(key));
    return app;
  };
  const parts = { channels: watches.channels, marker, grants: world.grants, digest };
  return {
    baseURL,
    log,
    count: (of) => metrics.pushSignals.inc(of),
    apps: {
      find: async (ref) => {
        const app = await appOf(ref);
        const kind = app?.platform.profile.push;
        if (app === undefined || kind === undefined) return undefined;
        const { client, platform } = app;
        return { platform: platform.profile.name, kind, hear: (request) => platform.hear(client, request) };
      },
    },
    signals: {
      heard: async (ref, signal) => {
        const app = await appOf(ref);
        return app === undefined ? 0 : await checkBySignal(parts, app, signal);
      },
    },
  };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
