import { getCondition } from '../api/conditions.ts';
import { secretNameOf } from '../api/names.ts';
import type { SocialChannel } from '../api/resources.gen.ts';
import { parseInstant } from '../core/instant.ts';
import { actorCell, isPersonNeeded, ownerText } from './people.ts';
import { away, type Column, counted, dayOf, type Look, span, table, WIDTH } from './text.ts';
import { byUrgency } from './urgency.ts';

export interface StatusTable {
  readonly isWide: boolean;
  readonly withNamespace: boolean;
}

const marks = { NeedsReauth: 'bad', Expiring: 'warn', Connected: 'good', Pending: 'dim' } as const;

/** The table of `status`, and one line that sums it up. */
export function statusText(channels: readonly SocialChannel[], options: StatusTable, look: Look): string {
  const sorted = byUrgency(channels);
  return `${table(sorted, columnsOf(options, look), look.paint, options.isWide ? Number.POSITIVE_INFINITY : WIDTH)}\n${summary(sorted, options)}\n`;
}

function columnsOf({ isWide, withNamespace }: StatusTable, look: Look): Column<SocialChannel>[] {
  const narrow: Column<SocialChannel>[] = [
    ...(withNamespace ? [{ title: 'NAMESPACE', of: ({ metadata }: SocialChannel) => metadata.namespace ?? '' }] : []),
    { title: 'NAME', of: ({ metadata }) => metadata.name },
    { title: 'STATE', of: stateCell, mark: (channel) => markOf(channel) },
    { title: 'REASON', of: ({ status }) => status?.reason ?? '' },
    { title: 'WHO ACTS', of: actorCell, min: 8 },
    { title: 'TOKEN', of: (channel) => tokenCell(channel, look) },
    { title: 'PERSON BY', of: (channel) => deadlineCell(channel, look) },
  ];
  if (!isWide) return narrow;
  return [
    ...narrow,
    { title: 'PLATFORM', of: ({ status }) => status?.platform ?? '' },
    { title: 'ACCOUNT', of: ({ status }) => status?.account?.handle ?? '' },
    { title: 'OWNER', of: (channel) => ownerText(channel) ?? '' },
    { title: 'SECRET', of: (channel) => channel.status?.secretName ?? secretNameOf(channel) },
    { title: 'NEXT REFRESH', of: ({ status }) => when(status?.nextRefreshTime, look) },
    { title: 'MESSAGE', of: ({ status }) => status?.message ?? '' },
  ];
}

function stateCell({ status }: SocialChannel): string {
  return status?.state ?? 'Pending';
}

function markOf(channel: SocialChannel) {
  const state = channel.status?.state ?? 'Pending';
  const isDown = getCondition(channel.status?.conditions, 'Ready')?.status === 'False';
  return state === 'Connected' && isDown ? 'warn' : marks[state];
}

/** How long pods still have a token that works. */
function tokenCell({ status }: SocialChannel, { now }: Look): string {
  const valid = getCondition(status?.conditions, 'TokenValid');
  if (valid?.reason === 'NoAccessToken' || valid === undefined) return '';
  const endsAt = parseInstant(status?.accessTokenExpiryTime);
  if (valid.reason === 'AccessTokenRefused') return 'refused';
  if (endsAt === undefined) return valid.status === 'True' ? 'no end' : 'unusable';
  return endsAt <= now ? 'ended' : valid.status === 'True' ? span(endsAt - now) : 'unusable';
}

function deadlineCell({ status }: SocialChannel, look: Look): string {
  if (status?.state === 'NeedsReauth') return 'now';
  const at = parseInstant(status?.deadlineTime);
  return at === undefined ? '' : dayOf(at, look);
}

function when(instant: string | undefined, { now }: Look): string {
  const at = parseInstant(instant);
  return at === undefined ? '' : away(at, now);
}

function summary(sorted: readonly SocialChannel[], { withNamespace }: StatusTable): string {
  const needed = sorted.filter(isPersonNeeded);
  const [first] = needed;
  if (first === undefined) return `${counted(sorted.length, 'channel')}; nobody has to act.`;
  const { namespace, name } = first.metadata;
  const where = withNamespace ? `-n ${namespace} ` : '';
  const verb = needed.length === 1 ? 'needs' : 'need';
  return `${needed.length} of ${counted(sorted.length, 'channel')} ${verb} a person. The first one's story: kubectl socialchannel describe ${where}${name}`;
}
