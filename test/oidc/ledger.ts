import { createHash } from 'node:crypto';
import type { GrantEnd, GrantView, LedgerFilter, LedgerSummary, Spend, TokenView } from './model.ts';

export interface RecordedToken extends TokenView {
  value: string;
  serial: number;
  consumed: boolean;
  /** It was presented after it was issued. */
  seen: boolean;
}

export const sha256 = (value: string): string => createHash('sha256').update(value).digest('hex');

const matches = (subject: { clientId: string; accountId: string }, filter: LedgerFilter): boolean =>
  (filter.clientId === undefined || filter.clientId === subject.clientId) &&
  (filter.accountId === undefined || filter.accountId === subject.accountId);

/** What the server's own events told, never what it might have meant. */
export class OidcLedger {
  readonly serverErrors: string[] = [];
  readonly #grants = new Map<string, GrantView>();
  readonly #tokens = new Map<string, RecordedToken>();
  readonly #spends: Spend[] = [];

  openGrant(id: string, clientId: string, accountId: string): void {
    const opened = { openedAt: Date.now(), endedAt: null, endedBy: null, refreshes: 0, alive: true };
    this.#grants.set(id, { id, clientId, accountId, ...opened });
  }

  /** True when it was alive. */
  endGrant(id: string, cause: GrantEnd): boolean {
    const grant = this.#grants.get(id);
    if (!grant?.alive) {
      return false;
    }
    const endedAt = Date.now();
    Object.assign(grant, { alive: false, endedAt, endedBy: cause });
    for (const token of this.#tokens.values()) {
      if (token.grantId === id) {
        token.endedAt = Math.min(token.endedAt, endedAt);
      }
    }
    return true;
  }

  issue(value: string, token: Omit<TokenView, 'hash' | 'issuedAt'>): void {
    const record = { ...token, value, hash: sha256(value), serial: this.#tokens.size, consumed: false, seen: false };
    this.#tokens.set(record.hash, { ...record, issuedAt: Date.now() });
  }

  consume(value: string): void {
    const token = this.find(value);
    if (token) {
      token.consumed = true;
      token.endedAt = Math.min(token.endedAt, Date.now());
    }
  }

  see(value: string): void {
    const token = this.find(value);
    if (token) {
      token.seen = true;
    }
  }

  find(value: string): RecordedToken | undefined {
    return this.#tokens.get(sha256(value));
  }

  spend(spend: Omit<Spend, 'id' | 'overlap'>): void {
    const overlapping = this.#spends.filter(
      (other) =>
        other.tokenHash === spend.tokenHash && other.arrivedAt < spend.answeredAt && spend.arrivedAt < other.answeredAt,
    );
    for (const other of overlapping) {
      other.overlap = true;
    }
    this.#spends.push({ ...spend, id: this.#spends.length + 1, overlap: overlapping.length > 0 });
    const grant = this.#grants.get(spend.grantId ?? '');
    if (grant && spend.outcome === 'granted') {
      grant.refreshes += 1;
    }
  }

  grants(filter: LedgerFilter): GrantView[] {
    return [...this.#grants.values()].filter((grant) => matches(grant, filter));
  }

  tokens(filter: LedgerFilter): TokenView[] {
    const fitting = [...this.#tokens.values()].filter((token) => matches(token, filter));
    return fitting.map(({ kind, hash, grantId, clientId, accountId, issuedAt, endedAt }) => ({
      ...{ kind, hash, grantId, clientId, accountId, issuedAt, endedAt },
    }));
  }

  values(): string[] {
    return [...this.#tokens.values()].map((token) => token.value);
  }

  spends(filter: LedgerFilter): Spend[] {
    return this.#spends.filter((spend) => {
      const grant = this.#grants.get(spend.grantId ?? '');
      const subject = { clientId: spend.clientId ?? '', accountId: grant?.accountId ?? '' };
      return matches(subject, filter);
    });
  }

  summary(filter: LedgerFilter): LedgerSummary {
    const grants = this.grants(filter);
    return {
      doubleSpends: this.spends(filter).filter((spend) => spend.replay || spend.overlap),
      lostGrants: grants.filter((grant) => grant.endedBy === 'replay'),
      unconfirmedRotations: grants.filter((grant) => this.#unconfirmed(grant)).map((grant) => grant.id),
      refreshesByGrant: Object.fromEntries(grants.map((grant) => [grant.id, grant.refreshes])),
      serverErrors: this.serverErrors,
    };
  }

  /** Tokens of one answer are issued together: the refresh token first, its access token right after. */
  #unconfirmed(grant: GrantView): boolean {
    const tokens = [...this.#tokens.values()].filter((token) => token.grantId === grant.id);
    const newest = tokens.findLast((token) => token.kind === 'refresh');
    const younger = tokens.filter((token) => newest && token.serial >= newest.serial);
    return grant.alive && grant.refreshes > 0 && !younger.some((token) => token.seen);
  }
}
