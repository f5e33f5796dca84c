import { annotations } from '../api/names.ts';
import type { SocialApp, SocialAppStatus } from '../api/resources.gen.ts';
import { endOf, isUpTo, type Member } from './brake.ts';
import { formatInstant, parseInstant } from './instant.ts';

/** What somebody decides who knows more than the brake: that a platform was wrong, or that the logins are really gone. */

type Rejections = NonNullable<SocialAppStatus['rejections']>;
export type Suspect = Pick<Member, 'key' | 'endsAt'> & { readonly suspectedAt: number };

/** The answer to one request, for an Event of the app. */
export interface Ruling {
  readonly type: 'Normal' | 'Warning';
  readonly reason: 'RejectionsReleased' | 'RejectionsConfirmed' | 'RejectionsUnknown';
  readonly message: string;
}

/** As much of a typed value as status can repeat. */
const SHOWN_LENGTH = 64;

/** Those of an app's suspects that nobody has decided about. */
export function undecided<S extends Suspect>(suspects: readonly S[], rejections: Rejections | undefined): S[] {
  const until = [rejections?.releasedTime, rejections?.confirmedTime].map(parseInstant);
  return suspects.filter(({ suspectedAt }) => !until.some((at) => isUpTo(suspectedAt, at)));
}

/** The moment that stands for the wave as it is shown: whoever is rejected later is no part of what was decided. */
export function shownUntil(suspects: readonly Suspect[]): string {
  return formatInstant(suspects.reduce((last, { suspectedAt }) => Math.max(last, suspectedAt), 0));
}

/**
 * Answers each new value of the two annotations once. It has to lie within the wave that the app shows, so that an old
 * value, or one for a moment to come, decides nothing about rejections that nobody has seen.
 */
export function ruleByHand(
  { metadata, status }: Pick<SocialApp, 'metadata' | 'status'>,
  suspects: readonly Suspect[],
): { readonly rejections: Rejections | undefined; readonly rulings: readonly Ruling[] } {
  let rejections = status?.rejections;
  const rulings: Ruling[] = [];
  const asked = (name: string) => metadata.annotations?.[name]?.slice(0, SHOWN_LENGTH);
  const release = asked(annotations.releaseRejections);
  if (release !== undefined && release !== (rejections?.lastHandledRelease ?? '')) {
    const meant = meantBy(release, undecided(suspects, withoutConfirmation(rejections)));
    rejections = { ...rejections, lastHandledRelease: release };
    if (meant.length > 0) {
      const [first] = meant.toSorted((a, b) => endOf(a) - endOf(b) || (a.key < b.key ? -1 : 1));
      rejections = { ...rejections, releasedTime: timeOf(release), ...(first && { canary: first.key }) };
    }
    rulings.push(meant.length === 0 ? unknown(annotations.releaseRejections, release) : released(meant.length));
  }
  const confirm = asked(annotations.confirmRejections);
  if (confirm !== undefined && confirm !== (rejections?.lastHandledConfirmation ?? '')) {
    const meant = meantBy(confirm, undecided(suspects, rejections));
    rejections = { ...rejections, lastHandledConfirmation: confirm };
    if (meant.length > 0) rejections = { ...rejections, confirmedTime: timeOf(confirm) };
    rulings.push(meant.length === 0 ? unknown(annotations.confirmRejections, confirm) : confirmed(meant.length));
  }
  return { rejections, rulings };
}

/** What was confirmed and is not believed yet can still be released. */
function withoutConfirmation(rejections: Rejections | undefined): Rejections | undefined {
  const { confirmedTime: _, ...rest } = rejections ?? {};
  return rest;
}

/** The suspects up to that moment; none where it is no moment of the wave. */
function meantBy(value: string, suspects: readonly Suspect[]): Suspect[] {
  const until = parseInstant(value);
  if (until === undefined || until > (parseInstant(shownUntil(suspects)) ?? 0)) return [];
  return suspects.filter(({ suspectedAt }) => isUpTo(suspectedAt, until));
}

function timeOf(value: string): string {
  return formatInstant(parseInstant(value) ?? 0);
}

const many = (count: number) => (count === 1 ? '1 rejected login' : `${count} rejected logins`);

function released(count: number): Ruling {
  const message = `By hand: what the platform said of ${many(count)} is forgotten. One asks again at once, the others within the minute.`;
  return { type: 'Normal', reason: 'RejectionsReleased', message };
}

function confirmed(count: number): Ruling {
  const message = `By hand: the platform is believed about ${many(count)}. Where asking is due it is asked once more; then their people are asked to reconnect.`;
  return { type: 'Warning', reason: 'RejectionsConfirmed', message };
}

function unknown(annotation: string, value: string): Ruling {
  const message = `The annotation ${annotation}: ${value} names no wave of rejections that this app has now, so nothing was decided. Take the command from the condition Ready.`;
  return { type: 'Warning', reason: 'RejectionsUnknown', message };
}
