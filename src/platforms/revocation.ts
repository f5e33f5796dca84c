import type { Reason } from '../api/reasons.ts';
import { asFailure, Failure } from '../core/failure.ts';
import type { IntrospectRequest, Revocation } from '../core/platform-port.ts';
import { isBroken, isSuccess, saysSuccess } from './answers.ts';
import { revokeRequest } from './calls.ts';
import { failureOf, type Reading, sortedBy } from './failures.ts';
import { waitMs } from './lifetimes.ts';
import { answered, callValues, type Parts, readingOf } from './parts.ts';
import { type Answer, parseAnswer } from './paths.ts';
import type { RevokeCall } from './platform.ts';
import { inBrackets } from './words.ts';

type Giving = Omit<IntrospectRequest, 'kind'>;

/** Gives a login back (RFC 7009). The first call that fails ends it; what was given back stays given back. Never throws. */
export async function revoke(parts: Parts, request: Giving): Promise<Revocation> {
  const { revoke: rules, displayName } = parts.platform.spec;
  if (rules === undefined) {
    const message = `${displayName} has no way to give a login back`;
    return {
      kind: 'Failed',
      failure: new Failure('Misconfigured', 'PlatformInvalid', message, { source: 'Operator' }),
    };
  }
  let last: Revocation = { kind: 'AlreadyGone' };
  for (const call of rules.calls) {
    try {
      const outcome = await givenBack(parts, call, request);
      if (outcome.kind === 'Revoked') last = outcome;
    } catch (error) {
      return { kind: 'Failed', failure: asFailure(error) };
    }
  }
  return last;
}

async function givenBack(parts: Parts, call: RevokeCall, request: Giving): Promise<Revocation> {
  const { access, refresh } = request.tokens;
  const token = call.token === 'Refresh' ? (refresh ?? access) : access;
  if (token === undefined) return { kind: 'AlreadyGone' };
  const outgoing = await revokeRequest(call, callValues(parts, token, request));
  const answer = parseAnswer(await answered(parts, request, outgoing, 'Token'));
  const { displayName } = parts.platform.spec;
  const reading = readingOf(parts, request.tokens, outgoing);
  // Some platforms say their no with status 200.
  const rule = sortedBy('Token', answer, reading);
  if (rule === undefined && isSuccess(answer) && saysSuccess(answer, call.success)) return { kind: 'Revoked' };
  if (rule !== undefined && rule.family !== 'Rejected') throw failureOf(rule, 'Token', answer, reading);
  if (isBroken(answer)) {
    throw notTaken('Transient', 'PlatformUnavailable', `${displayName} could not take it back`, answer, reading);
  }
  // RFC 7009 section 2.2: an invalid token is no error; many platforms answer 400, 401 or 404 nevertheless.
  if (rule !== undefined || [400, 401, 404].includes(answer.status)) return { kind: 'AlreadyGone' };
  throw notTaken('Unexpected', 'Unexpected', `${displayName} did not take it back`, answer, reading);
}

function notTaken(
  family: 'Transient' | 'Unexpected',
  reason: Reason,
  what: string,
  answer: Answer,
  { secrets }: Reading,
): Failure {
  const retryAfterMs = waitMs(answer, '$header.retry-after');
  const { status } = answer;
  return new Failure(family, reason, `${what} ${inBrackets(answer, secrets)}.`, {
    source: 'Platform',
    status,
    retryAfterMs,
  });
}
