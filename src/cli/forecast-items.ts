import type { SocialChannel } from '../api/resources.gen.ts';
import { parseInstant } from '../core/instant.ts';
import { actorCell, isPersonNeeded } from './people.ts';
import { endingText } from './story.ts';
import { counted, DAY, dayOf, type Look, span, table } from './text.ts';

/** One time at which somebody has to act. */
export interface Item {
  readonly channel: SocialChannel;
  /** Epoch milliseconds; what is due already has the moment since when, or now. */
  readonly at: number;
  readonly isDue: boolean;
  readonly who: string;
  readonly why: string;
}

export interface Forecast {
  readonly items: readonly Item[];
  readonly days: number;
  /** Channels whose moment lies further ahead. */
  readonly later: number;
  /** Channels of which no such moment is known. */
  readonly open: number;
}

/** Who must act when, the soonest first. */
export function forecastOf(channels: readonly SocialChannel[], days: number, now: number): Forecast {
  const due = channels.filter(isDue).map((channel): Item => {
    const { reason = '', needsReauthSince } = channel.status ?? {};
    return { channel, at: parseInstant(needsReauthSince) ?? now, isDue: true, who: actorCell(channel), why: reason };
  });
  const rest = channels.filter((channel) => !isDue(channel));
  const ahead = rest.flatMap((channel): Item[] => {
    const at = parseInstant(channel.status?.deadlineTime);
    const why = endingText(channel.status?.deadlineReason);
    return at === undefined ? [] : [{ channel, at, isDue: false, who: ownerCell(channel), why }];
  });
  const near = ahead.filter(({ at }) => at <= now + days * DAY);
  const soonest = (a: Item, b: Item) => a.at - b.at || nameOf(a).localeCompare(nameOf(b));
  return {
    items: [...due.sort(soonest), ...near.sort(soonest)],
    days,
    later: ahead.length - near.length,
    open: rest.length - ahead.length,
  };
}

/** A near deadline is a moment of the calendar, not something that is due. */
function isDue(channel: SocialChannel): boolean {
  return isPersonNeeded(channel) && channel.status?.reason !== 'DeadlineNear';
}

function ownerCell({ spec }: SocialChannel): string {
  return spec.owner?.name ?? 'the owner';
}

function nameOf({ channel: { metadata } }: Item): string {
  return `${metadata.namespace}/${metadata.name}`;
}

export function forecastText({ items, days, later, open }: Forecast, withNamespace: boolean, look: Look): string {
  const rest = `${counted(later, 'channel')} after that; of ${counted(open, 'channel')} no end is known.`;
  if (items.length === 0) return `Nobody has to act within ${days} days. ${rest}\n`;
  const columns = [
    { title: 'WHEN', of: (item: Item) => (item.isDue ? 'now' : dayOf(item.at, look)), mark: markOf(look) },
    { title: 'IN', of: (item: Item) => (item.isDue ? '' : span(item.at - look.now)) },
    { title: 'WHO', of: ({ who }: Item) => who, min: 10 },
    { title: 'CHANNEL', of: (item: Item) => (withNamespace ? nameOf(item) : item.channel.metadata.name) },
    { title: 'PLATFORM', of: ({ channel }: Item) => channel.status?.platform ?? '', min: 8 },
    { title: 'WHY', of: ({ why }: Item) => why, min: 16 },
  ];
  return `${table(items, columns, look.paint)}\n${rest}\n`;
}

function markOf({ now }: Look) {
  return ({ isDue, at }: Item) => (isDue ? 'bad' : at - now < 7 * DAY ? 'warn' : undefined);
}
