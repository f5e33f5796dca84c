import type { SocialApp } from '../api/resources.gen.ts';
import { parseDuration } from '../core/instant.ts';
import type { AppRates } from './ports.ts';

interface Bucket {
  tokens: number;
  filledAt: number;
}

/** Token buckets by app: full at the start, refilled evenly over the window, never above its size. */
export class TokenBuckets implements AppRates {
  readonly #buckets = new Map<string, Bucket>();
  readonly #monotonic: () => number;

  /** @param monotonic milliseconds that never jump back */
  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
  }

  take(app: SocialApp): number {
    const limit = app.spec.rateLimit;
    if (limit === undefined) return 0;
    const perMs = limit.requests / (parseDuration(limit.window) ?? 1);
    const key = app.metadata.uid ?? `${app.metadata.namespace}/${app.metadata.name}`;
    const now = this.#monotonic();
    const bucket = this.#buckets.get(key) ?? { tokens: limit.requests, filledAt: now };
    bucket.tokens = Math.min(limit.requests, bucket.tokens + (now - bucket.filledAt) * perMs);
    bucket.filledAt = now;
    this.#buckets.set(key, bucket);
    if (bucket.tokens < 1) return Math.ceil((1 - bucket.tokens) / perMs);
    bucket.tokens -= 1;
    return 0;
  }
}
