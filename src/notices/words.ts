import { isBlocked, isReason } from '../api/reasons.ts';
import type { Notice } from '../core/notice.ts';

/** Every English word of the mails, so that they can be translated in one place. */
export const words = {
  headline: {
    Expiring: (who: string) => `Connect ${who} again soon`,
    NeedsReauth: (who: string) => `${who} has to be connected again`,
    Recovered: (who: string) => `${who} is connected again`,
  },
  /** The login is good: nobody is to connect anything. */
  atPlatform: (who: string) => `${who}: something waits for you at the platform`,
  digestSubject: (count: number, urgent: number) =>
    urgent > 0 ? `${urgent} of ${count} channels have to be connected again` : `News of ${count} channels`,
  digestHead: (count: number) => `News of ${count} channels that are yours`,
  before: (day: string) => `before ${day}`,
  labels: {
    channel: 'Channel',
    account: 'Account',
    owner: 'Owner',
    why: 'Why',
    since: 'Since',
    deadline: 'Until',
    still: 'Works now',
    how: 'To do',
    page: 'Page',
  },
  states: { Expiring: 'Expiring', NeedsReauth: 'Needs you', Recovered: 'Connected' },
  still: {
    until: (at: string) => `Streams keep their access until ${at}.`,
    open: 'Streams keep their access for now.',
    none: 'Nothing: the access token that streams had is dead.',
  },
  well: 'Nothing is to be done.',
  withoutPage: (channel: string) => `Whoever runs social-channel-operator can tell how: name the channel ${channel}.`,
  button: 'Connect again',
  personal: 'Use the login that is assigned to this account, and sign in to the right account before you continue.',
  /** Under each mail. */
  footer: (isAsked: boolean) =>
    `You get this as the owner of a channel in social-channel-operator, or as the address that gets copies. ${isAsked ? 'The link holds no secret; the page behind it tells whose account it wants before anything happens.' : 'This mail holds no secret.'}`,
} as const;

const format = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', dateStyle: 'long', timeStyle: 'short' });
const dayFormat = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', dateStyle: 'long' });

/** `1 December 2026 at 21:42 UTC` */
export function instantInWords(at: number): string {
  return `${format.format(at)} UTC`;
}

/** The platform and `@mainstage`. */
export function accountInWords({ platform, account, channel }: Notice): string {
  if (account === undefined) return `${channel.namespace}/${channel.name}`;
  // A name of several words is a Page's or the like; a handle is one.
  const isHandle = account.handle !== account.id && !/\s/.test(account.handle);
  return `${platform} ${isHandle ? `@${account.handle.replace(/^@/, '')}` : account.handle}`;
}

/** Something that the owner ends at the platform, without a new login. */
export function isAtPlatform({ reason }: Notice): boolean {
  return isReason(reason) && isBlocked(reason);
}

export function subjectOf(notice: Notice): string {
  if (isAtPlatform(notice)) return words.atPlatform(accountInWords(notice));
  const head = words.headline[notice.kind](accountInWords(notice));
  const { deadlineAt, kind } = notice;
  return kind === 'Expiring' && deadlineAt !== undefined
    ? `${head}, ${words.before(dayFormat.format(deadlineAt))}`
    : head;
}
