import { isIP } from 'node:net';
import { createSecureContext, getCACertificates } from 'node:tls';
import { Agent, buildConnector, type Dispatcher, ProxyAgent } from 'undici';
import { Failure } from '../core/failure.ts';
import type { Clock } from '../core/ports.ts';
import { AddressRefused, guardedLookup, isInsideName } from './addresses.ts';
import { exchange } from './exchange.ts';
import type { OutgoingRequest } from './form.ts';
import { HostHealth, type Service } from './host-health.ts';
import type { RawAnswer } from './paths.ts';

/**
 * What became of one request. `NotSent`: no byte of it left. `Broken`: it left, wholly or in part, and no complete
 * answer came; `text` is what came of one.
 */
export type Delivery =
  | { readonly kind: 'NotSent'; readonly failure: Failure }
  | { readonly kind: 'Broken'; readonly failure: Failure; readonly text?: string | undefined }
  | { readonly kind: 'Answer'; readonly answer: RawAnswer };

/** Sends one request once: no retry, no redirect. Never throws. `platform` is the name for people. */
export type Send = (
  request: OutgoingRequest,
  platform: string,
  timeoutMs: number,
  service: Service,
) => Promise<Delivery>;

export interface SenderOptions {
  readonly clock: Clock;
  /** PEM; believed besides the system's certificate authorities. */
  readonly ca?: string | undefined;
  /** URL of the one proxy through which everything goes. */
  readonly proxy?: string | undefined;
  /** `host:port` of addresses inside that may be reached nevertheless. */
  readonly allowPrivateHosts: readonly string[];
}

export interface Sender {
  readonly send: Send;
  /** Milliseconds until it is worth for this app to ask that host for tokens again, because it does not answer; 0: now. */
  heldMs(origin: string, clientId: string): number;
  close(): Promise<void>;
}

/** The one place that talks HTTP to platforms: HTTP/1.1 over TLS, one shared agent, one deadline for all of a request. */
export function createSender(options: SenderOptions): Sender {
  const dispatcher = dispatcherFor(options);
  const allowed = allowedHosts(options);
  const health = new HostHealth(options.clock, Math.random);
  const send: Send = async (request, platform, timeoutMs, service) => {
    const url = new URL(request.url);
    if (url.protocol !== 'https:')
      return { kind: 'NotSent', failure: refusal(platform, url, 'is not an https address') };
    // Before any connection: address literals are never looked up, and a proxy would resolve the name by itself.
    if (isInsideName(bareHost(url)) && !allowed.has(hostPort(url))) {
      return { kind: 'NotSent', failure: insideRefusal(platform, url, undefined) };
    }
    const heldMs = health.admit(url.origin, service);
    if (heldMs > 0) return { kind: 'NotSent', failure: heldBack(platform, url.host, heldMs) };
    const delivery = await exchange(dispatcher, request, timeoutMs, options.clock);
    health.report(url.origin, service, delivery.kind === 'Answer' ? delivery.answer.status : undefined);
    switch (delivery.kind) {
      case 'Answer':
        return delivery;
      case 'NotSent':
        return { kind: 'NotSent', failure: notSent(platform, url, delivery.error, timeoutMs) };
      case 'Broken':
        return { kind: 'Broken', failure: broken(platform, delivery.error, timeoutMs), text: delivery.text };
    }
  };
  return {
    send,
    heldMs: (origin, clientId) => health.heldMs(origin, { kind: 'Token', clientId }),
    close: () => dispatcher.destroy(),
  };
}

function dispatcherFor(options: SenderOptions): Dispatcher {
  const { ca, proxy } = options;
  // One context for all connections: to read well over a hundred certificates anew for each cost more than the refresh.
  const tls =
    ca === undefined ? {} : { secureContext: createSecureContext({ ca: [...getCACertificates('default'), ca] }) };
  // A connection of its own for every request: one that the platform closes while it idles would turn the next refresh
  // into an unknown outcome. exchange() owns the deadline, so undici's own timers are off.
  const plain = { pipelining: 0, headersTimeout: 0, bodyTimeout: 0 } as const;
  if (proxy !== undefined) {
    const requestTls = { ...tls, allowH2: false };
    return new ProxyAgent({ uri: proxy, ...plain, allowH2: false, requestTls, proxyTls: requestTls });
  }
  const shared = { ...tls, allowH2: false, timeout: 30_000 };
  const guarded = buildConnector({ ...shared, lookup: guardedLookup });
  const open = buildConnector(shared);
  const allowed = allowedHosts(options);
  return new Agent({
    ...plain,
    allowH2: false,
    connect: (target, callback) => {
      const key = `${target.hostname}:${target.port || '443'}`.toLowerCase();
      (allowed.has(key) ? open : guarded)(target, callback);
    },
  });
}

/** In the form of `hostPort`: an IPv6 address may be written with or without its brackets. */
function allowedHosts({ allowPrivateHosts }: SenderOptions): ReadonlySet<string> {
  return new Set(allowPrivateHosts.map((host) => host.toLowerCase().replace(/[[\]]/g, '')));
}

/** The host without the brackets of an IPv6 address. */
function bareHost(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

function hostPort(url: URL): string {
  return `${bareHost(url)}:${url.port === '' ? '443' : url.port}`;
}

function refusal(platform: string, url: URL, what: string): Failure {
  return new Failure('Misconfigured', 'PlatformInvalid', `${platform}: ${url.host} ${what}. Nothing was sent.`, {
    source: 'Operator',
    isAppFault: true,
  });
}

function insideRefusal(platform: string, url: URL, address: string | undefined): Failure {
  const found = address === undefined || isIP(bareHost(url)) !== 0 ? 'lies' : `resolves to ${address}, which lies`;
  const what = `${found} inside the cluster or a private network; if that is meant, start the operator with --allow-private-host ${hostPort(url)}`;
  return refusal(platform, url, what);
}

const connectProblems: Readonly<Record<string, string>> = {
  ENOTFOUND: 'the name does not resolve',
  EAI_AGAIN: 'the name could not be resolved just now',
  ECONNREFUSED: 'the connection was refused',
  EHOSTUNREACH: 'there is no route to it',
  ENETUNREACH: 'there is no route to it',
  ECONNRESET: 'the connection was cut before anything was sent',
  UND_ERR_CONNECT_TIMEOUT: 'the connection took too long',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is not trusted; --platform-ca-file can name its authority',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not trusted; --platform-ca-file can name its authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is not trusted; --platform-ca-file can name its authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not trusted; --platform-ca-file can name its authority',
};

function notSent(platform: string, url: URL, error: Error, timeoutMs: number): Failure {
  if (error instanceof AddressRefused) return insideRefusal(platform, url, error.address);
  const why = isDeadline(error) ? `no connection within ${timeoutMs / 1000} s` : connectProblem(error);
  const message = `${platform} could not be reached at ${url.host}: ${why}. Nothing was sent; it is tried again.`;
  return new Failure('Transient', 'PlatformUnavailable', message, { source: 'Platform' });
}

// The error itself is never passed on: it may hold the URL, headers or body of the request.
function connectProblem(error: Error): string {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return connectProblems[code] ?? `the connection failed (${/^[A-Z][A-Z0-9_]+$/.test(code) ? code : error.name})`;
}

function heldBack(platform: string, host: string, retryAfterMs: number): Failure {
  const message = `${platform} has not answered at ${host} for many requests; nothing was sent, and it is asked again from time to time.`;
  return new Failure('Transient', 'PlatformUnavailable', message, { source: 'Platform', retryAfterMs });
}

function broken(platform: string, error: Error, timeoutMs: number): Failure {
  const why = isDeadline(error) ? `within ${timeoutMs / 1000} s` : 'before the connection was cut';
  const message = `${platform} gave no complete answer ${why}. The request was sent, and nobody knows what became of it.`;
  return new Failure('Transient', 'PlatformUnavailable', message, { source: 'Platform' });
}

function isDeadline(error: Error): boolean {
  return error.name === 'TimeoutError';
}
