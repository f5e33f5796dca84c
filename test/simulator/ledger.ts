import type { Complaint, LedgerFilter, Spend, SpendOutcome } from './ledger-entries.ts';
import type { FaultKind } from './model.ts';
import { matchesFilter } from './token-store.ts';

/** What a spend is known by when it arrives. */
export type Arrival = Pick<
  Spend,
  'kind' | 'platform' | 'clientId' | 'accountId' | 'grantId' | 'tokenHash' | 'arrivedAt' | 'replay' | 'singleUse'
>;

/** What happened on the wire: spends and complaints, in order of arrival. Grants and tokens are the world's. */
export class Ledger {
  readonly #spends: Spend[] = [];
  readonly #complaints: Complaint[] = [];

  /** Opens a spend. It stays in flight until `closeSpend`, and so do those of the same token that overlap it. */
  openSpend(arrival: Arrival): Spend {
    const inFlight = this.#spends.filter(
      (spend) => spend.answeredAt === null && spend.tokenHash === arrival.tokenHash && spend.kind === arrival.kind,
    );
    const spend: Spend = {
      ...arrival,
      id: this.#spends.length + 1,
      answeredAt: null,
      outcome: 'pending',
      status: null,
      delivered: false,
      fault: null,
      overlap: inFlight.length > 0,
      rejected: false,
    };
    this.#spends.push(spend);
    return spend;
  }

  /** Records what the platform decided; the spend is still in flight. */
  decideSpend(spend: Spend, outcome: SpendOutcome, fault: FaultKind | null): void {
    spend.outcome = outcome;
    spend.rejected = outcome === 'rejected';
    spend.fault = fault;
  }

  closeSpend(spend: Spend, at: number, wire: { status: number | null; delivered: boolean }): void {
    if (spend.answeredAt === null) {
      Object.assign(spend, { answeredAt: at, ...wire });
    }
  }

  complain(complaint: Complaint): void {
    this.#complaints.push(complaint);
  }

  spends(filter: LedgerFilter): Spend[] {
    return this.#spends.filter((spend) => matchesFilter(spend, filter));
  }

  /** A complaint of which the app is not known matches every app. */
  complaints(filter: LedgerFilter): Complaint[] {
    return this.#complaints.filter((complaint) => {
      const { clientId } = filter;
      const ofApp = clientId === undefined || complaint.clientId === null || complaint.clientId === clientId;
      return ofApp && (filter.platform === undefined || filter.platform === complaint.platform);
    });
  }
}
