import { Failure, type Family } from '../core/failure.ts';
import type { VaultAnswer } from './transport.ts';

/** No whole answer came from Vault. */
export class NoAnswer extends Failure {
  /** False: the connection was never made, so nothing was done. True: Vault may have done what was asked. */
  readonly mayHaveArrived: boolean;

  constructor(family: Family, message: string, mayHaveArrived: boolean) {
    super(family, 'VaultUnavailable', message, { source: 'Vault' });
    this.name = 'NoAnswer';
    this.mayHaveArrived = mayHaveArrived;
  }
}

const unreachable: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'its name does not resolve',
  EAI_AGAIN: 'its name cannot be resolved now',
  EHOSTUNREACH: 'no route leads there',
  ENETUNREACH: 'no route leads there',
  EADDRNOTAVAIL: 'no route leads there',
  UND_ERR_CONNECT_TIMEOUT: 'the connection was not accepted in time',
};

const badCertificate: Readonly<Record<string, string>> = {
  SELF_SIGNED_CERT_IN_CHAIN: 'comes from an authority that is not trusted; check vault-ca-file',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'comes from an authority that is not trusted; check vault-ca-file',
  UNABLE_TO_GET_ISSUER_CERT: 'comes from an authority that is not trusted; check vault-ca-file',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'comes from an authority that is not trusted; check vault-ca-file',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'comes from an authority that is not trusted; check vault-ca-file',
  CERT_SIGNATURE_FAILURE: 'comes from an authority that is not trusted; check vault-ca-file',
  CERT_HAS_EXPIRED: 'has expired; renew it at Vault',
  CERT_NOT_YET_VALID: 'is not valid yet; check the clocks',
  ERR_TLS_CERT_ALTNAME_INVALID: 'is for another name; check vault-address',
};

/**
 * Sorts what the connection threw. Nothing of the foreign error goes further than its code: the message and the cause of
 * a network error may hold the token and the body.
 */
export function noAnswer(error: unknown, address: string): NoAnswer {
  const code = codeOf(error);
  const certificate = badCertificate[code];
  if (certificate !== undefined) {
    return new NoAnswer('Misconfigured', `Vault's certificate at ${address} ${certificate} (${code}).`, false);
  }
  const reason = unreachable[code];
  if (reason !== undefined) {
    return new NoAnswer('Transient', `Vault at ${address} cannot be reached: ${reason} (${code}). Tried again.`, false);
  }
  const told = code === 'TimeoutError' ? 'did not answer in time' : `broke the connection off (${code})`;
  return new NoAnswer('Transient', `Vault at ${address} ${told}. It is tried again.`, true);
}

function codeOf(error: unknown): string {
  const known = (code: unknown): code is string => typeof code === 'string' && /^[A-Za-z_0-9]{1,60}$/.test(code);
  for (let at = error, depth = 0; at instanceof Error && depth < 4; at = at.cause, depth += 1) {
    const code = (at as NodeJS.ErrnoException).code;
    if (known(code)) return code;
    if (at.name === 'TimeoutError') return at.name;
  }
  return 'unknown error';
}

/** What was asked for, in words for people and for the policy. */
export interface Subject {
  /** For example `the grant of channel main-stage/live`. */
  readonly what: string;
  /** The policy line that would allow it. */
  readonly policyLine: string;
}

/** An answer that is not the one hoped for, as a Failure. A 403 is handed in only when the login itself is alive. */
export function failureOf(answer: VaultAnswer, subject: Subject): Failure {
  const { status, retryAfterMs } = answer;
  const fail = (family: Family, reason: ConstructorParameters<typeof Failure>[1], message: string) =>
    new Failure(family, reason, message, { source: 'Vault', status, retryAfterMs });
  const { what, policyLine } = subject;
  if (status === 403) {
    return fail(
      'Misconfigured',
      'VaultDenied',
      `Vault denies the operator access to ${what}. Its policy needs: ${policyLine}`,
    );
  }
  if (isSealed(answer))
    return fail('Transient', 'VaultUnavailable', 'Vault is sealed. It is tried again until it is not.');
  if (status >= 300 && status < 400) {
    const message = `Vault answered ${status}, a redirect, for ${what}: no token is sent there. If it lasts, vault-address must name the active node or a load balancer.`;
    return fail('Transient', 'VaultUnavailable', message);
  }
  if (isUpgrading(answer))
    return fail('Transient', 'VaultUnavailable', `Vault prepares the mount of ${what}. It is tried again.`);
  if (status === 429) return fail('Transient', 'VaultUnavailable', `Vault asks to slow down (429) for ${what}.`);
  if ([408, 412, 425, 472, 473].includes(status) || status >= 500) {
    return fail('Transient', 'VaultUnavailable', `Vault cannot serve ${what} now (${status}). It is tried again.`);
  }
  if (status === 404 && isNoRoute(answer)) {
    return fail(
      'Misconfigured',
      'VaultMountInvalid',
      `Vault has nothing mounted where ${what} should be; check vault-mount.`,
    );
  }
  if (!answer.isJson) {
    return fail('Transient', 'VaultUnavailable', `What answered for ${what} (${status}) is not Vault: no JSON came.`);
  }
  return fail(
    'Unexpected',
    'Unexpected',
    `Vault answered ${status} for ${what}, which the operator does not understand.`,
  );
}

export function isSealed(answer: VaultAnswer): boolean {
  return answer.status === 503 && errorsOf(answer).some((error) => /\bsealed\b/i.test(error));
}

/** A KV version 2 mount that was just made or unsealed answers 400 to everything for a moment. */
function isUpgrading(answer: VaultAnswer): boolean {
  return answer.status === 400 && errorsOf(answer).some((error) => /^Upgrading from non-versioned/i.test(error));
}

export function isNoRoute(answer: VaultAnswer): boolean {
  return errorsOf(answer).some((error) => error.startsWith('no handler for route'));
}

export function isCasMismatch(answer: VaultAnswer): boolean {
  return answer.status === 400 && errorsOf(answer).some((error) => error.includes('did not match the current version'));
}

/** Vault's own error strings; to compare with, not to print: they may repeat what was sent. */
export function errorsOf(answer: VaultAnswer): readonly string[] {
  const errors = (answer.body as { errors?: unknown } | null | undefined)?.errors;
  return Array.isArray(errors) ? errors.filter((error) => typeof error === 'string') : [];
}
