import type { Dispatcher } from 'undici';
import type { Clock } from '../core/ports.ts';
import type { OutgoingRequest } from './form.ts';
import type { RawAnswer } from './paths.ts';

/** As `Delivery`, with the raw error, which may hold secrets. */
export type Exchange =
  | { readonly kind: 'NotSent'; readonly error: Error }
  | { readonly kind: 'Broken'; readonly error: Error; readonly text?: string | undefined }
  | { readonly kind: 'Answer'; readonly answer: RawAnswer };

/** Answers to the calls made here are a few kilobytes; what is longer is no such answer. */
const longestBodyBytes = 64 * 1024;

/**
 * One request over one connection. Whether bytes of it may have left is known exactly: undici calls `onRequestStart`
 * when a connection stands and before it writes the first byte.
 */
export function exchange(
  dispatcher: Dispatcher,
  request: OutgoingRequest,
  timeoutMs: number,
  clock: Clock,
): Promise<Exchange> {
  return new Promise((resolve) => {
    const call = new Call(clock, (ending) => {
      clearTimeout(deadline);
      resolve(ending);
    });
    const deadline = setTimeout(() => call.fail(new DOMException('', 'TimeoutError')), timeoutMs);
    const url = new URL(request.url);
    const { method, headers, body = null } = request;
    try {
      dispatcher.dispatch({ origin: url.origin, path: url.pathname + url.search, method, headers, body }, call);
    } catch (error) {
      call.fail(error as Error);
    }
  });
}

class Call implements Dispatcher.DispatchHandler {
  readonly #clock: Clock;
  readonly #end: (ending: Exchange) => void;
  #controller: Dispatcher.DispatchController | undefined;
  #startedAt: number | undefined;
  #status = 0;
  #headers: Record<string, string> = {};
  #chunks: Buffer[] = [];
  #bytes = 0;
  #isEnded = false;

  constructor(clock: Clock, end: (ending: Exchange) => void) {
    this.#clock = clock;
    this.#end = end;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // Too late, or a second try by the client library: aborting here, nothing (more) is written.
    if (this.#isEnded || this.#startedAt !== undefined) {
      controller.abort(new Error('a request is sent once'));
      return;
    }
    this.#controller = controller;
    this.#startedAt = this.#clock.now();
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: Readonly<Record<string, unknown>>): void {
    this.#status = status;
    this.#headers = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.toLowerCase(), [value].flat().join(', ')]),
    );
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes > longestBodyBytes) this.#answer(true);
  }

  onResponseEnd(): void {
    this.#answer(false);
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.fail(error);
  }

  /** Ends the call without an answer. */
  fail(error: Error): void {
    const text = this.#bytes === 0 ? undefined : this.#text();
    this.#finish(this.#startedAt === undefined ? { kind: 'NotSent', error } : { kind: 'Broken', error, text });
  }

  #answer(isCut: boolean): void {
    const startedAt = this.#startedAt ?? this.#clock.now();
    const answer = { status: this.#status, headers: this.#headers, text: this.#text(), startedAt, isCut };
    this.#finish({ kind: 'Answer', answer });
  }

  #text(): string {
    return Buffer.concat(this.#chunks).subarray(0, longestBodyBytes).toString('utf8');
  }

  #finish(ending: Exchange): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#end(ending);
    // After the ending is told: aborting calls onResponseError, which must find the call ended.
    this.#controller?.abort(new Error('the call is over'));
  }
}
