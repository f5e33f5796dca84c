import { blockers } from './blockers.ts';
import type { IssuedTo, ParkedAnswer, TokenAnswer } from './grant.ts';
import type { Observation } from './observation.ts';

/**
 * The tokens of an answer that came too late: another consent was stored while its request was on the way. Undefined
 * where they cannot be given back without a doubt that the new login would end with them.
 */
export function tokensToGiveBack(o: Observation, parked: ParkedAnswer): TokenAnswer | undefined {
  const { answer, issuedTo, epoch } = parked;
  if (o.app.state !== 'Ready' || o.grant.state !== 'Present' || answer === undefined) return undefined;
  const { record } = o.grant;
  // What is revoked wider than the token itself may be the one login that the person has at this app.
  if (o.app.platform.profile.revokeEffect !== 'Token' || epoch >= record.epoch) return undefined;
  // Sent to nobody but the client that it was given to.
  if (issuedTo === undefined || !isSame(issuedTo, record.issuedTo) || blockers.appChanged(o) !== undefined)
    return undefined;
  const { access, refresh } = record.tokens;
  const stored = [access, refresh].map((token) => token?.reveal());
  const isShared = [answer.access, answer.refresh].some((token) => token && stored.includes(token.reveal()));
  return isShared ? undefined : answer;
}

function isSame(one: IssuedTo, other: IssuedTo): boolean {
  return one.platform === other.platform && one.clientId === other.clientId && one.tokenOrigin === other.tokenOrigin;
}
