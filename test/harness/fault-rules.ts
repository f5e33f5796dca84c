/** What a fault does to a request. Times are milliseconds. */
export type FaultAction =
  /** Passes it on, later. */
  | { readonly delayMs: number }
  /** Resets the connection without passing the request on. */
  | { readonly cut: true }
  /** Answers by itself, without passing the request on. */
  | { readonly answer: CannedAnswer }
  /** Passes it on, waits for the whole answer, drops it and resets the connection. */
  | { readonly swallow: true }
  /** Passes the answer's head and about half of its body on, then resets the connection. */
  | { readonly truncate: true }
  /** Never passes it on and never answers. */
  | { readonly hang: true }
  /**
   * Calls `victim` (usually the operator's `kill`) at exactly that point and passes nothing more on. With `after-answer`
   * something else may be broken `first`, before the client has seen a byte.
   */
  | { readonly kill: KillPoint; readonly victim: () => Promise<unknown>; readonly first?: () => Promise<unknown> };

/**
 * `before-forward`: upstream never sees the request. `after-forward`: upstream has answered in full and the client gets
 * nothing. `after-answer`: right after the last byte of the answer went to the client.
 */
export type KillPoint = 'before-forward' | 'after-forward' | 'after-answer';

export interface CannedAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface RequestMatch {
  readonly method?: string;
  /** Against the path with its query. */
  readonly path?: RegExp;
  readonly body?: RegExp;
}

export interface FaultRule extends RequestMatch {
  readonly action: FaultAction;
  /** The first matching request that is acted on, counted from 1. */
  readonly nth?: number;
  /** How many are acted on. Default: one where `nth` is given or the action kills, else all. */
  readonly times?: number;
}

/** A rule in force. */
export interface ActiveRule {
  /** How many requests it was applied to. */
  readonly hits: number;
  /** How many requests matched, those before `nth` and after `times` included. */
  readonly matched: number;
  remove(): void;
}

export interface ArrivedRequest {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

/** The rules of one proxy. The first rule in force that applies decides. */
export class FaultRules {
  readonly #rules: CountedRule[] = [];

  add(rule: FaultRule): ActiveRule {
    const counted = new CountedRule(rule, () => {
      const index = this.#rules.indexOf(counted);
      if (index >= 0) this.#rules.splice(index, 1);
    });
    this.#rules.push(counted);
    return counted;
  }

  clear(): void {
    this.#rules.length = 0;
  }

  /** Every rule counts the request, whichever is the one that applies. */
  actionFor(request: ArrivedRequest): FaultAction | undefined {
    const applying = this.#rules.filter((rule) => rule.count(request));
    const [first] = applying;
    if (first === undefined) return undefined;
    first.hits += 1;
    return first.action;
  }
}

class CountedRule implements ActiveRule {
  hits = 0;
  matched = 0;
  readonly action: FaultAction;
  readonly remove: () => void;
  readonly #match: RequestMatch;
  readonly #nth: number;
  readonly #times: number;

  constructor(rule: FaultRule, remove: () => void) {
    const once = rule.nth !== undefined || 'kill' in rule.action;
    this.action = rule.action;
    this.remove = remove;
    this.#match = rule;
    this.#nth = rule.nth ?? 1;
    this.#times = rule.times ?? (once ? 1 : Number.POSITIVE_INFINITY);
  }

  count(request: ArrivedRequest): boolean {
    if (!matches(this.#match, request)) return false;
    this.matched += 1;
    return this.matched >= this.#nth && this.hits < this.#times;
  }
}

/** A pattern with the flags g or y would remember where it stopped, so patterns are used without them. */
export function matches({ method, path, body }: RequestMatch, request: ArrivedRequest): boolean {
  if (method !== undefined && method !== request.method) return false;
  if (path !== undefined && request.path.search(path) < 0) return false;
  return body === undefined || request.body.search(body) >= 0;
}
