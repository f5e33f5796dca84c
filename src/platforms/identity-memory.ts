import type { Account, TokenSet } from '../core/grant.ts';
import { loginDigest } from './requests.ts';

export interface RememberedAccount {
  readonly account: Account;
  /** When the platform told it, epoch milliseconds. */
  readonly askedAt: number;
}

/**
 * Whose login it is, as this process last heard it, so that the question can be asked less often than the validity of
 * the token. A restart forgets it, which costs one question for each login.
 */
export interface IdentityMemory {
  recall(platform: string, tokens: TokenSet): RememberedAccount | undefined;
  remember(platform: string, tokens: TokenSet, account: RememberedAccount): void;
}

/** Keeps at most `limit` accounts; the one that was told longest ago goes first. */
export function createIdentityMemory(limit = 50_000): IdentityMemory {
  const accounts = new Map<string, RememberedAccount>();
  return {
    recall: (platform, tokens) => accounts.get(`${platform} ${loginDigest(tokens)}`),
    remember(platform, tokens, account) {
      const key = `${platform} ${loginDigest(tokens)}`;
      accounts.delete(key);
      accounts.set(key, account);
      const oldest = accounts.keys().next();
      if (accounts.size > limit && !oldest.done) accounts.delete(oldest.value);
    },
  };
}
