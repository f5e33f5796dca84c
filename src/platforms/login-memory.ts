import type { Account, TokenSet } from '../core/grant.ts';
import { loginDigest } from './requests.ts';

/** What the platform last told about a login; instants in epoch milliseconds. */
export interface RememberedLogin {
  readonly account?: Account | undefined;
  readonly person?: string | undefined;
  readonly identityAskedAt?: number | undefined;
  readonly roleAskedAt?: number | undefined;
}

/**
 * Whose login it is and what it may do, as this process last heard it, so that these questions can be asked less often
 * than the validity of the token. A restart forgets it, which costs one question of each kind for each login.
 */
export interface LoginMemory {
  recall(platform: string, tokens: TokenSet): RememberedLogin;
  remember(platform: string, tokens: TokenSet, news: RememberedLogin): void;
}

/** Keeps at most `limit` logins; the one that was told of longest ago goes first. */
export function createLoginMemory(limit = 50_000): LoginMemory {
  const logins = new Map<string, RememberedLogin>();
  const recall: LoginMemory['recall'] = (platform, tokens) => logins.get(`${platform} ${loginDigest(tokens)}`) ?? {};
  return {
    recall,
    remember(platform, tokens, news) {
      const key = `${platform} ${loginDigest(tokens)}`;
      const known = recall(platform, tokens);
      logins.delete(key);
      logins.set(key, { ...known, ...news });
      const oldest = logins.keys().next();
      if (logins.size > limit && !oldest.done) logins.delete(oldest.value);
    },
  };
}
