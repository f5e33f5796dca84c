import type { SocialApp } from '../api/resources.gen.ts';
import { parseDuration } from '../core/instant.ts';
import type { PlatformProfile } from '../core/profile.ts';
import type { AppRates } from './ports.ts';

interface Turn {
  readonly asker: string;
  /** When it is too late for what is asked, epoch milliseconds: who has least time left goes first. */
  readonly tooLateAt: number;
  /** When its turn is, as it was told last. */
  readonly at: number;
}

interface Bucket {
  /** What it was made for: another budget begins anew. */
  readonly budget: number;
  tokens: number;
  filledAt: number;
  /** Who waits, the most pressing first, and among equals who came first. */
  turns: Turn[];
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
 * asking again at once. Turns are in the order of what each has left: somebody who is waited for, then the tokens that end
 * first, then questions; who was overtaken is told a later turn when it comes.
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

  take(app: SocialApp, profile: PlatformProfile, asker: string, tooLateAt: number): number {
    const replicas = this.#replicas();
    const ours = limitsOf(app, profile).map((limit) => ({ ...limit, requests: limit.budget / replicas }));
    const longest = Math.max(0, ...ours.map((limit) => this.#waitMs(limit, asker, tooLateAt)));
    if (longest > 0) return longest;
    for (const limit of ours) this.#spend(limit, asker);
    return 0;
  }

  #waitMs(limit: Limit, asker: string, tooLateAt: number): number {
    const bucket = this.#filled(limit);
    const known = bucket.turns.findIndex((turn) => turn.asker === asker);
    if (known >= 0 && bucket.turns[known]?.tooLateAt !== tooLateAt) bucket.turns.splice(known, 1);
    const isKnown = known >= 0 && bucket.turns[known]?.asker === asker;
    const rank = isKnown ? known : rankOf(bucket.turns, tooLateAt);
    const everyMs = limit.windowMs / limit.requests;
    // What is left of a division must not cost a whole turn.
    const waitMs = Math.ceil((rank + 1 - bucket.tokens) * everyMs - 1e-6);
    if (waitMs <= 0) return 0;
    const turn = { asker, tooLateAt, at: bucket.filledAt + waitMs };
    bucket.turns.splice(rank, isKnown ? 1 : 0, turn);
    return waitMs;
  }

  #spend(limit: Limit, asker: string): void {
    const bucket = this.#filled(limit);
    bucket.turns = bucket.turns.filter((turn) => turn.asker !== asker);
    bucket.tokens -= 1;
  }

  #filled({ key, budget, requests, windowMs }: Limit): Bucket {
    const now = this.#monotonic();
    // A part of a request cannot be sent, so each replica saves up for a whole one.
    const size = Math.max(1, requests);
    const known = this.#buckets.get(key);
    const fresh: Bucket = { budget, tokens: size, filledAt: now, turns: [] };
    const bucket = known?.budget === budget ? known : fresh;
    bucket.tokens = Math.min(size, bucket.tokens + ((now - bucket.filledAt) * requests) / windowMs);
    bucket.filledAt = now;
    // A turn that nobody took (the channel is gone, or waits for something else) does not keep the others waiting.
    if (bucket.turns.some(({ at }) => at + windowMs < now))
      bucket.turns = bucket.turns.filter(({ at }) => at + windowMs >= now);
    this.#buckets.set(key, bucket);
    return bucket;
  }
}

/** Behind all that are as pressing. */
function rankOf(turns: readonly Turn[], tooLateAt: number): number {
  let [from, to] = [0, turns.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((turns[middle]?.tooLateAt ?? 0) <= tooLateAt) from = middle + 1;
    else to = middle;
  }
  return from;
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
