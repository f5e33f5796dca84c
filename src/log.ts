import { type DestinationStream, type Logger, pino } from 'pino';
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

/**
 * JSON lines. Messages are constant; what varies goes into fields, so that lines can be counted and searched by message.
 * Errors go into the field `err`. Secrets that are sealed print as `[sealed]`.
 *
 * @param destination where lines go; standard output unless given
 */
export function createLogger(level: LogLevel, destination?: DestinationStream): Logger {
  const options = {
    level,
    // Pod and host are known to whatever collects the lines.
    base: null,
    messageKey: 'message',
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: loggedError },
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
