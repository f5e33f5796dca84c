import { type Member, type Waves, wavesOf } from '../core/brake.ts';
import type { Clock } from '../core/ports.ts';
import type { Settings } from '../core/settings.ts';
import type { RejectionWaves } from './ports.ts';
import type { ChannelView } from './views.ts';
import type { Views } from './wakeups.ts';

/** All channels are gone through at most this often, however many ask at once. */
const STALE_AFTER_MS = 1_000;

/**
 * The waves of rejections, from the statuses of all channels: every replica has them all, and finds the same. Who is
 * suspected is kept up to date, so that an event costs the same among many and few while nobody is.
 */
export class BrakeBoard implements RejectionWaves {
  readonly #channels: Views<ChannelView>;
  readonly #suspects = new Set<string>();
  readonly #clock: Clock;
  readonly #settings: Settings;
  #waves: Waves = { apps: new Map(), platforms: new Map() };
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(channels: Views<ChannelView>, clock: Clock, settings: Settings) {
    this.#channels = channels;
    this.#clock = clock;
    this.#settings = settings;
    for (const [key, view] of channels.entries()) this.#note(key, view);
    channels.onChange((key, now) => this.#note(key, now));
  }

  of(app: string, platform: string) {
    if (this.#suspects.size === 0) return undefined;
    const now = this.#clock.monotonic();
    if (now - this.#lookedAt >= STALE_AFTER_MS) {
      this.#waves = wavesOf(this.#members(), this.#clock.now(), this.#settings);
      this.#lookedAt = now;
    }
    return this.#waves.apps.get(app) ?? this.#waves.platforms.get(platform);
  }

  #note(key: string, view: ChannelView | undefined): void {
    if (view?.suspectedAt === undefined) this.#suspects.delete(key);
    else this.#suspects.add(key);
  }

  *#members(): Iterable<Member> {
    for (const [key, view] of this.#channels.entries()) yield memberOf(key, view);
  }
}

export function memberOf(key: string, view: ChannelView): Member {
  const { app, platform, state, suspectedAt, condemnedAt, lastRefreshAt, accessTokenExpiresAt } = view;
  return {
    ...{ key, app, platform, suspectedAt, condemnedAt, lastRefreshAt },
    hasLogin: state !== 'Pending',
    endsAt: accessTokenExpiresAt,
  };
}
