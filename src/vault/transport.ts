import { readFileSync } from 'node:fs';
import createClient from 'node-vault';
import { Agent, request as httpRequest } from 'undici';
import { Failure } from '../core/failure.ts';
import type { Sealed } from '../core/sealed.ts';
import { NoAnswer, noAnswer } from './failures.ts';

export interface TransportOptions {
  /** Scheme, host and port, for example `https://vault.example.com:8200`. */
  readonly address: string;
  /** PEM file with the certificate authorities that Vault's certificate must come from; default: the system's. */
  readonly caFile?: string | undefined;
  /** Vault Enterprise namespace. */
  readonly namespace?: string | undefined;
  /** Admits `http://` on loopback. */
  readonly allowHttp?: boolean | undefined;
  /** Deadline of one request from the first byte to the last, milliseconds. Default 5 s. */
  readonly timeoutMs?: number | undefined;
  /** Most connections at once. Default 16. */
  readonly connections?: number | undefined;
  /** Told of every request, for metrics: it never learns a path or a body. */
  readonly onRequest?: ((report: RequestReport) => void) | undefined;
}

export interface RequestReport {
  readonly operation: string;
  /** HTTP status, or `none` where no answer came. */
  readonly outcome: string;
  readonly durationMs: number;
}

export interface VaultRequest {
  /** What it is for, one word, for metrics. */
  readonly operation: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below `/v1/`, without a leading slash. */
  readonly path: string;
  readonly token?: Sealed | undefined;
  /** It may hold secrets: they are in the clear only here. */
  readonly json?: object | undefined;
}

/** Any answer, whatever its status. The body may hold secrets and stays within this folder. */
export interface VaultAnswer {
  readonly status: number;
  /** Vault's `Date`, epoch milliseconds (whole seconds); undefined where something on the way removed it. */
  readonly dateAt: number | undefined;
  readonly retryAfterMs: number | undefined;
  /** Undefined: empty, or no JSON (`isJson` tells). */
  readonly body: unknown;
  readonly isJson: boolean;
}

export interface VaultTransport {
  /** Sends once: no redirects, no repetition. @throws NoAnswer when no whole answer came. */
  send(request: VaultRequest): Promise<VaultAnswer>;
  /** Closes the connections; requests in flight end first. */
  close(): Promise<void>;
}

/** What node-vault hands to the request function that it was given. */
interface ClientRequest {
  readonly method: string;
  readonly uri: string;
  readonly headers: Record<string, string>;
  readonly json?: object;
}

/**
 * node-vault with its request function replaced by our own connection pool. Its own one prints the Vault token and the
 * body in every network error, follows redirects with the token, and knows no deadline.
 * @throws Failure Misconfigured for an address or a CA file that cannot be used
 */
export function createTransport(options: TransportOptions): VaultTransport {
  const address = checkedAddress(options);
  const agent = createAgent(options, address);
  const client = createClient({
    endpoint: address.origin,
    debug: () => {},
    'request-promise': { defaults: () => (request: ClientRequest) => exchange(agent, request, options) },
  });
  // node-vault reads these from the environment of whoever starts the process; only our own configuration counts here.
  client.token = '';
  Object.assign(client, { namespace: options.namespace ?? '', pathPrefix: '' });
  // Statuses are sorted by us: node-vault would make an error of each that is not 200 or 204, and drop the `Date`.
  client.handleVaultResponse = async (answer) => answer;
  let closing: Promise<void> | undefined;
  return {
    send: ({ operation, method, path, token, json }) => {
      const headers: Record<string, string> = { 'X-Vault-Request': 'true' };
      if (token !== undefined) headers['X-Vault-Token'] = token.reveal();
      const send = () => client.request({ method, path: `/${path}`, headers, ...(json === undefined ? {} : { json }) });
      return reported(operation, send, options.onRequest);
    },
    close: () => {
      closing ??= agent.close();
      return closing;
    },
  };
}

async function reported(
  operation: string,
  send: () => Promise<VaultAnswer>,
  onRequest: TransportOptions['onRequest'],
): Promise<VaultAnswer> {
  const startedAt = performance.now();
  const report = (outcome: string) => onRequest?.({ operation, outcome, durationMs: performance.now() - startedAt });
  try {
    const answer = await send();
    report(String(answer.status));
    return answer;
  } catch (error) {
    report('none');
    // Whatever it is, its message may hold the token or the body: only its code goes further.
    throw error instanceof NoAnswer ? error : noAnswer(error, 'the configured address');
  }
}

async function exchange(agent: Agent, request: ClientRequest, options: TransportOptions): Promise<VaultAnswer> {
  const body = request.json === undefined ? undefined : JSON.stringify(request.json);
  try {
    const answer = await httpRequest(request.uri, {
      method: request.method as 'GET',
      dispatcher: agent,
      headers: { ...request.headers, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
      body: body ?? null,
      signal: AbortSignal.timeout(options.timeoutMs ?? 5_000),
    });
    const text = await answer.body.text();
    return { status: answer.statusCode, ...times(answer.headers), ...parsed(text) };
  } catch (error) {
    throw noAnswer(error, options.address);
  }
}

function parsed(text: string): { body: unknown; isJson: boolean } {
  if (text === '') return { body: undefined, isJson: true };
  try {
    return { body: JSON.parse(text) as unknown, isJson: true };
  } catch {
    return { body: undefined, isJson: false };
  }
}

function times(headers: Record<string, string | string[] | undefined>) {
  const dateAt = Date.parse(String(headers.date ?? ''));
  const seconds = Number(headers['retry-after'] ?? Number.NaN);
  return {
    dateAt: Number.isNaN(dateAt) ? undefined : dateAt,
    retryAfterMs: Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : undefined,
  };
}

function checkedAddress({ address, allowHttp }: TransportOptions): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined) throw refused(`The Vault address "${address}" is not a URL.`);
  const isLoopback = /^(127(\.\d+){3}|\[::1\]|localhost)$/.test(url.hostname);
  if (url.protocol === 'https:' || (url.protocol === 'http:' && allowHttp === true && isLoopback)) return url;
  throw refused(`The Vault address ${url.origin} is not https, and http is only for loopback with vault-allow-http.`);
}

function createAgent({ caFile, connections = 16 }: TransportOptions, address: URL): Agent {
  return new Agent({
    // One connection of HTTP/2 for all would make one stuck stream stop every channel.
    allowH2: false,
    connections,
    pipelining: 1,
    keepAliveTimeout: 30_000,
    connect: { timeout: 3_000, ...(caFile === undefined ? {} : { ca: readCertificates(caFile, address) }) },
  });
}

function readCertificates(caFile: string, address: URL): string {
  try {
    return readFileSync(caFile, 'utf8');
  } catch {
    throw refused(
      `The file vault-ca-file names, ${caFile}, cannot be read; without it ${address.origin} is not trusted.`,
    );
  }
}

function refused(message: string): Failure {
  return new Failure('Misconfigured', 'VaultUnavailable', message, { source: 'Vault' });
}
