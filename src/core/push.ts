/** A request that a platform sent by itself, as it arrived. */
export interface PushRequest {
  readonly method: 'GET' | 'POST';
  readonly query: Readonly<Record<string, string>>;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Where a person can look at what became of a request to delete data, by its code. */
  readonly deletionURL: (code: string) => string;
}

export interface PushAnswer {
  readonly status: 200 | 202 | 204;
  readonly type: 'text/plain' | 'application/json';
  readonly body: string;
}

/** What a genuine message says: a login of one of these may have ended. It is a reason to ask, never a verdict. */
export interface PushSignal {
  /** Tells it from other messages of this app. */
  readonly id: string;
  readonly event: string;
  /** Of accounts or persons, as the platform names them. */
  readonly subjects: readonly string[];
}

/**
 * What a request turned out to be. `Forged`: its proof is wrong; `Old`: it was genuine once; `Failed`: it could not be
 * checked now, and may come again.
 */
export type Heard =
  | { readonly kind: 'Signal'; readonly signal: PushSignal; readonly answer: PushAnswer }
  | { readonly kind: 'Challenged' | 'Ignored'; readonly answer: PushAnswer }
  | { readonly kind: 'Forged' | 'Old' | 'Malformed' | 'Failed' };

export const acknowledged: PushAnswer = { status: 204, type: 'text/plain', body: '' };
