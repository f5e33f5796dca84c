import type { ConditionStatus, ConditionType } from './api/conditions.ts';

/** What the scrape tells of one channel. Instants are epoch milliseconds; what is unknown is absent, never zero. */
export interface ChannelGauges {
  readonly namespace: string;
  readonly name: string;
  readonly platform: string;
  readonly app: string;
  /** `spec.owner.name`, never the address. */
  readonly owner?: string | undefined;
  readonly state: ChannelState;
  readonly reason: string;
  readonly conditions: readonly { readonly type: ConditionType; readonly status: ConditionStatus }[];
  readonly accessTokenExpiresAt?: number | undefined;
  readonly deadlineAt?: number | undefined;
  readonly nextRefreshAt?: number | undefined;
  readonly lastRefreshAt?: number | undefined;
  readonly failingSince?: number | undefined;
}

/** The channels that this replica owns, as they stand in the reflector's store at the moment of the scrape. */
export interface ChannelSource {
  list(): Iterable<ChannelGauges>;
}

export type ChannelState = 'Pending' | 'Connected' | 'Expiring' | 'NeedsReauth';

const DAY_MS = 86_400_000;
/** From here on SocialChannelConsentExpiryAhead tells of a channel, and SocialChannelConsentExpirySoon. */
const AHEAD_MS = 30 * DAY_MS;
const SOON_MS = 7 * DAY_MS;
/** For how many days ahead the deadlines of the fleet are counted. */
const DEADLINE_DAYS = [7, 30, 90] as const;

/** What a condition says while all is well; `Ready` is told always. */
const USUAL: Readonly<Partial<Record<ConditionType, ConditionStatus>>> = {
  TokenValid: 'True',
  ReauthRequired: 'False',
  SecretProjected: 'True',
  Stalled: 'False',
};

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [labels: Labels, value: number];

/** A gauge that is computed at each scrape: no bookkeeping per event, so nothing can drift. */
interface Described {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
}

/** Of one channel; `more` is what stands behind the labels that all of its series share, as text with its comma. */
interface ChannelFamily extends Described {
  readonly samples: (channel: ChannelGauges) => Iterable<readonly [more: string, value: number]>;
}

interface FleetFamily extends Described {
  readonly samples: (channels: readonly ChannelGauges[], now: number) => Iterable<Sample>;
}

const OBJECT_LABELS = ['namespace', 'name', 'platform'] as const;

/** Epoch seconds of an instant, one series per channel that knows it. */
function instant(name: string, help: string, at: (channel: ChannelGauges) => number | undefined): ChannelFamily {
  return {
    name: `socialchannel_${name}_timestamp_seconds`,
    help,
    labels: OBJECT_LABELS,
    samples: (channel) => {
      const atMs = at(channel);
      return atMs === undefined ? [] : [['', atMs / 1000]];
    },
  };
}

const channelFamilies: readonly ChannelFamily[] = [
  {
    name: 'socialchannel_info',
    help: 'Always 1; joins a channel to its app and owner.',
    labels: [...OBJECT_LABELS, 'app', 'owner'],
    samples: ({ app, owner = '' }) => [[`,${pairs({ app, owner })}`, 1]],
  },
  {
    name: 'socialchannel_state',
    help: 'Always 1; one series per channel with the state that it is in.',
    labels: [...OBJECT_LABELS, 'state'],
    samples: ({ state }) => [[`,state="${state}"`, 1]],
  },
  {
    name: 'socialchannel_status_condition',
    help: 'Always 1; the condition Ready with its status, and every other condition that is not as it should be.',
    labels: [...OBJECT_LABELS, 'condition', 'status'],
    samples: ({ conditions }) =>
      conditions
        .filter(({ type, status }) => status !== USUAL[type])
        .map(({ type, status }) => [`,condition="${type}",status="${status}"`, 1]),
  },
  instant(
    'access_token_expiration',
    'When the access token ends; absent when it has no end or none is held.',
    (channel) => channel.accessTokenExpiresAt,
  ),
  instant(
    'deadline',
    'When a person is needed because automation cannot move it; absent when there is no such moment.',
    (channel) => channel.deadlineAt,
  ),
  instant(
    'next_refresh',
    'When the next refresh is due; absent when none is planned.',
    (channel) => channel.nextRefreshAt,
  ),
  instant(
    'last_refresh',
    'When the last refresh succeeded; absent before the first.',
    (channel) => channel.lastRefreshAt,
  ),
  instant(
    'failing_since',
    'When what fails now began to fail, from the third failure on; absent while all is well.',
    (channel) => channel.failingSince,
  ),
];

const fleetFamilies: readonly FleetFamily[] = [
  {
    name: 'socialchannel_channels',
    help: 'Number of channels by platform, state and reason, of all channels however many there are.',
    labels: ['platform', 'state', 'reason'],
    samples: (channels) => countBy(channels, ({ platform, state, reason }) => ({ platform, state, reason })),
  },
  {
    name: 'socialchannel_access_tokens_expired',
    help: 'Number of channels whose access token has ended, by platform.',
    labels: ['platform'],
    samples: (channels, now) =>
      countBy(channels, platformOnly, ({ accessTokenExpiresAt: at }) => at !== undefined && at <= now),
  },
  {
    name: 'socialchannel_refreshes_overdue',
    help: 'Number of channels whose next refresh lies in the past, by platform; a little is normal, growth is a backlog.',
    labels: ['platform'],
    samples: (channels, now) =>
      countBy(channels, platformOnly, ({ nextRefreshAt: at }) => at !== undefined && at <= now),
  },
  {
    name: 'socialchannel_soonest_access_token_expiration_timestamp_seconds',
    help: 'The earliest end of an access token that is still alive, by platform; absent when none has an end.',
    labels: ['platform'],
    samples: (channels, now) => soonestByPlatform(channels, now),
  },
  {
    name: 'socialchannel_deadlines_within',
    help: 'Number of channels for which a person is needed within so many days (7, 30 or 90), by platform.',
    labels: ['platform', 'days'],
    samples: (channels, now) =>
      DEADLINE_DAYS.flatMap((days) => [
        ...countBy(
          channels,
          ({ platform }) => ({ platform, days: String(days) }),
          ({ deadlineAt: at }) => at !== undefined && at - now < days * DAY_MS,
        ),
      ]),
  },
];

/** Of what was left out: all of it, and what an alert would have told of. */
const omittedFamily: Described = {
  name: 'socialchannel_channels_without_series',
  help: 'Number of channels that have no series of their own, because there are more than --metrics-channel-limit.',
  labels: [],
};
const unheardFamily: Described = {
  name: 'socialchannel_urgent_channels_without_series',
  help: 'Number of them that alerts about single channels would tell of: not zero only where more than --metrics-channel-limit are urgent at once.',
  labels: [],
};

export const scrapeFamilies: readonly Described[] = [
  ...channelFamilies,
  ...fleetFamilies,
  omittedFamily,
  unheardFamily,
];

/**
 * Text exposition of all gauges about channels. Never more than `limit` channels have series of their own: where there are
 * more, the noteworthy only, and of those the most urgent, so that the size of a scrape has a bound.
 */
export function renderChannels(source: ChannelSource, now: number, limit: number): string {
  const channels = [...source.list()];
  const { shown, unheard } = channels.length <= limit ? { shown: channels, unheard: 0 } : chosen(channels, now, limit);
  // Written once for all series of a channel: they are most of what a scrape is made of.
  const own = shown.map(({ namespace, name, platform }) => pairs({ namespace, name, platform }));
  const lines: string[] = [];
  for (const family of channelFamilies) {
    lines.push(head(family));
    for (const [index, channel] of shown.entries())
      for (const [more, value] of family.samples(channel)) lines.push(`${family.name}{${own[index]}${more}} ${value}`);
  }
  for (const family of fleetFamilies) {
    lines.push(head(family));
    for (const [labels, value] of family.samples(channels, now))
      lines.push(`${family.name}{${pairs(labels)}} ${value}`);
  }
  lines.push(head(omittedFamily), `${omittedFamily.name} ${channels.length - shown.length}`);
  lines.push(head(unheardFamily), `${unheardFamily.name} ${unheard}`, '');
  return lines.join('\n');
}

/** The noteworthy, the most urgent of them first, and how many of those were left out that an alert would tell of. */
function chosen(channels: readonly ChannelGauges[], now: number, limit: number) {
  const noteworthy: { readonly channel: ChannelGauges; readonly rank: number; readonly at: number }[] = [];
  for (const channel of channels) {
    const rank = rankOf(channel, now);
    if (rank === undefined) continue;
    // Among equals, whose time ends first: that is the one that alerts by platform look for.
    const at = Math.min(channel.accessTokenExpiresAt ?? Number.MAX_VALUE, channel.deadlineAt ?? Number.MAX_VALUE);
    noteworthy.push({ channel, rank, at });
  }
  noteworthy.sort((a, b) => a.rank - b.rank || a.at - b.at);
  return {
    shown: noteworthy.slice(0, limit).map(({ channel }) => channel),
    unheard: noteworthy.slice(limit).filter(({ rank }) => rank !== Rank.Failing && rank !== Rank.NotHealthy).length,
  };
}

/** In the order of the alerts' severity; `Failing` and `NotHealthy` have no alert about single channels. */
const Rank = {
  TokenEnded: 0,
  SecretStale: 1,
  NeedsReauth: 2,
  DeadlineSoon: 3,
  Failing: 4,
  DeadlineAhead: 5,
  NotHealthy: 6,
};

/** Undefined: nothing is to be told of it. */
function rankOf(channel: ChannelGauges, now: number): number | undefined {
  const { state, conditions, accessTokenExpiresAt, nextRefreshAt, deadlineAt, failingSince } = channel;
  const endsWithin = (ms: number) => deadlineAt !== undefined && deadlineAt - now < ms;
  const unusual = conditions.filter(({ type, status }) => status !== (USUAL[type] ?? 'True'));
  const hasEnded = accessTokenExpiresAt !== undefined && accessTokenExpiresAt <= now;
  // Where no refresh is planned (suspended) nobody expects a living token.
  if (hasEnded && (nextRefreshAt !== undefined || state === 'NeedsReauth')) return Rank.TokenEnded;
  if (state !== 'Pending' && unusual.some(({ type }) => type === 'SecretProjected')) return Rank.SecretStale;
  if (state === 'NeedsReauth') return Rank.NeedsReauth;
  if (endsWithin(SOON_MS)) return Rank.DeadlineSoon;
  if (failingSince !== undefined) return Rank.Failing;
  if (endsWithin(AHEAD_MS)) return Rank.DeadlineAhead;
  return state !== 'Connected' || unusual.length > 0 || hasEnded ? Rank.NotHealthy : undefined;
}

function head({ name, help }: Described): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge`;
}

function pairs(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escapeLabel(value)}"`)
    .join(',');
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}

function platformOnly({ platform }: ChannelGauges): Labels {
  return { platform };
}

/** Counts those that `counts`; every combination of labels that occurs is told, with zero too, so that it never vanishes. */
function countBy(
  channels: readonly ChannelGauges[],
  labelsOf: (channel: ChannelGauges) => Labels,
  counts: (channel: ChannelGauges) => boolean = () => true,
): Iterable<Sample> {
  const found = new Map<string, [Labels, number]>();
  for (const channel of channels) {
    const labels = labelsOf(channel);
    const key = Object.values(labels).join('\n');
    const entry = found.get(key) ?? [labels, 0];
    if (counts(channel)) entry[1] += 1;
    found.set(key, entry);
  }
  return found.values();
}

function soonestByPlatform(channels: readonly ChannelGauges[], now: number): Iterable<Sample> {
  const soonest = new Map<string, number>();
  for (const { platform, accessTokenExpiresAt: at } of channels) {
    if (at !== undefined && at > now) soonest.set(platform, Math.min(at, soonest.get(platform) ?? at));
  }
  return [...soonest].map(([platform, at]) => [{ platform }, at / 1000]);
}
