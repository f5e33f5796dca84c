import { type Member, type Waves, wavesOf } from '../core/brake.ts';
import type { Clock } from '../core/ports.ts';
import type { Settings } from '../core/settings.ts';
import type { RejectionWaves } from './ports.ts';
import type { ChannelView } from './views.ts';
import type { Views } from './wakeups.ts';

/** All channels are gone through at most this often, however many ask at once. */
const STALE_AFTER_MS = 1_000;

/** The waves of rejections, from the statuses of all channels: every replica has them all, and finds the same. */
export class BrakeBoard implements RejectionWaves {
  readonly #channels: Pick<Views<ChannelView>, 'entries'>;
  readonly #clock: Clock;
  readonly #settings: Settings;
  #waves: Waves = { apps: new Map(), platforms: new Map() };
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(channels: Pick<Views<ChannelView>, 'entries'>, clock: Clock, settings: Settings) {
    this.#channels = channels;
    this.#clock = clock;
    this.#settings = settings;
  }

  of(app: string, platform: string) {
    const now = this.#clock.monotonic();
    if (now - this.#lookedAt >= STALE_AFTER_MS) {
      this.#waves = wavesOf(this.#members(), this.#clock.now(), this.#settings);
      this.#lookedAt = now;
    }
    return this.#waves.apps.get(app) ?? this.#waves.platforms.get(platform);
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
