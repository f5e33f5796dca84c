import type { GraphProblem } from './meta-answers.ts';
import type { Cause, EndCause } from './model.ts';
import type { Token } from './platform.ts';
import type { World } from './world.ts';

const followInstructions =
  'You cannot access the app till you log in to www.facebook.com and follow the instructions given.';

/** What keeps all tokens of a person from working until the person has done something about it. */
const stopping: readonly [Cause, number, string][] = [
  ['checkpoint', 459, followInstructions],
  // Not told apart: who logs in from too many addresses is sent through a checkpoint.
  ['many-addresses', 459, followInstructions],
  ['locked', 490, 'The user is enrolled in a blocking, logged-in checkpoint.'],
  ['unconfirmed', 464, 'Sessions for the user are not allowed because the user is not a confirmed user.'],
];

const passwordChanged =
  'The session has been invalidated because the user changed their password or Facebook has changed the session for security reasons.';

/** Ends that have a number of their own. All others are told without one. */
const ended: Partial<Record<EndCause, [number, (token: Token) => string]>> = {
  'password-changed': [460, () => passwordChanged],
  disconnected: [458, notAuthorized],
  'revoked-by-client': [458, notAuthorized],
  'revoked-with-sibling': [458, notAuthorized],
  // Documented as invalid, no more; only the text of a log-out is observed.
  'device-changed': [467, () => 'The session is invalid.'],
  'logged-out': [467, () => 'The session is invalid because the user logged out.'],
};

function notAuthorized({ grant }: Token): string {
  return `The user has not authorized application ${grant.clientId}.`;
}

function expiry(world: World, { expiresAt, grant }: Token): string {
  const text = (at: number) => new Date(at).toUTCString();
  const now = world.clocks.now(grant.platform);
  return `Session has expired on ${text(expiresAt ?? now)}. The current time is ${text(now)}.`;
}

/** Why a token that was issued does not work; null where it does. */
export function deathOf(world: World, token: Token): GraphProblem | null {
  const { grant } = token;
  const { quirks } = world.directory.app(grant.platform, grant.clientId);
  const invalid = (text: string, more: Partial<GraphProblem> = {}): GraphProblem => {
    const code = quirks.includes('code-102') ? 102 : 190;
    return { code, message: `Error validating access token: ${text}`, ...more };
  };
  const [stop] = stopping.filter(([cause]) => world.troubles.has(cause, grant));
  if (stop) {
    const [, subcode, text] = stop;
    const data = subcode === 459 ? { data: { url: 'https://www.facebook.com/checkpoint/' } } : {};
    return invalid(text, { subcode, ...data });
  }
  if (world.isAlive(token)) {
    return null;
  }
  const endedBy = token.endedBy ?? 'expired';
  if (endedBy === 'expired') {
    return invalid(expiry(world, token), { subcode: 463 });
  }
  // Of a system user's token, its business revokes one and not the app.
  const [subcode, text] = (grant.shape.systemUser ? undefined : ended[endedBy]) ?? [];
  return subcode && text ? invalid(text(token), { subcode }) : invalid('The session is invalid.');
}
