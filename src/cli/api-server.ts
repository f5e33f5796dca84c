import type { Dispatcher } from 'undici';
import type { Connection } from '../kube/connection.ts';
import { CliError } from './exit.ts';
import { noLogin, refusal, trouble } from './refusals.ts';

export interface ApiServerOptions {
  /** Base URL, without a slash at the end. */
  readonly server: string;
  /** The context in use, for messages. */
  readonly context: string;
  readonly connect: () => Promise<Connection>;
  /** Sent with every request: impersonation. */
  readonly headers: Readonly<Record<string, string | string[]>>;
  /** Deadline of one request, milliseconds; 0 is none. */
  readonly timeoutMs: number;
}

export interface Request {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
  /** What is being done to which object, after "could not". */
  readonly doing: string;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  /** The server's clock, epoch milliseconds, by its Date header. */
  readonly dateAt: number | undefined;
}

/** Objects of one page of a list; more would hold up the API server of a large fleet. */
const PAGE = '500';

/** The API server as one person sees it: each request is sent once, and what fails is a sentence for that person. */
export class ApiServer {
  readonly options: ApiServerOptions;

  constructor(options: ApiServerOptions) {
    this.options = options;
  }

  /** The answer, whatever its status is. @throws CliError where none came */
  async ask(request: Request): Promise<Answer> {
    const { server, context, timeoutMs } = this.options;
    const { headers, calls } = await this.options.connect().catch((error: unknown) => {
      throw noLogin(error, { server, context });
    });
    try {
      const response = await calls.request(this.#outgoing(new URL(server + request.path), request, headers));
      const date = Date.parse(String(response.headers.date ?? ''));
      const text = await response.body.text();
      return { status: response.statusCode, text, dateAt: Number.isNaN(date) ? undefined : date };
    } catch (error) {
      throw trouble(error, { ...request, server, context, timeoutMs });
    }
  }

  /** @throws CliError */
  async call<T>(request: Request): Promise<T> {
    const answer = await this.ask(request);
    if (answer.status < 200 || answer.status > 299) throw refusal(answer, request);
    try {
      return JSON.parse(answer.text) as T;
    } catch {
      const message = `Could not ${request.doing}: the answer of ${this.options.server} is not JSON. Is it an API server?`;
      throw new CliError('Unreachable', message);
    }
  }

  /** As `call`; an object that is not there is undefined. */
  async find<T>(request: Request): Promise<T | undefined> {
    try {
      return await this.call<T>(request);
    } catch (error) {
      if (error instanceof CliError && error.status === 404) return undefined;
      throw error;
    }
  }

  /** All objects of a collection, page by page. */
  async list<T>(request: Request): Promise<T[]> {
    const found: T[] = [];
    let more = '';
    do {
      const query = { ...request.query, limit: PAGE, ...(more === '' ? {} : { continue: more }) };
      const page = await this.call<{ items: T[] | null; metadata?: { continue?: string } }>({ ...request, query });
      found.push(...(page.items ?? []));
      more = page.metadata?.continue ?? '';
    } while (more !== '');
    return found;
  }

  #outgoing(url: URL, request: Request, credentials: Connection['headers']): Dispatcher.RequestOptions {
    for (const [name, value] of Object.entries(request.query ?? {})) url.searchParams.set(name, value);
    const { body, method = 'GET', accept = 'application/json', contentType = 'application/json' } = request;
    const { headers, timeoutMs } = this.options;
    return {
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method,
      headers: {
        ...credentials,
        ...headers,
        accept,
        'user-agent': 'kubectl-socialchannel',
        ...(body === undefined ? {} : { 'content-type': contentType }),
      },
      body: body === undefined ? null : JSON.stringify(body),
      headersTimeout: 0,
      bodyTimeout: 0,
      ...(timeoutMs > 0 ? { signal: AbortSignal.timeout(timeoutMs) } : {}),
    };
  }
}
