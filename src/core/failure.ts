import type { Reason } from '../api/reasons.ts';

/**
 * What we do next, not what went wrong (design section 7):
 * - `Transient`: back off and try again; the channel keeps its state.
 * - `Rejected`: the platform's own definite rejection of this grant; the only family that may lead to NeedsReauth.
 * - `Misconfigured`: somebody must change a setting; slow re-check, wakes on change, never NeedsReauth.
 * - `Unexpected`: an answer or a bug we do not understand; back off, counted apart, the channel keeps its state.
 */
export type Family = 'Transient' | 'Rejected' | 'Misconfigured' | 'Unexpected';

/** Who answered, or failed to. */
export type Source = 'Platform' | 'Vault' | 'Kubernetes' | 'Operator';

export interface FailureOptions {
  readonly source: Source;
  /** Milliseconds to wait as the other side asked (Retry-After). */
  readonly retryAfterMs?: number | undefined;
  /** HTTP status of the answer, where there was one. */
  readonly status?: number | undefined;
  /** True where the fault is the app's (client secret, suspension, quota): it is then reported on the SocialApp. */
  readonly isAppFault?: boolean | undefined;
}

/**
 * The only error that adapters throw. It is sorted once, where the raw response is read. The message is for people and
 * never holds a token, a code, a URL with a secret, or a response body.
 */
export class Failure extends Error {
  readonly family: Family;
  readonly reason: Reason;
  readonly source: Source;
  readonly retryAfterMs: number | undefined;
  readonly status: number | undefined;
  readonly isAppFault: boolean;

  constructor(family: Family, reason: Reason, message: string, options: FailureOptions) {
    super(message);
    this.name = 'Failure';
    this.family = family;
    this.reason = reason;
    this.source = options.source;
    this.retryAfterMs = options.retryAfterMs;
    this.status = options.status;
    this.isAppFault = options.isAppFault ?? false;
  }
}

/** A check-and-set write that lost: somebody else wrote a newer version. The caller observes again. */
export class CasLost extends Failure {
  constructor(message: string) {
    super('Transient', 'CasLost', message, { source: 'Vault' });
    this.name = 'CasLost';
  }
}

/** What a platform's trouble means for a login that is there. A consent that was just given ends with it instead. */
export const loginIsKept = 'The login is kept, and it is tried again.';

/** Any thrown value as a Failure; what is not one of ours is a bug or unknown, and keeps the channel's state. */
export function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  // The foreign message may hold anything, a secret too: only its type is told.
  const kind = error instanceof Error ? error.name : typeof error;
  const failure = new Failure('Unexpected', 'Unexpected', `an unexpected ${kind} inside the operator`, {
    source: 'Operator',
  });
  if (error instanceof Error && error.stack !== undefined) failure.stack = stackWithoutMessage(error);
  return failure;
}

function stackWithoutMessage(error: Error): string {
  const lines = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return [error.name, ...lines].join('\n');
}
