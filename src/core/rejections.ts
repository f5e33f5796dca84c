import type { Reason } from '../api/reasons.ts';

/** Rejections of the token that a passing fault of the platform may have caused. */
const ofTheToken = new Set<Reason>([
  'AccessRevoked',
  'RefreshTokenExpired',
  'PasswordChanged',
  'ExpiredUnused',
  'TestingModeExpired',
]);

/** Rejections of the account or of what it may do: somebody may mend that at the platform, and the login still lives. */
const ofTheAccount = new Set<Reason>([
  'AdminRightsLost',
  'AccountLocked',
  'AccountSuspended',
  'AccountUnconfirmed',
  'AccountTypeChanged',
  'AdminPolicyBlocked',
  'ScopeMissing',
  'NoChannel',
  'PageUnavailable',
  'PageUnlinked',
]);

export function isOfTheToken(reason: Reason): boolean {
  return ofTheToken.has(reason);
}

/** The login itself is good and goes on being renewed, so that whoever mends the account finds it alive. */
export function isOfTheAccount(reason: Reason): boolean {
  return ofTheAccount.has(reason);
}
