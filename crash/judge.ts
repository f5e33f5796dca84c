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
  /** Of a consent. */
  readonly person?: PersonFacts;
}

/** What a person met who connected the channel, and what became of the logins that they gave. */
export interface PersonFacts {
  /** How often they agreed at the platform. */
  readonly agreed: number;
  /** Authorization codes that were sent more than once. */
  readonly codesTwice: number;
  /** Logins given and not kept, although their answer had reached an operator that could have stored it. */
  readonly droppedInHand: number;
  /** Logins given and not kept: the platform's answer died on the wire, or with the process before its acknowledged write. */
  readonly droppedUnheard: number;
  readonly droppedInWindow: number;
  /** The reason by which a status asked for a person while the path went on. */
  readonly blamedFor?: string;
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
  if (facts.person !== undefined) return judgeConsent(cell, facts, facts.person);
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

/** A person may have to try again, once for each thing that went wrong, and only where nobody could have kept what they gave. */
function judgeConsent({ trouble }: Cell, facts: Facts, person: PersonFacts): Judgement {
  const { agreed, codesTwice, droppedInHand, droppedUnheard, droppedInWindow, blamedFor } = person;
  if (codesTwice > 0) return { outcome: 'FAILED', why: 'an authorization code was exchanged twice' };
  if (facts.doubleSpends > 0) return { outcome: 'FAILED', why: 'a single-use token was spent twice' };
  const mishaps = trouble === 'answer-lost' ? 2 : 1;
  if (agreed > 1 + mishaps) return { outcome: 'FAILED', why: `the person had to agree ${agreed} times` };
  if (!facts.isStoredAlive) return { outcome: 'LOST', why: 'the platform does not take what Vault holds' };
  if (!facts.isShownAlive) return { outcome: 'LOST', why: 'the Secret shows a dead token' };
  if (blamedFor !== undefined) return { outcome: 'FALSE', why: `NeedsReauth (${blamedFor}) amid a consent` };
  if (droppedInHand > 0) return { outcome: 'LOST', why: 'what a person gave had reached the operator, and is gone' };
  const again = 'the person was told, and connected the channel by another try';
  if (droppedUnheard > 0) return { outcome: 'unknowable', why: `the platform's answer died on the wire; ${again}` };
  if (droppedInWindow > 0)
    return { outcome: 'unknowable', why: `SIGKILL fell between the answer and its acknowledged write; ${again}` };
  return { outcome: 'kept' };
}

function judgeKept({ state, isStoredAlive, isShownAlive, granted, committed, doubleSpends }: Facts): Judgement {
  if (!isStoredAlive) return { outcome: 'LOST', why: `${state} although the platform does not take what Vault holds` };
  if (!isShownAlive) return { outcome: 'LOST', why: `${state} although the Secret shows a dead token` };
  if (doubleSpends > 0) return { outcome: 'FAILED', why: 'a single-use token was spent twice' };
  if (granted <= committed) return { outcome: 'kept' };
  return { outcome: 'unknown-then-kept', why: `granted ${granted} times, written ${committed} times` };
}
