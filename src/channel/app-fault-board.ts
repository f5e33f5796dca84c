import type { Reason } from '../api/reasons.ts';
import type { Failure } from '../core/failure.ts';
import type { ObjectRef } from '../core/ports.ts';
import type { AppFaults, RequestKind } from './ports.ts';

export interface Fault {
  readonly failure: Failure;
  readonly since: number;
  readonly by: RequestKind;
}

/** Faults of apps that requests of their channels ran into; the newest word of the platform counts. */
export class AppFaultBoard implements AppFaults {
  readonly #faults = new Map<string, Fault>();
  readonly #recoveries = new Map<string, number>();
  readonly #questionsClearedAt = new Map<string, number>();
  /** By app: the channels whose logins died at the age at which logins of apps in testing die. */
  readonly #diedOfTesting = new Map<string, Set<string>>();
  readonly #now: () => number;
  readonly #onNews: (app: string) => void;

  constructor(now: () => number, onNews: (app: string) => void) {
    this.#now = now;
    this.#onNews = onNews;
  }

  report(app: ObjectRef, failure: Failure, by: RequestKind): void {
    const key = `${app.namespace}/${app.name}`;
    const known = this.#faults.get(key);
    if (known?.failure.reason === failure.reason) return;
    this.#faults.set(key, { failure, since: this.#now(), by });
    this.#onNews(key);
  }

  clear(app: ObjectRef, by: RequestKind): void {
    const key = `${app.namespace}/${app.name}`;
    if (by === 'Question') this.#questionsClearedAt.set(key, this.#now());
    const known = this.#faults.get(key);
    const isShown = known?.by === by || (by === 'Token' && isOfTheClient(known?.failure.reason));
    if (isShown) this.#over(key);
  }

  /** When a channel of this replica was told well of in every question, so that nothing is held against the app. */
  questionsClearedAt(key: string): number | undefined {
    return this.#questionsClearedAt.get(key);
  }

  /** What no channel tells any more: the one that ran into it has another replica, or is gone. */
  expire(key: string): void {
    const since = this.#faults.get(key)?.since;
    if (since !== undefined && this.#now() - since > STALE_AFTER_MS) this.#over(key);
  }

  #over(key: string): void {
    this.#faults.delete(key);
    this.#recoveries.set(key, (this.#recoveries.get(key) ?? 0) + 1);
    this.#onNews(key);
  }

  recoveries(app: ObjectRef): number {
    return this.#recoveries.get(`${app.namespace}/${app.name}`) ?? 0;
  }

  diedOfTesting(app: ObjectRef, channel: ObjectRef): boolean {
    const key = `${app.namespace}/${app.name}`;
    const died = this.#diedOfTesting.get(key) ?? new Set();
    died.add(`${channel.namespace}/${channel.name}`);
    this.#diedOfTesting.set(key, died);
    if (died.size === severalDeaths) this.#onNews(key);
    return died.size >= severalDeaths;
  }

  isInTesting(key: string): boolean {
    return (this.#diedOfTesting.get(key)?.size ?? 0) >= severalDeaths;
  }

  of(key: string): Fault | undefined {
    return this.#faults.get(key);
  }
}

/** So long a fault is believed that stands in no channel's status: by then it would. */
const STALE_AFTER_MS = 600_000;
/** A token that was given shows that client id and secret are right, whoever had found them wrong. */
function isOfTheClient(reason: Reason | undefined): boolean {
  return reason === 'AppSecretInvalid' || reason === 'AppUnknown';
}

/** One login may end at that age by chance. */
const severalDeaths = 2;
