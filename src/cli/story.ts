import { getCondition } from '../api/conditions.ts';
import { secretNameOf } from '../api/names.ts';
import { explain, familyOf, isReason, remedy } from '../api/reasons.ts';
import type { SocialChannel } from '../api/resources.gen.ts';
import { parseInstant } from '../core/instant.ts';
import { isOfTheAccount } from '../core/rejections.ts';
import { actorOf, actorText, ownerText } from './people.ts';
import { away, type Look, moment, printable, span, WIDTH, wrapped, zoneName } from './text.ts';

/** The story of one channel: what happened, what still works, who has to act, how, and what happens next. */
export function storyText(channel: SocialChannel, look: Look): string {
  const parts: readonly (readonly [title: string, text: string | undefined])[] = [
    ['Why', whyOf(channel)],
    ['Still', stillOf(channel, look)],
    ['Who', whoOf(channel)],
    ['How', howOf(channel)],
    ['Next', nextOf(channel, look)],
    ['Later', laterOf(channel, look)],
    ['Trouble', troubleOf(channel, look)],
  ];
  const told = parts.flatMap(([title, text]) => (text ? [part(title, text, look)] : []));
  return `${headOf(channel, look)}\n\n${told.join('\n')}\n`;
}

function part(title: string, text: string, { paint }: Look): string {
  const indent = ' '.repeat(11);
  return wrapped(text, `  ${paint('strong', title)}${' '.repeat(9 - title.length)}`, indent);
}

function headOf(channel: SocialChannel, look: Look): string {
  const { status, metadata, spec } = channel;
  const state = status?.state ?? 'Pending';
  const account = status?.account;
  const known = [
    status?.platform,
    account?.handle ?? spec.account?.handle,
    account?.id !== undefined && account.id !== account.handle ? `id ${account.id}` : undefined,
  ].filter((text) => text !== undefined);
  const left = printable(`${metadata.name}${known.length === 0 ? '' : `  (${known.join(', ')})`}`);
  const since = sinceOf(channel);
  const right =
    since === undefined ? state : `${state} since ${moment(since, look)} ${zoneName(look)} (${span(look.now - since)})`;
  const mark = state === 'NeedsReauth' ? 'bad' : state === 'Connected' ? 'good' : 'warn';
  const gap = Math.max(2, WIDTH - left.length - right.length);
  return look.paint('strong', left) + ' '.repeat(gap) + look.paint(mark, right);
}

function sinceOf({ status }: SocialChannel): number | undefined {
  if (status?.state === 'NeedsReauth') return parseInstant(status.needsReauthSince);
  const ready = getCondition(status?.conditions, 'Ready');
  return status?.state === 'Connected' && ready?.status === 'True' ? parseInstant(ready.lastTransitionTime) : undefined;
}

/** The operator's message without the part that says what somebody has to do: that stands under How. */
function split(channel: SocialChannel): { readonly why: string; readonly how: string | undefined } {
  const message = channel.status?.message ?? '';
  const who = ownerText(channel) ?? 'The owner of the account';
  const starts = [`${who} has to `, `${who} can `, `${who} should `].map((start) => message.indexOf(start));
  const at = Math.min(...starts.filter((index) => index >= 0));
  return Number.isFinite(at)
    ? { why: message.slice(0, at).trim(), how: message.slice(at) }
    : { why: message, how: undefined };
}

function whyOf(channel: SocialChannel): string {
  const { status } = channel;
  if (status === undefined) {
    return 'The operator has not looked at this channel yet. Does it run, and does it watch this namespace? kubectl socialchannel doctor looks.';
  }
  const { why } = split(channel);
  if (why !== '') return why;
  const { reason = '' } = status;
  return isReason(reason) ? explain(reason, { platform: status.platform }) : reason;
}

/** What pods have. */
function stillOf(channel: SocialChannel, look: Look): string | undefined {
  const { status, spec } = channel;
  const valid = getCondition(status?.conditions, 'TokenValid');
  if (valid === undefined || valid.reason === 'NoAccessToken') return 'Pods have no token yet.';
  const endsAt = parseInstant(status?.accessTokenExpiryTime);
  const at = moment(parseInstant(valid.lastTransitionTime) ?? look.now, look);
  if (valid.reason === 'AccessTokenRefused') return `The access token was refused at ${at}; pods have no valid token.`;
  if (endsAt !== undefined && endsAt <= look.now)
    return `The access token ended at ${moment(endsAt, look)} (${away(endsAt, look.now)}); pods have no valid token.`;
  if (valid.status !== 'True') return `${valid.message} Pods have no valid token.`;
  const projected = getCondition(status?.conditions, 'SecretProjected');
  if (projected?.status === 'False') return `The token is alive, but pods do not get it: ${projected.message}`;
  const where = `Secret ${status?.secretName ?? secretNameOf(channel)} (key ${spec.secret.keys.accessToken})`;
  const end =
    endsAt === undefined
      ? 'has no end that the platform tells'
      : `lives until ${moment(endsAt, look)} (${away(endsAt, look.now)})`;
  return status?.state === 'NeedsReauth'
    ? `The token in ${where} has not been refused so far; it ${end}, and is not renewed.`
    : `Pods have a valid token in ${where}; it ${end}.`;
}

function whoOf(channel: SocialChannel): string {
  const { status, spec } = channel;
  const actor = actorOf(channel);
  if (actor === undefined || actor === 'Nobody') return 'Nobody has to act.';
  const who = actorText(channel);
  const text = who.charAt(0).toUpperCase() + who.slice(1);
  if (actor !== 'Owner') return `${text}.`;
  const account = status?.account?.handle ?? spec.account?.handle ?? 'the account';
  return `${text}, with their own ${status?.platform ?? 'platform'} login for ${account} (two-factor on).`;
}

function howOf(channel: SocialChannel): string | undefined {
  const { status, metadata } = channel;
  const actor = actorOf(channel);
  if (actor === undefined || actor === 'Nobody') return undefined;
  if (actor === 'Owner' && status?.reconnectURL !== undefined) return `${status.reconnectURL}   (3 clicks)`;
  const { how } = split(channel);
  if (how !== undefined) return how;
  const { reason = '' } = status ?? {};
  if (!isReason(reason)) return undefined;
  // The operator's own message names the object and what to change; a general remedy beside it would say it twice.
  if (familyOf(reason) === 'Misconfigured' && status?.message) return undefined;
  return remedy(reason, {
    platform: status?.platform,
    owner: ownerText(channel),
    channel: metadata.name,
    namespace: metadata.namespace,
  });
}

function nextOf(channel: SocialChannel, look: Look): string {
  const { status } = channel;
  const reason = status?.reason ?? '';
  const at = (instant: string | undefined) => {
    const due = parseInstant(instant);
    return due === undefined || due < look.now ? undefined : `at ${moment(due, look)} (${away(due, look.now)})`;
  };
  if (status?.state === 'NeedsReauth') {
    return isReason(reason) && isOfTheAccount(reason) && reason !== 'ScopeMissing'
      ? 'The platform is asked again by itself; the channel heals as soon as that is settled there.'
      : 'Nothing happens automatically until then. The channel heals by itself after the new login.';
  }
  const retry = at(status?.failure?.nextAttemptTime);
  if (retry !== undefined) return `It is tried again ${retry}, by itself.`;
  const refresh = at(status?.nextRefreshTime);
  if (refresh !== undefined) return `The token is renewed ${refresh}, by itself.`;
  const check = at(status?.nextCheckTime);
  if (check !== undefined) return `The platform is asked ${check} whether the login still works.`;
  return status === undefined || status.state === 'Pending'
    ? 'The channel goes on by itself as soon as that is done.'
    : 'The operator looks again by itself.';
}

const endings: Readonly<Record<string, string>> = {
  ConsentEnds: 'the consent ends',
  RefreshTokenEnds: 'the refresh token ends',
  AccessTokenEnds: 'the access token ends and nothing renews it',
  ExchangeOverdue: 'the access token ends unless the platform prolongs it before',
};

/** What ends at the deadline, as a clause. */
export function endingText(deadlineReason: string | undefined): string {
  return endings[deadlineReason ?? ''] ?? 'a person is needed';
}

function laterOf({ status }: SocialChannel, look: Look): string | undefined {
  const at = parseInstant(status?.deadlineTime);
  if (at === undefined || at <= look.now || status?.state === 'NeedsReauth') return undefined;
  return `A person is needed by ${moment(at, look)} (${away(at, look.now)}): ${endingText(status?.deadlineReason)} then.`;
}

function troubleOf({ status }: SocialChannel, look: Look): string | undefined {
  const failure = status?.failure;
  const first = parseInstant(failure?.firstTime);
  if (failure === undefined || first === undefined) return undefined;
  const times = failure.count === 1 ? 'once' : `${failure.count} times in a row`;
  const said = failure.message === undefined || status?.message?.includes(failure.message) ? '' : ` ${failure.message}`;
  return `The last attempts failed ${times} since ${moment(first, look)} (${failure.code}).${said}`;
}
