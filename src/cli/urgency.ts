import { getCondition } from '../api/conditions.ts';
import { familyOf, isReason } from '../api/reasons.ts';
import type { SocialChannel } from '../api/resources.gen.ts';
import { parseInstant } from '../core/instant.ts';

/** What hurts most comes first. */
const ranks = ['Lost', 'Down', 'Expiring', 'Hampered', 'Pending', 'Well'] as const;
type Rank = (typeof ranks)[number];

function rankOf({ status }: SocialChannel): Rank {
  const state = status?.state ?? 'Pending';
  if (state === 'NeedsReauth') return 'Lost';
  if (state === 'Pending') return 'Pending';
  if (getCondition(status?.conditions, 'Ready')?.status === 'False') return 'Down';
  if (state === 'Expiring') return 'Expiring';
  const reason = status?.reason;
  return reason !== undefined && isReason(reason) && familyOf(reason) !== undefined ? 'Hampered' : 'Well';
}

/** When it gets worse by itself: the token of pods ends, or a person is needed. */
function worseAt({ status }: SocialChannel): number {
  const isWell = status?.state === 'Connected' && getCondition(status.conditions, 'Ready')?.status === 'True';
  const token = isWell ? undefined : parseInstant(status?.accessTokenExpiryTime);
  return Math.min(token ?? Number.POSITIVE_INFINITY, parseInstant(status?.deadlineTime) ?? Number.POSITIVE_INFINITY);
}

/** The channels, the one that needs somebody soonest first. */
export function byUrgency(channels: readonly SocialChannel[]): SocialChannel[] {
  const keyed = channels.map((channel) => ({
    channel,
    rank: ranks.indexOf(rankOf(channel)),
    at: worseAt(channel),
    name: `${channel.metadata.namespace}/${channel.metadata.name}`,
  }));
  const order = (a: (typeof keyed)[number], b: (typeof keyed)[number]) =>
    a.rank - b.rank || (a.at === b.at ? 0 : a.at - b.at) || a.name.localeCompare(b.name);
  return keyed.sort(order).map(({ channel }) => channel);
}
