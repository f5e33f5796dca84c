import type { Answers } from './answers.ts';
import type { Stage } from './stage.ts';

/**
 * Why a grant is over. `Withdrawn`: by the person. `Interrupted`: the answer died on the wire, or with the process that
 * had it. `RolledBack`: a restore took the answer away, or the claim that would have told of it. `Outlived`: the process
 * that had the answer stood still for longer than its claim lived. `LOST`: none of it, so it was us.
 */
export type Cause = 'Withdrawn' | 'Interrupted' | 'RolledBack' | 'Outlived' | 'LOST';

/** What became of every consent that ended, by the ledger. */
export class Losses {
  readonly #byConsent = new Map<number, Cause>();
  /** Why a token of this consent was sent again, by what nobody could know. */
  readonly #replays = new Map<number, Cause>();
  readonly #stage: Stage;
  readonly #answers: Answers;

  constructor(stage: Stage, answers: Answers) {
    this.#stage = stage;
    this.#answers = answers;
  }

  /** A token is sent again; the platform may end the whole consent for that. */
  replayed(consent: number, excuse: Cause): void {
    if (!this.#replays.has(consent)) this.#replays.set(consent, excuse);
  }

  /** What renews is refused by the platform: whose doing is that? */
  note(token: string | undefined): void {
    const { platform, judge } = this.#stage;
    const known = platform.tokenOf(token);
    if (known === undefined || platform.accepts(token) || this.#byConsent.has(known.consent.no)) return;
    const cause = known.consent.isWithdrawn ? 'Withdrawn' : this.#causeOf(known.value);
    this.#byConsent.set(known.consent.no, cause);
    if (cause === 'LOST') judge.violation('no grant is lost', `${token} is refused, and nobody but us did that`);
  }

  counts(): Readonly<Partial<Record<Cause, number>>> {
    const found: Partial<Record<Cause, number>> = {};
    for (const cause of this.#byConsent.values()) found[cause] = (found[cause] ?? 0) + 1;
    return found;
  }

  #causeOf(token: string): Cause {
    const { platform } = this.#stage;
    const known = platform.tokenOf(token);
    const replayed = known === undefined ? undefined : this.#replays.get(known.consent.no);
    if (known?.consent.isRevokedByReplay === true) return replayed ?? 'LOST';
    const replaced = platform.replacing(token);
    // A backup of long ago: it had ended before it came back.
    if ((known?.endsAt ?? 0) <= this.#answers.restoredAt) return 'RolledBack';
    if (replaced === undefined) return 'LOST';
    return replayed ?? this.#answers.excuse(replaced, undefined) ?? 'LOST';
  }
}
