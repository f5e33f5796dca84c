import { Failure } from '../core/failure.ts';

/** What a call was about, for messages: never holds a secret. */
export interface Errand {
  /** What was being done to which object, after "could not": `read Secret main-stage/live-app`. */
  readonly doing: string;
  readonly method: string;
  /** RBAC's verb, where the method does not tell it: a GET of a collection is `list` or `watch`. */
  readonly verb?: 'list' | 'watch' | undefined;
  /** As RBAC names it: `socialchannels/status`. */
  readonly resource: string;
  readonly namespace?: string | undefined;
  /** Requests or answers that hold secrets: nothing that the server said about them is repeated. */
  readonly isSecret?: boolean | undefined;
}

/** An answer outside 2xx. */
export interface RefusedAnswer {
  readonly status: number;
  readonly retryAfter?: string | undefined;
  readonly body: string;
}

/** RBAC's words for HTTP methods. */
const VERBS: Readonly<Record<string, string>> = { GET: 'get', POST: 'create', PATCH: 'patch', DELETE: 'delete' };

/** Codes by which Node, OpenSSL and undici name a fault of the connection; a call that we made wrongly has others. */
const NETWORK_CODE = /^(?!ERR_|UND_ERR_INVALID)[A-Z][A-Z0-9_]+$|^ERR_(TLS|SSL)_[A-Z0-9_]+$/;

/**
 * Sorts an answer of the API server outside 2xx into its family (Kubernetes API conventions, section "HTTP Status
 * codes").
 */
export function answerFailure(errand: Errand, answer: RefusedAnswer): Failure {
  const { status } = answer;
  const said = errand.isSecret ? '' : statusMessage(answer.body);
  const could = `Could not ${errand.doing}`;
  const options = { source: 'Kubernetes' as const, status, retryAfterMs: retryAfterMs(answer.retryAfter) };
  if (status === 403 && !isTerminating(answer.body)) {
    const where = errand.namespace === undefined ? '' : ` in namespace ${errand.namespace}`;
    const verb = errand.verb ?? VERBS[errand.method] ?? errand.method;
    const message = `${could}: the API server answers 403, the operator's ServiceAccount may not ${verb} ${errand.resource}${where}. Give it that permission (deploy/rbac.yaml lists all); it is tried again by itself.`;
    return new Failure('Misconfigured', 'PermissionDenied', message, options);
  }
  if (status === 409 || isOtherObject(answer.body)) {
    const message = `${could}: it was changed by somebody else meanwhile (${status}). It is read again and tried anew.`;
    return new Failure('Transient', 'CasLost', message, options);
  }
  if (status === 410) {
    return new Failure('Transient', 'KubernetesUnavailable', `${could}: that version is too old (410).`, options);
  }
  if ([401, 403, 408, 425, 429].includes(status) || status >= 500) {
    const message = `${could}: the API server answers ${status}${said}. It is tried again.`;
    return new Failure('Transient', 'KubernetesUnavailable', message, options);
  }
  const message = `${could}: the API server answers ${status}${said}. It is tried again more slowly; please report it.`;
  return new Failure('Unexpected', 'Unexpected', message, options);
}

/** Sorts what was thrown on the way: the network, a time-out, a file of the credentials. Only its code is repeated. */
export function toFailure(errand: Errand, error: unknown): Failure {
  if (error instanceof Failure) return error;
  const could = `Could not ${errand.doing}`;
  const code = networkCode(error);
  if (isTimeout(error)) {
    const message = `${could}: no answer from the API server within the deadline. It is tried again.`;
    return new Failure('Transient', 'KubernetesUnavailable', message, { source: 'Kubernetes' });
  }
  if (code !== undefined) {
    const message = `${could}: the API server cannot be reached or trusted (${code}). It is tried again.`;
    return new Failure('Transient', 'KubernetesUnavailable', message, { source: 'Kubernetes' });
  }
  const kind = error instanceof Error ? error.name : typeof error;
  const message = `${could}: an unexpected ${kind}. It is tried again more slowly; please report it.`;
  return new Failure('Unexpected', 'Unexpected', message, { source: 'Kubernetes' });
}

/** Retry-After in seconds (RFC 9110 section 10.2.3); the API server sends no dates. */
function retryAfterMs(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,6}$/.test(header) ? Number(header) * 1_000 : undefined;
}

/** The `message` of a Status object, cut to a length that fits a condition; empty for anything else. */
function statusMessage(body: string): string {
  try {
    const { message } = JSON.parse(body) as { message?: unknown };
    return typeof message === 'string' && message !== '' ? `: ${message.slice(0, 300)}` : '';
  } catch {
    return '';
  }
}

/** A create in a namespace that is being deleted is answered 403 too, but no permission would help. */
function isTerminating(body: string): boolean {
  return statusCauses(body).some((cause) => cause.reason === 'NamespaceTerminating');
}

/** A write with a uid onto an object that was recreated: the server calls it an invalid change (422), not a conflict. */
function isOtherObject(body: string): boolean {
  return statusCauses(body).some((cause) => cause.field === 'metadata.uid');
}

function statusCauses(body: string): readonly { readonly reason?: string; readonly field?: string }[] {
  try {
    const { details } = JSON.parse(body) as { details?: { causes?: { reason?: string; field?: string }[] } };
    return details?.causes ?? [];
  } catch {
    return [];
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError';
}

/** The first code in a chain of causes that names a fault of the network or of TLS. */
function networkCode(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { code } = at as { code?: unknown };
    if (typeof code === 'string' && NETWORK_CODE.test(code)) return code;
  }
  return undefined;
}
