import type { Notice, NoticeSink } from '../core/notice.ts';

/** One way out: it sends, or throws {@link Undelivered}. */
export interface Sink {
  readonly name: NoticeSink;
  /** Notices of the same group go together; undefined: this sink has nobody to tell of it. */
  groupOf(notice: Notice): string | undefined;
  deliver(notices: readonly Notice[]): Promise<void>;
}

/** A notice that was not taken; it is sent again. The message is for people and holds no secret. */
export class Undelivered extends Error {
  /** The other side said no, and will say so again until somebody changes something. */
  readonly isRefused: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(message: string, options: { isRefused: boolean; retryAfterMs?: number | undefined }) {
    super(message);
    this.name = 'Undelivered';
    this.isRefused = options.isRefused;
    this.retryAfterMs = options.retryAfterMs;
  }
}
