import type { ChannelSummary } from '../../core/consent.ts';

export const dayMs = 86_400_000;

/** What the fleet page is asked to show; empty texts stand for all. */
export interface FleetFilter {
  readonly state: string;
  readonly platform: string;
  readonly owner: string;
  readonly namespace: string;
}

export type FilterName = keyof FleetFilter;
export const filterNames: readonly FilterName[] = ['state', 'platform', 'owner', 'namespace'];

export function fits(channel: ChannelSummary, filter: FleetFilter): boolean {
  return filterNames.every((name) => filter[name] === '' || filter[name] === filteredValue(channel, name));
}

export function filteredValue(channel: ChannelSummary, name: FilterName): string {
  if (name === 'namespace') return channel.ref.namespace;
  return channel[name] ?? '';
}

const ranks = { NeedsReauth: 0, Expiring: 1, Pending: 2, Connected: 3 } as const;

/** Most urgent first: who needs a person now and for longest, then whose deadline is nearest. */
export function byUrgency(a: ChannelSummary, b: ChannelSummary): number {
  return (
    ranks[a.state] - ranks[b.state] ||
    endOf(a) - endOf(b) ||
    (a.since ?? Infinity) - (b.since ?? Infinity) ||
    a.ref.namespace.localeCompare(b.ref.namespace) ||
    a.ref.name.localeCompare(b.ref.name)
  );
}

/** Where a person is needed already, no end is left to wait for. */
function endOf({ state, deadlineAt }: ChannelSummary): number {
  return state === 'NeedsReauth' ? 0 : (deadlineAt ?? Number.MAX_SAFE_INTEGER);
}

/** The moment at which a person is needed: now where one is needed already; undefined where none is in sight. */
export function actAt({ state, deadlineAt }: ChannelSummary, now: number): number | undefined {
  if (state === 'NeedsReauth') return now;
  return deadlineAt === undefined ? undefined : Math.max(now, deadlineAt);
}

/** Parts of the consent clock, in days from now; the first is now. */
export const spans = [0, 7, 30, 90] as const;

export interface Span {
  readonly days: (typeof spans)[number];
  readonly count: number;
  /** Owners by how many channels of theirs it is, most first; without owner is the empty text. */
  readonly owners: readonly (readonly [owner: string, count: number])[];
}

/** Who has to act: each channel in the first span that it falls into. */
export function consentClock(channels: Iterable<ChannelSummary>, now: number): readonly Span[] {
  const owners = new Map(spans.map((days) => [days, new Map<string, number>()]));
  for (const channel of channels) {
    const at = actAt(channel, now);
    const days = at === undefined ? undefined : spans.find((span) => at <= now + span * dayMs);
    const counts = days === undefined ? undefined : owners.get(days);
    counts?.set(channel.owner ?? '', (counts.get(channel.owner ?? '') ?? 0) + 1);
  }
  return [...owners].map(([days, counts]) => ({
    days,
    count: [...counts.values()].reduce((sum, count) => sum + count, 0),
    owners: [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])),
  }));
}

/** How many channels need a person on each of the next 90 days; index 0 is now and today. */
export function perDay(channels: Iterable<ChannelSummary>, now: number): readonly number[] {
  const days = Array<number>(91).fill(0);
  for (const channel of channels) {
    const at = actAt(channel, now);
    const day = at === undefined ? Infinity : Math.ceil((at - now) / dayMs);
    if (day < days.length) days[day] = (days[day] ?? 0) + 1;
  }
  return days;
}
