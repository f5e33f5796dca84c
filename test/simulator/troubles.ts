import type { Cause, Interval, TokenKind } from './model.ts';

/** What a trouble keeps from working while it lasts: refresh tokens alone, or access tokens too. */
export type Stop = 'nothing' | 'renewal' | 'everything';

/** A state of the field that lasts until it is cured. Instants are this machine's. */
export interface Trouble extends Interval {
  platform: string;
  cause: Cause;
  accountId: string;
  /** null is with every app. */
  clientId: string | null;
  /** The page or organization that it is about; null is none. */
  assetId: string | null;
  stops: Stop;
  /** Puts back what the trouble took; null when it took nothing. */
  undo: (() => void) | null;
}

/** Whom a platform asks about; a grant is one. */
export interface Concerned {
  platform: string;
  accountId: string | null;
  clientId: string;
}

export const keepsFromWorking = ({ stops }: Trouble, kind: TokenKind): boolean =>
  stops === 'everything' || (stops === 'renewal' && kind === 'refresh');

const isSame = (one: Omit<Trouble, 'stops' | 'undo' | keyof Interval>, other: Trouble): boolean =>
  one.platform === other.platform &&
  one.cause === other.cause &&
  one.accountId === other.accountId &&
  one.clientId === other.clientId &&
  one.assetId === other.assetId;

/** Every trouble there was, those in force among them. */
export class Troubles {
  readonly #all: Trouble[] = [];

  /**
   * Does nothing when the same trouble is in force already.
   * @param take does what belongs to the trouble, and returns how to put that back
   */
  begin(trouble: Omit<Trouble, 'to' | 'undo'>, take: () => Trouble['undo']): void {
    if (!this.#inForce().some((known) => isSame(trouble, known))) {
      this.#all.push({ ...trouble, undo: take(), to: null });
    }
  }

  /** How many were in force and are over now. */
  end(trouble: Omit<Trouble, 'stops' | 'undo' | keyof Interval>, at: number): number {
    const over = this.#inForce().filter((known) => isSame(trouble, known));
    for (const known of over) {
      known.to = at;
      known.undo?.();
    }
    return over.length;
  }

  /** Whether this troubles the account now, with this app, on this page where one is named. */
  has(cause: Cause, concerned: Concerned, assetId: string | null = null): boolean {
    return this.#inForce().some(
      (known) => known.cause === cause && known.assetId === assetId && concerns(known, concerned),
    );
  }

  /** All that there ever was of what keeps tokens of this kind from working. */
  stopping(concerned: Concerned, kind: TokenKind): Trouble[] {
    return this.#all.filter((known) => keepsFromWorking(known, kind) && concerns(known, concerned));
  }

  #inForce(): Trouble[] {
    return this.#all.filter(({ to }) => to === null);
  }
}

const concerns = (trouble: Trouble, { platform, accountId, clientId }: Concerned): boolean =>
  trouble.platform === platform &&
  trouble.accountId === accountId &&
  (trouble.clientId === null || trouble.clientId === clientId);
