/** OAuth 1.0a: what an app holds while a person decides. Instants are by the platform's clock. */
export interface RequestToken {
  value: string;
  secret: string;
  platform: string;
  clientId: string;
  callback: string;
  expiresAt: number;
  /** Once the person has approved. */
  verifier: string | null;
  /** The person denied, or the verifier was traded. */
  over: boolean;
}

/** Request tokens of all platforms that speak OAuth 1.0a, and the nonces of their signed requests. */
export class TemporaryCredentials {
  readonly #requestTokens = new Map<string, RequestToken>();
  readonly #nonces = new Set<string>();

  open(token: Omit<RequestToken, 'verifier' | 'over'>): RequestToken {
    const opened = { ...token, verifier: null, over: false };
    this.#requestTokens.set(token.value, opened);
    return opened;
  }

  /** One that may still lead to an access token. */
  find(platform: string, value: string, now: number): RequestToken | undefined {
    const known = this.#requestTokens.get(value);
    const isUsable = known?.platform === platform && !known.over && known.expiresAt > now;
    return isUsable ? known : undefined;
  }

  all(): RequestToken[] {
    return [...this.#requestTokens.values()];
  }

  /** Whether a nonce is new with this app, token and timestamp; from now on it is not. */
  takeNonce(...parts: readonly string[]): boolean {
    const key = JSON.stringify(parts);
    const isNew = !this.#nonces.has(key);
    this.#nonces.add(key);
    return isNew;
  }
}
