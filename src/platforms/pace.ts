import { Failure } from '../core/failure.ts';
import type { Clock } from '../core/ports.ts';
import { waitMs } from './lifetimes.ts';
import type { Answer } from './paths.ts';
import { textAt } from './paths.ts';
import type { Platform } from './platform.ts';

/** Until when a platform wants to hear nothing more from one app, as its answers said. */
export class Pace {
  readonly #clock: Clock;
  readonly #blockedUntil = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The failure with which a request of this app is not sent; undefined when it may be. */
  objection({ name, spec }: Platform, clientId: string): Failure | undefined {
    const key = `${name} ${clientId}`;
    const leftMs = (this.#blockedUntil.get(key) ?? 0) - this.#clock.monotonic();
    if (leftMs <= 0) {
      this.#blockedUntil.delete(key);
      return undefined;
    }
    const message = `${spec.displayName} asked the app to wait. Nothing was sent; it goes on by itself in ${Math.ceil(leftMs / 1_000)} s.`;
    return new Failure('Transient', 'RateLimited', message, { source: 'Platform', retryAfterMs: leftMs });
  }

  /** Every request of this app waits so long. */
  hold({ name }: Platform, clientId: string, ms: number): void {
    const key = `${name} ${clientId}`;
    this.#blockedUntil.set(key, Math.max(this.#blockedUntil.get(key) ?? 0, this.#clock.monotonic() + ms));
  }

  /** Heeds what an answer says about the requests that are left, before the platform has to refuse one. */
  heed(platform: Platform, clientId: string, answer: Answer): void {
    const { remaining, reset } = platform.spec.limits ?? {};
    if (remaining === undefined || reset === undefined || Number(textAt(answer, [remaining]) ?? 1) > 0) return;
    const ms = waitMs(answer, reset);
    if (ms !== undefined) this.hold(platform, clientId, ms);
  }
}
