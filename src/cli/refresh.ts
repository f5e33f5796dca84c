import { annotations } from '../api/names.ts';
import type { SocialChannel } from '../api/resources.gen.ts';
import { parseInstant } from '../core/instant.ts';
import { type ExitCode, exitCodes } from './exit.ts';
import { newRequest } from './requests.ts';
import { annotate, getChannel, type Session, until } from './session.ts';
import { away, type Look, moment, wrapped } from './text.ts';

export interface RefreshOptions {
  readonly wait: boolean;
  readonly timeoutMs: number;
}

/** Without --wait there is one short look: most requests are answered in a second. */
const GLANCE_MS = 3_000;

/** Asks for a renewal, or for a check where none is possible soon, and says what came of it. */
export async function refresh(session: Session, name: string, { wait, timeoutMs }: RefreshOptions): Promise<ExitCode> {
  const before = await getChannel(session, name);
  const request = newRequest(session.look().now);
  await annotate(session, name, { [annotations.refresh]: request });
  if (wait) session.note(`Asked for a refresh of ${session.namespace}/${name}; waiting for the operator …`);
  const look = async () => {
    const now = await getChannel(session, name);
    return isAnswered(now, before, request) ? now : undefined;
  };
  const after = await until(session, look, { timeoutMs: wait ? timeoutMs : GLANCE_MS });
  if (after === undefined) {
    const latest = await getChannel(session, name);
    session.print(unanswered(latest, { wait, timeoutMs }));
    return wait ? exitCodes.TimedOut : exitCodes.Fine;
  }
  const { text, isFine } = outcome(before, after, session.look());
  session.print(`${wrapped(text, '', '')}\n`);
  return isFine ? exitCodes.Fine : exitCodes.PersonNeeded;
}

/** Handled, or something went wrong meanwhile: a request is kept until it succeeds. */
function isAnswered({ status }: SocialChannel, before: SocialChannel, request: string): boolean {
  if (status?.lastHandledRefreshRequest === request) return true;
  const failedAt = status?.failure?.lastTime;
  return failedAt !== undefined && failedAt !== before.status?.failure?.lastTime;
}

function outcome(before: SocialChannel, after: SocialChannel, look: Look): { text: string; isFine: boolean } {
  const { status } = after;
  const name = `${after.metadata.namespace}/${after.metadata.name}`;
  if (status?.state === 'NeedsReauth')
    return { text: `${name} needs a person (${status.reason}): ${status.message}`, isFine: false };
  const failure = status?.failure;
  if (failure !== undefined && failure.lastTime !== before.status?.failure?.lastTime) {
    const retryAt = parseInstant(failure.nextAttemptTime);
    const next = retryAt === undefined ? '' : ` It is tried again ${away(retryAt, look.now)}.`;
    return { text: `${name}: the refresh failed (${failure.code}): ${failure.message ?? ''}${next}`, isFine: false };
  }
  const endsAt = parseInstant(status?.accessTokenExpiryTime);
  const until = endsAt === undefined ? '' : ` It lives until ${moment(endsAt, look)} (${away(endsAt, look.now)}).`;
  if (generationOf(after) !== generationOf(before))
    return { text: `${name} is renewed: pods get a new access token.${until}`, isFine: true };
  if (status?.state === 'Pending')
    return { text: `${name} has nothing to renew yet (${status.reason}): ${status.message}`, isFine: false };
  const isChecked = status?.lastCheckTime !== before.status?.lastCheckTime;
  const what = isChecked
    ? 'was checked at the platform, which still accepts the login; its token was not due for renewal.'
    : 'was looked at, and nothing was sent: a login of this kind can be neither renewed nor asked about.';
  return { text: `${name} ${what}${until}`, isFine: true };
}

function generationOf({ status }: SocialChannel): string {
  return `${status?.epoch ?? 0}.${status?.generation ?? 0}`;
}

function unanswered({ metadata, status, spec }: SocialChannel, { wait, timeoutMs }: RefreshOptions): string {
  const name = `${metadata.namespace}/${metadata.name}`;
  const tail = `See what comes of it: kubectl socialchannel describe -n ${metadata.namespace} ${metadata.name}`;
  const because =
    status === undefined
      ? 'The operator has never looked at this channel; kubectl socialchannel doctor finds out why.'
      : spec.refresh.policy === 'Suspended'
        ? 'spec.refresh.policy is Suspended, so nothing is sent to the platform.'
        : status.state === 'NeedsReauth' || status.state === 'Pending'
          ? `The channel is ${status.state} (${status.reason}), and there is nothing to renew before a person has connected it.`
          : status.failure?.message;
  const asked = wait
    ? `${name}: no answer within ${timeoutMs / 1000} s; the request stays.`
    : `${name}: the refresh is asked for and not done yet.`;
  return `${wrapped(`${asked}${because === undefined ? '' : ` ${because}`} ${tail}`, '', '')}\n`;
}
