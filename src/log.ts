import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';
import { asFailure, type Family } from './core/failure.ts';

export type { Logger } from 'pino';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

interface LoggedError {
  readonly type: string;
  readonly family: Family;
  readonly reason: string;
  readonly source: string;
  readonly status?: number;
  readonly message: string;
  readonly stack?: string;
}

/** pino's number of the level. */
const WARN = 40;
const MINUTE_MS = 60_000;
/** So many warnings and errors of one kind are written in a minute: an outage is told, not streamed. */
export const linesOfAKind = 30;

/** What was written of one kind since a moment, and what was not. */
interface Kind {
  readonly since: number;
  written: number;
  unsaid: number;
}

/**
 * Lets the first warnings of a kind through in each minute, however many channels run into the same; the next one that is
 * written says how many were not. A kind is the constant message with the reason of its error, so there are few of them.
 */
class Pace {
  readonly #kinds = new Map<string, Kind>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** How many of this kind were left out before; undefined: this one is left out too. */
  admit(kind: string): number | undefined {
    const now = this.#now();
    const known = this.#kinds.get(kind);
    if (known === undefined || now - known.since >= MINUTE_MS) {
      this.#kinds.set(kind, { since: now, written: 1, unsaid: 0 });
      return known?.unsaid ?? 0;
    }
    known.written += 1;
    if (known.written <= linesOfAKind) return 0;
    known.unsaid += 1;
    return undefined;
  }
}

/**
 * JSON lines. Messages are constant; what varies goes into fields, so that lines can be counted and searched by message.
 * Errors go into the field `err`. Secrets that are sealed print as `[sealed]`.
 *
 * @param destination where lines go; standard output unless given
 * @param now milliseconds that never jump back
 */
export function createLogger(
  level: LogLevel,
  destination?: DestinationStream,
  now: () => number = () => performance.now(),
): Logger {
  const pace = new Pace(now);
  const options: LoggerOptions = {
    level,
    // Pod and host are known to whatever collects the lines.
    base: null,
    messageKey: 'message',
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: loggedError },
    hooks: {
      logMethod(args, write, severity) {
        const [fields, message] = args as unknown as [Record<string, unknown> | string, string | undefined];
        if (severity < WARN || typeof fields === 'string') return write.apply(this, args);
        const reason = fields.err === undefined ? '' : asFailure(fields.err).reason;
        const unsaid = pace.admit(`${message} ${reason}`);
        if (unsaid === undefined) return;
        write.apply(this, [unsaid === 0 ? fields : { ...fields, unsaid }, message]);
      },
    },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/** Field by field what may be told of an error: foreign messages, causes, requests and headers can hold a token. */
export function loggedError(error: unknown): LoggedError {
  const failure = asFailure(error);
  return {
    type: error instanceof Error ? error.name : typeof error,
    family: failure.family,
    reason: failure.reason,
    source: failure.source,
    ...(failure.status === undefined ? {} : { status: failure.status }),
    message: failure.message,
    // A bug without its place cannot be found; the frames of `asFailure` come without the foreign message.
    ...(failure === error || failure.stack === undefined ? {} : { stack: failure.stack }),
  };
}
