import { createHash } from 'node:crypto';
import type { LedgerFilter } from './ledger-entries.ts';
import type { Grant, Token } from './platform.ts';

/** SHA-256 in hexadecimal: how the ledger names a token without showing it. */
export const sha256 = (value: string): string => createHash('sha256').update(value).digest('hex');

/** Every token ever issued; none is forgotten. */
export class TokenStore {
  readonly #byValue = new Map<string, Token>();
  readonly #byHash = new Map<string, Token>();
  readonly #byGrant = new Map<string, Token[]>();
  #issuedNow: Token[] = [];

  add(token: Token): void {
    this.#byValue.set(token.value, token);
    this.#byHash.set(token.hash, token);
    this.#byGrant.set(token.grant.id, [...this.of(token.grant), token]);
    this.#issuedNow.push(token);
  }

  /** Tokens added since the last call of this: what one answer carries. */
  takeIssued(): Token[] {
    const issued = this.#issuedNow;
    this.#issuedNow = [];
    return issued;
  }

  find(value: string): Token | undefined {
    return this.#byValue.get(value);
  }

  findByHash(hash: string): Token | undefined {
    return this.#byHash.get(hash);
  }

  /** In order of issue. */
  of(grant: Grant): Token[] {
    return this.#byGrant.get(grant.id) ?? [];
  }

  newestRefresh(grant: Grant): Token | undefined {
    return this.of(grant).findLast((token) => token.kind === 'refresh');
  }

  /** What keeps the grant: its newest refresh token or, where it has none, the person's newest access token. */
  mainOf(grant: Grant): Token | undefined {
    return grant.shape.refreshToken
      ? this.newestRefresh(grant)
      : this.of(grant).findLast(({ assetId }) => assetId === null);
  }

  all(filter: LedgerFilter): Token[] {
    return [...this.#byValue.values()].filter(({ grant }) => matchesFilter(grant, filter));
  }

  get size(): number {
    return this.#byValue.size;
  }
}

export function matchesFilter(
  subject: { platform: string; clientId: string | null; accountId?: string | null },
  filter: LedgerFilter,
): boolean {
  return (
    (filter.platform === undefined || filter.platform === subject.platform) &&
    (filter.clientId === undefined || filter.clientId === subject.clientId) &&
    (filter.accountId === undefined || filter.accountId === subject.accountId)
  );
}
