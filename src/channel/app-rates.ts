import type { SocialApp } from '../api/resources.gen.ts';
import { parseDuration } from '../core/instant.ts';
import type { PlatformProfile } from '../core/profile.ts';
import type { AppRates } from './ports.ts';

interface Bucket {
  /** What it was made for: another budget begins anew. */
  readonly budget: number;
  tokens: number;
  filledAt: number;
  /** Requests that wait for their turn, by who asked: the moment of it. */
  readonly turns: Map<string, number>;
  lastTurnAt: number;
}

interface Limit {
  readonly key: string;
  /** Of all replicas together. */
  readonly budget: number;
  /** Ours of them. */
  readonly requests: number;
  readonly windowMs: number;
}

/**
 * Token buckets by app and by platform: full at the start, refilled evenly over the window, never above their size. Whoever
 * finds one empty is given a turn, so that a wave of channels is spread over the time that it needs instead of all of them
 * asking again at once.
 */
export class TokenBuckets implements AppRates {
  readonly #buckets = new Map<string, Bucket>();
  readonly #monotonic: () => number;
  readonly #replicas: () => number;

  /**
   * @param monotonic milliseconds that never jump back
   * @param replicas among how many processes each budget is divided
   */
  constructor(monotonic: () => number, replicas: () => number = () => 1) {
    this.#monotonic = monotonic;
    this.#replicas = replicas;
  }

  take(app: SocialApp, profile: PlatformProfile, asker: string): number {
    const replicas = this.#replicas();
    const ours = limitsOf(app, profile).map((limit) => ({ ...limit, requests: limit.budget / replicas }));
    const longest = Math.max(0, ...ours.map((limit) => this.#waitMs(limit, asker)));
    if (longest > 0) return longest;
    for (const limit of ours) this.#spend(limit, asker);
    return 0;
  }

  #waitMs(limit: Limit, asker: string): number {
    const bucket = this.#filled(limit);
    const now = bucket.filledAt;
    const turnAt = bucket.turns.get(asker);
    if (turnAt !== undefined) return Math.max(turnAt - now, 0);
    // Nobody overtakes those who wait already.
    if (bucket.turns.size === 0 && bucket.tokens >= 1) return 0;
    const everyMs = limit.windowMs / limit.requests;
    const firstAt = now + Math.max(0, Math.ceil((1 - bucket.tokens) * everyMs));
    bucket.lastTurnAt = Math.max(firstAt, bucket.lastTurnAt + everyMs);
    bucket.turns.set(asker, bucket.lastTurnAt);
    return Math.max(bucket.lastTurnAt - now, 1);
  }

  #spend(limit: Limit, asker: string): void {
    const bucket = this.#filled(limit);
    bucket.turns.delete(asker);
    bucket.tokens -= 1;
  }

  #filled({ key, budget, requests, windowMs }: Limit): Bucket {
    const now = this.#monotonic();
    // A part of a request cannot be sent, so each replica saves up for a whole one.
    const size = Math.max(1, requests);
    const known = this.#buckets.get(key);
    const fresh = { budget, tokens: size, filledAt: now, turns: new Map<string, number>(), lastTurnAt: 0 };
    const bucket: Bucket = known?.budget === budget ? known : fresh;
    bucket.tokens = Math.min(size, bucket.tokens + ((now - bucket.filledAt) * requests) / windowMs);
    bucket.filledAt = now;
    // A turn that nobody took (the channel is gone, or waits for something else) does not keep the others waiting.
    for (const [asker, turnAt] of bucket.turns) if (turnAt + windowMs < now) bucket.turns.delete(asker);
    this.#buckets.set(key, bucket);
    return bucket;
  }
}

function limitsOf({ metadata, spec }: SocialApp, { name, limits }: PlatformProfile): Omit<Limit, 'requests'>[] {
  const found: Omit<Limit, 'requests'>[] = [];
  const key = metadata.uid ?? `${metadata.namespace}/${metadata.name}`;
  const own = spec.rateLimit;
  if (own !== undefined) found.push({ key, budget: own.requests, windowMs: parseDuration(own.window) ?? 1 });
  else if (limits?.requests !== undefined) found.push({ key, budget: limits.requests, windowMs: limits.windowMs });
  if (limits?.platformRequests !== undefined)
    found.push({ key: `platform ${name}`, budget: limits.platformRequests, windowMs: limits.windowMs });
  return found;
}
