import { afterFailure, type Breaker, closedBreaker, heldMs, letThrough } from '../core/breaker.ts';
import type { Clock } from '../core/ports.ts';

/** Those that were put off come back over so long, beside their own backoff. */
const SPREAD_MS = 30_000;

/**
 * What is asked of a host, and by which app. Tokens are apart: where a platform answers no questions at the host that still
 * renews logins, the questions must not take the renewals' turns; nor must the requests of an app that it fails alone.
 */
export interface Service {
  readonly kind: 'Token' | 'Other';
  readonly clientId?: string | undefined;
}

/**
 * A breaker for each host of a platform. While one does not answer, nothing is sent there but a probe at a time: an
 * outage is not made worse, and no more logins get an unknown outcome than it takes to see it.
 */
export class HostHealth {
  readonly #breakers = new Map<string, Breaker>();
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #unit: () => number;

  /** @param unit uniform in [0, 1) */
  constructor(clock: Pick<Clock, 'monotonic'>, unit: () => number) {
    this.#clock = clock;
    this.#unit = unit;
  }

  /** Milliseconds until it is worth to come again, spread; 0: a request would be sent. */
  heldMs(origin: string, service: Service): number {
    const breaker = this.#breakers.get(keyOf(origin, service));
    const waitMs = breaker === undefined ? 0 : heldMs(breaker, this.#clock.monotonic());
    return waitMs === 0 ? 0 : Math.ceil(waitMs + SPREAD_MS * this.#unit());
  }

  /** As `heldMs`; whoever gets 0 sends. */
  admit(origin: string, service: Service): number {
    const key = keyOf(origin, service);
    const waitMs = this.heldMs(origin, service);
    const breaker = this.#breakers.get(key);
    if (waitMs === 0 && breaker !== undefined) this.#breakers.set(key, letThrough(breaker, this.#clock.monotonic()));
    return waitMs;
  }

  /** @param status of the answer; undefined: no whole one came */
  report(origin: string, service: Service, status: number | undefined): void {
    const key = keyOf(origin, service);
    // 429 is an answer, and a rate limit of the app: that is kept elsewhere.
    if (status !== undefined && status < 500) this.#breakers.delete(key);
    else {
      const breaker = this.#breakers.get(key) ?? closedBreaker;
      this.#breakers.set(key, afterFailure(breaker, this.#clock.monotonic(), this.#unit()));
    }
  }
}

const keyOf = (origin: string, { kind, clientId = '' }: Service) => `${kind} ${origin} ${clientId}`;
