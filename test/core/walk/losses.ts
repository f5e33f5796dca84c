import type { Spend } from './platform.ts';
import type { Stage } from './stage.ts';

/**
 * Why a grant is over. `Withdrawn`: by the person. `Interrupted`: the answer died on the wire, or with the process that
 * had it. `RolledBack`: Vault was put back to a moment before the answer. `Outlived`: the process that had the answer
 * stood still for longer than its claim and the access token lived. `LOST`: none of it, so it was us.
 */
export type Cause = 'Withdrawn' | 'Interrupted' | 'RolledBack' | 'Outlived' | 'LOST';

/** What became of every consent that ended, by the ledger. */
export class Losses {
  /** Spends whose token was sent again because nobody could know any more that their answers were there. */
  readonly outlived = new Set<Spend>();
  /** Consents of which a token was sent under a claim that a restore of Vault had taken away meanwhile. */
  readonly unclaimed = new Set<number>();
  readonly #byConsent = new Map<number, Cause>();
  readonly #stage: Stage;

  constructor(stage: Stage) {
    this.#stage = stage;
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
    if (this.unclaimed.has(platform.tokenOf(token)?.consent.no ?? 0)) return 'RolledBack';
    const { spends } = platform;
    const replaced = spends.find((spend) => spend.token === token && spend.kind === 'Answered');
    if (replaced === undefined) return 'LOST';
    if (this.outlived.has(replaced)) return 'Outlived';
    if (replaced.fate === 'RolledBack') return 'RolledBack';
    return replaced.fate === 'Lost' || replaced.fate === 'Died' ? 'Interrupted' : 'LOST';
  }
}
