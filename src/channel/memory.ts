import type { SocialChannelStatus } from '../api/resources.gen.ts';
import { backoffMs } from '../core/backoff.ts';
import type { Failure } from '../core/failure.ts';
import type { Attempt, Retry, Suspicion } from '../core/observation.ts';
import type { Settings } from '../core/settings.ts';

/** What this process remembers of one channel. Losing it costs an early attempt, never a grant. */
export interface ChannelMemory {
  retries: Partial<Record<Attempt, Retry>>;
  lastCheckAt?: number;
  /** The platform is asked by then, however lately it was. */
  checkWantedAt?: number;
  /** What the app was like when it ran into a fault of its own while the platform was asked. */
  faultyInputs?: string;
  /** Somebody asked for a refresh: the next check leaves no question out. */
  isThoroughWanted?: boolean;
  /** The refresh token that the platform rejected, and the verdict that this will be. */
  suspicion?: Suspicion;
  /** Fingerprint of the token whose rejection awaits its confirmation. */
  rejectedOnce?: string;
  /** When the access token was derived last; a refusal right after that is no passing thing. */
  derivedAt?: number;
  /** What the platform holds against the account although the login is good. */
  blocked?: Failure;
  /** What the platform said of the app beside a good login, since when. */
  appFault?: { readonly failure: Failure; readonly at: number };
  /** Grant and state that the Vault path `token` was last written for. */
  vaultToken?: string;
  /** Answers in escrow, or parked, that may be stored by now. Unknown to a process that has not looked yet. */
  hasLeftovers?: boolean;
  /** The Secrets that people were told of because their answers cannot be opened. */
  toldEscrows?: ReadonlySet<string>;
  handledRefreshRequest?: string | undefined;
  /** When the records of consents were read last. */
  consentReadAt?: number;
  /** Something of a consent was open then. */
  isConsentOpen?: boolean;
  /** A device is not asked about again before this. */
  devicePollAt?: number;
  /** The invitation of this process's making, until status tells of it. */
  invitation?: NonNullable<SocialChannelStatus['invitation']>;
  /** The grant, and the spec, with which all workloads of `spec.rollout` were seen to run. */
  restarted?: string;
  /** When this process restarted which workload: who takes the annotations off again shall not be answered by a storm. */
  restarts?: Map<string, number>;
  /** When the platform's last answer arrived, until the Secret shows it. */
  answeredAt?: number;
}

/** Memory by channel key; forgotten when the channel is gone. */
export class Memories {
  readonly #byKey = new Map<string, ChannelMemory>();

  of(key: string): ChannelMemory {
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const fresh: ChannelMemory = { retries: {} };
    this.#byKey.set(key, fresh);
    return fresh;
  }

  forget(key: string): void {
    this.#byKey.delete(key);
  }

  /** Another replica goes on: what was remembered of these is out of date when they come back. */
  forgetThose(which: (key: string) => boolean): void {
    for (const key of this.#byKey.keys()) if (which(key)) this.#byKey.delete(key);
  }
}

/**
 * Notes a failed attempt and when it is made again. A rejection is confirmed after a pause of its own, not by the
 * schedule of failures; a failure of another kind starts its own count.
 * @param context `rejectedSince`: the beginning of the same rejection as an earlier process wrote it down
 */
export function noteFailure(
  memory: ChannelMemory,
  attempt: Attempt,
  failure: Failure,
  context: { now: number; inputs: string; settings: Settings; unit: number; rejectedSince?: number | undefined },
): Retry {
  const before = memory.retries[attempt];
  const isSame = before?.failure.family === failure.family;
  const count = isSame ? before.count + 1 : 1;
  const backoff = backoffMs(failure, count, context.unit);
  const { confirmPauseMs } = context.settings;
  // From the third time on it is one of many that are not believed: then there is no hurry.
  const isConfirming = failure.family === 'Rejected' && count < 3;
  const waitMs = isConfirming
    ? confirmPauseMs
    : failure.family === 'Rejected'
      ? Math.max(backoff, confirmPauseMs)
      : backoff;
  const retry: Retry = {
    failure,
    count,
    firstAt: before === undefined ? (context.rejectedSince ?? context.now) : isSame ? before.firstAt : context.now,
    lastAt: context.now,
    nextAt: context.now + waitMs,
    inputs: context.inputs,
  };
  memory.retries[attempt] = retry;
  return retry;
}
