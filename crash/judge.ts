import type { Cell } from './cells.ts';

/** What was found out after a cell, by the platform's ledger, the wire and the stores. */
export interface Facts {
  readonly isFired: boolean;
  /** Why it never came to rest, where it did not. */
  readonly unsettled?: string;
  readonly state?: string | undefined;
  readonly reason?: string | undefined;
  /** The channel is gone from the cluster. */
  readonly isGone: boolean;
  /** Vault's record still holds a token. */
  readonly isStored: boolean;
  /** The platform would take what Vault holds. */
  readonly isStoredAlive: boolean;
  /** The platform would take what the Secret shows. */
  readonly isShownAlive: boolean;
  /** The platform says that the login has not ended. */
  readonly isGrantAlive: boolean;
  /** The operator gave the login back. */
  readonly isGivenBack: boolean;
  /** Renewals that the platform has granted. */
  readonly granted: number;
  /** Answers of renewals that Vault has written. */
  readonly committed: number;
  /** A renewal was granted and its answer did not reach the operator whole. */
  readonly isAnswerUndelivered: boolean;
  /** An answer had reached the operator and Vault had not got it when SIGKILL fell at once. */
  readonly isKilledInWindow: boolean;
  readonly doubleSpends: number;
  readonly complaints: readonly string[];
}

export type Outcome = 'kept' | 'unknown-then-kept' | 'unknowable' | 'LOST' | 'FALSE' | 'FAILED';

export interface Judgement {
  readonly outcome: Outcome;
  /** Why, where it is not plainly kept. */
  readonly why?: string;
}

export const isGood = ({ outcome }: Judgement): boolean =>
  ['kept', 'unknown-then-kept', 'unknowable'].includes(outcome);

const neverKilled = 'the call never came, so nothing was killed';

export const isNeverKilled = ({ why }: Judgement): boolean => why === neverKilled;

export function judge(cell: Cell, isSingleUse: boolean, facts: Facts): Judgement {
  if (!facts.isFired) return { outcome: 'FAILED', why: neverKilled };
  if (facts.unsettled !== undefined) return { outcome: 'FAILED', why: facts.unsettled };
  const [complaint] = facts.complaints;
  if (complaint !== undefined) return { outcome: 'FAILED', why: `the platform complains: ${complaint}` };
  if (cell.path === 'revoke' || cell.path === 'forget') return judgeLeaving(cell, facts);
  return facts.state === 'NeedsReauth' ? judgeVerdict(isSingleUse, facts) : judgeKept(facts);
}

function judgeLeaving({ path }: Cell, facts: Facts): Judgement {
  if (!facts.isGone) return { outcome: 'FAILED', why: 'the channel was not let go' };
  if (facts.isStored) return { outcome: 'FAILED', why: 'Vault still holds the tokens of a channel that is gone' };
  if (path === 'forget' && !facts.isGrantAlive) return { outcome: 'LOST', why: 'only forgotten, and yet ended' };
  if (path === 'revoke' && !facts.isGivenBack) return { outcome: 'LOST', why: 'the login was not given back' };
  return { outcome: 'kept' };
}

function judgeVerdict(isSingleUse: boolean, facts: Facts): Judgement {
  const { reason } = facts;
  if (facts.isStoredAlive)
    return { outcome: 'FALSE', why: `NeedsReauth (${reason}) although the platform takes the stored token` };
  if (reason !== 'RefreshInterrupted')
    return { outcome: 'FALSE', why: `NeedsReauth says ${reason}, and nobody withdrew anything` };
  const argument = isSingleUse ? argumentOf(facts) : undefined;
  if (argument !== undefined) return { outcome: 'unknowable', why: argument };
  return { outcome: 'LOST', why: 'the answer had reached the operator, and is gone' };
}

/** Why nobody could have kept it, where that is so (issue 5). */
function argumentOf({ isAnswerUndelivered, isKilledInWindow }: Facts): string | undefined {
  if (isAnswerUndelivered) return "the platform's answer died on the wire";
  return isKilledInWindow ? 'SIGKILL fell between the arrival of the answer and its acknowledged write' : undefined;
}

function judgeKept({ state, isStoredAlive, isShownAlive, granted, committed, doubleSpends }: Facts): Judgement {
  if (!isStoredAlive) return { outcome: 'LOST', why: `${state} although the platform does not take what Vault holds` };
  if (!isShownAlive) return { outcome: 'LOST', why: `${state} although the Secret shows a dead token` };
  if (doubleSpends > 0) return { outcome: 'FAILED', why: 'a single-use token was spent twice' };
  if (granted <= committed) return { outcome: 'kept' };
  return { outcome: 'unknown-then-kept', why: `granted ${granted} times, written ${committed} times` };
}
