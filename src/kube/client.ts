import type { Dispatcher } from 'undici';
import { Failure } from '../core/failure.ts';
import type { Connection, ConnectionSource } from './connection.ts';
import { answerFailure, type Errand, toFailure } from './failure.ts';

/** Body formats of a PATCH (Kubernetes API reference, "Updates to existing resources"). */
export const patchTypes = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

/** One request to the API server. */
export interface ApiCall extends Errand {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
  readonly signal?: AbortSignal;
}

/** What is known of a call once it ended, for metrics. `status` is absent when no answer came. */
export interface CallReport {
  readonly method: string;
  readonly resource: string;
  readonly status: number | undefined;
  readonly durationMs: number;
}

export interface ApiClientOptions {
  /** Deadline of one call, milliseconds; streams have none. */
  readonly deadlineMs?: number;
  readonly userAgent?: string;
  /** Told of every call; it must not throw. */
  readonly onCall?: (report: CallReport) => void;
}

/**
 * JSON requests to one API server, each sent once. What fails is thrown as a `Failure` whose message repeats no body,
 * so that no Secret can get into a log that way.
 */
export class ApiClient {
  readonly #config: ConnectionSource;
  readonly #options: Required<ApiClientOptions>;

  constructor(config: ConnectionSource, options: ApiClientOptions = {}) {
    this.#config = config;
    this.#options = { deadlineMs: 30_000, userAgent: 'social-channel-operator', onCall: () => {}, ...options };
  }

  /**
   * @returns the answer's JSON, of the type that the caller knows for this path
   * @throws Failure
   */
  async call<T>(call: ApiCall): Promise<T> {
    const startedAt = performance.now();
    let status: number | undefined;
    try {
      const { headers, calls } = await this.#config.connection();
      const signal = AbortSignal.any([
        AbortSignal.timeout(this.#options.deadlineMs),
        ...(call.signal ? [call.signal] : []),
      ]);
      const response = await calls.request(this.#request(call, headers, signal));
      status = response.statusCode;
      const body = await response.body.text();
      if (status < 200 || status > 299) throw refused(call, response, body);
      return parse<T>(call, body, status);
    } catch (error) {
      throw toFailure(call, error);
    } finally {
      const durationMs = performance.now() - startedAt;
      this.#options.onCall({ method: call.method, resource: call.resource, status, durationMs });
    }
  }

  /** As `call`; an object that is not there (404) is `undefined`. */
  async find<T>(call: ApiCall): Promise<T | undefined> {
    try {
      return await this.call<T>(call);
    } catch (error) {
      if (error instanceof Failure && error.status === 404) return undefined;
      throw error;
    }
  }

  /**
   * Reads an answer line by line until the server ends it or the signal is aborted. It has no deadline of its own.
   *
   * @throws Failure when it cannot be opened or breaks; what `onLine` throws ends the stream too
   */
  async stream(call: ApiCall & { readonly signal: AbortSignal }, onLine: (line: string) => void): Promise<void> {
    try {
      const { headers, streams } = await this.#config.connection();
      const response = await streams.request(this.#request(call, headers, call.signal));
      if (response.statusCode !== 200) throw refused(call, response, await response.body.text());
      await eachLine(response.body, onLine);
    } catch (error) {
      if (!call.signal.aborted) throw toFailure(call, error);
    }
  }

  async close(): Promise<void> {
    await this.#config.close();
  }

  #request(call: ApiCall, headers: Connection['headers'], signal: AbortSignal): Dispatcher.RequestOptions {
    const url = new URL(this.#config.server + call.path);
    for (const [name, value] of Object.entries(call.query ?? {})) {
      if (value !== undefined) url.searchParams.set(name, value);
    }
    return {
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: call.method,
      headers: {
        ...headers,
        accept: call.accept ?? 'application/json',
        'user-agent': this.#options.userAgent,
        ...(call.body === undefined ? {} : { 'content-type': call.contentType ?? 'application/json' }),
      },
      body: call.body === undefined ? null : JSON.stringify(call.body),
      signal,
    };
  }
}

function refused(call: ApiCall, response: Dispatcher.ResponseData, body: string): Failure {
  const retryAfter = response.headers['retry-after'];
  return answerFailure(call, {
    status: response.statusCode,
    body,
    retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined,
  });
}

function parse<T>(call: ApiCall, body: string, status: number): T {
  try {
    return JSON.parse(body) as T;
  } catch {
    // A proxy's page in between, most likely. The parser's own message would quote the body.
    const message = `Could not ${call.doing}: the answer (${status}) is not JSON. It is tried again.`;
    throw new Failure('Transient', 'KubernetesUnavailable', message, { source: 'Kubernetes', status });
  }
}

async function eachLine(body: Dispatcher.ResponseData['body'], onLine: (line: string) => void): Promise<void> {
  body.setEncoding('utf8');
  let rest = '';
  // Leaving this loop early destroys the body and with it the socket.
  for await (const chunk of body) {
    const lines = (rest + (chunk as string)).split('\n');
    // The last piece has no newline yet: an incomplete event, worthless should the stream break here.
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') onLine(line);
  }
}
