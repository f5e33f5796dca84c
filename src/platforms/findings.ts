import { Failure } from '../core/failure.ts';
import type { Introspection, IntrospectRequest } from '../core/ports.ts';
import { accountAt, failureOf, isBroken, isSuccess, plainFailure, type Reading, scopesAt } from './answers.ts';
import { ruleFor } from './errors.ts';
import { accessExpiresAt } from './lifetimes.ts';
import { type Answer, parseAnswer, type RawAnswer, textAt } from './paths.ts';
import type { Phase } from './platform.ts';

/** Reasons that are about the account or its permissions, which no new access token mends. */
const accountReasons: ReadonlySet<string> = new Set([
  'AccountLocked',
  'AccountSuspended',
  'AccountDeleted',
  'WrongAccount',
  'ScopeMissing',
  'ScopeChanged',
  'AdminRightsLost',
  'AdminPolicyBlocked',
  'NoChannel',
  'SpamBlocked',
]);

/** What a validity call found. Throws Failure when the answer says nothing about the token. */
export function introspectionFinding(raw: RawAnswer, reading: Reading, request: IntrospectRequest): Introspection {
  const answer = parseAnswer(raw);
  const call = reading.platform.spec.introspect;
  if (call === undefined || !isSuccess(answer) || !saysSuccess(answer, call.success)) {
    return findingWithoutSuccess('Introspect', answer, reading);
  }
  refuseForeignToken(answer, call.clientID, reading, request);
  const account = accountAt(answer, call.accountID ?? [], call.handle ?? []);
  if (account === undefined && request.kind === 'User' && (call.accountID?.length ?? 0) > 0) {
    throw silent(reading, answer, 'does not say whose access token it is');
  }
  return {
    kind: 'Valid',
    account,
    scopes: call.scopes === undefined ? undefined : scopesAt(answer, call.scopes),
    accessExpiresAt: call.expiry === undefined ? undefined : accessExpiresAt(answer, call.expiry, reading.accepted),
  };
}

/** What the "who am I" found; a good answer without an account is sorted by the rules. */
export function identityFinding(raw: RawAnswer, reading: Reading): Introspection {
  const answer = parseAnswer(raw);
  const { accountID = [], handle = [] } = reading.platform.spec.identity ?? {};
  const account = isSuccess(answer) ? accountAt(answer, accountID, handle) : undefined;
  return account === undefined ? findingWithoutSuccess('Identity', answer, reading) : { kind: 'Valid', account };
}

function saysSuccess(answer: Answer, success: { readonly path: string; readonly equals: string } | undefined): boolean {
  // A page of HTML with status 200 (a proxy's, a captive portal's) says nothing about any token.
  if (typeof answer.body !== 'object' || answer.body === null) return false;
  return success === undefined || textAt(answer, [success.path])?.toLowerCase() === success.equals.toLowerCase();
}

function findingWithoutSuccess(phase: Phase, answer: Answer, reading: Reading): Introspection {
  const rule = ruleFor(reading.rules, phase, answer);
  if (rule === undefined)
    throw silent(reading, answer, isBroken(answer) ? 'is failing' : 'says nothing that is known here');
  const failure = failureOf(rule, answer, reading);
  if (failure.family !== 'Rejected') throw failure;
  return { kind: accountReasons.has(failure.reason) ? 'Rejected' : 'AccessTokenDead', failure };
}

function silent(reading: Reading, answer: Answer, what: string): Failure {
  const [family, reason] = isBroken(answer)
    ? (['Transient', 'PlatformUnavailable'] as const)
    : (['Unexpected', 'Unexpected'] as const);
  return plainFailure(family, reason, `${reading.platform.spec.displayName} ${what}`, answer, reading);
}

/** A token of another app works, but its refresh token will not: said now, while it does. */
function refuseForeignToken(
  answer: Answer,
  paths: readonly string[] | undefined,
  { platform }: Reading,
  { client }: IntrospectRequest,
): void {
  const owner = paths === undefined ? undefined : textAt(answer, paths);
  if (owner === undefined || owner === client.id) return;
  const { displayName } = platform.spec;
  const message = `${displayName} says that the access token belongs to the app with client id "${owner}", not to "${client.id}". It is not used; import or connect a login of this app.`;
  throw new Failure('Misconfigured', 'AppChanged', message, { source: 'Platform', status: answer.status });
}
